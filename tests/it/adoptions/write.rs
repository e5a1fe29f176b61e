use serde_json::json;

use super::{ADOPTION, admin, adoption, changing, editor, with_adoption, world};

#[test]
fn a_change_names_the_revision_that_it_was_made_from() {
    let app = with_adoption("live");
    let patch = json!({ "localName": "Unser Baustein" });
    editor(&app, "amt").patch(ADOPTION, &patch).expect(428);
    editor(&app, "amt")
        .with("if-match", "\"r7\"")
        .patch(ADOPTION, &patch)
        .expect(412);
    let tag = app.get(ADOPTION).expect(200).header("etag").to_owned();
    let changed = editor(&app, "amt")
        .with("if-match", &tag)
        .patch(ADOPTION, &patch)
        .expect(200);
    assert_eq!(changed.header("etag"), "\"r2\"");
    editor(&app, "amt").with("if-match", &tag).delete(ADOPTION).expect(412);
}

#[test]
fn what_was_read_can_be_written_back_and_changes_nothing() {
    let app = with_adoption("live");
    let head = app.follow();
    let read = app.get(ADOPTION).expect(200).json();
    changing(&app, "amt").put(ADOPTION, &read).expect(200);
    assert_eq!(app.follow(), head);
}

#[test]
fn a_post_with_a_key_works_once() {
    let app = world();
    let amt = editor(&app, "amt").with("idempotency-key", "eins");
    let first = amt.post("/v1/adoptions", &adoption("interested")).expect(201);
    let again = amt.post("/v1/adoptions", &adoption("interested")).expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.json(), again.json());
    amt.post("/v1/adoptions", &adoption("live")).expect(422);
    editor(&app, "amt").post("/v1/adoptions", &adoption("live")).expect(409);
    assert_eq!(app.get("/v1/adoptions").expect(200).total(), 1);
}

#[test]
fn a_dry_run_shows_what_would_be_and_changes_nothing() {
    let app = world();
    let head = app.follow();
    let preview = editor(&app, "amt")
        .post("/v1/adoptions?dryRun=true", &adoption("interested"))
        .expect(200)
        .json();
    assert_eq!(preview["status"], 201);
    assert_eq!(preview["record"]["nextActor"], "operator");
    let preview = editor(&app, "amt")
        .with("if-none-match", "*")
        .put(&format!("{ADOPTION}?dryRun=true"), &json!({ "stage": "live" }))
        .expect(200)
        .json();
    assert_eq!(preview["status"], 201);
    assert_eq!(app.follow(), head);
}

#[test]
fn put_makes_one_where_there_is_none_and_says_so_where_there_is() {
    let app = world();
    let amt = editor(&app, "amt").with("if-none-match", "*");
    let made = amt.put(ADOPTION, &json!({ "stage": "live" })).expect(201);
    assert_eq!(made.json()["organisation"], "amt");
    assert_eq!(made.json()["component"], "baustein");
    amt.put(ADOPTION, &json!({ "stage": "live" })).expect(412);
    let location = made.header("location").to_owned();
    assert_eq!(
        app.get(&location).expect(200).json(),
        app.get(ADOPTION).expect(200).json()
    );
    let id = made.json()["id"].as_str().unwrap().to_owned();
    app.get(&format!("/v1/adoptions/{id}")).expect(200);
    // Without `If-None-Match`, nothing is made.
    changing(&app, "dritte")
        .put("/v1/components/baustein/adoptions/dritte", &json!({ "stage": "live" }))
        .expect(404);
}

#[test]
fn a_withdrawn_one_leaves_a_tombstone_and_comes_back_when_it_is_published_again() {
    let app = with_adoption("live");
    changing(&app, "amt").delete(ADOPTION).expect(204);
    let gone = app.get(ADOPTION).expect(410).json();
    assert_eq!(gone["tombstone"]["revision"], 2);
    assert_eq!(app.get("/v1/adoptions").expect(200).total(), 0);
    assert_eq!(app.get("/v1/components?adoptions.stage=live").expect(200).total(), 0);
    editor(&app, "amt")
        .with("if-none-match", "*")
        .put(ADOPTION, &json!({ "stage": "live" }))
        .expect(412);
    changing(&app, "amt")
        .patch(ADOPTION, &json!({ "publication": "published" }))
        .expect(200);
    assert_eq!(app.get(ADOPTION).expect(200).json()["revision"], 3);
    let log = app.get("/v1/events?noun=adoption").expect(200).json();
    let types: Vec<&str> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["type"].as_str().unwrap())
        .collect();
    assert_eq!(types.len(), 3);
    assert!(
        types[1].ends_with("withdrawn") && types[2].ends_with("published"),
        "{types:?}"
    );
}

#[test]
fn a_purged_one_is_as_if_it_never_was_and_only_an_administrator_does_that() {
    let app = with_adoption("live");
    let purge = format!("{ADOPTION}?purge=true");
    changing(&app, "amt").delete(&purge).expect(403);
    admin(&app).delete(&purge).expect(204);
    app.get(ADOPTION).expect(404);
    editor(&app, "amt").post("/v1/adoptions", &adoption("live")).expect(201);
}

#[test]
fn with_a_purged_component_goes_what_was_said_about_it() {
    let app = with_adoption("live");
    let haus = editor(&app, "haus");
    for (list, body) in [
        (
            "/v1/offers",
            json!({ "component": "baustein", "key": "dienst", "provider": "haus" }),
        ),
        (
            "/v1/attestations",
            json!({ "component": "baustein", "key": "dsfa", "scheme": "dpia" }),
        ),
        (
            "/v1/relations",
            json!({ "component": "baustein", "type": "depends_on", "target": "grundlage" }),
        ),
        (
            "/v1/relations",
            json!({ "component": "grundlage", "type": "part_of", "target": "baustein" }),
        ),
    ] {
        haus.post(list, &body).expect(201);
    }
    let preview = admin(&app)
        .delete("/v1/components/baustein?purge=true&dryRun=true")
        .expect(200)
        .json();
    assert_eq!(preview["affectedTotal"], 5);
    admin(&app).delete("/v1/components/baustein?purge=true").expect(204);
    for list in ["adoptions", "offers", "attestations", "relations"] {
        assert_eq!(admin(&app).get(&format!("/v1/{list}")).expect(200).total(), 0, "{list}");
    }
    let today = domain::clock::Clock::now(&*app.clock).day();
    assert_eq!(verbundkatalog::check::check(app.store(), today).unwrap(), []);
}

#[test]
fn about_a_draft_there_are_only_drafts() {
    let app = world();
    let mut about = adoption("interested");
    about["component"] = json!("entwurf");
    // Who does not see the component cannot tell it from none.
    let hidden = editor(&app, "amt").post("/v1/adoptions", &about).expect(400);
    assert_eq!(hidden.errors(), ["/component: unknown_component"]);
    about["component"] = json!("gibt-es-nicht");
    let missing = editor(&app, "amt").post("/v1/adoptions", &about).expect(400);
    assert_eq!(missing.errors(), ["/component: unknown_component"]);
    let path = "/v1/components/entwurf/adoptions/haus";
    editor(&app, "amt").get(path).expect(404);
    about["component"] = json!("entwurf");
    about["organisation"] = json!("haus");
    let made = editor(&app, "haus").post("/v1/adoptions", &about).expect(201).json();
    assert_eq!(made["publication"], "draft");
    let early = changing(&app, "haus")
        .patch(path, &json!({ "publication": "published" }))
        .expect(400);
    assert_eq!(early.errors(), ["/publication: not_possible"]);
    app.get(path).expect(404);
    assert_eq!(app.get("/v1/adoptions").expect(200).total(), 0);
    changing(&app, "haus")
        .patch("/v1/components/entwurf", &json!({ "publication": "published" }))
        .expect(200);
    app.get(path).expect(404);
    changing(&app, "haus")
        .patch(path, &json!({ "publication": "published" }))
        .expect(200);
    app.get(path).expect(200);
}

#[test]
fn whoever_is_named_must_be_known() {
    let app = world();
    let mut wrong = adoption("live");
    wrong["organisation"] = json!("gibt-es-nicht");
    let everybody = app.acting(&tests::Token::admin().sign());
    let answer = everybody.post("/v1/adoptions", &wrong).expect(400);
    assert_eq!(answer.errors(), ["/organisation: unknown_organisation"]);
    let mut wrong = adoption("live");
    wrong["operator"] = json!("gibt-es-nicht");
    let answer = editor(&app, "amt").post("/v1/adoptions", &wrong).expect(400);
    assert!(
        answer.errors().contains(&"/operator: not_in_role".to_owned()),
        "{:?}",
        answer.errors()
    );
}
