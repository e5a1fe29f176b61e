//! A timer that is moved less often than its deadline.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

/// Wakes its task when a moment has come. Made when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Whether a moment has come; the task is woken when it does.
    pub(super) fn reached(&mut self, moment: Instant, context: &mut Context<'_>) -> bool {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(moment)));
        // Deadlines mostly move onwards: to wake once too early is cheaper than to move the timer each time.
        if sleep.deadline() > moment {
            sleep.as_mut().reset(moment);
        }
        while sleep.as_mut().poll(context) == Poll::Ready(()) {
            if Instant::now() >= moment {
                return true;
            }
            sleep.as_mut().reset(moment);
        }
        false
    }
}
