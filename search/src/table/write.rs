//! Records come, change and go.

use bytes::Bytes;
use domain::id::Id;
use domain::query::Queryable;
use rayon::slice::ParallelSliceMut;

use super::entry::SortText;
use super::{Column, Entry, Prepared, SortColumn, Table};
use crate::order::Order;
use crate::text::TextIndex;

impl<T: Queryable> Table<T> {
    /// Puts a record in, in place of what was there under its id.
    pub(crate) fn put(&mut self, prepared: Prepared) {
        let id = prepared.entry.id.as_u128();
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
            mut entry,
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
                (Some(SortColumn::Rank(column)), SortText::Rank(rank)) => column.insert(slot, rank, &self.ids),
                (Some(SortColumn::Text(column)), SortText::Text(text)) => column.insert(slot, text, &self.ids),
                _ => {}
            }
        }
        entry.keys = named.into();
        let id = entry.id.as_u128();
        self.text_of(&entry).insert(slot, id, terms);
        self.set_entry(slot, entry);
    }

    fn text_of(&mut self, entry: &Entry) -> &mut TextIndex {
        if entry.is_public() {
            &mut self.text
        } else {
            &mut self.hidden_text
        }
    }

    fn set_entry(&mut self, slot: u32, mut entry: Entry) {
        self.visible.insert(slot, &entry);
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
        self.visible.remove(slot, &entry);
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
        self.text_of(&entry).remove(slot);
    }

    /// Takes in many records; [`Self::sort`] puts them in order when all are there.
    pub(crate) fn fill(&mut self, prepared: Vec<Prepared>) {
        let mut numbers: Vec<Vec<(u32, i64)>> = self.columns.iter().map(|_| Vec::new()).collect();
        let mut ranks: Vec<Vec<(u32, i64)>> = self.columns.iter().map(|_| Vec::new()).collect();
        let mut texts: Vec<Vec<(u32, Box<str>)>> = self.columns.iter().map(|_| Vec::new()).collect();
        let (mut terms, mut hidden_terms) = (Vec::with_capacity(prepared.len()), Vec::new());
        for mut one in prepared {
            let slot = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
            let id = one.entry.id.as_u128();
            self.ids.push(id);
            self.entries.push(None);
            self.by_id.insert(id, slot);
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
                    SortText::Rank(rank) => ranks.get_mut(field).into_iter().for_each(|c| c.push((slot, rank))),
                    SortText::Text(text) => {
                        if let Some(column) = texts.get_mut(field) {
                            column.push((slot, text));
                        }
                    }
                }
            }
            one.entry.keys = named.into();
            if one.entry.is_public() {
                terms.push((slot, id, one.terms));
            } else {
                hidden_terms.push((slot, id, one.terms));
            }
            self.set_entry(slot, one.entry);
        }
        self.fill_columns(numbers, ranks, texts);
        self.text.build_bulk(terms);
        self.hidden_text.build_bulk(hidden_terms);
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
        slots.par_sort_unstable_by_key(|slot| ids.get(*slot as usize));
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
}
