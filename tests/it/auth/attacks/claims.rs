//! Attacks on what a token says.

use serde_json::{Value, json};

use super::super::issuer;
use super::{Target, Tokens};

pub(super) fn issuers_and_audiences(t: &Target) -> Tokens {
    let issuer = |value: Value| t.good().claim("iss", value).sign();
    let audience = |value: Value| t.good().claim("aud", value).sign();
    let right = issuer::AUDIENCE;
    vec![
        ("another issuer", issuer(json!("https://evil.example.org"))),
        ("no issuer", t.good().without_claim("iss").sign()),
        ("an empty issuer", issuer(json!(""))),
        ("an issuer that is null", issuer(Value::Null)),
        ("an issuer that is a list", issuer(json!([t.issuer]))),
        ("an issuer that is a number", issuer(json!(1))),
        ("the issuer with a slash", issuer(json!(format!("{}/", t.issuer)))),
        ("the issuer with a space", issuer(json!(format!("{} ", t.issuer)))),
        ("the issuer in capitals", issuer(json!(t.issuer.to_uppercase()))),
        (
            "the issuer as a part of another",
            issuer(json!(format!("{}.evil.example.org", t.issuer))),
        ),
        ("an ID token by its type", t.good().claim("typ", json!("ID")).sign()),
        ("an ID token by its nonce", t.good().claim("nonce", json!("n-1")).sign()),
        (
            "an ID token by its hash of an access token",
            t.good().claim("at_hash", json!("x")).sign(),
        ),
        ("another audience", audience(json!("other"))),
        ("no audience", t.good().without_claim("aud").sign()),
        ("an empty audience", audience(json!(""))),
        ("an audience that is null", audience(Value::Null)),
        ("an audience that is a number", audience(json!(1))),
        ("an empty list of audiences", audience(json!([]))),
        ("a list of other audiences", audience(json!(["a", "b", "account"]))),
        ("a list in a list", audience(json!([[right]]))),
        ("an audience that is an object", audience(json!({ right: true }))),
        ("the audience in capitals", audience(json!(right.to_uppercase()))),
        ("the audience with a space", audience(json!(format!("{right} ")))),
        ("the beginning of the audience", audience(json!(&right[..5]))),
        ("more than the audience", audience(json!(format!("{right}-other")))),
        ("audiences in one text", audience(json!(format!("{right} other")))),
    ]
}

pub(super) fn times(t: &Target) -> Tokens {
    let exp = |value: Value| t.good().claim("exp", value).sign();
    let nbf = |value: Value| t.good().claim("nbf", value).sign();
    let iat = |value: Value| t.good().claim("iat", value).sign();
    vec![
        ("expired as long ago as clocks may differ", exp(json!(t.now - 30))),
        ("expired a minute ago", exp(json!(t.now - 60))),
        ("expired a year ago", exp(json!(t.now - 31_536_000))),
        ("expired before it was issued", exp(json!(1))),
        ("no end", t.good().without_claim("exp").sign()),
        ("an end that is null", exp(Value::Null)),
        ("an end that is a text", exp(json!((t.now + 3600).to_string()))),
        ("an end that is true", exp(json!(true))),
        ("an end that is a list", exp(json!([t.now + 3600]))),
        ("an end at zero", exp(json!(0))),
        ("an end before time", exp(json!(-1))),
        ("an end in milliseconds", exp(json!((t.now + 3600) * 1000))),
        ("an end beyond all time", exp(json!(1e300))),
        ("an end as an object", exp(json!({ "$numberLong": t.now + 3600 }))),
        ("not valid yet by more than clocks may differ", nbf(json!(t.now + 31))),
        ("not valid before next year", nbf(json!(t.now + 31_536_000))),
        ("a beginning that is a text", nbf(json!("0"))),
        ("a beginning that is null", nbf(Value::Null)),
        ("issued in the future", iat(json!(t.now + 31))),
        ("issued at a text", iat(json!("0"))),
        ("issued in milliseconds", iat(json!(t.now * 1000))),
    ]
}

pub(super) fn other_claims(t: &Target) -> Tokens {
    let claim = |name: &str, value: Value| t.good().claim(name, value).sign();
    vec![
        ("no subject", t.good().without_claim("sub").sign()),
        ("an empty subject", claim("sub", json!(""))),
        ("a subject that is a number", claim("sub", json!(1))),
        ("a subject that is a list", claim("sub", json!(["anna"]))),
        ("a subject with a line end", claim("sub", json!("anna\nroot"))),
        ("a subject with a NUL", claim("sub", json!("anna\0"))),
        ("a subject of 5,000 letters", claim("sub", json!("a".repeat(5000)))),
        ("an identifier that is a number", claim("jti", json!(1))),
        ("an identifier with a line end", claim("jti", json!("1\r\n2"))),
    ]
}
