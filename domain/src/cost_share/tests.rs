//! Shares worked by hand. The keys are made up for these tests: small numbers, and nobody's real key.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use State::{Bremen as HB, Hamburg as HH, MecklenburgWesternPomerania as MV, SchleswigHolstein as SH};

fn key(name: &str, weight: impl Fn(usize, State) -> Option<u32>) -> Key {
    let weights = State::ALL.iter().enumerate();
    Key {
        name: name.parse().unwrap(),
        title: Text::fixed("Testschlüssel", "Test key"),
        year: 2000,
        source: Citation::untraced("Test"),
        shares: weights.filter_map(|(i, s)| Some((*s, weight(i, *s)?))).collect(),
    }
}

/// 1 for SH, 2 for HH, 3 for MV; no others.
fn test_key_of_three() -> Key {
    key("test-key-of-three", |_, state| match state {
        SH => Some(1),
        HH => Some(2),
        MV => Some(3),
        _ => None,
    })
}

/// 5 for SH, 15 for HH, 10 for each other state: 160 in all.
fn test_key_of_all() -> Key {
    key("test-key-of-all", |_, state| {
        Some(match state {
            SH => 5,
            HH => 15,
            _ => 10,
        })
    })
}

fn ask<'a>(formula: CostFormula, key: Option<&'a Key>, states: &'a [State], cents: Option<u64>) -> Ask<'a> {
    Ask {
        formula,
        key,
        states,
        amount: cents.and_then(Euros::from_cents),
        joining: None,
    }
}

fn parts(answer: &CostShare) -> Vec<(Option<State>, u32, Option<u64>)> {
    let shares = answer.shares.iter();
    shares
        .map(|s| (s.state, s.part.parts_per_million, s.part.amount.map(Euros::cents)))
        .collect()
}

#[test]
fn shares_are_those_worked_by_hand() {
    let three = test_key_of_three();
    for (name, formula, key, states, cents, expected) in [
        (
            "one alone pays all",
            CostFormula::Equal,
            None,
            vec![MV],
            Some(99),
            vec![(Some(MV), 1_000_000, Some(99))],
        ),
        (
            "thirds: the first of equal remainders gets what is left",
            CostFormula::Equal,
            None,
            vec![SH, MV, HH],
            Some(100),
            vec![
                (Some(HH), 333_334, Some(34)),
                (Some(MV), 333_333, Some(33)),
                (Some(SH), 333_333, Some(33)),
            ],
        ),
        (
            "a key of 2, 3 and 1",
            CostFormula::Key,
            Some(&three),
            vec![HH, MV, SH],
            Some(1_000_001),
            // Sixths of 1,000,000: 333,333 1/3, 500,000 and 166,666 2/3. Of 1,000,001: 333,333 2/3, 500,000 1/2, 166,666 5/6.
            vec![
                (Some(HH), 333_333, Some(333_334)),
                (Some(MV), 500_000, Some(500_000)),
                (Some(SH), 166_667, Some(166_667)),
            ],
        ),
        (
            "only those that take part count in a key",
            CostFormula::Key,
            Some(&three),
            vec![SH, MV],
            None,
            vec![(Some(MV), 750_000, None), (Some(SH), 250_000, None)],
        ),
        (
            "nothing is shared as nothing",
            CostFormula::Key,
            Some(&three),
            vec![SH, MV],
            Some(0),
            vec![(Some(MV), 750_000, Some(0)), (Some(SH), 250_000, Some(0))],
        ),
    ] {
        let answer = cost_share(&ask(formula, key, &states, cents)).unwrap();
        assert_eq!(parts(&answer), expected, "{name}");
        assert!(answer.estimate);
    }
}

#[test]
fn the_efa_formula_has_a_half_of_the_reusing_a_quarter_of_the_federation_and_a_quarter_of_all() {
    let all = test_key_of_all();
    let answer = cost_share(&ask(CostFormula::Efa, Some(&all), &[SH, HH], Some(1_600_000))).unwrap();
    assert_eq!(answer.shares.len(), 17);
    let of = |state| *parts(&answer).iter().find(|(s, ..)| *s == state).unwrap();
    // The quarter of all: 1/640 of it all for each of 160 units. The half: 20 units, 1/40 each. SH comes to 132,812.5 and
    // HH to 398,437.5 of a million: of equal remainders, the first gets what is left.
    assert_eq!(of(None), (None, 250_000, Some(400_000)));
    assert_eq!(of(Some(SH)), (Some(SH), 7_812 + 125_000, Some(12_500 + 200_000)));
    assert_eq!(of(Some(HH)), (Some(HH), 23_438 + 375_000, Some(37_500 + 600_000)));
    assert_eq!(of(Some(MV)), (Some(MV), 15_625, Some(25_000)));
    assert_eq!(answer.assumptions.len(), 3, "the half, the joint finance, another key");
    assert!(answer.formula_source.title.contains("2023/35"));
}

#[test]
fn who_joins_pays_and_the_others_pay_less() {
    let question = Ask {
        joining: Some(MV),
        ..ask(CostFormula::Equal, None, &[SH, HH], Some(600))
    };
    let joining = cost_share(&question).unwrap().joining.unwrap();
    let changes = joining.changes.iter().map(|c| {
        let amount = c.difference_amount.map(EurosMoreOrLess::cents);
        (
            c.state.unwrap(),
            c.before.parts_per_million,
            c.difference_per_million,
            amount,
        )
    });
    let expected = [
        (HH, 500_000, -166_666, Some(-100)),
        (MV, 0, 333_333, Some(200)),
        (SH, 500_000, -166_667, Some(-100)),
    ];
    assert_eq!(changes.collect::<Vec<_>>(), expected);
    let json = serde_json::to_value(&joining.changes[0]).unwrap();
    assert_eq!(json["differenceAmount"], -1);
    assert_eq!(json["before"]["amount"], 3);
}

#[test]
fn everything_that_is_wrong_with_a_question_is_told_at_once() {
    let three = test_key_of_three();
    let pointers = |ask: &Ask<'_>| -> Vec<String> {
        cost_share(ask)
            .unwrap_err()
            .iter()
            .map(|f| format!("{} {}", f.pointer, f.code))
            .collect()
    };
    assert_eq!(
        pointers(&ask(CostFormula::Efa, None, &[], None)),
        ["/states required", "/key required"]
    );
    let question = Ask {
        joining: Some(HH),
        ..ask(CostFormula::Equal, Some(&three), &[HH, SH, HH], None)
    };
    assert_eq!(
        pointers(&question),
        ["/states/2 duplicate", "/joining duplicate", "/key contradiction"]
    );
    assert_eq!(
        pointers(&ask(CostFormula::Key, Some(&three), &[HB], None)),
        ["/key incomplete_key"]
    );
    assert_eq!(pointers(&ask(CostFormula::Efa, Some(&three), &[SH], None)).len(), 13);
    let joining = Ask {
        joining: Some(HB),
        ..ask(CostFormula::Key, Some(&three), &[SH], None)
    };
    assert_eq!(pointers(&joining), ["/key incomplete_key"]);
}

#[test]
fn a_key_of_the_configuration_is_read_and_checked() {
    let text = r#"{"name": "test-key", "title": {"de": "Test", "en": "Test"}, "year": 1900,
        "source": {"title": "Test"}, "shares": {"DE-SH": 1, "DE-MV": 0}}"#;
    let key: Key = serde_json::from_str(text).unwrap();
    let faults = key.faults();
    let pointers: Vec<&str> = faults.iter().map(|f| f.pointer.as_str()).collect();
    assert_eq!(pointers, ["/year", "/shares/DE-MV"]);
    assert!(test_key_of_all().faults().is_empty());
}

fn questions() -> impl Strategy<Value = (CostFormula, Vec<u32>, Vec<State>, Option<u64>)> {
    let formula = select(CostFormula::ALL);
    // Among weights that lie this close, one more state moves every share by more than rounding does.
    let weights = proptest::collection::vec(1_000_u32..=60_000, 16);
    let states = subsequence(State::ALL.to_vec(), 1..=16).prop_shuffle();
    (formula, weights, states, proptest::option::of(0..=Euros::MAX))
}

fn sum(parts: impl Iterator<Item = Part>) -> (u64, Option<u64>) {
    parts.fold((0, Some(0)), |(parts, cents), part| {
        let amount = part.amount.map(Euros::cents);
        (
            parts + u64::from(part.parts_per_million),
            cents.zip(amount).map(|(a, b)| a + b),
        )
    })
}

proptest! {
    #[test]
    fn nothing_is_lost_and_one_more_makes_nobody_pay_more((formula, weights, states, cents) in questions()) {
        let key = key("test-key", |i, _| weights.get(i).copied());
        let key = (formula != CostFormula::Equal).then_some(&key);
        let joining = State::ALL.iter().copied().find(|state| !states.contains(state));
        let question = Ask { joining, ..ask(formula, key, &states, cents) };
        let answer = cost_share(&question).unwrap();
        prop_assert_eq!(sum(answer.shares.iter().map(|s| s.part)), (1_000_000, cents));
        let mut sorted = states.clone();
        sorted.sort_unstable();
        let again = cost_share(&Ask { states: &sorted, ..question }).unwrap();
        prop_assert_eq!(&again, &answer);
        if let Some(joining) = &answer.joining {
            prop_assert_eq!(sum(joining.changes.iter().map(|c| c.after)), (1_000_000, cents));
            prop_assert_eq!(joining.changes.iter().map(|c| i64::from(c.difference_per_million)).sum::<i64>(), 0);
            for change in &joining.changes {
                let is_other = change.payer == CostPayer::ReusingState && change.state != Some(joining.state);
                if is_other {
                    prop_assert!(change.difference_per_million <= 0, "{:?}", change);
                }
            }
        }
    }

    #[test]
    fn parts_add_up_and_stay_within_one_of_their_proportion(
        total in 0..=Euros::MAX, weights in proptest::collection::vec(0_u32..=u32::MAX, 1..17),
    ) {
        prop_assume!(weights.iter().any(|w| *w > 0));
        let weights: Vec<u128> = weights.into_iter().map(u128::from).collect();
        let sum: u128 = weights.iter().sum();
        let parts = split::split(total, &weights);
        prop_assert_eq!(parts.iter().sum::<u64>(), total);
        for (part, weight) in parts.iter().zip(&weights) {
            let exact = u128::from(total) * weight;
            prop_assert!((u128::from(*part) * sum).abs_diff(exact) < sum);
        }
    }
}
