//! Records about components, tied to them: which components satisfy filters on what others say of them.

mod answer;
mod layer;
mod ties;

use domain::access::Sight;
use domain::component::Component;
use domain::id::Id;
use domain::query::{Filter, Queryable};
use domain::related::{Related, Visibility};
use domain::values::Slug;
use roaring::RoaringBitmap;

use self::layer::{Layer, Paths};
use self::ties::Ties;
use crate::table::{Entry, Prepared, Table};

/// A table of records about components.
#[derive(Debug)]
pub struct Linked<T: Queryable + Related> {
    table: Table<T>,
    /// The components that records are about.
    about: Ties,
    /// The other components that they name, where they are ties between two.
    targets: Ties,
    paths: Paths,
    /// By what everybody may know.
    public: Layer,
    /// By what every member may know besides.
    members: Layer,
    component_field: Option<usize>,
    target_field: Option<usize>,
}

/// The slots of the components that a record names, as far as they are there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ends {
    pub(crate) component: Option<u32>,
    target: Option<u32>,
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
            about: Ties::default(),
            targets: Ties::default(),
            public: Layer::new(&paths),
            members: Layer::new(&paths),
            paths,
            component_field: T::field("component"),
            target_field: T::TARGET.and_then(T::field),
        }
    }

    pub(crate) fn table(&self) -> &Table<T> {
        &self.table
    }

    /// For what changes nothing of the ties.
    pub(crate) fn table_mut(&mut self) -> &mut Table<T> {
        &mut self.table
    }

    /// The components that a record names.
    pub(crate) fn ends(&self, prepared: &Prepared, components: &Table<Component>) -> Ends {
        let end = |field: Option<usize>| components.slot(prepared.key(field?)?);
        Ends {
            component: end(self.component_field),
            target: end(self.target_field),
        }
    }

    /// Puts a record in, in place of what was there under its id. Answers the component that it was tied to before.
    pub(crate) fn put(&mut self, prepared: Prepared, ends: Ends) -> Option<u32> {
        let id = prepared.id();
        let before = self.untie(id);
        self.table.put(prepared);
        self.tie(id, ends);
        before
    }

    /// Removes a record without a trace. Answers the component that it was tied to.
    pub(crate) fn purge(&mut self, id: Id) -> Option<u32> {
        let before = self.untie(id);
        self.table.purge(id);
        before
    }

    /// Takes in many; [`Table::sort`] is left to the caller.
    pub(crate) fn fill(&mut self, prepared: Vec<Prepared>, ends: &[Ends]) {
        let ids: Vec<Id> = prepared.iter().map(Prepared::id).collect();
        self.table.fill(prepared);
        for (id, ends) in ids.into_iter().zip(ends) {
            self.tie(id, *ends);
        }
    }

    fn tie(&mut self, id: Id, ends: Ends) {
        let Some(slot) = self.table.slot_of(id) else { return };
        if let Some(target) = ends.target {
            self.targets.tie(slot, target);
        }
        if let Some(component) = ends.component {
            self.tie_to(slot, component);
        }
    }

    fn tie_to(&mut self, slot: u32, component: u32) {
        self.about.tie(slot, component);
        if let Some(entry) = self.table.entry(slot)
            && let Some(layer) = layer(&mut self.public, &mut self.members, entry)
        {
            layer.insert(component, &entry.numbered().collect::<Vec<_>>(), &self.paths);
        }
    }

    fn untie(&mut self, id: Id) -> Option<u32> {
        let slot = self.table.slot_of(id)?;
        self.targets.untie(slot);
        self.untie_from(slot)
    }

    fn untie_from(&mut self, slot: u32) -> Option<u32> {
        let component = self.about.untie(slot)?;
        if let Some(entry) = self.table.entry(slot)
            && let Some(layer) = layer(&mut self.public, &mut self.members, entry)
        {
            let (table, slots) = (&self.table, self.about.of(component));
            let is_alike = |slot: u32| table.entry(slot).is_some_and(|other| other.layer() == entry.layer());
            // The smaller side is looked through: what is said of the component, or who says the same.
            let is_said = |values: &[(usize, u32)]| {
                let mut with = values.iter().filter_map(|(field, n)| table.keys(*field)?.slots(*n));
                let Some(first) = with.next() else { return false };
                let more: Vec<&RoaringBitmap> = with.collect();
                let fits = |slot: u32| more.iter().all(|with| with.contains(slot)) && is_alike(slot);
                if first.len() < slots.len() as u64 {
                    let about = |slot: &u32| self.about.component_of(*slot) == Some(component);
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
        Some(component)
    }

    /// Ties all records that name a component by this slug to that one. Answers the components whose records these were
    /// or are now.
    pub(crate) fn tie_anew(&mut self, slug: &Slug, component: Option<u32>) -> Vec<u32> {
        let mut touched = Vec::new();
        for slot in self.naming(self.component_field, slug) {
            if self.component_of(slot) != component {
                touched.extend(self.untie_from(slot));
                if let Some(component) = component {
                    self.tie_to(slot, component);
                    touched.push(component);
                }
            }
        }
        for slot in self.naming(self.target_field, slug) {
            if self.target_of(slot) != component {
                self.targets.untie(slot);
                if let Some(component) = component {
                    self.targets.tie(slot, component);
                }
            }
        }
        touched
    }

    /// The records that name a component by this slug in a field.
    fn naming(&self, field: Option<usize>, slug: &Slug) -> Vec<u32> {
        let slots = field.and_then(|field| self.table.keys(field)?.get(slug.as_str()));
        slots.into_iter().flatten().collect()
    }

    /// The slots of the records about a component.
    pub(crate) fn of(&self, component: u32) -> &[u32] {
        self.about.of(component)
    }

    /// The slots of the records that lead to a component.
    pub(crate) fn leading_to(&self, component: u32) -> &[u32] {
        self.targets.of(component)
    }

    /// The slots of the records about these components.
    pub(crate) fn records(&self, components: &[u32]) -> RoaringBitmap {
        self.about.records(components)
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
        self.about.component_of(slot)
    }

    /// The component that a record leads to.
    pub(crate) fn target_of(&self, slot: u32) -> Option<u32> {
        self.targets.component_of(slot)
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
        self.about.components(slots)
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
