//! All records of one noun, laid out for every question of the query language.

mod entry;
mod facets;
mod filter;
mod page;
mod similar;
mod sort;

use bytes::Bytes;
use domain::id::Id;
use domain::query::Queryable;
use domain::stored::Publication;
use domain::values::{Revision, Slug, Timestamp};
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use crate::columns::{Keys, Numbers, Texts};
use crate::order::Order;
use crate::text::TextIndex;

pub(crate) use entry::Prepared;
pub use entry::{Damaged, Entry, body};
pub use facets::{Facet, FacetLabel, FacetValue};
pub use page::{Answer, BadCursor, Hit};

/// The values of one field.
#[derive(Debug)]
enum Column {
    /// Answered from the ids and slugs.
    Identity,
    Keys(Keys),
    Numbers(Numbers),
    /// Only sorted by.
    Unfiltered,
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
    /// What everybody may see.
    public: RoaringBitmap,
    columns: Vec<Column>,
    sorts: Vec<SortColumn>,
    id_order: Order,
    text: TextIndex,
    /// Bytes of all bodies together, and how many there may be.
    body_bytes: usize,
    body_limit: usize,
    noun: std::marker::PhantomData<fn() -> T>,
}

impl<T: Queryable> Table<T> {
    /// An empty table that keeps at most `body_limit` bytes of bodies; those of further records are left to the store.
    pub fn new(body_limit: usize) -> Self {
        let (columns, sorts) = T::fields().iter().map(|spec| entry::columns(&spec.field)).unzip();
        Self {
            ids: Vec::new(),
            entries: Vec::new(),
            by_id: FxHashMap::default(),
            by_slug: FxHashMap::default(),
            public: RoaringBitmap::new(),
            columns,
            sorts,
            id_order: Order::default(),
            text: TextIndex::new(),
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

    /// How many records everybody may see.
    pub fn public_len(&self) -> u64 {
        self.public.len()
    }

    /// Bytes of the bodies that are kept.
    pub fn body_bytes(&self) -> usize {
        self.body_bytes
    }

    fn slot(&self, key: &str) -> Option<u32> {
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

    fn entry(&self, slot: u32) -> Option<&Entry> {
        self.entries.get(slot as usize)?.as_ref()
    }

    fn id(&self, slot: u32) -> u128 {
        self.ids.get(slot as usize).copied().unwrap_or_default()
    }

    /// Puts a record in, in place of what was there under its id.
    pub(crate) fn put(&mut self, prepared: Prepared) {
        let id = prepared.id.as_u128();
        let slot = match self.by_id.get(&id).copied() {
            Some(slot) => {
                self.take_out(slot);
                slot
            }
            None => self.new_slot(id),
        };
        self.put_at(slot, prepared);
    }

    /// Removes a record without a trace.
    pub(crate) fn purge(&mut self, id: Id) {
        if let Some(slot) = self.by_id.remove(&id.as_u128()) {
            self.take_out(slot);
            let ids = &self.ids;
            self.id_order
                .remove(slot, |a, b| ids.get(a as usize).cmp(&ids.get(b as usize)));
        }
    }

    fn new_slot(&mut self, id: u128) -> u32 {
        let slot = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.push(id);
        self.entries.push(None);
        self.by_id.insert(id, slot);
        let ids = &self.ids;
        self.id_order
            .insert(slot, |a, b| ids.get(a as usize).cmp(&ids.get(b as usize)));
        slot
    }

    fn put_at(&mut self, slot: u32, prepared: Prepared) {
        let Prepared {
            id,
            slug,
            revision,
            publication,
            body,
            keys,
            numbers,
            sorts,
            terms,
        } = prepared;
        let mut named = Vec::with_capacity(keys.len());
        for (field, key) in keys {
            if let Some(Column::Keys(column)) = self.columns.get_mut(usize::from(field)) {
                named.push((field, column.insert(slot, &key)));
            }
        }
        for (field, number) in numbers {
            if let Some(Column::Numbers(column)) = self.columns.get_mut(usize::from(field)) {
                column.insert(slot, number, &self.ids);
            }
        }
        for (field, value) in sorts {
            match (self.sorts.get_mut(usize::from(field)), value) {
                (Some(SortColumn::Rank(column)), entry::SortText::Rank(rank)) => column.insert(slot, rank, &self.ids),
                (Some(SortColumn::Text(column)), entry::SortText::Text(text)) => column.insert(slot, text, &self.ids),
                _ => {}
            }
        }
        if let Some(terms) = terms {
            self.text.insert(slot, id.as_u128(), terms);
        }
        self.set_entry(
            slot,
            Entry {
                id,
                slug,
                revision,
                publication,
                body: Some(body),
                keys: named.into(),
            },
        );
    }

    fn set_entry(&mut self, slot: u32, mut entry: Entry) {
        if entry.publication == Publication::Published {
            self.public.insert(slot);
        }
        self.by_slug.insert(entry.slug.as_str().into(), slot);
        let bytes = entry.body.as_ref().map_or(0, Bytes::len);
        if self.body_bytes + bytes > self.body_limit {
            entry.body = None;
        } else {
            self.body_bytes += bytes;
        }
        if let Some(cell) = self.entries.get_mut(slot as usize) {
            *cell = Some(entry);
        }
    }

    fn take_out(&mut self, slot: u32) {
        let Some(entry) = self.entries.get_mut(slot as usize).and_then(Option::take) else {
            return;
        };
        self.public.remove(slot);
        // Another record may have the slug by now, where the view was built while it changed hands.
        if self.by_slug.get(entry.slug.as_str()) == Some(&slot) {
            self.by_slug.remove(entry.slug.as_str());
        }
        self.body_bytes -= entry.body.as_ref().map_or(0, Bytes::len);
        for (field, number) in &entry.keys {
            if let Some(Column::Keys(column)) = self.columns.get_mut(usize::from(*field)) {
                column.remove(slot, *number);
            }
        }
        for column in &mut self.columns {
            if let Column::Numbers(column) = column {
                column.remove(slot, &self.ids);
            }
        }
        for sort in &mut self.sorts {
            match sort {
                SortColumn::Rank(column) => column.remove(slot, &self.ids),
                SortColumn::Text(column) => column.remove(slot, &self.ids),
                SortColumn::None | SortColumn::Column => {}
            }
        }
        self.text.remove(slot);
    }

    /// Takes in many records by ascending id; [`Self::sort`] puts them in order when all are there.
    pub(crate) fn fill(&mut self, prepared: Vec<Prepared>) {
        let mut numbers: Vec<Vec<(u32, i64)>> = self.columns.iter().map(|_| Vec::new()).collect();
        let mut ranks: Vec<Vec<(u32, i64)>> = self.columns.iter().map(|_| Vec::new()).collect();
        let mut texts: Vec<Vec<(u32, Box<str>)>> = self.columns.iter().map(|_| Vec::new()).collect();
        let mut terms = Vec::with_capacity(prepared.len());
        for mut one in prepared {
            let slot = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
            self.ids.push(one.id.as_u128());
            self.entries.push(None);
            self.by_id.insert(one.id.as_u128(), slot);
            let mut named = Vec::with_capacity(one.keys.len());
            for (field, key) in &one.keys {
                if let Some(Column::Keys(column)) = self.columns.get_mut(usize::from(*field)) {
                    named.push((*field, column.insert(slot, key)));
                }
            }
            for (field, number) in one.numbers {
                if let Some(column) = numbers.get_mut(usize::from(field)) {
                    column.push((slot, number));
                }
            }
            for (field, value) in one.sorts {
                let field = usize::from(field);
                match value {
                    entry::SortText::Rank(rank) => ranks.get_mut(field).into_iter().for_each(|c| c.push((slot, rank))),
                    entry::SortText::Text(text) => {
                        if let Some(column) = texts.get_mut(field) {
                            column.push((slot, text));
                        }
                    }
                }
            }
            terms.extend(one.terms.take().map(|terms| (slot, one.id.as_u128(), terms)));
            let entry = Entry {
                id: one.id,
                slug: one.slug,
                revision: one.revision,
                publication: one.publication,
                body: Some(one.body),
                keys: named.into(),
            };
            self.set_entry(slot, entry);
        }
        self.fill_columns(numbers, ranks, texts);
        self.text.build_bulk(terms);
    }

    fn fill_columns(
        &mut self,
        numbers: Vec<Vec<(u32, i64)>>,
        ranks: Vec<Vec<(u32, i64)>>,
        texts: Vec<Vec<(u32, Box<str>)>>,
    ) {
        for (column, values) in self.columns.iter_mut().zip(numbers) {
            if let Column::Numbers(column) = column {
                column.fill(values);
            }
        }
        for ((sort, ranks), texts) in self.sorts.iter_mut().zip(ranks).zip(texts) {
            match sort {
                SortColumn::Rank(column) => column.fill(ranks),
                SortColumn::Text(column) => column.fill(texts),
                SortColumn::None | SortColumn::Column => {}
            }
        }
    }

    /// Puts in order what was filled in.
    pub(crate) fn sort(&mut self) {
        let ids = &self.ids;
        let mut slots: Vec<u32> = self.by_id.values().copied().collect();
        slots.sort_unstable_by_key(|slot| ids.get(*slot as usize));
        self.id_order = Order::from_sorted(&slots);
        for column in &mut self.columns {
            if let Column::Numbers(column) = column {
                column.sort(ids);
            }
        }
        for sort in &mut self.sorts {
            match sort {
                SortColumn::Rank(column) => column.sort(ids),
                SortColumn::Text(column) => column.sort(ids),
                SortColumn::None | SortColumn::Column => {}
            }
        }
    }

    /// The slug of what a filter names by id, so that references can be compared as they stand in documents.
    pub fn slug_of(&self, id: Id) -> Option<&Slug> {
        self.by_id(id).map(|entry| &entry.slug)
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
        let column = T::field(field).and_then(|index| self.columns.get(index));
        let Some(Column::Keys(keys)) = column else {
            return Vec::new();
        };
        keys.get(key)
            .into_iter()
            .flatten()
            .map(|slot| Id::from_u128(self.id(slot)))
            .collect()
    }

    /// Titles and words that complete a prefix.
    pub fn text(&self) -> &TextIndex {
        &self.text
    }

    /// When a record was created.
    pub(crate) fn created_at(&self, id: Id) -> Option<Timestamp> {
        let slot = self.by_id.get(&id.as_u128())?;
        match self.columns.get(T::field("createdAt")?) {
            Some(Column::Numbers(column)) => column.get(*slot).map(Timestamp::from_micros),
            _ => None,
        }
    }
}
