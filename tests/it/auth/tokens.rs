//! Which tokens are accepted: those of the issuers that are named, and no others.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use domain::clock::Clock;
use serde_json::json;
use testdb::TestDb;
use tests::{SetClock, TestApp};
use verbundkatalog::auth::{Authenticator, BuiltIn};
use verbundkatalog::state::Limits;

use super::attacks::{self, Sent, Target};
use super::forge::{Forged, Key};
use super::issuer::{AUDIENCE, LocalIssuer, jwks};

const OWN_ISSUER: &str = "https://katalog.example.org";

fn service(auth: Authenticator) -> TestApp {
    let app = TestApp::start(TestDb::sqlite(), Limits::default(), auth);
    app.import_text(verbundkatalog::sample::ORGANISATIONS);
    app
}

fn status(app: &TestApp, token: &str) -> u16 {
    app.acting(token).get("/v1/me").status
}

/// Somebody with keys of their own, which are published.
fn attacker(built_in: bool, key: Key, kid: &str, issuer: &str, published: String) -> (Target, LocalIssuer) {
    let own = Key::p256();
    let lair = LocalIssuer::new(&[("own", &own)]);
    let target = Target {
        built_in,
        key,
        kid: kid.to_owned(),
        issuer: issuer.to_owned(),
        now: SetClock::default().now().micros() / 1_000_000,
        lair: format!("{}/keys", lair.url()),
        own,
        own_rsa: Key::rsa(),
        own_ed: Key::ed25519(),
        published,
    };
    (target, lair)
}

fn built_in() -> (TestApp, Target, LocalIssuer) {
    let key = Key::p256();
    let issuer = BuiltIn::from_pem(&key.private_pem(), OWN_ISSUER, AUDIENCE).unwrap();
    let published = issuer.jwks().to_string();
    let kid = issuer.jwks()["keys"][0]["kid"].as_str().unwrap().to_owned();
    let app = service(Authenticator::new(Some(issuer), Vec::new()).unwrap());
    let (target, lair) = attacker(true, key, &kid, OWN_ISSUER, published);
    (app, target, lair)
}

/// The keys of an outside issuer live as long as its server.
struct Outside {
    app: TestApp,
    target: Target,
    lair: LocalIssuer,
    issuer: LocalIssuer,
}

fn outside(key: Key) -> Outside {
    let others = [("second", Key::p384()), ("third", Key::ed25519())];
    let keys: Vec<(&str, &Key)> = std::iter::once(("first", &key))
        .chain(others.iter().map(|(kid, key)| (*kid, key)))
        .collect();
    let issuer = LocalIssuer::new(&keys);
    let published = jwks(&keys).to_string();
    let auth = Authenticator::new(None, vec![issuer.outside()]).unwrap();
    let (target, lair) = attacker(false, key, "first", &issuer.url(), published);
    Outside {
        app: service(auth),
        target,
        lair,
        issuer,
    }
}

/// Sends every attack; a good token before and after shows that the service would accept one.
fn attack(app: &TestApp, target: &Target, lair: &LocalIssuer) {
    let good = || assert_eq!(status(app, &target.good().sign()), 200);
    good();
    let mut names = BTreeSet::new();
    let mut accepted = Vec::new();
    for (name, sent) in attacks::all(target) {
        assert!(names.insert(name), "{name} is in the list twice");
        let headers = match &sent {
            Sent::Token(token) => vec![("authorization", format!("Bearer {token}"))],
            Sent::Headers(headers) => headers.clone(),
        };
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = app.send("GET", "/v1/me", &headers, "");
        if answer.status != 401 {
            accepted.push(format!("{name}: {}", answer.status));
        }
        assert!(answer.header("www-authenticate").starts_with("Bearer "), "{name}");
        if let Sent::Token(token) = &sent
            && token.len() > 40
        {
            assert!(
                !answer.text().contains(token.as_str()),
                "{name}: the answer repeats the token"
            );
        }
    }
    assert!(accepted.is_empty(), "accepted: {accepted:#?}");
    assert!(names.len() >= 80, "{}", names.len());
    assert_eq!(lair.asked(), 0, "the service asked where a token told it to");
    good();
}

#[test]
fn no_attack_on_the_built_in_key_is_accepted() {
    let (app, target, lair) = built_in();
    attack(&app, &target, &lair);
    // Tokens of its own say that they are access tokens; what else its key may sign one day is none.
    for forged in [target.good().header("typ", "JWT"), target.good().without_header("typ")] {
        assert_eq!(status(&app, &forged.sign()), 401);
    }
}

#[test]
fn no_attack_on_an_outside_rsa_key_is_accepted() {
    let outside = outside(Key::rsa());
    attack(&outside.app, &outside.target, &outside.lair);
}

#[test]
fn no_attack_on_an_outside_elliptic_key_is_accepted() {
    let outside = outside(Key::p256());
    attack(&outside.app, &outside.target, &outside.lair);
    // One look when the service met the first token, and at most one for all the unknown names of keys.
    assert!(outside.issuer.asked() <= 2, "{}", outside.issuer.asked());
}

#[test]
fn an_issuer_cannot_speak_for_another_one() {
    let (own, theirs) = (Key::p256(), Key::p256());
    let built_in = BuiltIn::from_pem(&own.private_pem(), OWN_ISSUER, AUDIENCE).unwrap();
    let own_kid = built_in.jwks()["keys"][0]["kid"].as_str().unwrap().to_owned();
    // The outside issuer even gives its key the name of the built-in one.
    let issuer = LocalIssuer::new(&[(&own_kid, &theirs), ("theirs", &theirs)]);
    let app = service(Authenticator::new(Some(built_in), vec![issuer.outside()]).unwrap());
    let by_them = |claimed: &str, kid: &str| {
        let token = super::issuer::token(claimed, kid, &theirs).header("typ", "at+jwt");
        status(&app, &token.sign())
    };
    assert_eq!(by_them(&issuer.url(), "theirs"), 200);
    assert_eq!(by_them(OWN_ISSUER, &own_kid), 401);
    assert_eq!(by_them(OWN_ISSUER, "theirs"), 401);
    let by_us = super::issuer::token(&issuer.url(), &own_kid, &own).header("typ", "at+jwt");
    assert_eq!(status(&app, &by_us.sign()), 401);
}

#[test]
fn good_tokens_of_every_form_are_accepted() {
    let keys = [
        ("rsa", Key::rsa()),
        ("p256", Key::p256()),
        ("p384", Key::p384()),
        ("ed", Key::ed25519()),
    ];
    let published: Vec<(&str, &Key)> = keys.iter().map(|(kid, key)| (*kid, key)).collect();
    let issuer = LocalIssuer::new(&published);
    // Without `alg`, a key may be used with all algorithms of its kind.
    let mut set = jwks(&published);
    set["keys"][0].as_object_mut().unwrap().remove("alg");
    issuer.answer("/keys", super::issuer::Reply::Json(set));
    let app = service(Authenticator::new(None, vec![issuer.outside()]).unwrap());
    for (kid, key) in &published {
        assert_eq!(status(&app, &issuer.token(kid, key).sign()), 200, "{kid}");
    }
    for alg in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] {
        let token = issuer.token("rsa", &keys[0].1).header("alg", alg);
        assert_eq!(status(&app, &token.sign()), 200, "{alg}");
    }
    let now = SetClock::default().now().micros() / 1_000_000;
    let good = || issuer.token("p256", &keys[1].1);
    for (name, token) in [
        ("no type", good().without_header("typ")),
        ("a type in lower case", good().header("typ", "jwt")),
        ("an access token's type", good().header("typ", "at+jwt")),
        ("its long form", good().header("typ", "application/at+jwt")),
        ("an unknown header", good().header("x5t#S256", "abc")),
        ("a list of audiences", good().claim("aud", json!(["account", AUDIENCE]))),
        ("no optional time", good().without_claim("iat").without_claim("nbf")),
        ("no identifier", good().without_claim("jti")),
        (
            "times with fractions",
            good().claim(
                "exp",
                serde_json::from_str::<serde_json::Value>(&format!("{}.5", now + 60)).unwrap(),
            ),
        ),
        ("about to expire", good().claim("exp", now - 29)),
        ("just about valid", good().claim("nbf", now + 30)),
        ("issued by a clock that is ahead", good().claim("iat", now + 30)),
        (
            "claims of others",
            good()
                .claim("email", "anna@example.org")
                .claim("nested", json!({ "a": [1] })),
        ),
    ] {
        assert_eq!(status(&app, &token.sign()), 200, "{name}");
    }
}

/// Bytes over a plain connection; what comes back, if anything.
fn raw(app: &TestApp, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // Who refuses a request need not read it to its end.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_megabyte_of_token_is_refused_without_harm() {
    let (app, target, _lair) = built_in();
    let signed = target.good().claim("x", "x".repeat(1024 * 1024)).sign();
    for token in [signed, "a".repeat(1024 * 1024), format!("{}.", "e30.".repeat(300_000))] {
        let request =
            format!("GET /v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n");
        let answer = raw(&app, request.as_bytes());
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{}",
            &answer[..200.min(answer.len())]
        );
        assert_eq!(status(&app, &target.good().sign()), 200);
    }
}

#[test]
fn bytes_that_no_client_library_sends_are_refused() {
    let (app, target, _lair) = built_in();
    let good = target.good().sign();
    for value in [
        format!("Bearer {good}\u{a0}").into_bytes(),
        [format!("Bearer {good}").as_bytes(), b"\xff"].concat(),
        format!("Bearer {good}\0").into_bytes(),
        format!("Bearer {good}\r\n folded").into_bytes(),
        format!("Bearer \u{feff}{good}").into_bytes(),
    ] {
        let request = [
            b"GET /v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ",
            value.as_slice(),
            b"\r\n\r\n",
        ];
        let answer = raw(&app, &request.concat());
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
}

#[test]
fn a_token_in_the_address_or_in_the_body_is_none() {
    let (app, target, _lair) = built_in();
    let good = target.good().sign();
    app.get(&format!("/v1/me?access_token={good}")).expect(401);
    app.get(&format!("/v1/components?access_token={good}")).expect(400);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = app.send("POST", "/v1/components/search", &form, format!("access_token={good}"));
    answer.expect(415);
}

#[test]
fn what_attackers_send_costs_no_more_than_a_look() {
    // Nobody can make the service sign, ask or hash for a token that is none: refusing is faster than accepting.
    let (app, target, _lair) = built_in();
    let bad: Vec<String> = (0..200)
        .map(|i| target.good().claim("jti", i.to_string()).key(&target.own).sign())
        .collect();
    for token in &bad {
        assert_eq!(status(&app, token), 401);
    }
    assert_eq!(status(&app, &target.good().sign()), 200);
}

#[test]
fn a_service_without_an_issuer_accepts_nothing() {
    let app = service(Authenticator::none());
    let key = Key::p256();
    for issuer in ["", "verbundkatalog", OWN_ISSUER] {
        let token: Forged<'_> = super::issuer::token(issuer, "k", &key);
        assert_eq!(status(&app, &token.sign()), 401);
    }
    assert_eq!(
        app.get("/.well-known/jwks.json").expect(200).json(),
        json!({ "keys": [] })
    );
}
