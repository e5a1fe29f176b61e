//! `GET /v1/components/{id}/relations`: walks.

use serde_json::json;
use tests::{TestApp, Token};

use super::{catalogue, component, relation};

/// Each relation as `component type target depth`.
fn walk(app: &TestApp, path: &str) -> Vec<String> {
    let answer = app.get(path).expect(200).json();
    assert_eq!(answer["truncated"], false);
    let items = answer["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            let slug = |name: &str| item[name]["slug"].as_str().unwrap().to_owned();
            format!(
                "{} {} {} {}",
                slug("component"),
                item["type"].as_str().unwrap(),
                slug("target"),
                item["depth"]
            )
        })
        .collect()
}

/// a → b → c → a, b → d, e → b.
fn app() -> TestApp {
    let mut records: Vec<_> = ["a", "b", "c", "d", "e"]
        .map(|slug| component(slug, "haus", json!({})))
        .into();
    records.extend([
        relation("a", "depends_on", "b"),
        relation("b", "part_of", "c"),
        relation("c", "depends_on", "a"),
        relation("b", "alternative_to", "d"),
        relation("e", "depends_on", "b"),
    ]);
    catalogue(&records)
}

#[test]
fn a_walk_goes_out_one_relation_far_where_nothing_else_is_said() {
    let app = app();
    let path = "/v1/components/a/relations";
    assert_eq!(walk(&app, path), ["a depends_on b 1"]);
    let answer = app.get(path).expect(200).json();
    assert_eq!(answer["component"], json!({ "slug": "a", "title": "Eintrag a" }));
    let item = &answer["items"][0];
    let relation = app.get("/v1/components/a/relations/depends-on/b").expect(200).json();
    assert_eq!(item["id"], relation["id"]);
    assert_eq!(item["target"]["title"], "Eintrag b");
    assert_eq!(
        walk(&app, &format!("/v1/components/{}/relations", component_id(&app, "a"))),
        ["a depends_on b 1"]
    );
}

fn component_id(app: &TestApp, slug: &str) -> String {
    let record = app.get(&format!("/v1/components/{slug}")).expect(200).json();
    record["id"].as_str().unwrap().to_owned()
}

#[test]
fn direction_depth_and_types_say_how_far_and_along_what() {
    let app = app();
    for (query, expected) in [
        ("direction=out&depth=1", vec!["b part_of c 1", "b alternative_to d 1"]),
        ("direction=in", vec!["a depends_on b 1", "e depends_on b 1"]),
        (
            "direction=both",
            vec![
                "a depends_on b 1",
                "e depends_on b 1",
                "b part_of c 1",
                "b alternative_to d 1",
            ],
        ),
        // Round the circle, each once, and back to where it began.
        (
            "depth=10",
            vec![
                "b part_of c 1",
                "b alternative_to d 1",
                "c depends_on a 2",
                "a depends_on b 3",
            ],
        ),
        (
            "depth=2",
            vec!["b part_of c 1", "b alternative_to d 1", "c depends_on a 2"],
        ),
        ("type=depends_on&depth=10", vec![]),
        (
            "type=part_of,depends_on&depth=3",
            vec!["b part_of c 1", "c depends_on a 2", "a depends_on b 3"],
        ),
        (
            "direction=in&type=depends_on&depth=10",
            vec!["a depends_on b 1", "e depends_on b 1", "c depends_on a 2"],
        ),
        (
            "direction=both&depth=2",
            vec![
                "a depends_on b 1",
                "e depends_on b 1",
                "b part_of c 1",
                "b alternative_to d 1",
                "c depends_on a 2",
            ],
        ),
    ] {
        assert_eq!(
            walk(&app, &format!("/v1/components/b/relations?{query}")),
            expected,
            "{query}"
        );
    }
}

#[test]
fn a_withdrawn_relation_is_walked_by_nobody() {
    let app = app();
    let admin = Token::admin().sign();
    app.acting(&admin)
        .with("if-match", "*")
        .delete("/v1/components/a/relations/depends-on/b")
        .expect(204);
    let path = "/v1/components/a/relations?direction=both&depth=3";
    let expected = [
        "c depends_on a 1",
        "b part_of c 2",
        "e depends_on b 3",
        "b alternative_to d 3",
    ];
    assert_eq!(walk(&app, path), expected);
    let seen = app.acting(&admin).get(path).expect(200).json();
    assert_eq!(seen["items"].as_array().unwrap().len(), expected.len());
}

#[test]
fn everything_that_is_wrong_with_a_walk_is_told_at_once() {
    let app = app();
    let errors = app
        .get("/v1/components/a/relations?direction=up&depth=11&type=depends_on,likes&limit=3")
        .expect(400)
        .errors();
    assert_eq!(
        errors,
        [
            "depth: out_of_range",
            "direction: unknown_value",
            "limit: unknown_parameter",
            "type: unknown_value",
        ]
    );
}

#[test]
fn a_renamed_component_leads_on_and_missing_and_withdrawn_ones_are_told_apart() {
    let app = app();
    let admin = Token::admin().sign();
    let who = app.acting(&admin).with("if-match", "*");
    who.patch("/v1/components/a", &json!({ "slug": "anfang" })).expect(200);
    let moved = app.get("/v1/components/a/relations?direction=in&depth=2").expect(308);
    assert_eq!(
        moved.header("location"),
        "/v1/components/anfang/relations?direction=in&depth=2"
    );
    assert_eq!(
        walk(&app, moved.header("location")),
        ["c depends_on anfang 1", "b part_of c 2"]
    );
    app.get("/v1/components/fehlt/relations").expect(404);
    who.delete("/v1/components/d").expect(204);
    let gone = app.get("/v1/components/d/relations").expect(410).json();
    assert_eq!(gone["tombstone"]["slug"], "d");
    // Nobody walks to what is gone.
    assert_eq!(walk(&app, "/v1/components/b/relations"), ["b part_of c 1"]);
}

#[test]
fn a_walk_that_has_not_changed_is_not_sent_again() {
    let app = app();
    let path = "/v1/components/a/relations?depth=3";
    let tag = app.get(path).expect(200).header("etag").to_owned();
    app.get_with(path, &[("if-none-match", &tag)]).expect(304);
    app.get_with("/v1/components/a/relations?depth=2", &[("if-none-match", &tag)])
        .expect(200);
    app.import(&[relation("a", "replaces", "e")]);
    app.get_with(path, &[("if-none-match", &tag)]).expect(200);
}
