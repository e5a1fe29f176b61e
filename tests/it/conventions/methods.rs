use tests::access::Request;
use tests::{TestApp, Token, contract};

#[test]
fn head_answers_the_headers_of_get_without_its_body() {
    let app = TestApp::own_sample();
    let admin = Token::admin().sign();
    for operation in contract::operations().iter().filter(|o| o.method == "GET") {
        let request = Request::of(operation, &crate::contract::subject(&app, operation)).by(Some(&admin));
        let get = request.send(&app).expect(200);
        let mut head = request.clone();
        head.method = "HEAD";
        let head = head.send(&app).expect(200);
        let without = |answer: &tests::Answer| {
            let mut headers = answer.headers.clone();
            headers.retain(|name, _| !matches!(name.as_str(), "date" | "x-request-id"));
            headers
        };
        assert_eq!(without(&head), without(&get), "{operation}");
        assert_eq!(head.header("content-length"), get.body.len().to_string(), "{operation}");
    }
    app.send("HEAD", "/v1/nix", &[], "").expect(404);
    app.send("HEAD", "/v1/components?nix=1", &[], "").expect(400);
}

#[test]
fn a_method_that_an_address_does_not_know_is_refused_with_those_it_knows() {
    let app = TestApp::sample();
    let operations = contract::operations();
    for operation in &operations {
        let path = operation.example_path();
        for method in ["POST", "PUT", "PATCH", "DELETE", "GET", "HEAD", "TRACE", "PROPFIND"] {
            let known = |m: &str| {
                operations
                    .iter()
                    .any(|o| o.path == operation.path && (o.method == m || (m == "HEAD" && o.method == "GET")))
            };
            if known(method) {
                continue;
            }
            let answer = app.send(method, &path, &[], "").expect(405);
            let allowed: Vec<&str> = answer.header("allow").split(", ").collect();
            assert!(
                allowed.iter().all(|m| known(m) || *m == "OPTIONS"),
                "{method} {path}: {allowed:?}"
            );
            assert!(allowed.contains(&operation.method), "{method} {path}: {allowed:?}");
        }
    }
}

#[test]
fn unknown_addresses_are_not_found_with_any_method() {
    let app = TestApp::sample();
    for path in [
        "/nix",
        "/v1",
        "/v1/",
        "/v1/components/",
        "/v1/components/a/b",
        "/V1/components",
        "/v2/components",
        "//",
        "/docs2",
    ] {
        for method in ["GET", "HEAD", "POST", "DELETE"] {
            app.send(method, path, &[], "").expect(404);
        }
    }
}

#[test]
fn options_names_the_methods_of_an_address() {
    let app = TestApp::sample();
    let answer = app.send("OPTIONS", "/v1/components", &[], "");
    assert!(answer.status < 300, "{answer:?}");
    assert!(answer.header("allow").contains("GET"), "{answer:?}");
}
