use domain::access::Scope;
use serde_json::json;
use tests::Token;

use super::{allowed, app, author, id_of, propose, reviewer, step};
use crate::components::component;

#[test]
fn a_change_goes_from_the_draft_to_the_record() {
    let app = app();
    let body = json!({ "record": "eins", "patch": { "tags": ["neu"] }, "note": "Fehlt noch" });
    let proposed = propose(&app, &author(), &body);
    let id = id_of(&proposed);
    let change = proposed.json();
    assert_eq!(change["state"], "draft");
    assert_eq!(change["owner"], "dataport");
    assert_eq!(change["organisation"], "dvz-mv");
    assert_eq!(change["baseRevision"], 1);
    assert_eq!(change["diff"], json!([{ "pointer": "/tags", "after": ["neu"] }]));
    assert_eq!(allowed(&change), ["submitted", "withdrawn"]);
    assert!(change.get("publication").is_none(), "{change}");
    let submitted = step(&app, &author(), &id, &json!({ "state": "submitted" }))
        .expect(200)
        .json();
    assert_eq!(allowed(&submitted), ["withdrawn"]);
    let seen = app
        .acting(&reviewer())
        .get(&format!("/v1/changes/{id}"))
        .expect(200)
        .json();
    assert_eq!(allowed(&seen), ["approved", "returned", "rejected"]);
    step(&app, &reviewer(), &id, &json!({ "state": "approved" })).expect(200);
    assert!(app.get("/v1/components/eins").expect(200).json().get("tags").is_none());
    let preview = app
        .acting(&reviewer())
        .get(&format!("/v1/changes/{id}/preview"))
        .expect(200)
        .json();
    assert_eq!(preview["tags"], json!(["neu"]));
    let done = step(&app, &reviewer(), &id, &json!({ "state": "published" }))
        .expect(200)
        .json();
    assert_eq!(done["state"], "published");
    assert_eq!(allowed(&done), [""; 0]);
    let record = app.get("/v1/components/eins").expect(200).json();
    assert_eq!(record["tags"], json!(["neu"]));
    assert_eq!(record["revision"], 2);
}

#[test]
fn a_returned_change_says_why_and_is_amended() {
    let app = app();
    let body = json!({ "record": "eins", "patch": { "tags": ["falsch"] }, "state": "submitted" });
    let id = id_of(&propose(&app, &author(), &body));
    let errors = step(&app, &reviewer(), &id, &json!({ "state": "returned" }))
        .expect(400)
        .errors();
    assert_eq!(errors, ["/comment: required"]);
    step(
        &app,
        &reviewer(),
        &id,
        &json!({ "state": "returned", "comment": "Bitte richtig" }),
    )
    .expect(200);
    let amended = app
        .acting(&author())
        .with("if-match", "\"r2\"")
        .patch(
            &format!("/v1/changes/{id}"),
            &json!({ "patch": { "tags": ["richtig"] } }),
        )
        .expect(200)
        .json();
    assert_eq!(amended["patch"], json!({ "tags": ["richtig"] }));
    assert_eq!(amended["remarks"][0]["text"], "Bitte richtig");
    step(&app, &author(), &id, &json!({ "state": "submitted" })).expect(200);
    // While it is looked at, it stays as it is.
    let conflict = app
        .acting(&author())
        .with("if-match", "*")
        .patch(&format!("/v1/changes/{id}"), &json!({ "note": "x" }))
        .expect(409);
    assert_eq!(conflict.json()["state"], "submitted");
}

#[test]
fn steps_that_do_not_exist_and_steps_of_others_are_told_apart() {
    let app = app();
    let id = id_of(&propose(
        &app,
        &author(),
        &json!({ "record": "eins", "patch": { "tags": ["a"] } }),
    ));
    let impossible = step(&app, &author(), &id, &json!({ "state": "published" }))
        .expect(409)
        .json();
    assert_eq!(impossible["allowedStates"], json!(["submitted", "withdrawn"]));
    step(&app, &author(), &id, &json!({ "state": "submitted" })).expect(200);
    step(&app, &author(), &id, &json!({ "state": "approved" })).expect(403);
    let missing = app
        .acting(&reviewer())
        .put(&format!("/v1/changes/{id}/state"), &json!({ "state": "approved" }))
        .expect(428);
    assert_eq!(missing.json()["code"], "precondition_required");
}

#[test]
fn nobody_approves_what_they_wrote_where_the_owner_says_so() {
    let app = app();
    let admin = Token::admin().sign();
    app.acting(&admin)
        .with("if-match", "*")
        .patch("/v1/organisations/dataport", &json!({ "review": "four_eyes" }))
        .expect(200);
    let both = Token::of("dataport")
        .scopes(&[Scope::ChangesWrite, Scope::ChangesApprove])
        .subject("both")
        .sign();
    let body = json!({ "record": "eins", "patch": { "tags": ["a"] }, "state": "submitted" });
    let proposed = propose(&app, &both, &body);
    let id = id_of(&proposed);
    assert_eq!(allowed(&proposed.json()), ["withdrawn"]);
    step(&app, &both, &id, &json!({ "state": "approved" })).expect(403);
    step(&app, &reviewer(), &id, &json!({ "state": "approved" })).expect(200);
    // Nor does the editor write past the review.
    let editor = Token::of("dataport").scopes(&[Scope::ComponentsWrite]).sign();
    let refused = app
        .acting(&editor)
        .with("if-match", "*")
        .patch("/v1/components/eins", &json!({ "tags": ["b"] }))
        .expect(403);
    assert_eq!(refused.json()["code"], "review_required");
    app.acting(&editor)
        .post("/v1/components", &component("entwurf", "Entwurf"))
        .expect(201);
    app.acting(&editor)
        .with("if-match", "*")
        .patch("/v1/components/entwurf", &json!({ "publication": "published" }))
        .expect(403);
}

#[test]
fn where_the_owner_asks_for_no_review_its_editors_decide_on_what_others_propose() {
    let app = app();
    let id = id_of(&propose(
        &app,
        &author(),
        &json!({ "record": "eins", "patch": { "tags": ["a"] }, "state": "submitted" }),
    ));
    let owner = Token::of("dataport")
        .scopes(&[Scope::ComponentsWrite, Scope::ChangesWrite])
        .sign();
    step(&app, &owner, &id, &json!({ "state": "approved" })).expect(200);
    step(&app, &owner, &id, &json!({ "state": "published" })).expect(200);
    assert_eq!(app.get("/v1/components/eins").expect(200).json()["tags"], json!(["a"]));
}

#[test]
fn a_new_record_is_proposed_whole_and_made_when_it_is_published() {
    let app = app();
    let mut new = component("neu", "Neu");
    new["lifecycle"] = json!("pilot");
    new["repository"] = json!("https://example.org/neu");
    let id = id_of(&propose(
        &app,
        &author(),
        &json!({ "operation": "create", "patch": new, "state": "submitted" }),
    ));
    app.get("/v1/components/neu").expect(404);
    step(&app, &reviewer(), &id, &json!({ "state": "approved" })).expect(200);
    let done = step(&app, &reviewer(), &id, &json!({ "state": "published" }))
        .expect(200)
        .json();
    let record = app.get("/v1/components/neu").expect(200).json();
    assert_eq!(done["subject"], record["id"]);
    assert_eq!(record["owner"], "dataport");
}

#[test]
fn a_record_with_gaps_is_not_published_and_a_duplicate_only_on_purpose() {
    let app = app();
    let id = id_of(&propose(
        &app,
        &author(),
        &json!({ "record": "luecke", "patch": { "tags": ["a"] }, "state": "submitted" }),
    ));
    step(&app, &reviewer(), &id, &json!({ "state": "approved" })).expect(200);
    let stopped = step(&app, &reviewer(), &id, &json!({ "state": "published" })).expect(409);
    assert_eq!(
        stopped.errors(),
        [
            "/patch/contacts: gap",
            "/patch/lifecycle: gap",
            "/patch/repository: gap"
        ]
    );
    let mut twin = component("zwilling", "EINS");
    twin["lifecycle"] = json!("productive");
    twin["repository"] = json!("https://example.org/zwilling");
    let id = id_of(&propose(
        &app,
        &author(),
        &json!({ "operation": "create", "patch": twin, "state": "submitted" }),
    ));
    step(&app, &reviewer(), &id, &json!({ "state": "approved" })).expect(200);
    let stopped = step(&app, &reviewer(), &id, &json!({ "state": "published" })).expect(409);
    assert_eq!(stopped.errors(), ["/patch/title: probable_duplicate"]);
    step(
        &app,
        &reviewer(),
        &id,
        &json!({ "state": "published", "despiteDuplicates": true }),
    )
    .expect(200);
}

#[test]
fn only_parties_and_reviewers_see_a_change() {
    let app = app();
    let id = id_of(&propose(
        &app,
        &author(),
        &json!({ "record": "eins", "patch": { "tags": ["geheim"] } }),
    ));
    let path = format!("/v1/changes/{id}");
    let keeper = Token::of("dataport").scopes(&[Scope::ChangesRead]).sign();
    app.acting(&keeper).get(&path).expect(404);
    step(&app, &author(), &id, &json!({ "state": "submitted" })).expect(200);
    app.get(&path).expect(401);
    app.get("/v1/changes").expect(401);
    let foreign = Token::of("fitko").scopes(&[Scope::ChangesWrite]).sign();
    app.acting(&foreign).get(&path).expect(404);
    assert_eq!(app.acting(&foreign).get("/v1/changes").expect(200).total(), 0);
    let none = Token::of("dataport").scopes(&[Scope::ComponentsWrite]).sign();
    app.acting(&none).get(&path).expect(403);
    let owner = Token::of("dataport").scopes(&[Scope::ChangesRead]).sign();
    app.acting(&owner).get(&path).expect(200);
    let list = app
        .acting(&owner)
        .get("/v1/changes?state=submitted&facets=state")
        .expect(200);
    assert_eq!(list.total(), 1);
    assert_eq!(list.json()["facets"]["state"][0]["count"], 1);
    assert!(
        !app.get("/v1/components?q=geheim")
            .expect(200)
            .text()
            .contains("change-")
    );
}

#[test]
fn comments_are_kept_in_order_and_need_no_revision() {
    let app = app();
    let id = id_of(&propose(
        &app,
        &author(),
        &json!({ "record": "eins", "patch": { "tags": ["a"] } }),
    ));
    for text in ["Erstens", "Zweitens"] {
        app.acting(&reviewer())
            .post(&format!("/v1/changes/{id}/comments"), &json!({ "text": text }))
            .expect(201);
    }
    let change = app
        .acting(&author())
        .get(&format!("/v1/changes/{id}"))
        .expect(200)
        .json();
    let texts: Vec<&str> = change["remarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["Erstens", "Zweitens"]);
}

#[test]
fn what_is_wrong_with_a_proposal_is_told_at_once() {
    let app = app();
    let acting = app.acting(&author());
    let wrong = json!({ "record": "eins", "patch": { "kind": "nothing", "homepage": 1 } });
    assert_eq!(
        acting.post("/v1/changes", &wrong).expect(400).errors(),
        ["/patch/homepage: wrong_type", "/patch/kind: unknown_value"]
    );
    acting
        .post("/v1/changes", &json!({ "record": "niemand", "patch": {} }))
        .expect(404);
    assert_eq!(
        acting
            .post("/v1/changes", &json!({ "operation": "create" }))
            .expect(400)
            .errors(),
        ["/patch: required"]
    );
    let preview = acting
        .post(
            "/v1/changes?dryRun=true",
            &json!({ "record": "eins", "patch": { "tags": ["a"] } }),
        )
        .expect(200)
        .json();
    assert_eq!(preview["dryRun"], true);
    assert_eq!(acting.get("/v1/changes").expect(200).total(), 0);
}

#[test]
fn a_new_name_is_no_duplicate_of_the_old_one() {
    let app = app();
    let body = json!({ "record": "eins", "patch": { "slug": "uno" }, "state": "submitted" });
    let id = id_of(&propose(&app, &author(), &body));
    step(&app, &reviewer(), &id, &json!({ "state": "approved" })).expect(200);
    step(&app, &reviewer(), &id, &json!({ "state": "published" })).expect(200);
    assert_eq!(
        app.get("/v1/components/eins").expect(308).header("location"),
        "/v1/components/uno"
    );
}
