//! Which records satisfy a query.

use std::borrow::Cow;

use domain::query::{Condition, Filter, Queryable};
use roaring::RoaringBitmap;

use super::page::Asked;
use super::{Column, Table};

impl<T: Queryable> Table<T> {
    /// Slots that satisfy the text and all filters, but those on the field `except`.
    pub(super) fn matches(&self, asked: &Asked<'_>, except: Option<usize>) -> RoaringBitmap {
        let mut found: Cow<'_, RoaringBitmap> = Cow::Borrowed(asked.base);
        if let Some(with_text) = &asked.with_text {
            found = Cow::Owned(&*found & with_text);
        }
        let filters = || asked.query.filters.iter().filter(|f| Some(f.field) != except);
        // Ranges look at single slots, so they come last, when few are left.
        for filter in filters().filter(|f| !matches!(f.condition, Condition::Between(..))) {
            found = Cow::Owned(self.narrow(&found, filter));
        }
        for filter in filters() {
            if let Condition::Between(from, to) = filter.condition
                && let Some(Column::Numbers(column)) = self.columns.get(filter.field)
            {
                found = Cow::Owned(column.between(from, to, &found));
            }
        }
        found.into_owned()
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
