//! Every noun that the catalogue keeps records of, in one table, for whatever works alike on all of them.

use std::marker::PhantomData;

use bytes::Bytes;
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::change::Change;
use domain::component::Component;
use domain::id::Id;
use domain::notice::Notice;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::relation::Relation;
use domain::store::Record;
use domain::stored::Document;
use domain::values::{Slug, Timestamp};
use search::{Entry, View};

use crate::problem::Problem;
use crate::records::Resource;
use crate::writes::document;

/// Another record that a record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// JSON pointer to the slug.
    pub pointer: String,
    /// Noun of the other record.
    pub noun: &'static str,
    /// Its slug.
    pub slug: Slug,
}

/// A noun, whatever its documents look like.
pub trait Noun: Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Whether its records have a state of publication of their own; others are for their parties alone.
    fn has_publication(&self) -> bool;

    /// A record as JSON.
    fn body(&self, record: &Record) -> Bytes;

    /// What the view has under an id, and when that was created.
    fn by_id<'v>(&self, view: &'v View, id: Id) -> Option<(&'v Entry, Timestamp)>;

    /// What the view has under a slug.
    fn by_slug<'v>(&self, view: &'v View, slug: &str) -> Option<&'v Entry>;

    /// The records that a record names.
    ///
    /// # Errors
    /// If its document cannot be read.
    fn references(&self, record: &Record) -> Result<Vec<Named>, Problem>;

    /// A record with owner and party as its document says.
    ///
    /// # Errors
    /// If its document cannot be read.
    fn with_parties(&self, record: Record) -> Result<Record, Problem>;
}

/// One with a table in the view.
struct Kept<T>(PhantomData<fn() -> T>);
/// One that only the log tells of.
struct Logged<T>(PhantomData<fn() -> T>);

/// All of them. A slug names a record of the first of them that has it.
pub static ALL: [&dyn Noun; 8] = [
    &Kept::<Component>(PhantomData),
    &Kept::<Organisation>(PhantomData),
    &Kept::<Change>(PhantomData),
    &Kept::<Adoption>(PhantomData),
    &Kept::<Offer>(PhantomData),
    &Kept::<Attestation>(PhantomData),
    &Kept::<Relation>(PhantomData),
    &Logged::<Notice>(PhantomData),
];

/// The names of all, in the same order.
pub const NAMES: [&str; 8] = [
    Component::NOUN,
    Organisation::NOUN,
    Change::NOUN,
    Adoption::NOUN,
    Offer::NOUN,
    Attestation::NOUN,
    Relation::NOUN,
    Notice::NOUN,
];

/// The noun with a name.
pub fn named(name: &str) -> Option<&'static dyn Noun> {
    ALL.into_iter().find(|noun| noun.name() == name)
}

fn references<T: Document>(record: &Record) -> Result<Vec<Named>, Problem> {
    let value: T = document(record)?;
    let references = value.references().into_iter();
    Ok(references
        .map(|reference| Named {
            pointer: reference.pointer,
            noun: reference.noun,
            slug: reference.slug.clone(),
        })
        .collect())
}

fn with_parties<T: Document>(mut record: Record) -> Result<Record, Problem> {
    let value: T = document(&record)?;
    record.owner = value.owner(&record.slug).cloned();
    record.party = value.party().cloned();
    Ok(record)
}

impl<T: Resource> Noun for Kept<T> {
    fn name(&self) -> &'static str {
        T::NOUN
    }

    fn has_publication(&self) -> bool {
        T::HAS_PUBLICATION
    }

    fn body(&self, record: &Record) -> Bytes {
        search::body::<T>(record)
    }

    fn by_id<'v>(&self, view: &'v View, id: Id) -> Option<(&'v Entry, Timestamp)> {
        let table = T::table(view);
        Some((table.by_id(id)?, table.created_at(id)?))
    }

    fn by_slug<'v>(&self, view: &'v View, slug: &str) -> Option<&'v Entry> {
        T::table(view).get(slug)
    }

    fn references(&self, record: &Record) -> Result<Vec<Named>, Problem> {
        references::<T>(record)
    }

    fn with_parties(&self, record: Record) -> Result<Record, Problem> {
        with_parties::<T>(record)
    }
}

impl<T: Document> Noun for Logged<T> {
    fn name(&self) -> &'static str {
        T::NOUN
    }

    fn has_publication(&self) -> bool {
        T::HAS_PUBLICATION
    }

    fn body(&self, record: &Record) -> Bytes {
        search::body::<T>(record)
    }

    fn by_id<'v>(&self, _: &'v View, _: Id) -> Option<(&'v Entry, Timestamp)> {
        None
    }

    fn by_slug<'v>(&self, _: &'v View, _: &str) -> Option<&'v Entry> {
        None
    }

    fn references(&self, record: &Record) -> Result<Vec<Named>, Problem> {
        references::<T>(record)
    }

    fn with_parties(&self, record: Record) -> Result<Record, Problem> {
        with_parties::<T>(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_nouns() {
        assert_eq!(ALL.map(Noun::name), NAMES);
    }
}
