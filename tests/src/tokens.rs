//! Those who write: tokens of the issuer that every [`TestApp`] has, and requests with them.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::access::{Scope, Scopes};
use domain::clock::Clock;
use domain::id::Id;
use domain::values::Timestamp;
use serde_json::Value;
use verbundkatalog::auth::{BuiltIn, Grant};

use crate::{Answer, SetClock, TestApp};

/// Name and audience of the built-in issuer of the tests.
pub const ISSUER: &str = "verbundkatalog";

static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(|| BuiltIn::fleeting(ISSUER, ISSUER).unwrap());

/// The issuer that every [`TestApp`] has; one key for the whole run.
pub fn built_in() -> &'static BuiltIn {
    &BUILT_IN
}

/// A token in the making.
#[derive(Debug, Clone)]
pub struct Token(Grant);

impl Token {
    /// One for an organisation (slug or id), that allows nothing yet. Good for ten years of the test's clock.
    pub fn of(organisation: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let now = SetClock::default().now();
        Self(Grant {
            subject: format!("editor@{organisation}"),
            client: None,
            organisation: Some(organisation.to_owned()),
            scopes: Scopes::default(),
            issued_at: now,
            expires_at: later(now, 10 * 366 * 86_400),
            token_id: Id::from_u128(u128::from(NEXT.fetch_add(1, Ordering::Relaxed))),
        })
    }

    /// One without an organisation.
    pub fn of_nobody() -> Self {
        let mut token = Self::of("nobody");
        token.0.organisation = None;
        token
    }

    /// One that allows everything, for nobody in particular.
    pub fn admin() -> Self {
        Self::of_nobody().scopes(&[Scope::Admin])
    }

    /// Allows these.
    #[must_use]
    pub fn scopes(mut self, scopes: &[Scope]) -> Self {
        self.0.scopes = scopes.iter().copied().collect();
        self
    }

    /// Is for this person or system.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        subject.clone_into(&mut self.0.subject);
        self
    }

    /// Is issued so many seconds after the beginning of the test's clock.
    #[must_use]
    pub fn issued_after(mut self, seconds: i64) -> Self {
        self.0.issued_at = later(SetClock::default().now(), seconds);
        self
    }

    /// Expires so many seconds after the beginning of the test's clock.
    #[must_use]
    pub fn expires_after(mut self, seconds: i64) -> Self {
        self.0.expires_at = later(SetClock::default().now(), seconds);
        self
    }

    /// The token as a client sends it.
    pub fn sign(self) -> String {
        self.sign_with(built_in())
    }

    /// The token of another issuer.
    pub fn sign_with(self, issuer: &BuiltIn) -> String {
        issuer.sign(&self.0).unwrap()
    }
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_micros(now.micros() + seconds * 1_000_000)
}

/// Somebody who shows a token with every request, and perhaps further headers.
#[derive(Clone)]
pub struct Acting<'a> {
    app: &'a TestApp,
    headers: Vec<(String, String)>,
}

impl TestApp {
    /// Somebody with a token.
    pub fn acting(&self, token: &str) -> Acting<'_> {
        Acting {
            app: self,
            headers: vec![("authorization".to_owned(), format!("Bearer {token}"))],
        }
    }
}

impl Acting<'_> {
    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Any request; the answer is held against the document.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.app.send(method, path, &headers, body)
    }

    #[track_caller]
    fn json(&self, method: &str, path: &str, media_type: &str, body: &Value) -> Answer {
        let has_type = self.headers.iter().any(|(name, _)| name == "content-type");
        let typed = if has_type {
            self.clone()
        } else {
            self.clone().with("content-type", media_type)
        };
        typed.send(method, path, body.to_string())
    }

    /// `GET`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "")
    }

    /// `POST` of JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.json("POST", path, "application/json", body)
    }

    /// `PUT` of JSON.
    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.json("PUT", path, "application/json", body)
    }

    /// `PATCH` with a merge patch (RFC 7396).
    #[track_caller]
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.json("PATCH", path, "application/merge-patch+json", body)
    }

    /// `DELETE`.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, "")
    }
}
