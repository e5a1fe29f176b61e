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

/// A noun with documents of type `T`, which the view has a table of or not.
struct Of<T, V>(PhantomData<fn() -> (T, V)>);
/// With a table in the view.
struct Kept;
/// The log alone tells of it.
struct Logged;

/// Where the view has records of `T`.
trait InView<T> {
    fn by_id(view: &View, id: Id) -> Option<(&Entry, Timestamp)>;
    fn by_slug<'v>(view: &'v View, slug: &str) -> Option<&'v Entry>;
}

impl<T: Resource> InView<T> for Kept {
    fn by_id(view: &View, id: Id) -> Option<(&Entry, Timestamp)> {
        let table = T::table(view);
        Some((table.by_id(id)?, table.created_at(id)?))
    }

    fn by_slug<'v>(view: &'v View, slug: &str) -> Option<&'v Entry> {
        T::table(view).get(slug)
    }
}

impl<T> InView<T> for Logged {
    fn by_id(_: &View, _: Id) -> Option<(&Entry, Timestamp)> {
        None
    }

    fn by_slug<'v>(_: &'v View, _: &str) -> Option<&'v Entry> {
        None
    }
}

/// All of them. A slug names a record of the first of them that has it.
pub static ALL: [&dyn Noun; 8] = [
    &Of::<Component, Kept>(PhantomData),
    &Of::<Organisation, Kept>(PhantomData),
    &Of::<Change, Kept>(PhantomData),
    &Of::<Adoption, Kept>(PhantomData),
    &Of::<Offer, Kept>(PhantomData),
    &Of::<Attestation, Kept>(PhantomData),
    &Of::<Relation, Kept>(PhantomData),
    &Of::<Notice, Logged>(PhantomData),
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

impl<T: Document, V: InView<T>> Noun for Of<T, V> {
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
        V::by_id(view, id)
    }

    fn by_slug<'v>(&self, view: &'v View, slug: &str) -> Option<&'v Entry> {
        V::by_slug(view, slug)
    }

    fn references(&self, record: &Record) -> Result<Vec<Named>, Problem> {
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

    fn with_parties(&self, mut record: Record) -> Result<Record, Problem> {
        let value: T = document(&record)?;
        record.owner = value.owner(&record.slug).cloned();
        record.party = value.party().cloned();
        Ok(record)
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
