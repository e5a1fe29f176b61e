//! JSON that is meant to hurt: refused at once, with what is wrong.

use std::time::{Duration, Instant};

use domain::limits;
use tests::TestApp;

fn refused(app: &TestApp, body: impl Into<Vec<u8>>) -> String {
    let begin = Instant::now();
    let headers = [("content-type", "application/json")];
    let answer = app.send("POST", "/v1/components/search", &headers, body).expect(400);
    assert!(begin.elapsed() < Duration::from_secs(5));
    answer.errors().remove(0)
}

#[test]
fn json_of_a_hundred_thousand_levels_is_refused() {
    let app = TestApp::sample();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        assert_eq!(refused(&app, deep), ": too_deep");
    }
    // Without an end, it is no less deep.
    assert_eq!(refused(&app, "[".repeat(limits::BODY_BYTES / 2)), ": too_deep");
}

#[test]
fn arrays_and_objects_of_very_many_values_are_refused() {
    let app = TestApp::sample();
    let items = format!("{{\"kind\":[{}1]}}", "1,".repeat(400_000));
    assert_eq!(refused(&app, items), ": too_many");
    let members = (0..100_001)
        .map(|n| format!("\"{n:x}\":1"))
        .collect::<Vec<_>>()
        .join(",");
    assert!(members.len() < limits::BODY_BYTES);
    assert_eq!(refused(&app, format!("{{{members}}}")), ": too_many");
}

#[test]
fn numbers_and_texts_of_any_length_are_read_or_refused() {
    let app = TestApp::sample();
    let digits = "9".repeat(500_000);
    for number in [
        digits.clone(),
        format!("-{digits}"),
        format!("0.{digits}"),
        "1e999999999".to_owned(),
    ] {
        refused(&app, format!("{{\"limit\":{number}}}"));
    }
    refused(&app, format!("{{\"q\":\"{}\"}}", "x".repeat(900_000)));
    refused(&app, format!("{{\"{}\":1}}", "x".repeat(900_000)));
    refused(&app, format!("{{\"q\":\"{}\"}}", "\\u0041".repeat(150_000)));
}

#[test]
fn a_member_that_stands_twice_is_refused() {
    let app = TestApp::sample();
    assert_eq!(refused(&app, "{\"q\":\"a\",\"q\":\"b\"}"), ": invalid_json");
}

#[test]
fn a_byte_too_many_is_413_and_the_last_one_allowed_is_read() {
    let app = TestApp::sample();
    let body = |bytes: usize| format!("{{\"limit\":1{}}}", " ".repeat(bytes - "{\"limit\":1}".len()));
    let headers = [("content-type", "application/json")];
    let send = |bytes| app.send("POST", "/v1/components/search", &headers, body(bytes));
    send(limits::BODY_BYTES).expect(200);
    send(limits::BODY_BYTES + 1).expect(413);
}
