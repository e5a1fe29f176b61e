//! What holds for every case.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::cases::{ask, component, offer, world};
use super::{EligibilityAnswer, EligibilityRule};
use crate::code_list::CodeList;
use crate::component::{Component, LegalBasisType};
use crate::organisation::Organisation;
use crate::stored::Stored;
use crate::values::{List, Slug};

const NOBODY: [&str; 2] = ["city-a2", "nowhere"];

fn bodies() -> impl Strategy<Value = String> {
    let mut names: Vec<String> = world().into_iter().map(|(slug, _)| slug.to_string()).collect();
    names.extend(NOBODY.map(str::to_owned));
    select(names)
}

fn askers() -> impl Strategy<Value = String> {
    bodies().prop_filter("has an entry", |name| !NOBODY.contains(&name.as_str()))
}

fn bases() -> impl Strategy<Value = Option<&'static str>> {
    proptest::option::of(select(LegalBasisType::codes()))
}

fn components() -> impl Strategy<Value = Value> {
    let kinds = select(vec!["platform", "cloud_service", "online_service"]);
    let licences = proptest::option::of(select(vec!["EUPL-1.2", "LicenseRef-closed"]));
    (kinds, bases(), bodies(), licences, any::<bool>(), any::<bool>()).prop_map(
        |(kind, basis, operator, licence, has_code, in_dvc)| {
            let basis: Vec<Value> = basis.into_iter().map(|b| json!({"type": b})).collect();
            let mut component = json!({"kind": kind, "roles": {"operator": [operator]}, "legalBasis": basis});
            if let Some(licence) = licence {
                component["licence"] = json!(licence);
            }
            if has_code {
                component["repository"] = json!("https://example.org/code");
            }
            if in_dvc {
                component["externalIds"] = json!([{"catalogue": "dvc", "id": "1"}]);
            }
            component
        },
    )
}

fn offers() -> impl Strategy<Value = Vec<Value>> {
    let open = select(vec![
        json!({}),
        json!({"states": ["DE-SH"]}),
        json!({"levels": ["state"]}),
        json!({"private": true}),
        json!({"membersOf": ["club"]}),
        json!({"membersOf": ["institution", "union-a"]}),
    ]);
    let one = (bodies(), bases(), open).prop_map(|(provider, basis, open)| {
        let mut offer = json!({"provider": provider, "openTo": open});
        if let Some(basis) = basis {
            offer["contract"] = json!({"basis": basis});
        }
        offer
    });
    proptest::collection::vec(one, 0..3)
}

/// The same bodies and component with one fact less. Facts that stand for themselves when they are absent (what limits
/// an offer, what has ended) are not among them.
fn forget(which: usize, bodies: &mut [(Slug, Organisation)], component: &mut Stored<Component>) {
    match which {
        0 => component.value.licence = None,
        1 => component.value.repository = None,
        2 => component.value.legal_basis = List::default(),
        _ => {
            for (_, body) in bodies {
                match which {
                    3 => body.open_market_share = None,
                    4 => body.private_capital = None,
                    5 => body.carriers = List::default(),
                    6 => body.states = List::default(),
                    _ => body.region_key = None,
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn the_answer_is_that_of_the_best_ground_and_unclear_ones_say_what_is_missing(
        asker in askers(), entry in components(), offers in offers(),
    ) {
        let offers: Vec<_> = offers.into_iter().map(offer).collect();
        let answer = ask(&world(), &component(entry), &asker, &offers, &[]);
        let best = answer.grounds.iter().map(|g| g.answer).max();
        prop_assert_eq!(Some(answer.answer), best);
        let decided = answer.grounds.iter().any(|g| g.rule == answer.rule && g.answer == answer.answer);
        prop_assert!(decided || answer.rule == EligibilityRule::NoGround);
        for ground in &answer.grounds {
            prop_assert_eq!(ground.needs.is_empty(), ground.answer != EligibilityAnswer::Unclear, "{:?}", ground);
            prop_assert!(ground.needs.len() <= 40 && ground.detail.de.chars().count() <= 4000);
        }
    }

    #[test]
    fn to_know_less_never_turns_a_no_into_a_yes(
        asker in askers(), entry in components(), offers in offers(), which in 0_usize..8,
    ) {
        let offers: Vec<_> = offers.into_iter().map(offer).collect();
        let (mut bodies, mut entry) = (world(), component(entry));
        let before = ask(&bodies, &entry, &asker, &offers, &[]).answer;
        forget(which, &mut bodies, &mut entry);
        let after = ask(&bodies, &entry, &asker, &offers, &[]).answer;
        prop_assert!(!(before == EligibilityAnswer::No && after == EligibilityAnswer::Yes));
    }
}
