//! Records about components, tied to them: which components satisfy filters on what others say of them.

mod layer;

use std::borrow::Cow;

use domain::access::Sight;
use domain::id::Id;
use domain::query::{Condition, Filter, Queryable};
use domain::related::{Related, Visibility};
use domain::values::Slug;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use self::layer::{Layer, Paths};
use crate::columns::Keys;
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
    paths: Paths,
    /// By what everybody may know.
    public: Layer,
    /// By what every member may know besides.
    members: Layer,
    component_field: Option<usize>,
}

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
        let paths = Paths::of::<T>();
        Self {
            table: Table::new(body_limit),
            component_of: Vec::new(),
            end: 0,
            of_component: FxHashMap::default(),
            public: Layer::new(&paths),
            members: Layer::new(&paths),
            paths,
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
        if let Some(entry) = self.table.entry(slot)
            && let Some(layer) = layer(&mut self.public, &mut self.members, entry)
        {
            layer.insert(component, &entry.numbered().collect::<Vec<_>>(), &self.paths);
        }
    }

    fn untie(&mut self, id: Id) -> Option<u32> {
        let slot = self.table.slot_of(id)?;
        let cell = self.component_of.get_mut(slot as usize)?;
        let component = std::mem::replace(cell, NOWHERE);
        let slots = self.of_component.get_mut(&component)?;
        slots.retain(|other| *other != slot);
        let entry = self.table.entry(slot)?;
        if let Some(layer) = layer(&mut self.public, &mut self.members, entry) {
            let (table, component_of, slots) = (&self.table, &self.component_of, &*slots);
            let is_alike = |slot: u32| table.entry(slot).is_some_and(|other| other.layer() == entry.layer());
            // The smaller side is looked through: what is said of the component, or who says the same.
            let is_said = |values: &[(usize, u32)]| {
                let mut with = values.iter().filter_map(|(field, n)| table.keys(*field)?.slots(*n));
                let Some(first) = with.next() else { return false };
                let more: Vec<&RoaringBitmap> = with.collect();
                let fits = |slot: u32| more.iter().all(|with| with.contains(slot)) && is_alike(slot);
                if first.len() < slots.len() as u64 {
                    let about = |slot: &u32| component_of.get(*slot as usize) == Some(&component);
                    first.iter().filter(about).any(fits)
                } else {
                    slots.iter().any(|slot| first.contains(*slot) && fits(*slot))
                }
            };
            let has_field = |field: usize| {
                let present = table.present(field);
                present.is_some_and(|p| slots.iter().any(|slot| p.contains(*slot) && is_alike(*slot)))
            };
            let values: Vec<(usize, u32)> = entry.numbered().collect();
            layer.remove(component, &values, &self.paths, is_said, has_field);
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
        let values = self.public.values(field).iter();
        values.filter(|components| components.contains(component)).count()
    }

    /// Components by the value of a field in public records about them.
    pub(crate) fn public_values(&self, field: usize) -> impl Iterator<Item = (&str, &RoaringBitmap)> {
        let keys = self.table.keys(field);
        (0_u32..)
            .zip(self.public.values(field))
            .filter_map(move |(number, components)| Some((keys?.text(number)?, components)))
    }

    /// The components of records.
    pub(crate) fn components(&self, slots: &RoaringBitmap) -> RoaringBitmap {
        if slots.len() < u64::from(self.end / 16) {
            // Most slots of records lie in the order of the components' own.
            let mut found: Vec<u32> = slots.iter().filter_map(|slot| self.component_of(slot)).collect();
            found.dedup();
            if !found.is_sorted() {
                found.sort_unstable();
                found.dedup();
            }
            return RoaringBitmap::from_sorted_iter(found).unwrap_or_default();
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
        if let (Some(others), Some(withdrawn)) = (&mut seen.others, crate::answers::withdrawn(&self.table)) {
            *others.to_mut() -= withdrawn;
        }
        self.with(conditions, sight, &seen)
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

/// The layer that knows a record, if one does.
fn layer<'a>(public: &'a mut Layer, members: &'a mut Layer, entry: &Entry) -> Option<&'a mut Layer> {
    match entry.layer()? {
        Visibility::Public => Some(public),
        Visibility::Members => Some(members),
        Visibility::Parties => None,
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
