use tests::TestApp;

#[test]
fn titles_and_words_complete_what_is_typed() {
    let app = TestApp::sample();
    let texts = app.get("/v1/components/suggest?q=fit-c").expect(200).strings("text");
    assert_eq!(texts[0], "FIT-Connect");
    let texts = app
        .get("/v1/components/suggest?q=verwaltungscl&limit=3")
        .expect(200)
        .strings("text");
    assert!(
        texts.len() <= 3 && texts.iter().any(|t| t.to_lowercase().contains("verwaltungscloud")),
        "{texts:?}"
    );
}

#[test]
fn all_wrong_parameters_of_a_suggestion_are_named_at_once() {
    let app = TestApp::sample();
    assert_eq!(
        app.get("/v1/components/suggest?limit=99&nix=1").expect(400).errors(),
        ["limit: out_of_range", "nix: unknown_parameter", "q: required"]
    );
    assert_eq!(app.get("/v1/components/suggest").expect(400).errors(), ["q: required"]);
    for limit in ["0", "21", "x", ""] {
        let errors = app
            .query("/v1/components/suggest", &[("q", "a"), ("limit", limit)])
            .expect(400)
            .errors();
        assert_eq!(errors, ["limit: out_of_range"]);
    }
    app.query("/v1/components/suggest", &[("q", &"x".repeat(101))])
        .expect(400);
    app.get("/v1/components/suggest?q=a&q=b").expect(400);
}

#[test]
fn strange_beginnings_never_fail() {
    let app = TestApp::sample();
    for q in ["\"", "-", "ß", "\u{301}", "🏛️", "a\0", "((", "%", "İ"] {
        app.query("/v1/components/suggest", &[("q", q)]).expect(200);
    }
}
