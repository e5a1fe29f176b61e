//! Registered clients of the built-in issuer (OAuth 2.0, RFC 6749, section 2).

use crate::access::Scopes;
use crate::values::{Slug, Timestamp};

/// A system that obtains tokens with a secret of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// Its name towards the issuer (`client_id`).
    pub id: Slug,
    /// The organisation that it acts for.
    pub organisation: Slug,
    /// What its tokens may allow at the most.
    pub scopes: Scopes,
    /// Hash of its secret (argon2id, in PHC form).
    pub secret_hash: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When its registration ends, if it does.
    pub expires_at: Option<Timestamp>,
}

/// Without the hash, which no log shall show.
impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id)
            .field("organisation", &self.organisation)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
