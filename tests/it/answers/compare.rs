//! `GET /v1/components/compare`.

use serde_json::{Value, json};
use tests::TestApp;

use super::{catalogue, component, texts, with};

/// Two that share their kind, owner and levels and differ in the rest.
fn two() -> TestApp {
    let both = json!({ "levels": ["state", "municipal"] });
    catalogue(&[
        component(
            "eins",
            "haus",
            with(
                both.clone(),
                json!({ "licence": "EUPL-1.2", "endsOn": "2027-12-31", "successor": "zwei" }),
            ),
        ),
        component(
            "zwei",
            "haus",
            with(
                both,
                json!({ "licence": "MIT", "deployment": ["self_hosted", "saas"], "protection": { "integrity": "high" } }),
            ),
        ),
    ])
}

fn row<'v>(answer: &'v Value, field: &str) -> &'v Value {
    let rows = answer["rows"].as_array().unwrap();
    let found = rows.iter().find(|row| row["field"] == field);
    found.unwrap_or_else(|| panic!("no row {field}: {:?}", texts(&answer["rows"], "field")))
}

#[test]
fn what_is_unknown_is_null_and_the_order_is_that_of_the_question() {
    let app = two();
    let answer = app.get("/v1/components/compare?ids=zwei,eins").expect(200).json();
    assert_eq!(texts(&answer["components"], "slug"), ["zwei", "eins"]);
    assert_eq!(answer["components"][0]["title"], "Eintrag zwei");
    for (field, values, same) in [
        ("kind", json!([["platform"], ["platform"]]), true),
        ("levels", json!([["municipal", "state"], ["municipal", "state"]]), true),
        ("licence", json!([["MIT"], ["EUPL-1.2"]]), false),
        ("deployment", json!([["saas", "self_hosted"], null]), false),
        ("protection.integrity", json!([["high"], null]), false),
        ("endsOn", json!([null, ["2027-12-31"]]), false),
        ("successor", json!([null, ["zwei"]]), false),
    ] {
        assert_eq!(row(&answer, field)["values"], values, "{field}");
        assert_eq!(row(&answer, field)["same"], same, "{field}");
    }
    assert_eq!(
        row(&answer, "licence")["label"],
        json!({ "de": "Lizenz", "en": "Licence" })
    );
    // What none of them says is no row, and neither is what every entry has by itself.
    for absent in ["repository", "themes", "id", "slug", "title", "revision", "updatedAt"] {
        assert!(!texts(&answer["rows"], "field").contains(&absent), "{absent}");
    }
    assert_eq!(answer["asOf"], app.store().head().unwrap().0);
}

#[test]
fn collapsed_only_what_differs_is_left() {
    let app = two();
    let whole = app.get("/v1/components/compare?ids=eins,zwei").expect(200).json();
    assert_eq!(
        app.get("/v1/components/compare?ids=eins,zwei&collapse=false")
            .expect(200)
            .json(),
        whole
    );
    let collapsed = app
        .get("/v1/components/compare?ids=eins,zwei&collapse=true")
        .expect(200)
        .json();
    let differing: Vec<Value> = whole["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["same"] == false)
        .cloned()
        .collect();
    assert!(differing.len() >= 5 && differing.len() < whole["rows"].as_array().unwrap().len());
    assert_eq!(collapsed["rows"], json!(differing));
    let fields = texts(&collapsed["rows"], "field");
    assert!(!fields.contains(&"kind") && fields.contains(&"licence"), "{fields:?}");
}

#[test]
fn attestations_stand_side_by_side_and_what_expired_is_told() {
    let app = two();
    let attestation = |component: &str, key: &str, scheme: &str, more: Value| {
        with(json!({ "component": component, "key": key, "scheme": scheme }), more)
    };
    app.import(&[
        attestation(
            "eins",
            "c5",
            "bsi_c5_type2",
            json!({ "value": "erfüllt", "validUntil": "2026-11-22" }),
        ),
        attestation(
            "eins",
            "c5-neu",
            "bsi_c5_type2",
            json!({ "value": "erfüllt", "validUntil": "2026-11-23" }),
        ),
        attestation("zwei", "c5", "bsi_c5_type2", json!({})),
        attestation(
            "zwei",
            "daten",
            "sovereignty",
            json!({ "criterion": "Datenhaltung", "value": "in Deutschland" }),
        ),
        attestation("zwei", "iso", "iso_27001", json!({ "publication": "withdrawn" })),
    ]);
    let answer = app.get("/v1/components/compare?ids=eins,zwei").expect(200).json();
    assert_eq!(
        row(&answer, "attestations.bsi_c5_type2")["values"],
        json!([
            ["erfüllt (expired 2026-11-22)", "erfüllt (until 2026-11-23)"],
            ["attested"]
        ])
    );
    assert_eq!(
        row(&answer, "attestations.bsi_c5_type2")["label"]["en"],
        "BSI C5, type 2"
    );
    assert_eq!(
        row(&answer, "attestations.sovereignty: Datenhaltung")["values"],
        json!([null, ["in Deutschland"]])
    );
    assert!(!texts(&answer["rows"], "field").contains(&"attestations.iso_27001"));
    // A day later the other one has expired too.
    app.clock.advance(86_400);
    app.follow();
    let later = app.get("/v1/components/compare?ids=eins,zwei").expect(200).json();
    assert_eq!(
        row(&later, "attestations.bsi_c5_type2")["values"][0],
        json!(["erfüllt (expired 2026-11-22)", "erfüllt (expired 2026-11-23)"])
    );
}

#[test]
fn two_to_five_are_compared_and_everything_else_is_refused_with_all_that_is_wrong() {
    let records: Vec<Value> = ["a", "b", "c", "d", "e", "f"]
        .map(|slug| component(slug, "haus", json!({})))
        .into();
    let app = catalogue(&records);
    let five = app.get("/v1/components/compare?ids=e,d,c,b,a").expect(200).json();
    assert_eq!(texts(&five["components"], "slug"), ["e", "d", "c", "b", "a"]);
    let id = five["components"][4]["id"].as_str().unwrap();
    let by_id = app
        .get(&format!("/v1/components/compare?ids={id},b"))
        .expect(200)
        .json();
    assert_eq!(texts(&by_id["components"], "slug"), ["a", "b"]);
    for (query, expected) in [
        ("", vec!["ids: out_of_range"]),
        ("?ids=a", vec!["ids: out_of_range"]),
        ("?ids=a,b,c,d,e,f", vec!["ids: out_of_range"]),
        ("?ids=a,a", vec!["ids: repeated"]),
        (&format!("?ids=a,{id}"), vec!["ids: repeated"]),
        ("?ids=a,fehlt", vec!["ids: unknown_component"]),
        (
            "?ids=fehlt&collapse=ja&sort=title",
            vec![
                "collapse: invalid_flag",
                "ids: out_of_range",
                "ids: unknown_component",
                "sort: unknown_parameter",
            ],
        ),
    ] {
        let errors = app.get(&format!("/v1/components/compare{query}")).expect(400).errors();
        assert_eq!(errors, expected, "{query}");
    }
}

#[test]
fn a_renamed_component_is_found_by_its_earlier_slug_and_a_withdrawn_one_tells_nothing() {
    let app = two();
    let admin = tests::Token::admin().sign();
    let who = app.acting(&admin).with("if-match", "*");
    who.patch("/v1/components/eins", &json!({ "slug": "erste" }))
        .expect(200);
    let answer = app.get("/v1/components/compare?ids=eins,zwei").expect(200).json();
    assert_eq!(texts(&answer["components"], "slug"), ["erste", "zwei"]);
    who.delete("/v1/components/erste").expect(204);
    for key in ["eins", "erste"] {
        let answer = app.get(&format!("/v1/components/compare?ids={key},zwei")).expect(400);
        assert_eq!(answer.errors(), ["ids: withdrawn"], "{key}");
        assert!(!answer.text().contains("EUPL"), "{}", answer.text());
    }
}

#[test]
fn an_answer_is_known_until_something_changes() {
    let app = two();
    let path = "/v1/components/compare?ids=eins,zwei";
    let tag = app.get(path).expect(200).header("etag").to_owned();
    app.get_with(path, &[("if-none-match", &tag)]).expect(304);
    app.import(&[component("drei", "haus", json!({}))]);
    app.get_with(path, &[("if-none-match", &tag)]).expect(200);
}
