//! One page of a list, and the cursors to its neighbours.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use domain::access::Sight;
use domain::id::Id;
use domain::limits;
use domain::query::{Query, Queryable, SortBy, SortKey};
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::facets::Facet;
use super::sort::{Boundary, SortValue, Sorting, Wanted};
use super::{Table, visible};
use crate::View;
use crate::text::{Corpus, Correction, Score, TextPlan};

/// The answer to a query.
#[derive(Debug)]
pub struct Answer {
    /// The records of the page, in order.
    pub items: Vec<Hit>,
    /// How many records satisfy the query.
    pub total: u64,
    /// Cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Cursor of the page before, if there is one.
    pub prev: Option<String>,
    /// The counts that were asked for.
    pub facets: Vec<Facet>,
    /// Words of the query that nothing was found for, and those searched for instead.
    pub corrections: Vec<Correction>,
}

/// One record of a page.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Its id.
    pub id: Id,
    /// The whole record as JSON; where the view does not keep it, it must be read from the store.
    pub body: Option<Bytes>,
    /// Whether the last day on which it counts is past: such bodies are marked.
    pub has_lapsed: bool,
}

/// A cursor that is damaged, or belongs to another query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is damaged or belongs to another query; start again without it")]
pub struct BadCursor;

/// What a cursor says. It carries the plan of the text with its weights, so that a record that does not change keeps
/// its score, and its place, while others come and go.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    backward: bool,
    boundary: Boundary,
    plan: Option<TextPlan>,
}

/// Bytes of the check sum that binds a cursor to its query.
const SUM: usize = 9;

fn sum(identity: &str, payload: &[u8]) -> [u8; SUM] {
    let digest = Sha256::new()
        .chain_update(identity)
        .chain_update([0])
        .chain_update(payload)
        .finalize();
    let mut sum = [0; SUM];
    for (to, from) in sum.iter_mut().zip(digest) {
        *to = from;
    }
    sum
}

impl Cursor {
    fn write(&self, identity: &str) -> Option<String> {
        let payload = postcard::to_allocvec(self).ok()?;
        let mut bytes = sum(identity, &payload).to_vec();
        bytes.extend(payload);
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn read(text: &str, identity: &str) -> Option<Self> {
        if text.len() > limits::CURSOR_CHARS {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (given, payload) = bytes.split_at_checked(SUM)?;
        if given != sum(identity, payload) {
            return None;
        }
        postcard::from_bytes(payload).ok()
    }
}

impl<T: Queryable> Table<T> {
    /// Answers a query with what someone sees.
    ///
    /// # Errors
    /// If its cursor is not one that an answer to this query gave.
    pub fn answer(&self, query: &Query, sight: &Sight, view: &View) -> Result<Answer, BadCursor> {
        // The same question about another noun, or by someone who sees other records, is another question.
        let identity = format!("{}|{}{}", T::NOUN, visible::identity(sight), query.identity());
        let cursor = match &query.cursor {
            Some(text) => {
                let cursor = Cursor::read(text, &identity).ok_or(BadCursor)?;
                if !Self::fits(&query.sort, &cursor.boundary) || cursor.plan.is_some() != query.text.is_some() {
                    return Err(BadCursor);
                }
                Some(cursor)
            }
            None => None,
        };
        let hidden = self.visible.hidden(sight);
        let base = self.visible.with(hidden.as_deref());
        let corpus = self.corpus(hidden.as_deref());
        let (backward, boundary, plan) = match cursor {
            Some(Cursor {
                backward,
                boundary,
                plan,
            }) => (backward, Some(boundary), plan),
            None => (false, None, query.text.as_deref().map(|q| corpus.plan(q))),
        };
        let asked = Asked {
            query,
            sight,
            view,
            base: &base,
            with_text: plan.as_ref().map(|plan| corpus.matches(plan)),
        };
        let matches = self.matches(&asked, None);
        let part = Part {
            query,
            identity: &identity,
            matches: &matches,
            backward,
            boundary,
            plan: plan.as_ref(),
            corpus: &corpus,
        };
        let (slots, next, prev) = self.page(&part);
        let items = slots
            .into_iter()
            .filter_map(|slot| self.entry(slot))
            .map(|entry| Hit {
                id: entry.id,
                body: entry.body.clone(),
                has_lapsed: entry.has_lapsed,
            })
            .collect();
        Ok(Answer {
            items,
            total: matches.len(),
            next,
            prev,
            facets: self.facets(&asked, &matches),
            corrections: plan.map(|p| p.corrections).unwrap_or_default(),
        })
    }

    fn page(&self, part: &Part<'_>) -> (Vec<u32>, Option<String>, Option<String>) {
        let query = part.query;
        if query.limit == 0 {
            return (Vec::new(), None, None);
        }
        let scores = match part.plan {
            Some(plan) if !is_ranked(&query.sort) && query.sort.iter().any(|k| k.by == SortBy::Score) => {
                part.corpus.scores(plan, part.matches).into_iter().collect()
            }
            _ => FxHashMap::default(),
        };
        let mut sorting = Sorting {
            keys: &query.sort,
            scores,
        };
        // One more than wanted tells whether there is a further page in this direction.
        let mut slots = match part.plan {
            Some(plan) if is_ranked(&query.sort) => self.ranked(part, plan, &mut sorting),
            _ => self.next(
                &sorting,
                &Wanted {
                    among: part.matches,
                    boundary: part.boundary.as_ref(),
                    backward: part.backward,
                    count: query.limit + 1,
                },
            ),
        };
        let more = slots.len() > query.limit;
        slots.truncate(query.limit);
        if part.backward {
            slots.reverse();
        }
        // Where one came from lies on the other side, even if the records there are gone by now.
        let (has_next, has_prev) = if part.backward {
            (true, more)
        } else {
            (more, part.boundary.is_some())
        };
        let cursor = |slot: Option<&u32>, backward| {
            slot.and_then(|slot| {
                let boundary = self.boundary(&sorting, *slot);
                Cursor {
                    backward,
                    boundary,
                    plan: part.plan.cloned(),
                }
                .write(part.identity)
            })
        };
        let next = if has_next { cursor(slots.last(), false) } else { None };
        let prev = if has_prev { cursor(slots.first(), true) } else { None };
        (slots, next, prev)
    }

    /// The usual order of a text query, by score and then id, comes straight from the text index.
    fn ranked(&self, part: &Part<'_>, plan: &TextPlan, sorting: &mut Sorting<'_>) -> Vec<u32> {
        let boundary = part.boundary.as_ref().and_then(|b| match b.values.as_slice() {
            [SortValue::Score(score), SortValue::Id(id)] => Some((*score, *id)),
            _ => None,
        });
        let wanted = part.query.limit + 1;
        let ranked: Vec<(u32, Score)> = if let (true, Some(boundary)) = (part.backward, boundary) {
            self.ranked_before(part, plan, boundary, wanted)
        } else {
            part.corpus.top(plan, part.matches, boundary, wanted)
        };
        sorting.scores.extend(ranked.iter().copied());
        ranked.into_iter().map(|(slot, _)| slot).collect()
    }

    /// The last ones before a boundary, the nearest first. Every match is scored; pages before others are rarely asked for.
    fn ranked_before(
        &self,
        part: &Part<'_>,
        plan: &TextPlan,
        (score, id): (Score, u128),
        count: usize,
    ) -> Vec<(u32, Score)> {
        let rank = |score: Score, id: u128| (std::cmp::Reverse(score), id);
        let mut before: Vec<(u32, Score)> = part
            .corpus
            .scores(plan, part.matches)
            .into_iter()
            .filter(|(slot, s)| rank(*s, self.id(*slot)) < rank(score, id))
            .collect();
        before.sort_unstable_by_key(|(slot, s)| std::cmp::Reverse(rank(*s, self.id(*slot))));
        before.truncate(count);
        before
    }
}

/// Best score first, then the ascending id.
fn is_ranked(keys: &[SortKey]) -> bool {
    matches!(
        keys,
        [
            SortKey {
                by: SortBy::Score,
                descending: true
            },
            SortKey {
                by: SortBy::Id,
                descending: false
            }
        ]
    )
}

/// A query, who asks it, and what it comes down to.
pub(super) struct Asked<'a> {
    pub(super) query: &'a Query,
    pub(super) sight: &'a Sight,
    /// The other tables.
    pub(super) view: &'a View,
    /// All records that they see.
    pub(super) base: &'a RoaringBitmap,
    /// Records with the text of the query, where it has one.
    pub(super) with_text: Option<RoaringBitmap>,
}

/// The part of a list that a query asks for.
struct Part<'a> {
    query: &'a Query,
    identity: &'a str,
    matches: &'a RoaringBitmap,
    backward: bool,
    boundary: Option<Boundary>,
    plan: Option<&'a TextPlan>,
    corpus: &'a Corpus<'a>,
}
