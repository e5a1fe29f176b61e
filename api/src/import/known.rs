//! What an import knows of the records that others name.

use std::collections::HashMap;

use domain::access::Sight;
use domain::component::Component;
use domain::id::Id;
use domain::organisation::Organisation;
use domain::store::{Record, Store, StoreError};
use domain::stored::Document;
use domain::values::Slug;

use crate::state::all_records;

/// What records about a component take from it.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// Its id.
    pub(super) id: Id,
    /// Its owner.
    pub(super) owner: Slug,
    /// Its first operator, or its owner.
    pub(super) operator: Slug,
    /// Whether everybody may know of it.
    pub(super) is_public: bool,
}

impl Base {
    fn of(record: &Record, component: &Component) -> Self {
        let operators = component.roles.iter().flat_map(|roles| roles.operator.iter());
        Self {
            id: record.id,
            owner: component.owner.clone(),
            operator: operators
                .chain([&component.owner])
                .next()
                .unwrap_or(&component.owner)
                .clone(),
            is_public: record.is_known(&Sight::Public),
        }
    }
}

/// The organisations of the catalogue, those that are on their way into it, and the components that were asked for.
pub(super) struct Known {
    /// With their ids, once they have one.
    organisations: HashMap<Slug, Option<Id>>,
    components: HashMap<Slug, Base>,
}

impl Known {
    /// All organisations of a store.
    pub(super) fn new(store: &dyn Store) -> Result<Self, StoreError> {
        let records = all_records(store, Organisation::NOUN)?.into_iter();
        Ok(Self {
            organisations: records.map(|record| (record.slug, Some(record.id))).collect(),
            components: HashMap::new(),
        })
    }

    /// Whether an organisation is there, or on its way.
    pub(super) fn has_organisation(&self, slug: &Slug) -> bool {
        self.organisations.contains_key(slug)
    }

    /// The id of an organisation.
    pub(super) fn organisation(&self, slug: &Slug) -> Option<Id> {
        self.organisations.get(slug).copied().flatten()
    }

    /// A component.
    pub(super) fn component(&self, slug: &Slug) -> Option<&Base> {
        self.components.get(slug)
    }

    /// An organisation is on its way.
    pub(super) fn expect_organisation(&mut self, slug: &Slug) {
        self.organisations.entry(slug.clone()).or_default();
    }

    /// A record is about to be written, or is there as it was read. Of components, only `wanted` ones are read: the others
    /// can be looked up once they are written.
    pub(super) fn note(&mut self, noun: &str, record: &Record, wanted: bool) {
        if noun == Organisation::NOUN {
            self.organisations.insert(record.slug.clone(), Some(record.id));
        } else if noun == Component::NOUN && wanted {
            self.note_component(record);
        } else if noun == Component::NOUN {
            self.components.remove(&record.slug);
        }
    }

    /// A record was not written after all.
    pub(super) fn forget(&mut self, noun: &str, slug: &Slug) {
        if noun == Organisation::NOUN {
            self.organisations.remove(slug);
        } else if noun == Component::NOUN {
            self.components.remove(slug);
        }
    }

    /// Looks components up that are not known yet, all at once.
    pub(super) fn look_up(&mut self, store: &dyn Store, slugs: impl Iterator<Item = Slug>) -> Result<(), StoreError> {
        let mut missing: Vec<Slug> = slugs.filter(|slug| !self.components.contains_key(slug)).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        for record in store.records_by_slug(Component::NOUN, &missing)? {
            self.note_component(&record);
        }
        Ok(())
    }

    fn note_component(&mut self, record: &Record) {
        match serde_json::from_str(&record.document) {
            Ok(component) => {
                self.components
                    .insert(record.slug.clone(), Base::of(record, &component));
            }
            Err(error) => tracing::error!(id = %record.id, %error, "a document cannot be read"),
        }
    }
}
