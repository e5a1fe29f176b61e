//! The end of a component: every body that it concerns is told, whichever way it was set.

use std::collections::{BTreeMap, HashSet};

use domain::access::Sight;
use domain::component::Component;
use domain::event::EventType;
use domain::id::Ids;
use domain::limits;
use domain::notice::{ComponentSlugs, End, EndTurn, Notice};
use domain::related::Visibility;
use domain::store::{Expected, Record, Store, StoreError, Write};
use domain::stored::{Document, Publication};
use domain::values::{Revision, Slug, Timestamp};
use search::View;

use crate::problem::{Problem, ProblemType};
use crate::state::records_where;
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

/// The notices that may name a record by its slug. The view does not keep them, and they are asked for so seldom that the
/// store is read through.
///
/// # Errors
/// If the store does not answer.
pub(crate) fn naming(store: &dyn Store, slug: &Slug) -> Result<Vec<Record>, StoreError> {
    let written = format!("\"{slug}\"");
    let names = |record: &Record| record.party.as_ref() == Some(slug) || record.document.contains(&written);
    records_where(store, Notice::NOUN, names)
}

/// The last notice of each body that was told of the withdrawal of a component, where it is withdrawn. Relations to it do
/// not count until it is back, so that the view does not know all of these bodies.
///
/// # Errors
/// If the store does not answer.
pub(crate) fn told_of_withdrawal(store: &dyn Store, before: &Record) -> Result<Vec<(Record, Notice)>, StoreError> {
    if before.publication != Publication::Withdrawn {
        return Ok(Vec::new());
    }
    let mut last: BTreeMap<Slug, (Record, Notice)> = BTreeMap::new();
    for record in naming(store, &before.slug)? {
        // A document that cannot be read is told elsewhere.
        if let Ok(notice) = document::<Notice>(&record)
            && notice.component == before.slug
        {
            last.insert(notice.organisation.clone(), (record, notice));
        }
    }
    last.retain(|_, (_, notice)| notice.turn == EndTurn::Withdrawn);
    Ok(last.into_values().collect())
}

/// A notice for each body that a turn of a component's end concerns, but for its owner, who set it. A body is told what it
/// may see itself, and no more. `view` is that from before the edit; `withdrawn` are the notices of the withdrawal that the
/// edit takes back.
///
/// # Errors
/// If there are too many of them.
pub(crate) fn notices(
    view: &View,
    withdrawn: &[(Record, Notice)],
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
    if told.is_empty() && withdrawn.is_empty() {
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
    let notice = |organisation: Slug, uses: Vec<Slug>, owns: Vec<Slug>| Notice {
        component: after.slug.clone(),
        organisation,
        turn: end.map_or(EndTurn::GoesOn, |end| end.turn),
        ends_on: end.and_then(|end| end.ends_on),
        successor: component.successor.clone(),
        no_successor_reason: component.no_successor_reason.clone(),
        uses: ComponentSlugs::collect(uses.into_iter().map(renamed)),
        own_components: ComponentSlugs::collect(owns),
    };
    let mut writes = Vec::new();
    for (record, told_then) in withdrawn {
        let organisation = &told_then.organisation;
        if !told.contains_key(organisation) && *organisation != component.owner {
            let (uses, owns) = (told_then.uses.to_vec(), told_then.own_components.to_vec());
            let notice = notice(organisation.clone(), uses, owns);
            writes.push(write(&notice, record.party.clone(), now, ids)?);
        }
    }
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
        writes.push(write(&notice(organisation, uses, owns), party, now, ids)?);
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
