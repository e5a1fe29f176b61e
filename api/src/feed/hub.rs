//! Wakes those who wait for events, counts them, and sends them home when the service stops.

use std::sync::Arc;

use domain::event::Sequence;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Streams at once, of each instance: each holds a connection for as long as it likes.
const STREAMS: usize = 1000;

/// Where readers of the feed wait.
#[derive(Debug)]
pub struct Hub {
    head: watch::Sender<Sequence>,
    closing: watch::Sender<bool>,
    places: Arc<Semaphore>,
}

impl Hub {
    /// A place where this many streams can wait.
    pub fn new(streams: usize) -> Self {
        Self {
            head: watch::Sender::new(Sequence::default()),
            closing: watch::Sender::new(false),
            places: Arc::new(Semaphore::new(streams)),
        }
    }

    /// Tells that answers include an event now.
    pub fn advance(&self, to: Sequence) {
        self.head.send_replace(to);
    }

    /// Ends every stream and every wait; there will be no others.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    pub(super) fn head(&self) -> watch::Receiver<Sequence> {
        self.head.subscribe()
    }

    pub(super) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// A place for a stream, given back when it is dropped; none where all are taken.
    pub fn enter(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().ok()
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self::new(STREAMS)
    }
}

/// Comes back when the service stops.
pub(super) async fn closed(closing: &mut watch::Receiver<bool>) {
    // Without a sender there is no service any more either.
    let _ = closing.wait_for(|closing| *closing).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_streams_than_places_and_a_place_comes_back() {
        let hub = Hub::new(1);
        let first = hub.enter().unwrap();
        assert!(hub.enter().is_none());
        drop(first);
        assert!(hub.enter().is_some());
    }
}
