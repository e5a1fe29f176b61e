//! Records about components, tied to them: which components satisfy filters on what others say of them.

use std::borrow::Cow;

use domain::access::Sight;
use domain::id::Id;
use domain::query::{Condition, Filter, Queryable};
use domain::related::Related;
use domain::values::Slug;
use roaring::RoaringBitmap;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::table::{Entry, Prepared, Table};

/// Stands for no component.
const NOWHERE: u32 = u32::MAX;

/// A table of records about components.
#[derive(Debug)]
pub struct Linked<T: Queryable + Related> {
    table: Table<T>,
    /// The component's slot, by the record's.
    component_of: Vec<u32>,
    /// Greater than every component's slot in it.
    end: u32,
    /// The records' slots, by the component's.
    of_component: FxHashMap<u32, Vec<u32>>,
    /// Components by what everybody may know of the records about them: by field, and by the number of the value there.
    values: Vec<Vec<RoaringBitmap>>,
    /// Components with any public value of a field.
    present: Vec<RoaringBitmap>,
    component_field: Option<usize>,
}

/// Components of records while they are gathered: one bit for each costs less than putting them in order.
struct Marks<'a> {
    component_of: &'a [u32],
    bits: Vec<u8>,
}

impl Marks<'_> {
    /// Marks the component of a record.
    fn mark(&mut self, slot: u32) {
        let component = self.component_of.get(slot as usize).copied().unwrap_or(NOWHERE);
        if let Some(bits) = self.bits.get_mut((component / 8) as usize) {
            *bits |= 1 << (component % 8);
        }
    }

    fn components(self) -> RoaringBitmap {
        RoaringBitmap::from_lsb0_bytes(0, &self.bits)
    }
}

/// What the table of components asks of a table of records about them. Fields are those of the latter.
pub(crate) trait Across {
    /// Those of `found` that satisfy all filters by what someone sees.
    fn narrow(&self, found: &RoaringBitmap, filters: &[Filter], sight: &Sight) -> RoaringBitmap;

    /// The values of a field in the records about a component that someone sees.
    fn values_of(&self, component: u32, field: usize, sight: &Sight) -> Vec<Box<str>>;

    /// How many components of `among` have each value of a field in a record that satisfies the other filters.
    fn counts(&self, field: usize, others: &[Filter], among: &RoaringBitmap, sight: &Sight) -> Vec<(&str, u64)>;
}

impl<T: Queryable + Related> Linked<T> {
    pub(crate) fn new(body_limit: usize) -> Self {
        Self {
            table: Table::new(body_limit),
            component_of: Vec::new(),
            end: 0,
            of_component: FxHashMap::default(),
            values: T::fields().iter().map(|_| Vec::new()).collect(),
            present: T::fields().iter().map(|_| RoaringBitmap::new()).collect(),
            component_field: T::field("component"),
        }
    }

    pub(crate) fn table(&self) -> &Table<T> {
        &self.table
    }

    /// For what changes nothing of the ties.
    pub(crate) fn table_mut(&mut self) -> &mut Table<T> {
        &mut self.table
    }

    /// The component that a record names.
    pub(crate) fn component(&self, prepared: &Prepared) -> Option<Slug> {
        prepared.key(self.component_field?)?.parse().ok()
    }

    /// Puts a record in, in place of what was there under its id. Answers the component that it was tied to before.
    pub(crate) fn put(&mut self, prepared: Prepared, component: Option<u32>) -> Option<u32> {
        let id = prepared.id();
        let before = self.untie(id);
        self.table.put(prepared);
        self.tie(id, component);
        before
    }

    /// Removes a record without a trace. Answers the component that it was tied to.
    pub(crate) fn purge(&mut self, id: Id) -> Option<u32> {
        let before = self.untie(id);
        self.table.purge(id);
        before
    }

    /// Takes in many; [`Table::sort`] is left to the caller.
    pub(crate) fn fill(&mut self, prepared: Vec<Prepared>, components: &[Option<u32>]) {
        let ids: Vec<Id> = prepared.iter().map(Prepared::id).collect();
        self.table.fill(prepared);
        for (id, component) in ids.into_iter().zip(components) {
            self.tie(id, *component);
        }
    }

    fn tie(&mut self, id: Id, component: Option<u32>) {
        let Some(slot) = self.table.slot_of(id) else { return };
        let index = slot as usize;
        if self.component_of.len() <= index {
            self.component_of.resize(index + 1, NOWHERE);
        }
        let Some(component) = component else { return };
        if let Some(cell) = self.component_of.get_mut(index) {
            *cell = component;
        }
        self.end = self.end.max(component + 1);
        self.of_component.entry(component).or_default().push(slot);
        let Some(entry) = self.table.entry(slot).filter(|entry| entry.is_public()) else {
            return;
        };
        for (field, number) in entry.numbered() {
            let (Some(values), Some(present)) = (self.values.get_mut(field), self.present.get_mut(field)) else {
                continue;
            };
            let number = number as usize;
            if values.len() <= number {
                values.resize_with(number + 1, RoaringBitmap::new);
            }
            if let Some(components) = values.get_mut(number) {
                components.insert(component);
            }
            present.insert(component);
        }
    }

    fn untie(&mut self, id: Id) -> Option<u32> {
        let slot = self.table.slot_of(id)?;
        let cell = self.component_of.get_mut(slot as usize)?;
        let component = std::mem::replace(cell, NOWHERE);
        let slots = self.of_component.get_mut(&component)?;
        slots.retain(|other| *other != slot);
        let entry = self.table.entry(slot)?;
        if entry.is_public() {
            let others = slots.iter().filter_map(|slot| self.table.entry(*slot));
            let kept: FxHashSet<(usize, u32)> = others.filter(|e| e.is_public()).flat_map(Entry::numbered).collect();
            let fields: FxHashSet<usize> = kept.iter().map(|(field, _)| *field).collect();
            for (field, number) in entry.numbered().filter(|key| !kept.contains(key)) {
                if let Some(components) = self.values.get_mut(field).and_then(|v| v.get_mut(number as usize)) {
                    components.remove(component);
                }
                if let Some(present) = self.present.get_mut(field).filter(|_| !fields.contains(&field)) {
                    present.remove(component);
                }
            }
        }
        if slots.is_empty() {
            self.of_component.remove(&component);
        }
        Some(component)
    }

    /// Ties all records that name a component by this slug to that one. Answers the components whose records these were
    /// or are now.
    pub(crate) fn tie_anew(&mut self, slug: &Slug, component: Option<u32>) -> Vec<u32> {
        let mut touched = Vec::new();
        for id in self.table.ids_with("component", slug.as_str()) {
            if self.table.slot_of(id).and_then(|slot| self.component_of(slot)) != component {
                touched.extend(self.untie(id));
                self.tie(id, component);
                touched.extend(component);
            }
        }
        touched
    }

    /// The slots of the records about a component.
    pub(crate) fn of(&self, component: u32) -> &[u32] {
        self.of_component.get(&component).map_or(&[], Vec::as_slice)
    }

    /// The slots of the records about these components.
    pub(crate) fn records(&self, components: &[u32]) -> RoaringBitmap {
        // Where there are many, one look at every record costs less.
        if components.len() < self.component_of.len() / 64 {
            return components.iter().flat_map(|component| self.of(*component)).collect();
        }
        let mut wanted = vec![false; components.iter().max().map_or(0, |most| *most as usize + 1)];
        for component in components {
            if let Some(cell) = wanted.get_mut(*component as usize) {
                *cell = true;
            }
        }
        let is_wanted = |component: u32| wanted.get(component as usize).copied().unwrap_or_default();
        let all = (0_u32..).zip(&self.component_of);
        let slots = all
            .filter(|(_, component)| is_wanted(**component))
            .map(|(slot, _)| slot);
        RoaringBitmap::from_sorted_iter(slots).unwrap_or_default()
    }

    /// The records about a component that someone sees, by ascending id.
    pub(crate) fn seen_of(&self, component: u32, sight: &Sight) -> Vec<&Entry> {
        let entries = self.of(component).iter().filter_map(|slot| self.table.entry(*slot));
        let mut seen: Vec<&Entry> = entries.filter(|entry| entry.is_seen(sight)).collect();
        seen.sort_unstable_by_key(|entry| entry.id);
        seen
    }

    /// The component of a record.
    pub(crate) fn component_of(&self, slot: u32) -> Option<u32> {
        self.component_of.get(slot as usize).copied().filter(|c| *c != NOWHERE)
    }

    /// How many values of a field a component has in public records about it.
    pub(crate) fn distinct(&self, field: usize, component: u32) -> usize {
        let values = self.values.get(field).into_iter().flatten();
        values.filter(|components| components.contains(component)).count()
    }

    /// Components by the value of a field in public records about them.
    pub(crate) fn public_values(&self, field: usize) -> impl Iterator<Item = (&str, &RoaringBitmap)> {
        let keys = self.table.keys(field);
        let values = self.values.get(field).into_iter().flatten();
        (0_u32..)
            .zip(values)
            .filter_map(move |(number, components)| Some((keys?.text(number)?, components)))
    }

    /// The components of records.
    pub(crate) fn components(&self, slots: &RoaringBitmap) -> RoaringBitmap {
        if slots.len() < 256 {
            return slots.iter().filter_map(|slot| self.component_of(slot)).collect();
        }
        let mut marks = self.marks();
        let (mut slots, mut portion) = (slots.iter(), [0; 512]);
        loop {
            let some = slots.next_many(&mut portion);
            if some.is_empty() {
                return marks.components();
            }
            for slot in some.iter() {
                marks.mark(*slot);
            }
        }
    }

    fn marks(&self) -> Marks<'_> {
        Marks {
            component_of: &self.component_of,
            bits: vec![0; (self.end as usize).div_ceil(8).next_power_of_two()],
        }
    }

    /// Components with one record that someone sees and that satisfies all of these.
    fn with(&self, conditions: &[Filter], sight: &Sight) -> RoaringBitmap {
        if let [only] = conditions
            && let Some(found) = self.with_one(only, sight).or_else(|| self.with_range(only, sight))
        {
            return found;
        }
        self.components(&self.slots(conditions, sight))
    }

    /// The same of one range.
    fn with_range(&self, filter: &Filter, sight: &Sight) -> Option<RoaringBitmap> {
        let Condition::Between(from, to) = filter.condition else {
            return None;
        };
        let numbers = self.table.numbers(filter.field)?;
        let hidden = self.table.hidden(sight);
        let mut marks = self.marks();
        numbers.each_between(from, to, &self.table.base(hidden.as_deref()), &mut |slot| {
            marks.mark(slot);
        });
        Some(marks.components())
    }

    /// The same of one condition, by what is known beforehand.
    fn with_one(&self, filter: &Filter, sight: &Sight) -> Option<RoaringBitmap> {
        let keys = self.table.keys(filter.field)?;
        let values = self.values.get(filter.field)?;
        let hidden = self.table.hidden(sight);
        let more = |with: &RoaringBitmap| match &hidden {
            Some(hidden) => self.components(&(&**hidden & with)),
            None => RoaringBitmap::new(),
        };
        match &filter.condition {
            Condition::AnyOf(wanted) => {
                let numbers = wanted.iter().filter_map(|key| keys.number(key));
                let public = numbers.filter_map(|number| values.get(number as usize));
                let found = public.fold(RoaringBitmap::new(), |found, components| found | components);
                Some(found | more(&keys.any(wanted)))
            }
            Condition::Exists(true) => Some(self.present.get(filter.field)? | more(keys.present())),
            _ => None,
        }
    }

    /// Slots that someone sees and that satisfy all of these.
    fn slots(&self, conditions: &[Filter], sight: &Sight) -> RoaringBitmap {
        self.table.satisfying(conditions, sight)
    }
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
        let together = together(filters);
        let mut found: Cow<'_, RoaringBitmap> = Cow::Borrowed(found);
        if !together.is_empty() {
            found = Cow::Owned(&*found & self.with(&together, sight));
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
                        found = Cow::Owned(&*found & self.with(&with, sight));
                    }
                }
                Condition::NoneOf(keys) => {
                    let with = self.with(&[one(Condition::AnyOf(keys.clone()))], sight);
                    found = Cow::Owned(&*found - with);
                }
                Condition::Exists(false) => {
                    found = Cow::Owned(&*found - self.with(&[one(Condition::Exists(true))], sight));
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
        let together = together(others);
        if !together.is_empty() {
            return self.counts_in(field, &self.slots(&together, sight), among);
        }
        let values = self.values.get(field).map_or(&[][..], Vec::as_slice);
        let hidden = self.table.hidden(sight);
        if values.len() as u64 > among.len().saturating_mul(4) {
            let slots: RoaringBitmap = among.iter().flat_map(|component| self.of(component)).collect();
            return self.counts_in(field, &(slots & &*self.table.base(hidden.as_deref())), among);
        }
        let mut counts: Vec<(&str, u64)> = Vec::new();
        for number in 0..u32::try_from(keys.len()).unwrap_or(u32::MAX) {
            let public = values.get(number as usize);
            let count = match (&hidden, keys.slots(number)) {
                (Some(hidden), Some(with)) if !hidden.is_disjoint(with) => {
                    let mut all = self.components(&(&**hidden & with));
                    if let Some(public) = public {
                        all |= public;
                    }
                    all.intersection_len(among)
                }
                _ => public.map_or(0, |public| public.intersection_len(among)),
            };
            if let Some(text) = keys.text(number).filter(|_| count > 0) {
                counts.push((text, count));
            }
        }
        counts
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
