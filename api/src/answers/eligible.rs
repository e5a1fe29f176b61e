//! May a body obtain a component: gathers what the rules look at.

use actix_web::web;
use domain::access::{Caller, Sight};
use domain::adoption::Adoption;
use domain::code_list::CodeList;
use domain::component::Component;
use domain::eligibility::{self, Case, Eligibility, EligibilityAnswer};
use domain::id::Id;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::stored::{Publication, Stored};
use domain::values::Slug;
use search::Hit;
use search::answers::{Candidate, NeedLevel, NeedVerdict, Verdict, points_of};

use super::{hit, read};
use crate::problem::Problem;
use crate::state::App;

/// What the rules look at.
#[derive(Debug)]
struct Facts {
    components: Vec<Stored<Component>>,
    offers: Vec<Stored<Offer>>,
    adoptions: Vec<Stored<Adoption>>,
}

impl Facts {
    /// Gathers what a caller sees of components, of the offers of them, and of what a body has of them.
    ///
    /// # Errors
    /// If the store is needed and does not answer.
    async fn gather(app: &web::Data<App>, caller: &Caller, components: &[Id], asker: Id) -> Result<Self, Problem> {
        let sight = caller.sight();
        let (entries, offers, adoptions) = {
            let view = app.view();
            let mut found: (Vec<Hit>, Vec<Hit>, Vec<Hit>) = Default::default();
            for component in components {
                found.0.extend(view.components().by_id(*component).map(hit));
                // What was not published, or was withdrawn, is nobody's ground, not even its owner's.
                let counts = |entry: &&search::Entry| entry.publication == Publication::Published;
                let offers = view.about::<Offer>(*component, &sight).into_iter();
                found.1.extend(offers.filter(counts).map(hit));
                let own = domain::adoption::slug_of(*component, asker);
                let own = own.and_then(|slug| view.adoptions().get(slug.as_str()));
                found
                    .2
                    .extend(own.filter(|entry| entry.is_seen(&sight)).filter(counts).map(hit));
            }
            found
        };
        Ok(Self {
            components: read(app, &entries).await?,
            offers: read(app, &offers).await?,
            adoptions: read(app, &adoptions).await?,
        })
    }

    /// The answer for one of the components.
    fn judge(&self, app: &App, sight: &Sight, asker: &Slug, component: Id) -> Option<Eligibility> {
        let component = self.components.iter().find(|one| one.id == component)?;
        let view = app.view();
        let organisation = |slug: &Slug| -> Option<&Organisation> { view.directory().seen_organisation(slug, sight) };
        let offers: Vec<&Offer> = self.offers.iter().map(|offer| &offer.value).collect();
        let offers: Vec<&Offer> = offers
            .into_iter()
            .filter(|offer| offer.component == component.slug)
            .collect();
        let adoptions = self.adoptions.iter().map(|adoption| &adoption.value);
        let adoptions: Vec<&Adoption> = adoptions
            .filter(|adoption| adoption.component == component.slug)
            .collect();
        Some(eligibility::eligibility(&Case {
            component,
            asker,
            document: organisation(asker)?,
            organisation: &organisation,
            offers: &offers,
            adoptions: &adoptions,
            today: view.today(),
        }))
    }
}

/// May a body obtain a component?
///
/// # Errors
/// If the store is needed and does not answer.
pub async fn eligibility(
    app: &web::Data<App>,
    caller: &Caller,
    component: Id,
    asker: (Id, &Slug),
) -> Result<Eligibility, Problem> {
    let facts = Facts::gather(app, caller, &[component], asker.0).await?;
    facts
        .judge(app, &caller.sight(), asker.1, component)
        .ok_or_else(Problem::not_found)
}

/// Adds to each candidate whether a body may obtain it, and orders them by that, too: what it may not have comes last.
///
/// # Errors
/// If the store is needed and does not answer.
pub async fn judge_candidates(
    app: &web::Data<App>,
    caller: &Caller,
    asker: (Id, &Slug),
    candidates: &mut [(Id, u32, Candidate)],
) -> Result<(), Problem> {
    let ids: Vec<Id> = candidates.iter().map(|(id, ..)| *id).collect();
    let facts = Facts::gather(app, caller, &ids, asker.0).await?;
    let sight = caller.sight();
    for (id, points, candidate) in candidates.iter_mut() {
        let Some(judged) = facts.judge(app, &sight, asker.1, *id) else {
            continue;
        };
        let verdict = match judged.answer {
            EligibilityAnswer::Yes => Verdict::Met,
            EligibilityAnswer::No => Verdict::NotMet,
            EligibilityAnswer::Unclear => Verdict::Unknown,
        };
        *points += match verdict {
            Verdict::Met => points_of(NeedLevel::Should),
            Verdict::Unknown => points_of(NeedLevel::Should) / 4,
            Verdict::NotMet => 0,
        };
        candidate.met += usize::from(verdict == Verdict::Met);
        candidate.unknown += usize::from(verdict == Verdict::Unknown);
        candidate.needs.push(NeedVerdict {
            level: "should",
            need: "organisation".into(),
            verdict,
            values: vec![judged.answer.code().into(), judged.rule.code().into()],
        });
    }
    candidates.sort_by_key(|(_, points, candidate)| {
        let judged = candidate.needs.iter().find(|need| &*need.need == "organisation");
        let is_denied = judged.is_some_and(|need| need.verdict == Verdict::NotMet);
        (is_denied, std::cmp::Reverse(*points))
    });
    Ok(())
}
