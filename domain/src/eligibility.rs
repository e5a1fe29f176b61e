//! Whether an organisation may obtain a component, and by which rule. An estimate from what the catalogue knows: every
//! rule names its source, and what is not known stays unclear and is named.

mod about_component;
mod bodies;
mod codes;
mod contracts;
mod in_house;
mod limits;
mod rules;
mod verdict;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod properties;

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

pub use codes::{EligibilityAnswer, EligibilityRule};

use crate::adoption::Adoption;
use crate::component::Component;
use crate::offer::Offer;
use crate::organisation::Organisation;
use crate::statement::{Citation, Text};
use crate::stored::Stored;
use crate::values::{Day, Slug};
use rules::{Judge, RULES, Rule};
use verdict::Verdict;

/// The question: may this body obtain this component today?
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The component.
    pub component: &'a Stored<Component>,
    /// Slug of the asking body.
    pub asker: &'a Slug,
    /// The asking body.
    pub document: &'a Organisation,
    /// Looks up providers, sellers and carriers; none, where there is no such entry, or where the asker may not see it.
    pub organisation: &'a dyn Fn(&Slug) -> Option<&'a Organisation>,
    /// The published offers of the component that the asker may see. Offers beyond [`MAX_WAYS`] are not looked at.
    pub offers: &'a [&'a Offer],
    /// The asking body's own adoptions of the component.
    pub adoptions: &'a [&'a Adoption],
    /// Today.
    pub today: Day,
}

/// Providers and offers that are looked at, at the most.
pub const MAX_WAYS: usize = 200;

/// One way to obtain the component: a provider, with one of its offers where it makes any.
pub(crate) struct Look<'c, 'a> {
    case: &'c Case<'a>,
    provider: &'a Slug,
    /// Who closes the contract: the offer's seller, or the provider.
    partner: &'a Slug,
    body: Option<&'a Organisation>,
    offer: Option<&'a Offer>,
}

/// A fact that would make an unclear answer clear.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EligibilityNeed)]
pub struct Need {
    /// Noun of the record that would state it; absent where no record of the catalogue does.
    #[schema(max_length = 30, pattern = "^[a-z]+$", example = "organisation")]
    pub noun: Option<&'static str>,
    /// Which record: slug of the component or the organisation, key of the offer, slug of the adopting body.
    pub record: Option<Slug>,
    /// JSON pointer (RFC 6901) to the fact in that record; empty for the record itself.
    #[schema(max_length = 200, example = "/openMarketShare")]
    pub pointer: Option<&'static str>,
    /// What is to be known.
    pub detail: Text,
}

/// What one rule says of one way.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EligibilityGround)]
pub struct Ground {
    /// The rule.
    pub rule: EligibilityRule,
    /// What it says.
    pub answer: EligibilityAnswer,
    /// Slug of the provider that it was asked of; absent where the rule is about the component.
    pub provider: Option<Slug>,
    /// Key of the offer that it was asked of.
    pub offer: Option<Slug>,
    /// The rule that would hold, if the offer did not exclude it or leave it open (`offer_limits` only).
    pub overruled: Option<EligibilityRule>,
    /// Why.
    pub detail: Text,
    /// What the rule rests on.
    pub source: Citation,
    /// Facts that would make an unclear answer clear; empty where it is clear.
    #[schema(max_items = 40)]
    pub needs: Vec<Need>,
    /// Whether the rule is about this case at all; of equal answers, such a one decides.
    #[serde(skip)]
    #[schema(ignore)]
    applies: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Eligibility {
    /// Slug of the component.
    pub component: Slug,
    /// Slug of the asking body.
    pub organisation: Slug,
    /// The day for which the answer holds.
    pub answered_on: Day,
    /// The best answer of all grounds.
    pub answer: EligibilityAnswer,
    /// The rule that it comes from; `no_ground` where no rule is about this case.
    pub rule: EligibilityRule,
    /// Every rule that was looked at, for every provider and offer, in the order of the rules.
    #[schema(max_items = 4000)]
    pub grounds: Vec<Ground>,
    /// What this answer is not.
    pub notice: Text,
}

/// What every answer says of itself.
pub const NOTICE: Text = Text::fixed(
    "Einschätzung aus den Angaben des Katalogs, keine Rechtsberatung. Wer bestellt, prüft die Voraussetzungen selbst.",
    "An estimate from the catalogue's data, and no legal advice. Whoever orders checks the conditions itself.",
);

/// Whether an organisation may obtain a component: any ground that says yes decides, else any that is unclear, else no.
pub fn eligibility(case: &Case<'_>) -> Eligibility {
    let mut grounds = barriers(case);
    if grounds.is_empty() {
        for way in ways(case) {
            let limits = way.offer.map(|offer| limits::limits(case, offer));
            let judged = RULES.iter().filter_map(|rule| match rule.judge {
                Judge::Provider(judge) => Some(ground(rule, judge(&way), Some(&way))),
                Judge::SomeProvider(judge) => judge(&way).map(|v| ground(rule, v, Some(&way))),
                _ => None,
            });
            grounds.extend(judged.map(|g| limited(g, limits.as_ref())));
        }
        let alone = RULES.iter().filter_map(|rule| match rule.judge {
            Judge::Component(judge) => Some(ground(rule, judge(case), None)),
            _ => None,
        });
        grounds.extend(alone);
        // Of one rule, the ways stay in their order.
        let place = |g: &Ground| RULES.iter().position(|rule| rule.code == g.overruled.unwrap_or(g.rule));
        grounds.sort_by_key(place);
    }
    // The last of the greatest is the first in the order of the rules.
    let weight = |g: &&Ground| (g.answer, g.applies, g.overruled.is_some());
    let best = grounds.iter().rev().max_by_key(weight);
    let answer = best.map_or(EligibilityAnswer::No, |g| g.answer);
    let tells = |g: &&Ground| g.answer != EligibilityAnswer::No || g.applies || g.overruled.is_some();
    Eligibility {
        component: case.component.slug.clone(),
        organisation: case.asker.clone(),
        answered_on: case.today,
        answer,
        rule: best.filter(tells).map_or(EligibilityRule::NoGround, |g| g.rule),
        grounds,
        notice: NOTICE,
    }
}

fn barriers(case: &Case<'_>) -> Vec<Ground> {
    let verdicts = RULES.iter().filter_map(|rule| match rule.judge {
        Judge::Barrier(judge) => judge(case).map(|v| ground(rule, v, None)),
        _ => None,
    });
    verdicts.collect()
}

fn ground(rule: &Rule, verdict: Verdict, way: Option<&Look<'_, '_>>) -> Ground {
    Ground {
        rule: rule.code,
        answer: verdict.answer,
        provider: way.map(|w| w.provider.clone()),
        offer: way.and_then(|w| w.offer).map(|o| o.key.clone()),
        overruled: None,
        detail: verdict.detail,
        source: rule.source.clone(),
        needs: verdict.needs,
        applies: verdict.applies,
    }
}

/// What is left of a ground under the limits of the offer that it was asked of.
fn limited(mut ground: Ground, limits: Option<&Verdict>) -> Ground {
    let Some(limits) = limits.filter(|l| l.answer != EligibilityAnswer::Yes) else {
        return ground;
    };
    if ground.answer == EligibilityAnswer::No {
        return ground;
    }
    let was_met = ground.answer == EligibilityAnswer::Yes;
    if limits.answer == EligibilityAnswer::No || was_met {
        ground.overruled = Some(ground.rule);
        ground.rule = EligibilityRule::OfferLimits;
        ground.source = rules::OFFER;
    }
    ground.answer = limits.answer;
    ground.detail = Text::join([&ground.detail, &limits.detail]);
    if limits.answer == EligibilityAnswer::No {
        ground.needs.clear();
    } else {
        ground.needs.extend(limits.needs.iter().cloned());
    }
    ground
}

/// Every offer, then those who operate or sell the component without an offer, and its owner where there is nobody else.
fn ways<'c, 'a>(case: &'c Case<'a>) -> Vec<Look<'c, 'a>> {
    let look = |provider: &'a Slug, offer: Option<&'a Offer>| {
        let seller = offer.and_then(|o| o.contract.as_ref()).and_then(|c| c.seller.as_ref());
        let partner = seller.unwrap_or(provider);
        let body = (case.organisation)(partner);
        Look {
            case,
            provider,
            partner,
            body,
            offer,
        }
    };
    let component = &case.component.value;
    let mut ways: Vec<Look<'_, '_>> = case
        .offers
        .iter()
        .map(|offer| look(&offer.provider, Some(offer)))
        .collect();
    let roles = component.roles.iter().flat_map(|r| r.operator.iter().chain(&r.seller));
    for slug in roles {
        if !ways.iter().any(|way| way.provider == slug) {
            ways.push(look(slug, None));
        }
    }
    if ways.is_empty() {
        ways.push(look(&component.owner, None));
    }
    ways.truncate(MAX_WAYS);
    ways
}
