//! Whose words are whose, also where the component is gone, a draft waits, or a day is not yet.

use serde_json::{Value, json};
use tests::{Answer, TestApp};

use super::{ADOPTION, admin, adoption, changing, editor, with_adoption, world};

#[track_caller]
fn patched(app: &TestApp, who: &str, patch: &Value) -> Answer {
    changing(app, who).patch(ADOPTION, patch)
}

fn current(app: &TestApp) -> Value {
    admin(app).get(ADOPTION).expect(200).json()
}

/// An adoption that both sides call live.
fn confirmed() -> TestApp {
    let app = with_adoption("live");
    patched(&app, "haus", &json!({ "confirmation": { "stage": "live" } })).expect(200);
    app
}

#[test]
fn after_the_component_was_withdrawn_the_rules_of_its_adoptions_hold_as_before() {
    let app = with_adoption("live");
    changing(&app, "haus").delete("/v1/components/baustein").expect(204);
    let before = current(&app);
    let both = json!({ "operator": "amt", "confirmation": { "stage": "live" } });
    for patch in [both, json!({ "operator": "amt" }), json!({ "operator": "dritte" })] {
        let refused = patched(&app, "amt", &patch);
        assert!(matches!(refused.status, 400 | 403), "{patch}: {}", refused.text());
    }
    let operator = json!({ "operator": "amt" });
    assert_eq!(
        patched(&app, "amt", &operator).expect(400).errors(),
        ["/operator: not_in_role"]
    );
    patched(&app, "amt", &json!({ "confirmation": { "stage": "live" } })).expect(403);
    patched(&app, "amt", &json!({ "operatorNote": { "de": "Läuft." } })).expect(403);
    let renamed = patched(&app, "amt", &json!({ "slug": "meine" })).expect(400);
    assert_eq!(renamed.errors(), ["/slug: not_possible"]);
    patched(&app, "haus", &json!({ "localName": "Vom Betreiber" })).expect(403);
    patched(&app, "amt", &json!({ "stage": "aligning" })).expect(400);
    // What the catalogue sets by itself, nobody writes.
    for patch in [
        json!({ "declaredBy": "dritte" }),
        json!({ "declaredBy": null }),
        json!({ "nextActor": "adopter" }),
        json!({ "nextActor": null }),
    ] {
        patched(&app, "amt", &patch).expect(200);
    }
    assert_eq!(current(&app), before);
    // Each side still has its own words.
    patched(&app, "haus", &json!({ "confirmation": { "stage": "live" } })).expect(200);
    let ended = patched(&app, "amt", &json!({ "stage": "ended" })).expect(200).json();
    assert_eq!(
        (&ended["operator"], &ended["declaredBy"]),
        (&json!("haus"), &json!("amt"))
    );
    assert_eq!(ended.get("confirmation"), None);
}

#[test]
fn an_operator_publishes_no_draft_of_the_adopting_body() {
    let app = world();
    let mut draft = adoption("interested");
    draft["publication"] = json!("draft");
    editor(&app, "amt").post("/v1/adoptions", &draft).expect(201);
    let publish = json!({ "publication": "published" });
    patched(&app, "haus", &publish).expect(403);
    let step = json!({ "stage": "aligning", "publication": "published" });
    patched(&app, "haus", &step).expect(403);
    assert_eq!(current(&app)["publication"], "draft");
    app.get(ADOPTION).expect(404);
    patched(&app, "amt", &publish).expect(200);
    app.get(ADOPTION).expect(200);
}

#[test]
fn an_operator_brings_nothing_back_that_the_adopting_body_withdrew() {
    let app = with_adoption("live");
    changing(&app, "amt").delete(ADOPTION).expect(204);
    let publish = json!({ "publication": "published" });
    patched(&app, "haus", &publish).expect(403);
    let confirm = json!({ "publication": "published", "confirmation": { "stage": "live" } });
    patched(&app, "haus", &confirm).expect(403);
    app.get(ADOPTION).expect(410);
    patched(&app, "amt", &publish).expect(200);
    app.get(ADOPTION).expect(200);
}

#[test]
fn an_operator_adds_to_the_history_its_own_step_alone() {
    let app = with_adoption("interested");
    let first = json!({ "stage": "interested", "on": "2026-11-23" });
    let one = |stage: &str| json!({ "stage": stage, "on": "2026-11-23" });
    for patch in [
        // Without a step, nothing.
        json!({ "milestones": [first, one("aligning")] }),
        json!({ "milestones": [first, one("live")] }),
        json!({ "milestones": [] }),
        json!({ "milestones": null }),
        json!({ "milestones": [{ "stage": "interested", "on": "2026-01-01" }] }),
        // With one, no more than its own.
        json!({ "stage": "aligning", "milestones": [] }),
        json!({ "stage": "aligning", "milestones": [first, one("live")] }),
        json!({ "stage": "aligning", "milestones": [first, one("live"), one("aligning")] }),
        json!({ "stage": "aligning", "milestones": [first, one("aligning"), one("live")] }),
    ] {
        let refused = patched(&app, "haus", &patch);
        assert_eq!(refused.status, 403, "{patch}: {}", refused.text());
    }
    assert_eq!(current(&app)["revision"], 1);
    app.clock.advance(3 * 86_400);
    // Its own step has a day of its own, and may be sent with the history.
    let step = json!({ "stage": "aligning", "since": "2026-11-25" });
    let stepped = patched(&app, "haus", &step).expect(200).json();
    let mut history = json!([first, { "stage": "aligning", "on": "2026-11-25" }]);
    assert_eq!(stepped["milestones"], history);
    let next = json!({ "stage": "conditions_confirmed", "on": "2026-11-26" });
    history.as_array_mut().unwrap().push(next);
    let step = json!({ "stage": "conditions_confirmed", "milestones": history });
    assert_eq!(patched(&app, "haus", &step).expect(200).json()["milestones"], history);
}

#[test]
fn an_operator_goes_back_and_forth_on_one_day_and_the_history_stays_as_it_was() {
    let app = with_adoption("interested");
    for stage in ["aligning", "conditions_confirmed", "aligning", "conditions_confirmed"] {
        patched(&app, "haus", &json!({ "stage": stage })).expect(200);
    }
    // Once for each day, in the order in which they were reached first.
    let on = |stage: &str| json!({ "stage": stage, "on": "2026-11-23" });
    let history = json!([on("interested"), on("aligning"), on("conditions_confirmed")]);
    assert_eq!(current(&app)["milestones"], history);
}

#[test]
fn an_operator_takes_its_step_after_a_history_that_is_full() {
    let app = with_adoption("interested");
    let days = (1..=5).flat_map(|month| (1..=12).map(move |day| format!("2026-{month:02}-{day:02}")));
    let full: Vec<Value> = days.map(|on| json!({ "stage": "interested", "on": on })).collect();
    patched(&app, "amt", &json!({ "milestones": full })).expect(200);
    let stepped = patched(&app, "haus", &json!({ "stage": "aligning" }))
        .expect(200)
        .json();
    // The oldest made room.
    let history = stepped["milestones"].as_array().unwrap();
    assert_eq!(history[..59], full[1..]);
    assert_eq!(history[59], json!({ "stage": "aligning", "on": "2026-11-23" }));
}

#[test]
fn a_day_that_is_not_yet_is_refused() {
    let app = with_adoption("live");
    let tomorrow = "2026-11-24";
    for (who, patch, error) in [
        ("amt", json!({ "since": tomorrow }), "/since: in_future"),
        (
            "amt",
            json!({ "stage": "ended", "since": tomorrow }),
            "/since: in_future",
        ),
        (
            "amt",
            json!({ "milestones": [{ "stage": "live", "on": "2026-11-23" }, { "stage": "live", "on": tomorrow }] }),
            "/milestones/1/on: in_future",
        ),
        ("amt", json!({ "verifiedOn": tomorrow }), "/verifiedOn: in_future"),
        (
            "haus",
            json!({ "confirmation": { "stage": "live", "on": tomorrow } }),
            "/confirmation/on: in_future",
        ),
    ] {
        let refused = patched(&app, who, &patch).expect(400);
        assert_eq!(refused.errors(), [error], "{patch}");
    }
    let mut new = adoption("live");
    new["component"] = json!("grundlage");
    for (member, error) in [("since", "/since: in_future"), ("verifiedOn", "/verifiedOn: in_future")] {
        let mut new = new.clone();
        new[member] = json!(tomorrow);
        let refused = editor(&app, "amt").post("/v1/adoptions", &new).expect(400);
        assert_eq!(refused.errors(), [error]);
    }
    // Today is.
    app.clock.advance(86_400);
    let today = json!({ "since": tomorrow, "verifiedOn": tomorrow });
    patched(&app, "amt", &today).expect(200);
    let confirmation = json!({ "confirmation": { "stage": "live", "on": tomorrow } });
    patched(&app, "haus", &confirmation).expect(200);
}

#[test]
fn nothing_counts_for_more_than_two_years_after_it_was_verified() {
    let app = with_adoption("live");
    let far = ["/expiresOn: out_of_range"];
    for patch in [
        json!({ "expiresOn": "2028-11-24" }),
        json!({ "expiresOn": "2099-12-31" }),
        json!({ "expiresOn": "2099-12-31", "verifiedOn": null }),
        json!({ "expiresOn": "2027-12-31", "verifiedOn": "2025-01-01" }),
    ] {
        let refused = patched(&app, "amt", &patch).expect(400);
        assert_eq!(refused.errors(), far, "{patch}");
    }
    let whole = json!({ "stage": "live", "expiresOn": "2099-12-31" });
    assert_eq!(changing(&app, "amt").put(ADOPTION, &whole).expect(400).errors(), far);
    let mut new = adoption("live");
    new["component"] = json!("grundlage");
    new["expiresOn"] = json!("2028-11-24");
    let refused = editor(&app, "amt").post("/v1/adoptions", &new).expect(400);
    assert_eq!(refused.errors(), far);
    patched(&app, "amt", &json!({ "expiresOn": "2028-11-23" })).expect(200);
    // Left out, it is a year, whoever writes it how.
    let whole = changing(&app, "amt")
        .put(ADOPTION, &json!({ "stage": "live" }))
        .expect(200)
        .json();
    assert_eq!(
        (&whole["verifiedOn"], &whole["expiresOn"]),
        (&json!("2026-11-23"), &json!("2027-11-23"))
    );
}

#[test]
fn what_ended_and_is_live_again_is_not_confirmed_any_more() {
    let app = confirmed();
    let was = current(&app);
    assert_eq!(was.get("nextActor"), None);
    let ended = patched(&app, "amt", &json!({ "stage": "ended" })).expect(200).json();
    assert_eq!(ended.get("confirmation"), None);
    // The old word does not come back with an old document.
    changing(&app, "amt").put(ADOPTION, &was).expect(403);
    let again = patched(&app, "amt", &json!({ "stage": "live" })).expect(200).json();
    assert_eq!(again.get("confirmation"), None);
    assert_eq!(again["nextActor"], "operator");
    assert_eq!(app.get("/v1/adoptions?confirmed=true").expect(200).total(), 0);
    assert_eq!(app.get("/v1/adoptions?nextActor=operator").expect(200).total(), 1);
    let confirm = json!({ "confirmation": { "stage": "live" } });
    assert_eq!(
        patched(&app, "haus", &confirm).expect(200).json().get("nextActor"),
        None
    );
}

#[test]
fn a_refusal_names_whose_words_they_are() {
    let app = with_adoption("interested");
    let adopters = "the words of the adopting body (`amt`)";
    let operators = "the words of the operator (`haus`)";
    for (who, patch, whose) in [
        ("haus", json!({ "note": { "de": "Vom Betreiber." } }), adopters),
        ("haus", json!({ "stage": "live" }), adopters),
        ("haus", json!({ "since": "2020-01-01" }), adopters),
        ("amt", json!({ "stage": "aligning" }), operators),
        ("amt", json!({ "operatorNote": { "de": "Läuft." } }), operators),
        ("amt", json!({ "confirmation": { "stage": "interested" } }), operators),
    ] {
        let refused = patched(&app, who, &patch).expect(403).json();
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains(whose), "{patch}: {detail}");
    }
    let mut confirmed = adoption("live");
    confirmed["component"] = json!("grundlage");
    confirmed["confirmation"] = json!({ "stage": "live" });
    let refused = editor(&app, "amt").post("/v1/adoptions", &confirmed).expect(403).json();
    assert!(refused["detail"].as_str().unwrap().contains(operators), "{refused}");
}

#[test]
fn a_step_that_nobody_takes_is_a_fault_of_the_stage_whoever_asks_for_it() {
    for (from, to) in [
        ("interested", "conditions_confirmed"),
        ("ended", "aligning"),
        ("live", "conditions_confirmed"),
    ] {
        let app = with_adoption(from);
        for who in ["amt", "haus"] {
            let refused = patched(&app, who, &json!({ "stage": to })).expect(400);
            assert_eq!(refused.errors(), ["/stage: not_possible"], "{who}: {from} to {to}");
        }
        let refused = admin(&app).patch(ADOPTION, &json!({ "stage": to })).expect(400);
        assert_eq!(refused.errors(), ["/stage: not_possible"], "{from} to {to}");
    }
}
