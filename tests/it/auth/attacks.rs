//! What attackers send. Each entry is a good token with one thing changed, or none at all; nothing of it is accepted.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};

use super::forge::{Forged, Key, b64, signed};

/// An issuer with its keys, and somebody who would like to be it.
pub(super) struct Target {
    /// Whether it is the built-in one.
    pub(super) built_in: bool,
    pub(super) key: Key,
    pub(super) kid: String,
    pub(super) issuer: String,
    pub(super) now: i64,
    /// Where the attacker's own keys are published.
    pub(super) lair: String,
    pub(super) own: Key,
    pub(super) own_rsa: Key,
    pub(super) own_ed: Key,
    /// The keys of the issuer as everybody can read them.
    pub(super) published: String,
}

/// What is sent.
pub(super) enum Sent {
    Token(String),
    Headers(Vec<(&'static str, String)>),
}

pub(super) type Attack = (&'static str, Sent);

impl Target {
    pub(super) fn good(&self) -> Forged<'_> {
        let typ = if self.built_in { "at+jwt" } else { "JWT" };
        let token = super::issuer::token(&self.issuer, &self.kid, &self.key);
        token.header("typ", typ)
    }

    fn alg(&self) -> &'static str {
        self.key.algorithm()
    }
}

pub(super) fn all(target: &Target) -> Vec<Attack> {
    let tokens = [
        unsigned(target),
        shared_secrets(target),
        algorithms(target),
        foreign_keys(target),
        headers(target),
        key_names(target),
        issuers_and_audiences(target),
        times(target),
        other_claims(target),
        forms(target),
        signatures(target),
    ];
    let mut all: Vec<Attack> = tokens
        .into_iter()
        .flatten()
        .map(|(name, token)| (name, Sent::Token(token)))
        .collect();
    all.extend(transport(target));
    all
}

type Tokens = Vec<(&'static str, String)>;

fn unsigned(t: &Target) -> Tokens {
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

fn shared_secrets(t: &Target) -> Tokens {
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

fn algorithms(t: &Target) -> Tokens {
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

fn foreign_keys(t: &Target) -> Tokens {
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

fn headers(t: &Target) -> Tokens {
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

fn key_names(t: &Target) -> Tokens {
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

fn issuers_and_audiences(t: &Target) -> Tokens {
    let issuer = |value: Value| t.good().claim("iss", value).sign();
    let audience = |value: Value| t.good().claim("aud", value).sign();
    let right = super::issuer::AUDIENCE;
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

fn times(t: &Target) -> Tokens {
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

fn other_claims(t: &Target) -> Tokens {
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

fn forms(t: &Target) -> Tokens {
    let good = t.good().sign();
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        panic!("{good}")
    };
    let own = t.good();
    let claims = Value::Object(own.claims.clone()).to_string();
    let head = Value::Object(own.header.clone()).to_string();
    let twice = |text: &str, more: &str| format!("{},{more}}}", text.trim_end_matches('}'));
    let first = |text: &str, more: &str| format!("{{{more},{}", text.trim_start_matches('{'));
    let deep = format!(
        r#"{},"x":{}1{}}}"#,
        claims.trim_end_matches('}'),
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let object = json!({ "protected": header, "payload": payload, "signature": signature });
    let standard = |part: &str| part.replace('-', "+").replace('_', "/");
    let padded = URL_SAFE.encode(&head);
    vec![
        ("a quarter of it", good[..good.len() / 4].to_owned()),
        ("half of it", good[..good.len() / 2].to_owned()),
        ("all but its last letter", good[..good.len() - 1].to_owned()),
        ("all but its last twenty letters", good[..good.len() - 20].to_owned()),
        ("all but its first letter", good[1..].to_owned()),
        ("only its header", (*header).to_owned()),
        ("only its signature", (*signature).to_owned()),
        ("two parts", format!("{header}.{signature}")),
        ("four parts", format!("{good}.{signature}")),
        (
            "five parts, as if encrypted",
            format!("{header}.{payload}.{payload}.{payload}.{signature}"),
        ),
        ("an empty part before", format!(".{good}")),
        ("an empty part after", format!("{good}.")),
        ("an empty payload", signed(&t.key, t.alg(), &format!("{header}."))),
        ("an empty header", signed(&t.key, t.alg(), &format!(".{payload}"))),
        ("only dots", "..".to_owned()),
        ("many dots", ".".repeat(1000)),
        ("one letter", "a".to_owned()),
        ("words", "let-me-in".to_owned()),
        ("null", "null".to_owned()),
        ("undefined", "undefined".to_owned()),
        ("padded parts", format!("{header}==.{payload}==.{signature}==")),
        (
            "a padded header, signed",
            signed(&t.key, t.alg(), &format!("{padded}.{payload}")),
        ),
        (
            "the other alphabet",
            format!("{}.{}.{}+/", standard(header), standard(payload), standard(signature)),
        ),
        ("JSON serialisation", object.to_string()),
        ("JSON serialisation in base64", b64(object.to_string())),
        ("a payload that is a list", own.texts(None, Some(b"[]"))),
        ("a payload that is a text", own.texts(None, Some(b"\"admin\""))),
        ("a payload that is null", own.texts(None, Some(b"null"))),
        ("a payload that is no JSON", own.texts(None, Some(b"sub=anna"))),
        (
            "a payload that ends too soon",
            own.texts(None, Some(&claims.as_bytes()[..claims.len() - 1])),
        ),
        (
            "a payload with something after it",
            own.texts(None, Some(format!("{claims}{{}}").as_bytes())),
        ),
        (
            "a payload that is no UTF-8",
            own.texts(None, Some(b"{\"sub\":\"\xff\xfe\"}")),
        ),
        (
            "a payload with a byte order mark",
            own.texts(None, Some(format!("\u{feff}{claims}").as_bytes())),
        ),
        ("a payload 5,000 deep", own.texts(None, Some(deep.as_bytes()))),
        (
            "an audience twice, the right one last",
            own.texts(None, Some(first(&claims, r#""aud":"x""#).as_bytes())),
        ),
        (
            "an end twice",
            own.texts(None, Some(twice(&claims, r#""exp":9999999999"#).as_bytes())),
        ),
        (
            "an issuer twice",
            own.texts(None, Some(twice(&claims, r#""iss":"x""#).as_bytes())),
        ),
        (
            "scopes twice",
            own.texts(None, Some(twice(&claims, r#""scope":"admin""#).as_bytes())),
        ),
        ("a header that is a list", own.texts(Some(b"[]"), None)),
        ("a header that is no JSON", own.texts(Some(b"alg=none"), None)),
        (
            "an algorithm twice, the right one first",
            own.texts(Some(twice(&head, r#""alg":"none""#).as_bytes()), None),
        ),
        (
            "an algorithm twice, the right one last",
            own.texts(Some(first(&head, r#""alg":"none""#).as_bytes()), None),
        ),
        (
            "a key's name twice",
            own.texts(Some(twice(&head, r#""kid":"x""#).as_bytes()), None),
        ),
        ("20 KB, signed", t.good().claim("x", "x".repeat(20_000)).sign()),
        ("60 KB, signed", t.good().claim("x", "x".repeat(45_000)).sign()),
        ("60 KB of nothing", "a".repeat(60_000)),
    ]
}

fn signatures(t: &Target) -> Tokens {
    let good = t.good().sign();
    let (message, signature) = good.rsplit_once('.').unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(signature)
        .unwrap();
    let with = |bytes: &[u8]| format!("{message}.{}", b64(bytes));
    let mut flipped = bytes.clone();
    flipped[7] ^= 1;
    let mut last = bytes.clone();
    *last.last_mut().unwrap() ^= 1;
    let (_, other_payload) = t
        .good()
        .claim("scope", "admin")
        .message()
        .split_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let header = message.split('.').next().unwrap();
    // Two letters stand for the same bytes in the last place of a text whose length is no multiple of four.
    let sloppy = sloppy(signature);
    let mut der = vec![0x30, 0x44, 0x02, 0x20];
    der.extend(bytes.iter().take(32));
    der.extend([0x02, 0x20]);
    der.extend(bytes.iter().skip(32).take(32));
    let order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
    let order: Vec<u8> = (0..32)
        .map(|i| u8::from_str_radix(&order[2 * i..2 * i + 2], 16).unwrap())
        .collect();
    vec![
        ("one bit of the signature", with(&flipped)),
        ("the last bit of the signature", with(&last)),
        (
            "another payload under the signature",
            format!("{header}.{other_payload}.{signature}"),
        ),
        ("another header under the signature", {
            let other = t.good().header("x", 1).message();
            format!(
                "{}.{}.{signature}",
                other.split('.').next().unwrap(),
                message.split('.').nth(1).unwrap()
            )
        }),
        ("zeros (CVE-2022-21449)", with(&vec![0; bytes.len()])),
        ("ones", with(&vec![255; bytes.len()])),
        ("the order of the curve", with(&[order.clone(), order].concat())),
        ("the signature twice", with(&[bytes.clone(), bytes.clone()].concat())),
        ("a zero before the signature", with(&[&[0][..], &bytes].concat())),
        ("a zero after the signature", with(&[&bytes[..], &[0]].concat())),
        ("half a signature", with(&bytes[..bytes.len() / 2])),
        ("a signature in DER", with(&der)),
        (
            "a hash in place of the signature",
            with(digest(&SHA256, message.as_bytes()).as_ref()),
        ),
        (
            "the payload in place of the signature",
            format!("{message}.{}", message.split('.').nth(1).unwrap()),
        ),
        ("a signature with sloppy ends", format!("{message}.{sloppy}")),
        ("a signature over the payload alone", {
            let payload = message.split('.').nth(1).unwrap();
            format!("{message}.{}", b64(t.key.sign(t.alg(), payload)))
        }),
    ]
}

fn sloppy(text: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = *text.as_bytes().last().unwrap();
    let place = ALPHABET.iter().position(|b| *b == last).unwrap();
    format!("{}{}", &text[..text.len() - 1], ALPHABET[place | 1] as char)
}

fn transport(t: &Target) -> Vec<Attack> {
    let good = t.good().sign();
    let one = |value: String| Sent::Headers(vec![("authorization", value)]);
    let basic = STANDARD.encode(format!("token:{good}"));
    vec![
        (
            "two headers with a good token",
            Sent::Headers(vec![
                ("authorization", format!("Bearer {good}")),
                ("authorization", format!("Bearer {good}")),
            ]),
        ),
        (
            "a bad header after a good one",
            Sent::Headers(vec![
                ("authorization", format!("Bearer {good}")),
                ("authorization", "Basic eDp5".to_owned()),
            ]),
        ),
        ("two tokens in one header", one(format!("Bearer {good}, Bearer {good}"))),
        ("no scheme", one(good.clone())),
        ("scheme Basic", one(format!("Basic {basic}"))),
        ("scheme Token", one(format!("Token {good}"))),
        ("scheme JWT", one(format!("JWT {good}"))),
        ("scheme DPoP", one(format!("DPoP {good}"))),
        ("no space", one(format!("Bearer{good}"))),
        ("two spaces", one(format!("Bearer  {good}"))),
        ("a tab", one(format!("Bearer\t{good}"))),
        ("something after the token", one(format!("Bearer {good} admin"))),
        ("in quotes", one(format!("Bearer \"{good}\""))),
        ("as a parameter", one(format!("Bearer token={good}"))),
        ("a scheme without a token", one("Bearer".to_owned())),
        ("a header without a value", one(String::new())),
        (
            "in a cookie",
            Sent::Headers(vec![("cookie", format!("access_token={good}; authorization={good}"))]),
        ),
        (
            "in headers of proxies",
            Sent::Headers(vec![
                ("x-forwarded-authorization", format!("Bearer {good}")),
                ("proxy-authorization", format!("Bearer {good}")),
                ("x-access-token", good),
            ]),
        ),
    ]
}
