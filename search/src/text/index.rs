//! The inverted index over the terms of all documents.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use super::dictionary::{Dictionary, Spelling, Term};
use super::document::{DocTerms, FIRST, Numbers, push_number};
use super::fold::fold;
use super::impact::{Occurrences, PLACES, Place};
use super::postings::{Collected, Postings};
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
    pub(super) sequence: Box<[u8]>,
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
    /// How many documents there were when spare room was last given back.
    shrunk_at: u64,
    /// Changes with every change; no two states of any index share it.
    pub(super) generation: u64,
}

static GENERATIONS: AtomicU64 = AtomicU64::new(1);

impl Record {
    /// Takes over a document, given the numbers of its spellings.
    fn new(spellings: &[Spelling], terms: DocTerms) -> Self {
        let mut sequence = Vec::with_capacity(terms.sequence().0.len() * 3 / 2);
        for number in terms.sequence() {
            let here = number.checked_sub(FIRST).and_then(|n| spellings.get(n as usize));
            push_number(&mut sequence, here.map_or(number, |n| n + FIRST));
        }
        Self {
            sequence: sequence.into(),
            names: terms.names.into(),
            title_words: terms.title_words,
        }
    }
}

/// A share of a bulk.
struct Part {
    /// Documents with the numbers of their spellings.
    records: Vec<(Box<Record>, Vec<Spelling>)>,
    postings: Collected,
}

impl Part {
    fn read(dictionary: &Dictionary, documents: &mut [(u32, u128, DocTerms)], known: &[Vec<Option<Spelling>>]) -> Self {
        let terms = known.iter().map(|known| known.len() * 5 / 4).sum();
        let mut part = Self {
            records: Vec::with_capacity(documents.len()),
            postings: Collected::with_capacity(terms),
        };
        let mut scratch = Scratch::default();
        for ((doc, _, terms), known) in documents.iter_mut().zip(known) {
            let numbers = terms.spellings().zip(known);
            let spellings: Vec<Spelling> = numbers
                .filter_map(|(s, known)| known.or_else(|| dictionary.spelling(s)))
                .collect();
            let reading = Reading {
                dictionary,
                spellings: &spellings,
                title_words: terms.title_words,
            };
            reading.each_posting(terms.sequence(), &mut scratch, |term, level| {
                part.postings.push(term, *doc, level);
            });
            let record = Record::new(&spellings, std::mem::take(terms));
            part.records.push((Box::new(record), spellings));
        }
        part.postings.sort(dictionary.term_count());
        part
    }
}

/// Reused between documents; empty outside of a call.
#[derive(Clone, Debug, Default)]
struct Scratch {
    /// Of each spelling of the document, how often it stands in each place.
    counts: Vec<[u8; 8]>,
    terms: Slots<Occurrences>,
    words: Vec<Option<Term>>,
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
        let spellings: Vec<Spelling> = terms.spellings().filter_map(|s| self.dictionary.spelling(s)).collect();
        self.postings
            .resize_with(self.dictionary.term_count(), Postings::default);
        let reading = Reading {
            dictionary: &self.dictionary,
            spellings: &spellings,
            title_words: terms.title_words,
        };
        let postings = &mut self.postings;
        reading.each_posting(terms.sequence(), &mut self.scratch, |term, level| {
            if let Some(list) = postings.get_mut(term as usize) {
                list.insert(doc, level);
            }
        });
        for spelling in &spellings {
            self.dictionary.count(*spelling, true);
        }
        self.place(doc, id, Box::new(Record::new(&spellings, terms)));
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
        let mut spellings: Vec<Spelling> = Numbers(&record.sequence).filter_map(|n| n.checked_sub(FIRST)).collect();
        spellings.sort_unstable();
        spellings.dedup();
        let local = |number: u32| {
            let Some(spelling) = number.checked_sub(FIRST) else {
                return number;
            };
            FIRST + u32::try_from(spellings.partition_point(|s| *s < spelling)).unwrap_or(0)
        };
        let reading = Reading {
            dictionary: &self.dictionary,
            spellings: &spellings,
            title_words: record.title_words,
        };
        let postings = &mut self.postings;
        reading.each_posting(Numbers(&record.sequence).map(local), &mut self.scratch, |term, _| {
            if let Some(list) = postings.get_mut(term as usize) {
                list.remove(doc);
            }
        });
        for spelling in spellings {
            self.dictionary.count(spelling, false);
        }
        for name in &record.names {
            self.names.remove(&(Box::from(fold(name)), doc));
        }
        if self.docs.is_empty() {
            self.monotone = true;
        }
    }

    /// Adds many new documents, each number once, fastest in ascending order. Uses all cores.
    pub fn build_bulk(&mut self, documents: Vec<(u32, u128, DocTerms)>) {
        let mut rest = documents;
        while !rest.is_empty() {
            let tail = rest.split_off(rest.len().min(BATCH));
            self.build_batch(rest);
            rest = tail;
        }
        if self.docs.len() >= self.shrunk_at.max(u64::from(u16::MAX / 8)) * 2 {
            self.postings.par_iter_mut().for_each(Postings::shrink);
            self.shrunk_at = self.docs.len();
        }
    }

    fn build_batch(&mut self, mut documents: Vec<(u32, u128, DocTerms)>) {
        if documents.len() < PARALLEL {
            for (doc, id, terms) in documents {
                self.insert(doc, id, terms);
            }
            return;
        }
        for (doc, _, _) in &documents {
            self.remove(*doc);
        }
        let known = self.intern_all(&documents);
        let dictionary = &self.dictionary;
        let share = documents.len().div_ceil(rayon::current_num_threads());
        let parts: Vec<Part> = documents
            .par_chunks_mut(share)
            .zip(known.par_chunks(share))
            .map(|(documents, known)| Part::read(dictionary, documents, known))
            .collect();
        self.postings.resize_with(dictionary.term_count(), Postings::default);
        self.postings.par_iter_mut().enumerate().for_each(|(term, postings)| {
            for list in parts
                .iter()
                .map(|part| part.postings.of(term))
                .filter(|list| !list.is_empty())
            {
                postings.extend(list);
            }
        });
        for ((doc, id, _), (record, spellings)) in documents.iter().zip(parts.into_iter().flat_map(|part| part.records))
        {
            for spelling in spellings {
                self.dictionary.count(spelling, true);
            }
            self.place(*doc, *id, record);
        }
    }

    /// Makes all spellings of a bulk known. Gives the numbers of those that were known before.
    fn intern_all(&mut self, documents: &[(u32, u128, DocTerms)]) -> Vec<Vec<Option<Spelling>>> {
        let dictionary = &self.dictionary;
        let numbers = |terms: &DocTerms| terms.spellings().map(|s| dictionary.spelling(s)).collect();
        let known: Vec<Vec<Option<Spelling>>> = documents.par_iter().map(|(_, _, terms)| numbers(terms)).collect();
        let mut fresh: FxHashMap<&str, u32> = FxHashMap::default();
        for ((_, _, terms), known) in documents.iter().zip(&known) {
            for (spelling, _) in terms.spellings().zip(known).filter(|(_, known)| known.is_none()) {
                *fresh.entry(spelling).or_default() += 1;
            }
        }
        // Frequent spellings get small numbers, which take one byte in the sequences of the documents.
        let mut fresh: Vec<(&str, u32)> = fresh.into_iter().collect();
        fresh.sort_unstable_by(|(x, a), (y, b)| b.cmp(a).then_with(|| x.cmp(y)));
        let analysed: Vec<(&str, Analysis)> = fresh.into_par_iter().map(|(s, _)| (s, Analysis::of(s))).collect();
        for (spelling, analysis) in analysed {
            self.dictionary.add(spelling, analysis);
        }
        known
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

    /// Those of the documents in which the words of a phrase stand next to each other.
    pub(super) fn with_phrase(&self, docs: &RoaringBitmap, phrase: &[Term]) -> RoaringBitmap {
        // For each spelling, whether it has the first word of the phrase, and whether it has the second.
        let mut marks = vec![0_u8; self.dictionary.spelling_count()];
        for (bit, term) in [1, 2].into_iter().zip(phrase) {
            for spelling in self.dictionary.spellings_with(*term) {
                if let Some(mark) = marks.get_mut(spelling as usize) {
                    *mark |= bit;
                }
            }
        }
        docs.iter()
            .filter(|doc| {
                self.record(*doc)
                    .is_some_and(|record| self.has_phrase(record, phrase, &marks))
            })
            .collect()
    }

    fn has_phrase(&self, record: &Record, phrase: &[Term], marks: &[u8]) -> bool {
        let mut before = 0;
        let begins = Numbers(&record.sequence).any(|number| {
            let mark = number
                .checked_sub(FIRST)
                .and_then(|s| marks.get(s as usize))
                .copied()
                .unwrap_or(0);
            let begins = mark == 3 || (mark & 2 != 0 && before & 1 != 0) || (mark & 1 != 0 && phrase.len() == 1);
            before = mark;
            begins
        });
        if !begins {
            return false;
        }
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

/// A document while its postings are worked out. Its sequence counts spellings from [`FIRST`] on in the order of `spellings`.
struct Reading<'a> {
    dictionary: &'a Dictionary,
    spellings: &'a [Spelling],
    title_words: u16,
}

impl Reading<'_> {
    /// Calls `posting` with each term of the document and its level, in no order that means anything.
    fn each_posting(
        &self,
        sequence: impl Iterator<Item = u32> + Clone,
        scratch: &mut Scratch,
        mut posting: impl FnMut(Term, u8),
    ) {
        let Scratch { counts, terms, words } = scratch;
        counts.clear();
        counts.resize(self.spellings.len(), [0; 8]);
        let mut place = Place::Other;
        for number in sequence.clone() {
            let Some(spelling) = number.checked_sub(FIRST) else {
                place = PLACES.get(number as usize).copied().unwrap_or(Place::Other);
                continue;
            };
            if let Some(n) = counts
                .get_mut(spelling as usize)
                .and_then(|counts| counts.get_mut(place.index()))
            {
                *n = (*n + 1).min(MAX_COUNT);
            }
        }
        let mut concepts = false;
        for (spelling, counts) in self.spellings.iter().zip(&*counts) {
            concepts |= self.dictionary.words_of(*spelling).1;
            for (term, kind) in self.dictionary.terms_of(*spelling) {
                if let Some(occurrences) = terms.get(term) {
                    occurrences.add(*counts, kind == Kind::Part, kind == Kind::Stop);
                }
            }
        }
        if concepts {
            words.clear();
            self.count_concepts(sequence, words, terms);
        }
        for (term, occurrences) in terms.filled.drain(..) {
            if !occurrences.is_empty() {
                posting(term, occurrences.level(usize::from(self.title_words)));
            }
        }
    }

    /// Counts the groups of words that the thesaurus knows.
    fn count_concepts(
        &self,
        sequence: impl Iterator<Item = u32>,
        words: &mut Vec<Option<Term>>,
        terms: &mut Slots<Occurrences>,
    ) {
        let known: Vec<(&[Term], bool)> = self.spellings.iter().map(|s| self.dictionary.words_of(*s)).collect();
        let mut place = Place::Other;
        // Words that may begin a concept, with their places.
        let mut begins: Vec<(usize, Place)> = Vec::new();
        for number in sequence {
            let Some((own, begins_concept)) = number.checked_sub(FIRST).and_then(|s| known.get(s as usize)) else {
                place = PLACES.get(number as usize).copied().unwrap_or(Place::Other);
                words.push(None);
                continue;
            };
            if *begins_concept {
                begins.extend((words.len()..words.len() + own.len()).map(|at| (at, place)));
            }
            words.extend(own.iter().map(|t| Some(*t)));
        }
        for (at, place) in begins {
            for concept in self.dictionary.concepts_at(words.get(at..).unwrap_or_default()) {
                if let Some(occurrences) = terms.get(concept) {
                    occurrences.count(place, false);
                }
            }
        }
    }
}
