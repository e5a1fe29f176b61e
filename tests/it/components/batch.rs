use domain::access::Scope;
use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::component;

fn editor() -> String {
    Token::of("dataport").scopes(&[Scope::ComponentsWrite]).sign()
}

fn statuses(report: &Value) -> Vec<u64> {
    report["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["status"].as_u64().unwrap())
        .collect()
}

fn items() -> Value {
    json!([
        { "operation": "create", "document": component("neu", "Neu") },
        { "operation": "create", "document": component("eins", "Schon da") },
        { "operation": "patch", "record": "eins", "revision": 1, "patch": { "tags": ["a"] } },
        { "operation": "patch", "record": "zwei", "revision": 7, "patch": { "tags": ["a"] } },
        { "operation": "withdraw", "record": "drei", "revision": 1 },
        { "operation": "patch", "record": "niemand", "revision": 1, "patch": {} },
        { "operation": "create", "document": { "kind": "nothing" } },
        { "operation": "patch", "record": "zwei" },
    ])
}

#[test]
fn each_part_of_a_batch_has_its_own_outcome() {
    let app = TestApp::with(&[
        component("eins", "Eins"),
        component("zwei", "Zwei"),
        component("drei", "Drei"),
    ]);
    let acting = app.acting(&editor());
    let report = acting
        .post("/v1/components/batch", &json!({ "items": items() }))
        .expect(200)
        .json();
    assert_eq!(statuses(&report), [201, 409, 200, 412, 204, 404, 400, 400], "{report}");
    assert_eq!((&report["succeeded"], &report["failed"]), (&json!(3), &json!(5)));
    assert_eq!(report["items"][6]["problem"]["errors"][0]["pointer"], "/kind");
    acting.get("/v1/components/neu").expect(200);
    app.get("/v1/components/drei").expect(410);
    assert_eq!(app.get("/v1/components?tags=a").expect(200).slugs(), ["eins"]);
}

#[test]
fn an_atomic_batch_is_written_whole_or_not_at_all() {
    let app = TestApp::with(&[
        component("eins", "Eins"),
        component("zwei", "Zwei"),
        component("drei", "Drei"),
    ]);
    let acting = app.acting(&editor());
    let before = app.store().head().unwrap();
    let report = acting
        .post("/v1/components/batch", &json!({ "items": items(), "atomic": true }))
        .expect(200)
        .json();
    assert_eq!(statuses(&report)[0], 424);
    assert_eq!(report["succeeded"], 0);
    assert_eq!(app.store().head().unwrap(), before);
    let report = acting
        .post("/v1/components/batch?dryRun=true", &json!({ "items": items() }))
        .expect(200)
        .json();
    assert_eq!(report["succeeded"], 3, "{report}");
    assert_eq!(app.store().head().unwrap(), before);
}

#[test]
fn a_thousand_at_once_and_one_more_is_too_many() {
    let app = TestApp::with(&[]);
    let acting = app.acting(&editor()).with("idempotency-key", "all");
    let make = |count: usize| -> Value {
        let items: Vec<Value> = (0..count)
            .map(
                |i| json!({ "operation": "create", "document": component(&format!("nr-{i}"), &format!("Nummer {i}")) }),
            )
            .collect();
        json!({ "items": items })
    };
    assert_eq!(
        acting.post("/v1/components/batch", &make(1001)).expect(400).errors(),
        ["/items: too_many"]
    );
    let first = acting.post("/v1/components/batch", &make(1000)).expect(200);
    assert_eq!(first.json()["succeeded"], 1000);
    let again = acting.post("/v1/components/batch", &make(1000)).expect(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json(), first.json());
    assert_eq!(acting.get("/v1/components?limit=0").expect(200).total(), 1000);
}
