//! Who pays which share of a joint component: formulas over states, in whole parts of a million and whole cents. Always
//! an estimate. No key is built in: weights, their year and their source come from the operator's configuration.

mod formula;
mod split;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use serde_with::skip_serializing_none;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

pub use formula::{CostFormula, CostPayer};

use crate::code_list::{CodeList, Label};
use crate::fault::Faults;
use crate::statement::{Citation, Text};
use crate::values::{Euros, Slug, State};
use formula::Weighed;

/// All shares together.
pub const MILLION: u32 = 1_000_000;

/// Name of the key that decision 2023/35 of the IT-Planungsrat speaks of.
pub const KOENIGSTEIN: &str = "koenigsteiner-schluessel";

/// A key by which states share: a weight for each, as a source published it for a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = CostKey)]
pub struct Key {
    /// Its name, as offers and questions give it.
    pub name: Slug,
    /// What it is called.
    pub title: Text,
    /// The year that it holds for.
    #[schema(minimum = 1949, maximum = 2200, example = 2019)]
    pub year: u16,
    /// Where its weights were published.
    pub source: Citation,
    /// Whole-numbered weight of each state. Only their proportion matters: a percentage with five decimals is given
    /// times 100,000.
    #[serde(skip_serializing)]
    #[schema(ignore)]
    pub shares: BTreeMap<State, u32>,
}

impl Key {
    /// What is wrong with a key of the configuration.
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        if !(1949..=2200).contains(&self.year) {
            let detail = format!("Is {}; give the year that the key holds for.", self.year);
            faults.add("/year", "out_of_range", detail);
        }
        if self.shares.is_empty() {
            faults.add("/shares", "empty", "Give a weight for at least one state.");
        }
        for (state, weight) in &self.shares {
            if *weight == 0 {
                let detail = "Is 0; give a weight of at least 1, or leave the state out.";
                faults.add(format!("/shares/{}", state.code()), "out_of_range", detail);
            }
        }
        faults
    }
}

/// The question.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// How to share.
    pub formula: CostFormula,
    /// The key, which all formulas but `equal` need.
    pub key: Option<&'a Key>,
    /// The states that reuse the component and pay as such; 1 to 16, each once, in any order.
    pub states: &'a [State],
    /// What is to be shared; without it there are only parts of a million.
    pub amount: Option<Euros>,
    /// One more state: what would change for each one.
    pub joining: Option<State>,
}

/// What one pays.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ShareOfCost)]
pub struct Part {
    /// In parts of a million; of all payers, they add up to 1,000,000.
    #[schema(minimum = 0, maximum = 1_000_000, example = 250_000)]
    pub parts_per_million: u32,
    /// In euros; of all payers, they add up to the amount.
    pub amount: Option<Euros>,
}

/// One payer and its share.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PayerShare)]
pub struct Share {
    /// As what it pays.
    pub payer: CostPayer,
    /// Which state; absent for the federation.
    pub state: Option<State>,
    /// What it pays.
    #[serde(flatten)]
    pub part: Part,
}

/// What changes for one payer.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CostChange)]
pub struct Change {
    /// As what it pays afterwards.
    pub payer: CostPayer,
    /// Which state; absent for the federation.
    pub state: Option<State>,
    /// What it pays before.
    pub before: Part,
    /// What it pays after.
    pub after: Part,
    /// After less before, in parts of a million; of all payers, they add up to 0.
    #[schema(minimum = -1_000_000, maximum = 1_000_000, example = -83_333)]
    pub difference_per_million: i32,
    /// After less before in euros; of all payers, they add up to 0.
    pub difference_amount: Option<EurosMoreOrLess>,
}

/// What changes when one more state joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CostJoining)]
pub struct Joining {
    /// The state that joins.
    pub state: State,
    /// What changes for each one, the joining state included.
    #[schema(max_items = 17)]
    pub changes: Vec<Change>,
}

/// The answer.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostShare {
    /// Always true: no contract and no decision on a budget is in these figures.
    pub estimate: bool,
    /// What this answer is not.
    pub notice: Text,
    /// The formula.
    pub formula: CostFormula,
    /// Its label.
    pub formula_label: Label,
    /// Where the formula is written.
    pub formula_source: Citation,
    /// The key, its year and its source.
    pub key: Option<Key>,
    /// What was assumed where the sources are silent.
    #[schema(max_items = 5)]
    pub assumptions: Vec<Text>,
    /// What was shared.
    pub amount: Option<Euros>,
    /// Who pays what: the federation first, then the states in the order of their code list.
    #[schema(max_items = 17)]
    pub shares: Vec<Share>,
    /// What would change with one more.
    pub joining: Option<Joining>,
}

/// What every answer says of itself.
pub const NOTICE: Text = Text::fixed(
    "Schätzung nach einer Formel, keine Zusage und keine Rechnung. Maßgeblich sind Vertrag und Haushaltsbeschluss.",
    "An estimate by a formula: no promise and no invoice. What counts is the contract and the decision on the budget.",
);

/// A difference of two amounts in euros; kept in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EurosMoreOrLess(i64);

impl EurosMoreOrLess {
    /// The difference in cents.
    pub fn cents(self) -> i64 {
        self.0
    }

    fn between(before: Euros, after: Euros) -> Option<Self> {
        let cents = |amount: Euros| i64::try_from(amount.cents()).ok();
        Some(Self(cents(after)? - cents(before)?))
    }
}

impl Serialize for EurosMoreOrLess {
    #[allow(clippy::cast_precision_loss, reason = "amounts up to the greatest are exact")]
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            s.serialize_i64(self.0 / 100)
        } else {
            s.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

impl PartialSchema for EurosMoreOrLess {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Double,
            )))
            .minimum(Some(-100_000_000_000_i64))
            .maximum(Some(100_000_000_000_i64))
            .description(Some("Difference in euros, with at most two decimals."))
            .examples([-1250.5])
            .into()
    }
}

impl ToSchema for EurosMoreOrLess {}

/// The shares of all who pay. Parts are rounded by largest remainder, ties in the order of the payers: the same question
/// has the same answer, and nothing is lost or won.
///
/// # Errors
/// What is wrong with the question, with pointers to its members.
pub fn cost_share(ask: &Ask<'_>) -> Result<CostShare, Faults> {
    faults(ask).or_ok(())?;
    let before = formula::weigh(ask.formula, ask.key, ask.states)?;
    let shares = shares(&before, ask.amount);
    let joining = match ask.joining {
        None => None,
        Some(state) => {
            let more: Vec<State> = ask.states.iter().copied().chain([state]).collect();
            let after = self::shares(&formula::weigh(ask.formula, ask.key, &more)?, ask.amount);
            let changes = after.iter().map(|share| change(&shares, share, ask.amount));
            Some(Joining {
                state,
                changes: changes.collect(),
            })
        }
    };
    Ok(CostShare {
        estimate: true,
        notice: NOTICE,
        formula: ask.formula,
        formula_label: ask.formula.label(),
        formula_source: formula::source(ask.formula),
        key: ask.key.cloned(),
        assumptions: formula::assumptions(ask.formula, ask.key),
        amount: ask.amount,
        shares,
        joining,
    })
}

/// All that is wrong with a question, with pointers to its members.
pub fn faults(ask: &Ask<'_>) -> Faults {
    let mut faults = Faults::new();
    if ask.states.is_empty() {
        faults.add(
            "/states",
            "required",
            "Name at least one state that reuses the component.",
        );
    }
    for (i, state) in ask.states.iter().enumerate() {
        if ask.states.iter().take(i).any(|earlier| earlier == state) {
            let detail = "This state stands in the list before; keep one.";
            faults.add(format!("/states/{i}"), "duplicate", detail);
        }
    }
    if ask.joining.is_some_and(|state| ask.states.contains(&state)) {
        let detail = "This state is among `states` already; name one that is not.";
        faults.add("/joining", "duplicate", detail);
    }
    match (ask.formula, ask.key) {
        (CostFormula::Equal, Some(_)) => {
            let detail = "Equal shares need no key; leave it out, or choose the formula `key`.";
            faults.add("/key", "contradiction", detail);
        }
        (CostFormula::Key | CostFormula::Efa, None) => {
            let detail = format!("The formula `{}` needs a key; name one.", ask.formula.code());
            faults.add("/key", "required", detail);
        }
        _ => {
            let all: Vec<State> = ask.states.iter().copied().chain(ask.joining).collect();
            if let Err(incomplete) = formula::weigh(ask.formula, ask.key, &all) {
                faults.extend(incomplete);
            }
        }
    }
    faults
}

fn shares(weighed: &[Weighed], amount: Option<Euros>) -> Vec<Share> {
    let weights: Vec<u128> = weighed.iter().map(|w| w.weight).collect();
    let parts = split::split(u64::from(MILLION), &weights);
    let cents = amount.map(|amount| split::split(amount.cents(), &weights));
    let rows = weighed.iter().zip(parts).enumerate();
    rows.map(|(i, (who, parts))| Share {
        payer: who.payer,
        state: who.state,
        part: Part {
            parts_per_million: u32::try_from(parts).unwrap_or(MILLION),
            amount: cents
                .as_ref()
                .and_then(|c| c.get(i))
                .and_then(|c| Euros::from_cents(*c)),
        },
    })
    .collect()
}

fn change(before: &[Share], after: &Share, amount: Option<Euros>) -> Change {
    // Who joins paid nothing before.
    let nothing = Part {
        parts_per_million: 0,
        amount: amount.and_then(|_| Euros::from_cents(0)),
    };
    let before = before
        .iter()
        .find(|share| share.state == after.state)
        .map_or(nothing, |share| share.part);
    let parts = |part: Part| i32::try_from(part.parts_per_million).unwrap_or(i32::MAX);
    let amounts = before.amount.zip(after.part.amount);
    Change {
        payer: after.payer,
        state: after.state,
        before,
        after: after.part,
        difference_per_million: parts(after.part) - parts(before),
        difference_amount: amounts.and_then(|(before, after)| EurosMoreOrLess::between(before, after)),
    }
}
