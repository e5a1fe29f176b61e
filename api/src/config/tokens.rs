//! Settings of who may write: the built-in issuer of tokens, and those from outside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::access::{Scope, Scopes};
use domain::code_list::CodeList;
use serde::Deserialize;

use super::{Layers, Settings, WrongSetting, wrong};
use crate::auth::{ALGORITHMS, ClaimMap, KeysAt, Outside, permitted};

/// What issuer and audience are called where neither they nor the public address are set.
const NAME: &str = "verbundkatalog";
/// The name of the key file where none is set.
const KEY_FILE: &str = "token-key.pem";
/// Longest name of an issuer or an audience.
const MAX_NAME: usize = 500;

/// One outside issuer, as the file gives it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IssuerSettings {
    url: String,
    audience: Option<String>,
    jwks_url: Option<String>,
    jwks_file: Option<PathBuf>,
    algorithms: Option<Vec<String>>,
    organisation_claim: Option<String>,
    scope_claim: Option<String>,
    roles: Option<Vec<String>>,
    scope_map: Option<BTreeMap<String, String>>,
    allowed_scopes: Option<String>,
    allow_http_loopback: Option<bool>,
}

/// Which tokens are accepted and issued.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Whether this service issues tokens itself.
    pub built_in: bool,
    /// The file with its key.
    pub key: PathBuf,
    /// Its name in tokens.
    pub issuer: String,
    /// Whom tokens must be for.
    pub audience: String,
    /// Issuers from outside.
    pub outside: Vec<Outside>,
}

impl Tokens {
    pub(super) fn merge(
        layers: &Layers<'_>,
        given: &mut Settings,
        file: &mut Settings,
        public_url: Option<&str>,
        database_url: &str,
    ) -> Result<Self, WrongSetting> {
        let default = public_url.unwrap_or(NAME);
        let name = |setting, given: Option<String>, file: Option<String>| {
            let (name, place) = layers.pick(given, file, default.to_owned());
            let is_name =
                !name.is_empty() && name.len() <= MAX_NAME && !name.chars().any(|c| c.is_control() || c == ' ');
            is_name.then_some(name).ok_or_else(|| {
                wrong(
                    setting,
                    &place,
                    format!("give 1 to {MAX_NAME} characters without spaces"),
                )
            })
        };
        let issuer = name("token-issuer", given.token_issuer.take(), file.token_issuer.take())?;
        let audience = name("audience", given.audience.take(), file.audience.take())?;
        let (key, _) = layers.pick(given.token_key.take(), file.token_key.take(), key_beside(database_url));
        let built_in = given.built_in_issuer.or(file.built_in_issuer).unwrap_or(true);
        let place = format!("file {}", layers.path);
        let outside = std::mem::take(&mut file.issuer)
            .into_iter()
            .map(|one| {
                let url = one.url.clone();
                one.read(&audience)
                    .map_err(|why| wrong("issuer", &place, format!("`{url}`: {why}")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            built_in,
            key,
            issuer,
            audience,
            outside,
        })
    }
}

/// Beside the database where that is a file.
fn key_beside(database_url: &str) -> PathBuf {
    let folder = database_url
        .strip_prefix("sqlite://")
        .map(Path::new)
        .and_then(Path::parent);
    folder.unwrap_or_else(|| Path::new("data")).join(KEY_FILE)
}

impl IssuerSettings {
    fn read(self, audience: &str) -> Result<Outside, String> {
        let allow_http_loopback = self.allow_http_loopback.unwrap_or(false);
        let address = |name: &str, text: &str| {
            let url: url::Url = text.parse().map_err(|_| format!("`{name}` is no address"))?;
            permitted(&url, allow_http_loopback)?;
            Ok::<_, String>(url)
        };
        let keys = match (self.jwks_file, self.jwks_url) {
            (Some(_), Some(_)) => return Err("give `jwks-file` or `jwks-url`, not both".to_owned()),
            (Some(file), None) => KeysAt::File(file),
            (None, Some(url)) => KeysAt::Url(address("jwks-url", &url)?),
            (None, None) => {
                address("url", &self.url)?;
                KeysAt::Discovery
            }
        };
        // With keys from elsewhere, the name of an issuer may be any text.
        if self.url.is_empty() || self.url.len() > MAX_NAME {
            return Err("`url` is the `iss` of its tokens: give 1 to 500 characters".to_owned());
        }
        let algorithms = match self.algorithms {
            None => ALGORITHMS.iter().map(|(_, algorithm)| *algorithm).collect(),
            Some(names) if names.is_empty() => return Err("`algorithms` is empty".to_owned()),
            Some(names) => names.iter().map(|name| algorithm(name)).collect::<Result<_, _>>()?,
        };
        let default = ClaimMap::default();
        let claims = ClaimMap {
            scope: self.scope_claim.unwrap_or(default.scope),
            organisation: self.organisation_claim.unwrap_or(default.organisation),
            roles: self.roles.unwrap_or_default(),
            scope_map: self
                .scope_map
                .unwrap_or_default()
                .into_iter()
                .map(|(role, scopes)| Ok((role, read_scopes(&scopes)?)))
                .collect::<Result<_, String>>()?,
            at_most: self
                .allowed_scopes
                .map_or(Ok(default.at_most), |scopes| read_scopes(&scopes))?,
        };
        Ok(Outside {
            url: self.url,
            audience: self.audience.unwrap_or_else(|| audience.to_owned()),
            keys,
            algorithms,
            claims,
            allow_http_loopback,
        })
    }
}

fn algorithm(name: &str) -> Result<jsonwebtoken::Algorithm, String> {
    let known = ALGORITHMS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, algorithm)| *algorithm);
    known.ok_or_else(|| {
        let names: Vec<&str> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
        format!(
            "the algorithm `{name}` is not accepted; these are: {}",
            names.join(", ")
        )
    })
}

/// Scopes with spaces between them, none of them unknown.
///
/// # Errors
/// Names the unknown one, and all that there are.
pub fn read_scopes(text: &str) -> Result<Scopes, String> {
    text.split_ascii_whitespace()
        .map(|word| {
            Scope::from_code(word).ok_or_else(|| {
                let codes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.code()).collect();
                format!("`{word}` is no scope; these are: {}", codes.join(", "))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<Outside, String> {
        toml::from_str::<IssuerSettings>(toml).unwrap().read("katalog")
    }

    #[test]
    fn an_issuer_needs_no_more_than_its_address() {
        let issuer = read("url = 'https://sso.example.org/realms/x'").unwrap();
        assert_eq!(issuer.audience, "katalog");
        assert_eq!(issuer.keys, KeysAt::Discovery);
        assert_eq!(issuer.algorithms.len(), ALGORITHMS.len());
        assert_eq!(issuer.claims, ClaimMap::default());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (toml, why) in [
            ("url = ''", "no address"),
            ("url = 'http://sso.example.org'", "no https address"),
            ("url = 'http://127.0.0.1:1'", "allow-http-loopback"),
            ("url = 'https://a'\nalgorithms = ['HS256']", "`HS256` is not accepted"),
            ("url = 'https://a'\nalgorithms = ['none']", "`none` is not accepted"),
            ("url = 'https://a'\nalgorithms = []", "empty"),
            ("url = 'https://a'\njwks-file = 'a'\njwks-url = 'https://a'", "not both"),
            ("url = 'https://a'\njwks-url = 'http://a/jwks'", "no https address"),
            (
                "url = 'https://a'\nscope-map = { x = 'component:write' }",
                "`component:write` is no scope",
            ),
            ("url = 'https://a'\nallowed-scopes = 'root'", "`root` is no scope"),
        ] {
            let error = read(toml).unwrap_err();
            assert!(error.contains(why), "{toml}: {error}");
        }
        assert!(read("url = 'http://127.0.0.1:1'\nallow-http-loopback = true").is_ok());
        assert!(read("url = 'any name'\njwks-file = 'keys.json'").is_ok());
    }

    #[test]
    fn the_key_lies_beside_the_database() {
        for (url, key) in [
            ("sqlite://data/verbundkatalog.sqlite", "data/token-key.pem"),
            ("sqlite:///var/lib/k.db", "/var/lib/token-key.pem"),
            ("sqlite://k.db", "token-key.pem"),
            ("postgres://u:p@h/d", "data/token-key.pem"),
        ] {
            assert_eq!(key_beside(url), Path::new(key), "{url}");
        }
    }
}
