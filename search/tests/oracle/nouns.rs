//! The nouns of the catalogue, by name where records of several are meant.

use bench::generate::{id, record};
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::component::Component;
use domain::id::Id;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::query::Queryable;
use domain::relation::Relation;
use domain::store::Record;
use domain::stored::Document;
use domain::values::Slug;
use search::{Table, View};
use serde_json::Value;

/// Nouns of records about components.
pub(crate) const SAID: [&str; 4] = [Adoption::NOUN, Offer::NOUN, Attestation::NOUN, Relation::NOUN];

/// A noun with its table.
pub(crate) trait Noun: Queryable {
    fn table(view: &View) -> &Table<Self>;
}

impl Noun for Component {
    fn table(view: &View) -> &Table<Self> {
        view.components()
    }
}

impl Noun for Organisation {
    fn table(view: &View) -> &Table<Self> {
        view.organisations()
    }
}

impl Noun for Adoption {
    fn table(view: &View) -> &Table<Self> {
        view.adoptions()
    }
}

impl Noun for Offer {
    fn table(view: &View) -> &Table<Self> {
        view.offers()
    }
}

impl Noun for Attestation {
    fn table(view: &View) -> &Table<Self> {
        view.attestations()
    }
}

impl Noun for Relation {
    fn table(view: &View) -> &Table<Self> {
        view.relations()
    }
}

/// The record with this number.
pub(crate) fn record_of(noun: &str, number: usize, document: Value) -> Record {
    match noun {
        Organisation::NOUN => record::<Organisation>(number, document),
        Component::NOUN => record::<Component>(number, document),
        Adoption::NOUN => record::<Adoption>(number, document),
        Offer::NOUN => record::<Offer>(number, document),
        Attestation::NOUN => record::<Attestation>(number, document),
        _ => record::<Relation>(number, document),
    }
}

/// The id of the record with this number.
pub(crate) fn id_of(noun: &str, number: usize) -> Id {
    match noun {
        Organisation::NOUN => id::<Organisation>(number),
        Component::NOUN => id::<Component>(number),
        Adoption::NOUN => id::<Adoption>(number),
        Offer::NOUN => id::<Offer>(number),
        Attestation::NOUN => id::<Attestation>(number),
        _ => id::<Relation>(number),
    }
}

/// What a record names by slug: noun and slug.
pub(crate) fn references(noun: &str, record: &Record) -> Vec<(&'static str, Slug)> {
    fn of<T: Document>(record: &Record) -> Vec<(&'static str, Slug)> {
        let value = record.read::<T>().unwrap().value;
        let references = value.references().into_iter();
        references.map(|r| (r.noun, r.slug.clone())).collect()
    }
    match noun {
        Organisation::NOUN => of::<Organisation>(record),
        Component::NOUN => of::<Component>(record),
        Adoption::NOUN => of::<Adoption>(record),
        Offer::NOUN => of::<Offer>(record),
        Attestation::NOUN => of::<Attestation>(record),
        _ => of::<Relation>(record),
    }
}
