//! Whose word counts: of the owner before and after, whatever changed hands meanwhile.

use domain::access::Scope;
use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::{allowed, app, id_of, propose, reviewer, step};
use crate::components::component;

/// Keeps the entries of Dataport, and decides on what others propose.
fn keeper() -> String {
    Token::of("dataport")
        .scopes(&[Scope::ComponentsWrite, Scope::ChangesWrite])
        .subject("keeper")
        .sign()
}

fn admin(app: &TestApp, address: &str, patch: &Value) {
    app.acting(&Token::admin().sign())
        .with("if-match", "*")
        .patch(address, patch)
        .expect(200);
}

fn four_eyes(app: &TestApp, organisation: &str) {
    admin(
        app,
        &format!("/v1/organisations/{organisation}"),
        &json!({ "review": "four_eyes" }),
    );
}

#[test]
fn nobody_gives_an_entry_to_an_owner_that_has_no_say_in_it() {
    let app = app();
    let body = json!({ "record": "eins", "patch": { "owner": "dvz-mv" }, "state": "submitted" });
    let proposed = propose(&app, &keeper(), &body);
    assert_eq!(allowed(&proposed.json()), ["withdrawn"]);
    step(&app, &keeper(), &id_of(&proposed), &json!({ "state": "approved" })).expect(403);
    step(&app, &reviewer(), &id_of(&proposed), &json!({ "state": "approved" })).expect(200);
}

#[test]
fn a_proposal_that_is_amended_to_another_owner_is_that_owners_to_decide() {
    let app = app();
    let mut new = component("neu", "Neu");
    new["lifecycle"] = json!("pilot");
    new["repository"] = json!("https://example.org/neu");
    let id = id_of(&propose(
        &app,
        &keeper(),
        &json!({ "operation": "create", "patch": new }),
    ));
    new["owner"] = json!("dvz-mv");
    let amended = app
        .acting(&keeper())
        .with("if-match", "*")
        .patch(&format!("/v1/changes/{id}"), &json!({ "patch": new }))
        .expect(200)
        .json();
    assert_eq!(amended["owner"], "dvz-mv");
    let submitted = step(&app, &keeper(), &id, &json!({ "state": "submitted" }))
        .expect(200)
        .json();
    assert_eq!(allowed(&submitted), ["withdrawn"]);
}

#[test]
fn a_former_owner_decides_no_more() {
    let app = app();
    let author = Token::of("fitko").scopes(&[Scope::ChangesWrite]).sign();
    let id = id_of(&propose(
        &app,
        &author,
        &json!({ "record": "eins", "patch": { "tags": ["a"] }, "state": "submitted" }),
    ));
    four_eyes(&app, "dvz-mv");
    admin(&app, "/v1/components/eins", &json!({ "owner": "dvz-mv" }));
    app.acting(&keeper()).get(&format!("/v1/changes/{id}")).expect(404);
    let new = Token::of("dvz-mv")
        .scopes(&[Scope::ComponentsWrite, Scope::ChangesWrite])
        .sign();
    let seen = app.acting(&new).get(&format!("/v1/changes/{id}")).expect(200).json();
    assert_eq!(seen["owner"], "dvz-mv");
    assert_eq!(allowed(&seen), [""; 0]);
    assert_eq!(app.acting(&new).get("/v1/changes?owner=dvz-mv").expect(200).total(), 1);
}

#[test]
fn an_entry_does_not_get_past_the_review_of_its_new_owner() {
    let app = app();
    four_eyes(&app, "dvz-mv");
    admin(&app, "/v1/organisations/dataport", &json!({ "delegates": ["dvz-mv"] }));
    let token = Token::of("dvz-mv").scopes(&[Scope::ComponentsWrite]).sign();
    let acting = app.acting(&token).with("if-match", "*");
    acting
        .patch("/v1/components/eins", &json!({ "tags": ["a"] }))
        .expect(200);
    let refused = acting
        .patch("/v1/components/eins", &json!({ "owner": "dvz-mv" }))
        .expect(403)
        .json();
    assert_eq!(refused["code"], "review_required");
}

#[test]
fn what_an_organisation_decides_itself_no_delegate_decides_by_a_change() {
    let app = app();
    admin(&app, "/v1/organisations/dataport", &json!({ "delegates": ["dvz-mv"] }));
    let delegate = Token::of("dvz-mv")
        .scopes(&[Scope::ComponentsWrite, Scope::OrganisationsWrite, Scope::ChangesWrite])
        .sign();
    let body = json!({ "noun": "organisation", "record": "dataport", "patch": { "delegates": ["dvz-mv", "fitko"] }, "state": "submitted" });
    let proposed = propose(&app, &delegate, &body);
    assert_eq!(allowed(&proposed.json()), ["withdrawn"]);
    let acting = app.acting(&delegate).with("if-match", "*");
    acting
        .patch(
            "/v1/organisations/dataport",
            &json!({ "homepage": "https://example.org/" }),
        )
        .expect(200);
    acting
        .patch("/v1/organisations/dataport", &json!({ "slug": "hafen" }))
        .expect(403);
    acting
        .patch("/v1/organisations/dataport", &json!({ "publication": "withdrawn" }))
        .expect(403);
    acting.delete("/v1/organisations/dataport").expect(403);
    // Who may write components has no say on organisations.
    let body =
        json!({ "noun": "organisation", "record": "dataport", "patch": { "homepage": null }, "state": "submitted" });
    let id = id_of(&propose(&app, &delegate, &body));
    step(&app, &keeper(), &id, &json!({ "state": "approved" })).expect(403);
    let itself = Token::of("dataport")
        .scopes(&[Scope::OrganisationsWrite, Scope::ChangesWrite])
        .sign();
    step(&app, &itself, &id, &json!({ "state": "approved" })).expect(200);
    // Nor does it leave its entries behind, whichever way it is asked to end.
    let acting = app.acting(&itself).with("if-match", "*");
    acting
        .patch("/v1/organisations/dataport", &json!({ "publication": "withdrawn" }))
        .expect(409);
}

#[test]
fn a_new_organisation_is_decided_on_by_the_one_above_it() {
    let app = app();
    let author = Token::of("dvz-mv")
        .scopes(&[Scope::ChangesWrite, Scope::OrganisationsWrite])
        .sign();
    let body = |parent: Option<&str>| {
        let mut patch = json!({ "slug": "amt", "kind": "state_body", "title": { "de": "Amt" } });
        if let Some(parent) = parent {
            patch["parent"] = json!(parent);
        }
        json!({ "noun": "organisation", "operation": "create", "patch": patch, "state": "submitted" })
    };
    assert_eq!(allowed(&propose(&app, &author, &body(None)).json()), ["withdrawn"]);
    assert_eq!(
        allowed(&propose(&app, &author, &body(Some("dataport"))).json()),
        ["withdrawn"]
    );
    let own = propose(&app, &author, &body(Some("dvz-mv"))).json();
    assert_eq!(allowed(&own), ["approved", "returned", "rejected", "withdrawn"]);
}

#[test]
fn what_a_record_held_before_it_was_public_no_proposal_tells() {
    let app = app();
    let acting = app.acting(&keeper());
    let mut draft = component("werdegang", "Werdegang");
    draft["tags"] = json!(["intern"]);
    acting.post("/v1/components", &draft).expect(201);
    let public = json!({ "tags": ["offen"], "publication": "published" });
    acting
        .clone()
        .with("if-match", "*")
        .patch("/v1/components/werdegang", &public)
        .expect(200);
    let body = json!({ "record": "werdegang", "baseRevision": 1, "patch": { "tags": null } });
    let stranger = Token::of("fitko").scopes(&[Scope::ChangesWrite]).sign();
    let refused = app.acting(&stranger).post("/v1/changes?dryRun=true", &body).expect(400);
    assert_eq!(refused.errors(), ["/baseRevision: unknown_revision"]);
    let told = acting.post("/v1/changes?dryRun=true", &body).expect(200).text();
    assert!(told.contains("intern"), "{told}");
}

#[test]
fn an_organisation_is_renamed_by_a_change() {
    let app = app();
    let itself = Token::of("dataport")
        .scopes(&[Scope::OrganisationsWrite, Scope::ChangesWrite])
        .sign();
    let body =
        json!({ "noun": "organisation", "record": "dataport", "patch": { "slug": "hafen" }, "state": "submitted" });
    let id = id_of(&propose(&app, &itself, &body));
    step(&app, &itself, &id, &json!({ "state": "approved" })).expect(200);
    let done = step(&app, &itself, &id, &json!({ "state": "published" }))
        .expect(200)
        .json();
    assert_eq!(
        (&done["owner"], &done["organisation"]),
        (&json!("hafen"), &json!("hafen"))
    );
    assert_eq!(app.get("/v1/components/eins").expect(200).json()["owner"], "hafen");
}

#[test]
fn a_proposed_entry_follows_its_owner_to_a_new_name() {
    let app = app();
    let mut new = component("neu", "Neu");
    new["lifecycle"] = json!("pilot");
    new["repository"] = json!("https://example.org/neu");
    let author = Token::of("fitko").scopes(&[Scope::ChangesWrite]).sign();
    let id = id_of(&propose(
        &app,
        &author,
        &json!({ "operation": "create", "patch": new, "state": "submitted" }),
    ));
    admin(&app, "/v1/organisations/dataport", &json!({ "slug": "hafen" }));
    let seen = app
        .acting(&reviewer())
        .get(&format!("/v1/changes/{id}"))
        .expect(200)
        .json();
    assert_eq!(
        (&seen["owner"], &seen["patch"]["owner"]),
        (&json!("hafen"), &json!("hafen"))
    );
    assert_eq!(seen["errors"], json!([]));
}

#[test]
fn a_change_that_waited_does_not_bring_back_what_was_withdrawn() {
    let app = app();
    let id = id_of(&propose(
        &app,
        &keeper(),
        &json!({ "record": "eins", "patch": { "tags": ["a"] }, "state": "submitted" }),
    ));
    app.acting(&keeper())
        .with("if-match", "*")
        .delete("/v1/components/eins")
        .expect(204);
    let rebased = app
        .acting(&reviewer())
        .with("if-match", "*")
        .patch(&format!("/v1/changes/{id}"), &json!({ "baseRevision": 2 }))
        .expect(200)
        .json();
    assert_eq!(rebased["diff"], json!([{ "pointer": "/tags", "after": ["a"] }]));
}

#[test]
fn a_change_names_no_person() {
    let app = app();
    let author = Token::of("dvz-mv")
        .scopes(&[Scope::ChangesWrite])
        .subject("frau-beispiel")
        .sign();
    let id = id_of(&propose(
        &app,
        &author,
        &json!({ "record": "eins", "patch": { "tags": ["a"] } }),
    ));
    app.acting(&author)
        .post(&format!("/v1/changes/{id}/comments"), &json!({ "text": "Bitte" }))
        .expect(201);
    let seen = app.acting(&reviewer()).get(&format!("/v1/changes/{id}")).expect(200);
    assert!(!seen.text().contains("frau-beispiel"), "{}", seen.text());
    assert_eq!(seen.json()["authors"][0], seen.json()["remarks"][0]["by"]);
    let audit = Token::of_nobody().scopes(&[Scope::Admin]).sign();
    assert!(
        app.acting(&audit)
            .get("/v1/events?noun=change")
            .expect(200)
            .text()
            .contains("frau-beispiel")
    );
}
