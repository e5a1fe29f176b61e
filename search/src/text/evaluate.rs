//! A plan against the postings: which documents match, and with which score.

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::dictionary::Term;
use super::expand::{Leaf, Tie};
use super::impact::{HEAD, VALUES};
use super::index::TextIndex;
use super::plan::{Group, TextPlan};
use super::postings::Postings;

/// Every satisfied word of a query counts so much, before its impact: so that two words found count more than one found in a title.
pub(super) const BASE: u32 = 60;

/// How well a document matches; higher is better. Depends on the document and the plan alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Score(pub u32);

/// A term's postings with what it counts, in hundredths.
#[derive(Clone, Copy)]
pub(super) struct Weighted<'a> {
    pub(super) postings: &'a Postings,
    pub(super) factor: u8,
}

/// A leaf, looked up.
pub(super) enum Found<'a> {
    Term(Weighted<'a>),
    All {
        parts: Vec<Vec<Weighted<'a>>>,
        factor: u8,
        anywhere: bool,
    },
}

/// A group, looked up: only the leaves that some document has.
pub(super) struct FoundGroup<'a> {
    pub(super) weight: u32,
    pub(super) leaves: Vec<Found<'a>>,
}

/// What a leaf counts at a level.
pub(super) fn value(factor: u8, level: u8) -> u32 {
    u32::from(factor) * (BASE + VALUES.get(usize::from(level)).copied().unwrap_or(0))
}

impl Found<'_> {
    pub(super) fn union_into(&self, set: &mut RoaringBitmap) {
        match self {
            Self::Term(term) => term.postings.union_into(set),
            Self::All { parts, anywhere, .. } => {
                let mut all: Option<RoaringBitmap> = None;
                for part in parts {
                    let mut any = RoaringBitmap::new();
                    for name in part {
                        if *anywhere {
                            name.postings.union_into(&mut any);
                        } else {
                            name.postings.union_head_into(&mut any);
                        }
                    }
                    let narrowed = match all {
                        Some(all) => all & any,
                        None => any,
                    };
                    if narrowed.is_empty() {
                        return;
                    }
                    all = Some(narrowed);
                }
                *set |= all.unwrap_or_default();
            }
        }
    }

    /// Raises the value of each candidate to what this leaf gives it.
    fn raise(&self, candidates: &Candidates<'_>, best: &mut [u32]) {
        match self {
            Self::Term(term) => candidates.raise(*term, 0, best),
            Self::All {
                parts,
                factor,
                anywhere,
            } => {
                let least = if *anywhere { 0 } else { HEAD };
                let mut all: Vec<u32> = vec![u32::MAX; best.len()];
                for part in parts {
                    let mut any = vec![0; best.len()];
                    for name in part {
                        candidates.raise(*name, least, &mut any);
                    }
                    for (all, any) in all.iter_mut().zip(any) {
                        *all = (*all).min(any);
                    }
                }
                for (best, all) in best.iter_mut().zip(all) {
                    *best = (*best).max(all.saturating_mul(u32::from(*factor)) / 100);
                }
            }
        }
    }
}

/// Documents to be scored, by ascending number.
struct Candidates<'a> {
    set: &'a RoaringBitmap,
    docs: Vec<u32>,
}

impl Candidates<'_> {
    fn raise(&self, term: Weighted<'_>, least: u8, best: &mut [u32]) {
        let mut at = 0;
        term.postings.each(self.set, |doc, level| {
            if level < least {
                return;
            }
            // Ascending within a level: look on from the last one found.
            if self.docs.get(at).is_some_and(|d| *d > doc) {
                at = 0;
            }
            at += advance(self.docs.get(at..).unwrap_or_default(), doc);
            if let Some(best) = best.get_mut(at) {
                *best = (*best).max(value(term.factor, level));
            }
        });
    }
}

/// How far ahead a document is in an ascending list: gallops, then halves.
fn advance(docs: &[u32], doc: u32) -> usize {
    let mut step = 1;
    while docs.get(step).is_some_and(|d| *d <= doc) {
        step *= 2;
    }
    let start = step / 2;
    start
        + docs
            .get(start..docs.len().min(step))
            .unwrap_or_default()
            .partition_point(|d| *d < doc)
}

impl TextIndex {
    fn weighted<'a>(&'a self, tie: &Tie) -> Option<Weighted<'a>> {
        self.postings_of(&tie.term).map(|postings| Weighted {
            postings,
            factor: tie.factor,
        })
    }

    pub(super) fn find_leaf(&self, leaf: &Leaf, anywhere: bool) -> Option<Found<'_>> {
        match leaf {
            Leaf::Term(tie) => self.weighted(tie).map(Found::Term),
            Leaf::All { parts, factor } => {
                let parts: Vec<Vec<Weighted<'_>>> = parts
                    .iter()
                    .map(|part| part.iter().filter_map(|tie| self.weighted(tie)).collect())
                    .collect();
                if parts.iter().any(Vec::is_empty) {
                    return None;
                }
                Some(Found::All {
                    parts,
                    factor: *factor,
                    anywhere,
                })
            }
        }
    }

    pub(super) fn find_group(&self, group: &Group) -> FoundGroup<'_> {
        let leaves = group
            .leaves
            .iter()
            .filter_map(|leaf| self.find_leaf(leaf, group.anywhere))
            .collect();
        FoundGroup {
            weight: u32::from(group.weight),
            leaves,
        }
    }

    /// The documents that match a plan.
    pub fn matches(&self, plan: &TextPlan) -> RoaringBitmap {
        match &plan.matched {
            Some((generation, docs)) if *generation == self.generation => docs.as_ref().clone(),
            _ => self.evaluate(plan),
        }
    }

    pub(super) fn evaluate(&self, plan: &TextPlan) -> RoaringBitmap {
        let sets: Vec<RoaringBitmap> = plan.groups.iter().map(|group| self.group_docs(group)).collect();
        self.with_phrases(plan, enough(plan, &sets))
    }

    /// The documents that satisfy a group.
    pub(super) fn group_docs(&self, group: &Group) -> RoaringBitmap {
        let mut set = RoaringBitmap::new();
        for leaf in self.find_group(group).leaves {
            leaf.union_into(&mut set);
        }
        set
    }

    /// Those of the documents that have all phrases of a plan.
    pub(super) fn with_phrases(&self, plan: &TextPlan, mut docs: RoaringBitmap) -> RoaringBitmap {
        for phrase in &plan.phrases {
            let terms: Option<Vec<Term>> = phrase.iter().map(|t| self.dictionary.term(t)).collect();
            match terms {
                Some(terms) => {
                    for term in phrase
                        .iter()
                        .zip(&terms)
                        .filter(|(word, _)| plan.asks_for(word))
                        .map(|(_, t)| *t)
                    {
                        let mut with = RoaringBitmap::new();
                        if let Some(postings) = self.postings.get(term as usize) {
                            postings.union_into(&mut with);
                        }
                        docs &= with;
                    }
                    docs = self.with_phrase(&docs, &terms);
                }
                None => docs.clear(),
            }
        }
        docs
    }

    /// The scores of documents.
    pub fn scores(&self, plan: &TextPlan, docs: &RoaringBitmap) -> Vec<(u32, Score)> {
        let groups: Vec<FoundGroup<'_>> = plan.groups.iter().map(|g| self.find_group(g)).collect();
        score_all(&groups, docs)
    }

    /// The score of one document. For several use [`TextIndex::scores`].
    pub fn score(&self, plan: &TextPlan, doc: u32) -> Score {
        let docs = RoaringBitmap::from_iter([doc]);
        self.scores(plan, &docs).first().map_or(Score(0), |(_, score)| *score)
    }
}

/// The scores of documents, by ascending number.
pub(super) fn score_all(groups: &[FoundGroup<'_>], docs: &RoaringBitmap) -> Vec<(u32, Score)> {
    let candidates = Candidates {
        set: docs,
        docs: docs.iter().collect(),
    };
    let mut scores = vec![0; candidates.docs.len()];
    let mut best = vec![0; candidates.docs.len()];
    for group in groups {
        best.fill(0);
        for leaf in &group.leaves {
            leaf.raise(&candidates, &mut best);
        }
        for (score, best) in scores.iter_mut().zip(&best) {
            *score += best * group.weight;
        }
    }
    candidates.docs.into_iter().zip(scores.into_iter().map(Score)).collect()
}

/// The documents that satisfy enough of a plan's groups, whose documents are given.
pub(super) fn enough(plan: &TextPlan, sets: &[RoaringBitmap]) -> RoaringBitmap {
    let mut parts: Vec<(u32, &RoaringBitmap)> = plan.groups.iter().map(|g| u32::from(g.weight)).zip(sets).collect();
    parts.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.len().cmp(&y.len())));
    at_least(&parts, plan.required)
}

/// The documents that are in sets of at least the required weight together. `sets` by descending weight.
fn at_least(sets: &[(u32, &RoaringBitmap)], required: u32) -> RoaringBitmap {
    let total: u32 = sets.iter().map(|(weight, _)| weight).sum();
    let Some(((weight, first), rest)) = sets.split_first() else {
        return RoaringBitmap::new();
    };
    if required == 0 || required > total {
        return RoaringBitmap::new();
    }
    if required == total {
        let mut by_size: Vec<&RoaringBitmap> = sets.iter().map(|(_, set)| *set).collect();
        by_size.sort_by_key(|set| set.len());
        let (mut docs, rest) = match by_size.split_first() {
            Some((smallest, rest)) => ((*smallest).clone(), rest),
            None => return RoaringBitmap::new(),
        };
        for set in rest {
            docs &= *set;
        }
        return docs;
    }
    let without = at_least(rest, required);
    let mut with = (*first).clone();
    if required > *weight {
        with &= at_least(rest, required - weight);
    }
    with | without
}
