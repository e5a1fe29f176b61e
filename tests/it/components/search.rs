use serde_json::{Value, json};
use tests::{TestApp, url};

/// The answer without its links, which are addresses for GET and cursors for POST.
fn without_links(mut answer: Value) -> Value {
    for name in ["next", "prev"] {
        answer[name] = json!(answer[name].is_string());
    }
    answer
}

#[test]
fn a_query_as_json_answers_what_the_same_query_as_url_answers() {
    let app = TestApp::sample();
    for (parameters, body) in [
        (vec![], json!({})),
        (vec![("q", "cloud, open source")], json!({ "q": "cloud, open source" })),
        (
            vec![("kind", "platform,ai_tool"), ("limit", "3"), ("facets", "kind,levels")],
            json!({ "kind": ["platform", "ai_tool"], "limit": 3, "facets": ["kind", "levels"] }),
        ),
        (
            vec![
                ("lifecycle.exists", "false"),
                ("sort", "-updatedAt,title"),
                ("lang", "de"),
            ],
            json!({ "lifecycle.exists": false, "sort": ["-updatedAt", "title"], "lang": "de" }),
        ),
        (
            vec![
                ("fields", "id,slug"),
                ("licence.open", "true"),
                ("updatedAt.gte", "2026-01-01"),
            ],
            json!({ "fields": ["id", "slug"], "licence.open": true, "updatedAt.gte": "2026-01-01" }),
        ),
        (
            vec![("interfaces.standard", "a\\,b")],
            json!({ "interfaces.standard": ["a,b"] }),
        ),
    ] {
        let by_url = app.get(&url("/v1/components", &parameters)).expect(200).json();
        let by_body = app.post("/v1/components/search", &body).expect(200).json();
        assert_eq!(without_links(by_url), without_links(by_body), "{body}");
    }
}

#[test]
fn cursors_of_a_search_lead_through_the_whole_list_and_back() {
    let app = TestApp::sample();
    let whole = app.get("/v1/components?limit=200&sort=slug").expect(200).slugs();
    let mut query = json!({ "limit": 30, "sort": "slug" });
    let mut walked = Vec::new();
    let mut last;
    loop {
        let page = app.post("/v1/components/search", &query).expect(200);
        walked.extend(page.slugs());
        last = page.json();
        if last["next"].is_null() {
            break;
        }
        query["cursor"] = last["next"].clone();
    }
    assert_eq!(walked, whole);
    query["cursor"] = last["prev"].clone();
    let before = app.post("/v1/components/search", &query).expect(200).slugs();
    assert_eq!(
        before,
        whole[whole.len() - whole.len() % 30 - 30..whole.len() - whole.len() % 30]
    );
}

#[test]
fn everything_that_is_wrong_with_a_body_is_named_at_once_with_pointers() {
    let app = TestApp::sample();
    let body =
        json!({ "kind": "x", "nix": 1, "limit": 999, "q": { "a": 1 }, "sort": [], "a/b~c": "x", "tags": [null] });
    let errors = app.post("/v1/components/search", &body).expect(400).errors();
    for expected in [
        "/kind: unknown_value",
        "/limit: out_of_range",
        "/nix: unknown_parameter",
        "/q: wrong_type",
        "/sort: wrong_type",
        "/tags: wrong_type",
        "/a~1b~0c: unknown_parameter",
    ] {
        assert!(errors.contains(&expected.to_owned()), "{expected} not in {errors:#?}");
    }
}

#[test]
fn bodies_that_are_no_json_object_are_refused() {
    let app = TestApp::sample();
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"q\"",
        "{\"q\":\"a\"} x",
        "{\"q\":\"\\ud800\"}",
        &deep,
        "{'q':1}",
        "NaN",
    ] {
        let answer = app.send(
            "POST",
            "/v1/components/search",
            &[("content-type", "application/json")],
            body,
        );
        assert_eq!(answer.expect(400).json()["code"], "invalid_document", "{body}");
    }
    let bytes: &[u8] = b"{\"q\":\"\xff\xfe\"}";
    app.send(
        "POST",
        "/v1/components/search",
        &[("content-type", "application/json")],
        bytes,
    )
    .expect(400);
}

#[test]
fn a_search_takes_no_parameters_in_its_address() {
    let app = TestApp::sample();
    app.post("/v1/components/search?limit=3", &json!({})).expect(400);
}

#[test]
fn bodies_of_another_type_or_coding_or_size_are_refused() {
    let app = TestApp::sample();
    let send = |headers: &[(&str, &str)], body: &str| app.send("POST", "/v1/components/search", headers, body);
    send(&[], "{}").expect(415);
    send(&[("content-type", "text/plain")], "{}").expect(415);
    send(&[("content-type", "application/x-www-form-urlencoded")], "q=a").expect(415);
    send(
        &[("content-type", "application/json"), ("content-encoding", "gzip")],
        "{}",
    )
    .expect(415);
    send(&[("content-type", "application/json; charset=utf-8")], "{}").expect(200);
    send(&[("content-type", "application/vnd.x+json")], "{}").expect(200);
    let large = format!("{{\"q\":\"{}\"}}", "x".repeat(1024 * 1024));
    send(&[("content-type", "application/json")], &large).expect(413);
}

#[test]
fn a_body_that_ends_too_early_is_refused() {
    let app = TestApp::sample();
    let head = "POST /v1/components/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let whole = format!("{head}b\r\n{{\"limit\":1}}\r\n0\r\n\r\n");
    app.raw("POST", "/v1/components/search", whole.as_bytes()).expect(200);
    let broken = format!("{head}zz\r\n{{}}\r\n");
    let answer = app.raw("POST", "/v1/components/search", broken.as_bytes());
    assert_eq!(answer.status, 400, "{}", answer.text());
}
