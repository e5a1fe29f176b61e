//! `GET /v1/components/{id}/impact`.

use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::{adoption, body, catalogue, component, relation, texts, with};

fn ask(app: &TestApp, slug: &str) -> Value {
    app.get(&format!("/v1/components/{slug}/impact")).expect(200).json()
}

/// `slug type through depth` of all dependants.
fn dependants(answer: &Value) -> Vec<String> {
    let all = answer["dependants"].as_array().unwrap().iter();
    all.map(|d| {
        let text = |name: &str| d[name].as_str().unwrap().to_owned();
        format!("{} {} {} {}", text("slug"), text("type"), text("through"), d["depth"])
    })
    .collect()
}

/// What stands on `grund`, in a circle, and who uses what of it.
fn app() -> TestApp {
    let records = [
        body("werk", "it_provider", &["DE-HH"]),
        body("mv", "state", &["DE-MV"]),
        body("sh", "state", &["DE-SH"]),
        body("nord", "joint_institution", &["DE-SH", "DE-HH"]),
        component("grund", "haus", json!({})),
        component("dienst", "werk", json!({ "kind": "online_service" })),
        component("portal", "werk", json!({})),
        component("fern", "haus", json!({})),
        component("teil", "haus", json!({})),
        component("ganzes", "haus", json!({})),
        component("abkoemmling", "haus", json!({})),
        component("ersatz", "haus", json!({})),
        component("neuer", "haus", json!({})),
        component("aelter", "haus", json!({})),
        component("gleichwertig", "haus", json!({})),
        relation("dienst", "depends_on", "grund"),
        relation("portal", "integrates_with", "dienst"),
        relation("fern", "depends_on", "portal"),
        // A circle, and a second way to the same component.
        relation("grund", "depends_on", "fern"),
        relation("portal", "depends_on", "teil"),
        relation("teil", "part_of", "grund"),
        relation("grund", "part_of", "ganzes"),
        relation("abkoemmling", "based_on", "grund"),
        relation("ersatz", "alternative_to", "grund"),
        relation("grund", "alternative_to", "gleichwertig"),
        relation("neuer", "replaces", "grund"),
        relation("grund", "replaces", "aelter"),
        with(
            adoption("grund", "mv", "live"),
            json!({ "contract": { "basis": "in_house", "title": "Rahmen", "endsOn": "2030-12-31" } }),
        ),
        adoption("dienst", "mv", "pilot"),
        adoption("grund", "sh", "pilot"),
        adoption("portal", "sh", "interested"),
        adoption("dienst", "nord", "live"),
        adoption("fern", "werk", "ended"),
        adoption("aelter", "werk", "live"),
        json!({ "component": "grund", "key": "dienst", "provider": "haus" }),
        json!({ "component": "grund", "key": "abgelaufen", "provider": "haus", "validUntil": "2026-11-22" }),
        json!({ "component": "dienst", "key": "dienst", "provider": "werk" }),
    ];
    catalogue(&records)
}

#[test]
fn what_needs_it_or_is_made_of_it_is_found_once_and_the_nearest_first() {
    let answer = ask(&app(), "grund");
    assert_eq!(
        answer["component"],
        json!({ "slug": "grund", "title": "Eintrag grund" })
    );
    // A part loses its whole, and a whole its part. What it needs itself, and what it replaces, is not concerned.
    assert_eq!(
        dependants(&answer),
        [
            "dienst depends_on grund 1",
            "teil part_of grund 1",
            "ganzes part_of grund 1",
            "abkoemmling based_on grund 1",
            "portal integrates_with dienst 2",
            "fern depends_on portal 3",
        ]
    );
    assert_eq!(answer["dependantsTotal"], 6);
    assert_eq!(answer["dependants"][0]["kind"], "online_service");
    assert_eq!(answer["dependants"][0]["owner"], "werk");
    assert_eq!(answer["dependants"][0]["title"], "Eintrag dienst");
    assert_eq!(
        texts(&answer["alternatives"], "slug"),
        ["ersatz", "gleichwertig", "neuer"]
    );
}

#[test]
fn a_depth_ends_the_walk_and_a_circle_ends_by_itself() {
    let app = app();
    let at = |depth: &str| {
        app.get(&format!("/v1/components/grund/impact?depth={depth}"))
            .expect(200)
            .json()
    };
    assert_eq!(at("1")["dependantsTotal"], 4);
    assert_eq!(at("2")["dependantsTotal"], 5);
    assert_eq!(at("3")["dependantsTotal"], 6);
    assert_eq!(at("10"), at("5"));
    assert_eq!(at("5"), ask(&app, "grund"));
    // With less depth, fewer bodies are concerned.
    assert_eq!(
        texts(&at("1")["organisations"], "slug"),
        ["haus", "mv", "nord", "sh", "werk"]
    );
    assert_eq!(at("1")["adoptionsTotal"], 4);
    assert_eq!(at("2")["adoptionsTotal"], 5);
    // The component itself is no dependant of its own.
    assert!(!dependants(&at("10")).iter().any(|d| d.starts_with("grund ")));
    for wrong in ["0", "11", "x", ""] {
        let errors = app
            .get(&format!("/v1/components/grund/impact?depth={wrong}"))
            .expect(400)
            .errors();
        assert_eq!(errors, ["depth: out_of_range"], "{wrong:?}");
    }
}

#[test]
fn each_body_counts_once_in_each_of_its_states_by_what_it_has_furthest() {
    let answer = ask(&app(), "grund");
    assert_eq!(
        answer["states"],
        json!([
            { "state": "DE-HH", "live": 1, "pilot": 0, "planned": 0 },
            // Live with one of them and on trial with another one.
            { "state": "DE-MV", "live": 1, "pilot": 0, "planned": 0 },
            // One body is live; another one tries one of them and is interested in another.
            { "state": "DE-SH", "live": 1, "pilot": 1, "planned": 0 },
        ])
    );
}

#[test]
fn uses_come_with_their_contracts_and_bodies_with_what_they_use_and_own() {
    let answer = ask(&app(), "grund");
    let adoptions: Vec<(&str, &str, &str)> = answer["adoptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| {
            let text = |name: &str| a[name].as_str().unwrap();
            (text("component"), text("organisation"), text("stage"))
        })
        .collect();
    assert_eq!(
        adoptions,
        [
            ("grund", "mv", "live"),
            ("grund", "sh", "pilot"),
            ("dienst", "mv", "pilot"),
            ("dienst", "nord", "live"),
            ("portal", "sh", "interested"),
        ]
    );
    assert_eq!(
        answer["adoptions"][0]["contract"],
        json!({ "basis": "in_house", "title": "Rahmen", "endsOn": "2030-12-31" })
    );
    assert!(answer["adoptions"][1].get("contract").is_none());
    assert_eq!(answer["adoptionsTotal"], 5);
    assert_eq!(
        answer["organisations"],
        json!([
            { "slug": "haus", "uses": [], "owns": ["teil", "ganzes", "abkoemmling", "fern"] },
            { "slug": "mv", "uses": ["grund", "dienst"], "owns": [] },
            { "slug": "nord", "uses": ["dienst"], "owns": [] },
            { "slug": "sh", "uses": ["grund", "portal"], "owns": [] },
            { "slug": "werk", "uses": [], "owns": ["dienst", "portal"] },
        ])
    );
    assert_eq!(answer["organisationsTotal"], 5);
    // The one that can still be ordered.
    assert_eq!(answer["offers"], 1);
}

#[test]
fn what_nobody_needs_concerns_nobody() {
    let answer = ask(&app(), "gleichwertig");
    for list in ["dependants", "states", "adoptions", "organisations"] {
        assert_eq!(answer[list], json!([]), "{list}");
    }
    for total in ["dependantsTotal", "adoptionsTotal", "organisationsTotal", "offers"] {
        assert_eq!(answer[total], 0, "{total}");
    }
    assert_eq!(texts(&answer["alternatives"], "slug"), ["grund"]);
}

#[test]
fn what_was_withdrawn_concerns_nobody_any_more_not_even_for_its_owner() {
    let app = app();
    let admin = Token::admin().sign();
    let who = app.acting(&admin).with("if-match", "*");
    who.delete("/v1/components/dienst/relations/depends-on/grund")
        .expect(204);
    who.delete("/v1/components/grund/adoptions/mv").expect(204);
    who.delete("/v1/components/grund/offers/dienst").expect(204);
    who.delete("/v1/components/abkoemmling").expect(204);
    who.delete("/v1/components/ersatz/relations/alternative-to/grund")
        .expect(204);
    let public = ask(&app, "grund");
    let expected = [
        "teil part_of grund 1",
        "ganzes part_of grund 1",
        "portal depends_on teil 2",
        "fern depends_on portal 3",
    ];
    for answer in [
        &public,
        &app.acting(&admin).get("/v1/components/grund/impact").expect(200).json(),
    ] {
        assert_eq!(dependants(answer), expected);
        assert_eq!(answer["adoptionsTotal"], 2, "{}", answer["adoptions"]);
        assert_eq!(answer["offers"], 0);
        assert_eq!(texts(&answer["alternatives"], "slug"), ["gleichwertig", "neuer"]);
    }
}

#[test]
fn a_component_that_is_missing_withdrawn_or_renamed_is_told_apart() {
    let app = app();
    app.get("/v1/components/fehlt/impact").expect(404);
    let admin = Token::admin().sign();
    let who = app.acting(&admin).with("if-match", "*");
    who.patch("/v1/components/grund", &json!({ "slug": "boden" }))
        .expect(200);
    let moved = app.get("/v1/components/grund/impact?depth=2").expect(308);
    assert_eq!(moved.header("location"), "/v1/components/boden/impact?depth=2");
    let answer = app.get(moved.header("location")).expect(200).json();
    assert_eq!(answer["dependantsTotal"], 5);
    assert_eq!(
        answer["organisations"][1],
        json!({ "slug": "mv", "uses": ["boden", "dienst"], "owns": [] })
    );
    who.delete("/v1/components/fern").expect(204);
    let gone = app.get("/v1/components/fern/impact").expect(410).json();
    assert_eq!(gone["tombstone"]["slug"], "fern");
}
