//! What sort of body somebody is in the eyes of procurement law, and who controls whom.

use super::{Case, Need};
use crate::component::Level;
use crate::organisation::{Organisation, OrganisationKind};
use crate::statement::Text;
use crate::text;
use crate::values::{Slug, State};

/// Longest chain of parents that is followed; it also ends a circle.
const CHAIN: usize = 8;

/// Whether a body is a public contracting authority under § 99 no. 1 to 3 GWB; none, where its kind does not tell.
///
/// Territorial bodies and their parts are (no. 1), and so are their associations (no. 3). Public IT providers and joint
/// institutions are bodies for tasks of general interest under public control (no. 2). A company may be one (no. 2), if a
/// public body carries it.
pub(super) fn is_public(case: &Case<'_>, body: &Organisation) -> Option<bool> {
    use OrganisationKind as K;
    match body.kind {
        K::Federation
        | K::FederalBody
        | K::State
        | K::Ministry
        | K::StateBody
        | K::Municipality
        | K::MunicipalAssociation
        | K::JointInstitution
        | K::ItProvider => Some(true),
        K::CivilSociety | K::Community => Some(false),
        K::Company => {
            let carried = body.carriers.iter().filter_map(|slug| (case.organisation)(slug));
            let by_public = carried
                .into_iter()
                .any(|c| !matches!(c.kind, K::Company | K::CivilSociety | K::Community));
            if by_public { None } else { Some(false) }
        }
        K::Academia | K::Foreign | K::Other => None,
    }
}

/// Whether a body governs, or is a part of one that governs: it has no shares that somebody private could hold, and no
/// activity on the market that § 108 GWB would count.
pub(super) fn is_territorial(kind: OrganisationKind) -> bool {
    use OrganisationKind as K;
    matches!(kind, K::Federation | K::State | K::Ministry | K::Municipality)
}

/// The level of government of a body; none, where its kind does not tell.
pub(super) fn level(kind: OrganisationKind) -> Option<Level> {
    use OrganisationKind as K;
    match kind {
        K::Federation | K::FederalBody => Some(Level::Federal),
        K::State | K::Ministry | K::StateBody => Some(Level::State),
        K::Municipality | K::MunicipalAssociation => Some(Level::Municipal),
        _ => None,
    }
}

/// The states of a body: those it names, or the one of its regional key.
pub(super) fn states(body: &Organisation) -> Vec<State> {
    if body.states.is_empty() {
        body.region_key
            .as_ref()
            .and_then(crate::values::RegionKey::state)
            .into_iter()
            .collect()
    } else {
        body.states.to_vec()
    }
}

/// What is missing to know whether a body is a contracting authority.
pub(super) fn kind_need(slug: &Slug) -> Need {
    let detail = text!(
        "Zu klären ist, ob „{slug}“ öffentlicher Auftraggeber nach § 99 Nr. 1 bis 3 GWB ist; die Art der Organisation sagt es nicht.",
        "To be settled: whether `{slug}` is a contracting authority under § 99 no. 1 to 3 GWB; its kind does not tell."
    );
    Need::of_organisation(slug, "/kind", detail)
}

/// Whether a body controls another one.
#[derive(Debug)]
pub(super) enum Control<'a> {
    /// It does, itself or as a part of the legal person that does: by this slug among the carriers.
    Held(&'a Slug),
    /// It may: what has to be settled.
    Possible(Need),
    /// The catalogue does not know who carries the other one.
    Unknown(Need),
    /// It does not.
    None,
}

/// The asking body and those that it is a legally dependent part of.
pub(super) fn own_person<'a>(case: &Case<'a>) -> Vec<&'a Slug> {
    let mut all = vec![case.asker];
    let mut body = case.document;
    while is_dependent(body.kind)
        && all.len() < CHAIN
        && let Some(parent) = &body.parent
    {
        all.push(parent);
        let Some(next) = (case.organisation)(parent) else { break };
        body = next;
    }
    all
}

/// Ministries and authorities act for the federation or the state that they are a part of.
fn is_dependent(kind: OrganisationKind) -> bool {
    use OrganisationKind as K;
    matches!(kind, K::Ministry | K::StateBody | K::FederalBody)
}

/// Whether the asking body controls an organisation, alone or with others.
pub(super) fn control<'a>(case: &Case<'a>, slug: &'a Slug, body: Option<&'a Organisation>) -> Control<'a> {
    let Some(body) = body.filter(|body| !body.carriers.is_empty()) else {
        let detail = text!(
            "Der Katalog weiß nicht, wer „{slug}“ trägt.",
            "The catalogue does not know who carries `{slug}`."
        );
        return Control::Unknown(Need::of_organisation(slug, "/carriers", detail));
    };
    let person = own_person(case);
    if let Some(carrier) = body.carriers.iter().find(|c| person.contains(c)) {
        return Control::Held(carrier);
    }
    if let Some(held) = by_state(case, body) {
        return held;
    }
    if let Some(parent) = &case.document.parent
        && body.carriers.contains(parent)
    {
        let asker = case.asker;
        let detail = text!(
            "Zu klären ist, ob „{asker}“ ein rechtlich unselbständiger Teil von „{parent}“ ist.",
            "To be settled: whether `{asker}` is a legally dependent part of `{parent}`."
        );
        return Control::Possible(Need::of_organisation(asker, "/parent", detail));
    }
    for carrier in &body.carriers {
        let Some(between) = (case.organisation)(carrier) else {
            continue;
        };
        if between.carriers.iter().any(|c| person.contains(&c)) {
            // Sole control all the way down is control in the sense of § 108 (2) sentence 2 GWB.
            if between.carriers.len() == 1 && body.carriers.len() == 1 {
                return Control::Held(carrier);
            }
            let detail = text!(
                "Zu klären ist, ob die gemeinsame Kontrolle über „{carrier}“ bis zu „{slug}“ reicht (Satzung, Vertretung in den Organen).",
                "To be settled: whether joint control reaches through `{carrier}` to `{slug}` (statutes, seats in its bodies)."
            );
            return Control::Possible(Need::outside(detail));
        }
    }
    Control::None
}

/// A ministry is its state, whichever entry the state has; of other bodies of a state, it is to be settled.
fn by_state<'a>(case: &Case<'a>, body: &'a Organisation) -> Option<Control<'a>> {
    use OrganisationKind as K;
    let asker = case.document;
    let whole = match asker.kind {
        K::Ministry | K::StateBody => K::State,
        K::FederalBody => K::Federation,
        _ => return None,
    };
    let mine = states(asker);
    let carrier = body.carriers.iter().find(|slug| {
        (case.organisation)(slug)
            .is_some_and(|c| c.kind == whole && (whole == K::Federation || mine.len() == 1 && states(c) == mine))
    })?;
    if asker.kind == K::Ministry {
        return Some(Control::Held(carrier));
    }
    let slug = case.asker;
    let detail = text!(
        "Zu klären ist, ob „{slug}“ ein rechtlich unselbständiger Teil von „{carrier}“ ist.",
        "To be settled: whether `{slug}` is a legally dependent part of `{carrier}`."
    );
    Some(Control::Possible(Need::of_organisation(slug, "/parent", detail)))
}

/// Whether the asking body is a member of an organisation.
pub(super) fn is_member(case: &Case<'_>, slug: &Slug) -> Option<bool> {
    let carriers = (case.organisation)(slug)
        .map(|body| &body.carriers)
        .filter(|c| !c.is_empty())?;
    let person = own_person(case);
    let by_state = || (case.organisation)(slug).and_then(|body| by_state(case, body));
    if carriers.iter().any(|c| person.contains(&c)) {
        return Some(true);
    }
    match by_state() {
        Some(Control::Held(_)) => Some(true),
        Some(_) => None,
        None => Some(false),
    }
}

/// Told where the body that would be awarded has no entry.
pub(super) fn no_entry(slug: &Slug) -> Text {
    text!(
        "Zu „{slug}“ hat der Katalog keinen Eintrag.",
        "The catalogue has no entry of `{slug}`."
    )
}
