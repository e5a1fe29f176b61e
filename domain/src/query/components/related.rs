//! What stands in the records about a component: who runs it, who offers it, what is attested of it, what it is tied to.
//! A further path is one line here.

use super::{Spec, Subject};
use crate::adoption::Adoption;
use crate::attestation::Attestation;
use crate::component::Component;
use crate::offer::Offer;
use crate::query::field::FieldKind;
use crate::relation::Relation;

/// The states in which a component is live, by its public adoptions. The view counts them.
pub const LIVE_STATES: &str = "adoptions.liveStates";

pub(super) fn related() -> Vec<Spec> {
    vec![
        Spec::across::<Adoption>("adoptions.state", "state"),
        Spec::across::<Adoption>("adoptions.stage", "stage"),
        Spec::across::<Adoption>("adoptions.organisation", "organisation"),
        Spec::across::<Adoption>("adoptions.organisation.kind", "organisation.kind"),
        Spec::across::<Adoption>("adoptions.organisation.regionKey", "organisation.regionKey"),
        Spec::across::<Adoption>("adoptions.operator", "operator"),
        Spec::across::<Adoption>("adoptions.liveIn", "liveIn"),
        Spec::across::<Adoption>("adoptions.confirmed", "confirmed"),
        Spec::across::<Adoption>("adoptions.stale", "stale"),
        Spec::across::<Adoption>("adoptions.since", "since"),
        Spec::across::<Adoption>("adoptions.verifiedOn", "verifiedOn"),
        Spec::new(
            LIVE_STATES,
            "Anzahl der Länder, in denen es in Betrieb ist",
            "Number of states in which it is live",
            FieldKind::Integer,
            |_: Subject<'_, Component>, _| {},
        )
        .sort(),
        Spec::across::<Offer>("offers.provider", "provider"),
        Spec::across::<Offer>("offers.contract", "contract"),
        Spec::across::<Offer>("offers.seller", "seller"),
        Spec::across::<Offer>("offers.level", "level"),
        Spec::across::<Offer>("offers.state", "state"),
        Spec::across::<Offer>("offers.membersOf", "membersOf"),
        Spec::across::<Offer>("offers.cost", "cost"),
        Spec::across::<Offer>("offers.expired", "expired"),
        Spec::across::<Attestation>("attestations.scheme", "scheme"),
        Spec::across::<Attestation>("attestations.criterion", "criterion"),
        Spec::across::<Attestation>("attestations.value", "value"),
        Spec::across::<Attestation>("attestations.validFrom", "validFrom"),
        Spec::across::<Attestation>("attestations.validUntil", "validUntil"),
        Spec::across::<Attestation>("attestations.expired", "expired"),
        Spec::across::<Relation>("relations.dependsOn", "dependsOn"),
        Spec::across::<Relation>("relations.partOf", "partOf"),
        Spec::across::<Relation>("relations.basedOn", "basedOn"),
        Spec::across::<Relation>("relations.integratesWith", "integratesWith"),
        Spec::across::<Relation>("relations.alternativeTo", "alternativeTo"),
        Spec::across::<Relation>("relations.replaces", "replaces"),
        Spec::across::<Relation>("relations.type", "type"),
        Spec::across::<Relation>("relations.target", "target"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_to_a_field() {
        for spec in related() {
            let name = spec.field.name;
            assert!(spec.across.is_some() || name == LIVE_STATES, "{name}");
            assert!(!matches!(spec.field.kind, FieldKind::Text), "{name}");
        }
    }
}
