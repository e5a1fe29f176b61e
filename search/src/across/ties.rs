//! Which component records name in one of their fields, and which records name a component there.

use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

/// Stands for no component.
const NOWHERE: u32 = u32::MAX;

/// Slots of records and of the components that they name.
#[derive(Debug, Default)]
pub(super) struct Ties {
    /// The component's slot, by the record's.
    component_of: Vec<u32>,
    /// Greater than every component's slot in it.
    end: u32,
    /// The records' slots, by the component's.
    of_component: FxHashMap<u32, Vec<u32>>,
}

impl Ties {
    /// Ties a record that is tied to none.
    pub(super) fn tie(&mut self, record: u32, component: u32) {
        let index = record as usize;
        if self.component_of.len() <= index {
            self.component_of.resize(index + 1, NOWHERE);
        }
        if let Some(cell) = self.component_of.get_mut(index) {
            *cell = component;
        }
        self.end = self.end.max(component + 1);
        self.of_component.entry(component).or_default().push(record);
    }

    /// Takes a tie away. Answers the component that the record was tied to.
    pub(super) fn untie(&mut self, record: u32) -> Option<u32> {
        let cell = self.component_of.get_mut(record as usize).filter(|c| **c != NOWHERE)?;
        let component = std::mem::replace(cell, NOWHERE);
        let records = self.of_component.get_mut(&component)?;
        records.retain(|other| *other != record);
        if records.is_empty() {
            self.of_component.remove(&component);
        }
        Some(component)
    }

    /// The component of a record.
    pub(super) fn component_of(&self, record: u32) -> Option<u32> {
        self.component_of
            .get(record as usize)
            .copied()
            .filter(|c| *c != NOWHERE)
    }

    /// The records of a component.
    pub(super) fn of(&self, component: u32) -> &[u32] {
        self.of_component.get(&component).map_or(&[], Vec::as_slice)
    }

    /// The records of these components.
    pub(super) fn records(&self, components: &[u32]) -> RoaringBitmap {
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
        let eights = self.component_of.chunks(8).map(|eight| {
            let places = eight.iter().zip(0_u32..);
            places.fold(0_u8, |bits, (component, place)| {
                bits | (u8::from(is_wanted(*component)) << place)
            })
        });
        RoaringBitmap::from_lsb0_bytes(0, &eights.collect::<Vec<u8>>())
    }

    /// The components of these records.
    pub(super) fn components(&self, records: &RoaringBitmap) -> RoaringBitmap {
        if records.len() < u64::from(self.end / 16) {
            // Most records lie in the order of their components.
            let mut found: Vec<u32> = records.iter().filter_map(|slot| self.component_of(slot)).collect();
            found.dedup();
            if !found.is_sorted() {
                found.sort_unstable();
                found.dedup();
            }
            return RoaringBitmap::from_sorted_iter(found).unwrap_or_default();
        }
        // One bit for each component costs less than putting many in order.
        let mut bits = vec![0_u8; (self.end as usize).div_ceil(8)];
        let (mut records, mut portion) = (records.iter(), [0; 512]);
        loop {
            let some = records.next_many(&mut portion);
            if some.is_empty() {
                return RoaringBitmap::from_lsb0_bytes(0, &bits);
            }
            for slot in some.iter() {
                let component = self.component_of.get(*slot as usize).copied().unwrap_or(NOWHERE);
                if let Some(byte) = bits.get_mut((component / 8) as usize) {
                    *byte |= 1 << (component % 8);
                }
            }
        }
    }
}
