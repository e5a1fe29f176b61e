//! The parts of a compact JWS (RFC 7515), before anything of it is believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::json::parse_json;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::Refused;

/// Longest token, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;
/// Longest name of a key, in bytes.
const MAX_KID: usize = 512;

/// Members of a header that would let the token choose its own key or change how it is read (RFC 8725, sections 3.9
/// and 3.10; RFC 7515, section 4.1.11).
const REFUSED: [&str; 12] = [
    "crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc", "cty", "epk", "p2s", "p2c",
];

/// What a token says of itself.
#[derive(Debug)]
pub(super) struct Jws<'t> {
    /// How it claims to be signed: an algorithm with public keys.
    pub(super) algorithm: Algorithm,
    /// The key that it names.
    pub(super) kid: Option<String>,
    /// Its type in lower case, without `application/`.
    pub(super) typ: Option<String>,
    /// Its claims; nothing of them counts before the signature does.
    pub(super) claims: Map<String, Value>,
    /// What the signature is over.
    pub(super) message: &'t str,
    /// The signature in base64url.
    pub(super) signature: &'t str,
}

/// The algorithms that a token may be signed with: all with public keys, so that no verifier can also sign.
pub const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
];

/// The algorithm of a name, exactly as it is registered.
pub(super) fn algorithm(name: &str) -> Option<Algorithm> {
    ALGORITHMS.iter().find(|(known, _)| *known == name).map(|(_, a)| *a)
}

impl<'t> Jws<'t> {
    /// Takes a token apart. Names that stand twice in one object are refused: two readers could differ on them.
    pub(super) fn parse(token: &'t str) -> Result<Self, Refused> {
        if token.len() > MAX_BYTES {
            return Err(Refused("it is too long"));
        }
        let (message, signature) = token.rsplit_once('.').ok_or(NO_TOKEN)?;
        let (header, payload) = message.split_once('.').ok_or(NO_TOKEN)?;
        if payload.contains('.') {
            return Err(NO_TOKEN);
        }
        if signature.is_empty() {
            return Err(Refused("it is not signed"));
        }
        let header = object(header).ok_or(NO_TOKEN)?;
        if REFUSED.iter().any(|name| header.contains_key(*name)) {
            return Err(Refused("its header names what is not taken from tokens"));
        }
        let text = |name: &str| match header.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(NO_TOKEN),
        };
        let algorithm = text("alg")?
            .and_then(algorithm)
            .ok_or(Refused("its algorithm is not accepted"))?;
        let kid = text("kid")?.map(ToOwned::to_owned);
        if kid.as_ref().is_some_and(|kid| kid.len() > MAX_KID) {
            return Err(NO_TOKEN);
        }
        let typ = text("typ")?.map(|typ| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/").map(ToOwned::to_owned).unwrap_or(typ)
        });
        if typ.as_deref().is_some_and(|typ| typ != "jwt" && typ != "at+jwt") {
            return Err(Refused("it is of another type than access tokens"));
        }
        let claims = object(payload).ok_or(NO_TOKEN)?;
        Ok(Self {
            algorithm,
            kid,
            typ,
            claims,
            message,
            signature,
        })
    }
}

const NO_TOKEN: Refused = Refused("it is no JSON Web Token");

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    match parse_json(&bytes) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}
