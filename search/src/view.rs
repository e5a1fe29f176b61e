//! The whole read model: built from the store, kept by the log, thrown away at any time.

use domain::component::Component;
use domain::event::{Event, Sequence};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::query::{Condition, Directory, FieldKind, Query, Queryable};
use domain::store::Record;
use domain::stored::Document;
use domain::values::Slug;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::table::{Damaged, Prepared, Table};

/// All records in memory, as of one event of the log.
#[derive(Debug)]
pub struct View {
    components: Table<Component>,
    organisations: Table<Organisation>,
    directory: Organisations,
    as_of: Sequence,
}

/// The documents of all organisations, for paths that lead to them.
#[derive(Debug, Default)]
struct Organisations(FxHashMap<Slug, Organisation>);

impl Directory for Organisations {
    fn organisation(&self, slug: &Slug) -> Option<&Organisation> {
        self.0.get(slug)
    }
}

impl View {
    /// An empty view that keeps at most `body_limit` bytes of bodies.
    pub fn new(body_limit: usize) -> Self {
        Self {
            components: Table::new(body_limit),
            organisations: Table::new(body_limit),
            directory: Organisations::default(),
            as_of: Sequence::default(),
        }
    }

    /// A view of these records, each list by ascending id. `as_of` is the head of the log before they were read: what
    /// was written meanwhile comes once more as an event, and is then known already.
    pub fn build(
        organisations: &[Record],
        components: &[Record],
        as_of: Sequence,
        body_limit: usize,
    ) -> (Self, Vec<Damaged>) {
        let mut view = Self::new(body_limit);
        let mut damaged = Vec::new();
        for record in organisations {
            if let Ok(organisation) = serde_json::from_str(&record.document) {
                view.directory.0.insert(record.slug.clone(), organisation);
            }
        }
        let directory = &view.directory;
        let filled = fill::<Organisation>(&mut view.organisations, organisations, directory);
        damaged.extend(filled);
        damaged.extend(fill::<Component>(&mut view.components, components, directory));
        view.as_of = as_of;
        (view, damaged)
    }

    /// The last event that the view includes.
    pub fn as_of(&self) -> Sequence {
        self.as_of
    }

    /// The components.
    pub fn components(&self) -> &Table<Component> {
        &self.components
    }

    /// The organisations.
    pub fn organisations(&self) -> &Table<Organisation> {
        &self.organisations
    }

    /// Organisations by slug.
    pub fn directory(&self) -> &dyn Directory {
        &self.directory
    }

    /// Takes in the next event of the log. Events must come in order; one that is known already changes nothing.
    /// Answers the components that must be read again and given to [`View::refresh`], because they are found by what
    /// this event changed in another record.
    ///
    /// # Errors
    /// If its document cannot be read; the record then stays as it was.
    pub fn apply(&mut self, event: &Event) -> Result<Vec<Id>, Damaged> {
        if event.sequence <= self.as_of {
            return Ok(Vec::new());
        }
        self.as_of = event.sequence;
        match event.noun.as_str() {
            Component::NOUN => {
                if let Some(record) = changed(&mut self.components, event) {
                    self.components
                        .put(Prepared::new::<Component>(&record, &self.directory)?);
                }
                Ok(Vec::new())
            }
            Organisation::NOUN => self.apply_organisation(event),
            _ => Ok(Vec::new()),
        }
    }

    /// Takes in components as the store has them, for what [`View::apply`] named.
    ///
    /// # Errors
    /// If a document cannot be read.
    pub fn refresh(&mut self, components: &[Record]) -> Result<(), Damaged> {
        for record in components {
            // A newer one than the view knows comes with its own event.
            if self.components.revision(record.id) == Some(record.revision) {
                self.components
                    .put(Prepared::new::<Component>(record, &self.directory)?);
            }
        }
        Ok(())
    }

    fn apply_organisation(&mut self, event: &Event) -> Result<Vec<Id>, Damaged> {
        let before = self.organisations.by_id(event.subject).map(|entry| entry.slug.clone());
        let record = changed(&mut self.organisations, event);
        if event.document.is_none()
            && let Some(slug) = &before
        {
            self.directory.0.remove(slug);
        }
        // An event that is known already counts here, too: one about an earlier holder of its slug may have come before.
        let is_current = record.is_some() || self.organisations.revision(event.subject) == Some(event.revision);
        if let Some(document) = event.document.as_deref().filter(|_| is_current) {
            let organisation: Organisation = serde_json::from_str(document).map_err(|error| Damaged {
                id: event.subject,
                slug: event.slug.clone(),
                reason: error.to_string(),
            })?;
            if let Some(slug) = before.as_ref().filter(|slug| **slug != event.slug) {
                self.directory.0.remove(slug);
            }
            self.directory.0.insert(event.slug.clone(), organisation);
        }
        if let Some(record) = record {
            self.organisations
                .put(Prepared::new::<Organisation>(&record, &self.directory)?);
        }
        // Components are found by their owner's state and kind.
        let renamed = before.filter(|slug| *slug != event.slug);
        Ok(renamed
            .iter()
            .chain([&event.slug])
            .flat_map(|slug| self.components.ids_with("owner", slug.as_str()))
            .collect())
    }

    /// Replaces ids in filters by the slugs that documents use.
    pub fn resolve<T: Queryable>(&self, query: &mut Query) {
        for filter in &mut query.filters {
            let kind = T::fields().get(filter.field).map(|s| s.field.kind);
            let (Condition::AnyOf(keys) | Condition::NoneOf(keys) | Condition::AllOf(keys)) = &mut filter.condition
            else {
                continue;
            };
            for key in keys {
                let Ok(id) = key.parse() else { continue };
                let slug = match kind {
                    Some(FieldKind::Organisation) => self.organisations.slug_of(id),
                    Some(FieldKind::Component) => self.components.slug_of(id),
                    _ => None,
                };
                if let Some(slug) = slug {
                    *key = slug.as_str().into();
                }
            }
        }
    }
}

/// The record after an event; none if it was purged, or is known already.
fn changed<T: Queryable>(table: &mut Table<T>, event: &Event) -> Option<Record> {
    let Some(document) = event.document.clone() else {
        table.purge(event.subject);
        return None;
    };
    if let Some(known) = table.revision(event.subject)
        && known >= event.revision
    {
        // Events before this one may have been about an earlier holder of its slug.
        if known == event.revision {
            table.claim_slug(event.subject);
        }
        return None;
    }
    Some(Record {
        id: event.subject,
        slug: event.slug.clone(),
        revision: event.revision,
        publication: event.publication,
        owner: event.owner.clone(),
        created_at: table.created_at(event.subject).unwrap_or(event.time),
        updated_at: event.time,
        document,
    })
}

/// Records that are prepared at once: their words take more memory before they are in the index than in it.
const PORTION: usize = 8192;

fn fill<T: Queryable>(table: &mut Table<T>, records: &[Record], directory: &Organisations) -> Vec<Damaged> {
    let mut damaged = Vec::new();
    for portion in records.chunks(PORTION) {
        let prepared: Vec<Result<Prepared, Damaged>> = portion
            .par_iter()
            .map(|record| Prepared::new::<T>(record, directory))
            .collect();
        table.fill(
            prepared
                .into_iter()
                .filter_map(|one| one.map_err(|bad| damaged.push(bad)).ok())
                .collect(),
        );
    }
    table.sort();
    damaged
}
