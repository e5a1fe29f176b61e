//! Events of many organisations, as a provider sees them to whom a thousand municipalities delegated their entries.
//!
//! A walk for each of them would be thousands of statements a page. Together they are looked for among the next events of
//! the log, each portion four times as large as the one before: where their events are frequent, a page is soon full.
//! Where they are rare, the rest goes by the indexes of owners and parties, which pass over everybody else's events, and
//! by portions again, so that no statement gathers much more than is wanted.

use diesel::QueryResult;
use domain::access::Sight;
use domain::event::EventFilter;
use domain::values::Slug;

use super::{Range, Walk, merge};
use crate::db::Conn;
use crate::record::CHUNK;

/// So many organisations are walked one by one.
pub(super) const FEW: usize = 10;
/// Events of the first portion.
const FIRST: i64 = 1000;
/// Portions up to so many events are looked at one by one.
const IN_ORDER: i64 = 16_000;
/// How much larger each portion is than the one before.
const GROWTH: i64 = 4;

/// The organisations that are too many to be walked one by one.
pub(super) fn of(filter: &EventFilter) -> Option<&[Slug]> {
    let many = match &filter.sight {
        _ if filter.subject.is_some() => return None,
        _ if !filter.organisations.is_empty() => &filter.organisations,
        Sight::Of(own) => own,
        Sight::Public | Sight::All => return None,
    };
    (many.len() > FEW).then_some(many)
}

/// The first sequences of events of these organisations that the whole filter lets through.
pub(super) fn sequences(
    c: &mut Conn,
    filter: &EventFilter,
    mut range: Range,
    many: &[Slug],
    newest_first: bool,
    limit: usize,
) -> QueryResult<Vec<i64>> {
    let own = filter.organisations.is_empty() || many.iter().all(|slug| super::is_own(filter, slug));
    let mut found = Vec::new();
    let mut size = FIRST;
    while range.first <= range.last && found.len() < limit {
        let portion = if newest_first {
            let first = range.first.max(range.last.saturating_sub(size - 1));
            let portion = Range { first, ..range };
            range.last = first - 1;
            portion
        } else {
            let last = range.last.min(range.first.saturating_add(size - 1));
            let portion = Range { last, ..range };
            range.first = last + 1;
            portion
        };
        let rest = limit - found.len();
        let mut here = Vec::new();
        for walk in walks(many, own, size <= IN_ORDER) {
            here.extend(super::sequences(c, filter, portion, walk, newest_first, rest)?);
        }
        merge(&mut here, newest_first, rest);
        found.append(&mut here);
        size = size.saturating_mul(GROWTH);
    }
    Ok(found)
}

fn walks(many: &[Slug], own: bool, in_order: bool) -> Vec<Walk<'_>> {
    let walk = Walk {
        own,
        in_order,
        ..Walk::default()
    };
    if in_order {
        return vec![Walk {
            owners: many,
            parties: many,
            ..walk
        }];
    }
    let owners = many.chunks(CHUNK).map(|owners| Walk { owners, ..walk });
    let parties = many.chunks(CHUNK).map(|parties| Walk { parties, ..walk });
    owners.chain(parties).collect()
}
