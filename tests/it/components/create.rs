use domain::access::Scope;
use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::component;

fn editor() -> String {
    Token::of("dataport").scopes(&[Scope::ComponentsWrite]).sign()
}

fn app() -> TestApp {
    TestApp::with(&[])
}

#[test]
fn a_new_component_is_a_draft_that_only_its_organisation_sees() {
    let app = app();
    let answer = app
        .acting(&editor())
        .post("/v1/components", &component("neu", "Neuer Dienst"))
        .expect(201);
    assert_eq!(answer.header("location"), "/v1/components/neu");
    assert_eq!(answer.header("etag"), "\"r1\"");
    let record = answer.json();
    assert_eq!(record["publication"], "draft");
    assert_eq!(record["revision"], 1);
    app.get("/v1/components/neu").expect(404);
    assert_eq!(app.get("/v1/components").expect(200).total(), 0);
    assert_eq!(
        app.acting(&editor()).get("/v1/components/neu").expect(200).json(),
        record
    );
    assert_eq!(app.acting(&editor()).get("/v1/components").expect(200).slugs(), ["neu"]);
    let foreign = Token::of("dvz-mv").scopes(&[Scope::ComponentsWrite]).sign();
    app.acting(&foreign).get("/v1/components/neu").expect(404);
}

#[test]
fn what_was_just_written_is_read_and_found_at_once() {
    let app = app();
    let mut published = component("neu", "Quittenbrotverzeichnis");
    published["publication"] = json!("published");
    app.acting(&editor()).post("/v1/components", &published).expect(201);
    assert_eq!(app.get("/v1/components?q=quittenbrot").expect(200).slugs(), ["neu"]);
    let record = app.get("/v1/components/neu").expect(200).json();
    assert!(record["publishedAt"].is_string(), "{record}");
}

#[test]
fn the_title_suggests_a_slug_and_a_taken_one_is_a_conflict() {
    let app = app();
    let mut nameless = component("x", "Neuer Dienst");
    nameless.as_object_mut().unwrap().remove("slug");
    let answer = app.acting(&editor()).post("/v1/components", &nameless).expect(201);
    assert_eq!(answer.json()["slug"], "neuer-dienst");
    let conflict = app
        .acting(&editor())
        .post("/v1/components", &nameless)
        .expect(409)
        .json();
    assert_eq!(conflict["code"], "conflict");
    let detail = conflict["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("`neuer-dienst`"), "{conflict}");
}

#[test]
fn without_a_token_nothing_is_created_and_with_another_organisations_neither() {
    let app = app();
    let body = component("neu", "Neu");
    let answer = app.post("/v1/components", &body).expect(401);
    assert!(answer.header("www-authenticate").starts_with("Bearer"), "{answer:?}");
    let reader = Token::of("dataport").sign();
    let answer = app.acting(&reader).post("/v1/components", &body).expect(403);
    assert_eq!(answer.json()["missingScope"], "components:write");
    let foreign = Token::of("dvz-mv").scopes(&[Scope::ComponentsWrite]).sign();
    app.acting(&foreign).post("/v1/components", &body).expect(403);
    app.acting(&Token::admin().sign()).get("/v1/components/neu").expect(404);
    app.acting(&Token::admin().sign())
        .post("/v1/components", &body)
        .expect(201);
}

#[test]
fn every_fault_of_a_document_is_named_at_once() {
    let app = app();
    let mut wrong = component("neu", "Neu");
    wrong["kind"] = json!("platfrom");
    wrong["colour"] = json!("blue");
    wrong["homepage"] = json!("no address");
    let errors = app
        .acting(&editor())
        .post("/v1/components", &wrong)
        .expect(400)
        .errors();
    assert_eq!(
        errors,
        [
            "/colour: unknown_field",
            "/homepage: invalid_url",
            "/kind: unknown_value"
        ]
    );
    let mut lost = component("neu", "Neu");
    lost["successor"] = json!("niemand");
    lost["roles"] = json!({ "operator": ["keine-organisation"] });
    lost["publication"] = json!("withdrawn");
    let errors = app.acting(&editor()).post("/v1/components", &lost).expect(400).errors();
    assert_eq!(
        errors,
        [
            "/publication: not_possible",
            "/roles/operator/0: unknown_organisation",
            "/successor: unknown_component"
        ]
    );
}

#[test]
fn a_dry_run_tells_all_and_changes_nothing() {
    let app = app();
    let before = app.store().head().unwrap();
    let answer = app
        .acting(&editor())
        .post("/v1/components?dryRun=true", &component("neu", "Neu"))
        .expect(200);
    let preview = answer.json();
    assert_eq!(preview["dryRun"], true);
    assert_eq!(preview["status"], 201);
    assert_eq!(preview["record"]["slug"], "neu");
    let gaps: Vec<&str> = preview["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["pointer"].as_str().unwrap())
        .collect();
    assert!(gaps.contains(&"/lifecycle"), "{gaps:?}");
    assert_eq!(app.store().head().unwrap(), before);
    app.acting(&editor()).get("/v1/components/neu").expect(404);
}

#[test]
fn probable_duplicates_are_told_with_their_reasons() {
    let app = app();
    let mut first = component("eins", "Formularserver Nord");
    first["publication"] = json!("published");
    first["repository"] = json!("https://gitlab.example.org/a/b");
    app.acting(&editor()).post("/v1/components", &first).expect(201);
    let mut second = component("zwei", "formularserver nord");
    second["repository"] = json!("https://gitlab.example.org/a/b");
    let preview = app
        .acting(&editor())
        .post("/v1/components?dryRun=true", &second)
        .expect(200)
        .json();
    let found: Vec<&Value> = preview["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["code"] == "probable_duplicate")
        .collect();
    assert_eq!(found.len(), 1, "{preview}");
    assert_eq!(found[0]["other"], "eins");
    let detail = found[0]["detail"].as_str().unwrap();
    assert!(
        detail.contains("Formularserver Nord") && detail.contains("gitlab.example.org"),
        "{detail}"
    );
}

#[test]
fn a_key_makes_a_request_work_once() {
    let app = app();
    let acting = app.acting(&editor()).with("idempotency-key", "k-1");
    let mut body = component("neu", "Neu");
    body.as_object_mut().unwrap().remove("slug");
    let first = acting.post("/v1/components", &body).expect(201);
    let again = acting.post("/v1/components", &body).expect(201);
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(again.header("idempotency-replayed"), "true");
    body["title"]["de"] = json!("Anders");
    let reused = acting.post("/v1/components", &body).expect(422).json();
    assert_eq!(reused["code"], "idempotency_key_reused");
    // Somebody else may use the same key.
    let other = Token::of("dataport")
        .scopes(&[Scope::ComponentsWrite])
        .subject("other")
        .sign();
    app.acting(&other)
        .with("idempotency-key", "k-1")
        .post("/v1/components", &body)
        .expect(201);
    assert_eq!(app.acting(&editor()).get("/v1/components").expect(200).total(), 2);
}

#[test]
fn a_refused_request_leaves_its_key_free() {
    let app = app();
    let acting = app.acting(&editor()).with("idempotency-key", "k");
    let mut body = component("neu", "Neu");
    body["kind"] = json!("nothing");
    acting.post("/v1/components", &body).expect(400);
    acting
        .post("/v1/components?dryRun=true", &component("neu", "Neu"))
        .expect(200);
    acting.post("/v1/components", &component("neu", "Neu")).expect(201);
}

#[test]
fn twenty_equal_requests_at_once_with_one_key_make_one_entry() {
    let app = app();
    let token = editor();
    let mut body = component("neu", "Neu");
    body.as_object_mut().unwrap().remove("slug");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = || {
            let acting = app.acting(&token).with("idempotency-key", "k");
            loop {
                let answer = acting.post("/v1/components", &body);
                if answer.status == 409 {
                    assert_eq!(answer.header("retry-after"), "1");
                    std::thread::yield_now();
                    continue;
                }
                return answer.status;
            }
        };
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(statuses, [201; 20]);
    assert_eq!(app.acting(&token).get("/v1/components").expect(200).total(), 1);
}

#[test]
fn a_minimal_answer_has_no_body() {
    let app = app();
    let acting = app.acting(&editor()).with("prefer", "return=minimal");
    let answer = acting.post("/v1/components", &component("neu", "Neu")).expect(204);
    assert!(answer.body.is_empty());
    assert_eq!(answer.header("preference-applied"), "return=minimal");
    assert_eq!(answer.header("location"), "/v1/components/neu");
}

#[test]
fn a_write_while_the_database_is_away_is_told_as_such_and_reads_go_on() {
    let app = TestApp::with(&[component("da", "Da")]);
    app.fail(tests::Failure::Outage);
    let answer = app
        .acting(&editor())
        .post("/v1/components", &component("neu", "Neu"))
        .expect(503);
    assert!(!answer.header("retry-after").is_empty());
    app.get("/v1/components/da").expect(200);
    assert_eq!(app.get("/v1/components").expect(200).total(), 1);
    app.fail(tests::Failure::None);
    app.acting(&editor())
        .post("/v1/components", &component("neu", "Neu"))
        .expect(201);
}
