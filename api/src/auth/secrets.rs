//! Secrets of registered clients: argon2id, a few at once, and the same work whether the client exists or not.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::Semaphore;

/// Hashes at once: each takes 19 MiB and a core for tens of milliseconds.
const AT_ONCE: usize = 2;
/// Clients that may wait for one at the most; the next ones are sent away.
const WAITING: usize = 32;
/// Longest secret that is looked at, in bytes.
const MAX_BYTES: usize = 200;
/// What secrets begin with, so that scanners find those that were published by mistake.
const PREFIX: &str = "vks_";

/// What a client that does not exist is checked against.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody knows this").unwrap_or_default());

fn hash(secret: &str) -> Result<String, String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(secret.as_bytes())
        .map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

/// A secret that was just made: shown once, then only its hash is known.
pub struct NewSecret {
    /// The secret, for the client alone.
    pub secret: String,
    /// What is kept of it.
    pub hash: String,
}

impl std::fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewSecret(***)")
    }
}

impl NewSecret {
    /// One of 256 random bits.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn make() -> Result<Self, String> {
        let mut random = [0; 32];
        SystemRandom::new()
            .fill(&mut random)
            .map_err(|_| "the system gives no random numbers".to_owned())?;
        let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random));
        let hash = hash(&secret)?;
        Ok(Self { secret, hash })
    }
}

/// Why a secret was not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

/// Checks secrets.
#[derive(Debug)]
pub struct Secrets {
    running: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Default for Secrets {
    fn default() -> Self {
        Self {
            running: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Semaphore::new(WAITING),
        }
    }
}

impl Secrets {
    /// Whether a secret is the one of a hash; without a hash, the same work for nothing.
    ///
    /// # Errors
    /// If too many wait already.
    pub async fn check(&self, secret: String, hash: Option<String>) -> Result<bool, Busy> {
        let _place = self.waiting.try_acquire().map_err(|_| Busy)?;
        let turn = self.running.clone().acquire_owned().await.map_err(|_| Busy)?;
        let checked = actix_web::web::block(move || {
            // Goes with the work: a client that hangs up does not make room for another one.
            let _turn = turn;
            is_secret_of(&secret, hash.as_deref())
        });
        checked.await.map_err(|_| Busy)
    }
}

fn is_secret_of(secret: &str, hash: Option<&str>) -> bool {
    let fits = secret.len() <= MAX_BYTES;
    let hash_of = hash.filter(|_| fits).unwrap_or(&NOBODY);
    let secret = if fits { secret } else { "" };
    let is_right = PasswordHash::new(hash_of)
        .is_ok_and(|parsed| Argon2::default().verify_password(secret.as_bytes(), &parsed).is_ok());
    is_right && fits && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_itself_fits_its_hash() {
        let new = NewSecret::make().unwrap();
        assert!(new.hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", new.hash);
        assert!(is_secret_of(&new.secret, Some(&new.hash)));
        for wrong in [
            "",
            "vks_",
            &new.secret[1..],
            &format!("{} ", new.secret),
            &"x".repeat(100_000),
        ] {
            assert!(!is_secret_of(wrong, Some(&new.hash)));
        }
        assert!(!is_secret_of("nobody knows this", None));
        assert!(!is_secret_of(&new.secret, Some("no hash")));
        assert!(!format!("{new:?}").contains(&new.secret));
        assert_ne!(NewSecret::make().unwrap().secret, new.secret);
    }
}
