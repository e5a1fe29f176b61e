//! Who may do what: every operation on records in every state, asked by everybody.

mod hidden;
mod matrix;
mod rule;
mod traces;
mod world;

use domain::access::Scope;
use tests::Token;

/// Somebody who asks.
pub(crate) struct Actor {
    /// What the matrix calls them.
    pub(crate) name: &'static str,
    /// The organisation that they act for.
    pub(crate) organisation: Option<&'static str>,
    /// What their token allows; none is no token.
    pub(crate) scopes: Option<&'static [&'static str]>,
    /// Whether the token is over.
    pub(crate) is_expired: bool,
}

/// All scopes that write, but for those that decide on what others wrote.
const WRITES: &[&str] = &[
    "components:write",
    "organisations:write",
    "adoptions:write",
    "attestations:write",
    "changes:read",
    "changes:write",
    "subscriptions:write",
    "sources:write",
];

/// Everybody in the matrix, in the order of its columns. `eigen` is the organisation whose records are its own ones;
/// it delegated them to `vertretung`, and `gruendlich` delegated its own to it.
pub(crate) const ACTORS: [Actor; 9] = [
    actor("anonymous", None, None),
    actor("reader", Some("dritte"), Some(&[])),
    actor("editor", Some("eigen"), Some(WRITES)),
    actor("foreign", Some("fremd"), Some(WRITES)),
    actor("delegate", Some("vertretung"), Some(WRITES)),
    actor(
        "reviewer",
        Some("leitstelle"),
        Some(&["changes:read", "changes:approve"]),
    ),
    actor("audit", Some("eigen"), Some(&["audit:read"])),
    actor("admin", None, Some(&["admin"])),
    Actor {
        is_expired: true,
        ..actor("expired", Some("eigen"), Some(WRITES))
    },
];

const fn actor(
    name: &'static str,
    organisation: Option<&'static str>,
    scopes: Option<&'static [&'static str]>,
) -> Actor {
    Actor {
        name,
        organisation,
        scopes,
        is_expired: false,
    }
}

impl Actor {
    /// Their token, as they send it.
    pub(crate) fn token(&self) -> Option<String> {
        use domain::code_list::CodeList;
        let scopes: Vec<Scope> = self
            .scopes?
            .iter()
            .map(|code| Scope::from_code(code).unwrap())
            .collect();
        let mut token = self.organisation.map_or_else(Token::of_nobody, Token::of);
        if self.is_expired {
            token = token.issued_after(-7200).expires_after(-3600);
        }
        Some(token.scopes(&scopes).subject(self.name).sign())
    }

    /// Whether the token allows something; `admin` allows everything.
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes
            .is_some_and(|all| all.contains(&scope) || all.contains(&"admin"))
    }
}
