//! The whole read model: built from the store, kept by the log, thrown away at any time.

use domain::change::Change;
use domain::component::Component;
use domain::event::{Event, Sequence};
use domain::id::Id;
use domain::organisation::{Organisation, ReviewPolicy};
use domain::query::{Condition, Directory, FieldKind, Query, Queryable};
use domain::store::Record;
use domain::stored::{Document, Publication};
use domain::values::Slug;
use rayon::prelude::*;

use crate::directory::Organisations;
use crate::table::{Damaged, Prepared, Table};

/// All records in memory, as of one event of the log.
#[derive(Debug)]
pub struct View {
    components: Table<Component>,
    changes: Table<Change>,
    organisations: Table<Organisation>,
    directory: Organisations,
    as_of: Sequence,
}

impl View {
    /// An empty view that keeps at most `body_limit` bytes of bodies of each noun.
    pub fn new(body_limit: usize) -> Self {
        Self {
            components: Table::new(body_limit),
            changes: Table::new(body_limit),
            organisations: Table::new(body_limit),
            directory: Organisations::default(),
            as_of: Sequence::default(),
        }
    }

    /// A view of the records that `records` answers for each noun, by ascending id. `as_of` is the head of the log before
    /// they are read: what is written meanwhile comes once more as an event, and is then known already.
    ///
    /// # Errors
    /// Those of `records`. Records that cannot be read are left out, and answered beside the view.
    pub fn build<R: AsRef<[Record]>, E>(
        as_of: Sequence,
        body_limit: usize,
        mut records: impl FnMut(&'static str) -> Result<R, E>,
    ) -> Result<(Self, Vec<Damaged>), E> {
        let mut view = Self::new(body_limit);
        view.as_of = as_of;
        let mut damaged = Vec::new();
        {
            // Others are found by what their organisations say, so these come first.
            let organisations = records(Organisation::NOUN)?;
            for record in organisations.as_ref() {
                if let Ok(organisation) = serde_json::from_str(&record.document) {
                    view.directory.put(record, organisation);
                }
            }
            damaged.extend(fill(&mut view.organisations, organisations.as_ref(), &view.directory));
        }
        {
            let components = records(Component::NOUN)?;
            damaged.extend(fill(&mut view.components, components.as_ref(), &view.directory));
        }
        let changes = records(Change::NOUN)?;
        damaged.extend(fill(&mut view.changes, changes.as_ref(), &view.directory));
        Ok((view, damaged))
    }

    /// The last event that the view includes.
    pub fn as_of(&self) -> Sequence {
        self.as_of
    }

    /// The components.
    pub fn components(&self) -> &Table<Component> {
        &self.components
    }

    /// The proposed changes.
    pub fn changes(&self) -> &Table<Change> {
        &self.changes
    }

    /// The organisations.
    pub fn organisations(&self) -> &Table<Organisation> {
        &self.organisations
    }

    /// Organisations by slug.
    pub fn directory(&self) -> &dyn Directory {
        &self.directory
    }

    /// Organisations that delegated their entries to this one, in order.
    pub fn delegators(&self, organisation: &Slug) -> &[Slug] {
        self.directory.delegators(organisation)
    }

    /// The records that name a component or an organisation by its slug in a field of theirs, whatever their state of
    /// publication: noun and id, in order.
    pub fn referring(&self, noun: &str, slug: &Slug) -> Vec<(&'static str, Id)> {
        let mut found: Vec<(&'static str, Id)> = Vec::new();
        self.components.add_referring(noun, slug, &mut found);
        self.organisations.add_referring(noun, slug, &mut found);
        self.changes.add_referring(noun, slug, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// How an organisation wants changes of its public entries to come about.
    pub fn review_of(&self, organisation: &Slug) -> ReviewPolicy {
        let document = self.directory.organisation(organisation);
        document.and_then(|document| document.review).unwrap_or_default()
    }

    /// The slug of the organisation with this slug or id.
    pub fn organisation_key(&self, key: &str) -> Option<Slug> {
        self.organisations.get(key).map(|entry| entry.slug.clone())
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
            Organisation::NOUN => return self.apply_organisation(event),
            Component::NOUN => follow(&mut self.components, event, &self.directory)?,
            Change::NOUN => follow(&mut self.changes, event, &self.directory)?,
            _ => {}
        }
        Ok(Vec::new())
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
            self.directory.remove(slug);
        }
        // An event that is known already counts here, too: one about an earlier holder of its slug may have come before.
        let is_known = self.organisations.revision(event.subject) == Some(event.revision);
        if let Some(current) = record
            .clone()
            .or_else(|| is_known.then(|| after(&self.organisations, event)).flatten())
        {
            let organisation: Organisation = serde_json::from_str(&current.document).map_err(|error| Damaged {
                id: event.subject,
                slug: event.slug.clone(),
                reason: error.to_string(),
            })?;
            if let Some(slug) = before.as_ref().filter(|slug| **slug != event.slug) {
                self.directory.remove(slug);
            }
            self.directory.put(&current, organisation);
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

/// Takes in an event about a record of a table.
fn follow<T: Queryable>(table: &mut Table<T>, event: &Event, directory: &Organisations) -> Result<(), Damaged> {
    if let Some(record) = changed(table, event) {
        table.put(Prepared::new::<T>(&record, directory)?);
    }
    Ok(())
}

/// The record after an event; none if it was purged, or is known already.
fn changed<T: Queryable>(table: &mut Table<T>, event: &Event) -> Option<Record> {
    if event.document.is_none() {
        table.purge(event.subject);
        return None;
    }
    if let Some(known) = table.revision(event.subject)
        && known >= event.revision
    {
        // Events before this one may have been about an earlier holder of its slug.
        if known == event.revision {
            table.claim_slug(event.subject);
        }
        return None;
    }
    after(table, event)
}

/// The record that an event led to; none if it was purged.
fn after<T: Queryable>(table: &Table<T>, event: &Event) -> Option<Record> {
    let published_at = table
        .published_at(event.subject)
        .or((event.publication == Publication::Published).then_some(event.time));
    let created_at = table.created_at(event.subject).unwrap_or(event.time);
    Record::after(event, created_at, published_at)
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
