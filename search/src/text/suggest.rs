//! Completion of what is being typed: titles and aliases first, then words.

use std::collections::BTreeSet;
use std::ops::Bound;

use roaring::RoaringBitmap;

use super::correct::each_variant;
use super::fold::{fold, fold_word};
use super::impact::HEAD;
use super::index::TextIndex;
use super::stem::stem;
use super::tokens::each_token;

/// Most words of the dictionary that are looked at.
const MAX_SCANNED: usize = 4_000;
/// Shortest beginning in which a typing error is forgiven.
const MIN_CORRECTED: usize = 4;

/// What a suggestion completes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestionKind {
    /// A title or an alias.
    Name,
    /// A word of the catalogue.
    Word,
}

/// A completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The text to search for.
    pub text: String,
    /// What it is.
    pub kind: SuggestionKind,
}

impl TextIndex {
    /// Completes what is being typed, best first: names that begin so, names with a word that begins so, words. If there is
    /// nothing, one typing error is forgiven.
    pub fn suggest(&self, typed: &str, limit: usize) -> Vec<Suggestion> {
        let mut found = Collector {
            found: Vec::new(),
            seen: BTreeSet::new(),
            limit,
        };
        let typed = typed.trim();
        let mut tokens: Vec<&str> = Vec::new();
        each_token(typed, |token, _| tokens.push(token));
        let Some((last, before)) = tokens.split_last() else {
            return found.found;
        };
        let last = fold_word(last);
        self.names_from(&fold(typed), &mut found);
        let mut forms: Vec<(&str, u32)> = self.dictionary.forms_with_prefix(&last).take(MAX_SCANNED).collect();
        let mut corrected: Vec<(String, u32)> = Vec::new();
        if forms.is_empty() && found.found.is_empty() && last.len() >= MIN_CORRECTED {
            corrected = self.beginnings_near(&last);
            forms = corrected.iter().map(|(form, docs)| (form.as_str(), *docs)).collect();
        }
        forms.sort_by(|(x, a), (y, b)| b.cmp(a).then_with(|| x.cmp(y)));
        let context = self.with_all(before);
        for (form, _) in forms.iter().take(limit.max(8)) {
            self.names_with(form, context.as_ref(), &mut found);
        }
        for (form, _) in forms {
            if found.is_full() {
                break;
            }
            let lead = typed.len() - typed.trim_end_matches(|c: char| !c.is_whitespace()).len();
            let lead = typed.get(..typed.len() - lead).unwrap_or_default();
            if let Some(word) = self.dictionary.display(form) {
                found.add(format!("{lead}{word}"), SuggestionKind::Word);
            }
        }
        drop(corrected);
        found.found
    }

    /// Names that begin so, shortest first.
    fn names_from(&self, typed: &str, found: &mut Collector) {
        let from = (Box::<str>::from(typed), 0);
        let range = self.names.range((Bound::Included(&from), Bound::Unbounded));
        let mut names: Vec<&(Box<str>, u32)> = range
            .take_while(|(name, _)| name.starts_with(typed))
            .take(MAX_SCANNED)
            .collect();
        names.sort_by_key(|(name, doc)| (name.len(), name, self.id(*doc)));
        for (name, doc) in names {
            if found.is_full() {
                return;
            }
            for written in self.names_of(*doc).filter(|written| *fold(written) == **name) {
                found.add(written.to_owned(), SuggestionKind::Name);
            }
        }
    }

    /// Names with a word.
    fn names_with(&self, form: &str, context: Option<&RoaringBitmap>, found: &mut Collector) {
        if found.is_full() {
            return;
        }
        let Some(postings) = self.postings_of(&stem(form)) else {
            return;
        };
        let mut docs = RoaringBitmap::new();
        postings.union_head_into(&mut docs);
        if let Some(context) = context {
            docs &= context;
        }
        let mut near: Vec<u32> = docs.iter().take(MAX_SCANNED / 8).collect();
        let level = |doc: u32| postings.level(doc).unwrap_or(HEAD);
        near.sort_by_key(|doc| (std::cmp::Reverse(level(*doc)), self.id(*doc)));
        for doc in near {
            for written in self.names_of(doc) {
                let mut has = false;
                each_token(written, |token, _| {
                    has |= token.split('-').any(|word| fold_word(word) == form);
                });
                if has && !found.is_full() {
                    found.add(written.to_owned(), SuggestionKind::Name);
                }
            }
        }
    }

    /// The documents with all of several words in their heads; nothing if there are no words.
    fn with_all(&self, words: &[&str]) -> Option<RoaringBitmap> {
        let mut all: Option<RoaringBitmap> = None;
        for word in words.iter().take(8) {
            let mut docs = RoaringBitmap::new();
            if let Some(postings) = self.postings_of(&stem(&fold_word(word))) {
                postings.union_head_into(&mut docs);
            }
            all = Some(match all {
                Some(all) => all & docs,
                None => docs,
            });
        }
        all
    }

    /// Words whose beginning is one typing error away.
    fn beginnings_near(&self, typed: &str) -> Vec<(String, u32)> {
        let mut near = Vec::new();
        let mut beginnings: BTreeSet<String> = BTreeSet::new();
        each_variant(typed, |variant| {
            if self.dictionary.forms_with_prefix(variant).next().is_some() {
                beginnings.insert(variant.to_owned());
            }
        });
        for beginning in beginnings.into_iter().take(8) {
            let forms = self.dictionary.forms_with_prefix(&beginning).take(MAX_SCANNED / 8);
            near.extend(forms.map(|(form, docs)| (form.to_owned(), docs)));
        }
        near.sort();
        near.dedup();
        near
    }

    fn names_of(&self, doc: u32) -> impl Iterator<Item = &str> {
        self.record(doc)
            .into_iter()
            .flat_map(|record| record.names.iter().map(AsRef::as_ref))
    }
}

struct Collector {
    found: Vec<Suggestion>,
    seen: BTreeSet<String>,
    limit: usize,
}

impl Collector {
    fn is_full(&self) -> bool {
        self.found.len() >= self.limit
    }

    fn add(&mut self, text: String, kind: SuggestionKind) {
        if !self.is_full() && self.seen.insert(fold(&text)) {
            self.found.push(Suggestion { text, kind });
        }
    }
}
