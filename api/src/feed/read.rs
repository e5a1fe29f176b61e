//! Reading events with all that their readers may see of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use actix_web::web;
use domain::access::{self, Sight};
use domain::change::Change;
use domain::component::Component;
use domain::event::{Event, EventFilter};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::store::StoreError;
use domain::stored::Document;
use domain::values::{Revision, Slug};
use search::View;

use super::cloud_event::{CloudEvent, Facts, render};
use super::ring::{Entry, Previous};
use super::{NOUNS, Viewer};
use crate::problem::Problem;
use crate::records::Resource;
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

/// What the store finds with a filter, said of one event.
fn is_wanted(filter: &EventFilter, sight: &Sight, event: &Event) -> bool {
    let of = |slug: &Slug| filter.organisations.contains(slug);
    (event.public || sight.includes(event.owner.as_ref(), event.party.as_ref()))
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
            match facts_of(&view, noun, id) {
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
                created_at: record.created_at,
                published_at: record.published_at,
            };
            known.insert((noun, record.id), facts);
        }
    }
    Ok(known)
}

fn facts_of(view: &View, noun: &str, id: Id) -> Option<Facts> {
    match noun {
        Component::NOUN => facts_in::<Component>(view, id),
        Organisation::NOUN => facts_in::<Organisation>(view, id),
        Change::NOUN => facts_in::<Change>(view, id),
        _ => None,
    }
}

/// What the view knows of a record.
pub(super) fn facts_in<T: Resource>(view: &View, id: Id) -> Option<Facts> {
    let table = T::table(view);
    let entry = table.by_id(id)?;
    Some(Facts {
        publication: entry.publication,
        created_at: table.created_at(id)?,
        published_at: entry.published_at,
    })
}

/// The id of the record with a slug, where the viewer may know of it.
pub(super) fn id_of(view: &View, noun: &str, slug: &str, viewer: &Viewer) -> Option<Id> {
    debug_assert!(NOUNS.contains(&noun), "{noun} has no table");
    match noun {
        Component::NOUN => id_in::<Component>(view, slug, viewer),
        Organisation::NOUN => id_in::<Organisation>(view, slug, viewer),
        _ => id_in::<Change>(view, slug, viewer),
    }
}

fn id_in<T: Resource>(view: &View, slug: &str, viewer: &Viewer) -> Option<Id> {
    let entry = T::table(view).get(slug)?;
    let sees = viewer.sight.includes(entry.owner.as_ref(), entry.party.as_ref());
    // Those of a noun without states of publication are for their parties alone.
    let known = T::HAS_PUBLICATION && access::is_known(entry.publication, entry.published_at.is_some());
    (sees || known).then_some(entry.id)
}
