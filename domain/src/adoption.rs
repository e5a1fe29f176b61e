//! Adoptions: one body uses, or is about to use, one component. The request to reuse is an adoption in its first stages.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::code_list;
use crate::code_list::CodeList;
use crate::component::{Component, LegalBasisType, Note, Sources};
use crate::fault::Faults;
use crate::id::Id;
use crate::organisation::Organisation;
use crate::related::{Around, Related, Visibility, record_slug};
use crate::stored::{Document, Reference};
use crate::values::{Day, Line, List, Number, Slug, WebUrl};

/// How far a body is on its way to a component. The order is that of the FIT-Store's steps of reuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum AdoptionStage {
    Interested,
    Aligning,
    ConditionsConfirmed,
    Contracted,
    Onboarding,
    Pilot,
    Live,
    Ended,
    Declined,
}
code_list!(AdoptionStage, "adoption-stage", "Stand der Nutzung", "Stage of an adoption";
    Interested = "interested", "Interesse bekundet", "Interested";
    Aligning = "aligning", "In Abstimmung mit dem Betreiber", "Aligning with the operator";
    ConditionsConfirmed = "conditions_confirmed", "Bedingungen bestätigt", "Conditions confirmed";
    Contracted = "contracted", "Vertrag geschlossen", "Contracted";
    Onboarding = "onboarding", "Anbindung läuft", "Onboarding";
    Pilot = "pilot", "Erprobung", "On trial";
    Live = "live", "In Betrieb", "Live";
    Ended = "ended", "Beendet", "Ended";
    Declined = "declined", "Abgelehnt oder zurückgezogen", "Declined";
);

/// Which of the two bodies of an adoption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Side {
    Adopter,
    Operator,
}
code_list!(Side, "adoption-side", "Seite einer Nutzung", "Side of an adoption";
    Adopter = "adopter", "Nutzende Stelle", "Adopting body";
    Operator = "operator", "Betreiber", "Operator";
);

impl AdoptionStage {
    /// Stages that only the operator's word can reach: it answers an interest, and confirms its conditions.
    const OPERATORS: [Self; 2] = [Self::Aligning, Self::ConditionsConfirmed];

    /// Every step that the operator takes. All other stages the adopting body declares by itself.
    const OPERATOR_STEPS: [(Self, Self); 10] = [
        (Self::Interested, Self::Aligning),
        (Self::Interested, Self::Declined),
        (Self::Aligning, Self::ConditionsConfirmed),
        (Self::Aligning, Self::Declined),
        (Self::ConditionsConfirmed, Self::Aligning),
        (Self::ConditionsConfirmed, Self::Declined),
        (Self::Contracted, Self::Onboarding),
        (Self::Onboarding, Self::Ended),
        (Self::Pilot, Self::Ended),
        (Self::Live, Self::Ended),
    ];

    /// Whether a side may take an adoption from one stage to another; from none, where there is no adoption yet.
    pub fn may_step(from: Option<Self>, to: Self, side: Side) -> bool {
        match (side, from) {
            (_, Some(from)) if from == to => true,
            (Side::Operator, None) => false,
            (Side::Operator, Some(from)) => Self::OPERATOR_STEPS.contains(&(from, to)),
            // What nobody asked for cannot be declined.
            (Side::Adopter, None) => to != Self::Declined && !Self::OPERATORS.contains(&to),
            (Side::Adopter, Some(_)) => !Self::OPERATORS.contains(&to),
        }
    }

    /// Whether either side may take an adoption from here to another stage.
    fn may_go_to(self, to: Self) -> bool {
        let may = |side| Self::may_step(Some(self), to, side);
        self != to && (may(Side::Adopter) || may(Side::Operator))
    }

    /// Who acts next; nobody, where nothing is left to do.
    pub fn next_actor(self, is_confirmed: bool) -> Option<Side> {
        match self {
            Self::Interested | Self::Aligning | Self::Contracted => Some(Side::Operator),
            Self::ConditionsConfirmed | Self::Onboarding | Self::Pilot => Some(Side::Adopter),
            Self::Live if !is_confirmed => Some(Side::Operator),
            Self::Live | Self::Ended | Self::Declined => None,
        }
    }

    /// The stages that come to this on a map of who has what.
    pub fn coming_to(coverage: Coverage) -> impl Iterator<Item = Self> {
        Self::ALL
            .iter()
            .copied()
            .filter(move |stage| stage.coverage() == coverage)
    }

    /// What it comes to on a map of who has what.
    pub fn coverage(self) -> Coverage {
        match self {
            Self::Live => Coverage::Live,
            Self::Pilot => Coverage::Pilot,
            Self::Interested | Self::Aligning | Self::ConditionsConfirmed | Self::Contracted | Self::Onboarding => {
                Coverage::Planned
            }
            Self::Ended | Self::Declined => Coverage::None,
        }
    }
}

/// How far somebody has something, on a map. The greater one covers the lesser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Coverage {
    #[default]
    None,
    Planned,
    Pilot,
    Live,
}
code_list!(Coverage, "coverage", "Abdeckung", "Coverage";
    None = "none", "Nichts bekannt", "Nothing known";
    Planned = "planned", "Geplant", "Planned";
    Pilot = "pilot", "In Erprobung", "On trial";
    Live = "live", "In Betrieb", "Live";
);

/// A number of bodies or users.
pub type Count = Number<0, 100_000_000>;
/// Stages that are kept of an adoption.
const MILESTONES: usize = 60;
/// The stages that an adoption went through, each with its day.
pub type Milestones = List<Milestone, MILESTONES>;

/// A day on which a stage was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Milestone {
    /// The stage.
    pub stage: AdoptionStage,
    /// The day.
    pub on: Day,
}

/// How many of a body's authorities are how far: of 691 that may, 582 are ready, 452 connected.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Counts {
    /// Could use it.
    #[deserr(default)]
    pub eligible: Option<Count>,
    /// Have made themselves ready.
    #[deserr(default)]
    pub ready: Option<Count>,
    /// Are connected.
    #[deserr(default)]
    pub connected: Option<Count>,
    /// Use it.
    #[deserr(default)]
    pub live: Option<Count>,
}

/// The contract that an adoption stands on.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct AdoptionContract {
    /// On what legal ground.
    #[deserr(default)]
    pub basis: Option<LegalBasisType>,
    /// What it is called.
    #[deserr(default)]
    pub title: Option<Line<200>>,
    /// Where it is written.
    #[deserr(default)]
    pub url: Option<WebUrl>,
    /// Day on which it ends.
    #[deserr(default)]
    pub ends_on: Option<Day>,
}

/// The operator's word that what the adopting body declares is so.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Confirmation {
    /// The stage that is confirmed; a later stage needs a confirmation of its own.
    pub stage: AdoptionStage,
    /// Slug of the organisation that confirms; the operator itself, where it is left out.
    #[deserr(default)]
    pub by: Option<Slug>,
    /// The day; today, where it is left out.
    #[deserr(default)]
    pub on: Option<Day>,
}

/// One body uses, or is about to use, one component: what a client writes.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Adoption {
    /// Slug of the component.
    pub component: Slug,
    /// Slug of the adopting body: a state, an Amt, a municipality, a federal body.
    pub organisation: Slug,
    /// How far it is.
    pub stage: AdoptionStage,
    /// Day on which the stage was reached.
    #[deserr(default)]
    pub since: Option<Day>,
    /// The stages that it went through. The catalogue adds each new one with `since`, or with the day of the write.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub milestones: Milestones,
    /// Slug of the organisation that runs the component for this body. Without it, the component's first operator, or its
    /// owner.
    #[deserr(default)]
    pub operator: Option<Slug>,
    /// What the component is called there.
    #[deserr(default)]
    pub local_name: Option<Line<200>>,
    /// How many of the body's authorities are how far.
    #[deserr(default)]
    pub counts: Option<Counts>,
    /// What there is to say about it.
    #[deserr(default)]
    pub note: Option<Note>,
    /// Why it was declined or ended; required where it was declined.
    #[deserr(default)]
    pub reason: Option<Note>,
    /// The contract that it stands on.
    #[deserr(default)]
    pub contract: Option<AdoptionContract>,
    /// Slug of the organisation that declared it; the catalogue sets it. Absent where a source tells of it.
    #[deserr(default)]
    pub declared_by: Option<Slug>,
    /// The operator's confirmation; only the operator writes it.
    #[deserr(default)]
    pub confirmation: Option<Confirmation>,
    /// What the operator has to say to the adopting body, such as what it still waits for; only the operator writes it.
    #[deserr(default)]
    pub operator_note: Option<Note>,
    /// Who acts next; the catalogue sets it.
    #[deserr(default)]
    pub next_actor: Option<Side>,
    /// Day on which the adopting body last said that this is so.
    #[deserr(default)]
    pub verified_on: Option<Day>,
    /// Day until which this counts. After it the adoption is stale, until it is verified again; a year after
    /// `verifiedOn`, where it is left out.
    #[deserr(default)]
    pub expires_on: Option<Day>,
    /// Who sees it.
    #[deserr(default)]
    #[serde(default)]
    #[schema(default = "public", required = false)]
    pub visibility: Visibility,
    /// Where the statements of this entry come from.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub sources: Sources,
}

impl Adoption {
    /// What is wrong with its days, once all of them are known: a new `verifiedOn` moves the old `expiresOn`.
    pub fn day_faults(&self) -> Faults {
        let mut faults = Faults::new();
        if let (Some(verified), Some(expires)) = (self.verified_on, self.expires_on)
            && expires < verified
        {
            let detail = format!("Lies before `verifiedOn` ({verified}); correct one of them.");
            faults.add("/expiresOn", "wrong_order", detail);
        }
        if let (Some(verified), Some(expires)) = (self.verified_on, self.expires_on)
            && expires > verified.plus(LONGEST_DAYS)
        {
            let detail =
                format!("Is more than two years after `verifiedOn` ({verified}); what is not verified again is stale.");
            faults.add("/expiresOn", "out_of_range", detail);
        }
        faults
    }

    /// Whether the operator confirmed the present stage.
    pub fn is_confirmed(&self) -> bool {
        self.confirmation.as_ref().is_some_and(|c| c.stage == self.stage)
    }

    /// Days from the first interest to the first day live, where both are known.
    pub fn days_to_live(&self) -> Option<i64> {
        let first = |stage| self.milestones.iter().find(|m| m.stage == stage).map(|m| m.on.number());
        let days = first(AdoptionStage::Live)? - first(AdoptionStage::Interested)?;
        (days >= 0).then_some(days)
    }

    /// Whose words differ between two states of an adoption. What the catalogue sets by itself is nobody's.
    pub fn touched(before: &Self, after: &Self) -> Vec<Side> {
        let neutral = |adoption: &Self| Self {
            confirmation: None,
            operator_note: None,
            stage: AdoptionStage::Live,
            since: None,
            milestones: Milestones::default(),
            reason: None,
            next_actor: None,
            declared_by: None,
            operator: adoption.operator.clone(),
            ..adoption.clone()
        };
        let mut sides = Vec::new();
        let is_step = before.stage != after.stage;
        let by_operator = AdoptionStage::may_step(Some(before.stage), after.stage, Side::Operator);
        let by_adopter = AdoptionStage::may_step(Some(before.stage), after.stage, Side::Adopter);
        // A step adds to what was; a step that nobody takes is a fault, and nobody's word.
        // The oldest makes room, where a step finds no place.
        let surplus = (before.milestones.len() + usize::from(is_step)).saturating_sub(MILESTONES);
        let kept = before.milestones.get(surplus..).unwrap_or_default();
        let rewrites = !match after.milestones.strip_prefix(kept) {
            Some([]) => true,
            Some([reached]) => is_step && reached.stage == after.stage,
            _ => false,
        };
        let dates = before.since != after.since || before.reason != after.reason;
        if neutral(before) != neutral(after) || rewrites || !is_step && dates || is_step && by_adopter && !by_operator {
            sides.push(Side::Adopter);
        }
        // A step leaves the word about the stage before it behind.
        let confirms = before.confirmation != after.confirmation && !(is_step && after.confirmation.is_none());
        let speaks = confirms || before.operator_note != after.operator_note;
        if speaks || is_step && by_operator && !by_adopter {
            sides.push(Side::Operator);
        }
        sides
    }
}

impl Document for Adoption {
    const NOUN: &'static str = "adoption";
    const LAPSED: &'static str = "stale";

    fn title(&self) -> &str {
        self.local_name.as_ref().map_or(self.component.as_str(), Line::as_str)
    }

    fn owner<'a>(&'a self, _: &'a Slug) -> Option<&'a Slug> {
        Some(&self.organisation)
    }

    fn party(&self) -> Option<&Slug> {
        self.operator.as_ref()
    }

    fn visibility(&self) -> Visibility {
        self.visibility
    }

    fn lapses_on(&self) -> Option<Day> {
        self.expires_on
    }

    fn references(&self) -> Vec<Reference<'_>> {
        let mut all = vec![
            Reference::to::<Component>("/component", &self.component),
            Reference::to::<Organisation>("/organisation", &self.organisation),
        ];
        let by = self.confirmation.as_ref().and_then(|c| c.by.as_ref());
        let others = [
            ("/operator", self.operator.as_ref()),
            ("/declaredBy", self.declared_by.as_ref()),
            ("/confirmation/by", by),
        ];
        for (pointer, slug) in others {
            all.extend(slug.map(|slug| Reference::to::<Organisation>(pointer, slug)));
        }
        all
    }

    fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        if self.stage == AdoptionStage::Declined && self.reason.is_none() {
            faults.add("/reason", "required", "Say why it was declined, for both sides.");
        }
        if let Some(counts) = &self.counts {
            let all = [
                ("live", counts.live),
                ("connected", counts.connected),
                ("ready", counts.ready),
                ("eligible", counts.eligible),
            ];
            for (i, (name, few)) in all.iter().enumerate() {
                let wider = all.iter().skip(i + 1).find_map(|(name, count)| Some((name, (*count)?)));
                if let (Some(few), Some((wide, many))) = (few, wider)
                    && many < *few
                {
                    let detail = format!("Is more than `{wide}` ({}); correct one of them.", many.get());
                    faults.add(format!("/counts/{name}"), "wrong_order", detail);
                }
            }
        }
        faults
    }
}

impl Related for Adoption {
    fn component(&self) -> &Slug {
        &self.component
    }

    fn settle(&mut self, before: Option<&Self>, around: &Around<'_>) -> Faults {
        let mut faults = Faults::new();
        self.settle_operator(before, around, &mut faults);
        self.settle_stage(before, around, &mut faults);
        self.settle_confirmation(before, around, &mut faults);
        self.declared_by = match before {
            Some(before) => before.declared_by.clone(),
            None => around.writer.cloned(),
        };
        // What was verified stays so, where an edit leaves the day out.
        let usual = before.map_or(Some(around.today), |before| before.verified_on);
        self.verified_on = self.verified_on.or(usual);
        let is_renewed = before.is_none_or(|before| before.verified_on != self.verified_on);
        let is_left = before.is_none_or(|before| before.expires_on == self.expires_on);
        let is_given = before.is_none() && self.expires_on.is_some();
        if is_renewed && is_left && !is_given || self.expires_on.is_none() {
            self.expires_on = self.verified_on.map(|day| day.plus(VALID_DAYS));
        }
        faults.extend(self.day_faults());
        self.next_actor = self.stage.next_actor(self.is_confirmed());
        faults
    }
}

/// Days that an adoption counts after it was verified, where nothing else is said.
const VALID_DAYS: i64 = 365;
/// Days that it may count at the most.
const LONGEST_DAYS: i64 = 731;

impl Adoption {
    /// The operator is one of the component's.
    fn settle_operator(&mut self, before: Option<&Self>, around: &Around<'_>, faults: &mut Faults) {
        let component = around.component;
        let operators = component.roles.iter().flat_map(|roles| roles.operator.iter());
        let mut known = operators.chain([&component.owner]);
        match &self.operator {
            None => self.operator = known.next().cloned(),
            Some(operator) => {
                let is_kept = before.is_some_and(|before| before.operator.as_ref() == Some(operator));
                if !is_kept && !known.any(|slug| slug == operator) {
                    let detail = format!(
                        "`{operator}` does not operate the component; name its owner or one of `roles.operator`."
                    );
                    faults.add("/operator", "not_in_role", detail);
                }
            }
        }
    }

    fn settle_stage(&mut self, before: Option<&Self>, around: &Around<'_>, faults: &mut Faults) {
        let from = before.map(|before| before.stage);
        let may = |side| AdoptionStage::may_step(from, self.stage, side);
        if !may(Side::Adopter) && !may(Side::Operator) {
            let code = CodeList::code;
            let detail = match from {
                Some(from) => {
                    let steps = AdoptionStage::ALL.iter().filter(|to| from.may_go_to(**to));
                    let steps: Vec<String> = steps.map(|to| format!("`{}`", code(*to))).collect();
                    format!(
                        "Nobody goes from `{}` to `{}`; what may follow is {}.",
                        code(from),
                        code(self.stage),
                        steps.join(", ")
                    )
                }
                None => format!(
                    "Nothing begins with `{}`: the operator answers an interest.",
                    code(self.stage)
                ),
            };
            faults.add("/stage", "not_possible", detail);
        }
        let is_new = |milestone: &Milestone| before.is_none_or(|before| !before.milestones.contains(milestone));
        let milestones = self.milestones.iter().enumerate().filter(|(_, m)| is_new(m));
        let days = milestones.map(|(i, m)| (format!("/milestones/{i}/on"), Some(m.on)));
        let verified = self
            .verified_on
            .filter(|day| before.is_none_or(|b| b.verified_on != Some(*day)));
        let confirmed = self
            .confirmation
            .as_ref()
            .filter(|c| before.is_none_or(|b| b.confirmation.as_ref() != Some(*c)));
        let others = [
            ("/since".to_owned(), self.since),
            ("/verifiedOn".to_owned(), verified),
            ("/confirmation/on".to_owned(), confirmed.and_then(|c| c.on)),
        ];
        for (pointer, day) in days.chain(others) {
            if let Some(day) = day.filter(|day| *day > around.today) {
                faults.add(
                    pointer,
                    "in_future",
                    format!("{day} is not yet; give the day on which it was so."),
                );
            }
        }
        if from == Some(self.stage) {
            self.correct_day(before);
            return;
        }
        if before.is_some_and(|before| before.confirmation == self.confirmation) {
            self.confirmation = None;
        }
        if before.is_some_and(|before| before.since == self.since) {
            self.since = None;
        }
        let on = *self.since.get_or_insert(around.today);
        let reached = Milestone { stage: self.stage, on };
        if self.milestones.last() != Some(&reached) {
            // The oldest makes room.
            let surplus = (self.milestones.len() + 1).saturating_sub(MILESTONES);
            // What was stays where it stands, also where the same stage is reached once more on one day.
            let kept = self
                .milestones
                .iter()
                .skip(surplus)
                .filter(|known| **known != reached || !is_new(known))
                .cloned();
            self.milestones = Milestones::collect(kept.collect::<Vec<_>>().into_iter().chain([reached]));
        }
    }

    /// Another day of the present stage is the day of its milestone.
    fn correct_day(&mut self, before: Option<&Self>) {
        let (Some(before), Some(on)) = (before, self.since) else {
            return;
        };
        if before.since == self.since || before.milestones != self.milestones {
            return;
        }
        let stage = self.stage;
        let last = self.milestones.iter().rposition(|milestone| milestone.stage == stage);
        let corrected = self.milestones.iter().enumerate().map(|(i, milestone)| Milestone {
            on: if Some(i) == last { on } else { milestone.on },
            ..milestone.clone()
        });
        self.milestones = Milestones::collect(corrected);
    }

    fn settle_confirmation(&mut self, before: Option<&Self>, around: &Around<'_>, faults: &mut Faults) {
        let Some(confirmation) = &mut self.confirmation else {
            return;
        };
        if before.is_some_and(|before| before.confirmation.as_ref() == Some(&*confirmation)) {
            return;
        }
        if confirmation.stage != self.stage {
            let detail = "Is not the present stage; confirm what is so now.";
            faults.add("/confirmation/stage", "contradiction", detail);
        }
        // Nobody else may write it.
        confirmation.by.clone_from(&self.operator);
        confirmation.on.get_or_insert(around.today);
    }
}

/// The slug of the adoption of a component by an organisation: one for each pair, whatever they are called.
pub fn slug_of(component: Id, organisation: Id) -> Option<Slug> {
    record_slug(component, &organisation.hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_operator_answers_an_interest_and_confirms_conditions() {
        use AdoptionStage as S;
        for from in S::ALL.iter().copied().map(Some).chain([None]) {
            for to in [S::Aligning, S::ConditionsConfirmed] {
                assert!(
                    from == Some(to) || !S::may_step(from, to, Side::Adopter),
                    "{from:?} {to:?}"
                );
            }
        }
        assert!(S::may_step(Some(S::Interested), S::Aligning, Side::Operator));
        assert!(!S::may_step(Some(S::Interested), S::Live, Side::Operator));
        assert!(!S::may_step(None, S::Interested, Side::Operator));
        assert!(!S::may_step(None, S::Declined, Side::Adopter));
    }

    #[test]
    fn every_open_stage_has_somebody_who_acts_next() {
        for stage in AdoptionStage::ALL.iter().copied() {
            let is_open = !matches!(stage, AdoptionStage::Ended | AdoptionStage::Declined);
            assert_eq!(stage.next_actor(false).is_some(), is_open, "{stage:?}");
        }
        assert_eq!(AdoptionStage::Live.next_actor(true), None);
    }

    fn adoption(json: &str) -> Adoption {
        crate::stored::Incoming::parse_text(json.as_bytes()).unwrap().value
    }

    #[test]
    fn every_word_is_one_sides_and_a_step_that_nobody_takes_is_nobodys() {
        let before = adoption(r#"{"component":"c","organisation":"a","stage":"interested","operator":"b"}"#);
        let touched = |change: &dyn Fn(&mut Adoption)| {
            let mut after = before.clone();
            change(&mut after);
            Adoption::touched(&before, &after)
        };
        let stage = |stage| move |after: &mut Adoption| after.stage = stage;
        assert_eq!(touched(&|after| after.operator_note = after.note.clone()), []);
        assert_eq!(touched(&stage(AdoptionStage::Aligning)), [Side::Operator]);
        assert_eq!(touched(&stage(AdoptionStage::Live)), [Side::Adopter]);
        assert_eq!(touched(&stage(AdoptionStage::Declined)), []);
        let name = |after: &mut Adoption| after.local_name = "N".parse().ok();
        assert_eq!(touched(&name), [Side::Adopter]);
        let words = adoption(r#"{"component":"c","organisation":"a","stage":"live","operatorNote":{"de":"x"}}"#);
        assert_eq!(
            touched(&|after| after.operator_note = words.operator_note.clone()),
            [Side::Operator]
        );
        let day = |after: &mut Adoption| {
            after.stage = AdoptionStage::Aligning;
            after.milestones = Milestones::default();
        };
        assert_eq!(touched(&day), [Side::Operator]);
    }

    #[test]
    fn a_step_does_not_rewrite_what_was() {
        let before = adoption(
            r#"{"component":"c","organisation":"a","stage":"interested","milestones":[{"stage":"interested","on":"2026-01-01"}]}"#,
        );
        let mut after = before.clone();
        after.stage = AdoptionStage::Aligning;
        after.milestones = Milestones::default();
        assert_eq!(Adoption::touched(&before, &after), [Side::Adopter, Side::Operator]);
    }
}
