use domain::access::Scope;
use serde_json::json;
use tests::{TestApp, Token};

use crate::components::component;

fn keeper() -> String {
    Token::of("dataport")
        .scopes(&[Scope::OrganisationsWrite, Scope::ComponentsWrite])
        .sign()
}

fn app() -> TestApp {
    TestApp::with(&[component("eins", "Eins")])
}

#[test]
fn an_organisation_keeps_itself_and_no_other() {
    let app = app();
    let acting = app.acting(&keeper()).with("if-match", "*");
    acting
        .patch(
            "/v1/organisations/dataport",
            &json!({ "homepage": "https://example.org/" }),
        )
        .expect(200);
    acting
        .patch(
            "/v1/organisations/dvz-mv",
            &json!({ "homepage": "https://example.org/" }),
        )
        .expect(403);
    let body = json!({ "slug": "neu", "kind": "it_provider", "title": { "de": "Neu" } });
    app.acting(&keeper()).post("/v1/organisations", &body).expect(403);
    app.acting(&Token::admin().sign())
        .post("/v1/organisations", &body)
        .expect(201);
}

#[test]
fn below_itself_an_organisation_makes_others_and_keeps_them_by_delegation() {
    let app = app();
    let body = json!({
        "slug": "referat", "kind": "state_body", "title": { "de": "Referat" }, "parent": "dataport",
        "delegates": ["dataport"], "publication": "published",
    });
    app.acting(&keeper()).post("/v1/organisations", &body).expect(201);
    let acting = app.acting(&keeper()).with("if-match", "*");
    acting
        .patch(
            "/v1/organisations/referat",
            &json!({ "homepage": "https://example.org/" }),
        )
        .expect(200);
    // Who keeps it by delegation cannot hand that on.
    acting
        .patch(
            "/v1/organisations/referat",
            &json!({ "delegates": ["dataport", "dvz-mv"] }),
        )
        .expect(403);
    let itself = Token::of("referat").scopes(&[Scope::OrganisationsWrite]).sign();
    app.acting(&itself)
        .with("if-match", "*")
        .patch("/v1/organisations/referat", &json!({ "delegates": [] }))
        .expect(200);
    // The one above it still keeps its entry, but not what it owns.
    acting
        .patch("/v1/organisations/referat", &json!({ "homepage": null }))
        .expect(200);
    let mut own = component("eigen", "Eigen");
    own["owner"] = json!("referat");
    acting.clone().post("/v1/components", &own).expect(400);
    app.acting(&keeper()).post("/v1/components", &own).expect(403);
    app.acting(&keeper())
        .with("if-match", "*")
        .delete("/v1/organisations/referat")
        .expect(204);
}

#[test]
fn a_delegate_keeps_the_entries_of_another_organisation_and_sees_its_drafts() {
    let app = app();
    let mut draft = component("entwurf", "Entwurf");
    draft["owner"] = json!("dvz-mv");
    let admin = Token::admin().sign();
    app.acting(&admin).post("/v1/components", &draft).expect(201);
    let acting = app.acting(&keeper());
    acting.get("/v1/components/entwurf").expect(404);
    app.acting(&admin)
        .with("if-match", "*")
        .patch("/v1/organisations/dvz-mv", &json!({ "delegates": ["dataport"] }))
        .expect(200);
    acting.get("/v1/components/entwurf").expect(200);
    acting
        .with("if-match", "*")
        .patch("/v1/components/entwurf", &json!({ "tags": ["a"] }))
        .expect(200);
}

#[test]
fn a_renamed_organisation_takes_its_entries_its_tokens_and_its_changes_along() {
    let app = app();
    let author = Token::of("dvz-mv").scopes(&[Scope::ChangesWrite]).sign();
    app.acting(&author)
        .post(
            "/v1/changes",
            &json!({ "record": "eins", "patch": { "tags": ["a"] }, "state": "submitted" }),
        )
        .expect(201);
    let id = app.get("/v1/organisations/dataport").expect(200).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let token = Token::of(&id)
        .scopes(&[Scope::OrganisationsWrite, Scope::ComponentsWrite, Scope::ChangesRead])
        .sign();
    let acting = app.acting(&token).with("if-match", "*");
    let preview = acting
        .patch("/v1/organisations/dataport?dryRun=true", &json!({ "slug": "hafen" }))
        .expect(200)
        .json();
    assert!(preview["affectedTotal"].as_u64().unwrap() >= 2, "{preview}");
    acting
        .patch("/v1/organisations/dataport", &json!({ "slug": "hafen" }))
        .expect(200);
    assert_eq!(
        app.get("/v1/organisations/dataport").expect(308).header("location"),
        "/v1/organisations/hafen"
    );
    assert_eq!(app.get("/v1/components/eins").expect(200).json()["owner"], "hafen");
    assert_eq!(app.get("/v1/components?owner=hafen").expect(200).slugs(), ["eins"]);
    acting
        .patch("/v1/components/eins", &json!({ "tags": ["b"] }))
        .expect(200);
    let changes = app.acting(&token).get("/v1/changes").expect(200).json();
    assert_eq!(changes["items"][0]["owner"], "hafen");
}

#[test]
fn an_organisation_that_owns_entries_is_neither_withdrawn_nor_purged() {
    let app = app();
    let admin = app.acting(&Token::admin().sign()).with("if-match", "*");
    let conflict = admin.delete("/v1/organisations/dataport").expect(409).json();
    assert!(
        conflict["detail"].as_str().unwrap().contains("1 components"),
        "{conflict}"
    );
    admin.delete("/v1/organisations/dataport?purge=true").expect(409);
    admin.delete("/v1/components/eins?purge=true").expect(204);
    admin.delete("/v1/organisations/dataport").expect(204);
    app.get("/v1/organisations/dataport").expect(410);
}

#[test]
fn a_purge_takes_the_proposed_changes_along() {
    let app = app();
    let author = Token::of("dvz-mv")
        .scopes(&[Scope::ChangesWrite])
        .subject("frau-beispiel")
        .sign();
    let change = app
        .acting(&author)
        .post(
            "/v1/changes",
            &json!({ "record": "eins", "patch": { "tags": ["persoenlich"] } }),
        )
        .expect(201)
        .json();
    let admin = app.acting(&Token::admin().sign()).with("if-match", "*");
    admin.delete("/v1/components/eins?purge=true").expect(204);
    admin
        .get(&format!("/v1/changes/{}", change["id"].as_str().unwrap()))
        .expect(404);
    let events = app.store().events(domain::event::Sequence(0), 1000).unwrap();
    let left = format!("{events:?}");
    assert!(!left.contains("frau-beispiel") && !left.contains("persoenlich"));
}

#[test]
fn an_organisation_becomes_public_in_the_way_of_the_one_above_it() {
    let app = app();
    let admin = app.acting(&Token::admin().sign()).with("if-match", "*");
    admin
        .patch("/v1/organisations/dataport", &json!({ "review": "reviewed" }))
        .expect(200);
    let body = json!({ "slug": "referat", "kind": "state_body", "title": { "de": "Referat" }, "parent": "dataport" });
    app.acting(&keeper()).post("/v1/organisations", &body).expect(201);
    let acting = app.acting(&keeper()).with("if-match", "*");
    let refused = acting.patch("/v1/organisations/referat", &json!({ "publication": "published" }));
    assert_eq!(refused.expect(403).json()["code"], "review_required");
}

#[test]
fn nobody_acts_for_an_organisation_that_was_withdrawn() {
    let app = app();
    let admin = app.acting(&Token::admin().sign()).with("if-match", "*");
    let itself = Token::of("dvz-mv").scopes(&[Scope::OrganisationsWrite]).sign();
    let acting = app.acting(&itself).with("if-match", "*");
    let patch = json!({ "homepage": "https://example.org/" });
    acting.patch("/v1/organisations/dvz-mv", &patch).expect(200);
    admin.delete("/v1/organisations/dvz-mv").expect(204);
    acting
        .patch("/v1/organisations/dvz-mv", &json!({ "homepage": null }))
        .expect(403);
    acting.get("/v1/organisations/dvz-mv").expect(410);
}
