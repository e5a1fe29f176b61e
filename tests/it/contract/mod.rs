//! The document itself: which operations are public, its examples, and that each status it names can be met.

mod errors;
mod examples;
mod security;

use tests::access::{self, Request, Subject};
use tests::{TestApp, contract};

const GOLDEN: &str = include_str!("../golden/public_operations.txt");

/// Something that an operation can be about; what needs no record gets none.
pub(crate) fn subject(app: &TestApp, operation: &contract::Operation) -> Subject {
    match access::noun(operation) {
        Some(noun) => access::fresh(app, noun),
        None => Subject {
            key: String::new(),
            document: serde_json::Value::Null,
        },
    }
}

#[test]
fn the_operations_that_answer_without_a_token_are_those_of_the_list() {
    let app = TestApp::own_sample();
    let mut public = Vec::new();
    for operation in contract::operations() {
        let answer = Request::of(&operation, &subject(&app, &operation)).send(&app);
        if !matches!(answer.status, 401 | 403) {
            assert!(answer.status < 300, "{operation}: {}", answer.text());
            assert!(!operation.is_write(), "{operation} writes, and asks nobody for a token");
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
        assert!(ids.insert(operation.id()), "{operation}");
        for parameter in operation.parameters() {
            assert!(parameter["description"].is_string(), "{operation}: {parameter}");
        }
    }
}
