//! Events: the append-only log that is audit, history and feed at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::code_list;
use crate::id::Id;
use crate::stored::Publication;
use crate::values::{Revision, Slug, Timestamp};

/// Place of an event in the log. Sequences are in commit order and have no gaps; the first is 1, and 0 is before all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64, minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 1745)]
pub struct Sequence(pub i64);

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum EventType {
    Created,
    Updated,
    Withdrawn,
    Purged,
}
code_list!(EventType, "event-type", "Art des Ereignisses", "Type of an event";
    Created = "created", "Angelegt", "Created";
    Updated = "updated", "Geändert", "Updated";
    Withdrawn = "withdrawn", "Zurückgezogen", "Withdrawn";
    Purged = "purged", "Gelöscht", "Purged";
);

/// Who wrote, and in which request; the same for all events of one commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The person or system that wrote; personal data, never in the public view.
    pub actor: Option<String>,
    /// Identifier of the token that was used.
    pub token_id: Option<String>,
    /// Identifier of the request.
    pub request_id: Option<String>,
    /// Why, in the writer's words.
    pub comment: Option<String>,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the log.
    pub sequence: Sequence,
    /// When it was committed.
    pub time: Timestamp,
    /// What happened.
    pub event_type: EventType,
    /// Noun of the record.
    pub noun: String,
    /// The record.
    pub subject: Id,
    /// Slug of the record after the event.
    pub slug: Slug,
    /// Revision of the record after the event.
    pub revision: Revision,
    /// Whether the record is public after the event.
    pub publication: Publication,
    /// Slug of the organisation that owns the record.
    pub owner: Option<Slug>,
    /// Who wrote.
    pub origin: Origin,
    /// The document after the event as JSON text; none where it was purged.
    pub document: Option<Box<str>>,
}
