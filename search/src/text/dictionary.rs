//! The words of all documents: each spelling analysed once, with the terms it stands for.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashTable;
use rustc_hash::FxHashMap;

use super::compound;
use super::document::hash;
use super::thesaurus::concepts_from;
use super::tokens::{Analysis, Kind};

/// Number of a term.
pub(super) type Term = u32;
/// Number of a spelling.
pub(super) type Spelling = u32;

/// Strings with numbers, stored one behind the other.
#[derive(Clone, Debug, Default)]
struct Strings {
    text: String,
    ends: Vec<u32>,
    table: HashTable<Slot>,
}

/// Where a string lies: in the table itself, so that a look-up touches little memory.
#[derive(Clone, Copy, Debug)]
struct Slot {
    number: u32,
    start: u32,
    len: u8,
}

impl Slot {
    fn of<'t>(&self, text: &'t str) -> &'t str {
        let start = self.start as usize;
        text.get(start..start + usize::from(self.len)).unwrap_or_default()
    }
}

impl Strings {
    fn get(&self, number: u32) -> &str {
        let at = number as usize;
        let start = at.checked_sub(1).and_then(|b| self.ends.get(b)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    #[inline]
    fn find(&self, text: &str) -> Option<u32> {
        let same = |slot: &Slot| usize::from(slot.len) == text.len() && slot.of(&self.text) == text;
        self.table.find(hash(text), same).map(|slot| slot.number)
    }

    fn insert(&mut self, text: &str) -> u32 {
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        // Spellings are cut to 120 bytes, and folding makes at most twice as much of them.
        let len = u8::try_from(text.len()).unwrap_or(u8::MAX);
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let all = &self.text;
        self.table
            .insert_unique(hash(text), Slot { number, start, len }, |slot| hash(slot.of(all)));
        number
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn heap_bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * 4 + self.table.allocation_size()
    }
}

/// A group of words as numbers of terms.
#[derive(Clone, Debug)]
struct ConceptTerms {
    words: Vec<Term>,
    term: Term,
}

/// The dictionary.
#[derive(Clone, Debug, Default)]
pub(super) struct Dictionary {
    spellings: Strings,
    terms: Strings,
    /// Number of documents with a spelling.
    docs: Vec<u32>,
    /// Where the terms of a spelling lie in [`Dictionary::pool`]: their number, then each with its kind.
    terms_at: Vec<u32>,
    /// Where the words of a spelling lie in [`Dictionary::pool`] as terms: their number (and whether one of them begins a concept),
    /// then each.
    words_at: Vec<u32>,
    pool: Vec<u32>,
    /// Term → its first entry in `word_links`, plus one.
    word_heads: Vec<u32>,
    /// Spellings that have a term as a word, each with the next entry of the same term, plus one.
    word_links: Vec<(Spelling, u32)>,
    /// First term → the groups that begin with it, longest first.
    concepts: FxHashMap<Term, Vec<ConceptTerms>>,
    /// Folded words (and words joined over hyphens) → their spellings.
    forms: BTreeMap<Box<[u8]>, Vec<Spelling>>,
    /// Folded words that the word list cannot split, backwards: for unlisted last parts.
    backwards: BTreeSet<Box<[u8]>>,
}

/// Number of documents with a folded word (at most: spellings are counted apart).
fn docs_of(docs: &[u32], spellings: &[Spelling]) -> u32 {
    spellings.iter().filter_map(|s| docs.get(*s as usize)).sum()
}

impl Dictionary {
    /// Makes a spelling known.
    pub(super) fn intern(&mut self, spelling: &str) {
        if !self.has_spelling(spelling) {
            self.add(spelling, Analysis::of(spelling));
        }
    }

    #[inline]
    pub(super) fn has_spelling(&self, spelling: &str) -> bool {
        self.spellings.find(spelling).is_some()
    }

    /// The number of a spelling.
    #[inline]
    pub(super) fn spelling(&self, spelling: &str) -> Option<Spelling> {
        self.spellings.find(spelling)
    }

    /// Adds a new spelling.
    pub(super) fn add(&mut self, spelling: &str, analysis: Analysis) {
        let number = self.spellings.insert(spelling);
        self.docs.push(0);
        self.terms_at.push(u32::try_from(self.pool.len()).unwrap_or(u32::MAX));
        self.pool.push(u32::try_from(analysis.terms.len()).unwrap_or(0));
        for (term, kind) in &analysis.terms {
            let term = self.intern_term(term);
            self.pool.push(term << 2 | *kind as u32);
        }
        let at = self.pool.len();
        self.words_at.push(u32::try_from(at).unwrap_or(u32::MAX));
        self.pool.push(0);
        let mut begins_concept = false;
        for word in &analysis.words {
            let term = self.intern_term(&word.stem);
            self.pool.push(term);
            self.link_word(term, number);
            begins_concept |= self.load_concepts(term, &word.stem);
        }
        let words = u32::try_from(analysis.words.len()).unwrap_or(0);
        if let Some(head) = self.pool.get_mut(at) {
            *head = words << 1 | u32::from(begins_concept);
        }
        for form in analysis.words.into_iter().map(|w| w.form).chain(analysis.joined) {
            self.add_form(&form, number);
        }
    }

    fn add_form(&mut self, form: &str, spelling: Spelling) {
        if let Some(spellings) = self.forms.get_mut(form.as_bytes()) {
            if !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
            return;
        }
        self.forms.insert(form.as_bytes().into(), vec![spelling]);
        if form.len() >= 8 && compound::split(form).is_empty() {
            self.backwards.insert(form.bytes().rev().collect());
        }
    }

    fn intern_term(&mut self, term: &str) -> Term {
        match self.terms.find(term) {
            Some(number) => number,
            None => self.terms.insert(term),
        }
    }

    /// Makes the concepts that begin with a term known by number; tells whether there are any.
    fn load_concepts(&mut self, term: Term, stem: &str) -> bool {
        let concepts = concepts_from(stem);
        if concepts.is_empty() {
            return false;
        }
        if !self.concepts.contains_key(&term) {
            let known = concepts
                .iter()
                .map(|c| ConceptTerms {
                    words: c.stems.iter().map(|s| self.intern_term(s)).collect(),
                    term: self.intern_term(&c.term),
                })
                .collect();
            self.concepts.insert(term, known);
        }
        true
    }

    /// The number of a term that some document had.
    pub(super) fn term(&self, term: &str) -> Option<Term> {
        self.terms.find(term)
    }

    pub(super) fn term_count(&self) -> usize {
        self.terms.len()
    }

    /// The terms of a spelling.
    #[inline]
    pub(super) fn terms_of(&self, spelling: Spelling) -> impl Iterator<Item = (Term, Kind)> {
        let at = self.terms_at.get(spelling as usize).copied().unwrap_or(0) as usize;
        let count = self.pool.get(at).copied().unwrap_or(0) as usize;
        let kind = |packed: u32| match packed & 3 {
            0 => Kind::Whole,
            1 => Kind::Part,
            _ => Kind::Stop,
        };
        self.pool
            .get(at + 1..at + 1 + count)
            .unwrap_or_default()
            .iter()
            .map(move |p| (*p >> 2, kind(*p)))
    }

    /// The words of a spelling as terms, and whether one of them begins a concept.
    #[inline]
    pub(super) fn words_of(&self, spelling: Spelling) -> (&[Term], bool) {
        let at = self.words_at.get(spelling as usize).copied().unwrap_or(0) as usize;
        let head = self.pool.get(at).copied().unwrap_or(0);
        (
            self.pool.get(at + 1..at + 1 + (head >> 1) as usize).unwrap_or_default(),
            head & 1 == 1,
        )
    }

    fn link_word(&mut self, term: Term, spelling: Spelling) {
        if self.word_heads.len() <= term as usize {
            self.word_heads.resize(self.terms.len(), 0);
        }
        if let Some(head) = self.word_heads.get_mut(term as usize) {
            self.word_links.push((spelling, *head));
            *head = u32::try_from(self.word_links.len()).unwrap_or(0);
        }
    }

    /// The spellings that have a term as a word.
    pub(super) fn spellings_with(&self, term: Term) -> impl Iterator<Item = Spelling> {
        let mut next = self.word_heads.get(term as usize).copied().unwrap_or(0);
        std::iter::from_fn(move || {
            let (spelling, after) = *self.word_links.get((next as usize).checked_sub(1)?)?;
            next = after;
            Some(spelling)
        })
    }

    pub(super) fn spelling_count(&self) -> usize {
        self.docs.len()
    }

    /// The concepts that stand at the beginning of a sequence of words.
    pub(super) fn concepts_at<'a>(&'a self, words: &'a [Option<Term>]) -> impl Iterator<Item = Term> + 'a {
        let first = words.first().copied().flatten();
        let concepts = first.and_then(|f| self.concepts.get(&f)).map_or(&[][..], Vec::as_slice);
        concepts
            .iter()
            .filter(move |c| c.words.len() <= words.len() && c.words.iter().zip(words).all(|(a, b)| Some(*a) == *b))
            .map(|c| c.term)
    }

    /// Counts a document with a spelling, or takes it back.
    pub(super) fn count(&mut self, spelling: Spelling, more: bool) {
        if let Some(docs) = self.docs.get_mut(spelling as usize) {
            *docs = if more { *docs + 1 } else { docs.saturating_sub(1) };
        }
    }

    /// Number of documents with each spelling.
    pub(super) fn spelling_docs(&self) -> &[u32] {
        &self.docs
    }

    /// Number of documents with a folded word.
    pub(super) fn form_docs(&self, form: &str) -> u32 {
        self.form_docs_in(form, &self.docs)
    }

    /// The same among documents whose spellings are counted in `docs`.
    pub(super) fn form_docs_in(&self, form: &str, docs: &[u32]) -> u32 {
        self.forms
            .get(form.as_bytes())
            .map_or(0, |spellings| docs_of(docs, spellings))
    }

    /// Folded words of documents from a bound on, in their order, with the number of documents.
    pub(super) fn forms_from<'a>(&'a self, from: &[u8]) -> impl Iterator<Item = (&'a str, u32)> + 'a {
        self.forms_from_in(from, &self.docs)
    }

    fn forms_from_in<'a>(&'a self, from: &[u8], docs: &'a [u32]) -> impl Iterator<Item = (&'a str, u32)> + 'a {
        self.forms
            .range::<[u8], _>((std::ops::Bound::Included(from), std::ops::Bound::Unbounded))
            .map(|(form, spellings)| (std::str::from_utf8(form).unwrap_or_default(), docs_of(docs, spellings)))
            .filter(|(_, docs)| *docs > 0)
    }

    /// Folded words of documents that begin so.
    pub(super) fn forms_with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, u32)> + 'a {
        self.forms_with_prefix_in(prefix, &self.docs)
    }

    /// The same among documents whose spellings are counted in `docs`.
    pub(super) fn forms_with_prefix_in<'a>(
        &'a self,
        prefix: &'a str,
        docs: &'a [u32],
    ) -> impl Iterator<Item = (&'a str, u32)> + 'a {
        self.forms_from_in(prefix.as_bytes(), docs)
            .take_while(move |(form, _)| form.starts_with(prefix))
    }

    /// Folded unsplit words of documents that end so and are longer.
    pub(super) fn forms_with_suffix(&self, suffix: &str) -> impl Iterator<Item = String> {
        self.forms_with_suffix_in(suffix, &self.docs)
    }

    /// The same among documents whose spellings are counted in `docs`.
    pub(super) fn forms_with_suffix_in(&self, suffix: &str, docs: &[u32]) -> impl Iterator<Item = String> {
        let backwards: Vec<u8> = suffix.bytes().rev().collect();
        self.backwards
            .range::<[u8], _>((
                std::ops::Bound::Excluded(backwards.as_slice()),
                std::ops::Bound::Unbounded,
            ))
            .take_while({
                let backwards = backwards.clone();
                move |form| form.starts_with(&backwards)
            })
            .filter_map(|form| String::from_utf8(form.iter().rev().copied().collect()).ok())
            .filter(move |form| self.form_docs_in(form, docs) > 0)
    }

    /// How a folded word is spelled most often.
    pub(super) fn display(&self, form: &str) -> Option<&str> {
        let spellings = self.forms.get(form.as_bytes())?;
        let docs = |s: Spelling| self.docs.get(s as usize).copied().unwrap_or(0);
        spellings
            .iter()
            .map(|s| (docs(*s), self.spellings.get(*s)))
            .filter(|(docs, _)| *docs > 0)
            .max_by(|(a, x), (b, y)| a.cmp(b).then_with(|| y.cmp(x)))
            .map(|(_, text)| text)
    }

    /// Bytes on the heap, estimated.
    pub(super) fn heap_bytes(&self) -> usize {
        let forms: usize = self
            .forms
            .iter()
            .map(|(form, s)| form.len() + s.capacity() * 4 + 72)
            .sum();
        let backwards: usize = self.backwards.iter().map(|form| form.len() + 36).sum();
        self.spellings.heap_bytes()
            + self.terms.heap_bytes()
            + (self.docs.capacity()
                + self.terms_at.capacity()
                + self.words_at.capacity()
                + self.pool.capacity()
                + self.word_heads.capacity()
                + self.word_links.capacity() * 2)
                * 4
            + forms
            + backwards
    }
}
