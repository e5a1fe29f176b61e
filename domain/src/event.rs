//! Events: the append-only log that is audit, history and feed at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Sight;
use crate::code_list;
use crate::id::Id;
use crate::related::Visibility;
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
    Published,
    Withdrawn,
    Purged,
}
code_list!(EventType, "event-type", "Art des Ereignisses", "Type of an event";
    Created = "created", "Angelegt", "Created";
    Updated = "updated", "Geändert", "Updated";
    Published = "published", "Veröffentlicht", "Published";
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
    /// Whether everybody may know of the event: the record was or became public by it.
    pub public: bool,
    /// Whether every member may know of it.
    pub members: bool,
    /// Who sees the record after the event, while it is published.
    pub visibility: Visibility,
    /// Slug of the organisation that owns the record.
    pub owner: Option<Slug>,
    /// Slug of another organisation that the record concerns, and that sees it as its owner does.
    pub party: Option<Slug>,
    /// Who wrote.
    pub origin: Origin,
    /// The document after the event as JSON text; none where it was purged.
    pub document: Option<Box<str>>,
}

/// Which events are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Those after this one.
    pub after: Sequence,
    /// Those up to this one.
    pub until: Option<Sequence>,
    /// Of one of these types; of all, where none is named.
    pub types: Vec<EventType>,
    /// About records of one of these nouns; of all, where none is named.
    pub nouns: Vec<&'static str>,
    /// About this record.
    pub subject: Option<Id>,
    /// About records of one of these organisations, as owner or party; of all, where none is named.
    pub organisations: Vec<Slug>,
    /// Committed at this moment or later.
    pub from: Option<Timestamp>,
    /// Committed at this moment or before.
    pub to: Option<Timestamp>,
    /// That the caller may know of.
    pub sight: Sight,
}
