//! What the claims of a token mean here.

use std::collections::BTreeMap;

use domain::access::{Actor, Scopes};
use domain::clock::Clock;
use domain::values::Timestamp;
use serde_json::{Map, Value};

use super::Refused;

/// Seconds that clocks may differ.
pub const LEEWAY: i64 = 30;
/// Longest subject, organisation or token id, in characters.
const MAX_TEXT: usize = 255;

/// Which claims say what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimMap {
    /// The claim with scopes: a text with spaces between them, or a list.
    pub scope: String,
    /// Claims with lists of roles.
    pub roles: Vec<String>,
    /// What each role allows. A role that is not named here allows nothing: `admin` is a common word.
    pub scope_map: BTreeMap<String, Scopes>,
    /// The claim with the organisation's slug or id.
    pub organisation: String,
    /// What tokens of this issuer may allow at the most.
    pub at_most: Scopes,
}

impl Default for ClaimMap {
    fn default() -> Self {
        use domain::code_list::CodeList;
        Self {
            scope: "scope".to_owned(),
            roles: Vec::new(),
            scope_map: BTreeMap::new(),
            organisation: "organisation".to_owned(),
            at_most: domain::access::Scope::ALL.iter().copied().collect(),
        }
    }
}

/// Whom a token speaks of, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whom it was given to.
    pub actor: Actor,
    /// When it expires, without leeway.
    pub expires_at: Timestamp,
}

impl Verified {
    /// Whether it has expired, leeway included.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now.micros() >= self.expires_at.micros().saturating_add(LEEWAY * MICROS)
    }
}

const MICROS: i64 = 1_000_000;

/// Reads the claims of a token whose signature was verified.
pub(super) fn read(
    claims: &Map<String, Value>,
    issuer: &str,
    audience: &str,
    map: &ClaimMap,
    clock: &dyn Clock,
) -> Result<Verified, Refused> {
    if text(claims, "iss") != Some(issuer) {
        return Err(Refused("its issuer is not known here"));
    }
    let is_for_us = match claims.get("aud") {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(all)) => all.iter().any(|one| one == audience),
        _ => false,
    };
    if !is_for_us {
        return Err(Refused("it is meant for another audience"));
    }
    // Such a token tells a client who signed in there; it is no key to other doors (OpenID Connect Core 1.0, section 2).
    let is_id_token = text(claims, "typ") == Some("ID")
        || ["nonce", "at_hash", "c_hash"]
            .iter()
            .any(|name| claims.contains_key(*name));
    if is_id_token {
        return Err(Refused("it is an ID token; send an access token"));
    }
    let now = clock.now();
    let latest = now.micros().saturating_add(LEEWAY * MICROS);
    let expires_at = moment(claims, "exp")?.ok_or(Refused("it does not say when it expires"))?;
    for (name, why) in [("nbf", "it is not valid yet"), ("iat", "it was issued in the future")] {
        if moment(claims, name)?.is_some_and(|moment| moment.micros() > latest) {
            return Err(Refused(why));
        }
    }
    let subject = text(claims, "sub")
        .filter(|sub| is_plain(sub))
        .ok_or(Refused("it names no subject"))?;
    let token_id = match claims.get("jti") {
        None => None,
        Some(Value::String(id)) if is_plain(id) => Some(id.clone()),
        Some(_) => return Err(Refused("its identifier is none")),
    };
    let organisation = words(at(claims, &map.organisation));
    let verified = Verified {
        actor: Actor {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            token_id,
            organisation: match organisation.as_slice() {
                [one] if is_plain(one) => Some((*one).to_owned()),
                _ => None,
            },
            scopes: scopes(claims, map),
        },
        expires_at,
    };
    if verified.is_over(now) {
        return Err(Refused("it has expired"));
    }
    Ok(verified)
}

fn scopes(claims: &Map<String, Value>, map: &ClaimMap) -> Scopes {
    let named = words(at(claims, &map.scope)).into_iter().map(Scopes::read);
    let roles = map.roles.iter().flat_map(|path| words(at(claims, path)));
    let by_role = roles.filter_map(|role| map.scope_map.get(role).copied());
    named
        .chain(by_role)
        .flat_map(Scopes::iter)
        .collect::<Scopes>()
        .both(map.at_most)
}

/// The claim of a name; where there is none, the one that the parts between the name's dots lead to.
fn at<'c>(claims: &'c Map<String, Value>, path: &str) -> Option<&'c Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    let mut parts = path.split('.');
    let first = claims.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// A text, or the texts of a list.
fn words(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn text<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c str> {
    claims.get(name).and_then(Value::as_str)
}

/// Fit for a log line and a column of a database.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control)
}

/// A point in time in seconds since 1970, perhaps with a fraction (RFC 7519, section 2).
#[allow(
    clippy::cast_possible_truncation,
    reason = "within the checked bounds; parts of a second do not matter"
)]
fn moment(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, Refused> {
    /// The year 9999: later ones are mistakes, such as milliseconds.
    const LAST: f64 = 253_402_300_799.0;
    match claims.get(name) {
        None => Ok(None),
        Some(Value::Number(number)) => match number.as_f64() {
            Some(seconds) if (0.0..=LAST).contains(&seconds) => {
                Ok(Some(Timestamp::from_micros(seconds as i64 * MICROS)))
            }
            _ => Err(Refused("one of its times is none")),
        },
        Some(_) => Err(Refused("one of its times is none")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::access::Scope;
    use serde_json::json;

    fn map() -> ClaimMap {
        ClaimMap {
            roles: vec![
                "realm_access.roles".into(),
                "resource_access.verbundkatalog.roles".into(),
            ],
            scope_map: [
                (
                    "redaktion".to_owned(),
                    Scopes::read("components:write organisations:write"),
                ),
                ("leitung".to_owned(), Scopes::read("changes:approve")),
            ]
            .into(),
            ..ClaimMap::default()
        }
    }

    fn scopes_of(claims: &Value, map: &ClaimMap) -> String {
        scopes(claims.as_object().unwrap(), map).to_string()
    }

    #[test]
    fn scopes_come_from_the_scope_claim_and_from_mapped_roles() {
        let claims = json!({
            "scope": "openid profile ops",
            "realm_access": { "roles": ["redaktion", "admin", "offline_access"] },
            "resource_access": { "verbundkatalog": { "roles": ["leitung"] }, "account": { "roles": ["redaktion"] } },
        });
        assert_eq!(
            scopes_of(&claims, &map()),
            "components:write organisations:write changes:approve ops"
        );
    }

    #[test]
    fn a_role_that_is_not_mapped_allows_nothing() {
        let claims = json!({ "realm_access": { "roles": ["admin", "components:write"] } });
        assert_eq!(scopes_of(&claims, &map()), "");
    }

    #[test]
    fn an_issuer_cannot_give_more_than_it_may() {
        let map = ClaimMap {
            at_most: Scopes::default().with(Scope::ComponentsWrite),
            ..map()
        };
        assert_eq!(
            scopes_of(&json!({ "scope": ["components:write", "admin"] }), &map),
            "components:write"
        );
    }

    #[test]
    fn claims_of_other_forms_say_nothing() {
        for claims in [
            json!({ "scope": 5, "realm_access": "redaktion" }),
            json!({ "scope": { "a": "admin" }, "realm_access": [["redaktion"]] }),
            json!({ "scope": null, "realm_access": { "roles": { "redaktion": true } } }),
        ] {
            assert_eq!(scopes_of(&claims, &map()), "", "{claims}");
        }
    }

    #[test]
    fn a_claim_whose_name_has_dots_is_found_by_its_whole_name() {
        let claims = json!({ "https://example.org/organisation": "dataport", "a": { "b": "x" } });
        let claims = claims.as_object().unwrap();
        assert_eq!(words(at(claims, "https://example.org/organisation")), ["dataport"]);
        assert_eq!(words(at(claims, "a.b")), ["x"]);
        assert_eq!(at(claims, "a.b.c"), None);
    }
}
