//! The revisions of one record: which there are, one of them, and what differs between two.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::access::{Caller, Sight};
use domain::event::{Event, EventFilter, EventType, Sequence};
use domain::fault::Faults;
use domain::id::Id;
use domain::limits;
use domain::store::{Key, Record, Store, StoreError};
use domain::stored::Publication;
use domain::values::{Revision, Slug, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::cloud_event::{Facts, record_after};
use super::{Viewer, ask, read};
use crate::diff::Difference;
use crate::nouns;
use crate::params::{self, Params};
use crate::problem::{Problem, ProblemType};
use crate::records::{self, Resource};
use crate::state::{App, db};
use crate::{etag, writes};

/// One revision of a record, without its document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevisionItem {
    /// Its number.
    pub revision: Revision,
    /// The event that made it.
    pub sequence: domain::event::Sequence,
    /// When it was made.
    pub time: Timestamp,
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// State of publication since then.
    pub publication: Publication,
    /// Slug since then.
    pub slug: Slug,
    /// Slug of the organisation that owned the record since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Slug>,
    /// Who wrote: issuer and subject of the token. Only with the scope `audit:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "https://login.example.org|a1b2c3")]
    pub actor: Option<String>,
    /// Identifier of the token. Only with the scope `audit:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, example = "01980c2e-7a00-7000-8000-00000000000a")]
    pub token_id: Option<String>,
    /// Identifier of the request. Only with the scope `audit:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128, example = "01980c2e-7a00-7000-8000-00000000000b")]
    pub request_id: Option<String>,
    /// Why, in the writer's words. Only with the scope `audit:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, example = "Neue Version freigegeben")]
    pub comment: Option<String>,
}

/// The revisions of a record, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevisionList {
    /// The revisions.
    #[schema(max_items = 200)]
    pub items: Vec<RevisionItem>,
    /// Address of the next page, with earlier revisions; null on the last page.
    #[schema(max_length = 20000, format = "uri-reference")]
    pub next: Option<String>,
    /// The last event that this answer includes.
    pub as_of: Sequence,
}

/// What differs between two revisions of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionDiff {
    /// The revision that is compared with; absent for the first revision, which is compared with nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Revision>,
    /// The revision of the address.
    pub to: Revision,
    /// What makes the document of `to` of that of `from`, as JSON Patch (RFC 6902).
    #[schema(schema_with = crate::openapi::patch_schema)]
    pub patch: Value,
    /// The same as a list for people, in the order of the documents.
    #[schema(max_items = 10000)]
    pub changes: Vec<Difference>,
}

/// A record whose history the caller may look into.
struct History {
    id: Id,
    revision: Revision,
    facts: Facts,
    /// Whether the caller sees more than what was published.
    is_insider: bool,
    sight: Sight,
}

impl History {
    fn shows(&self, event: &Event) -> bool {
        // A record that was purged and made again has erased events from before.
        let published = self.is_told(event) && event.publication == Publication::Published;
        event.document.is_some() && (self.is_insider || published)
    }

    /// Whether the caller was one of those whom the record was for then, and is one of those whom it is for now.
    fn is_told(&self, event: &Event) -> bool {
        (event.public || event.members && self.sight.is_member()) && self.sight.reaches(event.visibility)
    }

    fn filter(&self, noun: &'static str) -> EventFilter {
        EventFilter {
            nouns: vec![noun],
            subject: Some(self.id),
            sight: if self.is_insider {
                Sight::All
            } else {
                self.sight.clone()
            },
            ..EventFilter::default()
        }
    }

    /// The newest revisions before an event that the caller may see.
    fn before(
        &self,
        store: &dyn Store,
        noun: &'static str,
        before: Option<Sequence>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let mut filter = self.filter(noun);
        filter.until = before.map(|before| Sequence(before.0 - 1));
        let mut found = Vec::new();
        while found.len() < limit {
            let some = store.events_where(&filter, true, limit)?;
            let (last, is_full) = (some.last().map(|event| event.sequence), some.len() == limit);
            found.extend(some.into_iter().filter(|event| self.shows(event)));
            match last {
                Some(last) if is_full => filter.until = Some(Sequence(last.0 - 1)),
                _ => break,
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    fn one(&self, store: &dyn Store, noun: &str, revision: Revision) -> Result<Option<Event>, StoreError> {
        let found = store.revisions(noun, &[(self.id, revision)])?.pop();
        Ok(found.filter(|event| self.shows(event)))
    }
}

/// Where a path leads.
enum Door {
    In(History),
    Moved(HttpResponse),
}

/// The record of a path, where the caller may see it: as `GET` of the record decides.
async fn enter<T: Resource>(
    app: &web::Data<App>,
    caller: &Caller,
    request: &HttpRequest,
    key: &str,
) -> Result<Door, Problem> {
    let sight = caller.sight();
    {
        let view = app.view();
        let entry = T::table(&view).get(key);
        let facts = entry.and_then(|entry| read::facts_of(nouns::named(T::NOUN)?, &view, entry.id));
        if let (Some(entry), Some(facts)) = (entry, facts) {
            let is_insider = sight.includes(entry.owner.as_ref(), entry.party.as_ref());
            if entry.is_seen(&sight) {
                return Ok(Door::In(History {
                    id: entry.id,
                    revision: entry.revision,
                    facts,
                    is_insider,
                    sight,
                }));
            }
            if entry.is_known(&sight) {
                let tombstone = json!({ "id": entry.id, "slug": entry.slug, "revision": entry.revision });
                return Err(Problem::new(ProblemType::Withdrawn).with("tombstone", tombstone));
            }
        }
    }
    let Ok(slug) = key.parse::<Slug>() else {
        return Err(Problem::not_found());
    };
    let earlier = slug.clone();
    let record = db(app, move |store| store.record(T::NOUN, &Key::Slug(earlier))).await?;
    let record = record.filter(|record| record.slug != slug && record.is_known(&sight));
    let record = record.ok_or_else(Problem::not_found)?;
    let moved = records::elsewhere::<T>(app, request, key, &record.slug);
    Ok(Door::Moved(moved))
}

/// Lists the revisions of a record.
///
/// # Errors
/// Not found, withdrawn, a wrong parameter; the database.
pub async fn revisions<T: Resource>(
    app: &web::Data<App>,
    caller: &Caller,
    request: &HttpRequest,
    key: &str,
    params: &Params,
) -> Result<HttpResponse, Problem> {
    let ([before, limit], mut faults) = params.take(["before", "limit"]);
    let limit = params::number("limit", limit, limits::PAGE_DEFAULT, limits::PAGE_ITEMS, &mut faults);
    let before = ask::sequence("before", before, &mut faults).map(|number| Revision(number.0));
    faults.or_ok(()).map_err(Problem::parameters)?;
    let as_of = app.view().as_of();
    let history = match enter::<T>(app, caller, request, key).await? {
        Door::In(history) => history,
        Door::Moved(response) => return Ok(response),
    };
    let viewer = Viewer::from(caller);
    let tag = viewer.tag(as_of, request.uri().path_and_query().map_or("", |p| p.as_str()));
    if etag::is_known(request, &tag) {
        return Ok(not_modified(caller, &tag));
    }
    let found = db(app, move |store| {
        let until = match before.filter(|before| *before <= history.revision) {
            None => None,
            // Where there is no such revision, there is none before it either: they begin with the first.
            Some(before) => match store.revisions(T::NOUN, &[(history.id, before)])?.pop() {
                Some(event) => Some(event.sequence),
                None => return Ok(Vec::new()),
            },
        };
        // One more than the page tells whether there is another one.
        history.before(store, T::NOUN, until, limit + 1)
    })
    .await?;
    let items: Vec<RevisionItem> = found
        .iter()
        .take(limit)
        .map(|event| item(event, viewer.audits))
        .collect();
    let last = items.last().filter(|_| found.len() > limit);
    let next = last.map(|last| {
        let base = app.limits.public_url.as_deref().unwrap_or_default();
        format!("{base}{}?before={}&limit={limit}", request.path(), last.revision.0)
    });
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::ETAG, format!("\"{tag}\"")))
        .insert_header((header::CACHE_CONTROL, records::cache(caller)));
    if let Some(next) = &next {
        response.insert_header((header::LINK, format!("<{next}>; rel=\"next\"")));
    }
    Ok(response.json(RevisionList { items, next, as_of }))
}

fn item(event: &Event, audits: bool) -> RevisionItem {
    let said = |text: &Option<String>| text.clone().filter(|_| audits);
    RevisionItem {
        revision: event.revision,
        sequence: event.sequence,
        time: event.time,
        event_type: event.event_type,
        publication: event.publication,
        slug: event.slug.clone(),
        owner: event.owner.clone(),
        actor: said(&event.origin.actor),
        token_id: said(&event.origin.token_id),
        request_id: said(&event.origin.request_id),
        comment: said(&event.origin.comment),
    }
}

/// The number of a revision in a path; anything else is the address of nothing.
fn number(text: &str) -> Result<Revision, Problem> {
    let digits = !text.is_empty() && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits => Ok(Revision(number)),
        _ => Err(Problem::not_found()),
    }
}

/// Answers a record as it was in one revision.
///
/// # Errors
/// Not found, withdrawn, a wrong parameter; the database.
pub async fn revision<T: Resource>(
    app: &web::Data<App>,
    caller: &Caller,
    request: &HttpRequest,
    (key, revision): (&str, &str),
    params: &Params,
) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let history = match enter::<T>(app, caller, request, key).await? {
        Door::In(history) => history,
        Door::Moved(response) => return Ok(response),
    };
    let wanted = number(revision)?;
    let record = db(app, move |store| {
        let event = history.one(store, T::NOUN, wanted)?;
        Ok(event.and_then(|event| record_after(&event, &history.facts)))
    })
    .await?;
    let record = record.ok_or_else(Problem::not_found)?;
    let tag = format!("r{}", record.revision.0);
    if etag::is_known(request, &tag) {
        return Ok(lasting(caller, &tag, HttpResponse::NotModified()).finish());
    }
    Ok(lasting(caller, &tag, HttpResponse::Ok())
        .content_type("application/json")
        .body(search::body::<T>(&record)))
}

/// Answers what differs between two revisions of a record.
///
/// # Errors
/// Not found, withdrawn, a wrong parameter; the database.
pub async fn diff<T: Resource>(
    app: &web::Data<App>,
    caller: &Caller,
    request: &HttpRequest,
    (key, revision): (&str, &str),
    params: &Params,
) -> Result<HttpResponse, Problem> {
    let ([from], mut faults) = params.take(["from"]);
    let from = ask::sequence("from", from, &mut faults).map(|number| Revision(number.0));
    faults.or_ok(()).map_err(Problem::parameters)?;
    let history = match enter::<T>(app, caller, request, key).await? {
        Door::In(history) => history,
        Door::Moved(response) => return Ok(response),
    };
    let to = number(revision)?;
    let (before, after) = db(app, move |store| {
        let Some(after) = history.one(store, T::NOUN, to)? else {
            return Ok((None, None));
        };
        let before = match from {
            Some(from) => history.one(store, T::NOUN, from)?,
            None => history.before(store, T::NOUN, Some(after.sequence), 1)?.pop(),
        };
        let record = |event: Event| record_after(&event, &history.facts);
        Ok((before.and_then(record), record(after)))
    })
    .await?;
    let after = after.ok_or_else(Problem::not_found)?;
    if let (Some(from), None) = (from, &before) {
        let mut faults = Faults::new();
        let detail = format!("There is no revision {} that you may see.", from.0);
        faults.add("from", "unknown_revision", detail);
        return Err(Problem::parameters(faults));
    }
    let tag = format!("r{}-r{}", before.as_ref().map_or(0, |before| before.revision.0), to.0);
    if etag::is_known(request, &tag) {
        return Ok(lasting(caller, &tag, HttpResponse::NotModified()).finish());
    }
    let document = |record: &Record| writes::written::<T>(record);
    let found = crate::diff::diff(&before.as_ref().map_or_else(|| json!({}), document), &document(&after));
    Ok(lasting(caller, &tag, HttpResponse::Ok()).json(RevisionDiff {
        from: before.map(|before| before.revision),
        to,
        patch: found.patch,
        changes: found.changes,
    }))
}

/// The headers of what never changes.
fn lasting(caller: &Caller, tag: &str, mut response: actix_web::HttpResponseBuilder) -> actix_web::HttpResponseBuilder {
    let cache: HeaderValue = super::lasting(caller);
    response
        .insert_header((header::ETAG, format!("\"{tag}\"")))
        .insert_header((header::CACHE_CONTROL, cache));
    response
}

fn not_modified(caller: &Caller, tag: &str) -> HttpResponse {
    HttpResponse::NotModified()
        .insert_header((header::ETAG, format!("\"{tag}\"")))
        .insert_header((header::CACHE_CONTROL, records::cache(caller)))
        .finish()
}
