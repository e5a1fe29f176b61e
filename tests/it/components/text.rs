use serde_json::json;
use tests::TestApp;

fn found(app: &TestApp, q: &str) -> Vec<String> {
    app.query("/v1/components", &[("q", q), ("limit", "200")])
        .expect(200)
        .slugs()
}

#[test]
fn the_title_finds_its_component_first() {
    let app = TestApp::sample();
    assert_eq!(found(&app, "FIT-Connect")[0], "fit-connect");
    assert_eq!(found(&app, "apache activemq")[0], "activemq");
}

#[test]
fn umlauts_compounds_and_unfinished_words_are_found() {
    let app = TestApp::with(&[
        super::component("pruefung", "Prüfungsanmeldung"),
        super::component("strasse", "Straßenverkehrsamt"),
        super::component("haus", "Krankenhausplanung"),
    ]);
    for (q, slug) in [
        ("Pruefungsanmeldung", "pruefung"),
        ("prüfung", "pruefung"),
        ("anmeldung", "pruefung"),
        ("strassenverkehr", "strasse"),
        ("Krankenhäuser", "haus"),
        ("krankenhausplan", "haus"),
        ("Krankenhausplanug", "haus"),
    ] {
        assert!(
            found(&app, q).contains(&slug.to_owned()),
            "{q} finds {:?}",
            found(&app, q)
        );
    }
}

#[test]
fn a_phrase_in_quotes_stands_in_this_order() {
    let mut one = super::component("eins", "Digitaler Antrag");
    one["description"] = json!({ "de": "Die Stadt plant den digitalen Antrag auf Wohngeld." });
    let mut other = super::component("zwei", "Wohngeld");
    other["description"] = json!({ "de": "Antrag, digital: für Bürgerinnen." });
    let app = TestApp::with(&[one, other]);
    assert_eq!(found(&app, "\"digitalen Antrag\""), ["eins"]);
    assert_eq!(found(&app, "antrag digital").len(), 2);
}

#[test]
fn a_corrected_word_is_named() {
    let app = TestApp::sample();
    let answer = app
        .query("/v1/components", &[("q", "Verwaltungscluod")])
        .expect(200)
        .json();
    assert!(answer["total"].as_u64().unwrap() > 0);
    assert!(
        answer["corrections"].as_array().is_some_and(|c| !c.is_empty()),
        "{}",
        answer["corrections"]
    );
}

#[test]
fn blank_text_is_no_query_and_strange_text_finds_nothing_or_something_but_never_fails() {
    let app = TestApp::sample();
    let all = app.get("/v1/components?limit=0").expect(200).total();
    assert_eq!(
        app.query("/v1/components", &[("q", "   "), ("limit", "0")])
            .expect(200)
            .total(),
        all
    );
    let long = "ä".repeat(500);
    for q in [
        "\"",
        "\"\"",
        "-",
        "*",
        "a",
        "\u{202e}abc",
        "🏛️",
        "' OR 1=1 --",
        "(((",
        &long,
        "x\ny",
        "İ",
        "ﬀ",
    ] {
        app.query("/v1/components", &[("q", q)]).expect(200);
    }
    let errors = app
        .query("/v1/components", &[("q", &"ä".repeat(501))])
        .expect(400)
        .errors();
    assert_eq!(errors, ["q: too_long"]);
    let errors = app.query("/v1/components", &[("q", "a\0b")]).expect(400).errors();
    assert_eq!(errors, ["q: control_character"]);
}
