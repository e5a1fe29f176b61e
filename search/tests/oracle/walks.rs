//! Lists that are read page by page while entries change: what does not change is met exactly once.

use std::collections::{BTreeSet, HashMap, HashSet};

use bench::random::Random;
use domain::access::Sight;
use domain::component::Component;
use domain::id::Id;
use domain::query::{Given, Query, parse};
use search::View;

use crate::catalogue::Catalogue;
use crate::ids;
use crate::scan::Scan;

const QUESTIONS: &[&str] = &[
    "sort=title",
    "sort=-title",
    "sort=updatedAt",
    "sort=-updatedAt",
    "sort=-productiveSince",
    "sort=lifecycle",
    "sort=-kind&levels=federal",
    "sort=id",
    "sort=-id",
    "sort=owner,-createdAt",
    "q=Verwaltung",
    "q=Antrag Verfahren",
    "q=Datenschutz&sort=-score,title",
    "q=Cloud&sort=title",
    "q=Datenn",
    "sort=-adoptions.liveStates",
    "sort=adoptions.liveStates,title&adoptions.stage=live",
];

fn query(text: &str, limit: usize) -> Query {
    let pairs = text.split('&').filter_map(|p| p.split_once('='));
    let mut given: Vec<Given> = pairs.map(|(name, value)| Given::from_url(name, value)).collect();
    given.push(Given::from_url("limit", &limit.to_string()));
    parse::<Component>(&given).unwrap()
}

/// Changes some entries and remembers which.
fn disturb(catalogue: &mut Catalogue, view: &mut View, random: &mut Random, touched: &mut BTreeSet<Id>) {
    // What changes may come to stand at the end of the list, which would then never be reached.
    let changes = if touched.len() < 100 { random.below(4) } else { 0 };
    for _ in 0..changes {
        catalogue.change();
    }
    catalogue.follow(view);
    touched.append(&mut catalogue.touched);
}

#[test]
fn an_entry_that_does_not_change_is_met_exactly_once_on_the_way_there_and_back() {
    let mut random = Random::new(4);
    for (round, text) in QUESTIONS.iter().cycle().take(QUESTIONS.len() * 4).enumerate() {
        let limit = 1 + random.below(25);
        let query = query(text, limit);
        let mut catalogue = Catalogue::new(300 + round as u64, 150);
        let mut view = catalogue.view();
        let sights = catalogue.sights(&mut random);
        let sight = &sights[round % sights.len()];
        let expected: HashSet<Id> = Scan::<Component>::new(&catalogue, &sights)
            .answer(&query, sight)
            .ids
            .into_iter()
            .collect();
        let ask = |view: &View, cursor: Option<String>| {
            let query = Query {
                cursor,
                ..query.clone()
            };
            view.components().answer(&query, sight, view).unwrap()
        };
        let mut touched = BTreeSet::new();
        let mut met: HashMap<Id, usize> = HashMap::new();
        let mut page = ask(&view, None);
        let (mut last, mut prev) = (ids(&page), page.prev.clone());
        loop {
            for id in ids(&page) {
                *met.entry(id).or_default() += 1;
            }
            if !page.items.is_empty() {
                (last, prev) = (ids(&page), page.prev.clone());
            }
            let Some(next) = page.next.take() else { break };
            disturb(&mut catalogue, &mut view, &mut random, &mut touched);
            page = ask(&view, Some(next));
        }
        let once = |met: &HashMap<Id, usize>, touched: &BTreeSet<Id>, way: &str| {
            for id in expected.iter().filter(|id| !touched.contains(id)) {
                assert_eq!(
                    met.get(id),
                    Some(&1),
                    "{id} on the way {way} of {text}, {limit} a page, for {sight:?}"
                );
            }
        };
        once(&met, &touched, "there");
        met = last.into_iter().map(|id| (id, 1)).collect();
        while let Some(cursor) = prev {
            disturb(&mut catalogue, &mut view, &mut random, &mut touched);
            let page = ask(&view, Some(cursor));
            for id in ids(&page) {
                *met.entry(id).or_default() += 1;
            }
            prev = page.prev;
        }
        once(&met, &touched, "back");
    }
}

#[test]
fn a_cursor_of_the_longest_query_is_taken_back() {
    let catalogue = Catalogue::new(9, 400);
    let view = catalogue.view();
    let mut random = Random::new(5);
    for _ in 0..50 {
        let mut text = String::new();
        loop {
            let word = bench::generate::query_text(&mut random);
            if (text.chars().count() + word.chars().count()) >= domain::limits::QUERY_CHARS {
                break;
            }
            text.push(' ');
            text.push_str(&word);
        }
        let query = query(&format!("q={text}&sort=-score,title,slug"), 1);
        let answer = view.components().answer(&query, &Sight::Public, &view).unwrap();
        if answer.total > 1 {
            let query = Query {
                cursor: Some(answer.next.unwrap()),
                ..query
            };
            view.components().answer(&query, &Sight::Public, &view).unwrap();
        }
    }
}
