//! Tokens that were verified already: a signature costs a hundred times as much as finding one again.

use std::collections::HashMap;
use std::sync::Arc;

use domain::values::Timestamp;
use parking_lot::RwLock;
use sha2::{Digest, Sha256};

use super::claims::Verified;

/// Tokens at the most.
const MAX: usize = 10_000;

/// The name under which a token is remembered: who reads the memory finds no tokens in it.
pub(super) type Fingerprint = [u8; 32];

pub(super) fn fingerprint(token: &str) -> Fingerprint {
    Sha256::digest(token.as_bytes()).into()
}

#[derive(Debug, Clone)]
struct Entry {
    verified: Arc<Verified>,
    /// Position of the issuer, and how often its keys had changed: what a withdrawn key signed is looked at again.
    issuer: usize,
    generation: u64,
}

/// Only tokens that are good: nobody without one can fill it.
#[derive(Debug, Default)]
pub(super) struct Cache(RwLock<HashMap<Fingerprint, Entry>>);

impl Cache {
    pub(super) fn get(
        &self,
        fingerprint: &Fingerprint,
        now: Timestamp,
        generation_of: impl Fn(usize) -> u64,
    ) -> Option<Arc<Verified>> {
        let known = self.0.read();
        let entry = known.get(fingerprint)?;
        let holds = !entry.verified.is_over(now) && generation_of(entry.issuer) == entry.generation;
        holds.then(|| entry.verified.clone())
    }

    pub(super) fn put(
        &self,
        fingerprint: Fingerprint,
        verified: Arc<Verified>,
        issuer: usize,
        generation: u64,
        now: Timestamp,
    ) {
        let mut known = self.0.write();
        if known.len() >= MAX {
            known.retain(|_, entry| !entry.verified.is_over(now));
        }
        if known.len() >= MAX {
            // Any tenth will do; what is needed again comes back with its next request.
            let mut n = 0;
            known.retain(|_, _| {
                n += 1;
                n % 10 != 0
            });
        }
        known.insert(
            fingerprint,
            Entry {
                verified,
                issuer,
                generation,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::access::{Actor, Scopes};

    fn verified(expires: i64) -> Arc<Verified> {
        Arc::new(Verified {
            actor: Actor {
                issuer: "i".into(),
                subject: "s".into(),
                token_id: None,
                organisation: None,
                scopes: Scopes::default(),
            },
            expires_at: Timestamp::from_micros(expires * 1_000_000),
        })
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn a_token_is_forgotten_when_it_expires_and_when_keys_change() {
        let cache = Cache::default();
        cache.put(fingerprint("a"), verified(100), 0, 1, at(0));
        assert!(cache.get(&fingerprint("a"), at(99), |_| 1).is_some());
        assert!(cache.get(&fingerprint("a"), at(99), |_| 2).is_none());
        assert!(cache.get(&fingerprint("a"), at(130), |_| 1).is_none());
        assert!(cache.get(&fingerprint("b"), at(0), |_| 1).is_none());
    }

    #[test]
    fn it_never_holds_more_than_its_limit() {
        let cache = Cache::default();
        for i in 0..(MAX + 500) {
            cache.put(fingerprint(&i.to_string()), verified(100), 0, 0, at(0));
        }
        let length = cache.0.read().len();
        assert!(length <= MAX && length > MAX / 2, "{length}");
    }
}
