//! Attacks on how a token is signed, and with what.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::forge::{Forged, Key, b64};
use super::{Target, Tokens};

pub(super) fn unsigned(t: &Target) -> Tokens {
    let without = |alg: &str| format!("{}.", t.good().header("alg", alg).message());
    let good = t.good().sign();
    let (message, signature) = good.rsplit_once('.').unwrap();
    let none = t.good().header("alg", "none");
    vec![
        ("none", without("none")),
        ("None", without("None")),
        ("NONE", without("NONE")),
        ("nOnE", without("nOnE")),
        ("none with a signature", none.sign()),
        (
            "none with another token's signature",
            format!("{}.{signature}", none.message()),
        ),
        (
            "none without a key's name",
            format!("{}.", none.clone().without_header("kid").message()),
        ),
        ("none without a second dot", none.message()),
        ("a good header without a signature", format!("{message}.")),
        ("a good header without a second dot", message.to_owned()),
        ("no algorithm", t.good().without_header("alg").sign()),
        (
            "no algorithm and no signature",
            format!("{}.", t.good().without_header("alg").message()),
        ),
        ("an algorithm that is null", t.good().header("alg", Value::Null).sign()),
        ("an algorithm that is a number", t.good().header("alg", 256).sign()),
        (
            "an algorithm that is a list",
            t.good().header("alg", json!([t.alg()])).sign(),
        ),
        (
            "an algorithm that is an object",
            t.good().header("alg", json!({ "alg": t.alg() })).sign(),
        ),
        ("an empty algorithm", t.good().header("alg", "").sign()),
    ]
}

pub(super) fn shared_secrets(t: &Target) -> Tokens {
    let as_hs = |alg: &str| t.good().header("alg", alg);
    let pem = t.key.pem();
    let jwk = t.key.jwk(&t.kid);
    let part = jwk.get("n").or(jwk.get("x")).unwrap().as_str().unwrap();
    let oct = json!({ "kty": "oct", "k": b64("secret"), "alg": "HS256" });
    vec![
        ("HS256 with the public key in PEM", as_hs("HS256").hmac(pem.as_bytes())),
        ("HS384 with the public key in PEM", as_hs("HS384").hmac(pem.as_bytes())),
        ("HS512 with the public key in PEM", as_hs("HS512").hmac(pem.as_bytes())),
        (
            "HS256 with the PEM without its last line end",
            as_hs("HS256").hmac(pem.trim_end().as_bytes()),
        ),
        (
            "HS256 with the PEM with other line ends",
            as_hs("HS256").hmac(pem.replace('\n', "\r\n").as_bytes()),
        ),
        ("HS256 with the public key in DER", as_hs("HS256").hmac(&t.key.der())),
        (
            "HS256 with the public key as JWK",
            as_hs("HS256").hmac(jwk.to_string().as_bytes()),
        ),
        (
            "HS256 with the published set",
            as_hs("HS256").hmac(t.published.as_bytes()),
        ),
        ("HS256 with a part of the key", as_hs("HS256").hmac(part.as_bytes())),
        ("HS256 with the name of the key", as_hs("HS256").hmac(t.kid.as_bytes())),
        ("HS256 with the issuer", as_hs("HS256").hmac(t.issuer.as_bytes())),
        ("HS256 with an empty secret", as_hs("HS256").hmac(b"")),
        ("HS256 with a common secret", as_hs("HS256").hmac(b"secret")),
        (
            "HS256 without a key's name",
            as_hs("HS256").without_header("kid").hmac(pem.as_bytes()),
        ),
        (
            "HS256 with a key of its own",
            as_hs("HS256").header("jwk", oct).hmac(b"secret"),
        ),
        (
            "the key's own algorithm, but a shared secret",
            t.good().hmac(pem.as_bytes()),
        ),
    ]
}

pub(super) fn algorithms(t: &Target) -> Tokens {
    let named = |alg: &str| t.good().header("alg", alg).sign();
    let mut all = vec![
        ("lower case", named(&t.alg().to_lowercase())),
        ("a space before", named(&format!(" {}", t.alg()))),
        ("a space after", named(&format!("{} ", t.alg()))),
        ("a NUL after", named(&format!("{}\0", t.alg()))),
        ("ES512", named("ES512")),
        ("ES256K", named("ES256K")),
        ("ES384 with another curve", named("ES384")),
        ("EdDSA with another key", named("EdDSA")),
        ("Ed448", named("Ed448")),
        ("ML-DSA-65", named("ML-DSA-65")),
        ("RS1", named("RS1")),
        ("dir", named("dir")),
        ("RSA-OAEP", named("RSA-OAEP")),
        ("A128KW", named("A128KW")),
        ("PBES2-HS256+A128KW", named("PBES2-HS256+A128KW")),
        ("an algorithm of a thousand letters", named(&"A".repeat(1000))),
    ];
    // Signed by the right key, and in a way that it is not published for.
    let others: &[&'static str] = if matches!(t.key, Key::Rsa(_)) {
        &["RS384", "RS512", "PS256", "PS384", "PS512", "ES256"]
    } else {
        &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
    };
    all.extend(others.iter().map(|alg| (*alg, named(alg))));
    all
}

pub(super) fn foreign_keys(t: &Target) -> Tokens {
    let by = |key| Forged { key, ..t.good() };
    vec![
        (
            "another key under the name of the right one",
            by(&t.own).header("alg", "ES256").sign(),
        ),
        (
            "another RSA key under the name of the right one",
            by(&t.own_rsa).header("alg", "RS256").sign(),
        ),
        (
            "another Ed25519 key under the name of the right one",
            by(&t.own_ed).header("alg", "EdDSA").sign(),
        ),
        (
            "another key without a name",
            by(&t.own).header("alg", "ES256").without_header("kid").sign(),
        ),
        (
            "another key under a name of its own",
            by(&t.own).header("alg", "ES256").header("kid", "own").sign(),
        ),
        ("another RSA key with PSS", by(&t.own_rsa).header("alg", "PS256").sign()),
        (
            "another key, published, named in `kid`",
            by(&t.own).header("alg", "ES256").header("kid", t.lair.clone()).sign(),
        ),
    ]
}

pub(super) fn headers(t: &Target) -> Tokens {
    let own = |name: &str, value: Value| {
        let forged = t.good().key(&t.own).header("alg", "ES256").header("kid", "own");
        forged.header(name, value).sign()
    };
    let right = |name: &str, value: Value| t.good().header(name, value).sign();
    let jwk = t.own.jwk("own");
    let certificate = json!([STANDARD.encode(t.own.der())]);
    let lair = json!(t.lair);
    vec![
        ("an embedded key", own("jwk", jwk.clone())),
        ("an embedded key under the right name", {
            let forged = t.good().key(&t.own).header("alg", "ES256");
            forged.header("jwk", t.own.jwk(&t.kid)).sign()
        }),
        ("an embedded key beside a good signature", right("jwk", jwk)),
        ("the right key embedded", right("jwk", t.key.jwk(&t.kid))),
        ("an embedded key that is null", right("jwk", Value::Null)),
        ("an address of keys", own("jku", lair.clone())),
        ("an address of keys beside a good signature", right("jku", lair.clone())),
        ("an address of keys in a file", own("jku", json!("file:///etc/passwd"))),
        ("an address of a certificate", own("x5u", lair.clone())),
        (
            "an address of a certificate beside a good signature",
            right("x5u", lair),
        ),
        ("an embedded certificate", own("x5c", certificate.clone())),
        (
            "an embedded certificate beside a good signature",
            right("x5c", certificate),
        ),
        ("a critical claim", right("crit", json!(["exp"]))),
        (
            "an unknown critical extension",
            right("crit", json!(["https://example.org/policy"])),
        ),
        ("an empty list of critical extensions", right("crit", json!([]))),
        ("a critical extension that is a text", right("crit", json!("exp"))),
        (
            "critical and unencoded",
            t.good().header("crit", json!(["b64"])).header("b64", false).sign(),
        ),
        ("unencoded", right("b64", json!(false))),
        ("compressed", right("zip", json!("DEF"))),
        ("a token in a token", right("cty", json!("JWT"))),
        ("encrypted", right("enc", json!("A256GCM"))),
        ("a password's rounds", right("p2c", json!(2_147_483_647))),
        ("of type JWE", right("typ", json!("JWE"))),
        ("of type dpop+jwt", right("typ", json!("dpop+jwt"))),
        ("of type logout+jwt", right("typ", json!("logout+jwt"))),
        ("of type secevent+jwt", right("typ", json!("secevent+jwt"))),
        ("of type id_token", right("typ", json!("ID"))),
        ("of a type that is a number", right("typ", json!(1))),
        ("of a type that is a list", right("typ", json!(["at+jwt"]))),
        ("of an empty type", right("typ", json!(""))),
    ]
}

pub(super) fn key_names(t: &Target) -> Tokens {
    let by_secret = |kid: &str, secret: &[u8]| t.good().header("alg", "HS256").header("kid", kid).hmac(secret);
    let by_own = |kid: Value| t.good().key(&t.own).header("alg", "ES256").header("kid", kid).sign();
    let right = |kid: Value| t.good().header("kid", kid).sign();
    vec![
        (
            "a name that is a path to nothing",
            by_secret("../../../../../../dev/null", b""),
        ),
        ("a name that is a path to a file", by_secret("/etc/hostname", b"x")),
        ("a name that is SQL", by_own(json!("x' UNION SELECT 'secret' --"))),
        ("a name that is SQL for all", by_own(json!("' OR '1'='1"))),
        ("a name that is a command", by_own(json!("key|/bin/true"))),
        ("a name that is an address", by_own(json!(t.lair))),
        ("a name with a NUL", by_own(json!(format!("{}\0", t.kid)))),
        ("a name that is LDAP", by_own(json!("*)(uid=*))(|(uid=*"))),
        ("an empty name", by_own(json!(""))),
        ("a name that is a number", right(json!(1))),
        ("a name that is null", right(Value::Null)),
        ("a name that is a list", right(json!([t.kid]))),
        ("a name that is an object", right(json!({ "kid": t.kid }))),
        ("a name that is true", right(json!(true))),
        ("a name with a space", right(json!(format!("{} ", t.kid)))),
        ("a name in other letters", right(json!(swap_case(&t.kid)))),
        ("a name of 10,000 letters", right(json!("k".repeat(10_000)))),
        ("an unknown name with the right key", right(json!("unknown"))),
    ]
}

fn swap_case(text: &str) -> String {
    let swap = |c: char| {
        if c.is_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    text.chars().map(swap).collect()
}
