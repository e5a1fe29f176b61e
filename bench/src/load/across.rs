//! Lists, facets and single records where what others say of components is asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bench::random::Random;
use domain::access::Sight;
use domain::adoption::{Adoption, AdoptionStage};
use domain::attestation::Attestation;
use domain::code_list::CodeList;
use domain::query::{Datum, Directory, Queryable, Subject};
use domain::related::Related;
use domain::relation::Relation;
use domain::store::{Record, Store};
use domain::stored::Document;
use domain::values::{Day, Slug, State};
use verbundkatalog::state::all_records;

use super::case::{Case, Expected};
use super::cases::{LIMIT, Material, REQUESTS, Row, items};
use super::client::Request;

/// Answers that are checked of each kind: a plain look at everything takes its time.
const CHECKED: usize = 50;
/// What is counted.
const FACETS: [&str; 5] = [
    "adoptions.state",
    "adoptions.stage",
    "attestations.scheme",
    "kind",
    "lifecycle",
];
/// Members of records about components that requests speak of.
const FIELDS: [&str; 6] = ["state", "stage", "organisation", "scheme", "dependsOn", "validUntil"];

/// What one public record says of a component.
pub(super) struct Said {
    noun: &'static str,
    keys: Vec<(&'static str, String)>,
    numbers: Vec<(&'static str, i64)>,
}

impl Said {
    /// Its values of a member.
    pub(super) fn keys_of<'a>(&'a self, field: &'static str) -> impl Iterator<Item = &'a str> {
        let keys = self.keys.iter().filter(move |(name, _)| *name == field);
        keys.map(|(_, key)| key.as_str())
    }
}

/// What everybody may know of components from others, by their slugs.
pub(super) fn said(store: &dyn Store, directory: &dyn Directory) -> anyhow::Result<HashMap<Slug, Vec<Said>>> {
    let mut all = HashMap::new();
    of::<Adoption>(&all_records(store, Adoption::NOUN)?, directory, &mut all)?;
    of::<Attestation>(&all_records(store, Attestation::NOUN)?, directory, &mut all)?;
    of::<Relation>(&all_records(store, Relation::NOUN)?, directory, &mut all)?;
    Ok(all)
}

fn of<T: Queryable + Related>(
    records: &[Record],
    directory: &dyn Directory,
    all: &mut HashMap<Slug, Vec<Said>>,
) -> anyhow::Result<()> {
    for record in records.iter().filter(|record| record.is_seen(&Sight::Public)) {
        let stored = record.read::<T>()?;
        let mut said = Said {
            noun: T::NOUN,
            keys: Vec::new(),
            numbers: Vec::new(),
        };
        let subject = Subject {
            record: &stored,
            directory,
        };
        for spec in T::fields().iter().filter(|spec| FIELDS.contains(&spec.field.name)) {
            (spec.extract)(subject, &mut |datum| match datum {
                Datum::Key(key) => said.keys.push((spec.field.name, key.to_owned())),
                Datum::Number(number) => said.numbers.push((spec.field.name, number)),
            });
        }
        all.entry(stored.value.component().clone()).or_default().push(said);
    }
    Ok(())
}

/// What one record must say.
enum Wanted {
    Keys(&'static str, Vec<String>),
    Between(&'static str, i64, i64),
}

impl Wanted {
    fn is_met(&self, said: &Said) -> bool {
        match self {
            Self::Keys(field, wanted) => said
                .keys
                .iter()
                .any(|(name, key)| name == field && wanted.contains(key)),
            Self::Between(field, from, to) => {
                let mut numbers = said.numbers.iter();
                numbers.any(|(name, number)| name == field && (from..=to).contains(&number))
            }
        }
    }
}

/// One record of a noun must say all of this.
struct Asked {
    query: String,
    noun: &'static str,
    wanted: Vec<Wanted>,
}

impl Asked {
    fn matches(&self, row: &Row) -> bool {
        let mut said = row.said.iter().filter(|said| said.noun == self.noun);
        said.any(|said| self.wanted.iter().all(|wanted| wanted.is_met(said)))
    }
}

/// Up to so many different ones.
fn pick(random: &mut Random, of: &[&str], most: usize) -> Vec<String> {
    let chosen: BTreeSet<&str> = (0..=random.below(most)).map(|_| random.one(of)).collect();
    chosen.into_iter().map(ToOwned::to_owned).collect()
}

fn adopted(random: &mut Random) -> Asked {
    let states = pick(random, &State::codes(), 3);
    let reached = pick(random, &AdoptionStage::codes(), 3);
    Asked {
        query: format!(
            "adoptions.state={}&adoptions.stage={}",
            states.join(","),
            reached.join(",")
        ),
        noun: Adoption::NOUN,
        wanted: vec![Wanted::Keys("state", states), Wanted::Keys("stage", reached)],
    }
}

fn holding(random: &mut Random, today: Day) -> Asked {
    let day =
        |from: i64, days: usize, random: &mut Random| today.plus(from + i64::try_from(random.below(days)).unwrap_or(0));
    let (from, to) = (day(-400, 300, random), day(0, 300, random));
    Asked {
        query: format!("attestations.validUntil.gte={from}&attestations.validUntil.lte={to}"),
        noun: Attestation::NOUN,
        wanted: vec![Wanted::Between("validUntil", from.number(), to.number())],
    }
}

impl Material {
    /// All cases about what others say of components.
    pub(super) fn across(&self, random: &mut Random, rounds: usize) -> Vec<Case> {
        let count = REQUESTS * rounds;
        let organisations = self.frequent("organisation");
        let needed = self.frequent("dependsOn");
        let one_of = |random: &mut Random, noun: &'static str, field: &'static str, of: &[&str]| {
            let keys = pick(random, of, 2);
            Asked {
                query: format!("{noun}s.{field}={}", keys.join(",")),
                noun,
                wanted: vec![Wanted::Keys(field, keys)],
            }
        };
        let today = self.view.today();
        let several = |ask: &mut dyn FnMut() -> Asked| -> Vec<Asked> { (0..count).map(|_| ask()).collect() };
        let by_stage = several(&mut || adopted(random));
        let by_body = several(&mut || one_of(random, Adoption::NOUN, "organisation", &organisations));
        let by_day = several(&mut || holding(random, today));
        let by_target = several(&mut || one_of(random, Relation::NOUN, "dependsOn", &needed));
        vec![
            self.pages("page by state and stage of adoptions", &by_stage),
            self.pages("page by adopting body", &by_body),
            self.pages("page by last day of attestations", &by_day),
            self.pages("page by what is depended on", &by_target),
            self.facets_across(random, count),
            self.facets_under(&by_stage),
            self.adoptions(&by_stage),
            self.one_adoption(random, count),
        ]
    }

    /// The values of a field in what is said, those that come often first.
    fn frequent(&self, field: &str) -> Vec<&str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let said = self.rows.iter().flat_map(|row| &row.said).flat_map(|said| &said.keys);
        for (_, key) in said.filter(|(name, _)| *name == field) {
            *counts.entry(key).or_default() += 1;
        }
        let mut keys: Vec<(usize, &str)> = counts.into_iter().map(|(key, count)| (count, key)).collect();
        keys.sort_unstable_by(|a, b| b.cmp(a));
        keys.truncate(1000);
        keys.into_iter().map(|(_, key)| key).collect()
    }

    fn pages(&self, name: &'static str, asked: &[Asked]) -> Case {
        let expected = asked.iter().take(CHECKED).map(|asked| {
            let rows: Vec<&Row> = self.rows.iter().filter(|row| asked.matches(row)).collect();
            Expected::Page {
                items: items(rows.iter().take(LIMIT).copied()),
                total: rows.len() as u64,
            }
        });
        let path = |asked: &Asked| format!("/v1/components?limit={LIMIT}&{}", asked.query);
        Case {
            name,
            budget: 0.20,
            growth: 1.5,
            ratio: None,
            each: REQUESTS,
            expected: expected.collect(),
            requests: asked.iter().map(|asked| Request::get(path(asked))).collect(),
            status: 200,
        }
    }

    /// Facets of rows, counted one by one.
    fn counted(&self, matches: &dyn Fn(&Row) -> bool) -> Expected {
        let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        let mut total = 0;
        for row in self.rows.iter().filter(|row| matches(row)) {
            total += 1;
            let mut values: BTreeSet<(&str, &str)> = BTreeSet::new();
            for facet in FACETS {
                let own = row.values.iter().filter(|(name, _)| *name == facet);
                values.extend(own.map(|(_, key)| (facet, key.as_str())));
                let Some((noun, field)) = facet.split_once("s.") else {
                    continue;
                };
                for said in row.said.iter().filter(|said| said.noun == noun) {
                    let keys = said.keys.iter().filter(|(name, _)| *name == field);
                    values.extend(keys.map(|(_, key)| (facet, key.as_str())));
                }
            }
            for (facet, key) in values {
                *counts
                    .entry(facet.to_owned())
                    .or_default()
                    .entry(key.to_owned())
                    .or_default() += 1;
            }
        }
        Expected::Facets { counts, total }
    }

    fn facets_across(&self, random: &mut Random, count: usize) -> Case {
        let filters = self.filters(random, count, 2, &FACETS);
        let checked = filters.iter().take(CHECKED);
        let expected = checked.map(|filter| self.counted(&|row| filter.matches(row)));
        let facets = FACETS.join(",");
        Case {
            name: "five facets, three of others' records",
            budget: 0.14,
            growth: 15.0,
            ratio: None,
            each: REQUESTS,
            expected: expected.collect(),
            requests: filters
                .iter()
                .map(|f| Request::get(format!("/v1/components?limit=0&facets={facets}&{}", f.query)))
                .collect(),
            status: 200,
        }
    }

    /// The filter is on the records that are counted. Its own fields are counted without it, which the tests of the view
    /// hold; here the total is.
    fn facets_under(&self, asked: &[Asked]) -> Case {
        let facets = FACETS.join(",");
        let checked = asked.iter().take(CHECKED);
        let total = |asked: &Asked| self.rows.iter().filter(|row| asked.matches(row)).count() as u64;
        Case {
            name: "the same under a filter on adoptions",
            budget: 0.14,
            growth: 15.0,
            ratio: None,
            each: REQUESTS,
            expected: checked.map(|asked| Expected::Total(total(asked))).collect(),
            requests: asked
                .iter()
                .map(|asked| Request::get(format!("/v1/components?limit=0&facets={facets}&{}", asked.query)))
                .collect(),
            status: 200,
        }
    }

    fn adoptions(&self, asked: &[Asked]) -> Case {
        let total = |asked: &Asked| {
            let said = self.rows.iter().flat_map(|row| &row.said);
            let adoptions = said.filter(|said| said.noun == asked.noun);
            adoptions
                .filter(|said| asked.wanted.iter().all(|w| w.is_met(said)))
                .count() as u64
        };
        let path = |asked: &Asked| format!("/v1/adoptions?limit={LIMIT}&{}", asked.query.replace("adoptions.", ""));
        Case {
            name: "page of adoptions by state and stage",
            budget: 0.20,
            growth: 1.5,
            ratio: None,
            each: REQUESTS,
            expected: asked
                .iter()
                .take(CHECKED)
                .map(|asked| Expected::Total(total(asked)))
                .collect(),
            requests: asked.iter().map(|asked| Request::get(path(asked))).collect(),
            status: 200,
        }
    }

    fn one_adoption(&self, random: &mut Random, count: usize) -> Case {
        let organisation = |row: &Row| {
            let mut adoptions = row.said.iter().filter(|said| said.noun == Adoption::NOUN);
            let keys = &adoptions.next()?.keys;
            keys.iter()
                .find(|(name, _)| *name == "organisation")
                .map(|(_, key)| key.clone())
        };
        let mut found: Vec<(&Row, String)> = Vec::new();
        while found.len() < count {
            let row = self.row(random);
            found.extend(organisation(row).map(|organisation| (row, organisation)));
        }
        let body = |(row, organisation): &(&Row, String)| {
            let component = self.view.components().get(row.slug.as_str())?.id;
            let organisation = self.view.organisations().get(organisation)?.id;
            let slug = domain::adoption::slug_of(component, organisation)?;
            self.view.adoptions().get(slug.as_str())?.body.clone()
        };
        let bodies = found.iter().take(CHECKED).filter_map(body);
        Case {
            name: "get an adoption at its nested address",
            budget: 0.045,
            growth: 1.1,
            ratio: Some(1.5),
            each: REQUESTS,
            expected: bodies.map(|body| Expected::Body(body.to_vec())).collect(),
            requests: found
                .iter()
                .map(|(row, body)| Request::get(format!("/v1/components/{}/adoptions/{body}", row.slug)))
                .collect(),
            status: 200,
        }
    }
}
