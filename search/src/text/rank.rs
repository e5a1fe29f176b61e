//! The best of the matches, without scoring all of them.
//!
//! Every group's documents fall into classes of equal value, best first. The classes are read from the top downwards; as soon
//! as enough documents score better than the best that an unread one could, the rest need not be looked at.

use std::cmp::Reverse;

use roaring::RoaringBitmap;

use super::evaluate::{Found, FoundGroup, Score, Weighted, score_all, value};
use super::index::TextIndex;
use super::plan::TextPlan;

/// Up to so many candidates are simply all scored.
const SCORE_ALL: u64 = 1_024;

/// Documents of one group that no leaf values higher than this.
struct Class<'a> {
    value: u32,
    docs: ClassDocs<'a>,
}

enum ClassDocs<'a> {
    Level(Weighted<'a>, u8),
    /// Parts apart: valued when scored.
    Parts(&'a Found<'a>),
}

impl TextIndex {
    /// The best documents of `within` (the matches, or some of them), by falling score and then by rising id, behind `after`.
    pub fn top(
        &self,
        plan: &TextPlan,
        within: &RoaringBitmap,
        after: Option<(Score, u128)>,
        limit: usize,
    ) -> Vec<(u32, Score)> {
        if limit == 0 {
            return Vec::new();
        }
        let groups: Vec<FoundGroup<'_>> = plan.groups.iter().map(|g| self.find_group(g)).collect();
        let mut ranking = Ranking {
            index: self,
            after,
            limit,
            best: Vec::new(),
        };
        if within.len() <= SCORE_ALL {
            ranking.add(score_all(&groups, within));
        } else {
            ranking.read_classes(&groups, within);
        }
        ranking.finish()
    }
}

struct Ranking<'a> {
    index: &'a TextIndex,
    after: Option<(Score, u128)>,
    limit: usize,
    best: Vec<(Score, u32)>,
}

impl Ranking<'_> {
    fn add(&mut self, scored: Vec<(u32, Score)>) {
        let after = self.after.map(|(score, id)| (Reverse(score), id));
        let behind = |doc: u32, score: Score| after.is_none_or(|after| (Reverse(score), self.index.id(doc)) > after);
        self.best.extend(
            scored
                .into_iter()
                .filter(|(doc, score)| behind(*doc, *score))
                .map(|(doc, score)| (score, doc)),
        );
        if self.best.len() > self.limit * 2 {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let index = self.index;
        let key = |(score, doc): &(Score, u32)| (Reverse(*score), index.id(*doc));
        if self.best.len() > self.limit {
            self.best.select_nth_unstable_by_key(self.limit - 1, key);
            self.best.truncate(self.limit);
        }
    }

    /// Whether nothing that scores at most so much can come in any more.
    fn is_settled(&mut self, bound: u32) -> bool {
        self.cut();
        self.best.len() == self.limit && self.best.iter().all(|(score, _)| score.0 > bound)
    }

    fn read_classes(&mut self, groups: &[FoundGroup<'_>], within: &RoaringBitmap) {
        let mut classes: Vec<(u32, std::vec::IntoIter<Class<'_>>, Option<Class<'_>>)> = groups
            .iter()
            .map(|group| {
                let mut rest = classes_of(group).into_iter();
                let next = rest.next();
                (group.weight, rest, next)
            })
            .collect();
        let single = classes.len() == 1;
        let mut unseen = within.clone();
        loop {
            let bound: u32 = classes
                .iter()
                .map(|(weight, _, next)| next.as_ref().map_or(0, |c| c.value * weight))
                .sum();
            if unseen.is_empty() || self.is_settled(bound) {
                return;
            }
            // The group that raises the bound most is read on.
            let next = classes
                .iter_mut()
                .max_by_key(|(weight, _, next)| next.as_ref().map_or(0, |c| c.value * *weight));
            let Some((weight, rest, slot)) = next else { return };
            let Some(class) = std::mem::replace(slot, rest.next()) else {
                return;
            };
            let here = match class.docs {
                ClassDocs::Level(term, level) => term.postings.at_level(level, &unseen),
                ClassDocs::Parts(found) => {
                    let mut docs = RoaringBitmap::new();
                    found.union_into(&mut docs);
                    docs & &unseen
                }
            };
            if here.is_empty() {
                continue;
            }
            if let (true, ClassDocs::Level(..)) = (single, &class.docs) {
                self.add_equal(&here, Score(class.value * *weight));
            } else {
                self.add(score_all(groups, &here));
            }
            unseen -= here;
        }
    }

    /// Adds documents of equal score: by rising id, so where numbers rise with the ids only the first ones count.
    fn add_equal(&mut self, docs: &RoaringBitmap, score: Score) {
        if !self.index.monotone {
            self.add(docs.iter().map(|doc| (doc, score)).collect());
            return;
        }
        let first = match self.after {
            Some((after, _)) if score > after => return,
            Some((after, id)) if score == after => self.first_behind(docs, id),
            _ => 0,
        };
        self.add(docs.range(first..).take(self.limit).map(|doc| (doc, score)).collect());
    }

    /// The first document whose id is behind one, where numbers rise with the ids.
    fn first_behind(&self, docs: &RoaringBitmap, id: u128) -> u32 {
        let (mut low, mut high) = (0, docs.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let doc = docs.select(u32::try_from(middle).unwrap_or(u32::MAX));
            if doc.is_some_and(|doc| self.index.id(doc) <= id) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        docs.select(u32::try_from(low).unwrap_or(u32::MAX)).unwrap_or(u32::MAX)
    }

    fn finish(mut self) -> Vec<(u32, Score)> {
        self.cut();
        let index = self.index;
        self.best
            .sort_unstable_by_key(|(score, doc)| (Reverse(*score), index.id(*doc)));
        self.best.into_iter().map(|(score, doc)| (doc, score)).collect()
    }
}

fn classes_of<'a>(group: &'a FoundGroup<'a>) -> Vec<Class<'a>> {
    let mut classes = Vec::new();
    for leaf in &group.leaves {
        match leaf {
            Found::Term(term) => classes.extend(term.postings.levels().into_iter().map(|level| Class {
                value: value(term.factor, level),
                docs: ClassDocs::Level(*term, level),
            })),
            Found::All { factor, .. } => {
                let most = value(100, 15) * u32::from(*factor) / 100;
                classes.push(Class {
                    value: most,
                    docs: ClassDocs::Parts(leaf),
                });
            }
        }
    }
    classes.sort_by_key(|class| Reverse(class.value));
    classes
}
