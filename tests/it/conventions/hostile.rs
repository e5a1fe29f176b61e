use tests::TestApp;

#[test]
fn broken_encodings_of_parameters_are_refused() {
    let app = TestApp::sample();
    for target in [
        "/v1/components?q=%ff%fe",
        "/v1/components?%c3=1",
        "/v1/components?q=%C3%28",
    ] {
        let errors = app.raw_get(target).expect(400).errors();
        assert!(errors[0].ends_with("invalid_encoding"), "{target}: {errors:?}");
    }
    // A percent sign that begins no code stands for itself.
    app.raw_get("/v1/components?q=100%").expect(200);
    app.raw_get("/v1/components?q=%zz").expect(200);
}

#[test]
fn broken_encodings_of_paths_are_not_found() {
    let app = TestApp::sample();
    for target in [
        "/v1/components/%ff",
        "/v1/components/%",
        "/v1/components/%zz",
        "/v1/components/a%2fb",
        "/v1/components/..%2f..%2fetc%2fpasswd",
        "/v1/components/%00",
        "/docs/..%2f..%2fetc/passwd",
        "/docs/nix.js",
        "/v1/schemas/%ff",
    ] {
        let answer = app.raw_get(target);
        assert!(matches!(answer.status, 400 | 404), "{target}: {}", answer.status);
    }
}

#[test]
fn an_address_that_is_too_long_is_refused() {
    let app = TestApp::sample();
    let long = format!("/v1/components?tags={}", "x".repeat(8200));
    app.get(&long).expect(414);
    let unknown = format!("/{}", "x".repeat(9000));
    app.get(&unknown).expect(414);
    let fits = format!("/v1/components?nix={}", "x".repeat(8192 - "/v1/components?nix=".len()));
    app.get(&fits).expect(400);
    app.get(&format!("{fits}x")).expect(414);
}

#[test]
fn what_is_no_http_is_refused_without_harm() {
    let app = TestApp::sample();
    for request in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"GET /v1/components HTTP/1.1\r\nContent-Length: abc\r\n\r\n",
        b"GET /v1/components HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
    ] {
        use std::io::{Read, Write};
        let address = app.address();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(std::time::Duration::from_secs(2)))
            .unwrap();
        let _ = stream.write_all(request);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
        app.get("/health/live").expect(200);
    }
}

#[test]
fn the_same_length_twice_and_both_framings_are_refused() {
    let app = TestApp::sample();
    for framing in [
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    ] {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(app.address()).unwrap();
        stream
            .set_read_timeout(Some(std::time::Duration::from_secs(2)))
            .unwrap();
        let request = format!(
            "POST /v1/components/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{framing}\
             Connection: close\r\n\r\n{{}}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || text.starts_with("HTTP/1.1 4"), "{framing}: {text}");
    }
}
