//! `GET /v1/components/{id}/cost-share`.

use std::collections::BTreeMap;

use domain::code_list::CodeList;
use domain::cost_share::Key;
use domain::statement::{Citation, Text};
use domain::values::State;
use serde_json::{Value, json};
use testdb::TestDb;
use tests::{TestApp, Token};
use verbundkatalog::state::Limits;

use super::{body, catalogue, component};

/// 1 for Schleswig-Holstein, 2 for Hamburg, 3 for Mecklenburg-Vorpommern: made up for these tests.
fn key() -> Key {
    let weights = [("DE-SH", 1), ("DE-HH", 2), ("DE-MV", 3)];
    let shares: BTreeMap<State, u32> = weights.map(|(code, w)| (State::from_code(code).unwrap(), w)).into();
    Key {
        name: "testschluessel".parse().unwrap(),
        title: Text::fixed("Testschlüssel", "Test key"),
        year: 2020,
        source: Citation::untraced("Für diesen Test erfunden"),
        shares,
    }
}

fn with_key() -> TestApp {
    let limits = Limits {
        cost_keys: vec![key()],
        ..Limits::default()
    };
    let app = TestApp::over(TestDb::sqlite(), limits);
    app.import(&[
        body("haus", "it_provider", &["DE-SH"]),
        component("eins", "haus", json!({})),
    ]);
    app
}

fn ask(app: &TestApp, query: &str) -> Value {
    app.get(&format!("/v1/components/eins/cost-share?{query}"))
        .expect(200)
        .json()
}

fn errors(app: &TestApp, query: &str) -> Vec<String> {
    app.get(&format!("/v1/components/eins/cost-share?{query}"))
        .expect(400)
        .errors()
}

/// State, parts of a million, and euros of each share.
fn shares(answer: &Value) -> Vec<(&str, u64, Option<f64>)> {
    let all = answer["shares"].as_array().unwrap().iter();
    all.map(|share| {
        assert_eq!(share["payer"], "reusing_state");
        (
            share["state"].as_str().unwrap(),
            share["partsPerMillion"].as_u64().unwrap(),
            share["amount"].as_f64(),
        )
    })
    .collect()
}

fn plain() -> TestApp {
    catalogue(&[component("eins", "haus", json!({}))])
}

#[test]
fn equal_shares_add_up_to_the_cent_whatever_the_order_of_the_question() {
    let app = plain();
    // 100.01 euros in three: 33.336…; two cents are left, for the first two in the order of the states.
    let answer = ask(&app, "states=DE-SH,DE-MV,DE-HH&amount=100.01");
    assert_eq!(
        shares(&answer),
        [
            ("DE-HH", 333_334, Some(33.34)),
            ("DE-MV", 333_333, Some(33.34)),
            ("DE-SH", 333_333, Some(33.33)),
        ]
    );
    assert_eq!(answer["amount"], 100.01);
    assert_eq!(
        (&answer["estimate"], &answer["formula"]),
        (&json!(true), &json!("equal"))
    );
    assert_eq!(answer["assumptions"], json!([]));
    assert!(answer.get("key").is_none() && answer.get("joining").is_none());
    assert!(answer["notice"]["de"].as_str().unwrap().starts_with("Schätzung"));
    assert_eq!(
        ask(&app, "states=DE-HH,DE-SH,DE-MV&amount=100.01&key=equal&formula=equal"),
        answer
    );
    // The digits that AGS begin with name a state, too.
    assert_eq!(ask(&app, "states=01,13,02&amount=100.01"), answer);
    let without = ask(&app, "states=DE-SH");
    assert_eq!(shares(&without), [("DE-SH", 1_000_000, None)]);
    assert!(without.get("amount").is_none());
    assert_eq!(
        shares(&ask(&app, "states=DE-SH,DE-HH&amount=0")),
        [("DE-HH", 500_000, Some(0.0)), ("DE-SH", 500_000, Some(0.0))]
    );
}

#[test]
fn a_configured_key_shares_by_its_weights_and_says_where_they_come_from() {
    let app = with_key();
    // Sixths of 10,000.01 euros: 3,333.336…, 5,000.005, 1,666.668…; the one cent that is left goes to the largest remainder.
    let answer = ask(&app, "key=testschluessel&states=DE-SH,DE-HH,DE-MV&amount=10000.01");
    assert_eq!(
        shares(&answer),
        [
            ("DE-HH", 333_333, Some(3333.34)),
            ("DE-MV", 500_000, Some(5000.0)),
            ("DE-SH", 166_667, Some(1666.67)),
        ]
    );
    assert_eq!(answer["formula"], "key");
    assert_eq!(
        answer["key"],
        json!({
            "name": "testschluessel",
            "title": { "de": "Testschlüssel", "en": "Test key" },
            "year": 2020,
            "source": { "title": "Für diesen Test erfunden" },
        })
    );
    // Only those that take part count.
    assert_eq!(
        shares(&ask(&app, "key=testschluessel&states=DE-SH,DE-MV")),
        [("DE-MV", 750_000, None), ("DE-SH", 250_000, None)]
    );
}

#[test]
fn who_joins_pays_and_the_others_pay_less() {
    let app = with_key();
    let answer = ask(&app, "key=testschluessel&states=DE-SH,DE-HH&amount=600&joining=DE-MV");
    // A third and two thirds of 600 before; a sixth, two sixths and three sixths after.
    assert_eq!(
        shares(&answer),
        [("DE-HH", 666_667, Some(400.0)), ("DE-SH", 333_333, Some(200.0))]
    );
    assert_eq!(answer["joining"]["state"], "DE-MV");
    let changes: Vec<(&str, f64, f64, f64, i64)> = answer["joining"]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            (
                c["state"].as_str().unwrap(),
                c["before"]["amount"].as_f64().unwrap(),
                c["after"]["amount"].as_f64().unwrap(),
                c["differenceAmount"].as_f64().unwrap(),
                c["differencePerMillion"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        changes,
        [
            ("DE-HH", 400.0, 200.0, -200.0, -333_334),
            ("DE-MV", 0.0, 300.0, 300.0, 500_000),
            ("DE-SH", 200.0, 100.0, -100.0, -166_666),
        ]
    );
}

#[test]
fn a_key_that_nobody_configured_is_refused_with_those_that_are() {
    let detail = |app: &TestApp| {
        let answer = app
            .get("/v1/components/eins/cost-share?key=geheim&states=DE-SH")
            .expect(400);
        assert_eq!(answer.errors(), ["key: unknown_key"]);
        answer.json()["errors"][0]["detail"].as_str().unwrap().to_owned()
    };
    assert!(
        detail(&plain()).contains("No key is configured"),
        "{}",
        detail(&plain())
    );
    assert!(
        detail(&with_key()).contains("known: equal, testschluessel"),
        "{}",
        detail(&with_key())
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let app = with_key();
    assert_eq!(errors(&app, ""), ["states: required"]);
    assert_eq!(
        errors(
            &app,
            "key=geheim&formula=halb&states=DE-SH,DE-XX&amount=1.005&joining=XX&jahr=2020"
        ),
        [
            "amount: out_of_range",
            "formula: unknown_value",
            "jahr: unknown_parameter",
            "joining: unknown_state",
            "key: unknown_key",
            "states: unknown_state",
        ]
    );
    assert_eq!(
        errors(&app, "states=DE-SH,DE-HH,DE-SH&joining=DE-HH"),
        ["joining: duplicate", "states: duplicate"]
    );
    // What cannot be read hides nothing of the rest, and stands for nothing itself.
    assert_eq!(
        errors(&app, "states=DE-SH,DE-SH&joining=DE-SH&formula=key&amount=-1"),
        [
            "amount: out_of_range",
            "joining: duplicate",
            "key: required",
            "states: duplicate",
        ]
    );
    assert_eq!(
        errors(&app, "states=DE-XX&formula=efa&key=testschluessel&amount=x"),
        vec!["amount: out_of_range"; 1]
            .into_iter()
            .chain(vec!["key: incomplete_key"; 13])
            .chain(["states: unknown_state"])
            .collect::<Vec<_>>()
    );
    assert_eq!(
        errors(&app, "states=DE-XX&formula=key"),
        ["key: required", "states: unknown_state"]
    );
    assert_eq!(errors(&app, "states=DE-SH&formula=key"), ["key: required"]);
    assert_eq!(errors(&app, "states=DE-SH&formula=efa"), ["key: required"]);
    assert_eq!(
        errors(&app, "states=DE-SH&formula=equal&key=testschluessel"),
        ["key: contradiction"]
    );
    assert_eq!(
        errors(&app, "states=DE-SH,DE-HB&key=testschluessel"),
        ["key: incomplete_key"]
    );
    assert_eq!(
        errors(&app, "states=DE-SH&key=testschluessel&joining=DE-HB"),
        ["key: incomplete_key"]
    );
    for amount in ["-1", "x", "", "100000000001", "1e400", "null", "\"5\"", "[5]"] {
        let query = tests::url("", &[("states", "DE-SH"), ("amount", amount)]);
        assert_eq!(
            errors(&app, query.trim_start_matches('?')),
            ["amount: out_of_range"],
            "{amount}"
        );
    }
}

#[test]
fn the_component_must_be_there() {
    let app = plain();
    app.get("/v1/components/fehlt/cost-share?states=DE-SH").expect(404);
    let admin = Token::admin().sign();
    let who = app.acting(&admin).with("if-match", "*");
    who.patch("/v1/components/eins", &json!({ "slug": "zwei" })).expect(200);
    let moved = app.get("/v1/components/eins/cost-share?states=DE-SH,DE-HH").expect(308);
    assert_eq!(
        moved.header("location"),
        "/v1/components/zwei/cost-share?states=DE-SH,DE-HH"
    );
    who.delete("/v1/components/zwei").expect(204);
    app.get("/v1/components/zwei/cost-share?states=DE-SH").expect(410);
}
