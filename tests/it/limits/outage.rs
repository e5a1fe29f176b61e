//! While the database is away.

use serde_json::json;
use tests::{Failure, Silent, TestApp, Token};
use verbundkatalog::import::Options;

use crate::components::component;

/// Moves Dataport's seat, so that what it owns is found elsewhere; the service does not know of it yet.
fn move_an_owner(app: &TestApp) {
    let mut dataport = app.get("/v1/organisations/dataport").expect(200).json();
    dataport["states"] = json!(["DE-SL"]);
    let report = app.try_import(&dataport.to_string(), Options::default(), &mut Silent::default());
    assert_eq!(report.updated, 1, "{report}");
}

const MOVED: &str = "/v1/components?owner=dataport&owner.state=DE-SL";

#[test]
fn answers_from_a_view_that_is_behind_say_how_old_they_are() {
    let app = TestApp::own_sample();
    let reads = [
        "/v1/components?q=cloud",
        "/v1/components/fit-connect",
        "/v1/organisations",
        "/v1/status",
    ];
    for path in reads {
        assert_eq!(app.get(path).expect(200).header("age"), "", "{path}");
    }
    app.fail(Failure::Outage);
    app.clock.advance(2);
    assert_eq!(app.get("/v1/components").expect(200).header("age"), "");
    app.clock.advance(28);
    for path in reads {
        let answer = app.get(path).expect(200);
        assert_eq!(answer.header("age"), "30", "{path}");
    }
    let tag = app.get("/v1/components/fit-connect").header("etag").to_owned();
    let known = app
        .get_with("/v1/components/fit-connect", &[("if-none-match", &tag)])
        .expect(304);
    assert_eq!(known.header("age"), "30");
    // What does not come from the view has no age.
    assert_eq!(app.get("/v1/vocabularies").expect(200).header("age"), "");
    app.fail(Failure::None);
    app.follow();
    assert_eq!(app.get("/v1/components").expect(200).header("age"), "");
}

#[test]
fn a_write_is_503_with_the_time_to_try_again_and_goes_through_afterwards() {
    let app = TestApp::own_sample();
    let acting = app.acting(&Token::admin().sign());
    app.fail(Failure::Outage);
    let answer = acting.post("/v1/components", &component("neu", "Neu")).expect(503);
    assert_eq!(answer.header("retry-after"), "5");
    app.fail(Failure::None);
    acting.post("/v1/components", &component("neu", "Neu")).expect(201);
}

#[test]
fn what_an_event_touches_in_other_records_is_found_once_the_database_gives_them_and_no_tag_lies_meanwhile() {
    let app = TestApp::own_sample();
    let all = app.get("/v1/components?owner=dataport").expect(200).total();
    assert!(all > 1);
    move_an_owner(&app);
    app.fail(Failure::OutageById);
    assert!(app.try_follow().is_err());
    let between = app.get(MOVED).expect(200);
    assert_eq!(between.total(), 0);
    app.fail(Failure::None);
    app.follow();
    let tag = between.header("etag");
    let after = app.get_with(MOVED, &[("if-none-match", tag)]).expect(200);
    assert_eq!(after.total(), all);
}

#[test]
fn damaged_rows_keep_the_view_from_nothing_else() {
    let app = TestApp::own_sample();
    move_an_owner(&app);
    app.fail(Failure::DamageById);
    app.follow();
    app.fail(Failure::None);
    let moved = app.get("/v1/organisations/dataport").expect(200).json();
    assert_eq!(moved["states"], json!(["DE-SL"]));
    app.import(&[component("neu", "Neu")]);
    assert_eq!(app.get("/v1/components/neu").expect(200).json()["title"]["de"], "Neu");
}

#[test]
fn a_new_day_comes_whole_or_not_at_all() {
    let app = TestApp::own_sample();
    let before = app.get("/v1/adoptions?stale=false").expect(200).total();
    app.clock.advance(3 * 365 * 24 * 60 * 60);
    app.fail(Failure::OutageById);
    assert!(app.try_follow().is_err());
    let between = app.get("/v1/adoptions?stale=false").expect(200);
    assert_eq!(between.total(), before);
    app.fail(Failure::None);
    app.follow();
    let tag = between.header("etag");
    let after = app
        .get_with("/v1/adoptions?stale=false", &[("if-none-match", tag)])
        .expect(200);
    assert!(after.total() < before, "{before}");
}
