//! What many followers of the log cost, and what they are told.

use std::time::{Duration, Instant};

use domain::access::Scope;
use serde_json::json;
use tests::{TestApp, Token};

use super::{Reader, patch, place, walk};

const STREAMS: usize = 200;

fn headers(token: &str) -> String {
    format!("Bearer {token}")
}

fn published(slug: &str) -> serde_json::Value {
    let mut one = crate::components::component(slug, "Eintrag");
    one["publication"] = json!("published");
    one
}

/// Calls on the store while one writes and these many streams are told of it.
fn calls(app: &TestApp, streams: usize, name: &str) -> u64 {
    let head = app.store().head().unwrap().0;
    let bearer = headers(&super::editor("dataport").sign());
    let mut readers: Vec<Reader> = (0..streams)
        .map(|n| {
            let path = match n % 4 {
                0 => format!("/v1/events?after={head}"),
                1 => format!("/v1/events?after={head}&noun=component"),
                2 => format!("/v1/events?after={head}&organisation=dataport"),
                _ => format!("/v1/events?after={head}&subject={name}"),
            };
            let own = [("authorization", bearer.as_str())];
            let mut reader = Reader::open(app, &path, if n % 8 < 4 { &own } else { &[] });
            // The time to come back after: from here on it waits.
            reader.message().unwrap();
            reader
        })
        .collect();
    // A stream looks at what it was asked for before it says anything; that is not counted.
    std::thread::sleep(Duration::from_millis(200));
    let token = super::editor("dataport").sign();
    let who = app.acting(&token);
    let before = app.calls();
    who.post("/v1/components", &published(name)).expect(201);
    for n in 0..5 {
        patch(
            &who,
            &format!("/v1/components/{name}"),
            &json!({"tags": [format!("t-{n}")]}),
        );
    }
    for (n, reader) in readers.iter_mut().enumerate() {
        for expected in head + 1..=head + 6 {
            let event = reader.event();
            assert_eq!(place(&event), expected, "stream {n}");
            assert_eq!(event["data"].get("patch").is_some(), expected > head + 1);
        }
    }
    app.calls() - before
}

#[test]
fn what_is_read_from_the_store_does_not_grow_with_the_streams() {
    let app = super::world();
    let alone = calls(&app, 4, "wenige");
    let together = calls(&app, STREAMS, "viele");
    // Those of `subject` begin with nothing of that name, and look for it when it is there: in memory.
    assert!(
        together <= alone + 10,
        "{alone} calls with 4 streams, {together} with {STREAMS}"
    );
}

#[test]
fn the_event_before_is_read_once_for_all() {
    let app = super::world();
    let head = app.store().head().unwrap().0;
    let second = app.beside();
    let mut readers: Vec<Reader> = (0..20)
        .map(|_| Reader::open(&second, &format!("/v1/events?after={head}&noun=component"), &[]))
        .collect();
    for reader in &mut readers {
        reader.message().unwrap();
    }
    std::thread::sleep(Duration::from_millis(100));
    let token = super::editor("dataport").sign();
    patch(&app.acting(&token), "/v1/components/offen", &json!({"tags": ["neuer"]}));
    let before = second.calls();
    second.follow();
    for reader in &mut readers {
        assert!(reader.event()["data"]["patch"].to_string().contains("neuer"));
    }
    // The head twice, the events once, and the revision before.
    assert!(second.calls() - before <= 5, "{} calls", second.calls() - before);
}

#[test]
fn a_page_of_the_newest_events_is_the_same_from_memory_and_from_the_store() {
    let app = super::world();
    // It has just begun, so it knows nothing but the store.
    let fresh = app.beside();
    for token in [
        None,
        Some(super::editor("dataport")),
        Some(Token::admin().scopes(&[Scope::Admin, Scope::AuditRead])),
    ] {
        let bearer = token.map(|token| headers(&token.sign()));
        let headers: Vec<(&str, &str)> = bearer.iter().map(|b| ("authorization", b.as_str())).collect();
        for query in [
            "",
            "noun=component",
            "type=updated,purged",
            "organisation=dataport",
            "subject=offen",
            "subject=weg",
        ] {
            let path = format!("/v1/events?limit=7&{query}");
            assert_eq!(walk(&app, &path, &headers), walk(&fresh, &path, &headers), "{query}");
        }
        let before = app.calls();
        let found = walk(&app, "/v1/events?after=1&limit=1000&noun=component", &headers);
        assert!(!found.is_empty());
        assert!(app.calls() - before <= 1, "{} calls", app.calls() - before);
    }
}

#[test]
fn what_was_purged_is_told_by_no_stream_any_more() {
    let app = super::world();
    let head = app.store().head().unwrap().0;
    let token = super::editor("dataport").sign();
    let admin = Token::admin().sign();
    let mut one = crate::components::component("fluechtig", "Flüchtig");
    one["tags"] = json!(["streng-geheim"]);
    app.acting(&token).post("/v1/components", &one).expect(201);
    patch(
        &app.acting(&token),
        "/v1/components/fluechtig",
        &json!({"tags": ["immer-noch-geheim"]}),
    );
    let bearer = headers(&admin);
    let admin_reads = [("authorization", bearer.as_str())];
    let path = format!("/v1/events?after={head}");
    let mut reader = Reader::open(&app, &path, &admin_reads);
    assert!(reader.event().to_string().contains("streng-geheim"));
    app.acting(&admin)
        .with("if-match", "*")
        .delete("/v1/components/fluechtig?purge=true")
        .expect(204);
    let mut late = Reader::open(&app, &path, &admin_reads);
    for _ in 0..3 {
        let event = late.event();
        assert!(!event.to_string().contains("geheim"), "{event}");
        assert!(event["data"].get("tombstone").is_some());
    }
}

#[test]
fn a_stream_follows_its_record_and_its_organisations_under_their_new_names() {
    let app = super::world();
    let head = app.store().head().unwrap().0;
    let admin = Token::admin().sign();
    let bearer = headers(&admin);
    let admin_reads = [("authorization", bearer.as_str())];
    let mut of_record = Reader::open(&app, &format!("/v1/events?after={head}&subject=kommt-noch"), &[]);
    let mut of_owner = Reader::open(
        &app,
        &format!("/v1/events?after={head}&organisation=akdb"),
        &admin_reads,
    );
    of_record.message().unwrap();
    of_owner.message().unwrap();
    let token = super::editor("dataport").sign();
    let who = app.acting(&token);
    who.post("/v1/components", &published("kommt-noch")).expect(201);
    patch(&who, "/v1/components/kommt-noch", &json!({"slug": "ist-da"}));
    patch(&who, "/v1/components/ist-da", &json!({"tags": ["da"]}));
    for slug in ["kommt-noch", "ist-da", "ist-da"] {
        assert_eq!(of_record.event()["slug"], slug);
    }
    let all = app.acting(&admin);
    patch(&all, "/v1/organisations/akdb", &json!({"slug": "akdb-neu"}));
    patch(&all, "/v1/organisations/akdb-neu", &json!({"slug": "akdb-noch-neuer"}));
    let renamed = app.store().head().unwrap().0;
    let mut last = of_owner.event();
    while place(&last) < renamed && last["slug"] != "akdb-noch-neuer" {
        last = of_owner.event();
    }
    assert_eq!(last["slug"], "akdb-noch-neuer");
    // By its first name it is still found.
    let found = walk(&app, "/v1/events?organisation=akdb&noun=organisation", &[]);
    assert!(found.iter().any(|event| event["slug"] == "akdb-noch-neuer"));
}

#[test]
fn a_stream_goes_on_after_its_own_organisation_was_renamed() {
    let app = super::world();
    let head = app.store().head().unwrap().0;
    let id = app.get("/v1/organisations/dataport").expect(200).json()["id"].clone();
    let token = super::editor(id.as_str().unwrap()).sign();
    let bearer = headers(&token);
    let path = format!("/v1/events?after={head}&noun=component&type=created");
    let mut reader = Reader::open(&app, &path, &[("authorization", &bearer)]);
    reader.message().unwrap();
    let admin = Token::admin().sign();
    patch(
        &app.acting(&admin),
        "/v1/organisations/dataport",
        &json!({"slug": "dataport-neu"}),
    );
    let mut one = crate::components::component("eigener-entwurf", "Eigener Entwurf");
    one["publication"] = json!("draft");
    one["owner"] = json!("dataport-neu");
    app.acting(&token).post("/v1/components", &one).expect(201);
    assert_eq!(reader.event()["slug"], "eigener-entwurf");
}

#[test]
fn a_token_that_expires_ends_a_backlog_and_a_walk_by_lines_too() {
    let app = super::world();
    let long: Vec<_> = (0..1000)
        .map(|n| {
            let mut one = crate::components::component(&format!("lang-{n}"), "Lang");
            one["description"] = json!({"de": "x".repeat(19_000)});
            one
        })
        .collect();
    app.import(&long);
    for (accept, expires) in [("text/event-stream", 600), ("application/x-ndjson", 1300)] {
        let begin = Instant::now();
        let bearer = headers(&super::editor("dataport").expires_after(expires).sign());
        let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
        let request = client.get(format!("http://{}/v1/events", app.address()));
        let mut answer = request
            .header("accept", accept)
            .header("authorization", &bearer)
            .send()
            .unwrap();
        // Nobody reads: the connection takes so much, and the token expires meanwhile.
        std::thread::sleep(Duration::from_millis(500));
        app.clock.advance(700);
        let mut text = Vec::new();
        let whole = std::io::copy(&mut answer, &mut text).is_ok();
        assert_eq!(whole, accept == "text/event-stream");
        assert!(text.len() < 1000 * 19_000, "{} bytes", text.len());
        assert!(begin.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn so_many_organisations_are_asked_for_and_no_more() {
    let app = super::world();
    let names = |n: usize| (0..n).map(|n| format!("amt-{n}")).collect::<Vec<_>>().join(",");
    app.get(&format!("/v1/events?organisation={}", names(20))).expect(200);
    let refused = app.get(&format!("/v1/events?organisation={}", names(21))).expect(400);
    assert_eq!(refused.json()["errors"][0]["code"], "too_many");
}
