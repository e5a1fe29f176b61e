//! Code lists, schemas, problem types, the changelog, the document.

use serde_json::Value;
use tests::{TestApp, contract, sample};

#[test]
fn every_code_list_that_is_listed_can_be_read() {
    let app = TestApp::sample();
    let list = app.get("/v1/vocabularies").expect(200).json();
    let items = list["items"].as_array().unwrap();
    assert!(items.len() > 10);
    for item in items {
        let vocabulary = app.get(item["url"].as_str().unwrap()).expect(200).json();
        assert_eq!(vocabulary["name"], item["name"]);
        for code in vocabulary["items"].as_array().unwrap() {
            assert!(
                code["label"]["de"].is_string() && code["label"]["en"].is_string(),
                "{code}"
            );
        }
    }
    app.get("/v1/vocabularies/nix").expect(404);
    app.get("/v1/vocabularies?x=1").expect(400);
}

#[test]
fn every_schema_accepts_the_sample_records_of_its_kind_and_refuses_others() {
    let app = TestApp::sample();
    let list = app.get("/v1/schemas").expect(200).json();
    for item in list["items"].as_array().unwrap() {
        let kind = item["name"].as_str().unwrap();
        let schema = app.get(item["url"].as_str().unwrap()).expect(200).json();
        let validator = jsonschema_of(&schema);
        let all: Vec<&Value> = match kind {
            "organisation" => sample::organisations().iter().collect(),
            "adoption" | "offer" | "attestation" | "relation" => sample::about(kind).iter().collect(),
            kind => sample::components().iter().filter(|r| r["kind"] == kind).collect(),
        };
        let mut seen = 0;
        for record in all {
            let errors: Vec<String> = validator
                .iter_errors(record)
                .map(|e| format!("{}: {e}", e.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{kind} {}: {errors:?}", record["slug"]);
            let mut wrong = record.clone();
            wrong["nix"] = Value::Bool(true);
            assert!(!validator.is_valid(&wrong), "{kind}");
            seen += 1;
        }
        assert!(seen > 0, "{kind}");
    }
    app.get("/v1/schemas/nix").expect(404);
}

fn jsonschema_of(schema: &Value) -> jsonschema::Validator {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

#[test]
fn every_problem_type_has_its_page() {
    let app = TestApp::sample();
    let list = app.get("/v1/problems").expect(200).json();
    for item in list["items"].as_array().unwrap() {
        assert_eq!(&app.get(item["type"].as_str().unwrap()).expect(200).json(), item);
    }
    let problem = app.get("/v1/nix").expect(404).json();
    assert_eq!(
        app.get(problem["type"].as_str().unwrap()).expect(200).json()["status"],
        404
    );
    app.get("/v1/problems/nix").expect(404);
}

#[test]
fn the_changelog_begins_with_this_version() {
    let app = TestApp::sample();
    let log = app.get("/v1/changelog").expect(200);
    assert_eq!(log.json()["items"][0]["version"], log.header("api-version"));
}

#[test]
fn the_document_is_served_as_json_and_as_yaml() {
    let app = TestApp::sample();
    let json = app.get("/openapi.json").expect(200);
    assert_eq!(&json.json(), contract::document());
    let yaml = app.get("/openapi.yaml").expect(200);
    assert!(yaml.text().starts_with("openapi: "), "{}", &yaml.text()[..40]);
    let cors = app
        .get_with("/openapi.json", &[("origin", "https://editor.example.org")])
        .expect(200);
    assert_eq!(cors.header("access-control-allow-origin"), "*");
}

#[test]
fn the_pages_for_people_load_nothing_from_outside() {
    let app = TestApp::sample();
    let docs = app.get("/docs/").expect(200).text();
    assert!(docs.contains("swagger-ui"));
    assert!(!docs.contains("https://") && !docs.contains("http://"), "{docs}");
    let moved = app.get("/docs");
    assert!(
        matches!(moved.status, 307 | 308) && moved.header("location") == "/docs/",
        "{moved:?}"
    );
    let index = app.get_with("/", &[("accept", "text/html,*/*;q=0.8")]).expect(200);
    assert_eq!(index.media_type(), "text/html");
    assert!(!index.text().contains("src=\"http"), "{}", index.text());
}
