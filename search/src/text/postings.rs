//! The postings of one term: which documents have it, at which level.

use roaring::RoaringBitmap;

use super::impact::HEAD;

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

/// A bitmap of all documents, and one for each level but the usual one, which is what remains.
#[derive(Clone, Debug)]
pub(super) struct Many {
    all: RoaringBitmap,
    /// The level that was the most frequent one when the bitmaps were made. Any would do.
    usual: u8,
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

/// Postings of many terms, collected document by document and then sorted by term.
#[derive(Debug, Default)]
pub(super) struct Collected {
    by_doc: Vec<(u32, u64)>,
    by_term: Vec<u64>,
    /// Term → where its postings end in `by_term`; they begin where those of the term before end.
    ends: Vec<u32>,
}

impl Collected {
    pub(super) fn with_capacity(postings: usize) -> Self {
        Self {
            by_doc: Vec::with_capacity(postings),
            ..Self::default()
        }
    }

    #[inline]
    pub(super) fn push(&mut self, term: u32, doc: u32, level: u8) {
        self.by_doc.push((term, pack(doc, level)));
    }

    /// Sorts by term; the documents of a term stay in their order.
    pub(super) fn sort(&mut self, terms: usize) {
        let mut next = vec![0_u32; terms + 1];
        for (term, _) in &self.by_doc {
            if let Some(n) = next.get_mut(*term as usize + 1) {
                *n += 1;
            }
        }
        let mut sum = 0;
        for n in &mut next {
            sum += *n;
            *n = sum;
        }
        self.by_term = vec![0; self.by_doc.len()];
        for (term, posting) in self.by_doc.drain(..) {
            let Some(at) = next.get_mut(term as usize) else {
                continue;
            };
            if let Some(slot) = self.by_term.get_mut(*at as usize) {
                *slot = posting;
            }
            *at += 1;
        }
        self.ends = next;
    }

    /// The postings of a term.
    pub(super) fn of(&self, term: usize) -> &[u64] {
        let start = term
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(term).copied().unwrap_or(start);
        self.by_term.get(start as usize..end as usize).unwrap_or_default()
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
            *self = Self::Many(Box::new(Many::new(list)));
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

    /// Adds documents that have no postings here yet, as [`Collected`] gives them.
    pub(super) fn extend(&mut self, list: &[u64]) {
        match self {
            Self::Few(own) => {
                let sorted = list.is_sorted() && own.last() < list.first();
                own.extend_from_slice(list);
                if !sorted {
                    own.sort_unstable();
                }
                self.settle();
            }
            Self::Many(many) if list.is_sorted() => many.extend(list),
            Self::Many(many) => {
                let mut sorted = list.to_vec();
                sorted.sort_unstable();
                many.extend(&sorted);
            }
        }
    }

    /// Gives back spare room.
    pub(super) fn shrink(&mut self) {
        match self {
            Self::Few(list) => list.shrink_to_fit(),
            // A copy has no spare room.
            Self::Many(many) => *self = Self::Many(many.clone()),
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
            Self::Many(many) if many.usual >= HEAD => {
                let mut head = many.all.clone();
                for (_, docs) in many.levels.iter().filter(|(level, _)| *level < HEAD) {
                    head -= docs;
                }
                *set |= head;
            }
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
                        .map_or(many.usual, |(level, _)| *level),
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
                    levels.push(many.usual);
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
                if level != many.usual {
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
                    found(doc, many.usual);
                }
            }
        }
    }

    /// Bytes on the heap, estimated.
    pub(super) fn heap_bytes(&self) -> usize {
        let bitmap = |docs: &RoaringBitmap| {
            let s = docs.statistics();
            // The statistics count four bytes for each value of an array; there are two.
            let bytes =
                s.n_bytes_array_containers / 2 + u64::from(s.n_bitset_containers) * 8_192 + s.n_bytes_run_containers;
            usize::try_from(bytes + u64::from(s.n_containers) * 40).unwrap_or(0)
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
    /// Makes bitmaps of a sorted list.
    fn new(list: &[u64]) -> Self {
        let count = |level: u8| list.iter().filter(|p| unpack(**p).1 == level).count();
        let usual = (0..16).max_by_key(|level| count(*level)).unwrap_or(0);
        let mut many = Self {
            all: RoaringBitmap::new(),
            usual,
            levels: Vec::new(),
        };
        many.extend(list);
        many
    }

    /// Adds a sorted list.
    fn extend(&mut self, list: &[u64]) {
        extend(&mut self.all, list.iter().map(|p| unpack(*p).0));
        let mask = list.iter().fold(0_u16, |mask, p| mask | 1 << unpack(*p).1);
        let usual = self.usual;
        for level in (0..16).filter(|level| *level != usual && mask & (1 << level) != 0) {
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
        if level != self.usual {
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
