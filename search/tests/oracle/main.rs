//! The view against a plain scan of the documents: it must agree on every generated query, whatever happened before.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail where it stands"
)]

mod catalogue;
mod questions;
mod scan;
mod walks;

use std::collections::{BTreeMap, BTreeSet};

use bench::random::Random;
use domain::access::Sight;
use domain::component::Component;
use domain::id::Id;
use domain::organisation::Organisation;
use domain::query::{Query, Queryable};
use domain::stored::{Document, Reference};
use domain::values::Slug;
use search::{Table, View};

use catalogue::Catalogue;
use questions::question;
use scan::Scan;

/// Pages that are read forward before turning back.
const PAGES: usize = 5;

fn ids(answer: &search::Answer) -> Vec<domain::id::Id> {
    answer.items.iter().map(|hit| hit.id).collect()
}

/// Asks the view and the scan, page by page forward and then backward.
fn compare<T: Queryable>(view: &View, table: &Table<T>, scan: &Scan<T>, query: &Query, sight: &Sight) {
    let expected = scan.answer(query, sight);
    let mut query = query.clone();
    view.resolve::<T>(&mut query);
    let ask = |cursor: Option<String>| {
        let query = Query {
            cursor,
            ..query.clone()
        };
        table.answer(&query, sight, view).unwrap()
    };
    let mut page = ask(None);
    assert_eq!(page.facets, expected.facets, "facets of {query:?} for {sight:?}");
    assert_eq!(
        page.corrections, expected.corrections,
        "corrections of {query:?} for {sight:?}"
    );
    let mut at = 0;
    for _ in 0..PAGES {
        let end = (at + query.limit).min(expected.ids.len());
        assert_eq!(
            page.total,
            expected.ids.len() as u64,
            "total of {query:?} for {sight:?}"
        );
        assert_eq!(
            ids(&page),
            expected.ids[at..end],
            "items {at}..{end} of {query:?} for {sight:?}"
        );
        assert_eq!(page.prev.is_some(), at > 0, "prev at {at} of {query:?} for {sight:?}");
        assert_eq!(
            page.next.is_some(),
            query.limit > 0 && end < expected.ids.len(),
            "next at {at} of {query:?} for {sight:?}"
        );
        let Some(next) = page.next.take() else { break };
        page = ask(Some(next));
        at = end;
    }
    while let Some(prev) = page.prev.take() {
        page = ask(Some(prev));
        let start = at.saturating_sub(query.limit);
        assert_eq!(
            ids(&page),
            expected.ids[start..at],
            "items {start}..{at}, backward, of {query:?} for {sight:?}"
        );
        assert!(page.next.is_some());
        at = start;
    }
    assert_eq!(
        at.min(expected.ids.len()),
        if query.limit == 0 { at } else { 0 },
        "the way back of {query:?} for {sight:?}"
    );
}

fn check(catalogue: &Catalogue, view: &View, random: &mut Random, queries: usize) {
    let sights = catalogue.sights(random);
    let scan = Scan::<Component>::new(catalogue, &sights);
    for _ in 0..queries {
        let question = question(&scan, random);
        for sight in &sights {
            compare(view, view.components(), &scan, &question, sight);
        }
    }
    for record in catalogue.components.values() {
        for key in [record.slug.to_string(), record.id.to_string()] {
            let entry = view.components().get(&key).unwrap();
            assert_eq!((entry.id, entry.revision), (record.id, record.revision));
            assert_eq!(entry.body, Some(search::body::<Component>(record)));
            for sight in &sights {
                assert_eq!(Table::<Component>::sees(entry, sight), scan::sees(record, sight));
            }
        }
    }
    assert_eq!(view.components().len(), catalogue.components.len());
    let scan = Scan::<Organisation>::new(catalogue, &sights);
    for _ in 0..queries / 20 {
        let question = question(&scan, random);
        for sight in &sights {
            compare(view, view.organisations(), &scan, &question, sight);
        }
    }
    check_references(catalogue, view);
}

/// Who names whom, and who keeps whose entries.
fn check_references(catalogue: &Catalogue, view: &View) {
    let mut referring: BTreeMap<(&str, Slug), BTreeSet<(&str, Id)>> = BTreeMap::new();
    let mut delegators: BTreeMap<Slug, BTreeSet<Slug>> = BTreeMap::new();
    let mut refer = |noun, id, references: Vec<Reference<'_>>| {
        for reference in references {
            let key = (reference.noun, reference.slug.clone());
            referring.entry(key).or_default().insert((noun, id));
        }
    };
    for record in catalogue.components.values() {
        let component = record.read::<Component>().unwrap().value;
        refer(Component::NOUN, record.id, component.references());
    }
    for record in catalogue.organisations.values() {
        let organisation = record.read::<Organisation>().unwrap().value;
        refer(Organisation::NOUN, record.id, organisation.references());
        for delegate in &organisation.delegates {
            delegators
                .entry(delegate.clone())
                .or_default()
                .insert(record.slug.clone());
        }
        assert_eq!(
            view.organisation_key(record.id.to_string().as_str()).as_ref(),
            Some(&record.slug)
        );
        assert_eq!(view.review_of(&record.slug), organisation.review.unwrap_or_default());
    }
    let slugs = catalogue.organisations.values().chain(catalogue.components.values());
    let slugs: BTreeSet<&Slug> = slugs.map(|r| &r.slug).chain(delegators.keys()).collect();
    for slug in slugs {
        let expected: Vec<Slug> = delegators.get(slug).into_iter().flatten().cloned().collect();
        assert_eq!(view.delegators(slug), expected, "delegators of {slug}");
        for noun in [Component::NOUN, Organisation::NOUN] {
            let expected = referring.get(&(noun, slug.clone())).into_iter().flatten().copied();
            let found = view.referring(noun, slug);
            assert_eq!(found, expected.collect::<Vec<_>>(), "what names the {noun} {slug}");
        }
    }
}

#[test]
fn a_built_view_answers_as_a_scan_does() {
    let mut random = Random::new(1);
    for (size, queries) in [(0, 100), (1, 150), (50, 1000), (400, 1200), (1500, 400)] {
        let catalogue = Catalogue::new(size as u64, size);
        check(&catalogue, &catalogue.view(), &mut random, queries);
    }
}

#[test]
fn a_view_that_followed_the_log_answers_as_a_scan_does() {
    let mut random = Random::new(2);
    for (size, rounds, events, queries) in [
        (0, 6, 30, 100),
        (50, 8, 60, 100),
        (400, 5, 200, 150),
        (1500, 2, 600, 120),
    ] {
        let mut catalogue = Catalogue::new(100 + size as u64, size);
        let mut view = catalogue.view();
        for _ in 0..rounds {
            for _ in 0..events {
                catalogue.change();
            }
            catalogue.follow(&mut view);
            check(&catalogue, &view, &mut random, queries);
        }
    }
}

/// The head of the log is read first, then the records, portion by portion, while others write.
#[test]
fn a_view_built_while_others_write_answers_as_a_scan_does() {
    let mut random = Random::new(3);
    for seed in 0..30 {
        let mut catalogue = Catalogue::new(200 + seed, 40);
        for _ in 0..20 {
            catalogue.change();
        }
        let head = catalogue.head();
        let organisations = catalogue.organisations.clone();
        let mut components = std::collections::BTreeMap::new();
        let mut after = None;
        loop {
            for _ in 0..8 {
                catalogue.change();
            }
            let portion: Vec<_> = catalogue
                .components
                .iter()
                .filter(|(id, _)| after.is_none_or(|a| **id > a))
                .take(10)
                .collect();
            let Some((last, _)) = portion.last() else { break };
            after = Some(**last);
            components.extend(portion.into_iter().map(|(id, record)| (*id, record.clone())));
        }
        let mut view = catalogue::build(&organisations, &components, head);
        catalogue.follow(&mut view);
        check(&catalogue, &view, &mut random, 60);
    }
}
