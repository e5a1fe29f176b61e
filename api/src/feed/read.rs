//! Reading events with all that their readers may see of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use actix_web::web;
use domain::access::Sight;
use domain::event::{Event, EventFilter};
use domain::id::Id;
use domain::store::StoreError;
use domain::values::{Revision, Slug};
use search::View;

use super::Viewer;
use super::cloud_event::{CloudEvent, Facts, render};
use super::ring::{Entry, Previous};
use crate::nouns::{self, Noun};
use crate::problem::Problem;
use crate::state::{App, db};

/// Events that a filter lets through, as a viewer sees them: from memory where it reaches back that far, else from the
/// store.
///
/// # Errors
/// If the store is needed and does not answer.
pub(super) async fn events(
    app: &web::Data<App>,
    viewer: &Arc<Viewer>,
    filter: &EventFilter,
    newest_first: bool,
    limit: usize,
) -> Result<Vec<CloudEvent>, Problem> {
    let (shared, viewer) = (app.clone(), viewer.clone());
    let recent = filter.until.filter(|_| !newest_first).and_then(|until| {
        let is_wanted = |event: &Event| is_wanted(filter, &viewer.sight, event);
        app.feed.recent(filter.after, until, limit, is_wanted)
    });
    if let Some(mut entries) = recent {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let turn = app.feed.rendering().await;
        return db(app, move |store| {
            let _turn = turn;
            shared.feed.complete(store, &mut entries)?;
            from_memory(&shared, &viewer, &entries)
        })
        .await;
    }
    let filter = EventFilter {
        sight: viewer.sight.clone(),
        ..filter.clone()
    };
    let turn = app.feed.read().await;
    db(app, move |_| {
        let _turn = turn;
        from_store(&shared, &viewer, &filter, newest_first, limit)
    })
    .await
}

/// Whether someone may know of an event.
fn is_told(event: &Event, sight: &Sight) -> bool {
    event.public || event.members && sight.is_member() || sight.includes(event.owner.as_ref(), event.party.as_ref())
}

/// What the store finds with a filter, said of one event.
fn is_wanted(filter: &EventFilter, sight: &Sight, event: &Event) -> bool {
    let of = |slug: &Slug| filter.organisations.contains(slug);
    is_told(event, sight)
        && (filter.types.is_empty() || filter.types.contains(&event.event_type))
        && (filter.nouns.is_empty() || filter.nouns.contains(&event.noun.as_str()))
        && filter.subject.is_none_or(|subject| event.subject == subject)
        && (filter.organisations.is_empty() || event.owner.iter().chain(&event.party).any(of))
        && filter.from.is_none_or(|from| event.time >= from)
        && filter.to.is_none_or(|to| event.time <= to)
}

fn from_memory(app: &App, viewer: &Viewer, entries: &[Entry]) -> Result<Vec<CloudEvent>, StoreError> {
    // What became of a record since then is asked now, however old the event is.
    let facts = facts(app, entries.iter().map(|entry| &*entry.event))?;
    let base = app.limits.public_url.as_deref().unwrap_or_default();
    let rendered = entries.iter().map(|Entry { event, previous }| {
        let before = match previous {
            Previous::Known(before) => before.as_deref(),
            Previous::Unread => None,
        };
        let (noun, id, _) = key(event);
        render(event, before, facts.get(&(noun, id)), viewer, base)
    });
    Ok(rendered.collect())
}

fn from_store(
    app: &App,
    viewer: &Viewer,
    filter: &EventFilter,
    newest_first: bool,
    limit: usize,
) -> Result<Vec<CloudEvent>, StoreError> {
    let events = app.store.events_where(filter, newest_first, limit)?;
    let facts = facts(app, events.iter())?;
    let previous = previous(app, &events)?;
    let base = app.limits.public_url.as_deref().unwrap_or_default();
    let by_revision: HashMap<_, &Event> = events.iter().chain(&previous).map(|e| (key(e), e)).collect();
    let rendered = events.iter().map(|event| {
        let (noun, id, revision) = key(event);
        let before = by_revision.get(&(noun, id, revision - 1)).copied();
        render(event, before, facts.get(&(noun, id)), viewer, base)
    });
    Ok(rendered.collect())
}

fn key(event: &Event) -> (&str, Id, i64) {
    (event.noun.as_str(), event.subject, event.revision.0)
}

/// The events that made the revisions before those of `events`, as far as they are not among them.
fn previous(app: &App, events: &[Event]) -> Result<Vec<Event>, StoreError> {
    let here: HashMap<_, &Event> = events.iter().map(|e| (key(e), e)).collect();
    let mut wanted: BTreeMap<&str, Vec<(Id, Revision)>> = BTreeMap::new();
    for event in events
        .iter()
        .filter(|e| e.document.is_some() && e.revision > Revision::FIRST)
    {
        let (noun, id, revision) = key(event);
        if !here.contains_key(&(noun, id, revision - 1)) {
            wanted.entry(noun).or_default().push((id, Revision(revision - 1)));
        }
    }
    let mut found = Vec::new();
    for (noun, revisions) in wanted {
        found.extend(app.store.revisions(noun, &revisions)?);
    }
    Ok(found)
}

/// What is known of the records that events are about; nothing of those that are gone.
fn facts<'e>(app: &App, events: impl Iterator<Item = &'e Event>) -> Result<HashMap<(&'e str, Id), Facts>, StoreError> {
    let mut known = HashMap::new();
    let mut missing: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
    {
        let view = app.view();
        for event in events.filter(|event| event.document.is_some()) {
            let (noun, id, _) = key(event);
            if known.contains_key(&(noun, id)) {
                continue;
            }
            match nouns::named(noun).and_then(|noun| facts_of(noun, &view, id)) {
                Some(facts) => drop(known.insert((noun, id), facts)),
                None => missing.entry(noun).or_default().push(id),
            }
        }
    }
    // A noun without a table in the view, or a record that the view left out.
    for (noun, mut ids) in missing {
        ids.sort_unstable();
        ids.dedup();
        for record in app.store.records_by_id(noun, &ids)? {
            let facts = Facts {
                publication: record.publication,
                visibility: record.visibility,
                created_at: record.created_at,
                published_at: record.published_at,
            };
            known.insert((noun, record.id), facts);
        }
    }
    Ok(known)
}

/// What the view knows of a record.
pub(super) fn facts_of(noun: &dyn Noun, view: &View, id: Id) -> Option<Facts> {
    let (entry, created_at) = noun.by_id(view, id)?;
    Some(Facts {
        publication: entry.publication,
        visibility: entry.visibility,
        created_at,
        published_at: entry.published_at,
    })
}

/// The id of the record with a slug, where the viewer may know of it.
pub(super) fn id_of(view: &View, noun: &str, slug: &str, viewer: &Viewer) -> Option<Id> {
    let noun = nouns::named(noun)?;
    let entry = noun.by_slug(view, slug)?;
    let is_insider = viewer.sight.includes(entry.owner.as_ref(), entry.party.as_ref());
    (is_insider || noun.has_publication() && entry.is_known(&viewer.sight)).then_some(entry.id)
}
