//! Whom an end concerns and who has what, worked out record by record.

use std::collections::{BTreeMap, BTreeSet};

use bench::random::Random;
use domain::access::Sight;
use domain::adoption::{Adoption, AdoptionStage, Coverage as Status};
use domain::code_list::CodeList;
use domain::component::Component;
use domain::id::Id;
use domain::query::{Query, Queryable, parse};
use domain::relation::{Relation, RelationType};
use domain::stored::Publication;
use domain::values::{Slug, State};
use search::View;
use search::answers::{By, CoverageAsk};

use crate::catalogue::Catalogue;
use crate::scan::{Datums, Row, rows};

/// Components, adoptions and relations that someone sees and that were not withdrawn.
struct Plain {
    components: Vec<Row>,
    adoptions: Vec<Row>,
    relations: Vec<Row>,
}

/// A dependant: slug, how far, what it is, through which component.
type Met = (String, usize, RelationType, String);

fn seen<T: Queryable>(catalogue: &Catalogue, sight: &Sight) -> Vec<Row> {
    let counts = |row: &Row| row.is_seen(sight) && row.record.publication != Publication::Withdrawn;
    rows::<T>(catalogue).into_iter().filter(counts).collect()
}

fn values<'a, T: Queryable>(row: &'a Row, field: &str) -> Vec<&'a str> {
    let values = row.values[T::field(field).unwrap()].iter();
    let keys = values.filter_map(|value| match value {
        Datums::Key(key) => Some(key.as_str()),
        Datums::Number(_) => None,
    });
    keys.collect()
}

fn one<'a, T: Queryable>(row: &'a Row, field: &str) -> &'a str {
    values::<T>(row, field)[0]
}

fn status(adoption: &Row) -> Status {
    AdoptionStage::from_code(one::<Adoption>(adoption, "stage"))
        .unwrap()
        .coverage()
}

impl Plain {
    fn new(catalogue: &Catalogue, sight: &Sight) -> Self {
        Self {
            components: seen::<Component>(catalogue, sight),
            adoptions: seen::<Adoption>(catalogue, sight),
            relations: seen::<Relation>(catalogue, sight),
        }
    }

    fn component(&self, slug: &str) -> Option<&Row> {
        self.components.iter().find(|row| row.record.slug.as_str() == slug)
    }

    /// Those that lose something with the end of this one, each with what it is to it, or it to them.
    fn next_to(&self, slug: &str) -> Vec<(Id, RelationType, String)> {
        let mut next = Vec::new();
        for relation in &self.relations {
            let (from, to) = (
                one::<Relation>(relation, "component"),
                one::<Relation>(relation, "target"),
            );
            let kind = RelationType::from_code(one::<Relation>(relation, "type")).unwrap();
            let needs = (to == slug && kind.carries_an_end()).then_some(from);
            let whole = (from == slug && kind == RelationType::PartOf).then_some(to);
            for other in needs.into_iter().chain(whole) {
                next.extend(self.component(other).map(|row| (row.record.id, kind, other.to_owned())));
            }
        }
        next.sort();
        next
    }

    fn met(&self, start: &str, depth: usize) -> Vec<Met> {
        let (mut found, mut seen) = (Vec::new(), BTreeSet::from([start.to_owned()]));
        let mut level = vec![start.to_owned()];
        for far in 1..=depth {
            let mut next = Vec::new();
            for at in level {
                for (_, kind, other) in self.next_to(&at) {
                    if seen.insert(other.clone()) {
                        found.push((other.clone(), far, kind, at.clone()));
                        next.push(other);
                    }
                }
            }
            level = next;
        }
        found
    }

    /// The adoptions of these that have not ended, in order.
    fn adoptions_of(&self, components: &[String]) -> Vec<&Row> {
        let mut found = Vec::new();
        for slug in components {
            let counts = |row: &&Row| one::<Adoption>(row, "component") == slug && status(row) != Status::None;
            found.extend(self.adoptions.iter().filter(counts));
        }
        found
    }

    /// Bodies by state: live, pilot, planned; each as far as its furthest adoption.
    fn states(adoptions: &[&Row]) -> BTreeMap<State, [u32; 3]> {
        let mut bodies: BTreeMap<&str, (Status, BTreeSet<State>)> = BTreeMap::new();
        for row in adoptions {
            let body = bodies
                .entry(one::<Adoption>(row, "organisation"))
                .or_insert((Status::None, BTreeSet::new()));
            body.0 = body.0.max(status(row));
            let states = values::<Adoption>(row, "state").into_iter();
            body.1.extend(states.filter_map(State::from_code));
        }
        let mut counts: BTreeMap<State, [u32; 3]> = BTreeMap::new();
        for (furthest, states) in bodies.into_values() {
            for state in states {
                let place = [Status::Live, Status::Pilot, Status::Planned];
                counts.entry(state).or_default()[place.iter().position(|s| *s == furthest).unwrap()] += 1;
            }
        }
        counts
    }

    /// What components of a kind have in a state: live, pilot, planned, and the first of them.
    fn cell(&self, kind: &str, state: State) -> ([u32; 3], Vec<String>) {
        let mut furthest: BTreeMap<&str, Status> = BTreeMap::new();
        for row in &self.adoptions {
            let slug = one::<Adoption>(row, "component");
            let is_there = values::<Adoption>(row, "state").contains(&state.code()) && status(row) != Status::None;
            let is_of_kind = self
                .component(slug)
                .is_some_and(|row| one::<Component>(row, "kind") == kind);
            if is_there && is_of_kind {
                let known = furthest.entry(slug).or_insert(Status::None);
                *known = status(row).max(*known);
            }
        }
        let of = |wanted: Status| {
            furthest
                .iter()
                .filter(move |(_, s)| **s == wanted)
                .map(|(slug, _)| *slug)
        };
        let order = [Status::Live, Status::Pilot, Status::Planned];
        let counts = order.map(|status| u32::try_from(of(status).count()).unwrap());
        let all = order.into_iter().flat_map(of).map(ToOwned::to_owned);
        (counts, all.take(10).collect())
    }
}

/// Compares what the view says of whom ends concern and of who has what.
pub(crate) fn check_answers(catalogue: &Catalogue, view: &View, random: &mut Random, ends: usize) {
    for sight in catalogue.sights(random) {
        let plain = Plain::new(catalogue, &sight);
        for _ in 0..ends {
            if !plain.components.is_empty() {
                let start = &plain.components[random.below(plain.components.len())].record;
                check_impact(
                    view,
                    &plain,
                    (start.id, start.slug.as_str()),
                    1 + random.below(5),
                    &sight,
                );
            }
        }
        check_coverage(view, &plain, &sight);
    }
}

fn check_impact(view: &View, plain: &Plain, (id, slug): (Id, &str), depth: usize, sight: &Sight) {
    let what = format!("the end of {slug}, {depth} away, for {sight:?}");
    let (impact, met) = (view.impact(id, depth, sight).unwrap(), plain.met(slug, depth));
    assert_eq!(impact.dependants_total, met.len(), "{what}");
    let dependants = impact.dependants.iter();
    let dependants: Vec<Met> = dependants
        .map(|one| (one.slug.to_string(), one.depth, one.relation, one.through.to_string()))
        .collect();
    assert_eq!(dependants, met, "{what}");
    let order: Vec<String> = std::iter::once(slug.to_owned())
        .chain(met.into_iter().map(|one| one.0))
        .collect();
    let adoptions = plain.adoptions_of(&order);
    let ids: Vec<Id> = adoptions.iter().map(|row| row.record.id).collect();
    assert_eq!(impact.adoptions_total, ids.len(), "{what}");
    let shown: Vec<Id> = impact.adoptions.iter().map(|one| one.id).collect();
    assert_eq!(shown, ids[..ids.len().min(500)], "{what}");
    let states: BTreeMap<State, [u32; 3]> = impact
        .states
        .iter()
        .map(|one| (one.state, [one.live, one.pilot, one.planned]))
        .collect();
    assert_eq!(states, Plain::states(&adoptions), "{what}");
    let mut bodies: BTreeMap<&str, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for row in &adoptions {
        let uses = &mut bodies.entry(one::<Adoption>(row, "organisation")).or_default().0;
        uses.push(one::<Adoption>(row, "component"));
    }
    for slug in &order[1..] {
        if let Some(owner) = &plain.component(slug).unwrap().record.owner {
            bodies.entry(owner.as_str()).or_default().1.push(slug);
        }
    }
    assert_eq!(impact.organisations_total, bodies.len(), "{what}");
    for (shown, (slug, (uses, owns))) in impact.organisations.iter().zip(&bodies) {
        assert_eq!(shown.slug.as_str(), *slug, "{what}");
        assert!(
            shown.uses.iter().map(Slug::as_str).eq(uses.iter().take(20).copied()),
            "{what}"
        );
        assert!(
            shown.owns.iter().map(Slug::as_str).eq(owns.iter().take(20).copied()),
            "{what}"
        );
    }
}

fn check_coverage(view: &View, plain: &Plain, sight: &Sight) {
    let all: Query = parse::<Component>(&[]).unwrap();
    let ask = CoverageAsk {
        by: By::Kind,
        components: &all,
        state: None,
        limit: 50,
        after: None,
    };
    let kinds: BTreeSet<&str> = plain
        .components
        .iter()
        .map(|row| one::<Component>(row, "kind"))
        .collect();
    let coverage = view.coverage(&ask, sight);
    assert!(coverage.rows.iter().map(|row| &*row.key).eq(kinds), "{sight:?}");
    for row in coverage.rows {
        for state in row.states {
            let (counts, first) = plain.cell(&row.key, state.state);
            let cell = state.cell;
            let what = format!("{} in {:?} for {sight:?}", row.key, state.state);
            assert_eq!([cell.live, cell.pilot, cell.planned], counts, "{what}");
            assert!(
                cell.components
                    .iter()
                    .map(Slug::as_str)
                    .eq(first.iter().map(String::as_str)),
                "{what}"
            );
        }
    }
}
