//! Counts by value: exact, and multi-select (a facet ignores the filters on its own field).

use std::cmp::Reverse;

use domain::code_list::Label;
use domain::component::Title;
use domain::limits;
use domain::query::{Condition, FieldKind, Filter, Queryable};
use domain::values::Slug;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use super::page::Asked;
use super::{Column, Table};

/// The counts of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// Name of the field.
    pub field: &'static str,
    /// Its values, the most frequent first; selected ones are there even with a count of 0.
    pub values: Vec<FacetValue>,
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// The value as filters take it.
    pub value: Box<str>,
    /// What people call it.
    pub label: FacetLabel,
    /// Records with this value that satisfy all other filters.
    pub count: u64,
    /// Whether a filter of the query asks for it.
    pub selected: bool,
}

/// What people call a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FacetLabel {
    /// As the code list says.
    Code(Label),
    /// The title of the record that it names.
    Title(Title),
    /// The value itself.
    Plain,
}

impl<T: Queryable> Table<T> {
    pub(super) fn facets(&self, asked: &Asked<'_>, matches: &RoaringBitmap) -> Vec<Facet> {
        let query = asked.query;
        query
            .facets
            .iter()
            .map(|field| {
                if query.filters.iter().any(|f| f.field == *field) {
                    self.facet(*field, asked, &self.matches(asked, Some(*field)))
                } else {
                    self.facet(*field, asked, matches)
                }
            })
            .collect()
    }

    fn facet(&self, index: usize, asked: &Asked<'_>, among: &RoaringBitmap) -> Facet {
        let Some(field) = T::fields().get(index).map(|s| &s.field) else {
            return Facet {
                field: "",
                values: Vec::new(),
            };
        };
        let mut counts: Vec<(&str, u64)> = match self.columns.get(index) {
            Some(Column::Keys(keys)) => self.counts(index, keys, among),
            Some(Column::Across) => Self::counts_across(index, asked, among),
            _ => Vec::new(),
        };
        counts.sort_unstable_by_key(|(value, count)| (Reverse(*count), *value));
        let mut selected: Vec<&str> = asked
            .query
            .filters
            .iter()
            .filter(|f| f.field == index)
            .filter_map(|f| match &f.condition {
                Condition::AnyOf(keys) | Condition::AllOf(keys) => Some(keys),
                _ => None,
            })
            .flatten()
            .map(|key| &**key)
            .collect();
        // A value may be asked for by several filters, or by slug and by id.
        selected.sort_unstable();
        selected.dedup();
        let listed: Vec<(&str, u64)> = {
            let (head, tail) = counts.split_at(counts.len().min(limits::FACET_VALUES));
            let late = tail.iter().filter(|(value, _)| selected.contains(value));
            let absent = selected
                .iter()
                .filter(|s| counts.iter().all(|(v, _)| v != *s))
                .map(|s| (*s, 0));
            head.iter().chain(late).copied().chain(absent).collect()
        };
        let codes = match field.kind {
            FieldKind::Code { codes, .. } => codes(),
            _ => Vec::new(),
        };
        let label = |value: &str| match field.kind {
            FieldKind::Code { .. } => codes
                .iter()
                .find(|(code, _)| *code == value)
                .map_or(FacetLabel::Plain, |(_, label)| FacetLabel::Code(*label)),
            FieldKind::Organisation => value
                .parse::<Slug>()
                .ok()
                .and_then(|slug| {
                    asked
                        .view
                        .directory()
                        .seen_organisation(&slug, asked.sight)
                        .map(|o| FacetLabel::Title(o.title.clone()))
                })
                .unwrap_or(FacetLabel::Plain),
            _ => FacetLabel::Plain,
        };
        let values = listed
            .into_iter()
            .map(|(value, count)| FacetValue {
                value: value.into(),
                label: label(value),
                count,
                selected: selected.contains(&value),
            })
            .collect();
        Facet {
            field: field.name,
            values,
        }
    }

    /// In the records about these ones: those that satisfy the other filters on records of their noun.
    fn counts_across<'a>(index: usize, asked: &Asked<'a>, among: &RoaringBitmap) -> Vec<(&'a str, u64)> {
        let path = |field: usize| T::fields().get(field).and_then(|spec| spec.across);
        let Some(wanted) = path(index) else { return Vec::new() };
        let filters = asked.query.filters.iter().filter(|filter| filter.field != index);
        let others: Vec<Filter> = filters
            .filter_map(|filter| {
                path(filter.field)
                    .filter(|p| p.noun == wanted.noun)
                    .map(|there| Filter {
                        field: there.field,
                        condition: filter.condition.clone(),
                    })
            })
            .collect();
        match asked.view.across(wanted.noun) {
            Some(records) => records.counts(wanted.field, &others, among, asked.sight),
            None => Vec::new(),
        }
    }

    /// By value where there are few values, by record where there are few records.
    fn counts<'a>(&'a self, index: usize, keys: &'a super::Keys, among: &RoaringBitmap) -> Vec<(&'a str, u64)> {
        if keys.len() as u64 <= among.len().saturating_mul(4) {
            return keys.counts(among);
        }
        let mut counts: FxHashMap<u32, u64> = FxHashMap::default();
        for entry in among.iter().filter_map(|slot| self.entry(slot)) {
            for (_, number) in entry.keys.iter().filter(|(field, _)| usize::from(*field) == index) {
                *counts.entry(*number).or_default() += 1;
            }
        }
        counts
            .into_iter()
            .filter_map(|(number, count)| Some((keys.text(number)?, count)))
            .collect()
    }
}
