//! `GET /v1/components/{id}/dossier`. What fills which item has its own cases in `domain`.

use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::{catalogue, component, with};

fn ask(app: &TestApp, slug: &str) -> Value {
    app.get(&format!("/v1/components/{slug}/dossier")).expect(200).json()
}

fn item(answer: &Value, reference: &str) -> Value {
    let sections = answer["sections"].as_array().unwrap().iter();
    let mut items = sections.flat_map(|section| section["items"].as_array().unwrap());
    let found = items.find(|item| item["reference"] == reference);
    found.unwrap_or_else(|| panic!("no item {reference}")).clone()
}

fn tool() -> Value {
    component(
        "tool",
        "haus",
        json!({ "kind": "ai_tool", "details": { "kind": "ai_tool", "aiActClass": "high_risk", "purpose": { "de": "Entwürfe schreiben." } } }),
    )
}

#[test]
fn the_file_of_an_ai_tool_says_what_is_there_what_is_missing_and_where_it_would_be() {
    let app = catalogue(&[tool()]);
    let answer = ask(&app, "tool");
    assert_eq!(
        (&answer["component"], &answer["kind"]),
        (&json!("tool"), &json!("ai_tool"))
    );
    assert_eq!(answer["answeredOn"], "2026-11-23");
    let purpose = item(&answer, "ai-act/annex-viii/a/5");
    assert_eq!(
        (&purpose["status"], &purpose["pointer"]),
        (&json!("present"), &json!("/details/purpose"))
    );
    assert_eq!(purpose["values"], json!([{ "de": "Entwürfe schreiben." }]));
    let manual = item(&answer, "ai-act/annex-viii/a/12");
    assert_eq!(
        (&manual["status"], &manual["pointer"]),
        (&json!("missing"), &json!("/documentation"))
    );
    let missing = answer["sections"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|section| section["items"].as_array().unwrap())
        .filter(|item| item["status"] == "missing")
        .count();
    assert_eq!(answer["missing"], missing);
    assert!(missing > 10);
    // With a manual, one less is missing.
    app.import(&[with(tool(), json!({ "documentation": "https://example.org/handbuch" }))]);
    assert_eq!(ask(&app, "tool")["missing"], missing - 1);
}

#[test]
fn an_attestation_fills_its_item_until_it_expires() {
    let app = catalogue(&[tool()]);
    let reference = "ai-act/annex-viii/a/11";
    assert_eq!(item(&ask(&app, "tool"), reference)["status"], "missing");
    app.import(&[json!({
        "component": "tool",
        "key": "erklaerung",
        "scheme": "other_scheme",
        "criterion": reference,
        "value": "erklärt",
        "validFrom": "2026-01-01",
        "validUntil": "2026-11-23",
    })]);
    let path = "/v1/components/tool/dossier";
    let first = app.get(path).expect(200);
    let filled = item(&first.json(), reference);
    assert_eq!(
        (&filled["status"], &filled["asOf"]),
        (&json!("present"), &json!("2026-01-01"))
    );
    assert_eq!(filled["values"][0]["attestation"], "erklaerung");
    assert_eq!(filled["expired"], false);
    let tag = first.header("etag").to_owned();
    app.get_with(path, &[("if-none-match", &tag)]).expect(304);
    app.clock.advance(86_400);
    app.follow();
    let later = app.get_with(path, &[("if-none-match", &tag)]).expect(200).json();
    let expired = item(&later, reference);
    assert_eq!(
        (&expired["status"], &expired["expired"]),
        (&json!("missing"), &json!(true))
    );
}

#[test]
fn what_the_reader_does_not_see_fills_nothing() {
    let app = catalogue(&[super::body("fremd", "it_provider", &["DE-MV"]), tool()]);
    let reference = "ai-act/annex-viii/a/11";
    let attestation =
        json!({ "component": "tool", "key": "erklaerung", "scheme": "other_scheme", "criterion": reference });
    let seen_by = |organisation: Option<&str>| {
        let path = "/v1/components/tool/dossier";
        let answer = match organisation {
            None => app.get(path),
            Some(organisation) => app.acting(&Token::of(organisation).sign()).get(path),
        };
        item(&answer.expect(200).json(), reference)["status"] == "present"
    };
    for (more, expected) in [
        (json!({ "publication": "draft" }), [false, false, false]),
        (
            json!({ "publication": "published", "visibility": "parties" }),
            [false, false, true],
        ),
        (json!({ "visibility": "members" }), [false, true, true]),
        (json!({ "visibility": "public" }), [true, true, true]),
        (json!({ "publication": "withdrawn" }), [false, false, false]),
    ] {
        app.import(&[with(attestation.clone(), more.clone())]);
        let seen = [seen_by(None), seen_by(Some("fremd")), seen_by(Some("haus"))];
        assert_eq!(seen, expected, "{more}");
    }
}

#[test]
fn every_kind_has_a_file_and_what_is_no_component_has_none() {
    let kinds = [
        "ai_tool",
        "building_block",
        "cloud_service",
        "infrastructure",
        "online_service",
        "platform",
    ];
    let records: Vec<Value> = kinds
        .iter()
        .map(|kind| component(&kind.replace('_', "-"), "haus", json!({ "kind": kind })))
        .collect();
    let app = catalogue(&records);
    for kind in kinds {
        let answer = ask(&app, &kind.replace('_', "-"));
        assert_eq!(answer["kind"], kind);
        assert!(answer["missing"].as_u64().unwrap() > 0, "{kind}");
    }
    app.get("/v1/components/fehlt/dossier").expect(404);
    let errors = app.get("/v1/components/platform/dossier?lang=de").expect(400).errors();
    assert_eq!(errors, ["lang: unknown_parameter"]);
    let admin = Token::admin().sign();
    let who = app.acting(&admin).with("if-match", "*");
    who.patch("/v1/components/platform", &json!({ "slug": "neu" }))
        .expect(200);
    let moved = app.get("/v1/components/platform/dossier").expect(308);
    assert_eq!(moved.header("location"), "/v1/components/neu/dossier");
    who.delete("/v1/components/neu").expect(204);
    app.get("/v1/components/neu/dossier").expect(410);
}
