//! Several instances over one database.

use domain::access::Scope;
use serde_json::{Value, json};
use testdb::{TestDb, for_each_database};
use tests::{TestApp, Token};
use verbundkatalog::state::Limits;

use crate::components::component;

fn editor() -> String {
    Token::of("dataport")
        .scopes(&[Scope::ComponentsWrite, Scope::ChangesApprove])
        .sign()
}

/// Two instances, over a database of this kind, with one component.
fn two(like: &TestDb) -> (TestApp, TestApp) {
    let db = if like.is_postgres() {
        TestDb::postgres().unwrap()
    } else {
        TestDb::sqlite()
    };
    let first = TestApp::over(db, Limits::default());
    first.import_text(verbundkatalog::sample::ORGANISATIONS);
    first.import(&[component("eins", "Eins")]);
    let second = first.beside();
    (first, second)
}

#[test]
fn each_instance_reads_its_own_writes_at_once_and_the_others_when_it_follows() {
    for_each_database(|db| {
        let (first, second) = two(db);
        let mut new = component("neu", "Neu");
        new["publication"] = json!("published");
        first.acting(&editor()).post("/v1/components", &new).expect(201);
        first.get("/v1/components/neu").expect(200);
        second.get("/v1/components/neu").expect(404);
        second.follow();
        assert_eq!(
            second.get("/v1/components/neu").expect(200).json(),
            first.get("/v1/components/neu").expect(200).json()
        );
        assert_eq!(second.get("/v1/components?q=neu").expect(200).slugs(), ["neu"]);
    });
}

#[test]
fn a_precondition_holds_against_what_another_instance_wrote_a_moment_ago() {
    for_each_database(|db| {
        let (first, second) = two(db);
        let patch = json!({ "tags": ["a"] });
        first
            .acting(&editor())
            .with("if-match", "\"r1\"")
            .patch("/v1/components/eins", &patch)
            .expect(200);
        // It has not followed yet, and refuses all the same.
        let stale = second
            .acting(&editor())
            .with("if-match", "\"r1\"")
            .patch("/v1/components/eins", &json!({ "tags": ["b"] }))
            .expect(412);
        assert_eq!(stale.json()["currentRevision"], 2);
        second
            .acting(&editor())
            .with("if-match", "\"r2\"")
            .patch("/v1/components/eins", &json!({ "tags": ["b"] }))
            .expect(200);
        assert_eq!(
            second.get("/v1/components/eins").expect(200).json()["tags"],
            json!(["b"])
        );
        second
            .acting(&editor())
            .put("/v1/components/neu", &component("neu", "Neu"))
            .expect(404);
        first
            .acting(&editor())
            .with("if-none-match", "*")
            .put("/v1/components/neu", &component("neu", "Neu"))
            .expect(201);
        second
            .acting(&editor())
            .with("if-none-match", "*")
            .put("/v1/components/neu", &component("neu", "Neu"))
            .expect(412);
    });
}

#[test]
fn a_key_works_once_whichever_instance_it_is_sent_to() {
    for_each_database(|db| {
        let (first, second) = two(db);
        let mut body = component("x", "Neuer Dienst");
        body.as_object_mut().unwrap().remove("slug");
        let apps = [&first, &second];
        let answers: Vec<Value> = std::thread::scope(|scope| {
            let send = |app: &TestApp| {
                let acting = app
                    .acting(&editor())
                    .with("idempotency-key", "k")
                    .with("x-request-id", "one");
                loop {
                    let answer = acting.post("/v1/components", &body);
                    if answer.status != 409 {
                        return answer.expect(201).json();
                    }
                    std::thread::yield_now();
                }
            };
            let threads: Vec<_> = (0..10).map(|i| scope.spawn(move || send(apps[i % 2]))).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        first.follow();
        second.follow();
        for app in apps {
            assert_eq!(
                app.acting(&editor()).get("/v1/components?q=dienst").expect(200).total(),
                1
            );
        }
    });
}

#[test]
fn a_key_is_free_again_after_a_day() {
    let app = TestApp::with(&[]);
    let acting = app.acting(&editor()).with("idempotency-key", "k");
    acting.post("/v1/components", &component("eins", "Eins")).expect(201);
    app.clock.advance(23 * 3600);
    assert_eq!(verbundkatalog::jobs::forget_once(app.state()).unwrap(), 0);
    acting.post("/v1/components", &component("zwei", "Zwei")).expect(422);
    app.clock.advance(2 * 3600);
    assert_eq!(verbundkatalog::jobs::forget_once(app.state()).unwrap(), 1);
    acting.post("/v1/components", &component("zwei", "Zwei")).expect(201);
}
