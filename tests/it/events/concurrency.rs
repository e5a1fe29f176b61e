use std::sync::atomic::{AtomicBool, Ordering};

use domain::event::Sequence;
use serde_json::{Value, json};
use testdb::TestDb;
use tests::{TestApp, Token};
use verbundkatalog::state::Limits;

use super::{Reader, editor, place};

const WRITERS: usize = 50;
const WRITES: usize = 6;

/// Asks again and again until the writers are done, and then once more.
fn poll(app: &TestApp, headers: &[(&str, &str)], after: i64, done: &AtomicBool) -> Vec<Value> {
    let mut seen = Vec::new();
    let mut after = after;
    loop {
        let was_done = done.load(Ordering::SeqCst);
        let page = app
            .get_with(&format!("/v1/events?limit=7&wait=1&after={after}"), headers)
            .expect(200)
            .json();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().cloned());
        assert!(page["after"].as_i64().unwrap() >= after);
        after = page["after"].as_i64().unwrap();
        if was_done && items.is_empty() {
            return seen;
        }
    }
}

/// One writer: makes entries and changes them, half of them hidden.
fn write(app: &TestApp, token: &str, writer: usize) {
    for n in 0..WRITES / 2 {
        let mut one = crate::components::component(&format!("eintrag-{writer}-{n}"), "Eintrag");
        one["publication"] = json!(if (writer + n).is_multiple_of(2) {
            "published"
        } else {
            "draft"
        });
        let who = app.acting(token);
        let made = who.post("/v1/components", &one).expect(201);
        let path = format!("/v1/components/{}", one["slug"].as_str().unwrap());
        let change = json!({"tags": [format!("tag-{n}")]});
        who.with("if-match", made.header("etag"))
            .patch(&path, &change)
            .expect(200);
    }
}

fn fifty_writers(db: TestDb) {
    let app = TestApp::over(db, Limits::default());
    app.import_text(verbundkatalog::sample::ORGANISATIONS);
    let begin = app.store().head().unwrap();
    let bearer = format!("Bearer {}", Token::admin().sign());
    let admin = [("authorization", bearer.as_str())];
    let token = editor("dataport").sign();
    let done = AtomicBool::new(false);
    let mut streamed = Reader::open(&app, &format!("/v1/events?after={}", begin.0), &admin);
    let (all, public) = std::thread::scope(|scope| {
        let all = scope.spawn(|| poll(&app, &admin, begin.0, &done));
        let public = scope.spawn(|| poll(&app, &[], begin.0, &done));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (app, token) = (&app, &token);
                scope.spawn(move || write(app, token, writer))
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::SeqCst);
        (all.join().unwrap(), public.join().unwrap())
    });
    let written = app.store().events(begin, usize::MAX).unwrap();
    assert_eq!(written.len(), WRITERS * WRITES);
    let places: Vec<i64> = written.iter().map(|event| event.sequence.0).collect();
    assert_eq!(places, (begin.0 + 1..=begin.0 + 300).collect::<Vec<_>>());
    assert_eq!(all.iter().map(place).collect::<Vec<_>>(), places);
    for event in &all {
        assert_eq!(streamed.event(), *event);
    }
    let of_public: Vec<i64> = written.iter().filter(|e| e.public).map(|e| e.sequence.0).collect();
    assert_eq!(public.iter().map(place).collect::<Vec<_>>(), of_public);
    assert_eq!(app.store().head().unwrap(), Sequence(begin.0 + 300));
}

#[test]
fn fifty_writers_at_once_and_each_event_is_read_exactly_once_and_in_order_on_sqlite() {
    fifty_writers(TestDb::sqlite());
}

#[test]
fn fifty_writers_at_once_and_each_event_is_read_exactly_once_and_in_order_on_postgresql() {
    if let Some(db) = TestDb::postgres() {
        fifty_writers(db);
    }
}
