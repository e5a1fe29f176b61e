//! Which records satisfy a query.

use std::borrow::Cow;

use domain::access::Sight;
use domain::query::{Condition, Filter, Query, Queryable};
use roaring::RoaringBitmap;

use super::page::Asked;
use super::{Column, Table};
use crate::View;
use crate::text::{Corpus, Score};

impl<T: Queryable> Table<T> {
    /// Slots that satisfy the text and all filters, but those on the field `except`.
    pub(super) fn matches(&self, asked: &Asked<'_>, except: Option<usize>) -> RoaringBitmap {
        let mut found: Cow<'_, RoaringBitmap> = Cow::Borrowed(asked.base);
        if let Some(with_text) = &asked.with_text {
            found = Cow::Owned(&*found & with_text);
        }
        let filters = || asked.query.filters.iter().filter(|f| Some(f.field) != except);
        self.narrow_all(found, filters, asked.sight, asked.view).into_owned()
    }

    /// Those of `among` that satisfy all filters by what someone sees.
    pub(crate) fn narrowed(
        &self,
        among: &RoaringBitmap,
        filters: &[Filter],
        sight: &Sight,
        view: &View,
    ) -> RoaringBitmap {
        self.narrow_all(Cow::Borrowed(among), || filters.iter(), sight, view)
            .into_owned()
    }

    /// Slots that someone sees and that satisfy the text and all filters of a query.
    pub(crate) fn matching(&self, query: &Query, sight: &Sight, view: &View) -> RoaringBitmap {
        let hidden = self.visible.hidden(sight);
        let base = self.visible.with(hidden.as_deref());
        let base = match &query.text {
            Some(text) => {
                let corpus = self.corpus(hidden.as_deref());
                Cow::Owned(&*base & corpus.matches(&corpus.plan(text)))
            }
            None => base,
        };
        self.narrow_all(base, || query.filters.iter(), sight, view).into_owned()
    }

    /// The slots with the text of a query that someone sees, each with its score.
    pub(crate) fn scored(&self, query: &Query, sight: &Sight) -> Vec<(u32, Score)> {
        let Some(text) = &query.text else { return Vec::new() };
        let hidden = self.visible.hidden(sight);
        let corpus = self.corpus(hidden.as_deref());
        let plan = corpus.plan(text);
        let within = &corpus.matches(&plan) & &*self.visible.with(hidden.as_deref());
        corpus.scores(&plan, &within)
    }

    /// The texts that someone searches in.
    pub(super) fn corpus<'a>(&'a self, hidden: Option<&'a RoaringBitmap>) -> Corpus<'a> {
        match hidden {
            Some(hidden) => Corpus::with_hidden(&self.text, &self.hidden_text, hidden),
            None => Corpus::public(&self.text),
        }
    }

    fn narrow_all<'a, 'f, I: Iterator<Item = &'f Filter>>(
        &self,
        mut found: Cow<'a, RoaringBitmap>,
        filters: impl Fn() -> I,
        sight: &Sight,
        view: &View,
    ) -> Cow<'a, RoaringBitmap> {
        let mut across: Vec<(&'static str, Vec<Filter>)> = Vec::new();
        for filter in filters() {
            let Some(path) = T::fields().get(filter.field).and_then(|spec| spec.across) else {
                continue;
            };
            let there = Filter {
                field: path.field,
                condition: filter.condition.clone(),
            };
            match across.iter_mut().find(|(noun, _)| *noun == path.noun) {
                Some((_, filters)) => filters.push(there),
                None => across.push((path.noun, vec![there])),
            }
        }
        for (noun, filters) in across {
            if let Some(records) = view.across(noun) {
                found = Cow::Owned(records.narrow(&found, &filters, sight));
            }
        }
        let filters: Vec<&Filter> = filters().collect();
        self.satisfy(found, &filters)
    }

    /// Slots that someone sees and that satisfy all filters.
    pub(crate) fn satisfying(&self, filters: &[Filter], sight: &Sight) -> RoaringBitmap {
        let hidden = self.visible.hidden(sight);
        let base = self.visible.with(hidden.as_deref());
        let filters: Vec<&Filter> = filters.iter().collect();
        self.satisfy(base, &filters).into_owned()
    }

    fn satisfy<'a>(&self, mut found: Cow<'a, RoaringBitmap>, filters: &[&Filter]) -> Cow<'a, RoaringBitmap> {
        // Ranges look at single slots, so they come last, when few are left.
        for filter in filters {
            if !matches!(filter.condition, Condition::Between(..)) {
                found = Cow::Owned(self.narrow(&found, filter));
            }
        }
        for filter in filters {
            if let Condition::Between(from, to) = filter.condition
                && let Some(Column::Numbers(column)) = self.columns.get(filter.field)
            {
                found = Cow::Owned(column.between(from, to, &found));
            }
        }
        found
    }

    fn narrow(&self, found: &RoaringBitmap, filter: &Filter) -> RoaringBitmap {
        match (self.columns.get(filter.field), &filter.condition) {
            (Some(Column::Identity), Condition::AnyOf(keys)) => found & self.named(keys),
            (Some(Column::Identity), Condition::NoneOf(keys)) => found - self.named(keys),
            (Some(Column::Keys(column)), condition) => match condition {
                Condition::AnyOf(keys) => found & &*column.any(keys),
                Condition::NoneOf(keys) => found - &*column.any(keys),
                Condition::AllOf(keys) => keys.iter().fold(found.clone(), |found, key| match column.get(key) {
                    Some(slots) => found & slots,
                    None => RoaringBitmap::new(),
                }),
                Condition::Exists(true) => found & column.present(),
                Condition::Exists(false) => found - column.present(),
                Condition::Between(..) => found.clone(),
            },
            (Some(Column::Numbers(column)), Condition::Exists(true)) => found & column.present(),
            (Some(Column::Numbers(column)), Condition::Exists(false)) => found - column.present(),
            // The parser lets no other pair through.
            _ => found.clone(),
        }
    }

    fn named(&self, keys: &[Box<str>]) -> RoaringBitmap {
        keys.iter().filter_map(|key| self.slot(key)).collect()
    }
}
