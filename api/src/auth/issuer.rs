//! One issuer of tokens: its name, its keys, and how they are kept up to date.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use domain::values::Timestamp;
use jsonwebtoken::Algorithm;
use parking_lot::RwLock;
use url::Url;

use super::claims::ClaimMap;
use super::fetch::{Fetcher, Place, permitted};
use super::jws;
use super::keys::KeySet;

/// Microseconds between two looks for keys that tokens ask for: tokens with invented names of keys cost the issuer
/// nothing more.
const PAUSE: i64 = 10_000_000;

/// An outside issuer, as the settings describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// Its name in tokens, and the address of its discovery document.
    pub url: String,
    /// Whom its tokens must be for.
    pub audience: String,
    /// Where its keys are.
    pub keys: KeysAt,
    /// The algorithms that it may use.
    pub algorithms: Vec<Algorithm>,
    /// What its claims mean.
    pub claims: ClaimMap,
    /// Whether it may be asked over HTTP, if it is on this machine.
    pub allow_http_loopback: bool,
}

/// Where the keys of an outside issuer are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysAt {
    /// Where its discovery document says.
    Discovery,
    /// At this address.
    Url(Url),
    /// In this file: a JWK set or PEM.
    File(PathBuf),
}

#[derive(Debug)]
enum Source {
    /// The keys never change.
    Fixed,
    File(PathBuf),
    Web(Place, Fetcher),
}

/// An issuer whose tokens are accepted.
#[derive(Debug)]
pub(super) struct Issuer {
    pub(super) name: String,
    pub(super) audience: String,
    pub(super) claims: ClaimMap,
    /// Whether its tokens must say that they are access tokens.
    pub(super) typed: bool,
    algorithms: Vec<Algorithm>,
    source: Source,
    keys: RwLock<Arc<KeySet>>,
    generation: AtomicU64,
    /// When it was last asked, in microseconds; `i64::MIN` before the first time.
    asked_at: AtomicI64,
    /// Whether the last look failed: an outage is told once.
    failing: AtomicBool,
    one_at_a_time: tokio::sync::Mutex<()>,
}

impl Issuer {
    pub(super) fn fixed(name: &str, audience: &str, keys: KeySet) -> Self {
        Self {
            typed: true,
            ..Self::new(name, audience, ClaimMap::default(), Source::Fixed, keys)
        }
    }

    fn new(name: &str, audience: &str, claims: ClaimMap, source: Source, keys: KeySet) -> Self {
        Self {
            name: name.to_owned(),
            audience: audience.to_owned(),
            claims,
            typed: false,
            algorithms: jws::ALGORITHMS.iter().map(|(_, a)| *a).collect(),
            source,
            keys: RwLock::new(Arc::new(keys)),
            generation: AtomicU64::new(0),
            asked_at: AtomicI64::new(i64::MIN),
            failing: AtomicBool::new(false),
            one_at_a_time: tokio::sync::Mutex::new(()),
        }
    }

    /// An outside issuer. Its file must be there; an address may answer later.
    ///
    /// # Errors
    /// If the file holds no keys, or an address may not be asked.
    pub(super) fn outside(outside: Outside) -> Result<Self, String> {
        let web = |place: Place, url: &Url| {
            permitted(url, outside.allow_http_loopback)?;
            Ok::<_, String>(Source::Web(place, Fetcher::new(outside.allow_http_loopback)?))
        };
        let source = match &outside.keys {
            KeysAt::Discovery => {
                let url = outside.url.parse().map_err(|_| "its `url` is no address".to_owned())?;
                web(Place::Discovered(outside.url.clone()), &url)?
            }
            KeysAt::Url(url) => web(Place::Keys(url.clone()), url)?,
            KeysAt::File(path) => Source::File(path.clone()),
        };
        let mut issuer = Self::new(
            &outside.url,
            &outside.audience,
            outside.claims,
            source,
            KeySet::default(),
        );
        issuer.algorithms = outside.algorithms;
        if let Source::File(path) = &issuer.source {
            let keys = from_file(path).and_then(|keys| keys.only(&issuer.algorithms))?;
            *issuer.keys.write() = Arc::new(keys);
        }
        Ok(issuer)
    }

    pub(super) fn keys(&self) -> Arc<KeySet> {
        self.keys.read().clone()
    }

    /// How often the keys changed.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Looks for new keys because a token names one that is not known; not more often than once in [`PAUSE`].
    pub(super) async fn look_for_new(self: &Arc<Self>, now: Timestamp) {
        if matches!(self.source, Source::Fixed) {
            return;
        }
        let issuer = self.clone();
        // A task of its own: a client that hangs up must not take the answer from all others.
        let looking = tokio::spawn(async move {
            let _one = issuer.one_at_a_time.lock().await;
            let asked_at = issuer.asked_at.load(Ordering::Acquire);
            // Both ways: a clock that was set back must not stop this for long.
            if asked_at == i64::MIN || now.micros().abs_diff(asked_at) >= PAUSE.unsigned_abs() {
                issuer.look(now).await;
            }
        });
        let _ = looking.await;
    }

    /// Brings the keys up to date.
    pub(super) async fn refresh(&self, now: Timestamp) {
        let _one = self.one_at_a_time.lock().await;
        self.look(now).await;
    }

    async fn look(&self, now: Timestamp) {
        self.asked_at.store(now.micros(), Ordering::Release);
        let found = match &self.source {
            Source::Fixed => return,
            Source::File(path) => {
                let path = path.clone();
                let read = tokio::task::spawn_blocking(move || from_file(&path)).await;
                read.unwrap_or_else(|_| Err("the service is stopping".to_owned()))
            }
            Source::Web(place, fetcher) => fetcher.keys(place).await.and_then(|text| KeySet::from_jwks(&text)),
        };
        match found.and_then(|keys| keys.only(&self.algorithms)) {
            Ok(keys) => {
                if self.failing.swap(false, Ordering::Relaxed) {
                    tracing::info!(issuer = self.name, "the issuer's keys are there again");
                }
                self.take(keys);
            }
            // The known keys stay: an outage of the issuer is none of this service.
            Err(why) => {
                if !self.failing.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        issuer = self.name,
                        why,
                        "the issuer's keys cannot be read; those known stay in force"
                    );
                }
            }
        }
    }

    fn take(&self, keys: KeySet) {
        let mut known = self.keys.write();
        if **known == keys {
            return;
        }
        tracing::info!(issuer = self.name, keys = ?keys, "the issuer has new keys");
        *known = Arc::new(keys);
        // Counted while nobody reads: who sees the new count sees the new keys.
        self.generation.fetch_add(1, Ordering::AcqRel);
    }
}

fn from_file(path: &PathBuf) -> Result<KeySet, String> {
    const MAX_BYTES: u64 = 1024 * 1024;
    use std::io::Read;
    let mut text = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_BYTES).read_to_end(&mut text))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    KeySet::from_file(&text).map_err(|why| format!("{} {why}", path.display()))
}
