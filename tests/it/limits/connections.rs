//! Clients that hold connections: slow heads, answers that nobody reads, too many of one address.

use std::io::Write;
use std::time::Duration;

use tests::TestApp;
use verbundkatalog::limits::{HEAD_BYTES, Options};

use super::{Peer, hasty};

#[test]
fn the_head_of_a_first_request_that_stops_is_answered_408_and_closed() {
    let app = TestApp::limited(hasty());
    let heard = Peer::of(&app).say("GET /v1/components HTTP/1.1\r\nHost: x\r\n").hear();
    heard.problem(408, "request_timeout");
    assert!(heard.closed && heard.after > Duration::from_millis(400), "{heard:?}");
    let silent = Peer::of(&app).hear();
    assert!(silent.closed, "{silent:?}");
}

#[test]
fn the_head_of_a_later_request_that_stops_or_drips_is_closed_as_well() {
    let app = TestApp::limited(hasty());
    let mut peer = Peer::of(&app);
    peer.say("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").hear_one();
    let heard = peer.say("GET /v1/comp").hear();
    heard.problem(408, "request_timeout");
    assert!(heard.closed, "{heard:?}");

    let mut peer = Peer::of(&app);
    peer.say("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").hear_one();
    peer.say("GET / HTTP/1.1\r\nX: ");
    let mut dripping = peer.stream.try_clone().unwrap();
    let drip = std::thread::spawn(move || {
        for _ in 0..300 {
            if dripping.write_all(b"x").is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let heard = peer.hear();
    heard.problem(408, "request_timeout");
    assert!(heard.closed, "{heard:?}");
    drop(peer);
    drip.join().unwrap();
}

#[test]
fn a_connection_without_requests_is_closed_after_a_while() {
    let app = TestApp::limited(hasty());
    let mut peer = Peer::of(&app);
    peer.say("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").hear_one();
    let heard = peer.hear();
    assert!(heard.closed && heard.text.is_empty(), "{heard:?}");
}

#[test]
fn a_head_that_is_too_large_or_has_too_many_fields_is_a_problem_and_no_hang() {
    let app = TestApp::sample();
    let long = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n",
        "x".repeat(HEAD_BYTES)
    );
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(100));
    let endless = format!("GET /{}", "x".repeat(1 << 20));
    for request in [long, many, endless] {
        let heard = Peer::of(&app).say(&request).hear();
        heard.problem(431, "head_too_large");
        assert!(heard.closed, "{heard:?}");
    }
    let fits = format!(
        "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: {}\r\n\r\n",
        "x".repeat(HEAD_BYTES - 200)
    );
    assert_eq!(Peer::of(&app).say(fits).hear().status(), 200);
}

#[test]
fn what_is_no_http_is_answered_with_a_problem() {
    let app = TestApp::sample();
    for request in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /v1/components HTTP/1.1\r\nContent-Length: abc\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nA b: c\r\n\r\n",
    ] {
        let heard = Peer::of(&app).say(request).hear();
        heard.problem(400, "bad_request");
        assert!(heard.closed, "{heard:?}");
    }
}

#[test]
fn who_does_not_read_its_answers_loses_the_connection() {
    let app = TestApp::limited(hasty());
    let mut peer = Peer::of(&app);
    peer.stream.set_nonblocking(true).unwrap();
    // Answers of many megabytes, asked for and never read: the buffers of the system fill up at some time.
    let request = "GET /v1/components?limit=200 HTTP/1.1\r\nHost: x\r\n\r\n".repeat(200);
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    loop {
        match peer.stream.write(request.as_bytes()) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(_) => break,
            Ok(_) => {}
        }
        assert!(std::time::Instant::now() < deadline, "it is still open");
    }
    app.get("/health/live").expect(200);
}

#[test]
fn one_address_has_a_limit_of_connections_and_gets_free_ones_back() {
    let app = TestApp::limited(Options {
        connections_per_address: 3,
        ..Options::default()
    });
    let request = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut peers: Vec<Peer> = (0..3).map(|_| Peer::of(&app)).collect();
    for peer in &mut peers {
        assert_eq!(peer.say(request).hear_one().status(), 200);
    }
    let refused = Peer::of(&app).say(request).hear();
    assert!(refused.closed && refused.text.is_empty(), "{refused:?}");
    drop(peers);
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while Peer::of(&app)
        .say("GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n")
        .hear()
        .text
        .is_empty()
    {
        assert!(std::time::Instant::now() < deadline, "the seats are lost");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn others_are_answered_while_hundreds_hold_half_a_request() {
    let app = TestApp::limited(Options {
        head: Duration::from_secs(5),
        ..hasty()
    });
    let halves = ["", "GET /v1/components HTTP/1.1\r\nHost:"];
    let mut slow: Vec<Peer> = (0..300).map(|_| Peer::of(&app)).collect();
    for (n, peer) in slow.iter_mut().enumerate() {
        match n % 3 {
            2 => peer.say(super::search_head("Content-Length: 9\r\n\r\n{")),
            k => peer.say(halves[k]),
        };
    }
    for _ in 0..50 {
        let begin = std::time::Instant::now();
        app.get("/v1/components/fit-connect").expect(200);
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
    for peer in &mut slow {
        assert!(peer.hear().closed);
    }
}

#[test]
fn an_answer_that_takes_too_long_is_503_and_what_was_begun_is_finished() {
    let app = TestApp::limited(Options {
        answer: Duration::from_millis(500),
        ..Options::default()
    });
    app.delay(Duration::from_secs(2));
    // Only the database knows whether an unknown slug is an earlier one.
    let answer = app.get("/v1/components/nie-gesehen").expect(503);
    assert_eq!(answer.header("retry-after"), "5");
    let token = tests::Token::admin().sign();
    let body = crate::components::component("langsam", "Langsam");
    app.acting(&token).post("/v1/components", &body).expect(503);
    app.delay(Duration::ZERO);
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    let before = tests::sample::len();
    while app.store().head().unwrap().0 == i64::try_from(before).unwrap() {
        assert!(std::time::Instant::now() < deadline, "the write was torn");
        std::thread::sleep(Duration::from_millis(100));
    }
    app.follow();
    app.acting(&token).get("/v1/components/langsam").expect(200);
}

#[test]
fn a_stream_that_is_read_outlasts_all_limits() {
    let app = TestApp::limited(Options {
        answer: Duration::from_millis(500),
        ..hasty()
    });
    let known = app.store().head().unwrap().0;
    let mut peer = Peer::of(&app);
    peer.say(format!(
        "GET /v1/events?after={known} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
    ));
    // Longer than any of them.
    std::thread::sleep(Duration::from_secs(5));
    app.import(&[crate::components::component("spaet", "Spät")]);
    std::thread::sleep(Duration::from_millis(500));
    app.state().feed.close();
    let heard = peer.hear();
    assert!(heard.closed && heard.text.contains("spaet"), "{heard:?}");
}
