//! Wakes those who wait for events, hands them the newest ones from memory, counts them, and sends them home when the
//! service stops.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use domain::event::{Event, Sequence};
use domain::id::Id;
use domain::store::{Store, StoreError};
use domain::values::Revision;
use parking_lot::{Mutex, RwLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::ring::{Entry, Previous, Ring};

/// Streams at once, of each instance: each holds a connection for as long as it likes.
const STREAMS: usize = 1000;
/// Readers of the feed who ask the store at once: others need its connections, too.
const READS: usize = 3;
/// Readers whose events are made from memory at once.
const RENDERINGS: usize = 2;

/// Where readers of the feed wait.
#[derive(Debug)]
pub struct Hub {
    head: watch::Sender<Sequence>,
    closing: watch::Sender<bool>,
    places: Arc<Semaphore>,
    ring: RwLock<Ring>,
    /// Held by who reads what the ring lacks, for all.
    completing: Mutex<()>,
    reads: Arc<Semaphore>,
    renderings: Arc<Semaphore>,
}

impl Hub {
    /// A place where this many streams can wait.
    pub fn new(streams: usize) -> Self {
        Self {
            head: watch::Sender::new(Sequence::default()),
            closing: watch::Sender::new(false),
            places: Arc::new(Semaphore::new(streams)),
            ring: RwLock::default(),
            completing: Mutex::default(),
            reads: Arc::new(Semaphore::new(READS)),
            renderings: Arc::new(Semaphore::new(RENDERINGS)),
        }
    }

    /// Tells that answers include these events now.
    pub fn advance(&self, events: Vec<Event>) {
        let Some(last) = events.last().map(|event| event.sequence) else {
            return;
        };
        {
            let mut ring = self.ring.write();
            for event in events {
                ring.push(event);
            }
        }
        self.head.send_replace(last);
    }

    /// Up to where the feed is told, where the view is at `view`: not beyond the newest event in memory, else all who
    /// wait would ask the store for the one that is on its way there.
    pub(super) fn level(&self, view: Sequence) -> Sequence {
        self.ring.read().head().unwrap_or(view)
    }

    /// The first events of a range that are wanted; none where they are not all in memory.
    pub(super) fn recent(
        &self,
        after: Sequence,
        until: Sequence,
        limit: usize,
        is_wanted: impl Fn(&Event) -> bool,
    ) -> Option<Vec<Entry>> {
        let ring = self.ring.read();
        let wanted = ring.between(after, until)?.filter(|entry| is_wanted(&entry.event));
        Some(wanted.take(limit).cloned().collect())
    }

    /// Whether there is such an event in a range; it may be where the range is not all in memory.
    pub(super) fn may_have(&self, after: Sequence, until: Sequence, is_such: impl Fn(&Event) -> bool) -> bool {
        let ring = self.ring.read();
        after < until
            && ring
                .between(after, until)
                .is_none_or(|mut entries| entries.any(|entry| is_such(&entry.event)))
    }

    /// Adds the events before, which one reader reads for all. Blocks.
    pub(super) fn complete(&self, store: &dyn Store, entries: &mut [Entry]) -> Result<(), StoreError> {
        let lacks = |entry: &Entry| matches!(entry.previous, Previous::Unread);
        if !entries.iter().any(lacks) {
            return Ok(());
        }
        let _one_at_a_time = self.completing.lock();
        let mut wanted: BTreeMap<&str, Vec<(Id, Revision)>> = BTreeMap::new();
        {
            let ring = self.ring.read();
            for entry in entries.iter_mut().filter(|entry| lacks(entry)) {
                if let Some(known) = ring.previous(entry.event.sequence) {
                    entry.previous = known.clone();
                }
            }
        }
        for Entry { event, .. } in entries.iter().filter(|entry| lacks(entry)) {
            let before = (event.subject, Revision(event.revision.0 - 1));
            wanted.entry(&event.noun).or_default().push(before);
        }
        let mut found: HashMap<(String, Id, i64), Arc<Event>> = HashMap::new();
        for (noun, revisions) in wanted {
            for event in store.revisions(noun, &revisions)? {
                found.insert((event.noun.clone(), event.subject, event.revision.0), Arc::new(event));
            }
        }
        let mut ring = self.ring.write();
        for entry in entries.iter_mut().filter(|entry| lacks(entry)) {
            let event = &entry.event;
            let before = found.get(&(event.noun.clone(), event.subject, event.revision.0 - 1));
            entry.previous = Previous::Known(before.cloned());
            ring.keep(event.sequence, &entry.previous);
        }
        Ok(())
    }

    /// Waits for a turn to ask the store; it ends when it is dropped. None when the service stops.
    pub(super) async fn read(&self) -> Option<OwnedSemaphorePermit> {
        self.reads.clone().acquire_owned().await.ok()
    }

    /// Waits for a turn to make events from memory.
    pub(super) async fn rendering(&self) -> Option<OwnedSemaphorePermit> {
        self.renderings.clone().acquire_owned().await.ok()
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
