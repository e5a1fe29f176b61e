//! What the table of components asks: who satisfies filters on the records about them, and how often values stand there.

use std::borrow::Cow;

use domain::access::Sight;
use domain::query::{Condition, Filter, Queryable};
use domain::related::Related;
use roaring::RoaringBitmap;

use super::layer::Layer;
use super::{Across, Linked};
use crate::columns::Keys;
use crate::table::Entry;

/// What someone sees: whole layers, and records that are in none.
struct Seen<'a> {
    public: &'a Layer,
    members: Option<&'a Layer>,
    others: Option<Cow<'a, RoaringBitmap>>,
}

impl<'a> Seen<'a> {
    /// The components that the layers have, and those of other records: `records` picks them.
    fn components<T: Queryable + Related>(
        &self,
        linked: &Linked<T>,
        of_layer: impl Fn(&'a Layer) -> Cow<'a, RoaringBitmap>,
        records: impl FnOnce(&RoaringBitmap) -> RoaringBitmap,
    ) -> RoaringBitmap {
        let mut found = of_layer(self.public).into_owned();
        if let Some(members) = self.members {
            found |= &*of_layer(members);
        }
        if let Some(others) = &self.others {
            found |= linked.components(&records(others));
        }
        found
    }

    /// How many of them are among these. What everybody may know is most of it, and is not copied.
    fn count<T: Queryable + Related>(
        &self,
        linked: &Linked<T>,
        among: &RoaringBitmap,
        of_layer: impl Fn(&'a Layer) -> Cow<'a, RoaringBitmap>,
        records: impl FnOnce(&RoaringBitmap) -> RoaringBitmap,
    ) -> u64 {
        let public = of_layer(self.public);
        let mut more = RoaringBitmap::new();
        if let Some(members) = self.members {
            more |= among & &*of_layer(members);
        }
        if let Some(others) = &self.others {
            more |= among & linked.components(&records(others));
        }
        public.intersection_len(among) + more.difference_len(&public)
    }
}

impl<T: Queryable + Related> Linked<T> {
    fn seen(&self, sight: &Sight) -> Seen<'_> {
        Seen {
            public: &self.public,
            members: sight.is_member().then_some(&self.members),
            others: self.table.beyond_members(sight),
        }
    }

    /// Components with one record that someone sees, that was not withdrawn, and that has one of the values in each of two
    /// fields.
    pub(crate) fn with_both(&self, conditions: &[Filter; 2], sight: &Sight) -> RoaringBitmap {
        let mut seen = self.seen(sight);
        let withdrawn = crate::answers::withdrawn(&self.table);
        if let (Some(others), Some(withdrawn)) = (&mut seen.others, withdrawn) {
            *others.to_mut() -= withdrawn;
        }
        let [one, other] = conditions;
        self.with_pair(one, other, &seen).unwrap_or_else(|| {
            let mut slots = self.slots(conditions, sight);
            if let Some(withdrawn) = withdrawn {
                slots -= withdrawn;
            }
            self.components(&slots)
        })
    }

    /// Components with one record that someone sees and that satisfies all of these.
    fn with(&self, conditions: &[Filter], sight: &Sight, seen: &Seen<'_>) -> RoaringBitmap {
        let known = match conditions {
            [only] => self.with_one(only, seen),
            [one, other] => self.with_pair(one, other, seen),
            _ => None,
        };
        known.unwrap_or_else(|| self.components(&self.slots(conditions, sight)))
    }

    /// The same of one condition, by what is known beforehand.
    fn with_one(&self, filter: &Filter, seen: &Seen<'_>) -> Option<RoaringBitmap> {
        let keys = self.table.keys(filter.field)?;
        match &filter.condition {
            Condition::AnyOf(wanted) => {
                let numbers: Vec<u32> = wanted.iter().filter_map(|key| keys.number(key)).collect();
                let of_layer = |layer| {
                    union(
                        numbers
                            .iter()
                            .filter_map(|n| Layer::with_value(layer, filter.field, *n)),
                    )
                };
                Some(seen.components(self, of_layer, |others| others & &*keys.any(wanted)))
            }
            Condition::Exists(true) => {
                let of_layer = |layer| union(Layer::with_any(layer, filter.field));
                Some(seen.components(self, of_layer, |others| others & keys.present()))
            }
            _ => None,
        }
    }

    /// The same of two conditions on fields that are often asked of one record together.
    fn with_pair(&self, one: &Filter, other: &Filter, seen: &Seen<'_>) -> Option<RoaringBitmap> {
        let (pair, is_turned) = self.pair(one.field, other.field)?;
        let (Condition::AnyOf(firsts), Condition::AnyOf(seconds)) = (&one.condition, &other.condition) else {
            return None;
        };
        let (keys, other_keys) = (self.table.keys(one.field)?, self.table.keys(other.field)?);
        let numbers = |keys: &Keys, wanted: &[Box<str>]| -> Vec<u32> {
            wanted.iter().filter_map(|key| keys.number(key)).collect()
        };
        let (first, second) = (numbers(keys, firsts), numbers(other_keys, seconds));
        let pairs: Vec<(u32, u32)> = first
            .iter()
            .flat_map(|a| second.iter().map(|b| turned((*a, *b), is_turned)))
            .collect();
        let of_layer = |layer| union(pairs.iter().filter_map(|both| Layer::with_both(layer, pair, *both)));
        Some(seen.components(self, of_layer, |others| {
            others & &*keys.any(firsts) & &*other_keys.any(seconds)
        }))
    }

    /// The pair that two fields are, and whether they stand in it the other way round.
    fn pair(&self, one: usize, other: usize) -> Option<(usize, bool)> {
        let pairs = self.paths.pairs.iter().enumerate();
        let mut found = pairs.filter_map(|(index, pair)| match *pair {
            (a, b) if (a, b) == (one, other) => Some((index, false)),
            (a, b) if (a, b) == (other, one) => Some((index, true)),
            _ => None,
        });
        found.next()
    }

    /// Slots that someone sees and that satisfy all of these.
    fn slots(&self, conditions: &[Filter], sight: &Sight) -> RoaringBitmap {
        self.table.satisfying(conditions, sight)
    }
}

/// All of these.
fn union<'a>(sets: impl IntoIterator<Item = &'a RoaringBitmap>) -> Cow<'a, RoaringBitmap> {
    let mut sets = sets.into_iter();
    let Some(first) = sets.next() else {
        return Cow::Owned(RoaringBitmap::new());
    };
    sets.fold(Cow::Borrowed(first), |all, set| Cow::Owned(&*all | set))
}

/// Two values in the order of their pair of fields.
fn turned((a, b): (u32, u32), is_turned: bool) -> (u32, u32) {
    if is_turned { (b, a) } else { (a, b) }
}

/// Conditions that one record must satisfy together; the others speak of all records of a component.
fn together(filters: &[Filter]) -> Vec<Filter> {
    let is_of_one = |condition: &Condition| {
        matches!(
            condition,
            Condition::AnyOf(_) | Condition::Between(..) | Condition::Exists(true)
        )
    };
    filters.iter().filter(|f| is_of_one(&f.condition)).cloned().collect()
}

impl<T: Queryable + Related> Across for Linked<T> {
    fn narrow(&self, found: &RoaringBitmap, filters: &[Filter], sight: &Sight) -> RoaringBitmap {
        let (together, seen) = (together(filters), self.seen(sight));
        let mut found: Cow<'_, RoaringBitmap> = Cow::Borrowed(found);
        if !together.is_empty() {
            found = Cow::Owned(&*found & self.with(&together, sight, &seen));
        }
        for filter in filters {
            let one = |condition| Filter {
                field: filter.field,
                condition,
            };
            match &filter.condition {
                Condition::AllOf(keys) => {
                    for key in keys {
                        let mut with = together.clone();
                        with.push(one(Condition::AnyOf(vec![key.clone()])));
                        found = Cow::Owned(&*found & self.with(&with, sight, &seen));
                    }
                }
                Condition::NoneOf(keys) => {
                    let with = self.with(&[one(Condition::AnyOf(keys.clone()))], sight, &seen);
                    found = Cow::Owned(&*found - with);
                }
                Condition::Exists(false) => {
                    found = Cow::Owned(&*found - self.with(&[one(Condition::Exists(true))], sight, &seen));
                }
                Condition::AnyOf(_) | Condition::Between(..) | Condition::Exists(true) => {}
            }
        }
        found.into_owned()
    }

    fn values_of(&self, component: u32, field: usize, sight: &Sight) -> Vec<Box<str>> {
        let kind = T::fields().get(field).map(|spec| spec.field.kind);
        let mut values: Vec<Box<str>> = Vec::new();
        for slot in self.of(component) {
            let Some(entry) = self.table.entry(*slot).filter(|entry| entry.is_seen(sight)) else {
                continue;
            };
            values.extend(self.table.values(entry, field).map(Into::into));
            if let (Some(kind), Some(number)) = (kind, self.table.number(*slot, field)) {
                values.push(crate::answers::written(kind, number));
            }
        }
        values.sort_unstable();
        values.dedup();
        values
    }

    fn counts(&self, field: usize, others: &[Filter], among: &RoaringBitmap, sight: &Sight) -> Vec<(&str, u64)> {
        let Some(keys) = self.table.keys(field) else {
            return Vec::new();
        };
        let (together, mut seen) = (together(others), self.seen(sight));
        let numbers = 0..u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let text = |number: u32, count: u64| Some((keys.text(number).filter(|_| count > 0)?, count));
        let with = |others: &RoaringBitmap, number: u32| match keys.slots(number) {
            Some(with) => others & with,
            None => RoaringBitmap::new(),
        };
        if let [only] = together.as_slice()
            && let Some((pair, is_turned)) = self.pair(field, only.field)
            && let (Condition::AnyOf(wanted), Some(other_keys)) = (&only.condition, self.table.keys(only.field))
        {
            let wanted_numbers: Vec<u32> = wanted.iter().filter_map(|key| other_keys.number(key)).collect();
            if let Some(others) = &mut seen.others {
                *others.to_mut() &= &*other_keys.any(wanted);
            }
            let counts = numbers.filter_map(|number| {
                let pairs = wanted_numbers.iter().map(|other| turned((number, *other), is_turned));
                let of_layer = |layer| union(pairs.clone().filter_map(|both| Layer::with_both(layer, pair, both)));
                text(number, seen.count(self, among, of_layer, |others| with(others, number)))
            });
            return counts.collect();
        }
        if !together.is_empty() {
            return self.counts_in(field, &self.slots(&together, sight), among);
        }
        if keys.len() as u64 > among.len().saturating_mul(4) {
            let slots: RoaringBitmap = among.iter().flat_map(|component| self.of(component)).collect();
            let hidden = self.table.hidden(sight);
            return self.counts_in(field, &(slots & &*self.table.base(hidden.as_deref())), among);
        }
        let counts = numbers.filter_map(|number| {
            let of_layer = |layer| union(Layer::with_value(layer, field, number));
            text(number, seen.count(self, among, of_layer, |others| with(others, number)))
        });
        counts.collect()
    }
}

impl<T: Queryable + Related> Linked<T> {
    /// The same among these records.
    fn counts_in(&self, field: usize, slots: &RoaringBitmap, among: &RoaringBitmap) -> Vec<(&str, u64)> {
        let Some(keys) = self.table.keys(field) else {
            return Vec::new();
        };
        // By value where there are few values: then no record is looked at.
        if (keys.len() as u64).saturating_mul(64) <= slots.len() {
            let numbers = 0..u32::try_from(keys.len()).unwrap_or(u32::MAX);
            let counts = numbers.filter_map(|number| {
                let with = self.components(&(keys.slots(number)? & slots));
                Some((keys.text(number)?, with.intersection_len(among)))
            });
            return counts.filter(|(_, count)| *count > 0).collect();
        }
        // Each pair of value and component once.
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for slot in slots {
            let Some(component) = self.component_of(slot).filter(|c| among.contains(*c)) else {
                continue;
            };
            let entry = self.table.entry(slot).into_iter();
            let numbers = entry.flat_map(Entry::numbered).filter(|(f, _)| *f == field);
            pairs.extend(numbers.map(|(_, number)| (number, component)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let groups = pairs.chunk_by(|a, b| a.0 == b.0);
        groups
            .filter_map(|group| Some((keys.text(group.first()?.0)?, group.len() as u64)))
            .collect()
    }
}
