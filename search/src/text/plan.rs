//! A query, understood: its words with everything they may be called in a text, and their weights, frozen.

use std::sync::Arc;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::expand::{Expansion, Leaf, add_tie};

/// An unknown word of a query, and the known one that was searched for instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// As it was typed.
    pub from: String,
    /// As the catalogue spells it.
    pub to: String,
}

/// A query, understood. It can travel in a cursor: later pages then use the same words and weights, and an unchanged document
/// keeps exactly the same score, whatever else happens in the catalogue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Frozen", into = "Frozen")]
pub struct TextPlan {
    pub(super) groups: Vec<Group>,
    /// Words that must stand next to each other, as stems.
    pub(super) phrases: Vec<Vec<String>>,
    /// The weight that a document's satisfied groups must have together.
    pub(super) required: u32,
    /// Unknown words that were replaced.
    pub corrections: Vec<Correction>,
    /// Words that nothing in the catalogue answers to, as they were typed. They do not count.
    pub unmatched: Vec<String>,
    /// The matches, and the state of the index that they are true for.
    pub(super) matched: Option<(u64, Arc<RoaringBitmap>)>,
}

/// One word of a query (or a group of words that is one concept) with all its leaves.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The word whose expansion gives the leaves; empty for a quoted one, which stands for itself.
    pub(super) text: String,
    /// Terms of the catalogue's own vocabulary that also satisfy it, with what they count.
    pub(super) extra: Vec<(String, u8)>,
    /// How far the word is stretched because too few documents have it.
    pub(super) stretch: Stretch,
    pub(super) weight: u16,
    pub(super) leaves: Vec<Leaf>,
    /// Whether parts of compounds may stand apart anywhere, not only in the head of a document.
    pub(super) anywhere: bool,
}

/// How far a word is stretched because too few documents have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Stretch {
    /// Not at all.
    #[default]
    Exact,
    /// To its last part alone, and to its parts apart anywhere.
    LastPart,
    /// To any of its parts.
    AnyPart,
}

impl Group {
    /// A word by itself.
    pub(super) fn of(text: String, expansion: &Expansion) -> Self {
        Self {
            text,
            extra: Vec::new(),
            stretch: Stretch::Exact,
            weight: 0,
            leaves: expansion.leaves.clone(),
            anywhere: false,
        }
    }

    fn thaw(FrozenGroup(text, extra, stretch, weight): FrozenGroup) -> Self {
        let expansion = if text.is_empty() {
            Expansion::default()
        } else {
            Expansion::of(&text)
        };
        let mut group = Self::of(text, &expansion);
        group.weight = weight;
        for (term, factor) in extra {
            group.add_extra(term, factor);
        }
        group.stretch_to(stretch, &expansion);
        group
    }

    pub(super) fn add_extra(&mut self, term: String, factor: u8) {
        add_tie(&mut self.leaves, &term, factor);
        self.extra.push((term, factor));
    }

    /// Stretches the word, and tells whether that adds anything.
    pub(super) fn stretch_to(&mut self, stretch: Stretch, expansion: &Expansion) -> bool {
        let before = (self.stretch, self.leaves.len());
        let mut added: Vec<&Leaf> = Vec::new();
        if before.0 < Stretch::LastPart && stretch >= Stretch::LastPart {
            added.extend(&expansion.last_part);
            self.anywhere = true;
        }
        if before.0 < Stretch::AnyPart && stretch >= Stretch::AnyPart {
            added.extend(&expansion.other_parts);
        }
        for leaf in added {
            if let Leaf::Term(tie) = leaf {
                add_tie(&mut self.leaves, &tie.term, tie.factor);
            }
        }
        self.stretch = self.stretch.max(stretch);
        self.leaves.len() > before.1 || self.leaves.iter().any(|leaf| matches!(leaf, Leaf::All { .. }))
    }
}

impl TextPlan {
    /// Whether a word of a phrase counts as a word, too, and so has postings wherever it stands.
    pub(super) fn asks_for(&self, stem: &str) -> bool {
        self.groups
            .iter()
            .any(|g| g.text.is_empty() && g.extra.iter().any(|(term, _)| term == stem))
    }

    /// Whether nothing can match.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

/// What travels: all that the language alone cannot tell again.
#[derive(Clone, Serialize, Deserialize)]
struct Frozen {
    groups: Vec<FrozenGroup>,
    phrases: Vec<Vec<String>>,
    required: u32,
    corrections: Vec<Correction>,
    unmatched: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct FrozenGroup(String, Vec<(String, u8)>, Stretch, u16);

impl From<TextPlan> for Frozen {
    fn from(plan: TextPlan) -> Self {
        let frozen = |g: Group| FrozenGroup(g.text, g.extra, g.stretch, g.weight);
        Self {
            groups: plan.groups.into_iter().map(frozen).collect(),
            phrases: plan.phrases,
            required: plan.required,
            corrections: plan.corrections,
            unmatched: plan.unmatched,
        }
    }
}

impl From<Frozen> for TextPlan {
    fn from(frozen: Frozen) -> Self {
        Self {
            groups: frozen.groups.into_iter().map(Group::thaw).collect(),
            phrases: frozen.phrases,
            required: frozen.required,
            corrections: frozen.corrections,
            unmatched: frozen.unmatched,
            matched: None,
        }
    }
}
