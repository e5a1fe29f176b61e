//! All records of one noun, laid out for every question of the query language.

mod entry;
mod facets;
mod filter;
mod page;
mod similar;
mod sort;
mod visible;
mod write;

use std::borrow::Cow;

use domain::access::Sight;
use domain::component::Component;
use domain::id::Id;
use domain::organisation::Organisation;
use domain::query::{FieldKind, Queryable};
use domain::stored::Document;
use domain::values::{Revision, Slug, Timestamp};
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use crate::columns::{Keys, Numbers, Texts};
use crate::order::Order;
use crate::text::TextIndex;

pub(crate) use entry::Prepared;
pub use entry::{Damaged, Entry, body, marked_body};
pub use facets::{Facet, FacetLabel, FacetValue};
pub use page::{Answer, BadCursor, Hit};
use visible::Visible;

/// The values of one field.
#[derive(Debug)]
enum Column {
    /// Answered from the ids and slugs.
    Identity,
    Keys(Keys),
    Numbers(Numbers),
    /// Only sorted by.
    Unfiltered,
    /// In the records about this one.
    Across,
}

/// What a field is sorted by.
#[derive(Debug)]
enum SortColumn {
    None,
    /// The numbers of its column.
    Column,
    /// The rank of its code in its list.
    Rank(Numbers),
    Text(Texts),
}

/// All records of one noun.
#[derive(Debug)]
pub struct Table<T: Queryable> {
    /// Id of each slot. Slots are given out once, in order of arrival.
    ids: Vec<u128>,
    entries: Vec<Option<Entry>>,
    by_id: FxHashMap<u128, u32>,
    by_slug: FxHashMap<Box<str>, u32>,
    visible: Visible,
    columns: Vec<Column>,
    sorts: Vec<SortColumn>,
    id_order: Order,
    text: TextIndex,
    /// The texts of hidden records, apart from those that everybody searches and completes from.
    hidden_text: TextIndex,
    /// Bytes of all bodies together, and how many there may be.
    body_bytes: usize,
    body_limit: usize,
    noun: std::marker::PhantomData<fn() -> T>,
}

impl<T: Queryable> Table<T> {
    /// An empty table that keeps at most `body_limit` bytes of bodies; those of further records are left to the store.
    pub fn new(body_limit: usize) -> Self {
        let (mut columns, sorts): (Vec<Column>, Vec<SortColumn>) = T::fields().iter().map(entry::columns).unzip();
        // Behind those of the fields: what records name in no field.
        columns.push(Column::Keys(Keys::default()));
        Self {
            ids: Vec::new(),
            entries: Vec::new(),
            by_id: FxHashMap::default(),
            by_slug: FxHashMap::default(),
            visible: Visible::default(),
            columns,
            sorts,
            id_order: Order::default(),
            text: TextIndex::new(),
            hidden_text: TextIndex::new(),
            body_bytes: 0,
            body_limit,
            noun: std::marker::PhantomData,
        }
    }

    /// How many records there are, whatever their state of publication.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Whether someone sees a record: it is public, or they are of its owner or party.
    pub fn sees(entry: &Entry, sight: &Sight) -> bool {
        entry.is_seen(sight)
    }

    /// How many records everybody may see.
    pub fn public_len(&self) -> u64 {
        self.visible.public().len()
    }

    /// Bytes of the bodies that are kept.
    pub fn body_bytes(&self) -> usize {
        self.body_bytes
    }

    /// The slot of a record by slug or id.
    pub(crate) fn slot(&self, key: &str) -> Option<u32> {
        if let Some(slot) = self.by_slug.get(key) {
            return Some(*slot);
        }
        let id: Id = key.parse().ok()?;
        self.by_id.get(&id.as_u128()).copied()
    }

    /// A record by slug or id, whatever its state of publication.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.slot(key).and_then(|slot| self.entry(slot))
    }

    /// A record by id.
    pub fn by_id(&self, id: Id) -> Option<&Entry> {
        self.by_id.get(&id.as_u128()).and_then(|slot| self.entry(*slot))
    }

    /// All records, in no particular order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().flatten()
    }

    /// The record in a slot.
    pub(crate) fn entry(&self, slot: u32) -> Option<&Entry> {
        self.entries.get(slot as usize)?.as_ref()
    }

    /// The values of a record in a field that holds keys.
    pub(crate) fn values<'a>(&'a self, entry: &'a Entry, field: usize) -> impl Iterator<Item = &'a str> {
        let keys = self.keys(field);
        let numbers = entry.numbered().filter(move |(f, _)| *f == field);
        numbers.filter_map(move |(_, number)| keys?.text(number))
    }

    /// The slots that have a value in a field.
    pub(crate) fn present(&self, field: usize) -> Option<&RoaringBitmap> {
        match self.columns.get(field) {
            Some(Column::Keys(keys)) => Some(keys.present()),
            Some(Column::Numbers(numbers)) => Some(numbers.present()),
            _ => None,
        }
    }

    /// The number of a record in a field that holds one.
    pub(crate) fn number(&self, slot: u32, field: usize) -> Option<i64> {
        match self.columns.get(field) {
            Some(Column::Numbers(column)) => column.get(slot),
            _ => None,
        }
    }

    /// The slot of a record.
    pub(crate) fn slot_of(&self, id: Id) -> Option<u32> {
        self.by_id.get(&id.as_u128()).copied()
    }

    /// The keys of a field.
    pub(crate) fn keys(&self, field: usize) -> Option<&Keys> {
        match self.columns.get(field) {
            Some(Column::Keys(keys)) => Some(keys),
            _ => None,
        }
    }

    /// What someone sees of what is hidden; none where there is nothing.
    pub(crate) fn hidden(&self, sight: &Sight) -> Option<Cow<'_, RoaringBitmap>> {
        self.visible.hidden(sight)
    }

    /// What someone sees besides what everybody and every member may see; none where there is nothing.
    pub(crate) fn beyond_members(&self, sight: &Sight) -> Option<Cow<'_, RoaringBitmap>> {
        self.visible.beyond_members(sight)
    }

    /// All that someone sees, given what they see of what is hidden.
    pub(crate) fn base(&self, hidden: Option<&RoaringBitmap>) -> Cow<'_, RoaringBitmap> {
        self.visible.with(hidden)
    }

    /// How many slots were ever given out.
    pub(crate) fn slots(&self) -> usize {
        self.ids.len()
    }

    /// Sets a number of many slots at once.
    pub(crate) fn fill_numbers(&mut self, field: usize, numbers: impl Iterator<Item = (u32, i64)>) {
        if let Some(Column::Numbers(column)) = self.columns.get_mut(field) {
            column.fill(numbers);
            column.sort(&self.ids);
        }
    }

    /// Sets a number that the view itself counts.
    pub(crate) fn set_number(&mut self, slot: u32, field: usize, number: i64) {
        if let (Some(Column::Numbers(column)), Some(Some(_))) =
            (self.columns.get_mut(field), self.entries.get(slot as usize))
            && column.get(slot) != Some(number)
        {
            column.remove(slot, &self.ids);
            column.insert(slot, number, &self.ids);
        }
    }

    pub(crate) fn id(&self, slot: u32) -> u128 {
        self.ids.get(slot as usize).copied().unwrap_or_default()
    }

    /// The slug of what a filter names by id, so that references can be compared as they stand in documents.
    pub fn known_slug_of(&self, id: Id, sight: &Sight) -> Option<&Slug> {
        let entry = self.by_id(id).filter(|entry| entry.is_known(sight));
        entry.map(|entry| &entry.slug)
    }

    /// Revision of a record, for events that may come twice.
    pub(crate) fn revision(&self, id: Id) -> Option<Revision> {
        self.by_id(id).map(|entry| entry.revision)
    }

    /// Gives a record its slug back, where an earlier event about another record took it.
    pub(crate) fn claim_slug(&mut self, id: Id) {
        if let Some(slot) = self.by_id.get(&id.as_u128()).copied()
            && let Some(slug) = self.entry(slot).map(|entry| entry.slug.as_str().into())
        {
            self.by_slug.insert(slug, slot);
        }
    }

    /// Ids of the records that have `key` in the field with this name.
    pub(crate) fn ids_with(&self, field: &str, key: &str) -> Vec<Id> {
        T::field(field).map_or_else(Vec::new, |index| self.ids_in(index, key))
    }

    fn ids_in(&self, column: usize, key: &str) -> Vec<Id> {
        let slots = self.keys(column).and_then(|keys| keys.get(key));
        let ids = slots.into_iter().flatten().map(|slot| self.id(slot));
        ids.map(Id::from_u128).collect()
    }

    /// Adds the records that name another by its slug.
    pub(crate) fn add_referring(&self, noun: &str, slug: &Slug, found: &mut Vec<(&'static str, Id)>) {
        let names = |kind: FieldKind| match kind {
            FieldKind::Component => noun == Component::NOUN,
            FieldKind::Organisation => noun == Organisation::NOUN,
            _ => false,
        };
        for spec in T::fields().iter().filter(|spec| names(spec.field.kind)) {
            let ids = self.ids_with(spec.field.name, slug.as_str());
            found.extend(ids.into_iter().map(|id| (T::NOUN, id)));
        }
        let ids = self.ids_in(T::fields().len(), &entry::reference(noun, slug));
        found.extend(ids.into_iter().map(|id| (T::NOUN, id)));
    }

    /// Titles and words of what is public, to complete a prefix.
    pub fn text(&self) -> &TextIndex {
        &self.text
    }

    /// When a record was first published.
    pub(crate) fn published_at(&self, id: Id) -> Option<Timestamp> {
        self.by_id(id).and_then(|entry| entry.published_at)
    }

    /// When a record was created.
    pub fn created_at(&self, id: Id) -> Option<Timestamp> {
        let slot = self.by_id.get(&id.as_u128())?;
        match self.columns.get(T::field("createdAt")?) {
            Some(Column::Numbers(column)) => column.get(*slot).map(Timestamp::from_micros),
            _ => None,
        }
    }
}
