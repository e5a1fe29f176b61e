//! Counting components by row and column.

use domain::component::Component;
use roaring::RoaringBitmap;

use super::{COMPONENTS_OF_CELL, Column};
use crate::table::Table;

/// The first of many, by their places.
#[derive(Debug, Default)]
pub(super) struct First(Vec<(u32, u32)>);

impl First {
    fn add(&mut self, place: u32, slot: u32) {
        let is_full = self.0.len() == COMPONENTS_OF_CELL;
        if is_full && self.0.last().is_some_and(|last| *last < (place, slot)) {
            return;
        }
        let at = self.0.partition_point(|one| *one < (place, slot));
        if is_full {
            self.0.pop();
        }
        self.0.insert(at, (place, slot));
    }
}

/// What a row has in one column, while it is counted: live, pilot, planned.
#[derive(Debug, Default)]
pub(super) struct CountedCell {
    pub(super) counts: [u32; 3],
    furthest: [First; 3],
}

impl CountedCell {
    /// The first components, those that are furthest before the others.
    pub(super) fn furthest(&self) -> impl Iterator<Item = u32> {
        let all = self.furthest.iter().flat_map(|first| &first.0);
        all.take(COMPONENTS_OF_CELL).map(|(_, slot)| *slot)
    }
}

/// Components over all columns.
pub(super) struct Tally {
    /// Columns in which each is live, by slot.
    live_in: Vec<u32>,
    /// Its place in the order of slugs, by slot.
    places: Vec<u32>,
    /// Where the rows of each begin among `rows`, by slot; those of the next one begin where they end.
    begin: Vec<u32>,
    rows: Vec<u32>,
    row_count: usize,
    /// Those that are live or on trial anywhere.
    pub(super) used: RoaringBitmap,
    /// Those that are in any column.
    pub(super) known: RoaringBitmap,
}

impl Tally {
    /// Of rows, each by its components.
    pub(super) fn new(components: &Table<Component>, rows: &[&RoaringBitmap]) -> Self {
        let slots = components.slots();
        // Counts first, then where each begins.
        let mut begin = vec![0_u32; slots + 1];
        for slot in rows.iter().copied().flatten() {
            if let Some(count) = begin.get_mut(slot as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for cell in &mut begin {
            sum += *cell;
            *cell = sum;
        }
        let (mut free, mut all) = (begin.clone(), vec![0; sum as usize]);
        for (number, row) in (0_u32..).zip(rows) {
            for slot in *row {
                if let Some(at) = free.get_mut(slot as usize)
                    && let Some(cell) = all.get_mut(*at as usize)
                {
                    *cell = number;
                    *at += 1;
                }
            }
        }
        Self {
            live_in: vec![0; slots],
            places: components.places("slug"),
            begin,
            rows: all,
            row_count: rows.len(),
            used: RoaringBitmap::new(),
            known: RoaringBitmap::new(),
        }
    }

    /// Takes in a column. Answers what each row has there; those that have nothing are left out.
    pub(super) fn add(&mut self, column: Option<Column>) -> impl Iterator<Item = (usize, CountedCell)> + use<> {
        let mut cells: Vec<CountedCell> = Vec::new();
        cells.resize_with(self.row_count, CountedCell::default);
        if let Some(column) = column {
            for slot in &column.live {
                if let Some(count) = self.live_in.get_mut(slot as usize) {
                    *count += 1;
                }
            }
            self.used |= &column.live;
            self.used |= &column.pilot;
            for (status, with) in [&column.live, &column.pilot, &column.planned].into_iter().enumerate() {
                self.known |= with;
                for slot in with {
                    let place = self.place(slot);
                    for row in self.rows_of(slot) {
                        let Some(cell) = cells.get_mut(*row as usize) else {
                            continue;
                        };
                        if let (Some(count), Some(first)) = (cell.counts.get_mut(status), cell.furthest.get_mut(status))
                        {
                            *count += 1;
                            first.add(place, slot);
                        }
                    }
                }
            }
        }
        let cells = cells.into_iter().enumerate();
        cells.filter(|(_, cell)| cell.counts != [0; 3])
    }

    fn rows_of(&self, slot: u32) -> &[u32] {
        let bound = |slot: usize| self.begin.get(slot).map_or(0, |at| *at as usize);
        let (from, to) = (bound(slot as usize), bound(slot as usize + 1));
        self.rows.get(from..to).unwrap_or_default()
    }

    /// In how many columns a component is live.
    pub(super) fn live_in(&self, slot: u32) -> u32 {
        self.live_in.get(slot as usize).copied().unwrap_or_default()
    }

    /// The place of a component in the order of slugs.
    pub(super) fn place(&self, slot: u32) -> u32 {
        self.places.get(slot as usize).copied().unwrap_or(u32::MAX)
    }
}
