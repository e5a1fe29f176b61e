use tests::{TestApp, contract};

#[test]
fn a_preflight_of_any_origin_is_answered() {
    let app = TestApp::sample();
    for (path, method) in [
        ("/v1/components", "GET"),
        ("/v1/components/search", "POST"),
        ("/openapi.json", "GET"),
    ] {
        let headers = [
            ("origin", "https://example.org"),
            ("access-control-request-method", method),
            ("access-control-request-headers", "content-type,if-none-match"),
        ];
        let answer = app.send("OPTIONS", path, &headers, "");
        assert!(matches!(answer.status, 200 | 204), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(
            answer.header("access-control-allow-methods").contains(method),
            "{answer:?}"
        );
        assert!(
            answer
                .header("access-control-allow-headers")
                .to_lowercase()
                .contains("content-type"),
            "{answer:?}"
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
}

#[test]
fn browsers_may_read_the_headers_that_matter() {
    let app = TestApp::sample();
    for path in [
        "/v1/components",
        "/v1/components/fit-connect",
        "/v1/nix",
        "/v1/components?nix=1",
    ] {
        let answer = app.get_with(path, &[("origin", "https://example.org")]);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        let exposed = answer.header("access-control-expose-headers").to_lowercase();
        for name in ["etag", "link", "x-request-id", "api-version"] {
            assert!(exposed.contains(name), "{path}: {exposed}");
        }
    }
}

#[test]
fn a_harmless_request_id_is_echoed_and_named_in_problems() {
    let app = TestApp::sample();
    let answer = app.get_with("/v1/nix", &[("x-request-id", "abc-1.2_3:4")]).expect(404);
    assert_eq!(answer.header("x-request-id"), "abc-1.2_3:4");
    assert_eq!(answer.json()["instance"], "urn:request:abc-1.2_3:4");
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    assert_eq!(
        app.get_with("/v1/status", &[("traceparent", trace)])
            .header("traceparent"),
        trace
    );
}

#[test]
fn a_hostile_request_id_is_replaced() {
    let app = TestApp::sample();
    let long = "x".repeat(129);
    for hostile in ["<script>", "a b", "ä", "\"", "", &long, "a;b", "a/../b", "a\\b", "{}"] {
        let answer = app.get_with("/v1/nix", &[("x-request-id", hostile)]).expect(404);
        assert_ne!(answer.header("x-request-id"), hostile);
        assert_eq!(answer.header("x-request-id").len(), 36);
        assert!(hostile.len() < 3 || !answer.text().contains(hostile), "{hostile}");
    }
    let answer = app.get_with("/v1/status", &[("traceparent", "00-<script>")]);
    assert_eq!(answer.header("traceparent"), "");
}

#[test]
fn unwanted_formats_are_refused_with_the_available_ones() {
    let app = TestApp::sample();
    for accept in [
        "text/turtle",
        "image/*",
        "application/xml, text/csv",
        "application/json;q=0",
    ] {
        for path in [
            "/v1/components",
            "/v1/components/fit-connect",
            "/v1/status",
            "/v1/vocabularies",
        ] {
            let answer = app.get_with(path, &[("accept", accept)]).expect(406);
            assert_eq!(answer.json()["available"][0], "application/json", "{accept}");
        }
    }
    for accept in [
        "*/*",
        "application/*",
        "application/json",
        "text/html, */*;q=0.1",
        "application/problem+json",
        "APPLICATION/JSON",
    ] {
        app.get_with("/v1/components?limit=1", &[("accept", accept)])
            .expect(200);
    }
    app.get_with("/", &[("accept", "text/turtle")]).expect(406);
}

#[test]
fn a_schema_may_be_asked_for_by_its_own_type() {
    let app = TestApp::sample();
    app.get_with("/v1/schemas/platform", &[("accept", "application/schema+json")])
        .expect(200);
    app.get_with("/openapi.yaml", &[("accept", "application/yaml")])
        .expect(200);
}

#[test]
fn problems_are_not_kept_by_caches_and_records_are_asked_for_again() {
    let app = TestApp::sample();
    assert_eq!(app.get("/v1/nix").header("cache-control"), "no-store");
    assert_eq!(app.get("/v1/components").header("cache-control"), "public, no-cache");
    for operation in contract::operations()
        .iter()
        .filter(|o| o.method == "GET" && !o.path.ends_with("suggest"))
    {
        let vary = app.get(&operation.example_path()).header("vary").to_lowercase();
        for name in ["accept", "accept-encoding"] {
            assert!(vary.split(", ").any(|v| v == name), "{operation}: {vary}");
        }
    }
}
