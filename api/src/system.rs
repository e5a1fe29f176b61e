//! The running system's clock and maker of ids: the only ones outside the tests.
#![allow(clippy::disallowed_methods, reason = "this is the one place that may ask the system")]

use domain::clock::Clock;
use domain::id::{Id, Ids};
use domain::values::Timestamp;

/// The system's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let nanos = time::OffsetDateTime::now_utc().unix_timestamp_nanos();
        // Both databases keep microseconds.
        Timestamp::from_micros(i64::try_from(nanos / 1000).unwrap_or(i64::MAX))
    }
}

/// UUIDs of version 7, each greater than the one before.
#[derive(Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn next(&self) -> Id {
        uuid::Uuid::now_v7().into()
    }
}
