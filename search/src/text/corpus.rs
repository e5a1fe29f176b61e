//! What one caller searches: the texts of public documents, and those of hidden ones that the caller sees.
//!
//! Everything comes out as if there were no other hidden documents: neither their number nor their words leave a trace in a
//! plan, which travels to the caller in a cursor.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use super::document::{FIRST, Numbers};
use super::evaluate::{Score, enough};
use super::index::TextIndex;
use super::plan::{Group, TextPlan};

/// Public texts, and perhaps hidden ones. A document is in one index only.
#[derive(Debug)]
pub struct Corpus<'a> {
    pub(super) public: &'a TextIndex,
    hidden: Option<Hidden<'a>>,
}

/// An index of hidden documents, and those of them that are seen.
#[derive(Debug)]
struct Hidden<'a> {
    index: &'a TextIndex,
    seen: &'a RoaringBitmap,
    /// How many of the seen documents have each spelling.
    counts: OnceCell<Cow<'a, [u32]>>,
}

impl Hidden<'_> {
    fn counts(&self) -> &[u32] {
        self.counts.get_or_init(|| self.index.spelling_counts(self.seen))
    }

    fn seen(&self, mut docs: RoaringBitmap) -> RoaringBitmap {
        docs &= self.seen;
        docs
    }
}

impl<'a> Corpus<'a> {
    /// The public texts alone.
    pub fn public(public: &'a TextIndex) -> Self {
        Self { public, hidden: None }
    }

    /// The public texts, and those of some documents of an index of hidden ones.
    pub fn with_hidden(public: &'a TextIndex, hidden: &'a TextIndex, seen: &'a RoaringBitmap) -> Self {
        let hidden = Hidden {
            index: hidden,
            seen,
            counts: OnceCell::new(),
        };
        Self {
            public,
            hidden: Some(hidden),
        }
    }

    /// Number of documents.
    pub(super) fn len(&self) -> u64 {
        self.public.docs.len() + self.hidden.as_ref().map_or(0, |h| h.seen.len())
    }

    /// The documents that satisfy a group.
    pub(super) fn group_docs(&self, group: &Group) -> RoaringBitmap {
        let mut docs = self.public.group_docs(group);
        if let Some(hidden) = &self.hidden {
            docs |= hidden.seen(hidden.index.group_docs(group));
        }
        docs
    }

    /// How many documents have a term.
    pub(super) fn term_docs(&self, term: &str) -> u64 {
        let public = self.public.postings_of(term).map_or(0, super::postings::Postings::len);
        let hidden = self.hidden.as_ref().map_or(0, |hidden| {
            let mut docs = RoaringBitmap::new();
            if let Some(postings) = hidden.index.postings_of(term) {
                postings.union_into(&mut docs);
            }
            docs.intersection_len(hidden.seen)
        });
        public + hidden
    }

    /// Whether a folded word stands in some document.
    pub(super) fn has_form(&self, form: &str) -> bool {
        let is_hidden = |h: &Hidden<'_>| h.index.dictionary.form_docs_in(form, h.counts()) > 0;
        self.public.dictionary.form_docs(form) > 0 || self.hidden.as_ref().is_some_and(is_hidden)
    }

    /// Folded words that begin so, at most so many of each index, with the number of documents.
    pub(super) fn forms_with_prefix<'s>(&'s self, prefix: &'s str, most: usize) -> Vec<(&'s str, u32)> {
        let public = self.public.dictionary.forms_with_prefix(prefix).take(most);
        let Some(hidden) = &self.hidden else {
            return public.collect();
        };
        let mut forms: BTreeMap<&str, u32> = public.collect();
        let dictionary = &hidden.index.dictionary;
        for (form, docs) in dictionary.forms_with_prefix_in(prefix, hidden.counts()).take(most) {
            *forms.entry(form).or_default() += docs;
        }
        forms.into_iter().collect()
    }

    /// Folded unsplit words that end so and are longer, at most so many of each index.
    pub(super) fn forms_with_suffix(&self, suffix: &str, most: usize) -> Vec<String> {
        let mut forms: Vec<String> = self.public.dictionary.forms_with_suffix(suffix).take(most).collect();
        if let Some(hidden) = &self.hidden {
            let dictionary = &hidden.index.dictionary;
            let more = dictionary.forms_with_suffix_in(suffix, hidden.counts()).take(most);
            let more: Vec<String> = more.filter(|form| !forms.contains(form)).collect();
            forms.extend(more);
        }
        forms
    }

    /// The documents that satisfy enough of the groups, whose documents are given, and all phrases.
    pub(super) fn combine(&self, plan: &TextPlan, sets: &[RoaringBitmap]) -> RoaringBitmap {
        let docs = enough(plan, sets);
        match &self.hidden {
            Some(hidden) if !plan.phrases.is_empty() => {
                let hidden_docs = hidden.index.with_phrases(plan, &docs & hidden.seen);
                self.public.with_phrases(plan, self.of_public(docs)) | hidden_docs
            }
            _ => self.public.with_phrases(plan, docs),
        }
    }

    /// Those of the documents that are public.
    pub(super) fn of_public(&self, docs: RoaringBitmap) -> RoaringBitmap {
        match &self.hidden {
            Some(_) => docs & &self.public.docs,
            None => docs,
        }
    }

    /// The documents that match a plan.
    pub fn matches(&self, plan: &TextPlan) -> RoaringBitmap {
        let mut docs = self.public.matches(plan);
        if let Some(hidden) = &self.hidden {
            docs |= hidden.seen(hidden.index.evaluate(plan));
        }
        docs
    }

    /// The scores of documents.
    pub fn scores(&self, plan: &TextPlan, docs: &RoaringBitmap) -> Vec<(u32, Score)> {
        let Some(hidden) = &self.hidden else {
            return self.public.scores(plan, docs);
        };
        let mut scores = self.public.scores(plan, &(docs & &self.public.docs));
        scores.extend(hidden.index.scores(plan, &(docs & hidden.seen)));
        scores
    }

    /// The best documents of `within` (the matches, or some of them), by falling score and then by rising id, behind `after`.
    pub fn top(
        &self,
        plan: &TextPlan,
        within: &RoaringBitmap,
        after: Option<(Score, u128)>,
        limit: usize,
    ) -> Vec<(u32, Score)> {
        let Some(hidden) = &self.hidden else {
            return self.public.top(plan, within, after, limit);
        };
        let public = self.public.top(plan, &(within & &self.public.docs), after, limit);
        let hidden_docs = within & hidden.seen;
        let mut best: Vec<(Reverse<Score>, u128, u32)> = Vec::with_capacity(limit.saturating_mul(2).min(1024));
        let ranked = |index: &TextIndex, (doc, score): (u32, Score)| (Reverse(score), index.id(doc), doc);
        best.extend(public.into_iter().map(|hit| ranked(self.public, hit)));
        let hits = hidden.index.top(plan, &hidden_docs, after, limit);
        best.extend(hits.into_iter().map(|hit| ranked(hidden.index, hit)));
        best.sort_unstable();
        best.truncate(limit);
        best.into_iter().map(|(Reverse(score), _, doc)| (doc, score)).collect()
    }
}

impl TextIndex {
    /// How many of some documents have each spelling.
    fn spelling_counts(&self, docs: &RoaringBitmap) -> Cow<'_, [u32]> {
        if *docs == self.docs {
            return Cow::Borrowed(self.dictionary.spelling_docs());
        }
        let mut counts = vec![0_u32; self.dictionary.spelling_count()];
        let mut last = vec![u32::MAX; counts.len()];
        for doc in docs {
            let sequence = self.record(doc).map_or(&[][..], |record| &record.sequence);
            for spelling in Numbers(sequence).filter_map(|number| number.checked_sub(FIRST)) {
                let at = spelling as usize;
                if let (Some(count), Some(last)) = (counts.get_mut(at), last.get_mut(at))
                    && std::mem::replace(last, doc) != doc
                {
                    *count += 1;
                }
            }
        }
        Cow::Owned(counts)
    }
}

#[cfg(test)]
mod tests;
