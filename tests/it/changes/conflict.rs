use domain::access::Scope;
use serde_json::json;
use tests::{TestApp, Token};

use super::{app, author, id_of, propose, reviewer, step};

fn edit(app: &TestApp, patch: &serde_json::Value) {
    let editor = Token::of("dataport").scopes(&[Scope::ComponentsWrite]).sign();
    app.acting(&editor)
        .with("if-match", "*")
        .patch("/v1/components/eins", patch)
        .expect(200);
}

#[test]
fn a_stale_change_shows_both_values_and_is_rebased() {
    let app = app();
    let body =
        json!({ "record": "eins", "patch": { "title": { "de": "Meins" }, "tags": ["a"] }, "state": "submitted" });
    let id = id_of(&propose(&app, &author(), &body));
    edit(&app, &json!({ "title": { "de": "Deins" }, "lifecycle": "deprecated" }));
    let change = app
        .acting(&reviewer())
        .get(&format!("/v1/changes/{id}"))
        .expect(200)
        .json();
    assert_eq!(change["stale"], true);
    assert_eq!(
        change["conflicts"],
        json!([{ "pointer": "/title/de", "base": "Eins", "current": "Deins", "proposed": "Meins" }])
    );
    let stopped = step(&app, &reviewer(), &id, &json!({ "state": "approved" }))
        .expect(409)
        .json();
    assert_eq!(stopped["currentRevision"], 2);
    // While it is looked at, nobody decides in passing.
    let path = format!("/v1/changes/{id}");
    app.acting(&author())
        .with("if-match", "*")
        .patch(&path, &json!({ "baseRevision": 2 }))
        .expect(409);
    step(
        &app,
        &reviewer(),
        &id,
        &json!({ "state": "returned", "comment": "Konflikt" }),
    )
    .expect(200);
    let errors = app
        .acting(&author())
        .with("if-match", "*")
        .patch(&path, &json!({ "baseRevision": 1 }))
        .expect(400)
        .errors();
    assert_eq!(errors, ["/baseRevision: stale"]);
    let rebased = app
        .acting(&author())
        .with("if-match", "*")
        .patch(&path, &json!({ "baseRevision": 2, "patch": { "tags": ["a"] } }))
        .expect(200)
        .json();
    assert_eq!(rebased["stale"], false);
    assert_eq!(rebased["conflicts"], json!([]));
    step(&app, &author(), &id, &json!({ "state": "submitted" })).expect(200);
    step(&app, &reviewer(), &id, &json!({ "state": "approved" })).expect(200);
    step(&app, &reviewer(), &id, &json!({ "state": "published" })).expect(200);
    let record = app.get("/v1/components/eins").expect(200).json();
    assert_eq!(record["title"]["de"], "Deins");
    assert_eq!(record["tags"], json!(["a"]));
}

#[test]
fn what_others_changed_elsewhere_is_no_conflict_and_a_reviewer_rebases() {
    let app = app();
    let id = id_of(&propose(
        &app,
        &author(),
        &json!({ "record": "eins", "patch": { "tags": ["a"] }, "state": "submitted" }),
    ));
    edit(&app, &json!({ "title": { "de": "Deins" } }));
    let rebased = app
        .acting(&reviewer())
        .with("if-match", "*")
        .patch(&format!("/v1/changes/{id}"), &json!({ "baseRevision": 2 }))
        .expect(200)
        .json();
    assert_eq!(rebased["stale"], false);
    step(&app, &reviewer(), &id, &json!({ "state": "approved" })).expect(200);
    step(&app, &reviewer(), &id, &json!({ "state": "published" })).expect(200);
    assert_eq!(
        app.get("/v1/components/eins").expect(200).json()["title"]["de"],
        "Deins"
    );
}
