use domain::access::Scope;
use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::component;

fn editor() -> String {
    Token::of("dataport").scopes(&[Scope::ComponentsWrite]).sign()
}

fn app() -> TestApp {
    TestApp::with(&[component("eins", "Eins"), component("zwei", "Zwei")])
}

#[test]
fn what_was_read_can_be_written_back_and_changes_nothing() {
    let app = app();
    let read = app.get("/v1/components/eins").expect(200);
    let before = app.store().head().unwrap();
    let acting = app.acting(&editor()).with("if-match", read.header("etag"));
    let answer = acting.put("/v1/components/eins", &read.json()).expect(200);
    assert_eq!(answer.json(), read.json());
    assert_eq!(answer.header("etag"), read.header("etag"));
    assert_eq!(app.store().head().unwrap(), before);
}

#[test]
fn a_replaced_document_loses_what_is_left_out() {
    let app = app();
    let acting = app.acting(&editor()).with("if-match", "\"r1\"");
    acting
        .patch(
            "/v1/components/eins",
            &json!({ "tags": ["a"], "homepage": "https://example.org/" }),
        )
        .expect(200);
    let acting = app.acting(&editor()).with("if-match", "\"r2\"");
    let answer = acting
        .put("/v1/components/eins", &component("eins", "Anders"))
        .expect(200);
    assert_eq!(answer.header("etag"), "\"r3\"");
    let record = app.get("/v1/components/eins").expect(200).json();
    assert_eq!(record["title"]["de"], "Anders");
    assert!(
        record.get("tags").is_none() && record.get("homepage").is_none(),
        "{record}"
    );
    assert_eq!(record["publication"], "published");
}

#[test]
fn a_merge_patch_changes_what_it_names() {
    let app = app();
    let acting = app.acting(&editor()).with("if-match", "\"r1\"");
    let patch = json!({ "title": { "en": "One" }, "tags": ["x", "y"], "lifecycle": "productive" });
    acting.patch("/v1/components/eins", &patch).expect(200);
    let record = app.get("/v1/components/eins").expect(200).json();
    assert_eq!(record["title"], json!({ "de": "Eins", "en": "One" }));
    assert_eq!(record["tags"], json!(["x", "y"]));
    let acting = app.acting(&editor()).with("if-match", "\"r2\"");
    acting
        .patch(
            "/v1/components/eins",
            &json!({ "title": { "en": null }, "lifecycle": null }),
        )
        .expect(200);
    let record = app.get("/v1/components/eins").expect(200).json();
    assert_eq!(record["title"], json!({ "de": "Eins" }));
    assert!(record.get("lifecycle").is_none());
    assert_eq!(app.get("/v1/components?tags=x").expect(200).slugs(), ["eins"]);
}

#[test]
fn a_change_needs_the_revision_that_it_was_made_from() {
    let app = app();
    let patch = json!({ "tags": ["a"] });
    let missing = app
        .acting(&editor())
        .patch("/v1/components/eins", &patch)
        .expect(428)
        .json();
    assert_eq!(missing["code"], "precondition_required");
    app.acting(&editor())
        .with("if-match", "\"r1\"")
        .patch("/v1/components/eins", &patch)
        .expect(200);
    let stale = app
        .acting(&editor())
        .with("if-match", "\"r1\"")
        .patch("/v1/components/eins", &json!({"tags": []}))
        .expect(412);
    assert_eq!(stale.json()["currentRevision"], 2);
    assert_eq!(stale.header("etag"), "\"r2\"");
    app.acting(&editor())
        .with("if-match", "W/\"r2\"")
        .patch("/v1/components/eins", &json!({"tags": []}))
        .expect(412);
    app.acting(&editor())
        .with("if-match", "*")
        .patch("/v1/components/eins", &json!({"tags": ["b"]}))
        .expect(200);
}

#[test]
fn put_creates_only_under_if_none_match() {
    let app = app();
    let body = component("drei", "Drei");
    let creating = app.acting(&editor()).with("if-none-match", "*");
    app.acting(&editor()).put("/v1/components/drei", &body).expect(404);
    let made = creating.put("/v1/components/drei", &body).expect(201);
    assert_eq!(made.header("location"), "/v1/components/drei");
    let again = creating.put("/v1/components/drei", &body).expect(412).json();
    assert_eq!(again["currentRevision"], 1);
    assert!(
        again["detail"]
            .as_str()
            .unwrap()
            .starts_with("The record is there already.")
    );
    let id = "01980c2e-7a00-7000-8000-0000000000aa";
    let mut four = component("vier", "Vier");
    creating.put(&format!("/v1/components/{id}"), &four).expect(201);
    four["id"] = json!("01980c2e-7a00-7000-8000-0000000000ab");
    four["slug"] = json!("fuenf");
    assert_eq!(
        creating
            .put(&format!("/v1/components/{id}x"), &four)
            .expect(400)
            .errors()
            .len(),
        1
    );
}

#[test]
fn a_renamed_component_is_reached_under_its_old_slug_and_rewritten_where_it_is_named() {
    let app = app();
    app.acting(&editor())
        .with("if-match", "*")
        .patch("/v1/components/zwei", &json!({ "successor": "eins" }))
        .expect(200);
    let preview = app
        .acting(&editor())
        .with("if-match", "*")
        .patch("/v1/components/eins?dryRun=true", &json!({ "slug": "uno" }))
        .expect(200)
        .json();
    assert_eq!(preview["affectedTotal"], 1);
    assert_eq!(preview["affected"][0]["slug"], "zwei");
    assert_eq!(preview["affected"][0]["pointers"], json!(["/successor"]));
    let renamed = app
        .acting(&editor())
        .with("if-match", "\"r1\"")
        .patch("/v1/components/eins", &json!({ "slug": "uno" }))
        .expect(200);
    assert_eq!(renamed.json()["slug"], "uno");
    assert_eq!(
        app.get("/v1/components/eins").expect(308).header("location"),
        "/v1/components/uno"
    );
    let moved = app
        .acting(&editor())
        .with("if-match", "*")
        .patch("/v1/components/eins", &json!({ "tags": ["a"] }))
        .expect(308);
    assert_eq!(moved.header("location"), "/v1/components/uno");
    assert_eq!(app.get("/v1/components/zwei").expect(200).json()["successor"], "uno");
    assert_eq!(app.get("/v1/components?successor=uno").expect(200).slugs(), ["zwei"]);
    // An old slug stays with its record.
    app.acting(&editor())
        .post("/v1/components", &component("eins", "Wieder"))
        .expect(409);
}

#[test]
fn a_withdrawn_component_leaves_a_tombstone_and_can_come_back() {
    let app = app();
    let acting = app.acting(&editor());
    acting.delete("/v1/components/eins").expect(428);
    let gone = acting
        .clone()
        .with("if-match", "\"r1\"")
        .delete("/v1/components/eins")
        .expect(204);
    assert_eq!(gone.header("etag"), "\"r2\"");
    let tombstone = app.get("/v1/components/eins").expect(410).json();
    assert_eq!(tombstone["tombstone"]["revision"], 2);
    assert_eq!(app.get("/v1/components").expect(200).slugs(), ["zwei"]);
    let seen = acting.get("/v1/components/eins").expect(200).json();
    assert_eq!(seen["publication"], "withdrawn");
    // Withdrawing again changes nothing.
    acting
        .clone()
        .with("if-match", "\"r2\"")
        .delete("/v1/components/eins")
        .expect(204);
    assert_eq!(acting.get("/v1/components/eins").expect(200).json()["revision"], 2);
    acting
        .with("if-match", "\"r2\"")
        .patch("/v1/components/eins", &json!({ "publication": "published" }))
        .expect(200);
    app.get("/v1/components/eins").expect(200);
}

#[test]
fn what_was_public_cannot_become_a_draft_again() {
    let app = app();
    let acting = app.acting(&editor()).with("if-match", "*");
    let errors = acting
        .patch("/v1/components/eins", &json!({ "publication": "draft" }))
        .expect(400)
        .errors();
    assert_eq!(errors, ["/publication: not_possible"]);
}

#[test]
fn a_draft_that_is_withdrawn_was_never_there_for_others() {
    let app = app();
    let acting = app.acting(&editor());
    acting
        .post("/v1/components", &component("geheim", "Geheim"))
        .expect(201);
    acting
        .clone()
        .with("if-match", "*")
        .delete("/v1/components/geheim")
        .expect(204);
    app.get("/v1/components/geheim").expect(404);
    acting.get("/v1/components/geheim").expect(200);
}

#[test]
fn only_an_administrator_purges_and_nothing_is_left_but_that_it_happened() {
    let app = app();
    let marker = "Frau Beispielperson";
    let acting = app.acting(&editor()).with("if-match", "*");
    acting.patch(
        "/v1/components/eins",
        &json!({ "contacts": [{ "role": "office", "name": marker, "email": "amt@example.org" }] }),
    );
    app.acting(&editor())
        .with("if-match", "*")
        .delete("/v1/components/eins?purge=true")
        .expect(403);
    let admin = app.acting(&Token::admin().sign()).with("if-match", "*");
    admin.delete("/v1/components/eins?purge=true&dryRun=true").expect(200);
    admin.delete("/v1/components/eins?purge=true").expect(204);
    app.get("/v1/components/eins").expect(404);
    admin.get("/v1/components/eins").expect(404);
    let events = app.store().events(domain::event::Sequence(0), 1000).unwrap();
    assert_eq!(events.last().unwrap().event_type, domain::event::EventType::Purged);
    let subject = events.last().unwrap().subject;
    for event in events
        .iter()
        .filter(|e| e.subject == subject && e.sequence < events.last().unwrap().sequence)
    {
        assert!(event.document.is_none() && event.origin.actor.is_none(), "{event:?}");
    }
}

#[test]
fn an_entry_is_handed_over_only_to_whom_the_caller_acts_for() {
    let app = app();
    let acting = app.acting(&editor()).with("if-match", "*");
    acting
        .patch("/v1/components/eins", &json!({ "owner": "dvz-mv" }))
        .expect(403);
    app.acting(&Token::admin().sign())
        .with("if-match", "*")
        .patch("/v1/components/eins", &json!({ "owner": "dvz-mv" }))
        .expect(200);
    acting
        .patch("/v1/components/eins", &json!({ "tags": ["mine"] }))
        .expect(403);
    let new = Token::of("dvz-mv").scopes(&[Scope::ComponentsWrite]).sign();
    app.acting(&new)
        .with("if-match", "*")
        .patch("/v1/components/eins", &json!({ "tags": ["mine"] }))
        .expect(200);
}

#[test]
fn concurrent_raises_under_if_match_lose_nothing() {
    let app = app();
    let token = editor();
    let clients = 64;
    let successes: usize = std::thread::scope(|scope| {
        let raise = || {
            let mut done = 0;
            for _ in 0..50 {
                let read = app.get("/v1/components/eins").expect(200);
                let json: Value = read.json();
                let count: u64 = json["tags"][0].as_str().unwrap_or("0").parse().unwrap();
                let acting = app.acting(&token).with("if-match", read.header("etag"));
                let answer = acting.patch("/v1/components/eins", &json!({ "tags": [(count + 1).to_string()] }));
                match answer.status {
                    200 => done += 1,
                    412 => {}
                    other => panic!("{other}: {}", answer.text()),
                }
            }
            done
        };
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(raise)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    let end = app.get("/v1/components/eins").expect(200).json();
    assert_eq!(end["tags"][0], successes.to_string());
    assert_eq!(end["revision"], successes + 1);
}

#[test]
fn the_log_says_who_wrote_and_why() {
    let app = app();
    let token = Token::of("dataport")
        .scopes(&[Scope::ComponentsWrite])
        .subject("anna")
        .sign();
    let acting = app
        .acting(&token)
        .with("if-match", "*")
        .with("change-comment", "Neue%20Anlaufstelle")
        .with("x-request-id", "req-1");
    acting
        .patch("/v1/components/eins", &json!({ "tags": ["a"] }))
        .expect(200);
    let events = app.store().events(domain::event::Sequence(0), 1000).unwrap();
    let origin = &events.last().unwrap().origin;
    assert_eq!(origin.actor.as_deref(), Some("verbundkatalog|anna"));
    assert_eq!(origin.comment.as_deref(), Some("Neue Anlaufstelle"));
    assert_eq!(origin.request_id.as_deref(), Some("req-1"));
    assert!(origin.token_id.is_some());
}

#[test]
fn what_was_read_in_part_does_not_replace_the_whole() {
    let app = app();
    let read = app
        .get("/v1/components/eins?fields=kind,title,summary,owner")
        .expect(200);
    let acting = app.acting(&editor()).with("if-match", read.header("etag"));
    let refused = acting.put("/v1/components/eins", &read.json()).expect(400);
    assert_eq!(refused.errors(), ["If-Match: partial_representation"]);
    acting
        .patch("/v1/components/eins", &json!({ "tags": ["a"] }))
        .expect(200);
}

#[test]
fn a_tag_without_its_quotes_is_told_as_such_and_not_as_a_change() {
    let app = app();
    for wrong in ["r1", "1", "\"r1"] {
        let acting = app.acting(&editor()).with("if-match", wrong);
        let refused = acting
            .patch("/v1/components/eins", &json!({ "tags": ["a"] }))
            .expect(400);
        assert_eq!(refused.errors(), ["If-Match: invalid_header"]);
    }
}
