use std::time::{Duration, Instant};

use super::{Reader, place, walk};

#[test]
fn a_stream_tells_what_was_and_goes_on_with_what_comes() {
    let app = super::world();
    let all = walk(&app, "/v1/events?limit=1000", &[]);
    let mut reader = Reader::open(&app, "/v1/events", &[]);
    for expected in &all {
        assert_eq!(reader.event(), *expected);
    }
    let begin = Instant::now();
    app.import(&[crate::components::component("neu", "Neu")]);
    assert_eq!(reader.event()["slug"], "neu");
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[test]
fn whoever_comes_back_hears_what_it_missed_and_nothing_twice() {
    let app = super::world();
    let all = walk(&app, "/v1/events?limit=1000", &[]);
    let mut reader = Reader::open(&app, "/v1/events?noun=component", &[]);
    let first = reader.event();
    drop(reader);
    let seen = first["id"].as_str().unwrap().to_owned();
    let mut reader = Reader::open(&app, "/v1/events?noun=component", &[("last-event-id", &seen)]);
    let rest = all
        .iter()
        .filter(|e| e["noun"] == "component" && place(e) > place(&first));
    for expected in rest {
        assert_eq!(reader.event(), *expected);
    }
}

#[test]
fn a_reader_of_few_events_hears_where_it_is() {
    let app = super::world();
    let head = app.store().head().unwrap().0;
    let mut reader = Reader::open(&app, &format!("/v1/events?after={head}&type=purged"), &[]);
    let mut hidden = crate::components::component("geheimer", "Geheimer");
    hidden["publication"] = serde_json::json!("draft");
    app.import(&[hidden]);
    assert_eq!(reader.message().unwrap().id, None, "the time to come back after");
    let beat = reader.message().unwrap();
    assert_eq!((beat.id, beat.data), (Some(head + 1), None));
}

#[test]
fn a_stream_ends_with_the_service() {
    let app = super::world();
    let mut reader = Reader::open(&app, "/v1/events?after=100000", &[]);
    let begin = Instant::now();
    app.state().feed.close();
    while reader.message().is_some() {}
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[test]
fn a_stream_ends_with_its_token() {
    let app = super::world();
    let bearer = format!("Bearer {}", super::editor("dataport").expires_after(600).sign());
    let mut reader = Reader::open(&app, "/v1/events?after=100000", &[("authorization", &bearer)]);
    app.clock.advance(700);
    app.import(&[crate::components::component("neu", "Neu")]);
    while reader.message().is_some() {}
}

#[test]
fn there_is_room_for_so_many_streams_and_no_more() {
    let app = super::world();
    let _all: Vec<_> = std::iter::from_fn(|| app.state().feed.enter()).collect();
    let answer = app
        .get_with("/v1/events", &[("accept", "text/event-stream")])
        .expect(503);
    assert_eq!(answer.header("retry-after"), "30");
    app.get("/v1/events").expect(200);
}
