use domain::access::Scope;
use serde_json::json;
use tests::{TestApp, Token};

#[test]
fn me_says_who_one_is_and_what_one_may() {
    let app = TestApp::sample();
    let token = Token::of("dataport")
        .scopes(&[Scope::ChangesWrite, Scope::ComponentsWrite])
        .expires_after(3600)
        .sign();
    let me = app.acting(&token).get("/v1/me").expect(200);
    let id = app.get("/v1/organisations/dataport").expect(200).json()["id"].clone();
    assert_eq!(
        me.json(),
        json!({
            "issuer": "verbundkatalog",
            "subject": "editor@dataport",
            "organisation": { "id": id, "slug": "dataport" },
            "delegators": [],
            "scopes": ["components:write", "changes:write"],
            "expiresAt": "2026-11-23T10:30:00.000000Z",
        })
    );
    assert_eq!(me.header("cache-control"), "no-store");
}

#[test]
fn without_a_token_one_is_nobody() {
    let app = TestApp::sample();
    let answer = app.get("/v1/me").expect(401);
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"verbundkatalog\"");
    assert_eq!(answer.json()["code"], "unauthenticated");
}

#[test]
fn an_organisation_is_found_by_its_id_and_an_unknown_one_is_none() {
    let app = TestApp::sample();
    let id = app.get("/v1/organisations/dataport").expect(200).json()["id"].clone();
    let by_id = Token::of(id.as_str().unwrap()).sign();
    let me = app.acting(&by_id).get("/v1/me").expect(200).json();
    assert_eq!(me["organisation"]["slug"], "dataport");
    for token in [Token::of("nie-gesehen"), Token::of("../../x"), Token::of_nobody()] {
        let me = app.acting(&token.sign()).get("/v1/me").expect(200).json();
        assert!(me.get("organisation").is_none(), "{me}");
    }
}

#[test]
fn those_who_delegated_their_entries_are_named() {
    let app = TestApp::own_sample();
    let mut akdb = akdb();
    akdb["delegates"] = json!(["dataport"]);
    app.import(&[akdb]);
    let token = Token::of("dataport").sign();
    let me = app.acting(&token).get("/v1/me").expect(200).json();
    assert_eq!(me["delegators"], json!(["akdb"]));
}

#[test]
fn a_new_slug_is_seen_at_once_by_a_token_that_names_the_id() {
    let app = TestApp::own_sample();
    let id = app.get("/v1/organisations/akdb").expect(200).json()["id"].clone();
    let token = Token::of(id.as_str().unwrap()).sign();
    let slug = || app.acting(&token).get("/v1/me").expect(200).json()["organisation"]["slug"].clone();
    assert_eq!(slug(), "akdb");
    let mut akdb = akdb();
    akdb["id"] = id.clone();
    akdb["slug"] = json!("akdb-neu");
    app.import(&[akdb]);
    assert_eq!(slug(), "akdb-neu");
}

#[test]
fn every_answer_to_a_bad_token_is_401_even_where_none_is_needed() {
    let app = TestApp::sample();
    for path in [
        "/v1/components",
        "/health/live",
        "/openapi.json",
        "/v1/me",
        "/",
        "/.well-known/jwks.json",
    ] {
        let answer = app.acting("a.b.c").get(path).expect(401);
        let challenge = answer.header("www-authenticate");
        assert!(challenge.contains("error=\"invalid_token\""), "{path}: {challenge}");
        assert!(!answer.text().contains("a.b.c"), "{path}: {}", answer.text());
    }
    app.acting("a.b.c").get("/v1/nothing").expect(401);
}

#[test]
fn a_token_ends_with_the_clock_and_not_before() {
    let app = TestApp::own_sample();
    let token = Token::of("dataport").expires_after(60).sign();
    let me = || app.acting(&token).get("/v1/me").status;
    assert_eq!(me(), 200);
    // The second time from memory, and with the leeway for clocks that differ.
    app.clock.advance(60 + 29);
    assert_eq!(me(), 200);
    app.clock.advance(1);
    assert_eq!(me(), 401);
}

fn akdb() -> serde_json::Value {
    let all = tests::sample::organisations();
    all.iter().find(|o| o["slug"] == "akdb").unwrap().clone()
}
