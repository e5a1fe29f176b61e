//! A clock that stands still, and ids that count: answers of a test are the same every time.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::clock::Clock;
use domain::id::{Id, Ids};
use domain::values::Timestamp;

/// 2026-11-23T09:30:00Z in microseconds.
const BEGINNING: i64 = 1_795_426_200_000_000;

/// A clock that only a test moves.
#[derive(Debug)]
pub struct SetClock(AtomicI64);

impl Default for SetClock {
    fn default() -> Self {
        Self(AtomicI64::new(BEGINNING))
    }
}

impl SetClock {
    /// Lets seconds pass.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Ids in the form of UUIDs of version 7 that count from one.
#[derive(Debug)]
pub struct CountingIds {
    base: u128,
    next: AtomicU64,
}

impl CountingIds {
    /// Ids whose last group begins with these twelve bits, so that two makers never make the same.
    pub fn new(maker: u16) -> Self {
        let base = 0x0198_0c2e_7a00_7000_8000_0000_0000_0000 | (u128::from(maker & 0xfff) << 36);
        Self {
            base,
            next: AtomicU64::new(1),
        }
    }
}

impl Ids for CountingIds {
    fn next(&self) -> Id {
        Id::from_u128(self.base | u128::from(self.next.fetch_add(1, Ordering::Relaxed)))
    }
}
