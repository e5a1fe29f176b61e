//! How often a client may ask.

use tests::{Answer, TestApp, Token};
use verbundkatalog::limits::{Options, Quotas};

fn limited(quotas: Quotas) -> TestApp {
    TestApp::limited(Options {
        quotas,
        ..Options::default()
    })
}

/// So few that no test waits long enough to get one more.
const FEW: Quotas = Quotas {
    anonymous: 3,
    client: 5,
    token: 2,
    invalid: 2,
    burst_seconds: 60,
};

fn left(answer: &Answer) -> Option<u32> {
    answer
        .header("ratelimit")
        .split("r=")
        .nth(1)?
        .split(';')
        .next()?
        .parse()
        .ok()
}

#[test]
fn every_answer_tells_how_the_client_stands_until_it_is_429() {
    let app = limited(FEW);
    let first = app.get("/v1/components?limit=1").expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"anonymous\";q=3;w=60");
    assert_eq!(first.header("ratelimit"), "\"anonymous\";r=2;t=20");
    // Errors, and answers without a body, count and tell as well.
    let tag = first.header("etag").to_owned();
    let known = app
        .get_with("/v1/components?limit=1", &[("if-none-match", &tag)])
        .expect(304);
    assert_eq!(left(&known), Some(1));
    assert_eq!(left(&app.get("/v1/nowhere").expect(404)), Some(0));
    let refused = app.get("/v1/components?limit=1").expect(429);
    assert_eq!(refused.json()["code"], "too_many_requests");
    let wait: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit"), format!("\"anonymous\";r=0;t={wait}"));
    assert_eq!(refused.header("ratelimit-policy"), "\"anonymous\";q=3;w=60");
}

#[test]
fn health_and_documents_are_never_limited() {
    let app = limited(FEW);
    for _ in 0..8 {
        app.get("/health/live").expect(200);
        app.get("/health/ready").expect(200);
        let answer = app.get("/openapi.json").expect(200);
        assert_eq!(answer.header("ratelimit"), "");
    }
    assert_eq!(left(&app.get("/v1/status").expect(200)), Some(2));
}

#[test]
fn each_client_with_a_token_has_a_larger_quota_of_its_own() {
    let app = limited(FEW);
    let (one, other) = (Token::of("dataport").sign(), Token::of("akdb").sign());
    for n in (0..5).rev() {
        let answer = app.acting(&one).get("/v1/components?limit=0").expect(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"client\";q=5;w=60");
        assert_eq!(left(&answer), Some(n));
    }
    app.acting(&one).get("/v1/components?limit=0").expect(429);
    app.acting(&Token::of("dataport").sign()).get("/v1/me").expect(429);
    app.acting(&other).get("/v1/components?limit=0").expect(200);
    // The address has its own quota still.
    assert_eq!(left(&app.get("/v1/components?limit=0").expect(200)), Some(2));
}

#[test]
fn who_guesses_tokens_or_secrets_is_soon_refused() {
    let app = limited(FEW);
    let guess = || app.acting("nonsense").get("/v1/components?limit=0");
    let first = guess().expect(401);
    assert_eq!(first.header("ratelimit-policy"), "\"invalid-token\";q=2;w=60");
    guess().expect(401);
    guess().expect(429);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let ask = || {
        let body = "grant_type=client_credentials&client_id=wer&client_secret=weiss";
        app.send("POST", "/v1/token", &form, body)
    };
    assert_eq!(ask().expect(401).header("ratelimit-policy"), "\"token\";q=2;w=60");
    ask().expect(401);
    ask().expect(429);
    // Whoever has a token, or needs none, is not kept out by that.
    app.acting(&Token::of("dataport").sign()).get("/v1/me").expect(200);
    app.get("/v1/components?limit=0").expect(200);
}

#[test]
fn addresses_of_a_header_count_only_where_the_settings_name_it() {
    let forwarded = |app: &TestApp, list: &str| app.get_with("/v1/status", &[("x-forwarded-for", list)]);
    let deaf = limited(FEW);
    for n in 0..3 {
        forwarded(&deaf, &format!("192.0.2.{n}")).expect(200);
    }
    forwarded(&deaf, "192.0.2.9").expect(429);

    let app = TestApp::limited(Options {
        quotas: FEW,
        client_address_header: Some("x-forwarded-for".parse().unwrap()),
        ..Options::default()
    });
    for n in 0..3 {
        // What a client invents stands before what the proxy adds.
        forwarded(&app, &format!("203.0.113.{n}, 192.0.2.1")).expect(200);
    }
    forwarded(&app, "203.0.113.9, 192.0.2.1").expect(429);
    forwarded(&app, "192.0.2.2").expect(200);
    app.get("/v1/status").expect(200);
}

#[test]
fn without_quotas_nothing_is_said_of_them() {
    let app = TestApp::sample();
    let answer = app.get("/v1/components?limit=0").expect(200);
    assert_eq!(
        (answer.header("ratelimit"), answer.header("ratelimit-policy")),
        ("", "")
    );
}
