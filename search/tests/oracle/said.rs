//! What others say of components, looked at record by record.

use std::collections::{BTreeSet, HashMap};

use domain::access::Sight;
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::offer::Offer;
use domain::query::{Across, Condition, Filter, Query, Queryable};
use domain::relation::Relation;
use domain::stored::Document;
use domain::values::Slug;

use crate::catalogue::Catalogue;
use crate::nouns::SAID;
use crate::scan::{Datums, Row, Scan, lies_between, rows};

/// The records about components, by noun.
#[derive(Default)]
pub(crate) struct Said {
    rows: HashMap<&'static str, Vec<Row>>,
    /// By noun and the component's slug.
    about: HashMap<(&'static str, String), Vec<usize>>,
}

impl Said {
    pub(crate) fn new(catalogue: &Catalogue) -> Self {
        let mut said = Self::default();
        said.add::<Adoption>(catalogue);
        said.add::<Offer>(catalogue);
        said.add::<Attestation>(catalogue);
        said.add::<Relation>(catalogue);
        said
    }

    fn add<T: Queryable>(&mut self, catalogue: &Catalogue) {
        let rows = rows::<T>(catalogue);
        let component = T::field("component").unwrap();
        for (number, row) in rows.iter().enumerate() {
            let [Datums::Key(slug)] = &row.values[component][..] else {
                panic!("{} names no component", row.record.slug);
            };
            self.about.entry((T::NOUN, slug.clone())).or_default().push(number);
        }
        self.rows.insert(T::NOUN, rows);
    }

    /// All records of a noun.
    pub(crate) fn all(&self, noun: &str) -> &[Row] {
        self.rows.get(noun).map_or(&[], Vec::as_slice)
    }

    /// The records of a noun about a component, by ascending id.
    pub(crate) fn about(&self, noun: &'static str, component: &Slug) -> impl Iterator<Item = &Row> {
        let numbers = self.about.get(&(noun, component.to_string())).into_iter().flatten();
        numbers.map(move |number| &self.rows[noun][*number])
    }

    /// In how many states everybody knows that a component is live.
    pub(crate) fn live_states(&self, component: &Slug) -> i64 {
        let (stage, states) = (Adoption::field("stage").unwrap(), Adoption::field("state").unwrap());
        let live = [Datums::Key("live".to_owned())];
        let public = self.about(Adoption::NOUN, component).filter(|row| row.is_public());
        let live = public.filter(|row| row.values[stage] == live);
        let counted: BTreeSet<&Datums> = live.flat_map(|row| &row.values[states]).collect();
        i64::try_from(counted.len()).unwrap()
    }
}

impl<T: Queryable> Scan<T> {
    /// Whether one record meets all conditions that speak of a single one.
    fn meets(row: &Row, filters: &[(usize, &Condition)]) -> bool {
        filters.iter().all(|(field, condition)| {
            let values = &row.values[*field];
            match condition {
                Condition::AnyOf(keys) => keys.iter().any(|key| Self::has(values, key)),
                Condition::Between(from, to) => lies_between(values, *from, *to),
                Condition::Exists(true) => !values.is_empty(),
                Condition::AllOf(_) | Condition::NoneOf(_) | Condition::Exists(false) => true,
            }
        })
    }

    /// Whether what someone sees of what is said of a component satisfies all filters on it.
    pub(crate) fn is_said(&self, row: &Row, filters: &[&Filter], sight: &Sight) -> bool {
        SAID.iter().all(|noun| {
            let filters = there::<T>(noun, filters);
            let about = self.said.about(noun, &row.record.slug);
            let seen: Vec<&Row> = about.filter(|one| one.is_seen(sight)).collect();
            let has = |one: &Row, field: usize, key: &str| Self::has(&one.values[field], key);
            filters.iter().all(|(field, condition)| match condition {
                Condition::AnyOf(_) | Condition::Between(..) | Condition::Exists(true) => {
                    seen.iter().any(|one| Self::meets(one, &filters))
                }
                Condition::AllOf(keys) => keys.iter().all(|key| {
                    let with = |one: &&Row| has(one, *field, key) && Self::meets(one, &filters);
                    seen.iter().any(with)
                }),
                Condition::NoneOf(keys) => !seen.iter().any(|one| keys.iter().any(|key| has(one, *field, key))),
                Condition::Exists(false) => seen.iter().all(|one| one.values[*field].is_empty()),
            })
        })
    }

    /// The values of a path in what someone sees of what is said of a component, where it satisfies the other filters.
    pub(crate) fn said_values(
        &self,
        row: &Row,
        index: usize,
        path: Across,
        query: &Query,
        sight: &Sight,
    ) -> BTreeSet<&Datums> {
        let others: Vec<&Filter> = query.filters.iter().filter(|f| f.field != index).collect();
        let others = there::<T>(path.noun, &others);
        let about = self.said.about(path.noun, &row.record.slug);
        let counted = about.filter(|one| one.is_seen(sight) && Self::meets(one, &others));
        counted.flat_map(|one| &one.values[path.field]).collect()
    }
}

/// The conditions on a noun of records about components, each with its field there.
fn there<'q, T: Queryable>(noun: &str, filters: &[&'q Filter]) -> Vec<(usize, &'q Condition)> {
    let path = |filter: &&'q Filter| T::fields()[filter.field].across.filter(|path| path.noun == noun);
    let on_noun = filters.iter().copied().map(|filter| (path(&filter), filter));
    on_noun
        .filter_map(|(path, filter)| Some((path?.field, &filter.condition)))
        .collect()
}
