//! The values of one field over all slots, laid out for what queries ask of them.

use std::borrow::Cow;
use std::cmp::Ordering;

use rayon::slice::ParallelSliceMut;
use roaring::{MultiOps, RoaringBitmap};
use rustc_hash::FxHashMap;

use crate::order::Order;

/// Slots by value. Each value has a number, so that a slot can name its values in a few bytes.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    numbers: FxHashMap<Box<str>, u32>,
    values: Vec<(Box<str>, RoaringBitmap)>,
    present: RoaringBitmap,
}

impl Keys {
    /// Adds a slot to a value, and answers the value's number.
    pub(crate) fn insert(&mut self, slot: u32, key: &str) -> u32 {
        self.present.insert(slot);
        let number = if let Some(number) = self.numbers.get(key) {
            *number
        } else {
            let number = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
            self.numbers.insert(key.into(), number);
            self.values.push((key.into(), RoaringBitmap::new()));
            number
        };
        if let Some((_, slots)) = self.values.get_mut(number as usize) {
            slots.insert(slot);
        }
        number
    }

    /// Removes a slot from the value with this number.
    pub(crate) fn remove(&mut self, slot: u32, number: u32) {
        self.present.remove(slot);
        if let Some((_, slots)) = self.values.get_mut(number as usize) {
            slots.remove(slot);
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&RoaringBitmap> {
        self.number(key).and_then(|n| self.slots(n))
    }

    /// The number of a value.
    pub(crate) fn number(&self, key: &str) -> Option<u32> {
        self.numbers.get(key).copied()
    }

    pub(crate) fn slots(&self, number: u32) -> Option<&RoaringBitmap> {
        self.values.get(number as usize).map(|(_, slots)| slots)
    }

    pub(crate) fn present(&self) -> &RoaringBitmap {
        &self.present
    }

    /// How many values have ever stood here.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Slots with one of the values.
    pub(crate) fn any<'a>(&'a self, keys: &[Box<str>]) -> Cow<'a, RoaringBitmap> {
        match keys {
            [key] => self
                .get(key)
                .map_or_else(|| Cow::Owned(RoaringBitmap::new()), Cow::Borrowed),
            keys => Cow::Owned(keys.iter().filter_map(|k| self.get(k)).union()),
        }
    }

    /// Each value with the slots that have it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &RoaringBitmap)> {
        self.values.iter().map(|(text, slots)| (&**text, slots))
    }

    /// The text of the value with this number.
    pub(crate) fn text(&self, number: u32) -> Option<&str> {
        self.values.get(number as usize).map(|(text, _)| &**text)
    }

    /// How often each value stands among `slots`; values that do not are left out.
    pub(crate) fn counts(&self, slots: &RoaringBitmap) -> Vec<(&str, u64)> {
        let counts = self
            .values
            .iter()
            .map(|(text, with)| (&**text, with.intersection_len(slots)));
        counts.filter(|(_, count)| *count > 0).collect()
    }
}

/// One number for each slot that has one.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    column: Vec<i64>,
    present: RoaringBitmap,
    order: Order,
}

/// Compares two numbers of a column, then the ids.
fn by_number<'a>(column: &'a [i64], ids: &'a [u128]) -> impl Fn(u32, u32) -> Ordering + 'a {
    let number = |slot: u32| column.get(slot as usize);
    let id = |slot: u32| ids.get(slot as usize);
    move |a, b| number(a).cmp(&number(b)).then_with(|| id(a).cmp(&id(b)))
}

impl Numbers {
    pub(crate) fn get(&self, slot: u32) -> Option<i64> {
        if self.present.contains(slot) {
            self.column.get(slot as usize).copied()
        } else {
            None
        }
    }

    pub(crate) fn present(&self) -> &RoaringBitmap {
        &self.present
    }

    pub(crate) fn order(&self) -> &Order {
        &self.order
    }

    fn put(&mut self, slot: u32, number: i64) {
        let index = slot as usize;
        if self.column.len() <= index {
            self.column.resize(index + 1, 0);
        }
        if let Some(cell) = self.column.get_mut(index) {
            *cell = number;
        }
        self.present.insert(slot);
    }

    pub(crate) fn insert(&mut self, slot: u32, number: i64, ids: &[u128]) {
        self.put(slot, number);
        self.order.insert(slot, by_number(&self.column, ids));
    }

    pub(crate) fn remove(&mut self, slot: u32, ids: &[u128]) {
        if self.present.remove(slot) {
            self.order.remove(slot, by_number(&self.column, ids));
        }
    }

    /// Many at once; [`Self::sort`] puts them in order when all are there.
    pub(crate) fn fill(&mut self, numbers: impl IntoIterator<Item = (u32, i64)>) {
        for (slot, number) in numbers {
            self.put(slot, number);
        }
    }

    /// Puts in order what was filled in.
    pub(crate) fn sort(&mut self, ids: &[u128]) {
        let mut slots: Vec<u32> = self.present.iter().collect();
        let compare = by_number(&self.column, ids);
        slots.par_sort_unstable_by(|a, b| compare(*a, *b));
        self.order = Order::from_sorted(&slots);
    }

    /// Those of `candidates` whose number lies within the bounds.
    pub(crate) fn between(&self, from: i64, to: i64, candidates: &RoaringBitmap) -> RoaringBitmap {
        let number = |slot: u32| self.column.get(slot as usize).copied().unwrap_or_default();
        let first = self.order.partition(|slot| number(slot) < from);
        let end = self.order.partition(|slot| number(slot) <= to);
        let within = self.order.distance(first, end) as u64;
        // A narrow range is read from the order, few candidates are looked at one by one; else the column is.
        if within.saturating_mul(8) < candidates.len() {
            let slots = self.order.forward(first).take(self.order.distance(first, end));
            let mut found = from_unsorted(slots, within, self.column.len());
            found &= candidates;
            return found;
        }
        if candidates.len().saturating_mul(8) < self.column.len() as u64 {
            let present = candidates & &self.present;
            let found = present.iter().filter(|slot| (from..=to).contains(&number(*slot)));
            return RoaringBitmap::from_sorted_iter(found).unwrap_or_default();
        }
        let mut found = RoaringBitmap::from_lsb0_bytes(0, &self.bits_between(from, to));
        found &= &self.present;
        found &= candidates;
        found
    }

    /// A bit for each slot, whether its number lies within the bounds.
    fn bits_between(&self, from: i64, to: i64) -> Vec<u8> {
        let bits = |eight: &[i64]| {
            let places = eight.iter().zip(0_u32..);
            places.fold(0_u8, |bits, (number, place)| {
                bits | (u8::from((from..=to).contains(number)) << place)
            })
        };
        let (eights, rest) = self.column.as_chunks::<8>();
        let mut all: Vec<u8> = eights.iter().map(|eight| bits(eight)).collect();
        all.push(bits(rest));
        all
    }
}

/// A set of so many slots below `end`, in any order.
fn from_unsorted(slots: impl Iterator<Item = u32>, count: u64, end: usize) -> RoaringBitmap {
    // One bit for each slot there is costs less than putting many in order.
    if count.saturating_mul(256) > end as u64 {
        let mut bits = vec![0_u8; end.div_ceil(8)];
        for slot in slots {
            if let Some(byte) = bits.get_mut((slot / 8) as usize) {
                *byte |= 1 << (slot % 8);
            }
        }
        return RoaringBitmap::from_lsb0_bytes(0, &bits);
    }
    let mut slots: Vec<u32> = slots.collect();
    slots.sort_unstable();
    RoaringBitmap::from_sorted_iter(slots).unwrap_or_default()
}

/// One folded text for each slot that has one, to sort by.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    column: Vec<Option<Box<str>>>,
    present: RoaringBitmap,
    order: Order,
}

fn by_text<'a>(column: &'a [Option<Box<str>>], ids: &'a [u128]) -> impl Fn(u32, u32) -> Ordering + 'a {
    let text = |slot: u32| column.get(slot as usize);
    let id = |slot: u32| ids.get(slot as usize);
    move |a, b| text(a).cmp(&text(b)).then_with(|| id(a).cmp(&id(b)))
}

impl Texts {
    pub(crate) fn get(&self, slot: u32) -> Option<&str> {
        self.column.get(slot as usize)?.as_deref()
    }

    pub(crate) fn present(&self) -> &RoaringBitmap {
        &self.present
    }

    pub(crate) fn order(&self) -> &Order {
        &self.order
    }

    fn put(&mut self, slot: u32, text: Box<str>) {
        let index = slot as usize;
        if self.column.len() <= index {
            self.column.resize(index + 1, None);
        }
        if let Some(cell) = self.column.get_mut(index) {
            *cell = Some(text);
        }
        self.present.insert(slot);
    }

    pub(crate) fn insert(&mut self, slot: u32, text: Box<str>, ids: &[u128]) {
        self.put(slot, text);
        self.order.insert(slot, by_text(&self.column, ids));
    }

    pub(crate) fn remove(&mut self, slot: u32, ids: &[u128]) {
        if self.present.remove(slot) {
            self.order.remove(slot, by_text(&self.column, ids));
            if let Some(cell) = self.column.get_mut(slot as usize) {
                *cell = None;
            }
        }
    }

    /// Many at once; [`Self::sort`] puts them in order when all are there.
    pub(crate) fn fill(&mut self, texts: impl IntoIterator<Item = (u32, Box<str>)>) {
        for (slot, text) in texts {
            self.put(slot, text);
        }
    }

    /// Puts in order what was filled in.
    pub(crate) fn sort(&mut self, ids: &[u128]) {
        let mut slots: Vec<u32> = self.present.iter().collect();
        let compare = by_text(&self.column, ids);
        slots.par_sort_unstable_by(|a, b| compare(*a, *b));
        self.order = Order::from_sorted(&slots);
    }
}
