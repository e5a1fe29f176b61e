//! Which records come next, in the order of a query.

use std::cmp::Ordering;

use domain::query::{Queryable, SortBy, SortKey};
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Column, SortColumn, Table};
use crate::order::Order;
use crate::text::Score;

/// The sort values of one record: where a page begins or ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Boundary {
    pub(super) values: Vec<SortValue>,
}

/// A value to sort by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum SortValue {
    Absent,
    Number(i64),
    Text(String),
    Score(Score),
    Id(u128),
}

/// The same, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SortRef<'a> {
    Absent,
    Number(i64),
    Text(&'a str),
    Score(Score),
    Id(u128),
}

impl SortValue {
    fn borrow(&self) -> SortRef<'_> {
        match self {
            Self::Absent => SortRef::Absent,
            Self::Number(n) => SortRef::Number(*n),
            Self::Text(t) => SortRef::Text(t),
            Self::Score(s) => SortRef::Score(*s),
            Self::Id(i) => SortRef::Id(*i),
        }
    }
}

impl SortRef<'_> {
    fn owned(self) -> SortValue {
        match self {
            Self::Absent => SortValue::Absent,
            Self::Number(n) => SortValue::Number(n),
            Self::Text(t) => SortValue::Text(t.to_owned()),
            Self::Score(s) => SortValue::Score(s),
            Self::Id(i) => SortValue::Id(i),
        }
    }

    /// Compares under a key; what is absent comes last whatever the direction.
    fn compare(self, other: Self, descending: bool) -> Ordering {
        let order = match (self, other) {
            (Self::Absent, Self::Absent) => return Ordering::Equal,
            (Self::Absent, _) => return Ordering::Greater,
            (_, Self::Absent) => return Ordering::Less,
            (Self::Number(a), Self::Number(b)) => a.cmp(&b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Score(a), Self::Score(b)) => a.cmp(&b),
            (Self::Id(a), Self::Id(b)) => a.cmp(&b),
            // Values of one key are of one kind; a cursor that says otherwise was refused.
            _ => Ordering::Equal,
        };
        if descending { order.reverse() } else { order }
    }
}

/// What decides the order of a list.
pub(super) struct Sorting<'a> {
    pub(super) keys: &'a [SortKey],
    /// Scores of the matches, where a key asks for them.
    pub(super) scores: FxHashMap<u32, Score>,
}

/// Which part of a list is wanted.
pub(super) struct Wanted<'a> {
    pub(super) among: &'a RoaringBitmap,
    pub(super) boundary: Option<&'a Boundary>,
    /// The last ones before the boundary, instead of the first ones after it.
    pub(super) backward: bool,
    pub(super) count: usize,
}

impl<T: Queryable> Table<T> {
    fn sort_value(&self, key: SortKey, slot: u32, scores: &FxHashMap<u32, Score>) -> SortRef<'_> {
        match key.by {
            SortBy::Id => SortRef::Id(self.id(slot)),
            SortBy::Score => scores.get(&slot).map_or(SortRef::Absent, |s| SortRef::Score(*s)),
            SortBy::Field(field) => match (self.sorts.get(field), self.columns.get(field)) {
                (Some(SortColumn::Rank(c)), _) | (Some(SortColumn::Column), Some(Column::Numbers(c))) => {
                    c.get(slot).map_or(SortRef::Absent, SortRef::Number)
                }
                (Some(SortColumn::Text(column)), _) => column.get(slot).map_or(SortRef::Absent, SortRef::Text),
                _ => SortRef::Absent,
            },
        }
    }

    /// The sort values of a record, to begin the next page after it.
    pub(super) fn boundary(&self, sorting: &Sorting<'_>, slot: u32) -> Boundary {
        let values = sorting
            .keys
            .iter()
            .map(|key| self.sort_value(*key, slot, &sorting.scores).owned())
            .collect();
        Boundary { values }
    }

    /// Whether a boundary fits the keys; one from elsewhere does not.
    pub(super) fn fits(keys: &[SortKey], boundary: &Boundary) -> bool {
        keys.len() == boundary.values.len()
            && keys.iter().zip(&boundary.values).all(|(key, value)| match key.by {
                SortBy::Id => matches!(value, SortValue::Id(_)),
                SortBy::Score => matches!(value, SortValue::Score(_)),
                SortBy::Field(field) => {
                    let number = T::fields().get(field).is_some_and(|s| {
                        s.field.is_number() || matches!(s.field.kind, domain::query::FieldKind::Code { .. })
                    });
                    match value {
                        SortValue::Absent => true,
                        SortValue::Number(_) => number,
                        SortValue::Text(_) => !number,
                        _ => false,
                    }
                }
            })
    }

    fn compare(&self, sorting: &Sorting<'_>, a: u32, b: u32) -> Ordering {
        for key in sorting.keys {
            let (a, b) = (
                self.sort_value(*key, a, &sorting.scores),
                self.sort_value(*key, b, &sorting.scores),
            );
            let order = a.compare(b, key.descending);
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }

    fn compare_to(&self, sorting: &Sorting<'_>, slot: u32, boundary: &Boundary) -> Ordering {
        for (key, value) in sorting.keys.iter().zip(&boundary.values) {
            let order = self
                .sort_value(*key, slot, &sorting.scores)
                .compare(value.borrow(), key.descending);
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }

    fn beyond(&self, sorting: &Sorting<'_>, wanted: &Wanted<'_>, slot: u32) -> bool {
        let side = if wanted.backward {
            Ordering::Less
        } else {
            Ordering::Greater
        };
        wanted
            .boundary
            .is_none_or(|b| self.compare_to(sorting, slot, b) == side)
    }

    /// The wanted slots in the order of the list, or in reverse where they are wanted backward.
    pub(super) fn next(&self, sorting: &Sorting<'_>, wanted: &Wanted<'_>) -> Vec<u32> {
        if wanted.count == 0 {
            return Vec::new();
        }
        let matches = wanted.among.len();
        let walked = (self.len() as u64).saturating_mul(wanted.count as u64);
        // Looking at every match costs `matches`; walking the order costs the records between hits. Take the cheaper.
        match self.walked_order(sorting.keys) {
            Some(order) if matches.saturating_mul(matches).saturating_mul(2) > walked => self.walk(wanted, &order),
            _ => self.select(sorting, wanted),
        }
    }

    /// The first slots of `among` by a field and then the id: those whose text comes after a given one.
    pub(crate) fn first_by(&self, field: &str, after: Option<&str>, among: &RoaringBitmap, count: usize) -> Vec<u32> {
        let Some(field) = T::field(field) else {
            return Vec::new();
        };
        let keys = [SortBy::Field(field), SortBy::Id].map(|by| SortKey { by, descending: false });
        let boundary = after.map(|text| Boundary {
            values: vec![SortValue::Text(text.to_owned()), SortValue::Id(u128::MAX)],
        });
        let sorting = Sorting {
            keys: &keys,
            scores: FxHashMap::default(),
        };
        let wanted = Wanted {
            among,
            boundary: boundary.as_ref(),
            backward: false,
            count,
        };
        self.next(&sorting, &wanted)
    }

    /// The place of each slot in the order of a text field; that of one without it is behind all.
    pub(crate) fn places(&self, field: &str) -> Vec<u32> {
        let mut places = vec![u32::MAX; self.slots()];
        if let Some(SortColumn::Text(column)) = T::field(field).and_then(|field| self.sorts.get(field)) {
            for (place, slot) in (0_u32..).zip(column.order().forward(Order::start())) {
                if let Some(cell) = places.get_mut(slot as usize) {
                    *cell = place;
                }
            }
        }
        places
    }

    /// Looks at every match.
    fn select(&self, sorting: &Sorting<'_>, wanted: &Wanted<'_>) -> Vec<u32> {
        let mut slots: Vec<u32> = wanted
            .among
            .iter()
            .filter(|slot| self.beyond(sorting, wanted, *slot))
            .collect();
        let compare = |a: &u32, b: &u32| {
            let order = self.compare(sorting, *a, *b);
            if wanted.backward { order.reverse() } else { order }
        };
        if slots.len() > wanted.count {
            slots.select_nth_unstable_by(wanted.count - 1, compare);
            slots.truncate(wanted.count);
        }
        slots.sort_unstable_by(compare);
        slots
    }

    /// The kept order that a list follows: by the id, or by one field and then the ascending id.
    fn walked_order(&self, keys: &[SortKey]) -> Option<Walked<'_>> {
        let (first, rest) = keys.split_first()?;
        let by_id = SortKey {
            by: SortBy::Id,
            descending: false,
        };
        let (order, present) = match first.by {
            SortBy::Id => (&self.id_order, None),
            SortBy::Field(field) if rest == [by_id] => match (self.sorts.get(field), self.columns.get(field)) {
                (Some(SortColumn::Rank(c)), _) | (Some(SortColumn::Column), Some(Column::Numbers(c))) => {
                    (c.order(), Some(c.present()))
                }
                (Some(SortColumn::Text(c)), _) => (c.order(), Some(c.present())),
                _ => return None,
            },
            _ => return None,
        };
        Some(Walked {
            order,
            present,
            key: *first,
        })
    }

    /// Walks a kept order from the boundary on, and stops when there is enough.
    fn walk(&self, wanted: &Wanted<'_>, walked: &Walked<'_>) -> Vec<u32> {
        let mut found = Found {
            slots: Vec::with_capacity(wanted.count),
            wanted,
        };
        let boundary = wanted.boundary.map(|b| b.values.as_slice());
        let Some(present) = walked.present else {
            let id = match boundary {
                Some([SortValue::Id(id), ..]) => Some(*id),
                _ => None,
            };
            self.walk_ids(walked.key.descending != wanted.backward, id, |_| true, &mut found);
            return found.slots;
        };
        let (value, id) = match boundary {
            Some([value, SortValue::Id(id)]) => (Some(value.borrow()), Some(*id)),
            _ => (None, None),
        };
        let absent = |slot: u32| !present.contains(slot);
        let start = value.zip(id).filter(|(value, _)| *value != SortRef::Absent);
        // What is absent stands at the end: first when walking backward, and all there is after such a boundary.
        if wanted.backward && (value.is_none() || value == Some(SortRef::Absent)) {
            self.walk_ids(true, id, absent, &mut found);
        }
        if wanted.backward || value != Some(SortRef::Absent) {
            self.walk_values(walked, start, &mut found);
        }
        if !wanted.backward {
            self.walk_ids(false, id.filter(|_| value == Some(SortRef::Absent)), absent, &mut found);
        }
        found.slots
    }

    /// Walks the ids beyond `id`.
    fn walk_ids(&self, descending: bool, id: Option<u128>, wants: impl Fn(u32) -> bool, found: &mut Found<'_>) {
        let order = &self.id_order;
        if descending {
            let end = id.map_or(order.end(), |id| order.partition(|slot| self.id(slot) < id));
            found.take(order.backward(end).filter(|slot| wants(*slot)));
        } else {
            let start = id.map_or(Order::start(), |id| order.partition(|slot| self.id(slot) <= id));
            found.take(order.forward(start).filter(|slot| wants(*slot)));
        }
    }

    /// Walks the values of a field beyond a value and id. The kept order ascends by value and id; in a descending list
    /// equal values still ascend by id, so it is walked group by group.
    fn walk_values(&self, walked: &Walked<'_>, start: Option<(SortRef<'_>, u128)>, found: &mut Found<'_>) {
        let Walked { order, key, .. } = walked;
        let none = FxHashMap::default();
        let value = |slot: u32| self.sort_value(*key, slot, &none);
        let below = |slot: u32, bound: SortRef<'_>| value(slot).compare(bound, false) == Ordering::Less;
        let upto = |slot: u32, bound: SortRef<'_>| value(slot).compare(bound, false) != Ordering::Greater;
        let before = |slot: u32, (bound, id): (SortRef<'_>, u128)| {
            value(slot).compare(bound, false).then(self.id(slot).cmp(&id)) == Ordering::Less
        };
        let through = |slot: u32, (bound, id): (SortRef<'_>, u128)| {
            value(slot).compare(bound, false).then(self.id(slot).cmp(&id)) != Ordering::Greater
        };
        match (key.descending, found.wanted.backward) {
            (false, false) => {
                found.take(order.forward(start.map_or(Order::start(), |s| order.partition(|slot| through(slot, s)))));
            }
            (false, true) => {
                found.take(order.backward(start.map_or(order.end(), |s| order.partition(|slot| before(slot, s)))));
            }
            (true, false) => {
                let mut end = order.end();
                if let Some(s) = start {
                    let rest = order.forward(order.partition(|slot| through(slot, s)));
                    found.take(rest.take_while(|slot| value(*slot) == s.0));
                    end = order.partition(|slot| below(slot, s.0));
                }
                while let Some(greatest) = order.backward(end).next().filter(|_| !found.is_full()).map(value) {
                    let first = order.partition(|slot| below(slot, greatest));
                    found.take(order.forward(first).take_while(|slot| value(*slot) == greatest));
                    end = first;
                }
            }
            (true, true) => {
                let mut first = Order::start();
                if let Some(s) = start {
                    let rest = order.backward(order.partition(|slot| before(slot, s)));
                    found.take(rest.take_while(|slot| value(*slot) == s.0));
                    first = order.partition(|slot| upto(slot, s.0));
                }
                while let Some(least) = order.forward(first).next().filter(|_| !found.is_full()).map(value) {
                    let end = order.partition(|slot| upto(slot, least));
                    found.take(order.backward(end).take_while(|slot| value(*slot) == least));
                    first = end;
                }
            }
        }
    }
}

/// A kept order to walk.
struct Walked<'a> {
    order: &'a Order,
    /// Slots that have a value; all where the order is that of the ids.
    present: Option<&'a RoaringBitmap>,
    key: SortKey,
}

/// What a walk has found so far.
struct Found<'a> {
    slots: Vec<u32>,
    wanted: &'a Wanted<'a>,
}

impl Found<'_> {
    fn is_full(&self) -> bool {
        self.slots.len() >= self.wanted.count
    }

    fn take(&mut self, slots: impl Iterator<Item = u32>) {
        let missing = self.wanted.count.saturating_sub(self.slots.len());
        self.slots
            .extend(slots.filter(|slot| self.wanted.among.contains(*slot)).take(missing));
    }
}
