//! `/v1/offers`, and offers below a component.

use serde_json::{Value, json};

use crate::adoptions::{admin, changing, editor, world};

const OFFER: &str = "/v1/components/baustein/offers/dienst";

fn offer(provider: &str) -> Value {
    json!({ "component": "baustein", "key": "dienst", "provider": provider, "cost": { "model": "per_user" } })
}

#[test]
fn a_provider_keeps_its_own_offers_and_nobody_else_does() {
    let app = world();
    editor(&app, "lieferant")
        .post("/v1/offers", &offer("lieferant"))
        .expect(201);
    let patch = json!({ "plan": { "de": "Als Dienst" } });
    // Not even the owner of the component.
    for who in ["haus", "amt", "dritte"] {
        changing(&app, who).patch(OFFER, &patch).expect(403);
        changing(&app, who).delete(OFFER).expect(403);
        editor(&app, who).post("/v1/offers", &offer("lieferant")).expect(403);
    }
    changing(&app, "lieferant").patch(OFFER, &patch).expect(200);
    // What is one's own is not handed to those who did not ask for it.
    changing(&app, "lieferant")
        .patch(OFFER, &json!({ "provider": "haus" }))
        .expect(403);
    changing(&app, "lieferant").delete(OFFER).expect(204);
    app.get(OFFER).expect(410);
}

#[test]
fn who_has_no_part_in_a_component_offers_none_of_it() {
    let app = world();
    let answer = editor(&app, "dritte").post("/v1/offers", &offer("dritte")).expect(400);
    assert_eq!(answer.errors(), ["/provider: not_in_role"]);
    let answer = admin(&app).put(OFFER, &offer("haus"));
    assert_eq!(answer.status, 404);
}

#[test]
fn a_key_that_somebody_elses_hidden_offer_has_is_taken() {
    let app = world();
    let mut hidden = offer("lieferant");
    hidden["publication"] = json!("draft");
    editor(&app, "lieferant").post("/v1/offers", &hidden).expect(201);
    let haus = editor(&app, "haus").with("if-none-match", "*");
    let answer = haus.put(OFFER, &offer("haus")).expect(409);
    assert!(!answer.text().contains("lieferant"), "{}", answer.text());
    haus.get(OFFER).expect(404);
}

#[test]
fn a_key_that_is_too_long_for_an_address_is_refused() {
    let app = world();
    let mut long = offer("haus");
    long["key"] = json!("x".repeat(90));
    let answer = editor(&app, "haus").post("/v1/offers", &long).expect(400);
    assert_eq!(answer.errors(), ["/key: too_long"]);
}

#[test]
fn an_offer_whose_last_day_is_past_is_marked_and_can_be_left_out() {
    let app = world();
    let mut until = offer("haus");
    until["validUntil"] = json!("2026-11-24");
    editor(&app, "haus").post("/v1/offers", &until).expect(201);
    app.clock.advance(86_400);
    app.follow();
    assert_eq!(app.get("/v1/offers?expired=false").expect(200).total(), 1);
    app.clock.advance(86_400);
    app.follow();
    assert_eq!(app.get(OFFER).expect(200).json()["expired"], true);
    assert_eq!(app.get("/v1/offers?expired=false").expect(200).total(), 0);
    let again = json!({ "validUntil": "2027-12-31" });
    changing(&app, "haus").patch(OFFER, &again).expect(200);
    assert_eq!(
        app.get("/v1/components/baustein/offers?expired=false")
            .expect(200)
            .total(),
        1
    );
}

#[test]
fn faults_are_told_all_at_once_with_their_places() {
    let app = world();
    let mut wrong = offer("haus");
    wrong["cost"] = json!({ "model": "free", "items": [{ "block": "run", "amount": 3 }] });
    wrong["validFrom"] = json!("2027-01-02");
    wrong["validUntil"] = json!("2027-01-01");
    let answer = editor(&app, "haus").post("/v1/offers", &wrong).expect(400);
    assert_eq!(
        answer.errors(),
        ["/cost/items/0/amount: contradiction", "/validUntil: wrong_order"]
    );
    let mut unknown = offer("haus");
    unknown["openTo"] = json!({ "membersOf": ["gibt-es-nicht"] });
    unknown["contract"] = json!({ "seller": "gibt-es-nicht" });
    let answer = editor(&app, "haus").post("/v1/offers", &unknown).expect(400);
    let expected = [
        "/contract/seller: unknown_organisation",
        "/openTo/membersOf/0: unknown_organisation",
    ];
    assert_eq!(answer.errors(), expected);
}
