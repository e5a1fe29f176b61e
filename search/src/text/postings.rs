//! The postings of one term: which documents have it, at which level.

use roaring::RoaringBitmap;

use super::impact::{COMMON, HEAD};

/// Up to here a sorted list is smaller and faster than bitmaps.
const FEW: usize = 96;

/// Documents of one term with their levels.
#[derive(Clone, Debug)]
pub(super) enum Postings {
    /// Few: `document << 4 | level`, ascending.
    Few(Vec<u64>),
    /// Many.
    Many(Box<Many>),
}

/// A bitmap of all documents, and one for each level but [`COMMON`], which is what remains.
#[derive(Clone, Debug, Default)]
pub(super) struct Many {
    all: RoaringBitmap,
    /// By descending level; none of them is empty.
    levels: Vec<(u8, RoaringBitmap)>,
}

impl Default for Postings {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

fn pack(doc: u32, level: u8) -> u64 {
    u64::from(doc) << 4 | u64::from(level)
}

#[allow(clippy::cast_possible_truncation, reason = "packed from a u32 and four bits")]
fn unpack(packed: u64) -> (u32, u8) {
    ((packed >> 4) as u32, (packed & 15) as u8)
}

/// Postings as they are collected.
#[derive(Clone, Debug, Default)]
pub(super) struct PostingList(Vec<u64>);

impl PostingList {
    #[inline]
    pub(super) fn push(&mut self, doc: u32, level: u8) {
        self.0.push(pack(doc, level));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn is_sorted(&self) -> bool {
        self.0.is_sorted()
    }
}

impl Postings {
    /// Adds a document that has no posting here yet.
    pub(super) fn insert(&mut self, doc: u32, level: u8) {
        match self {
            Self::Few(list) => {
                let packed = pack(doc, level);
                if list.last().is_none_or(|last| *last < packed) {
                    list.push(packed);
                } else {
                    let at = list.partition_point(|p| *p < packed);
                    list.insert(at, packed);
                }
                self.settle();
            }
            Self::Many(many) => many.insert(doc, level),
        }
    }

    /// Turns a long list into bitmaps.
    fn settle(&mut self) {
        if let Self::Few(list) = self
            && list.len() > FEW
        {
            let mut many = Box::new(Many::default());
            many.extend(list);
            *self = Self::Many(many);
        }
    }

    /// Removes a document.
    pub(super) fn remove(&mut self, doc: u32) {
        match self {
            Self::Few(list) => list.retain(|p| unpack(*p).0 != doc),
            Self::Many(many) => {
                many.all.remove(doc);
                for (_, docs) in &mut many.levels {
                    docs.remove(doc);
                }
                many.levels.retain(|(_, docs)| !docs.is_empty());
            }
        }
    }

    /// Adds documents that have no postings here yet.
    pub(super) fn extend(&mut self, list: &PostingList) {
        match self {
            Self::Few(own) => {
                let sorted = list.is_sorted() && own.last() < list.0.first();
                own.extend_from_slice(&list.0);
                if !sorted {
                    own.sort_unstable();
                }
                self.settle();
            }
            Self::Many(many) if list.is_sorted() => many.extend(&list.0),
            Self::Many(many) => {
                let mut sorted = list.0.clone();
                sorted.sort_unstable();
                many.extend(&sorted);
            }
        }
    }

    /// Number of documents.
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Few(list) => list.len() as u64,
            Self::Many(many) => many.all.len(),
        }
    }

    /// Adds all documents to a set.
    pub(super) fn union_into(&self, set: &mut RoaringBitmap) {
        match self {
            Self::Few(list) => set.extend(list.iter().map(|p| unpack(*p).0)),
            Self::Many(many) if set.is_empty() => set.clone_from(&many.all),
            Self::Many(many) => *set |= &many.all,
        }
    }

    /// Adds the documents that have the term in their head to a set.
    pub(super) fn union_head_into(&self, set: &mut RoaringBitmap) {
        match self {
            Self::Few(list) => set.extend(
                list.iter()
                    .map(|p| unpack(*p))
                    .filter(|(_, l)| *l >= HEAD)
                    .map(|(d, _)| d),
            ),
            Self::Many(many) => {
                for (_, docs) in many.levels.iter().filter(|(level, _)| *level >= HEAD) {
                    *set |= docs;
                }
            }
        }
    }

    /// The level in one document.
    pub(super) fn level(&self, doc: u32) -> Option<u8> {
        match self {
            Self::Few(list) => {
                let at = list.partition_point(|p| unpack(*p).0 < doc);
                list.get(at)
                    .map(|p| unpack(*p))
                    .filter(|(d, _)| *d == doc)
                    .map(|(_, level)| level)
            }
            Self::Many(many) => {
                if !many.all.contains(doc) {
                    return None;
                }
                Some(
                    many.levels
                        .iter()
                        .find(|(_, docs)| docs.contains(doc))
                        .map_or(COMMON, |(level, _)| *level),
                )
            }
        }
    }

    /// The levels that occur, each once.
    pub(super) fn levels(&self) -> Vec<u8> {
        match self {
            Self::Few(list) => {
                let mask = list.iter().fold(0_u16, |mask, p| mask | 1 << unpack(*p).1);
                (0..16).filter(|level| mask & (1 << level) != 0).collect()
            }
            Self::Many(many) => {
                let mut levels: Vec<u8> = many.levels.iter().map(|(level, _)| *level).collect();
                if many.levels.iter().map(|(_, docs)| docs.len()).sum::<u64>() < many.all.len() {
                    levels.push(COMMON);
                }
                levels
            }
        }
    }

    /// Those of `among` that have the term at a level.
    pub(super) fn at_level(&self, level: u8, among: &RoaringBitmap) -> RoaringBitmap {
        match self {
            Self::Few(list) => list
                .iter()
                .map(|p| unpack(*p))
                .filter(|(doc, l)| *l == level && among.contains(*doc))
                .map(|(doc, _)| doc)
                .collect(),
            Self::Many(many) => {
                if level != COMMON {
                    let docs = many.levels.iter().find(|(l, _)| *l == level);
                    return docs.map_or_else(RoaringBitmap::new, |(_, docs)| docs & among);
                }
                let mut rest = &many.all & among;
                for (_, docs) in &many.levels {
                    rest -= docs;
                }
                rest
            }
        }
    }

    /// Calls `found` with each of `among` that has the term, and its level, by ascending document within each level.
    pub(super) fn each(&self, among: &RoaringBitmap, mut found: impl FnMut(u32, u8)) {
        match self {
            Self::Few(list) => {
                for (doc, level) in list.iter().map(|p| unpack(*p)).filter(|(doc, _)| among.contains(*doc)) {
                    found(doc, level);
                }
            }
            Self::Many(many) => {
                let mut rest = &many.all & among;
                for (level, docs) in &many.levels {
                    if rest.is_empty() {
                        return;
                    }
                    let here = docs & &rest;
                    for doc in &here {
                        found(doc, *level);
                    }
                    rest -= here;
                }
                for doc in &rest {
                    found(doc, COMMON);
                }
            }
        }
    }

    /// Bytes on the heap, estimated.
    pub(super) fn heap_bytes(&self) -> usize {
        let bitmap = |docs: &RoaringBitmap| {
            let s = docs.statistics();
            usize::try_from(s.n_bytes_array_containers + s.n_bytes_bitset_containers + s.n_bytes_run_containers)
                .unwrap_or(0)
                + usize::try_from(s.n_containers).unwrap_or(0) * 48
        };
        match self {
            Self::Few(list) => list.capacity() * 8,
            Self::Many(many) => bitmap(&many.all) + many.levels.iter().map(|(_, d)| bitmap(d) + 32).sum::<usize>() + 48,
        }
    }
}

/// Adds ascending documents, fast if they are behind all others.
fn extend(set: &mut RoaringBitmap, docs: impl Iterator<Item = u32> + Clone) {
    let behind = docs
        .clone()
        .next()
        .is_none_or(|first| set.max().is_none_or(|max| max < first));
    if !behind || set.append(docs.clone()).is_err() {
        set.extend(docs);
    }
}

impl Many {
    /// Adds a sorted list.
    fn extend(&mut self, list: &[u64]) {
        extend(&mut self.all, list.iter().map(|p| unpack(*p).0));
        let mask = list.iter().fold(0_u16, |mask, p| mask | 1 << unpack(*p).1);
        for level in (0..16).filter(|level| *level != COMMON && mask & (1 << level) != 0) {
            let docs = list
                .iter()
                .map(|p| unpack(*p))
                .filter(|(_, l)| *l == level)
                .map(|(doc, _)| doc);
            extend(self.level_mut(level), docs);
        }
    }

    fn insert(&mut self, doc: u32, level: u8) {
        self.all.insert(doc);
        if level != COMMON {
            self.level_mut(level).insert(doc);
        }
    }

    fn level_mut(&mut self, level: u8) -> &mut RoaringBitmap {
        let at = self.levels.partition_point(|(l, _)| *l > level);
        if self.levels.get(at).is_none_or(|(l, _)| *l != level) {
            self.levels.insert(at, (level, RoaringBitmap::new()));
        }
        #[allow(clippy::indexing_slicing, reason = "found or inserted above")]
        &mut self.levels[at].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_postings_answer_alike() {
        let mut postings = Postings::default();
        let level = |doc: u32| u8::try_from(doc * 7 % 16).unwrap_or(0);
        for doc in (0..400).rev() {
            postings.insert(doc * 3, level(doc));
            let among: RoaringBitmap = (0..1200).collect();
            let mut found = Vec::new();
            postings.each(&among, |doc, level| found.push((doc, level)));
            found.sort_unstable();
            let expected: Vec<(u32, u8)> = (doc..400).map(|d| (d * 3, level(d))).collect();
            assert_eq!(found, expected);
        }
        assert!(matches!(postings, Postings::Many(_)));
        for doc in 0..400 {
            assert_eq!(postings.level(doc * 3), Some(level(doc)));
            postings.remove(doc * 3);
            assert_eq!(postings.level(doc * 3), None);
        }
        assert_eq!(postings.len(), 0);
        assert!(postings.levels().is_empty());
    }
}
