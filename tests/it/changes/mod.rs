//! Proposed changes: from the draft to what is published of them.

mod conflict;
mod owners;
mod review;

use domain::access::Scope;
use serde_json::{Value, json};
use tests::{Answer, TestApp, Token};

use crate::components::component;

/// Proposes for its own organisation.
pub(crate) fn author() -> String {
    Token::of("dvz-mv")
        .scopes(&[Scope::ChangesWrite])
        .subject("author")
        .sign()
}

/// Reviews what all propose.
pub(crate) fn reviewer() -> String {
    Token::of("fitko")
        .scopes(&[Scope::ChangesApprove])
        .subject("reviewer")
        .sign()
}

pub(crate) fn app() -> TestApp {
    let mut whole = component("eins", "Eins");
    whole["lifecycle"] = json!("productive");
    whole["repository"] = json!("https://example.org/eins");
    TestApp::with(&[whole, component("luecke", "Lücke")])
}

pub(crate) fn propose(app: &TestApp, token: &str, body: &Value) -> Answer {
    app.acting(token).post("/v1/changes", body).expect(201)
}

/// Puts a change in a state, in its present revision.
pub(crate) fn step(app: &TestApp, token: &str, id: &str, body: &Value) -> Answer {
    app.acting(token)
        .with("if-match", "*")
        .put(&format!("/v1/changes/{id}/state"), body)
}

pub(crate) fn id_of(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

pub(crate) fn allowed(change: &Value) -> Vec<&str> {
    change["allowedStates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s.as_str().unwrap())
        .collect()
}
