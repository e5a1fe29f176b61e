//! Outside issuers: where their keys come from, and what happens when they change or cannot be had.

use std::sync::Arc;

use actix_web::rt::System;
use domain::access::Scopes;
use serde_json::json;
use testdb::TestDb;
use tests::TestApp;
use verbundkatalog::auth::{Authenticator, ClaimMap, KeysAt, Outside};
use verbundkatalog::state::Limits;

use super::forge::{Forged, Key};
use super::issuer::{LocalIssuer, Reply, jwks, outside};

fn trusting(outside: Outside) -> TestApp {
    let app = TestApp::start(
        TestDb::sqlite(),
        Limits::default(),
        Authenticator::new(None, vec![outside]).unwrap(),
    );
    app.import_text(verbundkatalog::sample::ORGANISATIONS);
    app
}

fn status(app: &TestApp, token: &Forged<'_>) -> u16 {
    app.acting(&token.sign()).get("/v1/me").status
}

/// What runs every thirty seconds in the service.
fn refresh(app: &TestApp) {
    System::new().block_on(app.state().auth.refresh(&*app.clock));
}

#[test]
fn a_new_key_is_found_by_the_first_token_that_names_it() {
    let (old, new) = (Key::p256(), Key::p256());
    let issuer = LocalIssuer::new(&[("old", &old)]);
    let app = trusting(issuer.outside());
    assert_eq!(status(&app, &issuer.token("old", &old)), 200);
    issuer.publish(&[("old", &old), ("new", &new)]);
    app.clock.advance(10);
    assert_eq!(status(&app, &issuer.token("new", &new)), 200);
    assert_eq!(status(&app, &issuer.token("old", &old)), 200);
}

#[test]
fn a_withdrawn_key_is_refused_after_the_next_look_and_so_are_tokens_seen_before() {
    let (old, new) = (Key::p256(), Key::p256());
    let issuer = LocalIssuer::new(&[("old", &old)]);
    let app = trusting(issuer.outside());
    let token = issuer.token("old", &old).sign();
    let me = || app.acting(&token).get("/v1/me").status;
    assert_eq!((me(), me()), (200, 200));
    issuer.publish(&[("new", &new)]);
    app.clock.advance(30);
    refresh(&app);
    assert_eq!(me(), 401);
    assert_eq!(status(&app, &issuer.token("new", &new)), 200);
}

#[test]
fn a_name_that_was_given_to_another_key_counts_for_that_one_only() {
    let (old, new) = (Key::p256(), Key::p256());
    let issuer = LocalIssuer::new(&[("same", &old)]);
    let app = trusting(issuer.outside());
    let (by_old, by_new) = (issuer.token("same", &old), issuer.token("same", &new));
    assert_eq!((status(&app, &by_old), status(&app, &by_new)), (200, 401));
    issuer.publish(&[("same", &new)]);
    refresh(&app);
    assert_eq!((status(&app, &by_old), status(&app, &by_new)), (401, 200));
}

#[test]
fn known_keys_stay_in_force_while_the_issuer_is_away() {
    let key = Key::p256();
    let issuer = LocalIssuer::new(&[("key", &key)]);
    let app = trusting(issuer.outside());
    let fresh = |i: usize| issuer.token("key", &key).claim("jti", i.to_string());
    assert_eq!(status(&app, &fresh(0)), 200);
    let failures = [
        Reply::Status(503),
        Reply::Status(404),
        Reply::HangUp,
        Reply::Text("<html>".to_owned()),
        Reply::Json(json!({ "keys": [] })),
        Reply::Json(json!({ "keys": "none" })),
        Reply::Text("x".repeat(2 * 1024 * 1024)),
        Reply::Redirect("https://example.org/keys".to_owned()),
    ];
    for (i, failure) in failures.into_iter().enumerate() {
        issuer.answer("/keys", failure.clone());
        refresh(&app);
        assert_eq!(status(&app, &fresh(2 * i + 1)), 200, "{i}");
        issuer.publish(&[("key", &key)]);
        issuer.discovery(failure);
        refresh(&app);
        assert_eq!(status(&app, &fresh(2 * i + 2)), 200, "{i}");
    }
}

#[test]
fn an_issuer_that_is_away_at_the_start_is_found_later() {
    let key = Key::p256();
    let issuer = LocalIssuer::new(&[("key", &key)]);
    issuer.answer("/keys", Reply::Status(503));
    let app = trusting(issuer.outside());
    let token = issuer.token("key", &key);
    assert_eq!(status(&app, &token), 401);
    issuer.publish(&[("key", &key)]);
    // Not asked again at once …
    assert_eq!(status(&app, &token), 401);
    // … but ten seconds later.
    app.clock.advance(10);
    assert_eq!(status(&app, &token), 200);
}

#[test]
fn invented_names_of_keys_cannot_be_used_to_hammer_the_issuer() {
    let (key, own) = (Key::p256(), Key::p256());
    let issuer = LocalIssuer::new(&[("key", &key)]);
    let app = Arc::new(trusting(issuer.outside()));
    assert_eq!(status(&app, &issuer.token("key", &key)), 200);
    let after_the_first = issuer.asked();
    app.clock.advance(10);
    let workers: Vec<_> = (0..8)
        .map(|worker| {
            let app = app.clone();
            let tokens: Vec<String> = (0..50)
                .map(|i| issuer.token(&format!("invented-{worker}-{i}"), &own).sign())
                .collect();
            std::thread::spawn(move || {
                for token in tokens {
                    assert_eq!(app.acting(&token).get("/v1/me").status, 401);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    // One look, that is the discovery document and the keys, for 400 names.
    assert_eq!(issuer.asked() - after_the_first, 2);
    app.clock.advance(10);
    assert_eq!(status(&app, &issuer.token("one-more", &own)), 401);
    assert_eq!(issuer.asked() - after_the_first, 4);
    assert_eq!(status(&app, &issuer.token("key", &key).claim("jti", "2")), 200);
}

#[test]
fn a_discovery_document_of_another_issuer_is_not_believed() {
    let (key, own) = (Key::p256(), Key::p256());
    let issuer = LocalIssuer::new(&[("key", &key)]);
    let lair = LocalIssuer::new(&[("key", &own)]);
    let jwks_uri = format!("{}/keys", issuer.url());
    for document in [
        json!({ "issuer": lair.url(), "jwks_uri": jwks_uri }),
        json!({ "issuer": format!("{}/", issuer.url()), "jwks_uri": jwks_uri }),
        json!({ "jwks_uri": jwks_uri }),
        json!({ "issuer": issuer.url() }),
        json!({ "issuer": issuer.url(), "jwks_uri": "file:///etc/passwd" }),
        json!({ "issuer": issuer.url(), "jwks_uri": "http://169.254.169.254/latest/meta-data/" }),
        json!({ "issuer": issuer.url(), "jwks_uri": "http://user:x@127.0.0.1/keys" }),
        json!({ "issuer": issuer.url(), "jwks_uri": "//keys" }),
        json!([]),
    ] {
        issuer.discovery(Reply::Json(document.clone()));
        let app = trusting(issuer.outside());
        assert_eq!(status(&app, &issuer.token("key", &key)), 401, "{document}");
    }
    // Nor is one that the issuer leads elsewhere for.
    issuer.discovery(Reply::Redirect(format!(
        "{}/.well-known/openid-configuration",
        lair.url()
    )));
    let app = trusting(issuer.outside());
    assert_eq!(status(&app, &issuer.token("key", &key)), 401);
    assert_eq!(lair.asked(), 0);
}

#[test]
fn an_issuer_without_a_discovery_document_is_asked_at_its_address_of_keys() {
    let key = Key::rsa();
    let issuer = LocalIssuer::new(&[("key", &key)]);
    issuer.discovery(Reply::Status(404));
    let keys = KeysAt::Url(format!("{}/keys", issuer.url()).parse().unwrap());
    let app = trusting(outside("https://sso.example.org/realms/x", keys));
    let token = super::issuer::token("https://sso.example.org/realms/x", "key", &key);
    assert_eq!(status(&app, &token), 200);
    assert_eq!(issuer.asked(), 1);
}

#[test]
fn plain_http_is_asked_only_on_this_machine_and_with_the_switch() {
    let issuer = LocalIssuer::new(&[]);
    let without_switch = Outside {
        allow_http_loopback: false,
        ..issuer.outside()
    };
    let error = Authenticator::new(None, vec![without_switch]).unwrap_err();
    assert!(error.contains("allow-http-loopback"), "{error}");
    assert!(Authenticator::new(None, vec![outside("http://sso.example.org", KeysAt::Discovery)]).is_err());
}

#[test]
fn a_file_of_keys_is_read_as_a_set_or_as_pem_and_again_when_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let write = |text: &str| std::fs::write(&path, text).unwrap();
    let name = "https://sso.example.org";
    let token = |kid: &str, key| super::issuer::token(name, kid, key).sign();
    let (rsa, p256, p384, ed) = (Key::rsa(), Key::p256(), Key::p384(), Key::ed25519());
    write(&jwks(&[("p256", &p256)]).to_string());
    let app = trusting(outside(name, KeysAt::File(path.clone())));
    let me = |token: &str| app.acting(token).get("/v1/me").status;
    assert_eq!(me(&token("p256", &p256)), 200);
    assert_eq!(me(&token("p384", &p384)), 401);
    write(&[rsa.pem(), p384.pem(), ed.pem()].concat());
    refresh(&app);
    for (key, status) in [(&rsa, 200), (&p384, 200), (&ed, 200), (&p256, 401)] {
        // Keys in PEM have no names: whatever the token calls its key, one of them must have signed it.
        assert_eq!(me(&token("any", key)), status);
    }
    std::fs::remove_file(&path).unwrap();
    refresh(&app);
    assert_eq!(me(&token("other", &rsa)), 200);
}

#[test]
fn a_file_without_usable_keys_stops_the_start_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let weak = json!({ "kty": "RSA", "n": super::forge::b64([0xff_u8; 128]), "e": "AQAB" });
    let harmless = json!({ "kty": "RSA", "n": super::forge::b64([0xff_u8; 256]), "e": "AQ" });
    let mut private = Key::ed25519().jwk("k");
    private["d"] = json!("c2VjcmV0");
    let mut encryption = Key::p256().jwk("k");
    encryption["use"] = json!("enc");
    let mut other_algorithm = Key::p256().jwk("k");
    other_algorithm["alg"] = json!("RS256");
    let mut other_operation = Key::p256().jwk("k");
    other_operation["key_ops"] = json!(["sign"]);
    let set = |key: &serde_json::Value| json!({ "keys": [key] }).to_string();
    for text in [
        String::new(),
        "{}".to_owned(),
        set(&json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "k" })),
        set(&json!({ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" })),
        set(&json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" })),
        set(&weak),
        set(&harmless),
        set(&private),
        set(&encryption),
        set(&other_algorithm),
        set(&other_operation),
        Key::p256().private_pem(),
    ] {
        std::fs::write(&path, &text).unwrap();
        let error = Authenticator::new(None, vec![outside("i", KeysAt::File(path.clone()))]).unwrap_err();
        assert!(error.contains("keys.json"), "{text}: {error}");
    }
    std::fs::remove_file(&path).unwrap();
    assert!(Authenticator::new(None, vec![outside("i", KeysAt::File(path))]).is_err());
}

#[test]
fn only_the_algorithms_that_are_set_are_accepted() {
    let (rsa, p256) = (Key::rsa(), Key::p256());
    let issuer = LocalIssuer::new(&[("rsa", &rsa), ("p256", &p256)]);
    let strict = Outside {
        algorithms: vec![verbundkatalog::auth::ALGORITHMS[0].1],
        ..issuer.outside()
    };
    let app = trusting(strict);
    assert_eq!(status(&app, &issuer.token("p256", &p256)), 200);
    assert_eq!(status(&app, &issuer.token("rsa", &rsa)), 401);
}

#[test]
fn claims_mean_what_the_settings_say() {
    let key = Key::rsa();
    let issuer = LocalIssuer::new(&[("key", &key)]);
    let keycloak = Outside {
        audience: "katalog-api".to_owned(),
        claims: ClaimMap {
            scope: "scp".to_owned(),
            roles: vec![
                "realm_access.roles".into(),
                "resource_access.verbundkatalog.roles".into(),
            ],
            scope_map: [
                ("redaktion".to_owned(), Scopes::read("components:write adoptions:write")),
                ("leitung".to_owned(), Scopes::read("changes:approve admin")),
            ]
            .into(),
            organisation: "attributes.behoerde".to_owned(),
            at_most: Scopes::read("components:write adoptions:write changes:approve changes:write"),
        },
        ..issuer.outside()
    };
    let app = trusting(keycloak);
    let token = issuer
        .token("key", &key)
        .claim("aud", json!(["account", "katalog-api"]))
        .without_claim("organisation")
        .claim("scope", "ops")
        .claim("scp", json!(["changes:write", "openid"]))
        .claim(
            "realm_access",
            json!({ "roles": ["redaktion", "leitung", "admin", "offline_access"] }),
        )
        .claim("resource_access", json!({ "other": { "roles": ["ops"] } }))
        .claim("attributes", json!({ "behoerde": ["dataport"] }));
    let me = app.acting(&token.sign()).get("/v1/me").expect(200).json();
    assert_eq!(me["organisation"]["slug"], "dataport");
    assert_eq!(
        me["scopes"],
        json!([
            "components:write",
            "adoptions:write",
            "changes:write",
            "changes:approve"
        ])
    );
    assert_eq!(me["issuer"], issuer.url());
    let two = token
        .clone()
        .claim("attributes", json!({ "behoerde": ["dataport", "akdb"] }));
    let me = app.acting(&two.sign()).get("/v1/me").expect(200).json();
    assert!(me.get("organisation").is_none(), "{me}");
}

#[test]
fn the_same_issuer_twice_is_refused() {
    let issuer = LocalIssuer::new(&[]);
    let error = Authenticator::new(None, vec![issuer.outside(), issuer.outside()]).unwrap_err();
    assert!(error.contains("twice"), "{error}");
}
