//! The view against a plain scan of the documents: it must agree on every generated query, whatever happened before.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail where it stands"
)]

mod answers;
mod catalogue;
mod events;
mod nouns;
mod paths;
mod questions;
mod said;
mod scan;
mod walks;

use std::collections::{BTreeMap, BTreeSet};

use bench::random::Random;
use domain::access::Sight;
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::component::Component;
use domain::id::Id;
use domain::limits;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::query::{Given, Query, Queryable, parse};
use domain::relation::Relation;
use domain::stored::Document;
use domain::values::Slug;
use search::{About, Table, View};
use serde_json::Value;

use answers::check_answers;
use catalogue::{Catalogue, Records};
use nouns::{Noun, SAID, references};
use paths::is_past;
use questions::question;
use scan::Scan;

/// Pages that are read forward before turning back.
const PAGES: usize = 5;

fn ids(answer: &search::Answer) -> Vec<domain::id::Id> {
    answer.items.iter().map(|hit| hit.id).collect()
}

/// Asks the view and the scan, page by page forward and then backward.
fn compare<T: Noun>(view: &View, scan: &Scan<T>, query: &Query, sight: &Sight) {
    let expected = scan.answer(query, sight);
    let mut query = query.clone();
    view.resolve::<T>(&mut query, sight);
    let ask = |cursor: Option<String>| {
        let query = Query {
            cursor,
            ..query.clone()
        };
        T::table(view).answer(&query, sight, view).unwrap()
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
    check_noun::<Component>(catalogue, view, random, queries);
    check_noun::<Organisation>(catalogue, view, random, queries / 20);
    check_noun::<Adoption>(catalogue, view, random, queries / 10);
    check_noun::<Offer>(catalogue, view, random, queries / 20);
    check_noun::<Attestation>(catalogue, view, random, queries / 20);
    check_noun::<Relation>(catalogue, view, random, queries / 20);
    check_references(catalogue, view);
    check_answers(catalogue, view, random, 1 + queries / 40);
}

fn check_noun<T: Noun>(catalogue: &Catalogue, view: &View, random: &mut Random, queries: usize) {
    let sights = catalogue.sights(random);
    let scan = Scan::<T>::new(catalogue, &sights);
    for sight in &sights {
        for query in count_all::<T>() {
            compare(view, &scan, &query, sight);
        }
    }
    for _ in 0..queries {
        let question = question(&scan, random);
        for sight in &sights {
            compare(view, &scan, &question, sight);
        }
    }
    let table = T::table(view);
    assert_eq!(table.len(), catalogue.of(T::NOUN).len());
    for record in catalogue.of(T::NOUN).values() {
        let document: Value = serde_json::from_str(&record.document).unwrap();
        let has_lapsed = is_past(&document, catalogue.today);
        for key in [record.slug.to_string(), record.id.to_string()] {
            let entry = table.get(&key).unwrap();
            assert_eq!((entry.id, entry.revision), (record.id, record.revision));
            assert_eq!(entry.has_lapsed, has_lapsed, "{}", record.slug);
            assert_eq!(entry.body, Some(search::marked_body::<T>(record, has_lapsed)));
            for sight in &sights {
                assert_eq!(Table::<T>::sees(entry, sight), scan::sees(record, sight));
            }
        }
    }
}

/// Queries that count everything that can be counted.
fn count_all<T: Queryable>() -> Vec<Query> {
    let facets: Vec<&str> = T::fields()
        .iter()
        .map(|spec| &spec.field)
        .filter(|field| field.facet)
        .map(|field| field.name)
        .collect();
    let queries = facets.chunks(limits::FACETS).map(|facets| {
        let given = [
            Given::from_url("facets", &facets.join(",")),
            Given::from_url("limit", "0"),
        ];
        parse::<T>(&given).unwrap()
    });
    queries.collect()
}

/// A view that followed the log against one that is built anew.
fn check_rebuilt<T: Noun>(followed: &View, built: &View, sights: &[Sight]) {
    for sight in sights {
        for query in count_all::<T>() {
            let ask = |view: &View| {
                let answer = T::table(view).answer(&query, sight, view).unwrap();
                (answer.total, answer.facets)
            };
            let ((total, facets), (expected_total, expected)) = (ask(followed), ask(built));
            assert_eq!(total, expected_total, "{} for {sight:?}", T::NOUN);
            for (facet, expected) in facets.iter().zip(&expected) {
                assert_eq!(facet, expected, "{} for {sight:?}", T::NOUN);
            }
        }
    }
    for field in T::fields().iter().map(|spec| &spec.field).filter(|field| field.sort) {
        let given = [Given::from_url("sort", field.name), Given::from_url("limit", "200")];
        let query = parse::<T>(&given).unwrap();
        let ask = |view: &View| ids(&T::table(view).answer(&query, &Sight::All, view).unwrap());
        assert_eq!(ask(followed), ask(built), "{} by {}", T::NOUN, field.name);
    }
    assert_eq!(T::table(followed).public_len(), T::table(built).public_len());
    assert_eq!(T::table(followed).body_bytes(), T::table(built).body_bytes());
}

/// What is said of each component, for each sight.
fn check_about<T: About>(catalogue: &Catalogue, view: &View, sights: &[Sight]) {
    let rows = scan::rows::<T>(catalogue);
    for component in catalogue.of(Component::NOUN).values() {
        let naming: Vec<&scan::Row> = rows.iter().filter(|row| names(T::NOUN, row, &component.slug)).collect();
        for sight in sights {
            let expected: Vec<Id> = naming
                .iter()
                .filter(|r| r.is_seen(sight))
                .map(|r| r.record.id)
                .collect();
            let found = view.about::<T>(component.id, sight);
            let found: Vec<Id> = found.iter().map(|entry| entry.id).collect();
            assert_eq!(found, expected, "what is said of {} for {sight:?}", component.slug);
        }
        let all = view
            .all_about(component.id)
            .into_iter()
            .filter(|(noun, _)| *noun == T::NOUN);
        let expected: Vec<Id> = naming.iter().map(|row| row.record.id).collect();
        assert_eq!(all.map(|(_, id)| id).collect::<Vec<_>>(), expected);
    }
}

/// Whether a record is about a component: the first that it names.
fn names(noun: &str, row: &scan::Row, component: &Slug) -> bool {
    let mut named = references(noun, &row.record).into_iter();
    named
        .find(|(noun, _)| *noun == Component::NOUN)
        .is_some_and(|(_, slug)| slug == *component)
}

/// Who names whom, and who keeps whose entries.
fn check_references(catalogue: &Catalogue, view: &View) {
    let mut referring: BTreeMap<(&str, Slug), BTreeSet<(&str, Id)>> = BTreeMap::new();
    let mut delegators: BTreeMap<Slug, BTreeSet<Slug>> = BTreeMap::new();
    for (noun, records) in &catalogue.records {
        for record in records.values() {
            for named in references(noun, record) {
                referring.entry(named).or_default().insert((noun, record.id));
            }
        }
    }
    for record in catalogue.of(Organisation::NOUN).values() {
        let organisation = record.read::<Organisation>().unwrap().value;
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
    let slugs = [Organisation::NOUN, Component::NOUN].map(|noun| catalogue.of(noun).values());
    let slugs: BTreeSet<&Slug> = slugs
        .into_iter()
        .flatten()
        .map(|r| &r.slug)
        .chain(delegators.keys())
        .collect();
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
    for (size, queries) in [(0, 100), (1, 150), (50, 1000), (400, 900), (1500, 250)] {
        let catalogue = Catalogue::new(size as u64, size);
        check(&catalogue, &catalogue.view(), &mut random, queries);
    }
}

#[test]
fn a_view_that_followed_the_log_answers_as_a_scan_does() {
    let mut random = Random::new(2);
    for (size, rounds, events, queries) in [(0, 6, 40, 80), (50, 8, 60, 80), (400, 5, 200, 120), (1500, 1, 900, 120)] {
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

#[test]
fn a_view_that_followed_the_log_is_the_one_that_is_built_anew() {
    let mut random = Random::new(6);
    for (size, rounds, events) in [(5, 40, 3), (40, 20, 10), (300, 4, 150)] {
        let mut catalogue = Catalogue::new(400 + size as u64, size);
        let mut view = catalogue.view();
        for _ in 0..rounds {
            for _ in 0..events {
                catalogue.change();
            }
            catalogue.follow(&mut view);
            assert_eq!((view.as_of(), view.today()), (catalogue.head(), catalogue.today));
            assert_eq!(view.due(1), None);
            let (built, sights) = (catalogue.view(), catalogue.sights(&mut random));
            check_rebuilt::<Component>(&view, &built, &sights);
            check_rebuilt::<Organisation>(&view, &built, &sights);
            check_rebuilt::<Adoption>(&view, &built, &sights);
            check_rebuilt::<Offer>(&view, &built, &sights);
            check_rebuilt::<Attestation>(&view, &built, &sights);
            check_rebuilt::<Relation>(&view, &built, &sights);
            check_about::<Adoption>(&catalogue, &view, &sights);
            check_about::<Offer>(&catalogue, &view, &sights);
            check_about::<Attestation>(&catalogue, &view, &sights);
            check_about::<Relation>(&catalogue, &view, &sights);
        }
    }
}

/// The head of the log is read first, then the records, noun by noun and portion by portion, while others write.
#[test]
fn a_view_built_while_others_write_answers_as_a_scan_does() {
    let mut random = Random::new(3);
    for seed in 0..30 {
        let mut catalogue = Catalogue::new(200 + seed, 40);
        for _ in 0..20 {
            catalogue.change();
        }
        let (head, today) = (catalogue.head(), catalogue.today);
        let mut records = Records::new();
        for noun in [Organisation::NOUN, Component::NOUN].into_iter().chain(SAID) {
            let mut after = None;
            loop {
                for _ in 0..4 {
                    catalogue.change();
                }
                let portion: Vec<_> = catalogue
                    .of(noun)
                    .iter()
                    .filter(|(id, _)| after.is_none_or(|a| **id > a))
                    .take(10)
                    .collect();
                let Some((last, _)) = portion.last() else { break };
                after = Some(**last);
                let portion = portion.into_iter().map(|(id, record)| (*id, record.clone()));
                records.entry(noun).or_default().extend(portion);
            }
        }
        let mut view = catalogue::build(&records, head, today);
        catalogue.follow(&mut view);
        check(&catalogue, &view, &mut random, 50);
    }
}
