//! The end of a component: what it must name, what a dry run shows, and who is told.

use domain::access::Scope;
use serde_json::{Value, json};
use testdb::{TestDb, for_each_database};
use tests::{Answer, TestApp, Token};
use verbundkatalog::state::Limits;

use super::{adoption, body, component, relation, texts, with};
use crate::events::walk;

pub(super) const ENDS: &str = "/v1/components/endet";

fn records() -> Vec<Value> {
    vec![
        body("haus", "it_provider", &["DE-SH"]),
        body("werk", "it_provider", &["DE-HH"]),
        body("mv", "state", &["DE-MV"]),
        body("sh", "state", &["DE-SH"]),
        body("fern", "state", &["DE-BY"]),
        component("endet", "haus", json!({ "roles": { "operator": ["haus"] } })),
        component("danach", "haus", json!({})),
        component("baut-darauf", "werk", json!({})),
        component("eigenes", "haus", json!({})),
        relation("baut-darauf", "depends_on", "endet"),
        relation("eigenes", "depends_on", "endet"),
        adoption("endet", "mv", "live"),
        adoption("baut-darauf", "mv", "pilot"),
        adoption("baut-darauf", "sh", "interested"),
        adoption("endet", "fern", "ended"),
        adoption("endet", "haus", "live"),
    ]
}

pub(super) fn app() -> TestApp {
    on(TestDb::sqlite())
}

/// The catalogue on a database of its own, of the same sort.
pub(super) fn like(db: &TestDb) -> TestApp {
    on(if db.is_postgres() {
        TestDb::postgres().unwrap()
    } else {
        TestDb::sqlite()
    })
}

fn on(db: TestDb) -> TestApp {
    let app = TestApp::over(db, Limits::default());
    app.import(&records());
    app
}

pub(super) fn editor() -> String {
    Token::of("haus")
        .scopes(&[Scope::ComponentsWrite])
        .subject("redaktion")
        .sign()
}

pub(super) fn patch(app: &TestApp, change: &Value) -> Answer {
    app.acting(&editor()).with("if-match", "*").patch(ENDS, change)
}

/// The notices that somebody sees: whom each tells, and the whole of it.
pub(super) fn notices(app: &TestApp, token: Option<&str>) -> Vec<(String, Value)> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<(&str, &str)> = bearer.iter().map(|b| ("authorization", b.as_str())).collect();
    let events = walk(app, "/v1/events?noun=notice", &headers);
    events
        .into_iter()
        .map(|event| {
            assert_eq!(event["data"]["tombstone"], Value::Null, "{event}");
            let mut told = event["data"]["after"].clone();
            assert_eq!(
                (&told["publication"], &told["revision"]),
                (&json!("published"), &json!(1))
            );
            let known = [
                "id",
                "slug",
                "revision",
                "publication",
                "publishedAt",
                "createdAt",
                "updatedAt",
            ];
            told.as_object_mut()
                .unwrap_or_else(|| panic!("{event}"))
                .retain(|name, _| !known.contains(&name.as_str()));
            (told["organisation"].as_str().unwrap().to_owned(), told)
        })
        .collect()
}

pub(super) fn told(app: &TestApp, token: Option<&str>) -> Vec<String> {
    notices(app, token)
        .into_iter()
        .map(|(organisation, _)| organisation)
        .collect()
}

pub(super) fn of(organisation: &str) -> String {
    Token::of(organisation).sign()
}

#[test]
fn an_end_names_a_successor_or_says_why_there_is_none() {
    let app = app();
    let refused = patch(&app, &json!({ "endsOn": "2027-12-31" })).expect(400);
    assert_eq!(refused.errors(), ["/successor: required"]);
    let detail = refused.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("noSuccessorReason"), "{detail}");
    // Beside another fault of the edit, it is told with it.
    let refused = patch(&app, &json!({ "endsOn": "2027-12-31", "publication": "draft" })).expect(400);
    assert_eq!(refused.errors(), ["/publication: not_possible", "/successor: required"]);
    let refused = patch(&app, &json!({ "endsOn": "2027-12-31", "successor": "fehlt" })).expect(400);
    assert_eq!(refused.errors(), ["/successor: unknown_component"]);
    assert_eq!(told(&app, Some(&Token::admin().sign())), [""; 0]);
    patch(&app, &json!({ "endsOn": "2027-12-31", "successor": "danach" })).expect(200);
    // Neither is taken away while the end stands; the one may take the place of the other.
    let refused = patch(&app, &json!({ "successor": null })).expect(400);
    assert_eq!(refused.errors(), ["/successor: required"]);
    let reason = json!({ "successor": null, "noSuccessorReason": { "de": "Das Gesetz fiel weg." } });
    patch(&app, &reason).expect(200);
    patch(&app, &json!({ "noSuccessorReason": null })).expect(400);
    patch(&app, &json!({ "endsOn": null, "noSuccessorReason": null })).expect(200);
}

#[test]
fn a_dry_run_shows_the_reach_and_tells_nobody() {
    let app = app();
    let before = app.store().head().unwrap();
    let end = json!({ "endsOn": "2027-12-31", "successor": "danach" });
    let who = app.acting(&editor()).with("if-match", "*");
    let preview = who.patch(&format!("{ENDS}?dryRun=true"), &end).expect(200).json();
    let reach = &preview["reach"];
    assert_eq!(texts(&reach["dependants"], "slug"), ["baut-darauf", "eigenes"]);
    assert_eq!(texts(&reach["organisations"], "slug"), ["haus", "mv", "sh", "werk"]);
    assert_eq!(reach["adoptionsTotal"], 4);
    // It is the answer of the impact.
    let mut impact = app.get(&format!("{ENDS}/impact")).expect(200).json();
    impact.as_object_mut().unwrap().remove("asOf");
    assert_eq!(*reach, impact);
    let other = who
        .patch(&format!("{ENDS}?dryRun=true"), &json!({ "tags": ["neu"] }))
        .expect(200)
        .json();
    assert!(other.get("reach").is_none_or(Value::is_null), "{other}");
    assert_eq!(app.store().head().unwrap(), before);
    assert_eq!(told(&app, Some(&Token::admin().sign())), [""; 0]);
    // Without a successor, a dry run tells the fault.
    let refused = who
        .patch(&format!("{ENDS}?dryRun=true"), &json!({ "endsOn": "2027-12-31" }))
        .expect(400);
    assert_eq!(refused.errors(), ["/successor: required"]);
}

#[test]
fn each_body_that_is_concerned_is_told_once_with_what_it_uses_and_owns() {
    for_each_database(|db| {
        let app = like(db);
        let end = json!({ "endsOn": "2027-12-31", "successor": "danach" });
        let answer = patch(&app, &end).expect(200);
        assert_eq!(answer.header("etag"), "\"r2\"");
        let all = notices(&app, Some(&Token::admin().sign()));
        let notice = |organisation: &str, uses: &[&str], owns: &[&str]| {
            let told = json!({
                "component": "endet",
                "organisation": organisation,
                "turn": "ends",
                "endsOn": "2027-12-31",
                "successor": "danach",
                "uses": uses,
                "ownComponents": owns,
            });
            (organisation.to_owned(), told)
        };
        // Not its owner, who set it, and not who uses it no more.
        assert_eq!(
            all,
            [
                notice("mv", &["endet", "baut-darauf"], &[]),
                notice("sh", &["baut-darauf"], &[]),
                notice("werk", &[], &["baut-darauf"]),
            ]
        );
        // One commit: the component's event and theirs stand together.
        let events = walk(
            &app,
            "/v1/events?after=16",
            &[("authorization", &format!("Bearer {}", Token::admin().sign()))],
        );
        let nouns: Vec<&str> = events.iter().map(|e| e["noun"].as_str().unwrap()).collect();
        assert_eq!(nouns, ["component", "notice", "notice", "notice"]);
    });
}

#[test]
fn a_notice_is_seen_by_whom_it_is_for_and_by_the_owner_and_by_nobody_else() {
    for_each_database(|db| {
        let app = like(db);
        patch(&app, &json!({ "endsOn": "2027-12-31", "successor": "danach" })).expect(200);
        assert_eq!(told(&app, None), [""; 0]);
        assert_eq!(told(&app, Some(&of("fern"))), [""; 0]);
        for organisation in ["mv", "sh", "werk"] {
            assert_eq!(told(&app, Some(&of(organisation))), [organisation]);
        }
        assert_eq!(told(&app, Some(&of("haus"))), ["mv", "sh", "werk"]);
        let auditor = Token::of("fern").scopes(&[Scope::AuditRead]).sign();
        assert_eq!(told(&app, Some(&auditor)), [""; 0]);
        // Neither in a stream of lines, nor by the address of the component.
        let lines = app
            .get_with("/v1/events", &[("accept", "application/x-ndjson")])
            .expect(200)
            .text();
        assert!(!lines.contains("notice"), "{lines}");
    });
}

#[test]
fn a_moved_date_tells_again_and_an_unchanged_one_does_not() {
    for_each_database(|db| {
        let app = like(db);
        let admin = Token::admin().sign();
        let count = || notices(&app, Some(&admin)).len();
        patch(&app, &json!({ "endsOn": "2027-12-31", "successor": "danach" })).expect(200);
        assert_eq!(count(), 3);
        patch(&app, &json!({ "tags": ["neu"] })).expect(200);
        patch(&app, &json!({ "endsOn": "2027-12-31" })).expect(200);
        assert_eq!(count(), 3);
        patch(&app, &json!({ "endsOn": "2028-06-30" })).expect(200);
        assert_eq!(count(), 6);
        let last = notices(&app, Some(&of("sh"))).pop().unwrap().1;
        assert_eq!(last["endsOn"], "2028-06-30");
        let whole = with(
            component("endet", "haus", json!({ "roles": { "operator": ["haus"] } })),
            json!({ "endsOn": "2028-12-31", "noSuccessorReason": { "de": "Niemand braucht es mehr." } }),
        );
        app.acting(&editor())
            .with("if-match", "*")
            .put(ENDS, &whole)
            .expect(200);
        assert_eq!(count(), 9);
        let last = notices(&app, Some(&of("sh"))).pop().unwrap().1;
        assert_eq!(last["noSuccessorReason"], json!({ "de": "Niemand braucht es mehr." }));
        assert!(last.get("successor").is_none());
    });
}

#[test]
fn nothing_is_told_where_the_write_fails() {
    let app = app();
    let end = json!({ "endsOn": "2027-12-31", "successor": "danach" });
    app.acting(&editor())
        .with("if-match", "\"r7\"")
        .patch(ENDS, &end)
        .expect(412);
    app.acting(&editor()).patch(ENDS, &end).expect(428);
    let foreign = Token::of("werk").scopes(&[Scope::ComponentsWrite]).sign();
    app.acting(&foreign).with("if-match", "*").patch(ENDS, &end).expect(403);
    assert_eq!(told(&app, Some(&Token::admin().sign())), [""; 0]);
}

#[test]
fn an_end_that_a_review_approved_is_told_too() {
    let app = app();
    app.import(&[component(
        "endet",
        "haus",
        json!({
            "roles": { "operator": ["haus"] },
            "lifecycle": "productive",
            "repository": "https://example.org/endet",
        }),
    )]);
    let author = Token::of("werk").scopes(&[Scope::ChangesWrite]).subject("wer").sign();
    let proposal =
        json!({ "record": "endet", "patch": { "endsOn": "2027-12-31", "successor": "danach" }, "state": "submitted" });
    let change = crate::changes::propose(&app, &author, &proposal);
    let id = crate::changes::id_of(&change);
    assert_eq!(told(&app, Some(&Token::admin().sign())), [""; 0]);
    let reviewer = crate::changes::reviewer();
    app.import(&[body("fitko", "joint_institution", &[])]);
    for state in ["approved", "published"] {
        crate::changes::step(&app, &reviewer, &id, &json!({ "state": state })).expect(200);
    }
    assert_eq!(told(&app, Some(&of("haus"))), ["mv", "sh", "werk"]);
}

#[test]
fn what_was_withdrawn_tells_nobody() {
    let app = app();
    let admin = Token::admin().sign();
    let who = app.acting(&admin).with("if-match", "*");
    who.delete("/v1/components/baut-darauf/relations/depends-on/endet")
        .expect(204);
    patch(&app, &json!({ "endsOn": "2027-12-31", "successor": "danach" })).expect(200);
    let all = notices(&app, Some(&admin));
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].0.as_str(), &all[0].1["uses"]), ("mv", &json!(["endet"])));
}

#[test]
fn a_notice_tells_the_owner_nothing_that_it_may_not_see() {
    let app = app();
    // What only the body and the operator of the other component see.
    app.import(&[with(
        adoption("baut-darauf", "fern", "live"),
        json!({ "visibility": "parties" }),
    )]);
    assert!(
        !app.acting(&of("haus"))
            .get("/v1/adoptions?limit=200")
            .expect(200)
            .text()
            .contains("\"fern\",\"stage\":\"live\"")
    );
    patch(&app, &json!({ "endsOn": "2027-12-31", "successor": "danach" })).expect(200);
    let own = notices(&app, Some(&of("fern")));
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].1["uses"], json!(["baut-darauf"]));
    assert_eq!(told(&app, Some(&of("haus"))), ["mv", "sh", "werk"]);
}

#[test]
fn renamed_in_the_same_edit_it_is_told_by_its_new_name() {
    let app = app();
    patch(
        &app,
        &json!({ "slug": "endet-bald", "endsOn": "2027-12-31", "successor": "danach" }),
    )
    .expect(200);
    let (_, notice) = notices(&app, Some(&of("mv"))).pop().unwrap();
    assert_eq!(notice["component"], "endet-bald");
    assert_eq!(notice["uses"], json!(["endet-bald", "baut-darauf"]));
}

#[test]
fn the_end_of_a_draft_concerns_nobody_yet() {
    let app = app();
    let token = editor();
    let who = app.acting(&token);
    let draft = component("entwurf", "haus", json!({ "publication": "draft" }));
    who.post("/v1/components", &draft).expect(201);
    let path = "/v1/components/entwurf";
    let end = json!({ "endsOn": "2027-12-31", "successor": "danach" });
    who.with("if-match", "*").patch(path, &end).expect(200);
    assert_eq!(told(&app, Some(&Token::admin().sign())), [""; 0]);
}

#[test]
fn every_turn_of_an_end_is_told_once_and_nothing_else_is() {
    let app = app();
    let admin = Token::admin().sign();
    let count = || notices(&app, Some(&admin)).len();
    let none = json!({ "de": "Niemand braucht es mehr." });
    for (change, turns) in [
        (json!({ "successor": "danach" }), 0),
        (json!({ "endsOn": "2027-12-31" }), 1),
        (json!({ "tags": ["neu"] }), 1),
        (json!({ "endsOn": "2027-12-31", "successor": "danach" }), 1),
        (json!({ "endsOn": "2028-06-30" }), 2),
        (json!({ "successor": "eigenes" }), 3),
        (json!({ "successor": null, "noSuccessorReason": none }), 4),
        (json!({ "title": { "de": "Endet bald" } }), 4),
        (json!({ "endsOn": null, "noSuccessorReason": null }), 5),
        (json!({ "tags": ["wieder"] }), 5),
        (json!({ "lifecycle": "retired", "successor": "danach" }), 6),
        (json!({ "lifecycle": "retired", "tags": ["noch", "einmal"] }), 6),
        (json!({ "lifecycle": "productive" }), 7),
    ] {
        patch(&app, &change).expect(200);
        assert_eq!(count(), turns * 3, "{change}");
    }
    // What was taken back says so: no day, to all who were told of one.
    let told = notices(&app, Some(&of("sh")));
    assert_eq!((told.len(), told[4].1.get("endsOn")), (7, None));
}

#[test]
fn what_is_retired_names_a_successor_or_says_why_there_is_none() {
    let app = app();
    let retired = json!({ "lifecycle": "retired" });
    let refused = patch(&app, &retired).expect(400);
    assert_eq!(refused.errors(), ["/successor: required"]);
    assert_eq!(told(&app, Some(&Token::admin().sign())), [""; 0]);
    let reason = json!({ "lifecycle": "retired", "noSuccessorReason": { "de": "Das Gesetz fiel weg." } });
    patch(&app, &reason).expect(200);
    patch(&app, &json!({ "noSuccessorReason": null })).expect(400);
}
