//! Filtered reading of the log: by walks along indexes, each of which has the wanted events in their order.
//!
//! A walk stops when it has found enough, so that a page costs what it holds, however long the log is. What no single
//! index has in order (an owner or a party, several nouns, what everybody and what members may know of) is walked apart
//! and merged; many organisations together, by portions of the log (`crowd`).

use std::collections::HashMap;

use diesel::dsl::{max, min, not, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::access::Sight;
use domain::code_list::CodeList;
use domain::event::{EventFilter, EventType};
use domain::id::Id;
use domain::values::{Revision, Slug};

mod crowd;

use crate::db::Conn;
use crate::event::{self, EventRow};
use crate::record::CHUNK;
use crate::schema::events;

/// One walk: what it has in common beyond the filter.
#[derive(Debug, Clone, Copy, Default)]
struct Walk<'a> {
    kind: Option<(&'a str, EventType)>,
    told: Told,
    /// Of one of these owners, or of one of these parties.
    owners: &'a [Slug],
    parties: &'a [Slug],
    /// Whether those are organisations whose events the reader sees anyway.
    own: bool,
    /// Whether to go by the order of the log itself, in a range that is small enough to look at each event.
    in_order: bool,
}

/// Which events a walk meets, by whom they may be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Told {
    /// Of all the walk meets, those that the reader may know of.
    #[default]
    Reader,
    /// Those that everybody may know of.
    Everybody,
    /// Those that every member may know of, and not everybody.
    Members,
    /// Those that not everybody may know of, for a reader who sees everything.
    NotEverybody,
}

impl Told {
    /// What a reader sees of all organisations: parts that have no event in common.
    fn to(sight: &Sight) -> &'static [Self] {
        match sight {
            Sight::All => &[Self::Everybody, Self::NotEverybody],
            sight if sight.is_member() => &[Self::Everybody, Self::Members],
            Sight::Public | Sight::Of(_) => &[Self::Everybody],
        }
    }
}

/// Sequences between which the wanted events lie, both included.
#[derive(Debug, Clone, Copy)]
struct Range {
    first: i64,
    last: i64,
}

/// Events that the filter lets through, in commit order or the newest first.
pub(crate) fn page(c: &mut Conn, filter: &EventFilter, newest_first: bool, limit: usize) -> QueryResult<Vec<EventRow>> {
    let Some(range) = range(c, filter, newest_first)? else {
        return Ok(Vec::new());
    };
    let kinds = kinds(c, filter)?;
    let mut found: Vec<i64> = Vec::new();
    for walk in walks(filter, &kinds) {
        found.extend(sequences(c, filter, range, walk, newest_first, limit)?);
    }
    merge(&mut found, newest_first, limit);
    if let Some(many) = crowd::of(filter) {
        // Beyond a page that the others filled nothing of theirs is wanted.
        let range = match found.last().filter(|_| found.len() == limit) {
            Some(last) if newest_first => Range { first: *last, ..range },
            Some(last) => Range { last: *last, ..range },
            None => range,
        };
        found.extend(crowd::sequences(c, filter, range, many, newest_first, limit)?);
        merge(&mut found, newest_first, limit);
    }
    let mut rows = by_sequence(c, &found)?;
    if newest_first {
        rows.reverse();
    }
    Ok(rows)
}

/// What of several walks belongs to the page.
fn merge(found: &mut Vec<i64>, newest_first: bool, limit: usize) {
    found.sort_unstable();
    found.dedup();
    if newest_first {
        found.reverse();
    }
    found.truncate(limit);
}

/// The range in which to look; none where nothing can be there.
fn range(c: &mut Conn, filter: &EventFilter, newest_first: bool) -> QueryResult<Option<Range>> {
    let after = filter.after.0.max(0);
    // Several walks are several moments: what is committed between them belongs to the next page, or an event of an
    // earlier walk would be passed over.
    let head = event::head(c)?;
    let mut range = Range {
        first: after.saturating_add(1),
        last: filter.until.map_or(head, |until| until.0.min(head)),
    };
    // Clocks of several instances differ, so times follow the sequences only nearly: the outermost ones count. Whoever
    // reads on from an earlier page is in the middle of them.
    if let Some(from) = filter.from.filter(|_| newest_first || after == 0)
        && time_of(c, range.first)?.is_some_and(|time| time < from.micros())
    {
        let times = events::table.filter(events::time.ge(from.micros()));
        // Added to nothing here and below: else a database may walk the whole log in the order of its sequences, instead
        // of the index of times.
        let first: Option<i64> = times.select(min(events::sequence + 0)).first(c)?;
        range.first = range.first.max(first.unwrap_or(i64::MAX));
    }
    if let Some(to) = filter.to.filter(|_| !newest_first || filter.until.is_none())
        && time_of(c, range.last)?.is_some_and(|time| time > to.micros())
    {
        let times = events::table.filter(events::time.le(to.micros()));
        let last: Option<i64> = times.select(max(events::sequence + 0)).first(c)?;
        range.last = range.last.min(last.unwrap_or(0));
    }
    Ok((range.first <= range.last).then_some(range))
}

/// When an event was committed.
fn time_of(c: &mut Conn, sequence: i64) -> QueryResult<Option<i64>> {
    let of_event = events::table.filter(events::sequence.eq(sequence));
    of_event.select(events::time).first(c).optional()
}

/// The nouns to walk apart, where events of some nouns or types are wanted of all organisations.
fn kinds(c: &mut Conn, filter: &EventFilter) -> QueryResult<Vec<(String, Told)>> {
    let mut kinds = Vec::new();
    if is_narrow(filter) || filter.nouns.is_empty() && filter.types.is_empty() {
        return Ok(kinds);
    }
    for told in Told::to(&filter.sight) {
        let nouns = if filter.nouns.is_empty() {
            nouns(c, *told)?
        } else {
            filter.nouns.iter().map(|noun| (*noun).to_owned()).collect()
        };
        kinds.extend(nouns.into_iter().map(|noun| (noun, *told)));
    }
    Ok(kinds)
}

/// Every noun of which there are events, or events for members alone: each is one look into the index.
fn nouns(c: &mut Conn, told: Told) -> QueryResult<Vec<String>> {
    let mut nouns: Vec<String> = Vec::new();
    loop {
        let last = nouns.last().map_or("", String::as_str);
        let mut query = events::table
            .filter(events::noun.gt(last))
            .select(events::noun)
            .order(events::noun)
            .into_boxed();
        if told == Told::Members {
            query = query.filter(events::members.and(not(events::public)));
        }
        match query.first(c).optional()? {
            Some(noun) => nouns.push(noun),
            None => return Ok(nouns),
        }
    }
}

/// Whether one record or some organisations are asked for, so that few events are left to look at.
fn is_narrow(filter: &EventFilter) -> bool {
    filter.subject.is_some() || !filter.organisations.is_empty()
}

/// The walks that together meet every wanted event, but for those of many organisations.
fn walks<'a>(filter: &'a EventFilter, kinds: &'a [(String, Told)]) -> Vec<Walk<'a>> {
    if filter.subject.is_some() {
        return vec![Walk::default()];
    }
    if !filter.organisations.is_empty() {
        let each = few(&filter.organisations).iter();
        return each
            .flat_map(|slug| of_organisation(slug, is_own(filter, slug)))
            .collect();
    }
    let types = if filter.types.is_empty() {
        EventType::ALL
    } else {
        &filter.types
    };
    let mut walks = Vec::new();
    for (noun, told) in kinds {
        walks.extend(types.iter().map(|event_type| Walk {
            kind: Some((noun.as_str(), *event_type)),
            told: *told,
            ..Walk::default()
        }));
    }
    if filter.nouns.is_empty() && filter.types.is_empty() {
        let told = match filter.sight {
            Sight::All => &[Told::Reader],
            _ => Told::to(&filter.sight),
        };
        walks.extend(told.iter().map(|told| Walk {
            told: *told,
            ..Walk::default()
        }));
    }
    if let Sight::Of(own) = &filter.sight {
        walks.extend(few(own).iter().flat_map(|slug| of_organisation(slug, true)));
    }
    walks
}

/// Organisations that are walked one by one; none where they are too many for that.
fn few(organisations: &[Slug]) -> &[Slug] {
    if organisations.len() > crowd::FEW {
        &[]
    } else {
        organisations
    }
}

fn is_own(filter: &EventFilter, slug: &Slug) -> bool {
    matches!(&filter.sight, Sight::Of(own) if own.contains(slug))
}

fn of_organisation(slug: &Slug, own: bool) -> [Walk<'_>; 2] {
    let one = std::slice::from_ref(slug);
    [
        Walk {
            owners: one,
            own,
            ..Walk::default()
        },
        Walk {
            parties: one,
            own,
            ..Walk::default()
        },
    ]
}

/// The first sequences of a walk that the whole filter lets through.
fn sequences(
    c: &mut Conn,
    filter: &EventFilter,
    range: Range,
    walk: Walk<'_>,
    newest_first: bool,
    limit: usize,
) -> QueryResult<Vec<i64>> {
    let mut query = events::table
        .select(events::sequence)
        .limit(crate::rows(limit))
        .into_boxed();
    let by_index = walk.kind.is_some() || !walk.owners.is_empty() || !walk.parties.is_empty();
    query = if by_index && !walk.in_order {
        let query = query.filter(in_index().between(range.first, range.last));
        if newest_first {
            query.order(in_index().desc())
        } else {
            query.order(in_index().asc())
        }
    } else {
        let query = query.filter(events::sequence.between(range.first, range.last));
        if newest_first {
            query.order(events::sequence.desc())
        } else {
            query.order(events::sequence.asc())
        }
    };
    if let Some(subject) = filter.subject {
        query = query.filter(events::subject.eq(subject.to_string()));
    }
    if let Some((noun, event_type)) = walk.kind {
        query = query.filter(events::noun.eq(noun).and(events::event_type.eq(event_type.code())));
    } else {
        if !filter.nouns.is_empty() {
            query = query.filter(events::noun.eq_any(&filter.nouns));
        }
        if !filter.types.is_empty() {
            let types: Vec<&str> = filter.types.iter().map(|t| t.code()).collect();
            query = query.filter(events::event_type.eq_any(types));
        }
    }
    // One is asked for as one: only then PostgreSQL takes the order from the index.
    query = match (walk.owners, walk.parties) {
        ([], []) if filter.organisations.is_empty() => query,
        ([], []) => {
            let named = texts(&filter.organisations);
            query.filter(events::owner.eq_any(named.clone()).or(events::party.eq_any(named)))
        }
        ([owner], []) => query.filter(events::owner.eq(owner.as_str())),
        ([], [party]) => query.filter(events::party.eq(party.as_str())),
        (owners, []) => query.filter(events::owner.eq_any(texts(owners))),
        ([], parties) => query.filter(events::party.eq_any(texts(parties))),
        (owners, parties) => {
            let of_party = events::party.eq_any(texts(parties));
            query.filter(events::owner.eq_any(texts(owners)).or(of_party))
        }
    };
    query = match (walk.told, &filter.sight) {
        // As a value where the index has it as a column, and as it stands where the index has only such events.
        (Told::Everybody, _) if walk.kind.is_some() => query.filter(events::public.eq(true)),
        (Told::NotEverybody, _) => query.filter(events::public.eq(false)),
        (Told::Everybody, _) => query.filter(events::public),
        (Told::Members, _) => query.filter(events::members.and(not(events::public))),
        (Told::Reader, sight) if !sight.is_member() => query.filter(events::public),
        (Told::Reader, Sight::Of(own)) if !walk.own => {
            let own = texts(own);
            let theirs = events::owner.eq_any(own.clone()).or(events::party.eq_any(own));
            query.filter(theirs.or(events::public).or(events::members))
        }
        (Told::Reader, _) => query,
    };
    // Added to nothing, so that no database takes the index of times and sorts: the range is known already.
    if let Some(from) = filter.from {
        query = query.filter((events::time + 0).ge(from.micros()));
    }
    if let Some(to) = filter.to {
        query = query.filter((events::time + 0).le(to.micros()));
    }
    query.load(c)
}

/// The sequence as the indexes of kinds and organisations have it, and the primary key has not.
fn in_index() -> SqlLiteral<BigInt> {
    sql("(events.sequence + 0)")
}

fn texts(slugs: &[Slug]) -> Vec<&str> {
    slugs.iter().map(Slug::as_str).collect()
}

/// The events that made these revisions of records. A record that was purged and made again has revisions twice: the
/// later ones count.
pub(crate) fn revisions(c: &mut Conn, noun: &str, wanted: &[(Id, Revision)]) -> QueryResult<Vec<EventRow>> {
    let mut found: Vec<i64> = Vec::new();
    for chunk in wanted.chunks(CHUNK) {
        let mut of_revision: HashMap<(String, i64), i64> = chunk
            .iter()
            .map(|(id, revision)| ((id.to_string(), revision.0), 0))
            .collect();
        let (subjects, numbers): (Vec<String>, Vec<i64>) = of_revision.keys().cloned().unzip();
        let rows: Vec<(String, i64, i64)> = events::table
            .filter(events::noun.eq(noun).and(events::subject.eq_any(subjects)))
            .filter(events::revision.eq_any(numbers))
            .select((events::subject, events::revision, events::sequence))
            .load(c)?;
        for (subject, revision, sequence) in rows {
            if let Some(last) = of_revision.get_mut(&(subject, revision)) {
                *last = sequence.max(*last);
            }
        }
        found.extend(of_revision.into_values().filter(|sequence| *sequence > 0));
    }
    found.sort_unstable();
    found.dedup();
    by_sequence(c, &found)
}

/// The events with these sequences, in commit order.
fn by_sequence(c: &mut Conn, sequences: &[i64]) -> QueryResult<Vec<EventRow>> {
    let mut rows = Vec::with_capacity(sequences.len());
    let mut ascending = sequences.to_vec();
    ascending.sort_unstable();
    for chunk in ascending.chunks(CHUNK) {
        let named = events::table.filter(events::sequence.eq_any(chunk));
        rows.append(&mut named.order(events::sequence).load(c)?);
    }
    Ok(rows)
}
