//! Registered clients: what they get for their secret, and what others get for guessing.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::access::Scopes;
use domain::client::Client;
use domain::clock::Clock;
use domain::values::Timestamp;
use serde_json::json;
use tests::{Answer, Failure, TestApp};
use verbundkatalog::auth::NewSecret;

const FORM: &str = "application/x-www-form-urlencoded";

/// A service with a client, and its secret.
fn with_client(scopes: &str, good_for: Option<i64>) -> (TestApp, String) {
    let app = TestApp::own_sample();
    let new = NewSecret::make().unwrap();
    let now = app.clock.now();
    app.store()
        .put_client(&Client {
            id: "melder".parse().unwrap(),
            organisation: "dataport".parse().unwrap(),
            scopes: Scopes::read(scopes),
            secret_hash: new.hash,
            created_at: now,
            expires_at: good_for.map(|seconds| Timestamp::from_micros(now.micros() + seconds * 1_000_000)),
        })
        .unwrap();
    (app, new.secret)
}

#[track_caller]
fn ask(app: &TestApp, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let headers: Vec<(&str, &str)> = std::iter::once(("content-type", FORM))
        .chain(headers.iter().copied())
        .collect();
    app.send("POST", "/v1/token", &headers, body)
}

#[track_caller]
fn with_secret(app: &TestApp, secret: &str, more: &[(&str, &str)]) -> Answer {
    let own = [
        ("grant_type", "client_credentials"),
        ("client_id", "melder"),
        ("client_secret", secret),
    ];
    ask(app, &[&own, more].concat(), &[])
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

#[test]
fn a_client_gets_a_token_for_its_secret() {
    let (app, secret) = with_client("components:write adoptions:write", None);
    let answer = with_secret(&app, &secret, &[]).expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
    let json = answer.json();
    assert_eq!(json["token_type"], "Bearer");
    assert_eq!(json["expires_in"], 3600);
    assert_eq!(json["scope"], "components:write adoptions:write");
    let token = json["access_token"].as_str().unwrap();
    let me = app.acting(token).get("/v1/me").expect(200).json();
    assert_eq!(me["subject"], "melder");
    assert_eq!(me["organisation"]["slug"], "dataport");
    assert_eq!(me["scopes"], json!(["components:write", "adoptions:write"]));
    assert_eq!(me["expiresAt"], "2026-11-23T10:30:00.000000Z");
    app.clock.advance(3600 + 30);
    app.acting(token).get("/v1/me").expect(401);
}

#[test]
fn the_client_may_name_itself_in_the_header() {
    let (app, secret) = with_client("components:write", None);
    let grant = [("grant_type", "client_credentials")];
    let header = basic("melder", &secret);
    ask(&app, &grant, &[("authorization", &header)]).expect(200);
    // Both halves are encoded as in a form.
    let encoded = basic("melder", &secret.replace('_', "%5F"));
    ask(&app, &grant, &[("authorization", &encoded)]).expect(200);
    ask(
        &app,
        &[grant[0], ("client_id", "melder")],
        &[("authorization", &header)],
    )
    .expect(200);
}

#[test]
fn a_token_can_be_narrowed_and_never_widened() {
    let (app, secret) = with_client("components:write adoptions:write", None);
    let narrow = with_secret(&app, &secret, &[("scope", "adoptions:write")])
        .expect(200)
        .json();
    assert_eq!(narrow["scope"], "adoptions:write");
    for scope in ["admin", "components:write admin", "ops", "components:writes", "*"] {
        let answer = with_secret(&app, &secret, &[("scope", scope)]).expect(400).json();
        assert_eq!(answer["error"], "invalid_scope", "{scope}");
        assert!(answer["error_description"].is_string());
    }
}

#[test]
fn what_is_no_request_for_a_token_is_told_by_its_name_in_the_standard() {
    let (app, secret) = with_client("components:write", None);
    let (header, own) = (
        basic("melder", &secret),
        [("client_id", "melder"), ("client_secret", secret.as_str())],
    );
    let error = |answer: Answer, status: u16, error: &str| {
        assert_eq!(answer.status, status, "{}", answer.text());
        assert_eq!(answer.json()["error"], error);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(!answer.text().contains(&secret));
    };
    error(ask(&app, &own, &[]), 400, "invalid_request");
    for grant in ["password", "authorization_code", "refresh_token", ""] {
        error(
            ask(&app, &[own[0], own[1], ("grant_type", grant)], &[]),
            400,
            "unsupported_grant_type",
        );
    }
    let grant = ("grant_type", "client_credentials");
    error(ask(&app, &[own[0], own[1], grant, grant], &[]), 400, "invalid_request");
    error(ask(&app, &[own[0], own[1], own[1], grant], &[]), 400, "invalid_request");
    error(
        ask(&app, &[own[0], own[1], grant], &[("authorization", &header)]),
        400,
        "invalid_request",
    );
    error(
        ask(
            &app,
            &[grant],
            &[("authorization", &header), ("authorization", &header)],
        ),
        400,
        "invalid_request",
    );
    error(ask(&app, &[grant], &[]), 401, "invalid_client");
    error(ask(&app, &[own[0], grant], &[]), 401, "invalid_client");
    for wrong in ["Bearer x", "Basic", "Basic !", "Basic bWVsZGVy", "Digest x", ""] {
        error(ask(&app, &[grant], &[("authorization", wrong)]), 401, "invalid_client");
    }
    let json = [("content-type", "application/json")];
    app.send("POST", "/v1/token", &json, r#"{"grant_type":"client_credentials"}"#)
        .expect(415);
    app.send(
        "POST",
        "/v1/token",
        &[("content-type", FORM)],
        format!("x={}", "x".repeat(20_000)),
    )
    .expect(413);
    app.send(
        "POST",
        &format!("/v1/token?client_secret={secret}"),
        &[("content-type", FORM)],
        "x=y",
    )
    .expect(400);
    app.get("/v1/token").expect(405);
}

#[test]
fn nobody_learns_why_a_client_is_refused() {
    let (app, secret) = with_client("components:write", Some(60));
    let refusals = |asks: &[(&str, &str)]| -> Vec<String> {
        asks.iter()
            .map(|(id, secret)| {
                let form = [
                    ("grant_type", "client_credentials"),
                    ("client_id", *id),
                    ("client_secret", *secret),
                ];
                let answer = ask(&app, &form, &[]).expect(401);
                assert!(answer.header("www-authenticate").starts_with("Basic "));
                assert_eq!(answer.json()["error"], "invalid_client");
                answer.json()["detail"].as_str().unwrap().to_owned()
            })
            .collect()
    };
    let long = "x".repeat(5000);
    let mut texts = refusals(&[
        ("melder", "falsch"),
        ("melder", ""),
        ("melder", &secret[..secret.len() - 1]),
        ("melder", &long),
        ("nobody", &secret),
        ("MELDER", &secret),
        ("' OR 1=1 --", &secret),
        (&long, &secret),
    ]);
    app.clock.advance(60);
    texts.extend(refusals(&[("melder", &secret)]));
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
}

#[test]
fn a_token_does_not_outlive_the_registration() {
    let (app, secret) = with_client("components:write", Some(600));
    assert_eq!(with_secret(&app, &secret, &[]).expect(200).json()["expires_in"], 600);
    app.clock.advance(599);
    assert_eq!(with_secret(&app, &secret, &[]).expect(200).json()["expires_in"], 1);
    app.clock.advance(1);
    with_secret(&app, &secret, &[]).expect(401);
}

#[test]
fn a_removed_client_and_an_old_secret_get_nothing() {
    let (app, secret) = with_client("components:write", None);
    let id = "melder".parse().unwrap();
    let client = app.store().client(&id).unwrap().unwrap();
    let new = NewSecret::make().unwrap();
    app.store()
        .put_client(&Client {
            secret_hash: new.hash,
            ..client
        })
        .unwrap();
    with_secret(&app, &secret, &[]).expect(401);
    with_secret(&app, &new.secret, &[]).expect(200);
    assert!(app.store().remove_client(&id).unwrap());
    with_secret(&app, &new.secret, &[]).expect(401);
}

#[test]
fn a_client_follows_its_organisation_to_a_new_slug_and_ends_with_it() {
    let (app, secret) = with_client("components:write", None);
    let mut dataport = app.get("/v1/organisations/dataport").expect(200).json();
    let id = dataport["id"].clone();
    dataport["slug"] = json!("dataport-neu");
    for known in ["revision", "publication", "createdAt", "updatedAt", "publishedAt"] {
        dataport.as_object_mut().unwrap().remove(known);
    }
    app.import(&[dataport.clone()]);
    let token = with_secret(&app, &secret, &[]).expect(200).json()["access_token"].clone();
    let me = app.acting(token.as_str().unwrap()).get("/v1/me").expect(200).json();
    assert_eq!(me["organisation"], json!({ "id": id, "slug": "dataport-neu" }));
    dataport["publication"] = json!("withdrawn");
    app.import(&[dataport]);
    let answer = with_secret(&app, &secret, &[]).expect(400).json();
    assert_eq!(answer["error"], "unauthorized_client");
}

#[test]
fn an_outage_of_the_database_is_no_wrong_secret() {
    let (app, secret) = with_client("components:write", None);
    app.fail(Failure::Outage);
    assert_eq!(with_secret(&app, &secret, &[]).expect(503).header("retry-after"), "5");
    app.fail(Failure::None);
    with_secret(&app, &secret, &[]).expect(200);
}

#[test]
fn a_crowd_that_guesses_is_sent_away_and_reads_go_on() {
    let (app, secret) = with_client("components:write", None);
    let app = Arc::new(app);
    let guesses: Vec<_> = (0..120)
        .map(|i| {
            let app = app.clone();
            std::thread::spawn(move || with_secret(&app, &format!("guess-{i}"), &[]).status)
        })
        .collect();
    app.get("/v1/organisations?limit=1").expect(200);
    let answers: Vec<u16> = guesses.into_iter().map(|one| one.join().unwrap()).collect();
    assert!(answers.iter().all(|status| matches!(status, 401 | 429)), "{answers:?}");
    assert!(answers.contains(&429), "nobody was sent away");
    with_secret(&app, &secret, &[]).expect(200);
}

#[test]
fn the_work_for_an_unknown_client_is_that_for_a_known_one() {
    let (app, _) = with_client("components:write", None);
    let median = |id: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", "falsch"),
        ];
        let mut times: Vec<_> = (0..9)
            .map(|_| {
                let begin = std::time::Instant::now();
                ask(&app, &form, &[]).expect(401);
                begin.elapsed()
            })
            .collect();
        times.sort();
        times[4]
    };
    median("nobody");
    let (known, unknown) = (median("melder"), median("nobody"));
    // Without the hash, it would be a twentieth.
    assert!(
        unknown > known / 5 && known > unknown / 5,
        "known {known:?}, unknown {unknown:?}"
    );
}

#[test]
fn the_published_keys_verify_what_the_service_signs() {
    let (app, secret) = with_client("components:write", None);
    let token = with_secret(&app, &secret, &[]).expect(200).json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = app.get("/.well-known/jwks.json").expect(200);
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let keys = answer.json();
    assert!(!answer.text().contains("\"d\""), "{}", answer.text());
    // Another catalogue that trusts this one as an outside issuer, by its published keys.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, keys.to_string()).unwrap();
    let outside = super::issuer::outside("verbundkatalog", verbundkatalog::auth::KeysAt::File(path));
    let auth = verbundkatalog::auth::Authenticator::new(None, vec![outside]).unwrap();
    let other = TestApp::start(testdb::TestDb::sqlite(), verbundkatalog::state::Limits::default(), auth);
    assert_eq!(
        other.acting(&token).get("/v1/me").expect(200).json()["subject"],
        "melder"
    );
}
