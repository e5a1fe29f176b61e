use std::collections::BTreeSet;

use tests::TestApp;

#[test]
fn similar_components_are_others_and_each_comes_once() {
    let app = TestApp::sample();
    let similar = app
        .get("/v1/components/fit-connect/similar?limit=50")
        .expect(200)
        .slugs();
    assert!(!similar.is_empty() && similar.len() <= 50);
    assert!(!similar.contains(&"fit-connect".to_owned()));
    assert_eq!(similar.iter().collect::<BTreeSet<_>>().len(), similar.len());
    let few = app
        .get("/v1/components/fit-connect/similar?limit=3")
        .expect(200)
        .slugs();
    assert_eq!(few, similar[..3]);
}

#[test]
fn what_shares_much_comes_first() {
    let with = |slug: &str, tags: &[&str]| {
        let mut one = super::component(slug, slug);
        one["tags"] = serde_json::json!(tags);
        one
    };
    let app = TestApp::with(&[
        with("eins", &["selten", "auch-selten"]),
        with("zwilling", &["selten", "auch-selten"]),
        with("halb", &["selten"]),
        with("fremd", &["anders"]),
        with("fremd-2", &["anders", "viertes"]),
        with("fremd-3", &["anders"]),
        with("fremd-4", &["anders"]),
        with("fremd-5", &["anders"]),
        with("fremd-6", &["anders"]),
    ]);
    let similar = app.get("/v1/components/eins/similar").expect(200).slugs();
    assert_eq!(similar[..2], ["zwilling", "halb"]);
}

#[test]
fn wrong_parameters_are_refused() {
    let app = TestApp::sample();
    for query in ["limit=0", "limit=51", "limit=x", "q=a", "limit=1&limit=2"] {
        app.get(&format!("/v1/components/fit-connect/similar?{query}"))
            .expect(400);
    }
}
