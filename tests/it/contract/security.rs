use domain::access::Scope;
use domain::code_list::CodeList;
use serde_json::json;
use tests::access::Request;
use tests::contract::{self, Operation};
use tests::{TestApp, Token};

use super::subject;

/// Asks for its token with credentials of its own.
const BY_CREDENTIALS: &str = "createToken";

fn secured() -> Vec<Operation> {
    let all = contract::operations().into_iter();
    all.filter(|operation| !operation.is_public() && operation.id() != BY_CREDENTIALS)
        .collect()
}

#[test]
fn an_operation_asks_for_a_token_in_the_document_exactly_if_it_refuses_those_without() {
    let app = TestApp::own_sample();
    for operation in contract::operations() {
        assert!(operation.spec["security"].is_array(), "{operation} says nothing");
        let status = Request::of(&operation, &subject(&app, &operation)).send(&app).status;
        let needs_token = !operation.is_public() || operation.id() == BY_CREDENTIALS;
        assert_eq!(status == 401, needs_token, "{operation} answers {status}");
        assert!(!operation.is_write() || !operation.scopes().is_empty(), "{operation}");
    }
}

#[test]
fn each_scope_that_an_operation_names_is_enough_for_it_and_no_other_is() {
    let app = TestApp::own_sample();
    let mut tried = 0;
    for operation in secured() {
        let named = operation.scopes();
        for scope in Scope::ALL {
            let about = subject(&app, &operation);
            // Before it is submitted, a change is a matter of those who propose it.
            if matches!(operation.id(), "getChange" | "previewChange" | "commentOnChange") {
                let path = format!("/v1/changes/{}/state", about.key);
                let admin = app.acting(&Token::admin().sign()).with("if-match", "*");
                admin.put(&path, &json!({ "state": "submitted" })).expect(200);
            }
            // What ends an organisation is for itself to say.
            let is_organisation = tests::access::noun(&operation) == Some("organisation");
            let acting_for = if is_organisation { &*about.key } else { "dataport" };
            let token = Token::of(acting_for).scopes(&[*scope]).subject("proposer").sign();
            let mut request = Request::of(&operation, &about).by(Some(&token));
            if operation.is_write() {
                request = request.asking("dryRun", "true");
            }
            let is_enough = named.is_empty() || named.contains(&scope.code()) || *scope == Scope::Admin;
            // What a reviewer may do with a change is less than its authors.
            if is_enough && *scope == Scope::ChangesApprove {
                request = match operation.id() {
                    "amendChange" => request.sending(&json!({ "baseRevision": 1 })),
                    "putChangeState" => {
                        let path = format!("/v1/changes/{}/state", about.key);
                        let admin = app.acting(&Token::admin().sign()).with("if-match", "*");
                        admin.put(&path, &json!({ "state": "submitted" })).expect(200);
                        request.sending(&json!({ "state": "approved" }))
                    }
                    _ => request,
                };
            }
            // Those who propose keep their own change, and dataport's editors did not propose this one.
            if is_enough && *scope == Scope::ChangesWrite && matches!(operation.id(), "amendChange" | "putChangeState")
            {
                continue;
            }
            let answer = request.send(&app);
            let expected = if is_enough { 200 } else { 403 };
            assert_eq!(
                answer.status,
                expected,
                "{operation} with {}: {}",
                scope.code(),
                answer.text()
            );
            if !is_enough {
                let missing = answer.json()["missingScope"].as_str().unwrap().to_owned();
                assert!(named.contains(&&*missing), "{operation}: {missing}");
                assert!(answer.header("www-authenticate").contains("insufficient_scope"));
            }
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
}

#[test]
fn a_change_is_amended_and_submitted_by_those_who_may_propose() {
    let app = TestApp::own_sample();
    let token = Token::of("dataport").scopes(&[Scope::ChangesWrite]).sign();
    let acting = app.acting(&token);
    let proposal = json!({ "record": "fit-connect", "patch": { "tags": ["neu"] } });
    let change = acting.post("/v1/changes", &proposal).expect(201).json();
    let about = tests::access::Subject {
        key: change["id"].as_str().unwrap().to_owned(),
        document: change,
    };
    for operation in secured() {
        if matches!(operation.id(), "amendChange" | "putChangeState") {
            assert!(operation.scopes().contains(&"changes:write"), "{operation}");
            Request::of(&operation, &about).by(Some(&token)).send(&app).expect(200);
        }
    }
}
