use serde_json::json;

use super::{ADOPTION, admin, changing, editor, with_adoption};

#[test]
fn a_document_that_says_another_place_than_its_address_is_refused() {
    let app = with_adoption("live");
    for (member, pointer) in [
        ("component", "/component: mismatch"),
        ("organisation", "/organisation: mismatch"),
    ] {
        let mut document = json!({ "stage": "live" });
        document[member] = json!("grundlage");
        let answer = changing(&app, "amt").put(ADOPTION, &document).expect(400);
        assert_eq!(answer.errors(), [pointer]);
        let answer = changing(&app, "amt").patch(ADOPTION, &document).expect(400);
        assert_eq!(answer.errors(), [pointer]);
    }
    let answer = changing(&app, "amt")
        .patch(ADOPTION, &json!({ "slug": "meine" }))
        .expect(400);
    assert_eq!(answer.errors(), ["/slug: not_possible"]);
}

#[test]
fn every_part_of_an_address_may_be_an_id() {
    let app = with_adoption("live");
    let id = |path: &str| app.get(path).expect(200).json()["id"].as_str().unwrap().to_owned();
    let (component, organisation) = (id("/v1/components/baustein"), id("/v1/organisations/amt"));
    let path = format!("/v1/components/{component}/adoptions/{organisation}");
    assert_eq!(app.get(&path).expect(200).json(), app.get(ADOPTION).expect(200).json());
    let body = json!({ "component": component, "organisation": organisation, "stage": "pilot" });
    changing(&app, "amt").put(&path, &body).expect(200);
    assert_eq!(app.get(ADOPTION).expect(200).json()["component"], "baustein");
    app.get(&format!("/v1/components/{component}/adoptions/{component}"))
        .expect(404);
}

#[test]
fn an_address_with_an_earlier_name_leads_to_the_present_one_and_documents_are_rewritten() {
    let app = with_adoption("live");
    let slug = app.get(ADOPTION).expect(200).json()["slug"].clone();
    admin(&app)
        .patch("/v1/components/baustein", &json!({ "slug": "ziegel" }))
        .expect(200);
    admin(&app)
        .patch("/v1/organisations/amt", &json!({ "slug": "behoerde" }))
        .expect(200);
    let present = "/v1/components/ziegel/adoptions/behoerde";
    for old in [
        ADOPTION,
        "/v1/components/ziegel/adoptions/amt",
        "/v1/components/baustein/adoptions/behoerde",
    ] {
        assert_eq!(app.get(old).expect(308).header("location"), present);
        let moved = changing(&app, "behoerde")
            .patch(old, &json!({ "localName": "Ziegel" }))
            .expect(308);
        assert_eq!(moved.header("location"), present);
        changing(&app, "behoerde").delete(old).expect(308);
    }
    let moved = app.get("/v1/components/baustein/adoptions?stage=live").expect(308);
    assert_eq!(moved.header("location"), "/v1/components/ziegel/adoptions?stage=live");
    let record = app.get(present).expect(200).json();
    assert_eq!(
        (&record["component"], &record["organisation"]),
        (&json!("ziegel"), &json!("behoerde"))
    );
    assert_eq!(record["declaredBy"], "behoerde");
    assert_eq!(record["slug"], slug);
    assert_eq!(record["revision"], 3);
    // The body is its owner under its new name.
    changing(&app, "behoerde")
        .patch(present, &json!({ "localName": "Ziegel" }))
        .expect(200);
    editor(&app, "amt")
        .with("if-match", "*")
        .patch(present, &json!({ "localName": "X" }))
        .expect(403);
    assert_eq!(app.get("/v1/adoptions?organisation=behoerde").expect(200).total(), 1);
    assert_eq!(
        app.get("/v1/components?adoptions.organisation=behoerde")
            .expect(200)
            .slugs(),
        ["ziegel"]
    );
}
