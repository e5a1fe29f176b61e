//! The ports: what the catalogue asks of its database. Calls block; whoever calls decides on which thread.

use crate::access::{Sight, Standing};
use crate::client::Client;
use crate::event::{Event, EventFilter, EventType, Origin, Sequence};
use crate::id::Id;
use crate::related::Visibility;
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
    /// Another organisation that it concerns, and that sees it as its owner does.
    pub party: Option<Slug>,
    /// Who sees it while it is published.
    pub visibility: Visibility,
    /// When it was published for the first time.
    pub published_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The written document as JSON text.
    pub document: Box<str>,
}

impl Record {
    /// The record as an event left it; none where its document was erased. What the event does not say of it, the caller
    /// knows.
    pub fn after(event: &Event, created_at: Timestamp, published_at: Option<Timestamp>) -> Option<Self> {
        Some(Self {
            id: event.subject,
            slug: event.slug.clone(),
            revision: event.revision,
            publication: event.publication,
            owner: event.owner.clone(),
            party: event.party.clone(),
            visibility: event.visibility,
            published_at,
            created_at,
            updated_at: event.time,
            document: event.document.clone()?,
        })
    }

    /// What decides on who sees it.
    fn standing(&self) -> Standing<'_> {
        Standing {
            publication: self.publication,
            was_published: self.published_at.is_some(),
            visibility: self.visibility,
            owner: self.owner.as_ref(),
            party: self.party.as_ref(),
        }
    }

    /// Whether someone sees it.
    pub fn is_seen(&self, sight: &Sight) -> bool {
        self.standing().is_seen(sight)
    }

    /// Whether someone may know that it is there, or was.
    pub fn is_known(&self, sight: &Sight) -> bool {
        self.standing().is_known(sight)
    }

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
            published_at: self.published_at,
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
    /// Whether everybody may know of the event: the record was or becomes public by it.
    pub public: bool,
    /// Whether every member may know of it: the record was or becomes visible to members by it.
    pub members: bool,
}

/// An answer that is kept with the effect of its request, so that the same request can be made twice and works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Who sent the request: issuer and subject of the token.
    pub client: String,
    /// The key that the client gave it.
    pub key: String,
    /// Tells one request from another: a hash of method, address and body.
    pub fingerprint: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// Its `Location`.
    pub location: Option<String>,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its body.
    pub body: Box<str>,
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
    /// A request with this idempotency key was answered already; nothing was written.
    #[error("the idempotency key was used before")]
    Repeated,
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
    fn commit(&self, writes: &[Write], origin: &Origin, now: Timestamp) -> Result<Sequence, StoreError> {
        self.commit_once(writes, origin, now, None)
    }

    /// The same, and keeps an answer in the same transaction, where there is one to keep. A purge removes the documents
    /// and the origins of all earlier events about its record, with the answers that are kept of it.
    ///
    /// # Errors
    /// Those of [`Store::commit`]; [`StoreError::Repeated`] if an answer is kept under the same client and key.
    fn commit_once(
        &self,
        writes: &[Write],
        origin: &Origin,
        now: Timestamp,
        answer: Option<&KeptAnswer>,
    ) -> Result<Sequence, StoreError>;

    /// The answer that is kept under a client's key.
    ///
    /// # Errors
    /// If the database does not answer.
    fn kept_answer(&self, client: &str, key: &str) -> Result<Option<KeptAnswer>, StoreError>;

    /// Forgets the answers that were kept before a moment; answers how many.
    ///
    /// # Errors
    /// If the database does not answer.
    fn forget_answers(&self, before: Timestamp) -> Result<usize, StoreError>;

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

    /// The slugs that a record had before its current one, in no particular order; none of one that is not there.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn earlier_slugs(&self, noun: &str, id: Id) -> Result<Vec<Slug>, StoreError>;

    /// Events in commit order, those after `after`.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn events(&self, after: Sequence, limit: usize) -> Result<Vec<Event>, StoreError>;

    /// Events that a filter lets through, in commit order, or the newest first.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn events_where(&self, filter: &EventFilter, newest_first: bool, limit: usize) -> Result<Vec<Event>, StoreError>;

    /// The event that made each of these revisions of records, in no particular order; missing ones are left out.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn revisions(&self, noun: &str, wanted: &[(Id, Revision)]) -> Result<Vec<Event>, StoreError>;

    /// A registered client of the built-in issuer.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn client(&self, id: &Slug) -> Result<Option<Client>, StoreError>;

    /// All registered clients, by id.
    ///
    /// # Errors
    /// If the database does not answer, or holds a damaged row.
    fn clients(&self) -> Result<Vec<Client>, StoreError>;

    /// Registers a client, or replaces the one with its id.
    ///
    /// # Errors
    /// If the database does not answer.
    fn put_client(&self, client: &Client) -> Result<(), StoreError>;

    /// Removes a client; answers whether it was there.
    ///
    /// # Errors
    /// If the database does not answer.
    fn remove_client(&self, id: &Slug) -> Result<bool, StoreError>;

    /// Checks the database's own integrity, the log for gaps, and each record against the last event about it.
    ///
    /// # Errors
    /// If the database does not answer.
    fn verify(&self) -> Result<Vec<Finding>, StoreError>;

    /// A short name of the database for people and logs, without credentials.
    fn describe(&self) -> String;
}
