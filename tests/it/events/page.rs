use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{Failure, TestApp, Token};

use super::{place, places, walk};

#[test]
fn pages_walk_through_the_whole_log_without_a_gap() {
    let app = TestApp::sample();
    let head = app.store().head().unwrap().0;
    for limit in [7, 100, 1000] {
        let all = walk(&app, &format!("/v1/events?limit={limit}"), &[]);
        let found: Vec<i64> = all.iter().map(place).collect();
        assert_eq!(found, (1..=head).collect::<Vec<_>>());
    }
    let newest: Vec<i64> = walk(&app, "/v1/events?order=desc&limit=60", &[])
        .iter()
        .map(place)
        .collect();
    assert_eq!(newest, (1..=head).rev().collect::<Vec<_>>());
}

#[test]
fn every_event_is_as_documented_and_holds_the_record_as_get_answers_it() {
    let app = TestApp::sample();
    for event in walk(&app, "/v1/events?noun=component&limit=1000", &[]) {
        let whole = &event["data"]["after"];
        let slug = event["slug"].as_str().unwrap();
        assert_eq!(*whole, app.get(&format!("/v1/components/{slug}")).expect(200).json());
    }
}

#[test]
fn the_place_to_go_on_from_moves_over_what_is_hidden() {
    let app = super::world();
    let head = app.store().head().unwrap().0;
    let page = app.get("/v1/events?limit=1000").expect(200).json();
    assert!(page["items"].as_array().unwrap().len() < usize::try_from(head).unwrap());
    assert_eq!(
        (&page["after"], &page["asOf"], &page["next"]),
        (&json!(head), &json!(head), &Value::Null)
    );
    let page = app.get("/v1/events?subject=gibt-es-nicht").expect(200).json();
    assert_eq!((&page["items"], &page["after"]), (&json!([]), &json!(head)));
    // Another instance may be ahead of this one.
    let page = app.get(&format!("/v1/events?after={}", head + 5)).expect(200).json();
    assert_eq!((&page["after"], &page["asOf"]), (&json!(head + 5), &json!(head)));
    let page = app.get("/v1/events?limit=0").expect(200).json();
    assert_eq!(
        (&page["items"], &page["after"], &page["asOf"]),
        (&json!([]), &json!(0), &json!(head))
    );
    let page = app.get("/v1/events?before=3").expect(200);
    assert_eq!(places(&page), [1, 2]);
    assert_eq!(page.json()["after"], 2);
}

#[test]
fn a_known_page_is_not_sent_again_and_a_token_makes_another_one_of_it() {
    let app = super::world();
    let page = app.get("/v1/events").expect(200);
    let tag = page.header("etag").to_owned();
    app.get_with("/v1/events", &[("if-none-match", &tag)]).expect(304);
    app.get_with("/v1/events?limit=5", &[("if-none-match", &tag)])
        .expect(200);
    app.get_with(
        "/v1/events",
        &[("if-none-match", &tag), ("accept", "application/x-ndjson")],
    )
    .expect(200);
    assert_eq!(page.header("cache-control"), "public, no-cache");
    let token = super::editor("dataport").sign();
    let own = app
        .acting(&token)
        .with("if-none-match", &tag)
        .get("/v1/events")
        .expect(200);
    assert_eq!(own.header("cache-control"), "private, no-cache");
    app.import(&[crate::components::component("neu", "Neu")]);
    app.get_with("/v1/events", &[("if-none-match", &tag)]).expect(200);
}

#[test]
fn an_answer_can_wait_for_the_next_event() {
    let app = super::world();
    let head = app.store().head().unwrap().0;
    let address = format!("/v1/events?after={head}&wait=20");
    let begin = Instant::now();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| app.get(&address).expect(200));
        std::thread::sleep(Duration::from_millis(300));
        // Of this one everybody else hears nothing, and waits on.
        let mut hidden = crate::components::component("noch-geheimer", "Noch geheimer");
        hidden["publication"] = json!("draft");
        app.import(&[hidden]);
        std::thread::sleep(Duration::from_millis(200));
        app.import(&[crate::components::component("neu", "Neu")]);
        let answer = waiting.join().unwrap();
        assert_eq!(places(&answer), [head + 2]);
        assert_eq!(answer.json()["after"], head + 2);
    });
    assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
    let begin = Instant::now();
    let answer = app.get(&format!("/v1/events?after={}&wait=1", head + 2)).expect(200);
    assert!(places(&answer).is_empty());
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[test]
fn wrong_parameters_are_all_told_at_once() {
    let app = TestApp::sample();
    let answer = app
        .get("/v1/events?after=x&typ=created&type=moved&limit=1001&wait=31")
        .expect(400);
    assert_eq!(
        answer.errors(),
        [
            "after: out_of_range",
            "limit: out_of_range",
            "typ: unknown_parameter",
            "type: unknown_value",
            "wait: out_of_range"
        ]
    );
    let lines = app
        .get_with("/v1/events?limit=5", &[("accept", "application/x-ndjson")])
        .expect(400);
    assert_eq!(lines.errors(), ["limit: contradiction"]);
    let stream = app
        .get_with(
            "/v1/events?order=desc",
            &[("accept", "text/event-stream"), ("last-event-id", "x")],
        )
        .expect(400);
    assert_eq!(stream.errors(), ["Last-Event-ID: out_of_range", "order: contradiction"]);
}

#[test]
fn lines_are_the_same_events_as_pages() {
    let app = super::world();
    let token = Token::admin().sign();
    let bearer = format!("Bearer {token}");
    let admin = ("authorization", bearer.as_str());
    for query in [
        "",
        "?noun=component",
        "?after=3&type=updated",
        "?order=desc",
        "?subject=gibt-es-nicht",
    ] {
        for headers in [&[] as &[(&str, &str)], &[admin]] {
            let mut all = vec![("accept", "application/x-ndjson")];
            all.extend(headers);
            let answer = app.get_with(&format!("/v1/events{query}"), &all).expect(200);
            assert_eq!(answer.media_type(), "application/x-ndjson");
            let text = answer.text();
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(lines, walk(&app, &format!("/v1/events{query}"), headers), "{query}");
            if !query.contains("desc") {
                let next = answer.header("link").split(['<', '>']).nth(1).unwrap();
                let rest = app.get_with(next, headers).expect(200).json();
                assert_eq!(rest["items"], json!([]));
            }
        }
    }
    for form in ["application/x-ndjson", "text/event-stream"] {
        let head = app.send("HEAD", "/v1/events", &[("accept", form)], "");
        assert_eq!((head.status, head.media_type()), (200, form));
        assert_eq!(head.header("content-length"), "");
        app.fail(Failure::Outage);
        let failed = app.get_with("/v1/events?subject=gibt-es-nicht", &[("accept", form)]);
        app.fail(Failure::None);
        failed.expect(503);
    }
}
