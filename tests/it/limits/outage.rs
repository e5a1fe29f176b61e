//! While the database is away.

use tests::{Failure, TestApp, Token};

use crate::components::component;

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
