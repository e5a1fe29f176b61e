//! Tokens of any form, signed with any key: what an attacker can write, and what an issuer would.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

pub(super) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A private key.
pub(super) enum Key {
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl Key {
    pub(super) fn p256() -> Self {
        Self::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(super) fn p384() -> Self {
        Self::P384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())
    }

    pub(super) fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    pub(super) fn rsa() -> Self {
        Self::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    /// The algorithm that it is used with where nothing else is said.
    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Self::P256(_) => "ES256",
            Self::P384(_) => "ES384",
            Self::Ed25519(_) => "EdDSA",
            Self::Rsa(_) => "RS256",
        }
    }

    /// Signs as an algorithm says; one that is none of the key's is taken for the key's own.
    pub(super) fn sign(&self, algorithm: &str, message: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::P256(key) | Self::P384(key) => key.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            Self::Ed25519(key) => key.sign(message.as_bytes()).as_ref().to_vec(),
            Self::Rsa(key) => {
                let padding: &'static dyn signature::RsaEncoding = match algorithm {
                    "RS384" => &signature::RSA_PKCS1_SHA384,
                    "RS512" => &signature::RSA_PKCS1_SHA512,
                    "PS256" => &signature::RSA_PSS_SHA256,
                    "PS384" => &signature::RSA_PSS_SHA384,
                    "PS512" => &signature::RSA_PSS_SHA512,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut bytes = vec![0; key.public_modulus_len()];
                key.sign(padding, &random, message.as_bytes(), &mut bytes).unwrap();
                bytes
            }
        }
    }

    /// The public key as issuers publish it.
    pub(super) fn jwk(&self, kid: &str) -> Value {
        let mut jwk = match self {
            Self::P256(key) | Self::P384(key) => {
                let point = &key.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({ "kty": "EC", "crv": curve, "x": b64(x), "y": b64(y) })
            }
            Self::Ed25519(key) => json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(key.public_key()) }),
            Self::Rsa(key) => {
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
                json!({ "kty": "RSA", "n": b64(parts.n), "e": b64(parts.e) })
            }
        };
        jwk["kid"] = json!(kid);
        jwk["use"] = json!("sig");
        jwk["alg"] = json!(self.algorithm());
        jwk
    }

    /// The public key in DER form (SPKI).
    pub(super) fn der(&self) -> Vec<u8> {
        match self {
            Self::P256(key) | Self::P384(key) => AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key())
                .unwrap()
                .as_ref()
                .to_vec(),
            Self::Ed25519(key) => AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key())
                .unwrap()
                .as_ref()
                .to_vec(),
            Self::Rsa(key) => AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key())
                .unwrap()
                .as_ref()
                .to_vec(),
        }
    }

    /// The public key in PEM form.
    pub(super) fn pem(&self) -> String {
        armour("PUBLIC KEY", &self.der())
    }

    /// The private key in PEM form; only of P-256.
    pub(super) fn private_pem(&self) -> String {
        let Self::P256(key) = self else { panic!("only P-256") };
        armour("PRIVATE KEY", key.to_pkcs8v1().unwrap().as_ref())
    }
}

fn armour(tag: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|c| std::str::from_utf8(c).unwrap())
        .collect();
    format!("-----BEGIN {tag}-----\n{}\n-----END {tag}-----\n", lines.join("\n"))
}

/// A token in the making: a good one until something of it is changed.
#[derive(Clone)]
pub(super) struct Forged<'k> {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    pub(super) key: &'k Key,
}

impl<'k> Forged<'k> {
    pub(super) fn new(key: &'k Key, header: &Value, claims: &Value) -> Self {
        Self {
            header: header.as_object().unwrap().clone(),
            claims: claims.as_object().unwrap().clone(),
            key,
        }
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    pub(super) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    pub(super) fn key(mut self, key: &'k Key) -> Self {
        self.key = key;
        self
    }

    fn algorithm(&self) -> &str {
        self.header.get("alg").and_then(Value::as_str).unwrap_or_default()
    }

    /// What a signature is over.
    pub(super) fn message(&self) -> String {
        let part = |part: &Map<String, Value>| b64(Value::Object(part.clone()).to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }

    pub(super) fn sign(&self) -> String {
        signed(self.key, self.algorithm(), &self.message())
    }

    /// Signed with a shared secret.
    pub(super) fn hmac(&self, secret: &[u8]) -> String {
        let algorithm = match self.algorithm() {
            "HS384" => hmac::HMAC_SHA384,
            "HS512" => hmac::HMAC_SHA512,
            _ => hmac::HMAC_SHA256,
        };
        let message = self.message();
        let tag = hmac::sign(&hmac::Key::new(algorithm, secret), message.as_bytes());
        format!("{message}.{}", b64(tag))
    }

    /// With other texts in the place of header or claims, signed.
    pub(super) fn texts(&self, header: Option<&[u8]>, claims: Option<&[u8]>) -> String {
        let own = |part: &Map<String, Value>| Value::Object(part.clone()).to_string().into_bytes();
        let header = header.map_or_else(|| own(&self.header), <[u8]>::to_vec);
        let claims = claims.map_or_else(|| own(&self.claims), <[u8]>::to_vec);
        signed(self.key, self.algorithm(), &format!("{}.{}", b64(header), b64(claims)))
    }
}

pub(super) fn signed(key: &Key, algorithm: &str, message: &str) -> String {
    format!("{message}.{}", b64(key.sign(algorithm, message)))
}
