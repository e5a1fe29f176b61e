//! Public keys: each bound to the algorithms that it may be used with (RFC 8725, section 3.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::jws;

/// Keys of one set at the most.
const MAX_KEYS: usize = 200;
/// Least and greatest length of an RSA modulus, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

const RSA: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// A public key.
#[derive(Clone)]
pub(super) struct Key {
    /// Its name; a key without one answers to every name.
    kid: Option<String>,
    /// What it may be used with.
    algorithms: Vec<Algorithm>,
    /// Its public part, to tell keys apart.
    public: Vec<u8>,
    decoding: DecodingKey,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        (&self.kid, &self.algorithms, &self.public) == (&other.kid, &other.algorithms, &other.public)
    }
}

/// The keys of an issuer.
#[derive(Clone, Default, PartialEq)]
pub(super) struct KeySet(Vec<Key>);

/// Without the keys, which are long.
impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// What there is for a token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// One of the keys signed it.
    Signed,
    /// The keys that it names did not sign it.
    NotSigned,
    /// No key of that name is known.
    Unknown,
}

/// A key as issuers publish it (RFC 7517, RFC 7518 section 6, RFC 8037).
#[derive(Deserialize)]
struct Published {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// The private part: a key that shows it is nobody's any more.
    d: Option<Value>,
}

impl Key {
    /// A key of a JWK set; none where it is not for signatures, or of a kind that is not accepted.
    fn published(key: Published) -> Option<Self> {
        let is_for_signatures = key.usage.as_deref().is_none_or(|usage| usage == "sig")
            && key
                .key_ops
                .as_ref()
                .is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !is_for_signatures || key.d.is_some() {
            return None;
        }
        let bytes = |part: &Option<String>| URL_SAFE_NO_PAD.decode(part.as_deref()?).ok();
        let made = match (key.kty.as_str(), key.crv.as_deref()) {
            ("RSA", _) => Self::rsa(&bytes(&key.n)?, &bytes(&key.e)?),
            ("EC", Some("P-256")) => Self::ec(Algorithm::ES256, 32, &bytes(&key.x)?, &bytes(&key.y)?),
            ("EC", Some("P-384")) => Self::ec(Algorithm::ES384, 48, &bytes(&key.x)?, &bytes(&key.y)?),
            ("OKP", Some("Ed25519")) => Self::ed25519(&bytes(&key.x)?),
            _ => None,
        }?;
        let algorithms = match key.alg.as_deref() {
            None => made.algorithms,
            // The newer name of the same (RFC 9864).
            Some("Ed25519") => made.algorithms.into_iter().filter(|a| *a == Algorithm::EdDSA).collect(),
            Some(name) => made
                .algorithms
                .into_iter()
                .filter(|a| jws::algorithm(name) == Some(*a))
                .collect(),
        };
        (!algorithms.is_empty()).then_some(Self {
            kid: key.kid,
            algorithms,
            ..made
        })
    }

    fn rsa(n: &[u8], e: &[u8]) -> Option<Self> {
        let significant = |number: &[u8]| {
            number
                .iter()
                .position(|b| *b != 0)
                .and_then(|at| number.get(at..).map(<[u8]>::to_vec))
        };
        let (n, e) = (significant(n)?, significant(e)?);
        let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
        // An exponent of 1 makes every message its own signature.
        let is_sound = RSA_BITS.contains(&bits) && e.last().is_some_and(|b| b % 2 == 1) && e != [1];
        is_sound.then(|| Self {
            kid: None,
            algorithms: RSA.to_vec(),
            decoding: DecodingKey::from_rsa_raw_components(&n, &e),
            public: [n, e].concat(),
        })
    }

    fn ec(algorithm: Algorithm, size: usize, x: &[u8], y: &[u8]) -> Option<Self> {
        if x.len() != size || y.len() != size {
            return None;
        }
        let point = [&[4], x, y].concat();
        Some(Self {
            kid: None,
            algorithms: vec![algorithm],
            decoding: DecodingKey::from_ec_der(&point),
            public: point,
        })
    }

    fn ed25519(x: &[u8]) -> Option<Self> {
        (x.len() == 32).then(|| Self {
            kid: None,
            algorithms: vec![Algorithm::EdDSA],
            decoding: DecodingKey::from_ed_der(x),
            public: x.to_vec(),
        })
    }

    /// A public key in PEM form. What it is, the library finds out by reading it as each kind.
    fn pem(block: &pem::Pem) -> Option<Self> {
        let text = pem::encode(block);
        let text = text.as_bytes();
        let key = DecodingKey::from_rsa_pem(text)
            .or_else(|_| DecodingKey::from_ec_pem(text))
            .or_else(|_| DecodingKey::from_ed_pem(text))
            .ok()?;
        let part = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        match Jwk::from_decoding_key(&key, None).ok()?.algorithm {
            AlgorithmParameters::RSA(rsa) => Self::rsa(&part(&rsa.n)?, &part(&rsa.e)?),
            AlgorithmParameters::EllipticCurve(point) => match point.curve {
                EllipticCurve::P256 => Self::ec(Algorithm::ES256, 32, &part(&point.x)?, &part(&point.y)?),
                EllipticCurve::P384 => Self::ec(Algorithm::ES384, 48, &part(&point.x)?, &part(&point.y)?),
                _ => None,
            },
            AlgorithmParameters::OctetKeyPair(pair) => Self::ed25519(&part(&pair.x)?),
            _ => None,
        }
    }

    fn verifies(&self, algorithm: Algorithm, message: &str, signature: &str) -> bool {
        jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.decoding, algorithm).unwrap_or(false)
    }
}

impl KeySet {
    /// The usable keys of a JWK set; others are left out.
    ///
    /// # Errors
    /// If it is none, or holds no usable key.
    pub(super) fn from_jwks(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(text).map_err(|error| format!("is no JWK set: {error}"))?;
        let keys = set.keys.into_iter().take(MAX_KEYS);
        Self(
            keys.filter_map(|key| Key::published(serde_json::from_value(key).ok()?))
                .collect(),
        )
        .usable()
    }

    /// The public keys of a file: a JWK set, or PEM blocks.
    ///
    /// # Errors
    /// If there is no usable key in it.
    pub(super) fn from_file(text: &[u8]) -> Result<Self, String> {
        if text.trim_ascii_start().starts_with(b"{") {
            return Self::from_jwks(text);
        }
        let blocks = pem::parse_many(text).map_err(|error| format!("is neither a JWK set nor PEM: {error}"))?;
        if blocks.iter().any(|block| block.tag().contains("PRIVATE")) {
            return Err("holds a private key: keep that at the issuer, and give the public one".to_owned());
        }
        Self(blocks.iter().take(MAX_KEYS).filter_map(Key::pem).collect()).usable()
    }

    fn usable(self) -> Result<Self, String> {
        if self.0.is_empty() {
            return Err("holds no usable public key (RSA from 2048 bits, P-256, P-384, Ed25519)".to_owned());
        }
        Ok(self)
    }

    /// The same keys, for some algorithms only.
    pub(super) fn only(mut self, algorithms: &[Algorithm]) -> Result<Self, String> {
        for key in &mut self.0 {
            key.algorithms.retain(|a| algorithms.contains(a));
        }
        self.0.retain(|key| !key.algorithms.is_empty());
        if self.0.is_empty() {
            return Err("holds no key for the algorithms that are set".to_owned());
        }
        Ok(self)
    }

    /// The names of the keys, for logs.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.kid.as_deref().unwrap_or("(no name)"))
    }

    /// Whether a key that the token names signed it.
    pub(super) fn verify(&self, jws: &jws::Jws<'_>) -> Outcome {
        let named: Vec<&Key> = match &jws.kid {
            Some(kid) => self
                .0
                .iter()
                .filter(|k| k.kid.as_ref().is_none_or(|known| known == kid))
                .collect(),
            None => self.0.iter().collect(),
        };
        let mut fitting = named.iter().filter(|key| key.algorithms.contains(&jws.algorithm));
        if named.is_empty() {
            return Outcome::Unknown;
        }
        if jws.kid.is_none() && fitting.clone().filter(|key| key.kid.is_some()).count() > 1 {
            // Where keys have names, a token names its key; guessing would cost a signature check for each.
            return Outcome::NotSigned;
        }
        // Keys without names are few: those of one file.
        if fitting
            .by_ref()
            .take(8)
            .any(|key| key.verifies(jws.algorithm, jws.message, jws.signature))
        {
            Outcome::Signed
        } else {
            Outcome::NotSigned
        }
    }
}
