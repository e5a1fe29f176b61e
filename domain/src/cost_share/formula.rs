//! The formulas: who pays, and with which weight.

use super::{KOENIGSTEIN, Key};
use crate::code_list;
use crate::code_list::CodeList;
use crate::fault::Faults;
use crate::statement::{Citation, Text};
use crate::text;
use crate::values::State;

/// How cost is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum CostFormula {
    Equal,
    Key,
    Efa,
}
code_list!(CostFormula, "cost-formula", "Formel der Kostenteilung", "Formula of sharing cost";
    Equal = "equal", "Gleiche Teile je beteiligtem Land", "Equal shares of the states that take part";
    Key = "key", "Nach einem Schlüssel unter den beteiligten Ländern", "By a key among the states that take part";
    Efa = "efa", "EfA: 50 % nachnutzende Länder, 25 % Bund, 25 % alle Länder", "EfA: 50 % reusing states, 25 % federation, 25 % all states";
);

/// As what somebody pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum CostPayer {
    Federation,
    ReusingState,
    OtherState,
}
code_list!(CostPayer, "cost-payer", "Rolle bei der Kostenteilung", "Role in sharing cost";
    Federation = "federation", "Bund", "Federation";
    ReusingState = "reusing_state", "Beteiligtes oder nachnutzendes Land", "State that takes part or reuses";
    OtherState = "other_state", "Land, das nur über den Anteil aller Länder zahlt", "State that pays by the share of all states only";
);

/// A payer and its weight among all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighed {
    pub(super) payer: CostPayer,
    pub(super) state: Option<State>,
    pub(super) weight: u128,
}

/// Where a formula is written.
pub(super) fn source(formula: CostFormula) -> Citation {
    match formula {
        CostFormula::Equal => Citation::untraced("Rechenregel: gleiche Teile"),
        CostFormula::Key => Citation::untraced("Rechenregel: Anteil des Landes am Schlüssel der beteiligten Länder"),
        CostFormula::Efa => Citation::at(
            "IT-Planungsrat, Beschluss 2023/35 vom 10.10.2023 (EfA-Finanzierung)",
            "https://it-planungsrat.de/beschluss/beschluss-2023-35",
        ),
    }
}

/// What a formula assumes where its source is silent.
pub(super) fn assumptions(formula: CostFormula, key: Option<&Key>) -> Vec<Text> {
    let mut all = Vec::new();
    if formula == CostFormula::Efa {
        all.push(Text::fixed(
            "Der Beschluss nennt den Königsteiner Schlüssel für das Viertel aller Länder. Wie sich die Hälfte unter den nachnutzenden Ländern verteilt, sagt er nicht; hier ist derselbe Schlüssel unter ihnen angenommen.",
            "The decision names the Königstein key for the quarter of all states. How the half is shared among the reusing states it does not say; the same key among them is assumed here.",
        ));
        all.push(Text::fixed(
            "Angenommen ist, dass die Leistung zu denen gehört, die der IT-Planungsrat gemeinsam finanziert.",
            "It is assumed that the service is one of those that the IT-Planungsrat finances jointly.",
        ));
        if let Some(key) = key.filter(|key| key.name.as_str() != KOENIGSTEIN) {
            let name = &key.name;
            all.push(text!(
                "Gerechnet ist mit dem Schlüssel „{name}“ und nicht mit dem Königsteiner Schlüssel des Beschlusses.",
                "This was worked with the key `{name}`, and not with the Königstein key of the decision."
            ));
        }
    }
    all
}

/// Who pays under a formula, in the order of the answer.
pub(super) fn weigh(formula: CostFormula, key: Option<&Key>, states: &[State]) -> Result<Vec<Weighed>, Faults> {
    // The order of the question must not decide on a rounded part.
    let taking_part = State::ALL.iter().copied().filter(|state| states.contains(state));
    match (formula, key) {
        (CostFormula::Efa, Some(key)) => efa(key, states),
        (CostFormula::Key, Some(key)) => {
            let weights = weights(key, taking_part)?.into_iter();
            Ok(weights.map(|(state, weight)| reusing(state, weight)).collect())
        }
        _ => Ok(taking_part.map(|state| reusing(state, 1)).collect()),
    }
}

fn reusing(state: State, weight: u128) -> Weighed {
    Weighed {
        payer: CostPayer::ReusingState,
        state: Some(state),
        weight,
    }
}

/// With k a state's weight, K of all states and R of the reusing ones: 1/4 for the federation, k/4K for each state, and
/// k/2R more for each that reuses; all times 4KR.
fn efa(key: &Key, states: &[State]) -> Result<Vec<Weighed>, Faults> {
    let each = weights(key, State::ALL.iter().copied())?;
    let all: u128 = each.iter().map(|(_, weight)| weight).sum();
    let reuse: u128 = each
        .iter()
        .filter(|(state, _)| states.contains(state))
        .map(|(_, weight)| weight)
        .sum();
    let federation = Weighed {
        payer: CostPayer::Federation,
        state: None,
        weight: all * reuse,
    };
    let rest = each.into_iter().map(|(state, weight)| {
        let basic = weight * reuse;
        if states.contains(&state) {
            reusing(state, basic + 2 * weight * all)
        } else {
            Weighed {
                payer: CostPayer::OtherState,
                state: Some(state),
                weight: basic,
            }
        }
    });
    Ok(std::iter::once(federation).chain(rest).collect())
}

fn weights(key: &Key, states: impl Iterator<Item = State>) -> Result<Vec<(State, u128)>, Faults> {
    let mut faults = Faults::new();
    let mut all = Vec::new();
    for state in states {
        if let Some(weight) = key.shares.get(&state).filter(|weight| **weight > 0) {
            all.push((state, u128::from(*weight)));
        } else {
            let code = state.code();
            let detail = format!("The key `{}` has no weight for {code}; choose another one.", key.name);
            faults.add("/key", "incomplete_key", detail);
        }
    }
    faults.or_ok(all)
}
