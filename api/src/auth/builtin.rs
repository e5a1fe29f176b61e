//! The built-in issuer: a key of its own, for installations without an outside one.

use std::path::Path;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::Scopes;
use domain::id::Id;
use domain::values::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::keyfile;
use super::keys::KeySet;

/// What a new token shall say.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Whom it is for.
    pub subject: String,
    /// The registered client that it is for, if there is one.
    pub client: Option<String>,
    /// The organisation that it acts for: its id, which survives a new slug.
    pub organisation: Option<String>,
    /// What it allows.
    pub scopes: Scopes,
    /// When it is issued.
    pub issued_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// Its own identifier.
    pub token_id: Id,
}

/// Signs tokens, and says with which keys they can be verified.
#[derive(Clone)]
pub struct BuiltIn {
    issuer: String,
    audience: String,
    signing: EncodingKey,
    kid: String,
    jwks: Value,
    keys: KeySet,
}

impl std::fmt::Debug for BuiltIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BuiltIn")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl BuiltIn {
    /// An issuer with the keys of a PEM text: the first one signs, all of them verify, so that a new key can be put
    /// before the old one without a gap.
    ///
    /// # Errors
    /// What is wrong with the text, without any of it.
    pub fn from_pem(text: &str, issuer: &str, audience: &str) -> Result<Self, String> {
        let blocks = pem::parse_many(text).map_err(|_| "is no PEM".to_owned())?;
        let mut signing = None;
        let mut published = Vec::new();
        for block in blocks.iter().filter(|block| block.tag() == keyfile::TAG) {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, block.contents())
                .map_err(|_| "holds a key that is none of P-256 in PKCS#8 form".to_owned())?;
            let (kid, jwk) = describe(pair.public_key().as_ref()).ok_or("holds a key of an unknown form")?;
            published.push(jwk);
            signing.get_or_insert((EncodingKey::from_ec_der(block.contents()), kid));
        }
        let (signing, kid) = signing.ok_or_else(|| format!("holds no block `{}`", keyfile::TAG))?;
        let jwks = json!({ "keys": published });
        Ok(Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            signing,
            kid,
            keys: KeySet::from_jwks(jwks.to_string().as_bytes())?,
            jwks,
        })
    }

    /// An issuer with the keys of a file, which is made with a new key where there is none.
    ///
    /// # Errors
    /// If the file cannot be read or written, others may read it, or there is no key in it.
    pub fn from_file(path: &Path, issuer: &str, audience: &str) -> anyhow::Result<Self> {
        let text = keyfile::read_or_make(path)?;
        Self::from_pem(&text, issuer, audience)
            .map_err(|why| anyhow::anyhow!("setting `token-key`: {} {why}", path.display()))
    }

    /// An issuer with a new key that nobody keeps.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn fleeting(issuer: &str, audience: &str) -> Result<Self, String> {
        Self::from_pem(&keyfile::new_key()?, issuer, audience)
    }

    /// Its name in tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whom its tokens are for.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Its public keys as a JWK set (RFC 7517).
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }

    pub(super) fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// Signs a token.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn sign(&self, grant: &Grant) -> Result<String, String> {
        const MICROS: i64 = 1_000_000;
        let issued_at = grant.issued_at.micros() / MICROS;
        let mut claims = json!({
            "iss": self.issuer,
            "aud": self.audience,
            "sub": grant.subject,
            "iat": issued_at,
            "exp": grant.expires_at.micros() / MICROS,
            "jti": grant.token_id,
            "scope": grant.scopes.to_string(),
        });
        if let Some(claims) = claims.as_object_mut() {
            if let Some(organisation) = &grant.organisation {
                claims.insert("organisation".to_owned(), json!(organisation));
            }
            if let Some(client) = &grant.client {
                claims.insert("client_id".to_owned(), json!(client));
            }
        }
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(|error| error.to_string())
    }
}

/// The name and the published form of a public key: its name is its thumbprint (RFC 7638).
fn describe(point: &[u8]) -> Option<(String, Value)> {
    let [4, coordinates @ ..] = point else { return None };
    let (x, y) = coordinates.split_at_checked(32)?;
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(canonical));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "use": "sig", "alg": "ES256" });
    Some((kid, jwk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_signs_and_all_verify() {
        let (old, new) = (keyfile::new_key().unwrap(), keyfile::new_key().unwrap());
        let before = BuiltIn::from_pem(&old, "i", "a").unwrap();
        let after = BuiltIn::from_pem(&format!("{new}{old}"), "i", "a").unwrap();
        let names: Vec<_> = after.jwks()["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|k| k["kid"].clone())
            .collect();
        assert_eq!(names.len(), 2);
        assert_eq!(names[0], after.kid);
        assert_eq!(names[1], before.kid);
    }

    #[test]
    fn a_text_without_a_key_is_refused_without_showing_it() {
        let public = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n";
        let broken = "-----BEGIN PRIVATE KEY-----\nZ2VoZWlt\n-----END PRIVATE KEY-----\n";
        for text in ["", "nothing", public, broken] {
            let error = BuiltIn::from_pem(text, "i", "a").unwrap_err();
            assert!(!error.contains("geheim") && !error.contains("Z2VoZWlt"), "{error}");
        }
    }

    #[test]
    fn nothing_of_the_key_is_in_its_debug_form() {
        let pem = keyfile::new_key().unwrap();
        let shown = format!("{:?}", BuiltIn::from_pem(&pem, "i", "a").unwrap());
        assert!(
            !shown.contains("PRIVATE") && !shown.contains(pem.lines().nth(1).unwrap()),
            "{shown}"
        );
    }
}
