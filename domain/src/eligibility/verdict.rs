//! How a rule comes to its answer: what is met, what fails, what is not known.

use super::{EligibilityAnswer, Need};
use crate::component::Component;
use crate::offer::Offer;
use crate::organisation::Organisation;
use crate::statement::Text;
use crate::stored::Document;
use crate::values::Slug;

/// What a rule says of one case.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verdict {
    pub(super) answer: EligibilityAnswer,
    /// Whether the case is one that the rule is about. Of two equal answers, such a one is told first.
    pub(super) applies: bool,
    pub(super) detail: Text,
    pub(super) needs: Vec<Need>,
}

impl Verdict {
    /// The rule is met.
    pub(super) fn yes(detail: Text) -> Self {
        Self::new(EligibilityAnswer::Yes, true, detail, Vec::new())
    }

    /// The rule is about this case, and fails.
    pub(super) fn no(detail: Text) -> Self {
        Self::new(EligibilityAnswer::No, true, detail, Vec::new())
    }

    /// The rule is not about this case.
    pub(super) fn absent(detail: Text) -> Self {
        Self::new(EligibilityAnswer::No, false, detail, Vec::new())
    }

    /// The rule is about this case, and a fact is missing.
    pub(super) fn unclear(detail: Text, need: Need) -> Self {
        Self::new(EligibilityAnswer::Unclear, true, detail, vec![need])
    }

    /// Whether the rule is about this case is not known.
    pub(super) fn unknown(detail: Text, need: Need) -> Self {
        Self::new(EligibilityAnswer::Unclear, false, detail, vec![need])
    }

    fn new(answer: EligibilityAnswer, applies: bool, detail: Text, needs: Vec<Need>) -> Self {
        Self {
            answer,
            applies,
            detail,
            needs,
        }
    }
}

/// The conditions of a rule that is about the case: one that fails decides, then one that is not known.
#[derive(Debug, Default)]
pub(super) struct Check {
    met: Vec<Text>,
    failed: Vec<Text>,
    needs: Vec<Need>,
}

impl Check {
    pub(super) fn met(&mut self, text: Text) {
        self.met.push(text);
    }

    pub(super) fn failed(&mut self, text: Text) {
        self.failed.push(text);
    }

    pub(super) fn needs(&mut self, need: Need) {
        self.needs.push(need);
    }

    pub(super) fn verdict(self) -> Verdict {
        if !self.failed.is_empty() {
            return Verdict::no(Text::join(&self.failed));
        }
        let answer = if self.needs.is_empty() {
            EligibilityAnswer::Yes
        } else {
            EligibilityAnswer::Unclear
        };
        let missing = self.needs.iter().map(|need| &need.detail);
        let detail = Text::join(self.met.iter().chain(missing));
        Verdict::new(answer, true, detail, self.needs)
    }
}

impl Need {
    /// A fact that the component would have to state.
    pub(super) fn of_component(slug: &Slug, pointer: &'static str, detail: Text) -> Self {
        Self::of(Component::NOUN, slug, pointer, detail)
    }

    /// A fact that an organisation would have to state.
    pub(super) fn of_organisation(slug: &Slug, pointer: &'static str, detail: Text) -> Self {
        Self::of(Organisation::NOUN, slug, pointer, detail)
    }

    /// A fact that an offer would have to state.
    pub(super) fn of_offer(offer: &Offer, pointer: &'static str, detail: Text) -> Self {
        Self::of(Offer::NOUN, &offer.key, pointer, detail)
    }

    /// A fact that no record of the catalogue holds.
    pub(super) fn outside(detail: Text) -> Self {
        Self {
            noun: None,
            record: None,
            pointer: None,
            detail,
        }
    }

    pub(super) fn of(noun: &'static str, record: &Slug, pointer: &'static str, detail: Text) -> Self {
        Self {
            noun: Some(noun),
            record: Some(record.clone()),
            pointer: Some(pointer),
            detail,
        }
    }
}
