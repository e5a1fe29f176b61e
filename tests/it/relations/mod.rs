//! `/v1/relations`, and relations below a component.

use serde_json::{Value, json};
use tests::TestApp;

use crate::adoptions::{admin, changing, editor, world};

const RELATION: &str = "/v1/components/baustein/relations/depends-on/grundlage";

fn relation(target: &str) -> Value {
    json!({ "component": "baustein", "type": "depends_on", "target": target })
}

fn with_relation() -> TestApp {
    let app = world();
    editor(&app, "haus")
        .post("/v1/relations", &relation("grundlage"))
        .expect(201);
    app
}

#[test]
fn a_relation_is_found_from_both_ends() {
    let app = with_relation();
    let found = app.get(RELATION).expect(200).json();
    assert_eq!(
        (&found["type"], &found["recordedBy"]),
        (&json!("depends_on"), &json!("haus"))
    );
    app.get("/v1/components/baustein/relations/depends_on/grundlage")
        .expect(200);
    app.get("/v1/components/baustein/relations/part-of/grundlage")
        .expect(404);
    app.get("/v1/components/baustein/relations/liebt/grundlage").expect(404);
    assert_eq!(app.get("/v1/relations?target=grundlage").expect(200).total(), 1);
    assert_eq!(
        app.get("/v1/components?relations.dependsOn=grundlage")
            .expect(200)
            .slugs(),
        ["baustein"]
    );
}

#[test]
fn there_is_one_for_each_type_between_two_components() {
    let app = with_relation();
    editor(&app, "haus")
        .post("/v1/relations", &relation("grundlage"))
        .expect(409);
    let haus = editor(&app, "haus").with("if-none-match", "*");
    haus.put("/v1/components/baustein/relations/part-of/grundlage", &json!({}))
        .expect(201);
    assert_eq!(app.get("/v1/relations?component=baustein").expect(200).total(), 2);
    let other = changing(&app, "haus")
        .patch(RELATION, &json!({ "target": "baustein" }))
        .expect(400);
    assert!(
        other.errors().contains(&"/target: mismatch".to_owned()),
        "{:?}",
        other.errors()
    );
}

#[test]
fn a_component_has_none_to_itself_and_none_to_what_its_writer_does_not_see() {
    let app = world();
    let itself = editor(&app, "haus")
        .post("/v1/relations", &relation("baustein"))
        .expect(400);
    assert_eq!(itself.errors(), ["/target: self_reference"]);
    let mut supplied = relation("entwurf");
    supplied["recordedBy"] = json!("lieferant");
    let hidden = editor(&app, "lieferant").post("/v1/relations", &supplied).expect(400);
    assert_eq!(hidden.errors(), ["/target: unknown_component"]);
}

#[test]
fn whoever_recorded_it_keeps_it() {
    let app = with_relation();
    let patch = json!({ "version": "2.0" });
    for who in ["lieferant", "amt"] {
        changing(&app, who).patch(RELATION, &patch).expect(403);
        changing(&app, who).delete(RELATION).expect(403);
    }
    changing(&app, "haus").patch(RELATION, &patch).expect(200);
    changing(&app, "haus").delete(RELATION).expect(204);
    app.get(RELATION).expect(410);
}

#[test]
fn a_renamed_target_keeps_its_relations() {
    let app = with_relation();
    admin(&app)
        .patch("/v1/components/grundlage", &json!({ "slug": "fundament" }))
        .expect(200);
    let present = "/v1/components/baustein/relations/depends-on/fundament";
    assert_eq!(app.get(RELATION).expect(308).header("location"), present);
    assert_eq!(app.get(present).expect(200).json()["target"], "fundament");
}

#[test]
fn nobody_learns_of_a_draft_by_what_leads_to_it() {
    let app = world();
    let mut to_draft = relation("entwurf");
    to_draft["recordedBy"] = json!("haus");
    editor(&app, "haus").post("/v1/relations", &to_draft).expect(201);
    let to_draft = "/v1/components/baustein/relations/depends-on/entwurf";
    app.get(to_draft).expect(404);
    let list = app.get("/v1/relations").expect(200);
    assert!(!list.text().contains("entwurf"), "{}", list.text());
    let log = app.get("/v1/events").expect(200);
    assert!(!log.text().contains("entwurf"), "{}", log.text());
    let found = app.get("/v1/components?relations.dependsOn=entwurf").expect(200);
    assert_eq!(found.total(), 0);
    editor(&app, "haus").get(to_draft).expect(200);
}
