//! How often a client may ask: token buckets (GCRA) in memory, told to clients after
//! draft-ietf-httpapi-ratelimit-headers-10.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::address::Place;
use crate::problem::{Problem, ProblemType};

/// Header that tells the quota that applies.
pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// Header that tells what is left of it.
pub const STANDING: HeaderName = HeaderName::from_static("ratelimit");

/// Parts of a bucket's keys, so that threads seldom wait for each other.
const SHARDS: usize = 16;
/// Keys of one part at the most, give or take [`LOOK`]; beyond, keys share places.
const KEYS: usize = 8192;
/// Places that keys share where there are too many.
const SHARED: u64 = 1024;
/// After how many requests the number of keys is looked at.
const LOOK: u32 = 256;

/// Requests a minute, each of a bucket of its own; 0 stands for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Of one address, without a token.
    pub anonymous: u32,
    /// Of one client, with a valid token.
    pub client: u32,
    /// Of one address, for tokens.
    pub token: u32,
    /// Of one address, with tokens that are no good.
    pub invalid: u32,
    /// For how many seconds' worth requests may come all at once.
    pub burst_seconds: u32,
}

impl Quotas {
    /// No limits.
    pub const NONE: Self = Self {
        anonymous: 0,
        client: 0,
        token: 0,
        invalid: 0,
        burst_seconds: 60,
    };
}

/// All buckets of a service.
#[derive(Debug)]
pub(super) struct Rates {
    anonymous: Option<Bucket>,
    client: Option<Bucket>,
    token: Option<Bucket>,
    invalid: Option<Bucket>,
    hasher: RandomState,
}

impl Rates {
    /// Empty buckets.
    pub(super) fn new(quotas: &Quotas) -> Self {
        let bucket = |name, rate| Bucket::new(name, rate, quotas.burst_seconds);
        Self {
            anonymous: bucket("anonymous", quotas.anonymous),
            client: bucket("client", quotas.client),
            token: bucket("token", quotas.token),
            invalid: bucket("invalid-token", quotas.invalid),
            hasher: RandomState::new(),
        }
    }

    /// A request without a token.
    pub(super) fn anonymous(&self, place: Place) -> Option<Standing> {
        Some(self.anonymous.as_ref()?.take(self.hasher.hash_one(place)))
    }

    /// A request with a valid token.
    pub(super) fn client(&self, issuer: &str, subject: &str) -> Option<Standing> {
        Some(self.client.as_ref()?.take(self.hasher.hash_one((issuer, subject))))
    }

    /// A request for a token.
    pub(super) fn token(&self, place: Place) -> Option<Standing> {
        Some(self.token.as_ref()?.take(self.hasher.hash_one(place)))
    }

    /// A request with a token that is no good.
    pub(super) fn invalid(&self, place: Place) -> Option<Standing> {
        Some(self.invalid.as_ref()?.take(self.hasher.hash_one(place)))
    }
}

/// How a client stands with a bucket after a request.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    policy: HeaderValue,
    name: &'static str,
    left: u32,
    /// Seconds until the bucket is full again; of a refused request, until the next one.
    seconds: u64,
    refused: bool,
}

impl Standing {
    /// The problem to answer with, where the bucket is empty.
    pub(super) fn problem(&self) -> Option<Problem> {
        self.refused.then(|| {
            Problem::new(ProblemType::TooManyRequests)
                .detail(format!(
                    "The quota `{}` is used up; try again in {} s.",
                    self.name, self.seconds
                ))
                .header(RETRY_AFTER, HeaderValue::from(self.seconds))
        })
    }

    /// Tells the client.
    pub(super) fn tell(&self, headers: &mut HeaderMap) {
        headers.insert(POLICY, self.policy.clone());
        let standing = format!("\"{}\";r={};t={}", self.name, self.left, self.seconds);
        if let Ok(value) = HeaderValue::try_from(standing) {
            headers.insert(STANDING, value);
        }
    }
}

type Limiter = RateLimiter<u64, HashMapStateStore<u64>, DefaultClock, StateInformationMiddleware>;

#[derive(Debug)]
struct Bucket {
    name: &'static str,
    policy: HeaderValue,
    burst: u32,
    /// Time for one more request.
    interval: Duration,
    clock: DefaultClock,
    shards: [Shard; SHARDS],
}

#[derive(Debug)]
struct Shard {
    limiter: Limiter,
    asked: AtomicU32,
    is_crowded: AtomicBool,
}

impl Bucket {
    fn new(name: &'static str, per_minute: u32, burst_seconds: u32) -> Option<Self> {
        let rate = NonZeroU32::new(per_minute)?;
        let burst = u64::from(per_minute) * u64::from(burst_seconds) / 60;
        let burst = NonZeroU32::new(u32::try_from(burst).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(rate).allow_burst(burst);
        let interval = quota.replenish_interval();
        let window = whole_seconds(interval.saturating_mul(burst.get()));
        let policy = HeaderValue::try_from(format!("\"{name}\";q={burst};w={window}")).ok()?;
        let shard = |_| Shard {
            limiter: Limiter::new(quota, HashMapStateStore::default(), DefaultClock::default()),
            asked: AtomicU32::new(0),
            is_crowded: AtomicBool::new(false),
        };
        Some(Self {
            name,
            policy,
            burst: burst.get(),
            interval,
            clock: DefaultClock::default(),
            shards: std::array::from_fn(shard),
        })
    }

    fn take(&self, key: u64) -> Standing {
        let standing = |left, seconds, refused| Standing {
            policy: self.policy.clone(),
            name: self.name,
            left,
            seconds,
            refused,
        };
        // A hash's low bits choose the part; there is one for each remainder.
        let Some(shard) = usize::try_from(key % SHARDS as u64)
            .ok()
            .and_then(|i| self.shards.get(i))
        else {
            return standing(self.burst, 0, false);
        };
        match shard.limiter.check_key(&shard.place(key)) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                let missing = self.burst.saturating_sub(left);
                standing(left, whole_seconds(self.interval.saturating_mul(missing)), false)
            }
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                standing(0, whole_seconds(wait).max(1), true)
            }
        }
    }
}

impl Shard {
    /// Where a key is counted. The number of places is bounded: addresses cost an attacker nothing.
    fn place(&self, key: u64) -> u64 {
        if self.asked.fetch_add(1, Ordering::Relaxed) % LOOK == LOOK - 1 {
            if self.limiter.len() > KEYS {
                self.limiter.retain_recent();
                self.limiter.shrink_to_fit();
            }
            self.is_crowded.store(self.limiter.len() > KEYS, Ordering::Relaxed);
        }
        if self.is_crowded.load(Ordering::Relaxed) {
            key / (SHARDS as u64) % SHARED
        } else {
            key
        }
    }
}

/// Rounded up, so that whoever waits that long waits long enough.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn place(n: u32) -> Place {
        Place::of(Ipv4Addr::from(n).into())
    }

    fn quotas(anonymous: u32, burst_seconds: u32) -> Quotas {
        Quotas {
            anonymous,
            burst_seconds,
            ..Quotas::NONE
        }
    }

    #[test]
    fn a_quota_of_nothing_is_no_limit() {
        let rates = Rates::new(&Quotas::NONE);
        assert!(rates.anonymous(place(1)).is_none() && rates.client("a", "b").is_none());
        assert!(rates.token(place(1)).is_none() && rates.invalid(place(1)).is_none());
    }

    #[test]
    fn each_address_has_a_bucket_of_its_own_and_learns_how_it_stands() {
        let rates = Rates::new(&quotas(3, 60));
        let told = |standing: Standing| {
            let mut headers = HeaderMap::new();
            standing.tell(&mut headers);
            let text = |name| headers.get(name).unwrap().to_str().unwrap().to_owned();
            (text(POLICY), text(STANDING))
        };
        let (policy, first) = told(rates.anonymous(place(1)).unwrap());
        assert_eq!(policy, "\"anonymous\";q=3;w=60");
        assert_eq!(first, "\"anonymous\";r=2;t=20");
        let second = rates.anonymous(place(1)).unwrap();
        assert!(second.problem().is_none());
        let third = rates.anonymous(place(1)).unwrap();
        assert_eq!(third.left, 0);
        let fourth = rates.anonymous(place(1)).unwrap();
        assert!(fourth.problem().is_some());
        assert!((19..=20).contains(&fourth.seconds), "{fourth:?}");
        assert!(rates.anonymous(place(2)).unwrap().problem().is_none());
    }

    #[test]
    fn a_short_burst_leaves_the_rate_as_it_is() {
        let rates = Rates::new(&quotas(600, 1));
        let standing = rates.anonymous(place(1)).unwrap();
        assert_eq!(standing.policy, "\"anonymous\";q=10;w=1");
        assert_eq!(standing.left, 9);
    }

    #[test]
    fn a_million_addresses_do_not_take_a_million_places() {
        let rates = Rates::new(&quotas(60, 60));
        for n in 0..1_000_000 {
            rates.anonymous(place(n));
        }
        let places: usize = rates.anonymous.unwrap().shards.iter().map(|s| s.limiter.len()).sum();
        assert!(places < SHARDS * (KEYS + LOOK as usize + 1024), "{places}");
    }
}
