//! The inverted index over the terms of all documents.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use roaring::RoaringBitmap;
use rustc_hash::FxHashSet;

use super::dictionary::{Dictionary, Spelling, Term};
use super::document::{DocTerms, FIRST, Numbers, push_number};
use super::fold::fold;
use super::impact::{Occurrences, PLACES, Place};
use super::postings::{PostingList, Postings};
use super::tokens::{Analysis, Kind};

/// From so many documents on, a bulk is built in parallel.
const PARALLEL: usize = 256;
/// So many documents of a bulk are built at a time, to keep the memory for it small.
const BATCH: usize = 8_192;
/// Most occurrences of one spelling in one place that are told apart.
const MAX_COUNT: u8 = 15;

/// What is kept of a document.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// Numbers of its spellings in their order, each place led by its mark.
    sequence: Box<[u8]>,
    /// Titles and aliases.
    pub(super) names: Box<[Box<str>]>,
    title_words: u16,
}

/// The full text of all documents.
#[derive(Clone, Debug, Default)]
pub struct TextIndex {
    pub(super) dictionary: Dictionary,
    pub(super) postings: Vec<Postings>,
    pub(super) docs: RoaringBitmap,
    records: Vec<Option<Box<Record>>>,
    pub(super) ids: Vec<u128>,
    /// Whether ids ascend with the numbers of the documents.
    pub(super) monotone: bool,
    /// Folded titles and aliases with their documents.
    pub(super) names: BTreeSet<(Box<str>, u32)>,
    scratch: Scratch,
    /// Changes with every change; no two states of any index share it.
    pub(super) generation: u64,
}

static GENERATIONS: AtomicU64 = AtomicU64::new(1);

impl Record {
    /// Takes over a document all of whose spellings are in the dictionary.
    fn new(dictionary: &Dictionary, terms: &DocTerms) -> Self {
        let numbers: Vec<Spelling> = terms.spellings().map(|s| dictionary.spelling(s).unwrap_or(0)).collect();
        let mut sequence = Vec::with_capacity(terms.sequence().0.len() * 3 / 2);
        for number in terms.sequence() {
            let here = number.checked_sub(FIRST).and_then(|n| numbers.get(n as usize));
            push_number(&mut sequence, here.map_or(number, |n| n + FIRST));
        }
        Self { sequence: sequence.into(), names: terms.names.clone().into(), title_words: terms.title_words }
    }

    /// The distinct spellings.
    fn spellings(&self) -> Vec<Spelling> {
        let mut spellings: Vec<Spelling> = Numbers(&self.sequence).filter_map(|n| n.checked_sub(FIRST)).collect();
        spellings.sort_unstable();
        spellings.dedup();
        spellings
    }
}

/// A share of a bulk.
struct Part {
    records: Vec<Record>,
    /// By term.
    postings: Vec<PostingList>,
}

impl Part {
    fn read(dictionary: &Dictionary, documents: &[(u32, u128, DocTerms)]) -> Self {
        let mut part = Self { records: Vec::with_capacity(documents.len()), postings: Vec::new() };
        part.postings.resize_with(dictionary.term_count(), PostingList::default);
        let mut scratch = Scratch::default();
        for (doc, _, terms) in documents {
            let record = Record::new(dictionary, terms);
            each_posting(dictionary, &record, &mut scratch, |term, level| {
                if let Some(list) = part.postings.get_mut(term as usize) {
                    list.push(*doc, level);
                }
            });
            part.records.push(record);
        }
        part
    }
}

/// Reused between documents; empty outside of a call.
#[derive(Clone, Debug, Default)]
struct Scratch {
    spellings: Slots<[u8; 8]>,
    terms: Slots<Occurrences>,
}

/// A map from small numbers that is cleared in constant time.
#[derive(Clone, Debug, Default)]
struct Slots<T> {
    /// Number → its place in `filled`, valid if that says the same number.
    slots: Vec<u32>,
    filled: Vec<(u32, T)>,
}

impl<T: Default> Slots<T> {
    #[inline]
    fn get(&mut self, number: u32) -> Option<&mut T> {
        let at = number as usize;
        if at >= self.slots.len() {
            self.slots.resize(at + 1, 0);
        }
        let slot = self.slots.get_mut(at)?;
        if self.filled.get(*slot as usize).is_none_or(|(n, _)| *n != number) {
            *slot = u32::try_from(self.filled.len()).unwrap_or(u32::MAX);
            self.filled.push((number, T::default()));
        }
        self.filled.get_mut(*slot as usize).map(|(_, value)| value)
    }
}

impl TextIndex {
    /// An empty index.
    pub fn new() -> Self {
        Self {
            monotone: true,
            ..Self::default()
        }
    }

    /// Reads a document. Needs no index, so that many documents can be read in parallel.
    pub fn analyse(texts: &[(Place, &str)]) -> DocTerms {
        DocTerms::read(texts)
    }

    /// Number of documents.
    pub fn len(&self) -> u64 {
        self.docs.len()
    }

    /// Whether there are no documents.
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    /// Adds a document, or replaces the one with this number. Equal scores are ordered by `id`.
    pub fn insert(&mut self, doc: u32, id: u128, terms: DocTerms) {
        self.remove(doc);
        for spelling in terms.spellings() {
            self.dictionary.intern(spelling);
        }
        let record = Record::new(&self.dictionary, &terms);
        for spelling in record.spellings() {
            self.dictionary.count(spelling, true);
        }
        self.postings.resize_with(self.dictionary.term_count(), Postings::default);
        let postings = &mut self.postings;
        each_posting(&self.dictionary, &record, &mut self.scratch, |term, level| {
            if let Some(list) = postings.get_mut(term as usize) {
                list.insert(doc, level);
            }
        });
        self.place(doc, id, Box::new(record));
    }

    fn place(&mut self, doc: u32, id: u128, record: Box<Record>) {
        self.touch();
        for name in &record.names {
            self.names.insert((fold(name).into(), doc));
        }
        let at = doc as usize;
        if at >= self.records.len() {
            self.records.resize_with(at + 1, || None);
            self.ids.resize(at + 1, 0);
        }
        if let (Some(slot), Some(known)) = (self.records.get_mut(at), self.ids.get_mut(at)) {
            *slot = Some(record);
            *known = id;
        }
        if self.monotone {
            let last = self.docs.max();
            self.monotone = last.is_none_or(|last| last < doc && self.id(last) < id) || self.is_between(doc, id);
        }
        self.docs.insert(doc);
    }

    fn touch(&mut self) {
        self.generation = GENERATIONS.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the id of a document lies between those of its neighbours.
    fn is_between(&self, doc: u32, id: u128) -> bool {
        let before = self
            .docs
            .rank(doc)
            .checked_sub(1)
            .and_then(|r| self.docs.select(u32::try_from(r).ok()?));
        let after = self.docs.range(doc..).next();
        before.is_none_or(|b| self.id(b) < id) && after.is_none_or(|a| id < self.id(a))
    }

    /// Removes a document, if there is one with this number.
    pub fn remove(&mut self, doc: u32) {
        let Some(record) = self.records.get_mut(doc as usize).and_then(Option::take) else {
            return;
        };
        self.touch();
        self.docs.remove(doc);
        let postings = &mut self.postings;
        each_posting(&self.dictionary, &record, &mut self.scratch, |term, _| {
            if let Some(list) = postings.get_mut(term as usize) {
                list.remove(doc);
            }
        });
        for spelling in record.spellings() {
            self.dictionary.count(spelling, false);
        }
        for name in &record.names {
            self.names.remove(&(Box::from(fold(name)), doc));
        }
        if self.docs.is_empty() {
            self.monotone = true;
        }
    }

    /// Adds many new documents, fastest if given by ascending number. Uses all cores.
    pub fn build_bulk(&mut self, documents: Vec<(u32, u128, DocTerms)>) {
        let mut rest = documents;
        while !rest.is_empty() {
            let tail = rest.split_off(rest.len().min(BATCH));
            self.build_batch(rest);
            rest = tail;
        }
    }

    fn build_batch(&mut self, documents: Vec<(u32, u128, DocTerms)>) {
        if documents.len() < PARALLEL {
            for (doc, id, terms) in documents {
                self.insert(doc, id, terms);
            }
            return;
        }
        for (doc, _, _) in &documents {
            self.remove(*doc);
        }
        let dictionary = &self.dictionary;
        let fresh = documents.par_iter().fold(FxHashSet::default, |mut fresh: FxHashSet<&str>, (_, _, terms)| {
            fresh.extend(terms.spellings().filter(|s| !dictionary.has_spelling(s)));
            fresh
        });
        let fresh: FxHashSet<&str> = fresh.reduce(FxHashSet::default, |mut a, b| {
            a.extend(b);
            a
        });
        let analysed: Vec<(&str, Analysis)> = fresh.into_par_iter().map(|s| (s, Analysis::of(s))).collect();
        for (spelling, analysis) in analysed {
            self.dictionary.add(spelling, analysis);
        }
        let dictionary = &self.dictionary;
        let share = documents.len().div_ceil(rayon::current_num_threads());
        let parts: Vec<Part> = documents.par_chunks(share).map(|share| Part::read(dictionary, share)).collect();
        self.postings.resize_with(self.dictionary.term_count(), Postings::default);
        self.postings.par_iter_mut().enumerate().for_each(|(term, postings)| {
            for list in parts.iter().filter_map(|part| part.postings.get(term)).filter(|list| !list.is_empty()) {
                postings.extend(list);
            }
        });
        let ids = documents.iter().map(|(doc, id, _)| (*doc, *id));
        for ((doc, id), record) in ids.zip(parts.into_iter().flat_map(|part| part.records)) {
            for spelling in record.spellings() {
                self.dictionary.count(spelling, true);
            }
            self.place(doc, id, Box::new(record));
        }
    }

    /// The id of a document.
    #[inline]
    pub(super) fn id(&self, doc: u32) -> u128 {
        self.ids.get(doc as usize).copied().unwrap_or(0)
    }

    pub(super) fn record(&self, doc: u32) -> Option<&Record> {
        self.records.get(doc as usize)?.as_deref()
    }

    /// The postings of a term.
    pub(super) fn postings_of(&self, term: &str) -> Option<&Postings> {
        let term = self.dictionary.term(term)?;
        self.postings.get(term as usize).filter(|p| p.len() > 0)
    }

    /// Whether the words of a phrase stand next to each other somewhere in a document.
    pub(super) fn has_phrase(&self, doc: u32, phrase: &[Term]) -> bool {
        let Some(record) = self.record(doc) else { return false };
        let mut words = Vec::new();
        flatten(&self.dictionary, record, &mut words);
        words
            .windows(phrase.len().max(1))
            .any(|w| w.iter().zip(phrase).all(|(a, b)| *a == Some(*b)))
    }

    /// Bytes on the heap, estimated.
    pub fn heap_bytes(&self) -> usize {
        let record =
            |r: &Record| r.sequence.len() + r.names.iter().map(|n| n.len() + 16).sum::<usize>() + size_of::<Record>();
        self.dictionary.heap_bytes()
            + self.postings.iter().map(Postings::heap_bytes).sum::<usize>()
            + self.postings.capacity() * size_of::<Postings>()
            + self.records.iter().flatten().map(|r| record(r)).sum::<usize>()
            + self.records.capacity() * 8
            + self.ids.capacity() * 16
            + self.names.iter().map(|(name, _)| name.len() + 40).sum::<usize>()
    }
}

/// The words of a document as terms; `None` between places.
fn flatten(dictionary: &Dictionary, record: &Record, words: &mut Vec<Option<Term>>) {
    for number in Numbers(&record.sequence) {
        match number.checked_sub(FIRST) {
            Some(spelling) => words.extend(dictionary.words_of(spelling).0.iter().map(|t| Some(*t))),
            None => words.push(None),
        }
    }
}

/// Calls `posting` with each term of a document and its level, in no order that means anything.
fn each_posting(dictionary: &Dictionary, record: &Record, scratch: &mut Scratch, mut posting: impl FnMut(Term, u8)) {
    let mut place = Place::Other;
    let mut concepts = false;
    for number in Numbers(&record.sequence) {
        let Some(spelling) = number.checked_sub(FIRST) else {
            place = PLACES.get(number as usize).copied().unwrap_or(Place::Other);
            continue;
        };
        if let Some(n) = scratch
            .spellings
            .get(spelling)
            .and_then(|counts| counts.get_mut(place.index()))
        {
            *n = (*n + 1).min(MAX_COUNT);
        }
    }
    for (spelling, counts) in scratch.spellings.filled.drain(..) {
        concepts |= dictionary.words_of(spelling).1;
        for (term, kind) in dictionary.terms_of(spelling) {
            if let Some(occurrences) = scratch.terms.get(*term) {
                occurrences.add(counts, *kind == Kind::Part, *kind == Kind::Stop);
            }
        }
    }
    if concepts {
        count_concepts(dictionary, record, &mut scratch.terms);
    }
    for (term, occurrences) in scratch.terms.filled.drain(..) {
        if !occurrences.is_empty() {
            posting(term, occurrences.level(usize::from(record.title_words)));
        }
    }
}

/// Counts the groups of words that the thesaurus knows.
fn count_concepts(dictionary: &Dictionary, record: &Record, terms: &mut Slots<Occurrences>) {
    let mut words = Vec::new();
    flatten(dictionary, record, &mut words);
    let mut place = Place::Other;
    let mut marks = Numbers(&record.sequence).filter(|n| *n < FIRST);
    for at in 0..words.len() {
        let Some(rest) = words.get(at..) else { break };
        if rest.first() == Some(&None) {
            place = marks
                .next()
                .and_then(|m| PLACES.get(m as usize).copied())
                .unwrap_or(Place::Other);
            continue;
        }
        for concept in dictionary.concepts_at(rest) {
            if let Some(occurrences) = terms.get(concept) {
                occurrences.count(place, false);
            }
        }
    }
}
