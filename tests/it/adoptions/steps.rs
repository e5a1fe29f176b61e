use serde_json::{Value, json};

use super::{ADOPTION, admin, adoption, changing, editor, with_adoption, world};

#[test]
fn a_request_to_reuse_goes_from_interest_to_live_by_the_word_of_both_sides() {
    let app = world();
    let (amt, haus) = (changing(&app, "amt"), changing(&app, "haus"));
    let asked = editor(&app, "amt")
        .post("/v1/adoptions", &adoption("interested"))
        .expect(201)
        .json();
    assert_eq!(asked["nextActor"], "operator");
    assert_eq!(
        (&asked["operator"], &asked["declaredBy"]),
        (&json!("haus"), &json!("amt"))
    );
    assert_eq!(asked["publication"], "published");
    assert_eq!(asked["since"], "2026-11-23");
    assert_eq!(asked["expiresOn"], "2027-11-23");
    for (side, stage, next) in [
        (&haus, "aligning", "operator"),
        (&haus, "conditions_confirmed", "adopter"),
        (&amt, "contracted", "operator"),
        (&haus, "onboarding", "adopter"),
        (&amt, "pilot", "adopter"),
        (&amt, "live", "operator"),
    ] {
        app.clock.advance(86_400);
        let now = side.patch(ADOPTION, &json!({ "stage": stage })).expect(200).json();
        assert_eq!((&now["stage"], &now["nextActor"]), (&json!(stage), &json!(next)));
    }
    let done = haus
        .patch(ADOPTION, &json!({ "confirmation": { "stage": "live" } }))
        .expect(200)
        .json();
    assert_eq!(done.get("nextActor"), None);
    assert_eq!(
        done["confirmation"],
        json!({ "stage": "live", "by": "haus", "on": "2026-11-29" })
    );
    let reached: Vec<(&str, &str)> = done["milestones"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["stage"].as_str().unwrap(), one["on"].as_str().unwrap()))
        .collect();
    assert_eq!(reached.len(), 7);
    assert_eq!(
        (reached[0], reached[6]),
        (("interested", "2026-11-23"), ("live", "2026-11-29"))
    );
    let confirmed = app.get("/v1/adoptions?confirmed=true").expect(200);
    assert_eq!(confirmed.total(), 1);
}

#[test]
fn each_side_writes_its_own_words_alone() {
    let app = with_adoption("interested");
    for (who, patch) in [
        ("amt", json!({ "stage": "aligning" })),
        ("amt", json!({ "confirmation": { "stage": "interested" } })),
        ("amt", json!({ "stage": "live", "confirmation": { "stage": "live" } })),
        ("haus", json!({ "note": { "de": "Vom Betreiber." } })),
        (
            "haus",
            json!({ "stage": "aligning", "note": { "de": "Vom Betreiber." } }),
        ),
        ("haus", json!({ "stage": "live" })),
        ("haus", json!({ "counts": { "live": 3 } })),
        ("haus", json!({ "visibility": "parties" })),
        ("haus", json!({ "since": "2020-01-01" })),
        ("haus", json!({ "operator": "lieferant" })),
        ("haus", json!({ "publication": "withdrawn" })),
        ("haus", json!({ "organisation": "haus" })),
        ("lieferant", json!({ "stage": "aligning" })),
        ("dritte", json!({ "stage": "ended" })),
    ] {
        let answer = changing(&app, who).patch(ADOPTION, &patch);
        assert!(matches!(answer.status, 400 | 403), "{who} {patch}: {}", answer.text());
        assert!(answer.status == 403 || patch["organisation"] == "haus" || patch["operator"] == "lieferant");
    }
    changing(&app, "haus").delete(ADOPTION).expect(403);
    assert_eq!(app.get(ADOPTION).expect(200).json()["revision"], 1);
    // Who owns the component owns no adoption of it, and nobody declares for others.
    let mut others = adoption("live");
    others["organisation"] = json!("dritte");
    for who in ["amt", "haus"] {
        editor(&app, who).post("/v1/adoptions", &others).expect(403);
    }
    let mut confirmed = others.clone();
    confirmed["confirmation"] = json!({ "stage": "live" });
    editor(&app, "dritte").post("/v1/adoptions", &confirmed).expect(403);
    admin(&app)
        .patch(ADOPTION, &json!({ "note": { "de": "Von Amts wegen." } }))
        .expect(200);
}

#[test]
fn both_sides_words_together_are_for_whoever_acts_for_both() {
    let app = world();
    let own = json!({
        "component": "baustein", "organisation": "haus", "stage": "live", "confirmation": { "stage": "live" },
    });
    let made = editor(&app, "haus").post("/v1/adoptions", &own).expect(201).json();
    assert_eq!(made.get("nextActor"), None);
}

#[test]
fn a_step_that_nobody_takes_is_refused_with_the_reason() {
    let app = world();
    let faults = |body: &Value| editor(&app, "amt").post("/v1/adoptions", body).expect(400).errors();
    assert_eq!(faults(&adoption("aligning")), ["/stage: not_possible"]);
    let mut declined = adoption("declined");
    assert_eq!(faults(&declined), ["/reason: required"]);
    declined["reason"] = json!({ "de": "Zu teuer." });
    assert_eq!(faults(&declined), ["/stage: not_possible"]);
    editor(&app, "amt")
        .post("/v1/adoptions", &adoption("ended"))
        .expect(201);
    let early = editor(&app, "amt")
        .with("if-match", "*")
        .patch(ADOPTION, &json!({ "stage": "conditions_confirmed" }))
        .expect(400);
    assert_eq!(early.errors(), ["/stage: not_possible"]);
    let detail = early.json()["errors"][0]["detail"].to_string();
    assert!(
        detail.contains("from `ended` to `conditions_confirmed`; what may follow is `interested`, "),
        "{detail}"
    );
    let back = admin(&app).patch(ADOPTION, &json!({ "stage": "aligning" })).expect(400);
    assert_eq!(back.errors(), ["/stage: not_possible"]);
    let wrong = json!({ "confirmation": { "stage": "live" } });
    let wrong = changing(&app, "haus").patch(ADOPTION, &wrong).expect(400);
    assert_eq!(wrong.errors(), ["/confirmation/stage: contradiction"]);
    let operator = changing(&app, "amt")
        .patch(ADOPTION, &json!({ "operator": "dritte" }))
        .expect(400);
    assert_eq!(operator.errors(), ["/operator: not_in_role"]);
}

#[test]
fn an_operator_declines_with_a_reason_and_the_adopter_begins_anew() {
    let app = with_adoption("interested");
    let no = json!({ "stage": "declined", "reason": { "de": "Keine Kapazität." } });
    let declined = changing(&app, "haus").patch(ADOPTION, &no).expect(200).json();
    assert_eq!(declined.get("nextActor"), None);
    app.clock.advance(86_400);
    let again = json!({ "stage": "interested", "reason": null });
    let again = changing(&app, "amt").patch(ADOPTION, &again).expect(200).json();
    assert_eq!(again["nextActor"], "operator");
    assert_eq!(again["milestones"].as_array().unwrap().len(), 3);
}

#[test]
fn an_adoption_that_nobody_verifies_is_stale_after_a_year_and_fresh_again_when_somebody_does() {
    let app = with_adoption("live");
    let fresh = app.get(ADOPTION).expect(200);
    assert!(fresh.json().get("stale").is_none());
    assert_eq!(app.get("/v1/adoptions?stale=true").expect(200).total(), 0);
    app.clock.advance(366 * 86_400);
    app.follow();
    let stale = app.get(ADOPTION).expect(200);
    assert_eq!(stale.json()["stale"], true);
    assert_ne!(stale.header("etag"), fresh.header("etag"));
    let listed = app.get("/v1/adoptions?stale=true&facets=stale").expect(200).json();
    assert_eq!(
        (&listed["total"], &listed["items"][0]["stale"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(app.get("/v1/adoptions?stale=false").expect(200).total(), 0);
    assert_eq!(
        app.get("/v1/components?adoptions.stale=true").expect(200).slugs(),
        ["baustein"]
    );
    // The tag of the marked record names the revision all the same, and the mark can be sent back.
    let amt = editor(&app, "amt").with("if-match", stale.header("etag"));
    let mut whole = stale.json();
    whole["verifiedOn"] = json!("2027-11-24");
    let renewed = amt.put(ADOPTION, &whole).expect(200).json();
    assert_eq!(renewed["expiresOn"], "2028-11-23");
    assert!(renewed.get("stale").is_none());
    assert_eq!(app.get("/v1/adoptions?stale=true").expect(200).total(), 0);
}
