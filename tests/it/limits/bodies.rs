//! Bodies that are too large, too slow or packed.

use std::time::Duration;

use tests::{TestApp, Token};

use super::{Peer, hasty, resident, search_head};

#[test]
fn a_length_beyond_the_limit_is_refused_before_a_byte_of_the_body_came() {
    let app = TestApp::sample();
    for length in ["1048577", "104857600", "99999999999999999999"] {
        let heard = Peer::of(&app)
            .say(search_head(&format!("Content-Length: {length}\r\n\r\n")))
            .hear();
        if length.len() < 20 {
            heard.problem(413, "payload_too_large");
        } else {
            assert!(matches!(heard.status(), 400 | 413), "{heard:?}");
        }
        assert!(heard.closed, "{heard:?}");
    }
}

#[test]
fn a_hundred_megabytes_are_refused_at_once_and_take_no_memory() {
    let app = TestApp::sample();
    let before = resident();
    for framing in ["Content-Length: 104857600", "Transfer-Encoding: chunked"] {
        let mut peer = Peer::of(&app);
        peer.say(search_head(&format!("{framing}\r\n\r\n")));
        let mut listening = peer.stream.try_clone().unwrap();
        let sender = std::thread::spawn(move || {
            let part = vec![b' '; 1 << 20];
            for _ in 0..100 {
                if framing.starts_with('T') {
                    peer.say("100000\r\n").say(&part).say("\r\n");
                } else {
                    peer.say(&part);
                }
            }
        });
        let mut answer = [0; 12];
        listening.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        std::io::Read::read_exact(&mut listening, &mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 413", "{framing}");
        sender.join().unwrap();
        no_memory_since(before);
        app.get("/health/live").expect(200);
    }
}

#[track_caller]
fn no_memory_since(before: u64) {
    let grown = resident().saturating_sub(before);
    // Other tests run in this process; a hundred megabytes would show all the same.
    assert!(grown < 80, "{grown} MiB");
}

#[test]
fn a_body_that_nobody_reads_is_not_awaited() {
    let app = TestApp::sample();
    for request in [
        "POST /v1/nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "POST /v1/nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nhello",
        "GET /v1/components?limit=0 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ] {
        let heard = Peer::of(&app).say(request).hear();
        assert!(matches!(heard.status(), 200 | 404 | 405), "{heard:?}");
        assert!(heard.closed && heard.after < Duration::from_secs(10), "{heard:?}");
    }
}

#[test]
fn a_body_that_stops_is_answered_408_and_the_connection_closed() {
    let app = TestApp::limited(hasty());
    for begin in [
        "Content-Length: 500\r\n\r\n",
        "Content-Length: 500\r\n\r\n{\"q\":",
        "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"q\":\r\n",
    ] {
        let heard = Peer::of(&app).say(search_head(begin)).hear();
        heard.problem(408, "request_timeout");
        assert!(heard.closed && heard.after > Duration::from_millis(900), "{heard:?}");
    }
    let form = "POST /v1/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                Content-Length: 500\r\n\r\ngrant_type=";
    Peer::of(&app).say(form).hear().problem(408, "request_timeout");
    let token = Token::admin().sign();
    let batch = format!(
        "POST /v1/components/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Authorization: Bearer {token}\r\nContent-Length: 5000\r\n\r\n{{"
    );
    Peer::of(&app).say(batch).hear().problem(408, "request_timeout");
}

#[test]
fn a_body_that_drips_is_ended_as_well() {
    let app = TestApp::limited(hasty());
    let mut peer = Peer::of(&app);
    peer.say(search_head("Content-Length: 500\r\n\r\n"));
    let mut dripping = peer.stream.try_clone().unwrap();
    let drip = std::thread::spawn(move || {
        for _ in 0..200 {
            if std::io::Write::write_all(&mut dripping, b" ").is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let heard = peer.hear();
    heard.problem(408, "request_timeout");
    drop(peer);
    drip.join().unwrap();
}

#[test]
fn a_body_that_is_slow_but_steady_is_read() {
    let mut options = hasty();
    options.pace.within = Duration::from_secs(30);
    options.pace.bytes_per_second = 100;
    let app = TestApp::limited(options);
    let body = format!("{{\"q\":\"cloud\"{}}}", " ".repeat(1987));
    assert_eq!(body.len(), 2000);
    let mut peer = Peer::of(&app);
    peer.say(search_head("Connection: close\r\nContent-Length: 2000\r\n\r\n"));
    for part in body.as_bytes().chunks(200) {
        peer.say(part);
        std::thread::sleep(Duration::from_millis(250));
    }
    assert_eq!(peer.hear().status(), 200);
}

#[test]
fn a_packed_body_is_refused_and_never_unpacked() {
    use std::io::Write;
    let app = TestApp::sample();
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let part = vec![b' '; 1 << 20];
    for _ in 0..500 {
        bomb.write_all(&part).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    let before = resident();
    for coding in ["gzip", "br", "zstd", "deflate", "identity, gzip", "x"] {
        let headers = [("content-type", "application/json"), ("content-encoding", coding)];
        app.send("POST", "/v1/components/search", &headers, bomb.clone())
            .expect(415);
        let authorization = format!("Bearer {}", Token::admin().sign());
        let with_token = [headers[0], headers[1], ("authorization", &authorization)];
        app.send("PUT", "/v1/components/fit-connect", &with_token, bomb.clone())
            .expect(415);
    }
    let form = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-encoding", "gzip"),
    ];
    app.send("POST", "/v1/token", &form, bomb).expect(415);
    no_memory_since(before);
    let plain = [("content-type", "application/json"), ("content-encoding", "identity")];
    app.send("POST", "/v1/components/search", &plain, "{}").expect(200);
}

#[test]
fn a_connection_lives_on_after_a_body_that_was_read() {
    let app = TestApp::sample();
    let mut peer = Peer::of(&app);
    for _ in 0..3 {
        peer.say(search_head("Content-Length: 2\r\n\r\n{}"));
        assert_eq!(peer.hear_one().status(), 200);
    }
}
