use serde_json::json;
use tests::TestApp;

#[test]
fn a_component_is_answered_by_slug_and_by_id() {
    let app = TestApp::sample();
    let by_slug = app.get("/v1/components/fit-connect").expect(200);
    let id = by_slug.json()["id"].as_str().unwrap().to_owned();
    let by_id = app.get(&format!("/v1/components/{id}")).expect(200);
    assert_eq!(by_slug.body, by_id.body);
    assert_eq!(by_slug.header("etag"), "\"r1\"");
    app.get(&format!("/v1/components/{}", id.replace('-', ""))).expect(404);
}

#[test]
fn what_is_not_there_is_not_found() {
    let app = TestApp::sample();
    for key in [
        "gibt-es-nicht",
        "FIT-CONNECT",
        "01980c2e-7a00-7000-8000-ffffffffffff",
        "%20",
        "%2e%2e%2f",
        "a%00b",
        "%F0%9F%98%80",
        "dataport",
    ] {
        app.get(&format!("/v1/components/{key}")).expect(404);
        app.get(&format!("/v1/components/{key}/similar")).expect(404);
    }
}

#[test]
fn a_record_is_not_sent_again_while_it_is_the_same() {
    let app = TestApp::own_sample();
    let path = "/v1/components/fit-connect";
    let tag = app.get(path).expect(200).header("etag").to_owned();
    let same = app.get_with(path, &[("if-none-match", &tag)]).expect(304);
    assert_eq!(same.header("etag"), tag);
    for known in ["*", "\"x\", \"r1\"", "W/\"r1\""] {
        app.get_with(path, &[("if-none-match", known)]).expect(304);
    }
    app.get_with(path, &[("if-none-match", "\"r2\"")]).expect(200);
    let mut record = tests::sample::components()
        .iter()
        .find(|c| c["slug"] == "fit-connect")
        .unwrap()
        .clone();
    record["summary"]["de"] = json!("Neu gefasst.");
    app.clock.advance(60);
    app.import(&[record]);
    let changed = app.get_with(path, &[("if-none-match", &tag)]).expect(200);
    assert_eq!(changed.header("etag"), "\"r2\"");
    assert_eq!(changed.json()["summary"]["de"], "Neu gefasst.");
    assert_eq!(changed.json()["createdAt"], "2026-11-23T09:30:00.000000Z");
    assert_eq!(changed.json()["updatedAt"], "2026-11-23T09:31:00.000000Z");
}

#[test]
fn fields_and_lang_shape_a_record_and_its_tag() {
    let app = TestApp::sample();
    let part = app
        .get("/v1/components/fit-connect?fields=title,slug&lang=de")
        .expect(200);
    assert_eq!(part.json(), json!({ "slug": "fit-connect", "title": "FIT-Connect" }));
    assert_eq!(part.header("content-language"), "de");
    assert_ne!(part.header("etag"), "\"r1\"");
    app.get_with(
        "/v1/components/fit-connect?fields=title,slug&lang=de",
        &[("if-none-match", part.header("etag"))],
    )
    .expect(304);
    app.get_with("/v1/components/fit-connect", &[("if-none-match", part.header("etag"))])
        .expect(200);
}

#[test]
fn all_wrong_parameters_of_a_record_are_named_at_once() {
    let app = TestApp::sample();
    let errors = app
        .get("/v1/components/fit-connect?fields=nix&limit=5&lang=%21&what=1")
        .expect(400)
        .errors();
    assert!(errors.contains(&"fields: unknown_value".to_owned()), "{errors:?}");
    assert!(errors.contains(&"limit: unknown_parameter".to_owned()), "{errors:?}");
    assert!(errors.contains(&"what: unknown_parameter".to_owned()), "{errors:?}");
    assert!(errors.iter().any(|e| e.starts_with("lang: ")), "{errors:?}");
    assert_eq!(errors.len(), 4);
}

#[test]
fn an_earlier_slug_leads_to_the_current_one() {
    let app = TestApp::own_sample();
    let id = app.get("/v1/components/fit-connect").expect(200).json()["id"].clone();
    let mut record = tests::sample::components()
        .iter()
        .find(|c| c["slug"] == "fit-connect")
        .unwrap()
        .clone();
    record["slug"] = json!("fit-connect-neu");
    record["id"] = id;
    app.import(&[record]);
    let moved = app.get("/v1/components/fit-connect").expect(308);
    assert_eq!(moved.header("location"), "/v1/components/fit-connect-neu");
    app.get(moved.header("location")).expect(200);
    app.send("HEAD", "/v1/components/fit-connect", &[], "").expect(308);
}
