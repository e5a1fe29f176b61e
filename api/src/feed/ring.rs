//! The newest events of the log, in memory: all who follow it want them at the same moment.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::event::{Event, EventType, Sequence};
use domain::values::Revision;

/// Events that are kept at the most.
const EVENTS: usize = 1024;
/// Bytes of documents that are kept at the most, those before the events too.
const BYTES: usize = 32 << 20;

/// What is known of the event that made the revision before.
#[derive(Debug, Clone)]
pub(super) enum Previous {
    /// Nothing yet: it must be read.
    Unread,
    /// That one; or that there is none, or nothing left of it.
    Known(Option<Arc<Event>>),
}

/// An event with what its readers need of the one before it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) event: Arc<Event>,
    pub(super) previous: Previous,
}

impl Entry {
    fn bytes(&self) -> usize {
        let of = |event: &Event| event.document.as_ref().map_or(0, |document| document.len());
        let before = match &self.previous {
            Previous::Known(Some(event)) => of(event),
            Previous::Known(None) | Previous::Unread => 0,
        };
        of(&self.event) + before
    }
}

/// Events without a gap between them, up to the last one that was pushed.
#[derive(Debug, Default)]
pub(super) struct Ring {
    entries: VecDeque<Entry>,
    head: Sequence,
    bytes: usize,
}

impl Ring {
    /// The last event; none where there was none yet.
    pub(super) fn head(&self) -> Option<Sequence> {
        (self.head > Sequence::default()).then_some(self.head)
    }

    /// Takes in the next event. What a purge erases in the log is erased here.
    pub(super) fn push(&mut self, event: Event) {
        if event.sequence.0 != self.head.0 + 1 {
            self.entries.clear();
            self.bytes = 0;
        }
        if event.event_type == EventType::Purged {
            self.erase(&event);
        }
        let previous = if event.document.is_none() || event.revision == Revision::FIRST {
            Previous::Known(None)
        } else {
            let before = Revision(event.revision.0 - 1);
            let last = self.entries.iter().rev().map(|entry| &entry.event);
            let mut of_record = last.filter(|e| e.subject == event.subject && e.noun == event.noun);
            match of_record.next().filter(|e| e.revision == before) {
                Some(before) => Previous::Known(Some(before.clone())),
                None => Previous::Unread,
            }
        };
        self.head = event.sequence;
        let entry = Entry {
            event: Arc::new(event),
            previous,
        };
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        while self.entries.len() > EVENTS || self.bytes > BYTES {
            let Some(oldest) = self.entries.pop_front() else { return };
            self.bytes -= oldest.bytes();
        }
    }

    fn erase(&mut self, purge: &Event) {
        for entry in &mut self.entries {
            if entry.event.subject == purge.subject && entry.event.noun == purge.noun {
                self.bytes -= entry.bytes();
                entry.previous = Previous::Known(None);
                entry.event = Arc::new(Event {
                    document: None,
                    origin: domain::event::Origin::default(),
                    owner: entry.event.owner.clone().filter(|_| purge.owner.is_some()),
                    party: entry.event.party.clone().filter(|_| purge.party.is_some()),
                    ..Event::clone(&entry.event)
                });
            }
        }
    }

    /// The events after one and up to another, none where they are not all here.
    pub(super) fn between(&self, after: Sequence, until: Sequence) -> Option<impl Iterator<Item = &Entry>> {
        let skipped = usize::try_from(after.0.max(0) - self.floor()).ok()?;
        let wanted = usize::try_from(until.0 - after.0.max(0)).unwrap_or(0);
        (until <= self.head).then(|| self.entries.iter().skip(skipped).take(wanted))
    }

    /// What is known of the event before one; none where that one is not here any more.
    pub(super) fn previous(&self, of: Sequence) -> Option<&Previous> {
        let at = usize::try_from(of.0 - self.floor() - 1).ok()?;
        self.entries.get(at).map(|entry| &entry.previous)
    }

    /// Keeps the event before one. What was purged since it was read is not kept.
    pub(super) fn keep(&mut self, of: Sequence, previous: &Previous) {
        let at = usize::try_from(of.0 - self.floor() - 1).ok();
        let Some(entry) = at.and_then(|at| self.entries.get_mut(at)) else {
            return;
        };
        if matches!(entry.previous, Previous::Unread) && entry.event.document.is_some() {
            self.bytes -= entry.bytes();
            entry.previous = previous.clone();
            self.bytes += entry.bytes();
        }
    }

    /// The event before the first one here.
    fn floor(&self) -> i64 {
        self.head.0 - i64::try_from(self.entries.len()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests;
