//! `/v1/attestations`, and attestations below a component.

use domain::access::Scope;
use serde_json::{Value, json};
use tests::Token;

use crate::adoptions::{admin, changing, editor, world};

const ATTESTATION: &str = "/v1/components/baustein/attestations/dsfa";

fn attestation() -> Value {
    json!({ "component": "baustein", "key": "dsfa", "scheme": "dpia", "validUntil": "2027-11-22" })
}

#[test]
fn whoever_has_a_part_records_and_keeps_what_it_recorded() {
    let app = world();
    let mut own = attestation();
    own["recordedBy"] = json!("lieferant");
    let made = editor(&app, "lieferant")
        .post("/v1/attestations", &own)
        .expect(201)
        .json();
    assert_eq!(made["recordedBy"], "lieferant");
    let patch = json!({ "value": "durchgeführt" });
    for who in ["haus", "amt"] {
        changing(&app, who).patch(ATTESTATION, &patch).expect(403);
    }
    changing(&app, "lieferant").patch(ATTESTATION, &patch).expect(200);
    // Whoever loses its part keeps what it recorded, and records nothing new.
    admin(&app)
        .patch("/v1/components/baustein", &json!({ "roles": null }))
        .expect(200);
    changing(&app, "lieferant")
        .patch(ATTESTATION, &json!({ "value": "erneuert" }))
        .expect(200);
    own["key"] = json!("noch-eine");
    let answer = editor(&app, "lieferant").post("/v1/attestations", &own).expect(400);
    assert_eq!(answer.errors(), ["/recordedBy: not_in_role"]);
}

#[test]
fn without_another_word_whoever_has_a_part_and_writes_it_recorded_it() {
    let app = world();
    let made = editor(&app, "haus")
        .post("/v1/attestations", &attestation())
        .expect(201)
        .json();
    assert_eq!(made["recordedBy"], "haus");
    let mut other = attestation();
    other["key"] = json!("c5");
    editor(&app, "dritte").post("/v1/attestations", &other).expect(403);
    let made = editor(&app, "lieferant")
        .post("/v1/attestations", &other)
        .expect(201)
        .json();
    assert_eq!(made["recordedBy"], "lieferant");
}

#[test]
fn recording_needs_a_scope_of_its_own() {
    let app = world();
    let token = Token::of("haus")
        .scopes(&[Scope::ComponentsWrite, Scope::AdoptionsWrite])
        .sign();
    let answer = app.acting(&token).post("/v1/attestations", &attestation()).expect(403);
    assert_eq!(answer.json()["missingScope"], "attestations:write");
}

#[test]
fn a_claim_that_held_is_marked_when_its_last_day_is_past() {
    let app = world();
    editor(&app, "haus")
        .post("/v1/attestations", &attestation())
        .expect(201);
    assert_eq!(
        app.get("/v1/components?attestations.scheme=dpia").expect(200).slugs(),
        ["baustein"]
    );
    app.clock.advance(365 * 86_400);
    app.follow();
    assert_eq!(app.get(ATTESTATION).expect(200).json()["expired"], true);
    assert_eq!(app.get("/v1/attestations?expired=true").expect(200).total(), 1);
    let valid = app
        .get("/v1/components?attestations.scheme=dpia&attestations.expired=false")
        .expect(200);
    assert_eq!(valid.total(), 0);
}

#[test]
fn what_only_members_see_is_hidden_from_everybody_else() {
    let app = world();
    let mut members = attestation();
    members["visibility"] = json!("members");
    editor(&app, "haus").post("/v1/attestations", &members).expect(201);
    app.get(ATTESTATION).expect(404);
    assert_eq!(
        app.get("/v1/components?attestations.scheme=dpia").expect(200).total(),
        0
    );
    assert_eq!(
        app.get("/v1/events?noun=attestation").expect(200).json()["items"],
        json!([])
    );
    let member = app.acting(&Token::of("dritte").sign());
    member.get(ATTESTATION).expect(200);
    assert_eq!(
        member
            .get("/v1/components?attestations.scheme=dpia")
            .expect(200)
            .total(),
        1
    );
}
