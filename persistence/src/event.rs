//! Events as rows.

use diesel::prelude::*;
use diesel::result::QueryResult;
use domain::code_list::CodeList;
use domain::event::{Event, EventType, Origin, Sequence};
use domain::related::Visibility;
use domain::store::{StoreError, Write};
use domain::stored::Publication;
use domain::values::{Revision, Slug, Timestamp};

use crate::db::Conn;
use crate::schema::{events, feed_head};

/// A row as it is read.
#[derive(Queryable)]
pub(crate) struct EventRow {
    pub(crate) sequence: i64,
    time: i64,
    event_type: String,
    noun: String,
    subject: String,
    slug: String,
    revision: i64,
    publication: String,
    public: bool,
    members: bool,
    visibility: String,
    owner: Option<String>,
    party: Option<String>,
    actor: Option<String>,
    token_id: Option<String>,
    request_id: Option<String>,
    comment: Option<String>,
    pub(crate) document: Option<String>,
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("events, sequence {}: {what}", row.sequence));
        Ok(Self {
            sequence: Sequence(row.sequence),
            time: Timestamp::from_micros(row.time),
            event_type: EventType::from_code(&row.event_type).ok_or_else(|| corrupt("the type is unknown"))?,
            subject: row.subject.parse().map_err(|_| corrupt("the subject is no id"))?,
            slug: row.slug.parse().map_err(|_| corrupt("the slug is none"))?,
            revision: Revision(row.revision),
            publication: Publication::from_code(&row.publication)
                .ok_or_else(|| corrupt("the state of publication is unknown"))?,
            public: row.public,
            members: row.members,
            visibility: Visibility::from_code(&row.visibility).ok_or_else(|| corrupt("the visibility is unknown"))?,
            owner: row
                .owner
                .map(|slug| slug.parse())
                .transpose()
                .map_err(|_| corrupt("the owner is no slug"))?,
            party: row
                .party
                .map(|slug| slug.parse())
                .transpose()
                .map_err(|_| corrupt("the party is no slug"))?,
            origin: Origin {
                actor: row.actor,
                token_id: row.token_id,
                request_id: row.request_id,
                comment: row.comment,
            },
            noun: row.noun,
            document: row.document.map(String::into_boxed_str),
        })
    }
}

/// A row as it is written.
#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub(crate) struct NewEvent<'a> {
    sequence: i64,
    time: i64,
    event_type: &'a str,
    noun: &'a str,
    subject: String,
    slug: &'a str,
    revision: i64,
    publication: &'a str,
    public: bool,
    members: bool,
    visibility: &'a str,
    owner: Option<&'a str>,
    party: Option<&'a str>,
    actor: Option<&'a str>,
    token_id: Option<&'a str>,
    request_id: Option<&'a str>,
    comment: Option<&'a str>,
    document: Option<&'a str>,
}

impl<'a> NewEvent<'a> {
    /// The event of a write.
    pub(crate) fn new(sequence: i64, write: &'a Write, origin: &'a Origin, now: Timestamp) -> Self {
        let record = &write.record;
        Self {
            sequence,
            time: now.micros(),
            event_type: write.event_type.code(),
            noun: write.noun,
            subject: record.id.to_string(),
            slug: record.slug.as_str(),
            revision: record.revision.0,
            publication: record.publication.code(),
            public: write.public,
            members: write.members,
            visibility: record.visibility.code(),
            owner: record.owner.as_ref().map(Slug::as_str),
            party: record.party.as_ref().map(Slug::as_str),
            actor: origin.actor.as_deref(),
            token_id: origin.token_id.as_deref(),
            request_id: origin.request_id.as_deref(),
            comment: origin.comment.as_deref(),
            document: (write.event_type != EventType::Purged).then_some(&*record.document),
        }
    }

    /// The same as a later purge of the record leaves it.
    pub(crate) fn erased(self) -> Self {
        Self {
            actor: None,
            token_id: None,
            request_id: None,
            comment: None,
            document: None,
            ..self
        }
    }
}

/// Removes what a purge removes from the events about a record. They are no longer an owner's or a party's where the purge
/// names none.
pub(crate) fn erase(c: &mut Conn, purge: &Write) -> QueryResult<()> {
    let (noun, subject) = (purge.noun, purge.record.id.to_string());
    let of_record = events::noun.eq(noun).and(events::subject.eq(subject));
    let nothing = None::<&str>;
    diesel::update(events::table.filter(of_record))
        .set((
            purge.record.owner.is_none().then(|| events::owner.eq(nothing)),
            purge.record.party.is_none().then(|| events::party.eq(nothing)),
            events::actor.eq(nothing),
            events::token_id.eq(nothing),
            events::request_id.eq(nothing),
            events::comment.eq(nothing),
            events::document.eq(nothing),
        ))
        .execute(c)?;
    Ok(())
}

/// Events in commit order, those after `after`.
pub(crate) fn page(c: &mut Conn, after: Sequence, limit: i64) -> QueryResult<Vec<EventRow>> {
    events::table
        .filter(events::sequence.gt(after.0))
        .order(events::sequence)
        .limit(limit)
        .load(c)
}

/// Sequence of the last event.
pub(crate) fn head(c: &mut Conn) -> QueryResult<i64> {
    feed_head::table.select(feed_head::seq).first(c)
}
