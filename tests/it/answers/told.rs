//! Who is told of the end of a component: whichever way it came about, and nothing that is hidden from them.

use domain::access::Scope;
use serde_json::{Value, json};
use testdb::for_each_database;
use tests::{TestApp, Token};

use super::ending::{ENDS, app, editor, like, notices, of, patch, told};
use super::{adoption, body, component, relation, texts, with};

fn end() -> Value {
    json!({ "endsOn": "2027-12-31", "successor": "danach" })
}

fn turns(app: &TestApp, token: &str) -> Vec<String> {
    let all = notices(app, Some(token)).into_iter();
    all.map(|(_, notice)| notice["turn"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_withdrawal_is_told_to_whom_it_concerns() {
    for_each_database(|db| {
        for by_delete in [true, false] {
            let app = like(db);
            let token = editor();
            let who = app.acting(&token).with("if-match", "*");
            if by_delete {
                let preview = who.delete(&format!("{ENDS}?dryRun=true")).expect(200).json();
                let reach = &preview["reach"]["organisations"];
                assert_eq!(texts(reach, "slug"), ["haus", "mv", "sh", "werk"]);
                assert_eq!(told(&app, Some(&Token::admin().sign())), [""; 0]);
                who.delete(ENDS).expect(204);
            } else {
                patch(&app, &json!({ "publication": "withdrawn" })).expect(200);
            }
            let all = notices(&app, Some(&Token::admin().sign()));
            assert_eq!(told(&app, Some(&of("haus"))), ["mv", "sh", "werk"]);
            assert_eq!((&all[0].1["turn"], all[0].1.get("endsOn")), (&json!("withdrawn"), None));
            assert_eq!(all[0].1["uses"], json!(["endet", "baut-darauf"]));
            // Withdrawn it stays; then it comes back.
            patch(&app, &json!({ "tags": ["neu"] })).expect(200);
            assert_eq!(turns(&app, &of("mv")), ["withdrawn"]);
            patch(&app, &json!({ "publication": "published" })).expect(200);
            // Also to those that use what needs it.
            for body in ["mv", "sh", "werk"] {
                assert_eq!(turns(&app, &of(body)), ["withdrawn", "goes_on"], "{body}");
            }
            assert_eq!(told(&app, Some(&of("haus"))).len(), 6);
        }
    });
}

#[test]
fn the_return_is_told_to_whom_it_still_concerns() {
    let app = app();
    let state = |publication: &str| {
        let as_it_is = component("endet", "haus", json!({ "roles": { "operator": ["haus"] } }));
        app.import(&[with(as_it_is, json!({ "publication": publication }))]);
    };
    state("withdrawn");
    let ended = |slug| adoption(slug, "mv", "ended");
    app.import(&[
        ended("endet"),
        ended("baut-darauf"),
        adoption("baut-darauf", "fern", "live"),
    ]);
    state("published");
    assert_eq!(turns(&app, &of("mv")), ["withdrawn"]);
    assert_eq!(turns(&app, &of("fern")), ["goes_on"]);
    for body in ["sh", "werk"] {
        assert_eq!(turns(&app, &of(body)), ["withdrawn", "goes_on"], "{body}");
    }
}

#[test]
fn whoever_was_told_of_an_end_is_not_told_of_the_withdrawal() {
    let app = app();
    patch(&app, &end()).expect(200);
    app.acting(&editor()).with("if-match", "*").delete(ENDS).expect(204);
    assert_eq!(turns(&app, &of("mv")), ["ends"]);
    // Nor of what was never public.
    let draft = component("entwurf", "haus", json!({ "publication": "draft" }));
    app.acting(&editor()).post("/v1/components", &draft).expect(201);
    let path = "/v1/components/entwurf";
    app.acting(&editor()).with("if-match", "*").delete(path).expect(204);
    assert_eq!(told(&app, Some(&Token::admin().sign())).len(), 3);
}

#[test]
fn a_withdrawal_in_a_batch_is_told_too() {
    let app = app();
    let batch = json!({ "items": [{ "operation": "withdraw", "record": "endet", "revision": 1 }] });
    app.acting(&editor()).post("/v1/components/batch", &batch).expect(200);
    assert_eq!(turns(&app, &of("sh")), ["withdrawn"]);
}

#[test]
fn an_import_tells_of_the_ends_that_it_sets_and_moves() {
    for_each_database(|db| {
        let app = like(db);
        let as_it_is = || component("endet", "haus", json!({ "roles": { "operator": ["haus"] } }));
        app.import(&[with(as_it_is(), json!({ "tags": ["neu"] }))]);
        assert_eq!(told(&app, Some(&Token::admin().sign())), [""; 0]);
        app.import(&[with(as_it_is(), end())]);
        assert_eq!(told(&app, Some(&of("haus"))), ["mv", "sh", "werk"]);
        app.import(&[with(as_it_is(), end())]);
        assert_eq!(turns(&app, &of("sh")), ["ends"]);
        let later = json!({ "endsOn": "2028-12-31", "successor": "danach" });
        app.import(&[with(as_it_is(), later)]);
        app.import(&[with(as_it_is(), json!({ "publication": "withdrawn" }))]);
        assert_eq!(turns(&app, &of("sh")), ["ends", "ends", "withdrawn"]);
        let events = notices(&app, Some(&of("sh")));
        assert_eq!(events[1].1["endsOn"], "2028-12-31");
    });
}

#[test]
fn a_new_component_that_ends_names_a_successor_too() {
    let app = app();
    let new = with(component("neu", "haus", json!({})), json!({ "endsOn": "2027-12-31" }));
    let refused = app.acting(&editor()).post("/v1/components", &new).expect(400);
    assert_eq!(refused.errors(), ["/successor: required"]);
    let refused = app
        .acting(&editor())
        .with("if-none-match", "*")
        .put("/v1/components/neu", &new)
        .expect(400);
    assert_eq!(refused.errors(), ["/successor: required"]);
    app.acting(&editor())
        .post("/v1/components", &with(new, json!({ "successor": "danach" })))
        .expect(201);
}

#[test]
fn a_missing_successor_is_told_beside_what_cannot_be_read() {
    let app = app();
    let wrong = json!({ "endsOn": "2027-12-31", "lifecycle": "gone", "farbe": "blau" });
    let refused = patch(&app, &wrong).expect(400);
    assert_eq!(
        refused.errors(),
        [
            "/farbe: unknown_field",
            "/lifecycle: unknown_value",
            "/successor: required"
        ]
    );
}

#[test]
fn a_notice_hints_at_nothing_that_the_body_may_not_see() {
    let app = app();
    // That this needs what ends, only its owner knows.
    app.import(&[
        component("heimlich", "werk", json!({})),
        with(
            relation("heimlich", "depends_on", "endet"),
            json!({ "publication": "draft" }),
        ),
        adoption("heimlich", "fern", "live"),
        adoption("heimlich", "mv", "live"),
    ]);
    patch(&app, &end()).expect(200);
    let all = notices(&app, Some(&Token::admin().sign()));
    let of_body = |slug: &str| all.iter().find(|(told, _)| told == slug).map(|(_, notice)| notice);
    assert_eq!(of_body("fern"), None);
    assert_eq!(of_body("mv").unwrap()["uses"], json!(["endet", "baut-darauf"]));
    assert_eq!(
        of_body("werk").unwrap()["ownComponents"],
        json!(["baut-darauf", "heimlich"])
    );
}

#[test]
fn many_bodies_that_use_what_is_hidden_are_told_what_each_sees() {
    let app = app();
    let town = |n: usize| format!("stadt-{n:02}");
    let mut records = vec![
        component("heimlich", "werk", json!({})),
        component("offen", "werk", json!({})),
        with(
            relation("heimlich", "depends_on", "endet"),
            json!({ "publication": "draft" }),
        ),
        relation("offen", "depends_on", "endet"),
        adoption("heimlich", "fern", "live"),
    ];
    for n in 0..20 {
        records.push(body(&town(n), "municipality", &["DE-SH"]));
        records.push(adoption("heimlich", &town(n), "live"));
        if n % 2 == 0 {
            // Nobody else sees it.
            let own = adoption("endet", &town(n), "live");
            records.push(with(own, json!({ "visibility": "parties" })));
            records.push(adoption("offen", &town(n), "live"));
        }
    }
    app.import(&records);
    patch(&app, &end()).expect(200);
    let all = notices(&app, Some(&Token::admin().sign()));
    let of_body = |slug: &str| all.iter().find(|(told, _)| told == slug).map(|(_, notice)| notice);
    assert_eq!(of_body("fern"), None);
    for n in 0..20 {
        let uses = of_body(&town(n)).map(|notice| notice["uses"].clone());
        assert_eq!(uses, (n % 2 == 0).then(|| json!(["endet", "offen"])), "{n}");
    }
    let own = &of_body("werk").unwrap()["ownComponents"];
    assert_eq!(*own, json!(["baut-darauf", "heimlich", "offen"]));
    assert_eq!(all.len(), 13);
}

#[test]
fn whoever_takes_the_name_of_a_purged_owner_sees_nothing_of_whom_it_told() {
    for_each_database(|db| {
        let app = like(db);
        let old = |owner| component("altes", owner, json!({ "endsOn": "2027-12-31", "successor": "danach" }));
        app.import(&[
            body("frueher", "it_provider", &["DE-SH"]),
            component("altes", "frueher", json!({})),
            adoption("altes", "mv", "live"),
        ]);
        app.import(&[old("frueher")]);
        assert_eq!(told(&app, Some(&of("frueher"))), ["mv"]);
        app.import(&[old("werk")]);
        let admin = Token::admin().sign();
        let who = app.acting(&admin).with("if-match", "*");
        who.delete("/v1/components/altes/adoptions/mv?purge=true").expect(204);
        who.delete("/v1/organisations/frueher?purge=true").expect(204);
        app.import(&[body("frueher", "it_provider", &["DE-SH"])]);
        assert_eq!(told_ever(&app, &of("frueher")), 0);
        let kept = "FROM events WHERE noun = 'notice' AND (owner = 'frueher' OR party = 'frueher')";
        assert_eq!(app.db().texts("slug", kept), [""; 0]);
        let bearer = format!("Bearer {}", of("mv"));
        let events = crate::events::walk(&app, "/v1/events?noun=notice", &[("authorization", &bearer)]);
        assert_eq!(events.len(), 2);
        for event in events {
            let text = event.to_string();
            assert!(!text.contains("2027-12-31") && !text.contains("frueher"), "{text}");
        }
        // What others tell is seen as before.
        patch(&app, &end()).expect(200);
        assert_eq!(told(&app, Some(&of("haus"))), ["mv", "sh", "werk"]);
    });
}

#[test]
fn a_damaged_notice_holds_up_neither_a_rename_nor_a_purge() {
    for_each_database(|db| {
        let app = like(db);
        patch(&app, &end()).expect(200);
        // One of before there were turns, and one that lost more.
        for (body, from, to) in [("mv", "\"turn\":\"ends\",", ""), ("sh", "\"uses\":", "\"used\":")] {
            app.db().execute(&format!(
                "UPDATE records SET document = replace(document, '{from}', '{to}') WHERE noun = 'notice' AND owner = '{body}'"
            ));
        }
        let admin = Token::admin().scopes(&[Scope::Admin]).sign();
        let who = app.acting(&admin).with("if-match", "*");
        let path = "/v1/components/baut-darauf";
        who.patch(path, &json!({ "slug": "fachverfahren" })).expect(200);
        let bearer = format!("Bearer {}", of("mv"));
        let events = crate::events::walk(&app, "/v1/events?noun=notice", &[("authorization", &bearer)]);
        assert_eq!(events.last().unwrap()["data"]["after"]["uses"][1], "fachverfahren");
        who.delete(&format!("{ENDS}?purge=true")).expect(204);
        assert_eq!(app.db().texts("slug", "FROM records WHERE noun = 'notice'"), [""; 0]);
    });
}

#[test]
fn a_purge_takes_the_notices_with_it() {
    for_each_database(|db| {
        let app = like(db);
        patch(&app, &end()).expect(200);
        let admin = Token::admin().sign();
        let who = app.acting(&admin).with("if-match", "*");
        who.delete(&format!("{ENDS}?purge=true")).expect(204);
        for token in [&admin, &of("mv"), &of("haus")] {
            let bearer = format!("Bearer {token}");
            let events = crate::events::walk(&app, "/v1/events?noun=notice", &[("authorization", &bearer)]);
            assert!(!events.is_empty());
            for event in events {
                let text = event.to_string();
                assert!(!text.contains("2027-12-31") && !text.contains("danach"), "{text}");
            }
        }
    });
}

#[test]
fn a_rename_is_followed_in_the_notices() {
    for_each_database(|db| {
        let app = like(db);
        patch(&app, &end()).expect(200);
        let admin = Token::admin().scopes(&[Scope::Admin]).sign();
        for (path, slug) in [
            ("/v1/components/baut-darauf", "fachverfahren"),
            ("/v1/components/danach", "nachfolger"),
            ("/v1/organisations/sh", "schleswig-holstein"),
            ("/v1/organisations/haus", "rechenzentrum"),
        ] {
            let who = app.acting(&admin).with("if-match", "*");
            who.patch(path, &json!({ "slug": slug })).expect(200);
        }
        for body in ["schleswig-holstein", "rechenzentrum"] {
            let token = of(body);
            let bearer = format!("Bearer {token}");
            let events = crate::events::walk(&app, "/v1/events?noun=notice", &[("authorization", &bearer)]);
            let last = events
                .iter()
                .rfind(|event| event["data"]["after"]["organisation"] == "schleswig-holstein")
                .unwrap();
            let notice = &last["data"]["after"];
            assert_eq!(notice["uses"], json!(["fachverfahren"]), "{body}");
            assert_eq!(notice["successor"], "nachfolger");
        }
        assert_eq!(told_ever(&app, &of("fern")), 0);
    });
}

fn told_ever(app: &TestApp, token: &str) -> usize {
    let bearer = format!("Bearer {token}");
    crate::events::walk(app, "/v1/events?noun=notice", &[("authorization", &bearer)]).len()
}
