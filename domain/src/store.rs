//! The ports: what the catalogue asks of its database. Calls block; whoever calls decides on which thread.

use crate::event::{Event, EventType, Origin, Sequence};
use crate::id::Id;
use crate::stored::{Document, Publication, Stored};
use crate::values::{Revision, Slug, Timestamp};

/// A record as the store keeps it: index columns and the document as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Identifier.
    pub id: Id,
    /// Human key, unique among the records of its noun.
    pub slug: Slug,
    /// Number of the current revision.
    pub revision: Revision,
    /// Whether it is public.
    pub publication: Publication,
    /// The organisation that owns it.
    pub owner: Option<Slug>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The written document as JSON text.
    pub document: Box<str>,
}

impl Record {
    /// The record with its document read.
    ///
    /// # Errors
    /// If the document is none of this noun.
    pub fn read<T: Document>(&self) -> Result<Stored<T>, serde_json::Error> {
        Ok(Stored {
            id: self.id,
            slug: self.slug.clone(),
            revision: self.revision,
            publication: self.publication,
            created_at: self.created_at,
            updated_at: self.updated_at,
            value: serde_json::from_str(&self.document)?,
        })
    }
}

/// What a write expects to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// No record with this id or slug.
    Absent,
    /// The record in this revision.
    Revision(Revision),
}

/// One record to write, and the event that tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Noun of the record (`Document::NOUN`).
    pub noun: &'static str,
    /// What must be there before.
    pub expected: Expected,
    /// What shall be there afterwards.
    pub record: Record,
    /// What the log shall say.
    pub event_type: EventType,
}

/// Names one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// By identifier.
    Id(Id),
    /// By human key, the current one or an earlier one.
    Slug(Slug),
}

/// Why a call on the store did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The record is not in the expected revision; nothing was written.
    #[error("write {index}: the record was changed meanwhile")]
    Stale {
        /// Position of the write among those committed together.
        index: usize,
        /// Revision that was found, if the record exists.
        current: Option<Revision>,
    },
    /// The id or the slug is taken by another record; nothing was written.
    #[error("write {index}: the id or slug is taken")]
    Taken {
        /// Position of the write among those committed together.
        index: usize,
    },
    /// The database cannot be reached or is too busy; trying again later may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A row that cannot be read as what it should be.
    #[error("the database holds a damaged row: {0}")]
    Corrupt(String),
    /// Anything else; a fault of the software or of the set-up.
    #[error("the database refused: {0}")]
    Refused(String),
}

/// One thing that an integrity check found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where: a table, a record, a sequence.
    pub place: String,
    /// What is wrong there.
    pub detail: String,
}

/// The database of a catalogue.
pub trait Store: Send + Sync {
    /// Writes all of `writes` and their events in one transaction, or nothing. Answers the sequence of the last event;
    /// the events have the sequences up to it, in the order of `writes`. An empty list answers the current head.
    ///
    /// # Errors
    /// [`StoreError::Stale`] and [`StoreError::Taken`] name the write that could not be made.
    fn commit(&self, writes: &[Write], origin: &Origin, now: Timestamp) -> Result<Sequence, StoreError>;

    /// Sequence of the last event.
    ///
    /// # Errors
    /// If the database does not answer.
    fn head(&self) -> Result<Sequence, StoreError>;

    /// Records of a noun by ascending id, those after `after`.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn records(&self, noun: &str, after: Option<Id>, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// One record; by an earlier slug, too.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn record(&self, noun: &str, key: &Key) -> Result<Option<Record>, StoreError>;

    /// The records with these ids, in no particular order; missing ones are left out.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn records_by_id(&self, noun: &str, ids: &[Id]) -> Result<Vec<Record>, StoreError>;

    /// The records with these current slugs, in no particular order; missing ones are left out.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn records_by_slug(&self, noun: &str, slugs: &[Slug]) -> Result<Vec<Record>, StoreError>;

    /// Events in commit order, those after `after`.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn events(&self, after: Sequence, limit: usize) -> Result<Vec<Event>, StoreError>;

    /// Checks the database's own integrity, the log for gaps, and each record against the last event about it.
    ///
    /// # Errors
    /// If the database does not answer.
    fn verify(&self) -> Result<Vec<Finding>, StoreError>;

    /// A short name of the database for people and logs, without credentials.
    fn describe(&self) -> String;
}
