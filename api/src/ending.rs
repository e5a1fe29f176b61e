//! The end of a component: every body that it concerns is told, whichever way it was set.

use std::collections::{BTreeMap, HashSet};

use domain::access::Sight;
use domain::component::Component;
use domain::event::EventType;
use domain::id::Ids;
use domain::limits;
use domain::notice::{ComponentSlugs, End, EndTurn, Notice};
use domain::organisation::Organisation;
use domain::related::Visibility;
use domain::store::{Expected, Record, Store, StoreError, Write};
use domain::stored::{Document, Publication};
use domain::values::{Revision, Slug, Timestamp};
use search::View;
use serde_json::Value;

use crate::problem::{Problem, ProblemType};
use crate::state::records_where;
use crate::writes::document;

/// Relations that an end is followed along.
pub const IMPACT_DEPTH: usize = 5;

/// So few bodies are asked one by one, before it is found out who of them may see more than others.
const FEW: usize = 8;
/// What one walk costs, however little it meets.
const STEPS_AT_LEAST: usize = 1000;

/// Bodies with what they use, and with what they own.
type Organisations = BTreeMap<Slug, (Vec<Slug>, Vec<Slug>)>;

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
    let names = |record: &Record| is_seen_by(record, slug) || record.document.contains(&written);
    records_where(store, Notice::NOUN, names)
}

/// Whether a notice is an organisation's own, or it sees it as the component's owner.
fn is_seen_by(notice: &Record, organisation: &Slug) -> bool {
    [&notice.owner, &notice.party]
        .into_iter()
        .flatten()
        .any(|slug| slug == organisation)
}

/// Whether a notice goes with a record that is purged: it tells of that component, or that organisation is told, or sees
/// whom its component's end was told to. Whoever gets the name next must see none of it. One that cannot be read whole is
/// judged by what there is of it.
pub(crate) fn is_of(notice: &Record, noun: &str, slug: &Slug) -> bool {
    if noun == Organisation::NOUN {
        return is_seen_by(notice, slug);
    }
    let document: Value = serde_json::from_str(&notice.document).unwrap_or_else(|error| {
        tracing::error!(id = %notice.id, %error, "a notice cannot be read, and stays");
        Value::Null
    });
    document.get("component").and_then(Value::as_str) == Some(slug.as_str())
}

/// A notice for each body that a turn of a component's end concerns, but for its owner, who set it. A body is told what it
/// may see itself, and no more. `view` is that from before the edit. What needs a withdrawn component, and who uses it, is
/// found as if it were there: its return is told to whom it still concerns.
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
    let told = as_seen(told, &before.slug, &reach, view, ids)?;
    within_limit(0, told.len())?;
    let seen = reach(&Sight::Of(vec![component.owner.clone()]));
    // The view knows it by the slug that it had until now.
    let renamed = |slug: Slug| {
        if slug == before.slug { after.slug.clone() } else { slug }
    };
    let mut writes = Vec::with_capacity(told.len());
    for (organisation, (uses, owns)) in told {
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

/// That an end, or the ends of one commit, concern too many bodies. How many, not everybody may see.
fn too_many() -> Problem {
    Problem::new(ProblemType::Conflict).detail(format!(
        "The end concerns too many bodies: no more than {} are told at once.",
        limits::NOTICES
    ))
}

/// Whether a commit that tells so many bodies may tell so many more.
///
/// # Errors
/// If it may not.
pub(crate) fn within_limit(told: usize, more: usize) -> Result<(), Problem> {
    if more > 0 && told + more > limits::NOTICES {
        return Err(too_many());
    }
    Ok(())
}

/// What each body uses and owns, as the body itself sees it, of all that there is. What every member sees, each sees; only
/// whoever has a part in something hidden that an end is followed along may see more, and is asked by itself.
fn as_seen(
    all: Organisations,
    ends: &Slug,
    reach: &dyn Fn(&Sight) -> Organisations,
    view: &View,
    ids: &dyn Ids,
) -> Result<Organisations, Problem> {
    let nobody = format!("nobody-{}", ids.next().hex());
    let nobody: Slug = nobody.parse().map_err(|_| Problem::new(ProblemType::Internal))?;
    let mut shared = reach(&Sight::Of(vec![nobody]));
    let owned = shared.values().flat_map(|(_, owns)| owns);
    let known: HashSet<Slug> = owned.chain([ends]).cloned().collect();
    let unknown = all.iter().filter(|(_, (uses, owns))| {
        let mut slugs = uses.iter().chain(owns);
        slugs.any(|slug| !known.contains(slug))
    });
    let mut asked: HashSet<Slug> = unknown.map(|(organisation, _)| organisation.clone()).collect();
    if asked.len() > FEW {
        let insiders = insiders(view);
        asked.retain(|organisation| insiders.contains(organisation));
    }
    let met: usize = all.values().map(|(uses, owns)| uses.len() + owns.len()).sum();
    if asked.len() > FEW && asked.len().saturating_mul(met + STEPS_AT_LEAST) > limits::NOTICE_STEPS {
        return Err(too_many());
    }
    let mut told = Organisations::new();
    for (organisation, (mut uses, mut owns)) in all {
        let own = if asked.contains(&organisation) {
            reach(&Sight::Of(vec![organisation.clone()])).remove(&organisation)
        } else {
            // An adoption that only the body sees is among these.
            uses.retain(|slug| known.contains(slug));
            owns.retain(|slug| known.contains(slug));
            // The order tells what is near: it is that of what the body sees.
            let is_all = |(u, o): &(Vec<Slug>, Vec<Slug>)| (u.len(), o.len()) == (uses.len(), owns.len());
            let shared = shared.remove(&organisation).filter(is_all);
            Some(shared.unwrap_or((uses, owns)))
        };
        if let Some(own) = own.filter(|(uses, owns)| !uses.is_empty() || !owns.is_empty()) {
            told.insert(organisation, own);
        }
    }
    Ok(told)
}

/// The organisations with a part in something that not every member sees: components, and relations.
fn insiders(view: &View) -> HashSet<Slug> {
    let entries = view.components().entries().chain(view.relations().entries());
    let hidden = entries.filter(|entry| match entry.publication {
        Publication::Published => entry.visibility == Visibility::Parties,
        Publication::Draft | Publication::InReview => true,
        Publication::Withdrawn => false,
    });
    hidden
        .flat_map(|entry| entry.owner.iter().chain(&entry.party))
        .cloned()
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_one_commit_tell_so_many_bodies_together_and_no_more() {
        let all = limits::NOTICES;
        for (told, more, fits) in [
            (0, all, true),
            (all - 1, 1, true),
            (all, 0, true),
            (all, 1, false),
            (0, all + 1, false),
        ] {
            assert_eq!(within_limit(told, more).is_ok(), fits, "{told} and {more}");
        }
    }
}
