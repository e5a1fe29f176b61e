//! The one source of time.

use crate::values::{Day, Timestamp};

/// Tells the time. There is one in the running service, and one that stands still in the tests.
pub trait Clock: Send + Sync {
    /// Now, cut to microseconds.
    fn now(&self) -> Timestamp;

    /// Today in UTC.
    fn today(&self) -> Day {
        self.now().day()
    }
}
