//! An event as its readers see it: CloudEvents 1.0, with as much in it as the reader may know.

use domain::access::Sight;
use domain::change::Change;
use domain::code_list::CodeList;
use domain::event::{Event, EventType, Sequence};
use domain::id::Id;
use domain::related::Visibility;
use domain::store::Record;
use domain::stored::{Document, Publication};
use domain::values::{Revision, Slug, Timestamp};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, Schema};
use utoipa::openapi::{ObjectBuilder, Ref};

use super::Viewer;
use crate::nouns;

/// What the catalogue knows of a record beyond its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Whether it is public now.
    pub publication: Publication,
    /// Who sees it while it is published.
    pub visibility: Visibility,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
}

/// An event in the JSON form of CloudEvents 1.0.
#[derive(Debug, Serialize, ToSchema)]
pub struct CloudEvent {
    /// Version of the CloudEvents specification.
    #[schema(max_length = 3, pattern = "^1\\.0$", example = "1.0")]
    pub specversion: &'static str,
    /// The event's place in the log, as `after`, `before` and `Last-Event-ID` take it. Unique with `source`.
    #[schema(max_length = 16, pattern = "^[1-9][0-9]*$", example = "1745")]
    pub id: String,
    /// The log that the event is in.
    #[schema(max_length = 2000, format = "uri-reference", example = "/v1/events")]
    pub source: String,
    /// What happened to what: `org.verbundkatalog.`, the noun, and the type of the event.
    #[serde(rename = "type")]
    #[schema(
        max_length = 100,
        pattern = "^org\\.verbundkatalog\\.[a-z]+\\.[a-z]+$",
        example = "org.verbundkatalog.component.updated"
    )]
    pub event_type: String,
    /// Id of the record.
    pub subject: Id,
    /// When it was committed.
    pub time: Timestamp,
    /// Media type of `data`.
    #[schema(max_length = 16, pattern = "^application/json$", example = "application/json")]
    pub datacontenttype: &'static str,
    /// The place in the log with leading zeros, so that events sort by it as text (CloudEvents extension "Sequence").
    #[schema(max_length = 16, pattern = "^[0-9]{16}$", example = "0000000000001745")]
    pub sequence: String,
    /// What sort of record it is about.
    #[schema(max_length = 30, pattern = "^[a-z]+$", example = "component")]
    pub noun: String,
    /// Slug of the record after the event.
    pub slug: Slug,
    /// Revision of the record after the event.
    pub revision: Revision,
    /// State of publication of the record after the event; absent for records that have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication: Option<Publication>,
    /// Slug of the organisation that owned the record after the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Slug>,
    /// Slug of another organisation that the record concerns; only for those who see more of it than everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<Slug>,
    /// Whether everybody sees the event: the record was public before or after it.
    pub public: bool,
    /// Who wrote: issuer and subject of the token. Only with the scope `audit:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "https://login.example.org|a1b2c3")]
    pub actor: Option<String>,
    /// Identifier of the token. Only with the scope `audit:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, example = "01980c2e-7a00-7000-8000-00000000000a")]
    pub tokenid: Option<String>,
    /// Identifier of the request. Only with the scope `audit:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128, example = "01980c2e-7a00-7000-8000-00000000000b")]
    pub requestid: Option<String>,
    /// Why, in the writer's words. Only with the scope `audit:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, example = "Neue Version freigegeben")]
    pub comment: Option<String>,
    /// What became of the record.
    pub data: EventData,
    #[serde(skip)]
    #[schema(ignore)]
    place: Sequence,
}

impl CloudEvent {
    /// Its place in the log.
    pub(super) fn place(&self) -> Sequence {
        self.place
    }
}

/// What became of a record: `after` where the reader may see it, else `tombstone`.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct EventData {
    /// The record after the event, as `GET` answered it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = record_schema)]
    pub after: Option<Box<RawValue>>,
    /// What makes `after` of the revision before it, as JSON Patch (RFC 6902); absent where the reader may not see that
    /// revision, and for the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::patch_schema)]
    pub patch: Option<Value>,
    /// The record before the event. Only with the scope `audit:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = record_schema)]
    pub before: Option<Box<RawValue>>,
    /// What remains of the record for this reader: it was withdrawn or purged, or is not public any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tombstone: Option<Tombstone>,
}

/// What remains of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tombstone {
    /// Identifier.
    pub id: Id,
    /// Human key.
    pub slug: Slug,
    /// Revision after the event.
    pub revision: Revision,
}

fn record_schema() -> Schema {
    let other = ObjectBuilder::new().description(Some("A record of another noun."));
    AnyOfBuilder::new()
        .item(other)
        .item(Ref::from_schema_name("ComponentRecord"))
        .item(Ref::from_schema_name("OrganisationRecord"))
        .description(Some("The record, as `GET` answered it then."))
        .into()
}

/// Whether someone may see a record as an event left it. What is not public any more, nobody else sees any more either:
/// its earlier revisions go with it.
pub(super) fn is_seen(event: &Event, facts: &Facts, sight: &Sight) -> bool {
    let published = event.publication == Publication::Published && facts.publication == Publication::Published;
    let told = event.public || event.members && sight.is_member();
    let is_meant = sight.reaches(event.visibility) && sight.reaches(facts.visibility);
    event.document.is_some()
        && (published && told && is_meant || sight.includes(event.owner.as_ref(), event.party.as_ref()))
}

/// The record as an event left it; none where its document was erased.
pub(super) fn record_after(event: &Event, facts: &Facts) -> Option<Record> {
    let published_at = match event.publication {
        Publication::Published => Some(facts.published_at.filter(|at| *at <= event.time).unwrap_or(event.time)),
        Publication::Withdrawn => facts.published_at.filter(|at| *at <= event.time),
        Publication::Draft | Publication::InReview => facts.published_at.filter(|at| *at < event.time),
    };
    Record::after(event, facts.created_at, published_at)
}

/// A record as JSON text on one line, as its readers get it.
fn body(event: &Event, facts: &Facts, audits: bool) -> Option<Box<RawValue>> {
    let record = record_after(event, facts)?;
    let bytes = nouns::named(&event.noun)?.body(&record);
    let text = String::from_utf8_lossy(&bytes);
    let is_named = event.noun == Change::NOUN && !audits;
    let text = if is_named || text.contains(['\n', '\r']) {
        let mut value: Value = serde_json::from_str(&text).ok()?;
        if is_named {
            unname(&mut value);
        }
        value.to_string()
    } else {
        text.into_owned()
    };
    RawValue::from_string(text)
        .map_err(|error| tracing::error!(sequence = event.sequence.0, %error, "a document of the log cannot be read"))
        .ok()
}

/// Takes out of a proposed change who wrote what: that is for those who audit.
fn unname(change: &mut Value) {
    let Some(members) = change.as_object_mut() else { return };
    members.shift_remove("authors");
    let remarks = members.get_mut("remarks").and_then(Value::as_array_mut);
    for remark in remarks.into_iter().flatten().filter_map(Value::as_object_mut) {
        remark.shift_remove("by");
    }
}

fn patch(before: &RawValue, after: &RawValue) -> Option<Value> {
    let before: Value = serde_json::from_str(before.get()).ok()?;
    let after: Value = serde_json::from_str(after.get()).ok()?;
    Some(crate::diff::patch(&before, &after))
}

/// An event as a viewer sees it. `previous` is the event that made the revision before; without `facts` the record is
/// gone. `base` is what addresses begin with.
pub(super) fn render(
    event: &Event,
    previous: Option<&Event>,
    facts: Option<&Facts>,
    viewer: &Viewer,
    base: &str,
) -> CloudEvent {
    let is_insider = viewer.sight.includes(event.owner.as_ref(), event.party.as_ref());
    let content = |event: &Event| {
        let facts = facts.filter(|facts| is_seen(event, facts, &viewer.sight))?;
        body(event, facts, viewer.audits)
    };
    let after = content(event).filter(|_| event.event_type != EventType::Purged);
    let before = previous.and_then(content);
    let patch = match (&before, &after) {
        (Some(before), Some(after)) => patch(before, after),
        _ => None,
    };
    let tombstone = after.is_none().then(|| Tombstone {
        id: event.subject,
        slug: event.slug.clone(),
        revision: event.revision,
    });
    let said = |text: &Option<String>| text.clone().filter(|_| viewer.audits);
    CloudEvent {
        specversion: "1.0",
        id: event.sequence.0.to_string(),
        source: format!("{base}/v1/events"),
        event_type: event_type(event),
        subject: event.subject,
        time: event.time,
        datacontenttype: "application/json",
        place: event.sequence,
        sequence: format!("{:016}", event.sequence.0),
        noun: event.noun.clone(),
        slug: event.slug.clone(),
        revision: event.revision,
        publication: (event.noun != Change::NOUN).then_some(event.publication),
        owner: event.owner.clone(),
        party: event.party.clone().filter(|_| is_insider),
        public: event.public,
        actor: said(&event.origin.actor),
        tokenid: said(&event.origin.token_id),
        requestid: said(&event.origin.request_id),
        comment: said(&event.origin.comment),
        data: EventData {
            before: before.filter(|_| viewer.audits),
            after,
            patch,
            tombstone,
        },
    }
}

/// The name of what happened: stable, and told apart by noun and type.
fn event_type(event: &Event) -> String {
    format!("org.verbundkatalog.{}.{}", event.noun, event.event_type.code())
}

#[cfg(test)]
mod tests;
