//! Bodies of requests that come too slowly.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_core::Stream;
use tokio::time::Instant;

use super::timer::Timer;

/// How fast a body must come. The time counts from the first look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// When it must be there.
    pub within: Duration,
    /// How long it may be slower than the rate.
    pub grace: Duration,
    /// The least rate thereafter, over all the time since the grace.
    pub bytes_per_second: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            within: Duration::from_mins(1),
            grace: Duration::from_secs(5),
            bytes_per_second: 1024,
        }
    }
}

impl Pace {
    /// How long a body may stay at so many bytes.
    fn allows(&self, bytes: u64) -> Duration {
        let earned = bytes.saturating_mul(1000) / u64::from(self.bytes_per_second.max(1));
        self.within.min(self.grace + Duration::from_millis(earned))
    }
}

/// The body of a request on its way in. Held beside the answer, too: where a part of the body was not read, the
/// connection is then closed after the answer, instead of the rest being awaited for ever.
#[derive(Clone)]
pub(super) struct Incoming(Rc<RefCell<Inner>>);

struct Inner {
    payload: Payload,
    pace: Pace,
    begun: Option<Instant>,
    bytes: u64,
    ended: bool,
    timer: Timer,
}

impl Incoming {
    pub(super) fn new(payload: Payload, pace: Pace) -> Self {
        Self(Rc::new(RefCell::new(Inner {
            payload,
            pace,
            begun: None,
            bytes: 0,
            ended: false,
            timer: Timer::default(),
        })))
    }

    /// Whether somebody waits for more of it.
    pub(super) fn is_awaited(&self) -> bool {
        let inner = self.0.borrow();
        inner.begun.is_some() && !inner.ended
    }

    /// Whether all of it was read, or it broke off.
    pub(super) fn has_ended(&self) -> bool {
        self.0.borrow().ended
    }
}

impl Stream for Incoming {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let inner = &mut *self.0.borrow_mut();
        let begun = *inner.begun.get_or_insert_with(Instant::now);
        let polled = Pin::new(&mut inner.payload).poll_next(context);
        match &polled {
            Poll::Ready(Some(Ok(bytes))) => inner.bytes += bytes.len() as u64,
            Poll::Ready(_) => inner.ended = true,
            Poll::Pending => {
                if inner.timer.reached(begun + inner.pace.allows(inner.bytes), context) {
                    return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
                }
            }
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_earns_time_with_its_bytes_up_to_an_end() {
        let pace = Pace {
            within: Duration::from_mins(1),
            grace: Duration::from_secs(5),
            bytes_per_second: 1000,
        };
        assert_eq!(pace.allows(0), Duration::from_secs(5));
        assert_eq!(pace.allows(10_000), Duration::from_secs(15));
        assert_eq!(pace.allows(1 << 40), Duration::from_mins(1));
    }
}
