//! The end of a component: every body that it concerns is told, whichever way it was set.

use std::collections::HashSet;

use domain::access::Sight;
use domain::component::Component;
use domain::event::EventType;
use domain::id::Ids;
use domain::limits;
use domain::notice::{ComponentSlugs, End, EndTurn, Notice};
use domain::related::Visibility;
use domain::store::{Expected, Record, Write};
use domain::stored::{Document, Publication};
use domain::values::{Revision, Slug, Timestamp};
use search::View;

use crate::problem::{Problem, ProblemType};
use crate::writes::document;

/// Relations that an end is followed along.
pub const IMPACT_DEPTH: usize = 5;

fn end<'a>(component: &'a Component, record: &Record) -> Option<End<'a>> {
    End::of(component, record.publication, record.published_at.is_some())
}

/// Whether an edit of a component sets an end that others must hear of, moves it, takes it back, or names another
/// successor.
pub(crate) fn turns(before: Option<&Record>, after: &Record) -> bool {
    let read = |record: &Record| document::<Component>(record).ok();
    let (was, is) = (before.and_then(read), read(after));
    let was = was
        .as_ref()
        .zip(before)
        .and_then(|(component, record)| end(component, record));
    was != is.as_ref().and_then(|component| end(component, after))
}

/// A notice for each body that a turn of a component's end concerns, but for its owner, who set it. A body is told what it
/// may see itself, and no more. `view` is that from before the edit.
///
/// # Errors
/// If there are too many of them.
pub(crate) fn notices(
    view: &View,
    before: &Record,
    after: &Record,
    now: Timestamp,
    ids: &dyn Ids,
) -> Result<Vec<Write>, Problem> {
    let component: Component = document(after)?;
    let end = end(&component, after);
    let reach = |sight: &Sight| view.reach(after.id, IMPACT_DEPTH, sight).organisations;
    let mut told = reach(&Sight::All);
    told.remove(&component.owner);
    if told.is_empty() {
        return Ok(Vec::new());
    }
    if told.len() > limits::NOTICES {
        return Err(Problem::new(ProblemType::Conflict).detail(format!(
            "The end concerns {} bodies; more than {} are not told at once.",
            told.len(),
            limits::NOTICES
        )));
    }
    let seen = reach(&Sight::Of(vec![component.owner.clone()]));
    // What everybody sees to depend on it, each body sees, too. Of anything else each is asked by itself.
    let public = reach(&Sight::Public);
    let mut known: HashSet<&Slug> = public.values().flat_map(|(_, owns)| owns).collect();
    known.insert(&before.slug);
    // The view knows it by the slug that it had until now.
    let renamed = |slug: Slug| {
        if slug == before.slug { after.slug.clone() } else { slug }
    };
    let mut writes = Vec::new();
    for (organisation, (uses, owns)) in told {
        let is_known = uses.iter().chain(&owns).all(|slug| known.contains(slug));
        let own = if is_known {
            Some((uses, owns))
        } else {
            reach(&Sight::Of(vec![organisation.clone()])).remove(&organisation)
        };
        let Some((uses, owns)) = own else { continue };
        // Whoever ends it sees whom that was told to, unless that tells what it may not see of them.
        let is_seen = seen.get(&organisation).is_some_and(|(u, o)| *u == uses && *o == owns);
        let party = is_seen.then(|| component.owner.clone());
        let notice = Notice {
            component: after.slug.clone(),
            organisation,
            turn: end.map_or(EndTurn::GoesOn, |end| end.turn),
            ends_on: end.and_then(|end| end.ends_on),
            successor: component.successor.clone(),
            no_successor_reason: component.no_successor_reason.clone(),
            uses: ComponentSlugs::collect(uses.into_iter().map(renamed)),
            own_components: ComponentSlugs::collect(owns),
        };
        writes.push(write(&notice, party, now, ids)?);
    }
    Ok(writes)
}

fn write(notice: &Notice, party: Option<Slug>, now: Timestamp, ids: &dyn Ids) -> Result<Write, Problem> {
    let id = ids.next();
    let internal = |_| Problem::new(ProblemType::Internal);
    let slug: Slug = format!("notice-{}", id.hex())
        .parse()
        .map_err(|_| Problem::new(ProblemType::Internal))?;
    let record = Record {
        id,
        revision: Revision::FIRST,
        publication: Publication::Published,
        owner: notice.owner(&slug).cloned(),
        party,
        visibility: Visibility::Parties,
        published_at: Some(now),
        created_at: now,
        updated_at: now,
        document: serde_json::to_string(notice).map_err(internal)?.into(),
        slug,
    };
    Ok(Write {
        noun: Notice::NOUN,
        expected: Expected::Absent,
        record,
        event_type: EventType::Created,
        public: false,
        members: false,
    })
}
