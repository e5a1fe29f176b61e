//! Records about components, of any noun: one set of operations, one description of them, and a few lines for each noun.

mod describe;
mod routes;

pub(crate) use describe::{at_address, patched, path_below, path_of_one};
pub use routes::{RelatedRoutes, routes};

use domain::access::Scope;
use domain::adoption::{self, Adoption, Side};
use domain::attestation::{self, Attestation};
use domain::code_list::CodeList;
use domain::component::Component;
use domain::fault::Faults;
use domain::id::Id;
use domain::offer::{self, Offer};
use domain::organisation::Organisation;
use domain::related::{Around, Related};
use domain::relation::{self, Relation, RelationType};
use domain::store::Key;
use domain::stored::Document;
use domain::values::Slug;
use search::About;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::openapi::{
    AdoptionList, AdoptionRecord, AdoptionWritten, AttestationList, AttestationRecord, AttestationWritten, OfferList,
    OfferRecord, OfferWritten, RelationList, RelationRecord, RelationWritten,
};
use crate::problem::Problem;
use crate::records::{Current, Resource};
use crate::writes::{Desk, Writable};

/// What a part of an address stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// An organisation, by slug or id.
    Organisation,
    /// A component, by slug or id.
    Component,
    /// A type of relation, with hyphens or underscores.
    RelationType,
    /// A name that the record was given.
    Name,
}

/// A part of the address of a record below its component.
#[derive(Debug, Clone, Copy)]
pub struct PathPart {
    /// Member of the document that says the same, and name of the parameter.
    pub member: &'static str,
    /// What it stands for.
    pub part: Part,
    /// For the document.
    pub description: &'static str,
    /// An example on the sample catalogue.
    pub example: &'static str,
    /// An example that makes a new record there.
    pub new_example: &'static str,
}

/// What a part of an address names: the record, where it names one, and the text that documents use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Of the record.
    pub id: Option<Id>,
    /// The slug, code or name.
    pub text: String,
}

impl Named {
    fn of(current: &Current) -> Self {
        Self {
            id: Some(current.id),
            text: current.slug.to_string(),
        }
    }
}

/// A noun whose records stand below a component. A further one is an implementation of this trait.
pub trait Below: Writable + Related + About + ToSchema {
    /// Last part of the list's address.
    const PLURAL: &'static str;
    /// What the records are, for the document.
    const ABOUT: &'static str;
    /// Who writes them, for the document.
    const WRITERS: &'static str;
    /// What tells the records of a component apart.
    const PARTS: &'static [PathPart];
    /// Whether there is a plain list of them below a component.
    const HAS_LIST_BELOW: bool = true;
    /// A component of the sample catalogue that has such a record.
    const EXAMPLE: &'static str;
    /// Shape of a page of them.
    type List: ToSchema;
    /// Shape of one.
    type Record: ToSchema;
    /// Shape of the answer to a write.
    type Written: ToSchema;

    /// The slug of the record with these parts; none where a part names nothing.
    fn slug_at(component: Id, parts: &[Named]) -> Option<Slug>;

    /// Bodies to send, each with its name and what it shows: whole ones, and patches.
    fn examples() -> [(&'static str, &'static str, Value); 2];
}

/// The address of a record below its component.
fn below(component: &Slug, plural: &str, parts: &[&str]) -> String {
    format!("{}/{component}/{plural}/{}", Component::PATH, parts.join("/"))
}

fn id_of<T: Document>(desk: &Desk<'_>, slug: &Slug) -> Result<Option<Id>, Problem> {
    let record = desk.app.store.record(T::NOUN, &Key::Slug(slug.clone()))?;
    // Of what the writer does not see, no name tells that it is there.
    let record = record.filter(|record| record.slug == *slug && desk.sees(record));
    Ok(record.map(|record| record.id))
}

/// What it is to an adoption.
const OPERATOR: &str = "the operator";

impl Writable for Adoption {
    const SCOPE: Scope = Scope::AdoptionsWrite;
    const REVIEWED: bool = false;

    fn path(&self, _: &Slug) -> String {
        below(&self.component, Self::PLURAL, &[self.organisation.as_str()])
    }

    fn about(&self) -> Option<&Slug> {
        Some(&self.component)
    }

    fn fixed_slug(&self, component: Id, desk: &Desk<'_>) -> Result<Option<Slug>, Problem> {
        let organisation = id_of::<Organisation>(desk, &self.organisation)?;
        Ok(organisation.and_then(|organisation| adoption::slug_of(component, organisation)))
    }

    fn complete(&mut self, before: Option<&Self>, around: &Around<'_>) -> Faults {
        self.settle(before, around)
    }

    fn words_of(before: Option<&Self>, after: &Self) -> Vec<(Option<Slug>, &'static str)> {
        let Some(before) = before else {
            let speaks = after.confirmation.is_some() || after.operator_note.is_some();
            return speaks.then(|| (after.operator.clone(), OPERATOR)).into_iter().collect();
        };
        Self::touched(before, after)
            .into_iter()
            .map(|side| match side {
                Side::Adopter => (Some(before.organisation.clone()), "the adopting body"),
                Side::Operator => (before.operator.clone(), OPERATOR),
            })
            .collect()
    }
}

impl Below for Adoption {
    const PLURAL: &'static str = "adoptions";
    const ABOUT: &'static str = "An adoption says that one body uses, or is about to use, a component: how far it is, who runs \
        it there, who said so and until when that counts. In its first stages it is the request to reuse; `nextActor` says \
        who acts next.";
    const WRITERS: &'static str = "The adopting body declares it and keeps it. The stages `aligning` and `conditions_confirmed`, \
        the `confirmation` and the `operatorNote` are the words of the component's operator; it may also decline before there is a contract, \
        begin the onboarding after it, and end. Whoever changes a word of the other side gets 403.";
    const PARTS: &'static [PathPart] = &[PathPart {
        member: "organisation",
        part: Part::Organisation,
        description: "Id or slug of the adopting body.",
        example: "land-sachsen-anhalt",
        new_example: "land-brandenburg",
    }];
    const EXAMPLE: &'static str = "llmoin";
    type List = AdoptionList;
    type Record = AdoptionRecord;
    type Written = AdoptionWritten;

    fn slug_at(component: Id, parts: &[Named]) -> Option<Slug> {
        adoption::slug_of(component, parts.first()?.id?)
    }

    fn examples() -> [(&'static str, &'static str, Value); 2] {
        [
            (
                "interest",
                "A body asks to reuse a component; the operator answers",
                json!({ "stage": "interested", "note": { "de": "Für alle Ministerien, ab 2027." }, "visibility": "members" }),
            ),
            (
                "confirm",
                "The operator confirms that it is on trial there",
                json!({ "confirmation": { "stage": "pilot" } }),
            ),
        ]
    }
}

impl Writable for Offer {
    const SCOPE: Scope = Scope::ComponentsWrite;
    const REVIEWED: bool = false;

    fn path(&self, _: &Slug) -> String {
        below(&self.component, Self::PLURAL, &[self.key.as_str()])
    }

    fn about(&self) -> Option<&Slug> {
        Some(&self.component)
    }

    fn fixed_slug(&self, component: Id, _: &Desk<'_>) -> Result<Option<Slug>, Problem> {
        Ok(offer::slug_of(component, &self.key))
    }

    fn complete(&mut self, before: Option<&Self>, around: &Around<'_>) -> Faults {
        self.settle(before, around)
    }
}

impl Below for Offer {
    const PLURAL: &'static str = "offers";
    const ABOUT: &'static str = "An offer is one provider's terms for obtaining a component: contract, who may order, service \
        level, cost and how to order. Unknown terms are left out.";
    const WRITERS: &'static str = "The provider writes it; it is the component's owner, or one of its suppliers, operators or \
        sellers.";
    const PARTS: &'static [PathPart] = &[PathPart {
        member: "key",
        part: Part::Name,
        description: "Name of the offer among those of the component.",
        example: "nachnutzung",
        new_example: "als-dienst",
    }];
    const EXAMPLE: &'static str = "llmoin";
    type List = OfferList;
    type Record = OfferRecord;
    type Written = OfferWritten;

    fn slug_at(component: Id, parts: &[Named]) -> Option<Slug> {
        offer::slug_of(component, &parts.first()?.text.parse().ok()?)
    }

    fn examples() -> [(&'static str, &'static str, Value); 2] {
        [
            (
                "saas",
                "As a service, at a price per user",
                json!({
                    "provider": "dataport",
                    "plan": { "de": "Als Dienst" },
                    "contract": { "basis": "in_house", "form": "EVB-IT Cloud" },
                    "openTo": { "levels": ["state", "municipal"], "membersOf": ["dataport"] },
                    "cost": { "model": "per_user", "items": [{ "block": "run", "amount": 4.5, "per": "user_month" }], "asOf": "2026-07-01" },
                }),
            ),
            (
                "until",
                "It can be ordered until the end of the year",
                json!({ "validUntil": "2026-12-31" }),
            ),
        ]
    }
}

impl Writable for Attestation {
    const SCOPE: Scope = Scope::AttestationsWrite;
    const REVIEWED: bool = false;

    fn path(&self, _: &Slug) -> String {
        below(&self.component, Self::PLURAL, &[self.key.as_str()])
    }

    fn about(&self) -> Option<&Slug> {
        Some(&self.component)
    }

    fn fixed_slug(&self, component: Id, _: &Desk<'_>) -> Result<Option<Slug>, Problem> {
        Ok(attestation::slug_of(component, &self.key))
    }

    fn complete(&mut self, before: Option<&Self>, around: &Around<'_>) -> Faults {
        self.settle(before, around)
    }
}

impl Below for Attestation {
    const PLURAL: &'static str = "attestations";
    const ABOUT: &'static str = "An attestation is a dated claim with evidence: what was found by which scheme and criterion, \
        who issued it, for how long it holds, and the document. Claims are never put together into one score.";
    const WRITERS: &'static str = "Whoever records it (`recordedBy`) writes it: the component's owner, or one of its suppliers, \
        operators or sellers.";
    const PARTS: &'static [PathPart] = &[PathPart {
        member: "key",
        part: Part::Name,
        description: "Name of the attestation among those of the component.",
        example: "datenhaltung",
        new_example: "dsfa-2026",
    }];
    const EXAMPLE: &'static str = "llmoin";
    type List = AttestationList;
    type Record = AttestationRecord;
    type Written = AttestationWritten;

    fn slug_at(component: Id, parts: &[Named]) -> Option<Slug> {
        attestation::slug_of(component, &parts.first()?.text.parse().ok()?)
    }

    fn examples() -> [(&'static str, &'static str, Value); 2] {
        [
            (
                "dpia",
                "A data protection impact assessment that others can start from",
                json!({
                    "scheme": "dpia",
                    "issuer": "Dataport",
                    "summary": { "de": "Verarbeitet werden Eingaben der Beschäftigten; sie werden nicht zum Training verwendet." },
                    "validFrom": "2026-01-15",
                    "validUntil": "2027-01-14",
                }),
            ),
            (
                "renewed",
                "It holds for another year",
                json!({ "validUntil": "2028-01-14" }),
            ),
        ]
    }
}

impl Writable for Relation {
    const SCOPE: Scope = Scope::ComponentsWrite;
    const REVIEWED: bool = false;

    fn path(&self, _: &Slug) -> String {
        below(
            &self.component,
            Self::PLURAL,
            &[&self.relation.key(), self.target.as_str()],
        )
    }

    fn about(&self) -> Option<&Slug> {
        Some(&self.component)
    }

    fn fixed_slug(&self, component: Id, desk: &Desk<'_>) -> Result<Option<Slug>, Problem> {
        let target = id_of::<Component>(desk, &self.target)?;
        Ok(target.and_then(|target| relation::slug_of(component, self.relation, target)))
    }

    fn complete(&mut self, before: Option<&Self>, around: &Around<'_>) -> Faults {
        self.settle(before, around)
    }
}

impl Below for Relation {
    const PLURAL: &'static str = "relations";
    const ABOUT: &'static str = "A relation is a typed edge from one component to another: what it depends on, is part of, is \
        based on, integrates with, is an alternative to, or replaces.";
    const WRITERS: &'static str = "Whoever records it (`recordedBy`) writes it: the owner of the component that it starts from, \
        or one of its suppliers, operators or sellers.";
    const PARTS: &'static [PathPart] = &[
        PathPart {
            member: "type",
            part: Part::RelationType,
            description: "What the component is to the target.",
            example: "integrates-with",
            new_example: "depends-on",
        },
        PathPart {
            member: "target",
            part: Part::Component,
            description: "Id or slug of the component that the relation leads to.",
            example: "bundid",
            new_example: "fit-connect",
        },
    ];
    /// What is there is a walk along the relations.
    const HAS_LIST_BELOW: bool = false;
    const EXAMPLE: &'static str = "digitale-baugenehmigung";
    type List = RelationList;
    type Record = RelationRecord;
    type Written = RelationWritten;

    fn slug_at(component: Id, parts: &[Named]) -> Option<Slug> {
        let [relation, target] = parts else { return None };
        relation::slug_of(component, RelationType::from_code(&relation.text)?, target.id?)
    }

    fn examples() -> [(&'static str, &'static str, Value); 2] {
        [
            (
                "since",
                "Since when, and of which version",
                json!({ "since": "2025-01-01", "version": "2.0" }),
            ),
            (
                "note",
                "What there is to say about it",
                json!({ "note": { "de": "Anmeldung der Bürgerinnen und Bürger." } }),
            ),
        ]
    }
}
