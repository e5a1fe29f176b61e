//! Slots in a sort order, in chunks: a position is found by binary search, an insertion moves one chunk.

use std::cmp::Ordering;

/// Slots of one chunk at the most; a full chunk is split in two.
const CHUNK: usize = 1024;

/// Slots sorted by a comparison that the caller brings, the same at every call.
#[derive(Debug, Default)]
pub(crate) struct Order {
    chunks: Vec<Vec<u32>>,
}

/// A place between two slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    chunk: usize,
    offset: usize,
}

impl Order {
    /// From slots that are sorted already.
    pub(crate) fn from_sorted(slots: &[u32]) -> Self {
        Self {
            chunks: slots.chunks(CHUNK / 2).map(<[u32]>::to_vec).collect(),
        }
    }

    /// The first place whose slot does not satisfy `before`.
    pub(crate) fn partition(&self, before: impl Fn(u32) -> bool) -> Place {
        let chunk = self
            .chunks
            .partition_point(|c| c.last().is_some_and(|last| before(*last)));
        let offset = self
            .chunks
            .get(chunk)
            .map_or(0, |c| c.partition_point(|slot| before(*slot)));
        Place { chunk, offset }
    }

    pub(crate) fn insert(&mut self, slot: u32, compare: impl Fn(u32, u32) -> Ordering) {
        let place = self.partition(|other| compare(other, slot) == Ordering::Less);
        let index = place.chunk.min(self.chunks.len().saturating_sub(1));
        match self.chunks.get_mut(index) {
            None => self.chunks.push(vec![slot]),
            Some(chunk) => {
                let offset = if place.chunk == index {
                    place.offset
                } else {
                    chunk.len()
                };
                chunk.insert(offset, slot);
                if chunk.len() > CHUNK {
                    let tail = chunk.split_off(CHUNK / 2);
                    self.chunks.insert(index + 1, tail);
                }
            }
        }
    }

    /// Removes a slot whose values are still the ones it was inserted with.
    pub(crate) fn remove(&mut self, slot: u32, compare: impl Fn(u32, u32) -> Ordering) {
        let place = self.partition(|other| compare(other, slot) == Ordering::Less);
        if let Some(chunk) = self.chunks.get_mut(place.chunk)
            && chunk.get(place.offset) == Some(&slot)
        {
            chunk.remove(place.offset);
            if chunk.is_empty() {
                self.chunks.remove(place.chunk);
            }
        }
    }

    /// Slots from a place on.
    pub(crate) fn forward(&self, from: Place) -> impl Iterator<Item = u32> + '_ {
        let first = self
            .chunks
            .get(from.chunk)
            .and_then(|c| c.get(from.offset..))
            .unwrap_or_default();
        let rest = self.chunks.get(from.chunk + 1..).unwrap_or_default();
        first.iter().copied().chain(rest.iter().flatten().copied())
    }

    /// Slots before a place, the nearest first.
    pub(crate) fn backward(&self, from: Place) -> impl Iterator<Item = u32> + '_ {
        let last = self
            .chunks
            .get(from.chunk)
            .and_then(|c| c.get(..from.offset))
            .unwrap_or_default();
        let rest = self.chunks.get(..from.chunk.min(self.chunks.len())).unwrap_or_default();
        last.iter()
            .rev()
            .copied()
            .chain(rest.iter().rev().flat_map(|c| c.iter().rev().copied()))
    }

    /// How many slots lie between two places.
    pub(crate) fn distance(&self, from: Place, to: Place) -> usize {
        if from.chunk == to.chunk {
            return to.offset.saturating_sub(from.offset);
        }
        let whole: usize = self
            .chunks
            .get(from.chunk..to.chunk)
            .unwrap_or_default()
            .iter()
            .map(Vec::len)
            .sum();
        (whole + to.offset).saturating_sub(from.offset)
    }

    /// The place before the first slot.
    pub(crate) fn start() -> Place {
        Place { chunk: 0, offset: 0 }
    }

    /// The place after the last slot.
    pub(crate) fn end(&self) -> Place {
        Place {
            chunk: self.chunks.len(),
            offset: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_order_is_what_sorting_gives(
            values in prop::collection::vec(0_u32..50, 0..3000),
            removed in prop::collection::vec(any::<prop::sample::Index>(), 0..200),
            bound in 0_u32..50,
        ) {
            let compare = |a: u32, b: u32| (values[a as usize], a).cmp(&(values[b as usize], b));
            let mut order = Order::default();
            let mut expected: Vec<u32> = Vec::new();
            for slot in 0..u32::try_from(values.len()).unwrap() {
                order.insert(slot, compare);
                expected.push(slot);
            }
            for index in removed {
                if !expected.is_empty() {
                    let slot = expected.swap_remove(index.index(expected.len()));
                    order.remove(slot, compare);
                }
            }
            expected.sort_by(|a, b| compare(*a, *b));
            prop_assert_eq!(order.forward(Order::start()).collect::<Vec<_>>(), expected.clone());
            let place = order.partition(|s| values[s as usize] < bound);
            let (before, after): (Vec<u32>, Vec<u32>) = expected.iter().partition(|s| values[**s as usize] < bound);
            prop_assert_eq!(order.forward(place).collect::<Vec<_>>(), after.clone());
            prop_assert_eq!(order.backward(place).collect::<Vec<_>>(), before.iter().rev().copied().collect::<Vec<_>>());
            prop_assert_eq!(order.distance(Order::start(), place), before.len());
            prop_assert_eq!(order.distance(place, order.end()), after.len());
        }
    }
}
