//! The document itself: which operations are public, its examples, and that each status it names can be met.

mod errors;
mod examples;

use tests::{TestApp, contract};

const GOLDEN: &str = include_str!("../golden/public_operations.txt");

#[test]
fn the_operations_that_answer_without_a_token_are_those_of_the_list() {
    let app = TestApp::sample();
    let mut public = Vec::new();
    for operation in contract::operations() {
        let mut path = operation.example_path();
        if path.ends_with("/suggest") {
            path.push_str("?q=a");
        }
        let answer = match operation.method {
            "POST" => app.post(&path, &serde_json::json!({})),
            method => app.send(method, &path, &[], ""),
        };
        if !matches!(answer.status, 401 | 403) {
            public.push(format!("{operation}\n"));
        }
    }
    public.sort();
    let found = public.concat();
    assert_eq!(
        found, GOLDEN,
        "tests/it/golden/public_operations.txt names what everybody may call; it is now:\n{found}"
    );
}

#[test]
fn every_operation_says_what_it_is_and_has_an_id_of_its_own() {
    let mut ids = std::collections::BTreeSet::new();
    for operation in contract::operations() {
        for member in ["operationId", "summary", "description"] {
            let text = operation.spec[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{operation} has no {member}");
        }
        assert!(
            ids.insert(operation.spec["operationId"].as_str().unwrap()),
            "{operation}"
        );
        for parameter in operation.parameters() {
            assert!(parameter["description"].is_string(), "{operation}: {parameter}");
        }
    }
}
