use serde_json::{Value, json};
use tests::TestApp;

fn with(slug: &str, publication: &str) -> Value {
    let mut one = super::component(slug, &format!("Geheimsache {slug}"));
    one["publication"] = json!(publication);
    one["tags"] = json!(["geheimsache", format!("nur-{slug}")]);
    one
}

#[test]
fn what_is_not_published_is_nowhere_to_be_seen() {
    let app = TestApp::with(&[
        with("entwurf", "draft"),
        with("pruefung", "in_review"),
        with("offen", "published"),
    ]);
    for hidden in ["entwurf", "pruefung"] {
        app.get(&format!("/v1/components/{hidden}")).expect(404);
        app.get(&format!("/v1/components/{hidden}/similar")).expect(404);
    }
    let list = app.get("/v1/components?facets=tags&q=geheimsache").expect(200);
    assert_eq!(list.slugs(), ["offen"]);
    assert_eq!(list.total(), 1);
    let tags: Vec<Value> = list.json()["facets"]["tags"].as_array().unwrap().clone();
    assert_eq!(tags.len(), 2, "{tags:?}");
    assert!(tags.iter().all(|t| t["count"] == 1), "{tags:?}");
    assert_eq!(app.get("/v1/components?sort=slug").expect(200).slugs(), ["offen"]);
    assert_eq!(
        app.get("/v1/components?slug=entwurf,offen").expect(200).slugs(),
        ["offen"]
    );
    assert_eq!(
        app.get("/v1/components?kind.not=platform").expect(200).slugs(),
        ["offen"]
    );
    assert_eq!(
        app.get("/v1/components?lifecycle.exists=false").expect(200).slugs(),
        ["offen"]
    );
    assert_eq!(app.get("/v1/components/offen/similar").expect(200).slugs(), [""; 0]);
    assert_eq!(app.get("/v1/status").expect(200).json()["components"], 1);
    let texts = app.get("/v1/components/suggest?q=geheim&limit=20").expect(200).text();
    assert!(!texts.contains("entwurf") && !texts.contains("pruefung"), "{texts}");
}

#[test]
fn words_that_stand_only_in_drafts_are_not_suggested() {
    let mut draft = super::component("entwurf", "Quittenbrotverzeichnis");
    draft["publication"] = json!("draft");
    let app = TestApp::with(&[draft, super::component("offen", "Offen")]);
    assert_eq!(
        app.get("/v1/components/suggest?q=quitt").expect(200).json()["items"],
        json!([])
    );
    // Nor are they what a typo is corrected to.
    let answer = app.get("/v1/components?q=quittenbrotverzeichnus").expect(200);
    assert!(
        !answer.text().to_lowercase().contains("quittenbrotverzeichnis"),
        "{}",
        answer.text()
    );
    assert_eq!(answer.total(), 0);
}

#[test]
fn a_withdrawn_component_leaves_its_tombstone() {
    let app = TestApp::with(&[super::component("weg", "Weg"), super::component("da", "Da")]);
    let before = app.get("/v1/components/weg").expect(200).json();
    let mut gone = super::component("weg", "Weg");
    gone["publication"] = json!("withdrawn");
    app.import(&[gone]);
    for key in ["weg", before["id"].as_str().unwrap()] {
        let answer = app.get(&format!("/v1/components/{key}")).expect(410).json();
        assert_eq!(
            answer["tombstone"],
            json!({ "id": before["id"], "slug": "weg", "revision": 2 })
        );
    }
    app.get("/v1/components/weg/similar").expect(404);
    assert_eq!(app.get("/v1/components").expect(200).slugs(), ["da"]);
    let mut back = super::component("weg", "Weg");
    back["publication"] = json!("published");
    app.import(&[back]);
    assert_eq!(app.get("/v1/components/weg").expect(200).header("etag"), "\"r3\"");
}

#[test]
fn a_draft_that_is_published_appears_and_a_published_one_that_becomes_a_draft_disappears() {
    let app = TestApp::with(&[with("eins", "draft"), with("zwei", "published")]);
    app.import(&[with("eins", "published"), with("zwei", "draft")]);
    assert_eq!(app.get("/v1/components").expect(200).slugs(), ["eins"]);
    app.get("/v1/components/eins").expect(200);
    app.get("/v1/components/zwei").expect(404);
}
