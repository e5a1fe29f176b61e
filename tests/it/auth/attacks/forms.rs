//! Attacks on the form of a token, and on its signature.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::forge::{b64, signed};
use super::{Target, Tokens};

pub(super) fn forms(t: &Target) -> Tokens {
    let good = t.good().sign();
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        panic!("{good}")
    };
    let head = Value::Object(t.good().header).to_string();
    let object = json!({ "protected": header, "payload": payload, "signature": signature });
    let standard = |part: &str| part.replace('-', "+").replace('_', "/");
    let padded = format!("{}==", b64(&head));
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
    ]
}

pub(super) fn texts(t: &Target) -> Tokens {
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
    vec![
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

pub(super) fn signatures(t: &Target) -> Tokens {
    let good = t.good().sign();
    let (message, signature) = good.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
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
