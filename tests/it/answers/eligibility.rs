//! `GET /v1/components/{id}/eligibility`. Which rule holds when has its own cases in `domain`.

use domain::access::Scope;
use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::{adoption, body, catalogue, component, with};

fn ask(app: &TestApp, component: &str, organisation: &str) -> Value {
    let path = format!("/v1/components/{component}/eligibility?organisation={organisation}");
    app.get(&path).expect(200).json()
}

fn decided(answer: &Value) -> (&str, &str) {
    (answer["answer"].as_str().unwrap(), answer["rule"].as_str().unwrap())
}

/// A provider that two states carry, with a component for its carriers.
fn app() -> TestApp {
    catalogue(&[
        body("sh", "state", &["DE-SH"]),
        body("hh", "state", &["DE-HH"]),
        body("mv", "state", &["DE-MV"]),
        with(
            body("dienst", "it_provider", &["DE-SH", "DE-HH"]),
            json!({ "carriers": ["sh", "hh"], "openMarketShare": 5, "privateCapital": false }),
        ),
        component(
            "plattform",
            "dienst",
            json!({ "legalBasis": [{ "type": "in_house" }], "roles": { "operator": ["dienst"] } }),
        ),
    ])
}

#[test]
fn the_answer_names_the_rule_its_source_every_ground_and_the_day() {
    let app = app();
    let answer = ask(&app, "plattform", "sh");
    assert_eq!(decided(&answer), ("yes", "joint_in_house"));
    assert_eq!(
        (&answer["component"], &answer["organisation"]),
        (&json!("plattform"), &json!("sh"))
    );
    assert_eq!(answer["answeredOn"], "2026-11-23");
    let grounds = answer["grounds"].as_array().unwrap();
    let deciding = grounds.iter().find(|g| g["rule"] == "joint_in_house").unwrap();
    assert_eq!(deciding["provider"], "dienst");
    assert!(deciding["source"]["title"].as_str().unwrap().contains("§ 108 Abs. 4"));
    assert_eq!(deciding["needs"], json!([]));
    let refused = grounds.iter().find(|g| g["rule"] == "in_house").unwrap();
    assert_eq!(refused["answer"], "no");
    assert!(
        answer["notice"]["de"]
            .as_str()
            .unwrap()
            .contains("keine Rechtsberatung")
    );
    assert!(answer["notice"]["en"].as_str().unwrap().contains("no legal advice"));
    // Who carries nothing has no ground, and who is not known as public has to say what it is.
    assert_eq!(decided(&ask(&app, "plattform", "mv")), ("no", "no_ground"));
}

#[test]
fn an_unclear_answer_names_the_record_and_the_place_of_what_is_missing() {
    let app = app();
    let admin = Token::admin().sign();
    app.acting(&admin)
        .with("if-match", "*")
        .patch("/v1/organisations/dienst", &json!({ "openMarketShare": null }))
        .expect(200);
    let answer = ask(&app, "plattform", "sh");
    assert_eq!(decided(&answer), ("unclear", "joint_in_house"));
    let grounds = answer["grounds"].as_array().unwrap();
    let deciding = grounds.iter().find(|g| g["rule"] == "joint_in_house").unwrap();
    let need = &deciding["needs"][0];
    assert_eq!(
        (&need["noun"], &need["record"], &need["pointer"]),
        (&json!("organisation"), &json!("dienst"), &json!("/openMarketShare"))
    );
}

#[test]
fn both_are_named_by_slug_or_id_and_an_earlier_slug_of_the_component_leads_on() {
    let app = app();
    let id = |path: &str| app.get(path).expect(200).json()["id"].as_str().unwrap().to_owned();
    let expected = ask(&app, "plattform", "sh");
    let (component, organisation) = (id("/v1/components/plattform"), id("/v1/organisations/sh"));
    assert_eq!(ask(&app, &component, &organisation), expected);
    let admin = Token::admin().sign();
    let who = app.acting(&admin).with("if-match", "*");
    who.patch("/v1/components/plattform", &json!({ "slug": "grundlage" }))
        .expect(200);
    who.patch("/v1/organisations/sh", &json!({ "slug": "land-sh" }))
        .expect(200);
    let moved = app
        .get("/v1/components/plattform/eligibility?organisation=sh")
        .expect(308);
    assert_eq!(
        moved.header("location"),
        "/v1/components/grundlage/eligibility?organisation=sh"
    );
    let answer = app.get(moved.header("location")).expect(200).json();
    assert_eq!(decided(&answer), ("yes", "joint_in_house"));
    assert_eq!(
        (&answer["component"], &answer["organisation"]),
        (&json!("grundlage"), &json!("land-sh"))
    );
}

#[test]
fn what_is_wrong_with_the_question_is_told_apart() {
    let app = app();
    let errors = |query: &str| {
        let path = format!("/v1/components/plattform/eligibility{query}");
        app.get(&path).expect(400).errors()
    };
    assert_eq!(errors(""), ["organisation: required"]);
    assert_eq!(errors("?organisation=fehlt"), ["organisation: unknown_organisation"]);
    assert_eq!(
        errors("?organisation=fehlt&state=DE-SH"),
        ["organisation: unknown_organisation", "state: unknown_parameter"]
    );
    assert_eq!(
        errors("?state=DE-SH"),
        ["organisation: required", "state: unknown_parameter"]
    );
    assert_eq!(errors("?organisation=sh&organisation=hh"), ["organisation: repeated"]);
    app.get("/v1/components/fehlt/eligibility?organisation=sh").expect(404);
    let admin = Token::admin().sign();
    let who = app.acting(&admin).with("if-match", "*");
    who.delete("/v1/organisations/mv").expect(204);
    assert_eq!(errors("?organisation=mv"), ["organisation: withdrawn"]);
    who.delete("/v1/components/plattform").expect(204);
    app.get("/v1/components/plattform/eligibility?organisation=sh")
        .expect(410);
}

#[test]
fn an_offer_decides_for_those_who_see_it_and_only_while_it_is_published() {
    let app = app();
    let offer = json!({ "component": "plattform", "key": "fuer-hamburg", "provider": "dienst", "openTo": { "states": ["DE-HH"] } });
    for hidden in [json!({ "publication": "draft" }), json!({ "publication": "withdrawn" })] {
        app.import(&[with(offer.clone(), hidden)]);
        let own = Token::of("dienst").sign();
        let path = "/v1/components/plattform/eligibility?organisation=sh";
        assert_eq!(
            decided(&app.acting(&own).get(path).expect(200).json()),
            ("yes", "joint_in_house")
        );
        assert_eq!(decided(&ask(&app, "plattform", "sh")), ("yes", "joint_in_house"));
    }
    // For members only: everybody else is answered as if it were not there.
    app.import(&[with(
        offer.clone(),
        json!({ "visibility": "members", "publication": "published" }),
    )]);
    let path = "/v1/components/plattform/eligibility?organisation=sh";
    assert_eq!(decided(&ask(&app, "plattform", "sh")), ("yes", "joint_in_house"));
    let member = Token::of("mv").sign();
    assert_eq!(
        decided(&app.acting(&member).get(path).expect(200).json()),
        ("no", "offer_limits")
    );
    app.import(&[with(offer, json!({ "visibility": "public" }))]);
    assert_eq!(decided(&ask(&app, "plattform", "sh")), ("no", "offer_limits"));
    assert_eq!(decided(&ask(&app, "plattform", "hh")), ("yes", "joint_in_house"));
}

#[test]
fn a_contract_that_others_may_not_see_is_a_ground_for_the_body_itself_alone() {
    let app = app();
    app.import(&[with(
        adoption("plattform", "mv", "live"),
        json!({ "visibility": "parties" }),
    )]);
    let path = "/v1/components/plattform/eligibility?organisation=mv";
    assert_eq!(decided(&ask(&app, "plattform", "mv")), ("no", "no_ground"));
    let as_one = |organisation: &str| {
        let token = Token::of(organisation).sign();
        app.acting(&token).get(path).expect(200).json()
    };
    assert_eq!(decided(&as_one("sh")), ("no", "no_ground"));
    for party in ["mv", "dienst"] {
        assert_eq!(decided(&as_one(party)), ("yes", "existing_contract"), "{party}");
    }
    // Withdrawn, it is no ground any more.
    let token = Token::of("mv").scopes(&[Scope::AdoptionsWrite]).sign();
    let who = app.acting(&token).with("if-match", "*");
    who.delete("/v1/components/plattform/adoptions/mv").expect(204);
    assert_eq!(decided(&as_one("mv")), ("no", "no_ground"));
}

#[test]
fn an_answer_holds_for_its_day_and_is_not_sent_again_on_it() {
    let app = app();
    app.import(&[with(
        json!({ "component": "plattform", "key": "bis-morgen", "provider": "dienst" }),
        json!({ "validUntil": "2026-11-23" }),
    )]);
    let path = "/v1/components/plattform/eligibility?organisation=sh";
    let first = app.get(path).expect(200);
    assert_eq!(decided(&first.json()), ("yes", "joint_in_house"));
    let tag = first.header("etag").to_owned();
    app.get_with(path, &[("if-none-match", &tag)]).expect(304);
    app.clock.advance(86_400);
    app.follow();
    let later = app.get_with(path, &[("if-none-match", &tag)]).expect(200).json();
    assert_eq!(decided(&later), ("no", "offer_limits"));
    assert_eq!(later["answeredOn"], "2026-11-24");
}
