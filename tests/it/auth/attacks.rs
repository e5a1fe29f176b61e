//! What attackers send. Each entry is a good token with one thing changed, or none at all; nothing of it is accepted.

mod claims;
mod forms;
mod keys;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::forge::{Forged, Key};

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
        keys::unsigned(target),
        keys::shared_secrets(target),
        keys::algorithms(target),
        keys::foreign_keys(target),
        keys::headers(target),
        keys::key_names(target),
        claims::issuers_and_audiences(target),
        claims::times(target),
        claims::other_claims(target),
        forms::forms(target),
        forms::texts(target),
        forms::signatures(target),
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
