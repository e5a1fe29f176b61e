//! The whole read model: built from the store, kept by the log, thrown away at any time.

use std::collections::BTreeSet;

use domain::access::Sight;
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::change::Change;
use domain::component::Component;
use domain::event::{Event, Sequence};
use domain::id::Id;
use domain::offer::Offer;
use domain::organisation::{Organisation, ReviewPolicy};
use domain::query::{Condition, Directory, FieldKind, LIVE_STATES, Query, Queryable};
use domain::related::Related;
use domain::relation::Relation;
use domain::store::Record;
use domain::stored::{Document, Publication};
use domain::values::{Day, Slug};
use rayon::prelude::*;

use crate::across::{Across, Ends, Linked};
use crate::directory::Organisations;
use crate::table::{Damaged, Entry, Prepared, Table};

/// All records in memory, as of one event of the log.
#[derive(Debug)]
pub struct View {
    components: Table<Component>,
    changes: Table<Change>,
    organisations: Table<Organisation>,
    adoptions: Linked<Adoption>,
    offers: Linked<Offer>,
    attestations: Linked<Attestation>,
    relations: Linked<Relation>,
    directory: Organisations,
    as_of: Sequence,
    /// Records to be read again: they are found by what changed outside them.
    due: BTreeSet<(&'static str, Id)>,
}

impl View {
    /// An empty view of a day that keeps at most `body_limit` bytes of bodies of each noun.
    pub fn new(body_limit: usize, today: Day) -> Self {
        Self {
            adoptions: Linked::new(body_limit),
            offers: Linked::new(body_limit),
            attestations: Linked::new(body_limit),
            relations: Linked::new(body_limit),
            components: Table::new(body_limit),
            changes: Table::new(body_limit),
            organisations: Table::new(body_limit),
            directory: Organisations::new(today),
            as_of: Sequence::default(),
            due: BTreeSet::new(),
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
        today: Day,
        mut records: impl FnMut(&'static str) -> Result<R, E>,
    ) -> Result<(Self, Vec<Damaged>), E> {
        let mut view = Self::new(body_limit, today);
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
        damaged.extend(view.fill_linked::<Adoption, _, _>(&mut records)?);
        damaged.extend(view.fill_linked::<Offer, _, _>(&mut records)?);
        damaged.extend(view.fill_linked::<Attestation, _, _>(&mut records)?);
        damaged.extend(view.fill_linked::<Relation, _, _>(&mut records)?);
        view.count_live_states();
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

    /// The adoptions.
    pub fn adoptions(&self) -> &Table<Adoption> {
        self.adoptions.table()
    }

    /// The offers.
    pub fn offers(&self) -> &Table<Offer> {
        self.offers.table()
    }

    /// The attestations.
    pub fn attestations(&self) -> &Table<Attestation> {
        self.attestations.table()
    }

    /// The relations.
    pub fn relations(&self) -> &Table<Relation> {
        self.relations.table()
    }

    /// The relations with what they are tied to.
    pub(crate) fn linked_relations(&self) -> &Linked<Relation> {
        &self.relations
    }

    /// The adoptions with what they are tied to.
    pub(crate) fn linked_adoptions(&self) -> &Linked<Adoption> {
        &self.adoptions
    }

    /// The records of a noun about a component that someone sees, by ascending id.
    pub fn about<T: About>(&self, component: Id, sight: &Sight) -> Vec<&Entry> {
        match self.components.slot_of(component) {
            Some(slot) => T::linked(self).seen_of(slot, sight),
            None => Vec::new(),
        }
    }

    /// The ids of all records about a component: noun and id, in order.
    pub fn all_about(&self, component: Id) -> Vec<(&'static str, Id)> {
        let all = Sight::All;
        let ids = |noun: &'static str, entries: Vec<&Entry>| entries.into_iter().map(move |e| (noun, e.id)).collect();
        let found: [Vec<(&'static str, Id)>; 4] = [
            ids(Adoption::NOUN, self.about::<Adoption>(component, &all)),
            ids(Offer::NOUN, self.about::<Offer>(component, &all)),
            ids(Attestation::NOUN, self.about::<Attestation>(component, &all)),
            ids(Relation::NOUN, self.about::<Relation>(component, &all)),
        ];
        found.concat()
    }

    /// The table of records about components with this noun.
    pub(crate) fn across(&self, noun: &str) -> Option<&dyn Across> {
        match noun {
            Adoption::NOUN => Some(&self.adoptions),
            Offer::NOUN => Some(&self.offers),
            Attestation::NOUN => Some(&self.attestations),
            Relation::NOUN => Some(&self.relations),
            _ => None,
        }
    }

    /// The values of a field in the records of a noun about a component that someone sees.
    pub(crate) fn values_about(&self, noun: &str, component: u32, field: usize, sight: &Sight) -> Vec<Box<str>> {
        let records = self.across(noun);
        records
            .map(|records| records.values_of(component, field, sight))
            .unwrap_or_default()
    }

    /// The day that the view is of.
    pub fn today(&self) -> Day {
        self.directory.today()
    }

    /// The records whose last day is past on `today`, and was not on the day that the view is of; or the other way round.
    /// Noun and id, in order.
    pub fn lapsing(&self, today: Day) -> BTreeSet<(&'static str, Id)> {
        fn of<T: Queryable>(table: &Table<T>, today: Day) -> impl Iterator<Item = (&'static str, Id)> {
            let turned = table
                .entries()
                .filter(move |e| e.has_lapsed != e.lapses_on.is_some_and(|day| day < today));
            turned.map(|entry| (T::NOUN, entry.id))
        }
        of(&self.components, today)
            .chain(of(self.adoptions.table(), today))
            .chain(of(self.offers.table(), today))
            .chain(of(self.attestations.table(), today))
            .collect()
    }

    /// Goes on to a day. What lapses by then is [`View::due`].
    pub fn turn(&mut self, today: Day) {
        self.directory.set_today(today);
        let lapsing = self.lapsing(today);
        self.due.extend(lapsing);
    }

    /// What tells the content of this view from that of another moment: the last event, the day, and how many records are
    /// still due.
    pub fn moment(&self) -> (Sequence, Day, usize) {
        (self.as_of, self.today(), self.due.len())
    }

    /// The next records of one noun, at most so many, that must be read again and given to [`View::refresh`].
    pub fn due(&self, most: usize) -> Option<(&'static str, Vec<Id>)> {
        let (noun, _) = self.due.first()?;
        let of_noun = self.due.iter().take_while(|(other, _)| other == noun);
        Some((noun, of_noun.take(most).map(|(_, id)| *id).collect()))
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
        self.adoptions.table().add_referring(noun, slug, &mut found);
        self.offers.table().add_referring(noun, slug, &mut found);
        self.attestations.table().add_referring(noun, slug, &mut found);
        self.relations.table().add_referring(noun, slug, &mut found);
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
    /// Records that are found by what this event changed in another one are [`View::due`] from then on.
    ///
    /// # Errors
    /// If its document cannot be read; the record then stays as it was.
    pub fn apply(&mut self, event: &Event) -> Result<(), Damaged> {
        if event.sequence <= self.as_of {
            return Ok(());
        }
        self.as_of = event.sequence;
        match event.noun.as_str() {
            Organisation::NOUN => self.apply_organisation(event),
            Component::NOUN => self.apply_component(event),
            Change::NOUN => follow(&mut self.changes, event, &self.directory),
            Adoption::NOUN => self.apply_linked::<Adoption>(event),
            Offer::NOUN => self.apply_linked::<Offer>(event),
            Attestation::NOUN => self.apply_linked::<Attestation>(event),
            Relation::NOUN => self.apply_linked::<Relation>(event),
            _ => Ok(()),
        }
    }

    /// Takes in the records of a noun with these ids as the store has them: what [`View::due`] named. Those that cannot be
    /// read stay as they were, and are answered.
    pub fn refresh(&mut self, noun: &'static str, ids: &[Id], records: &[Record]) -> Vec<Damaged> {
        for id in ids {
            self.due.remove(&(noun, *id));
        }
        let taken_in = records.iter().map(|record| match noun {
            Component::NOUN => self.refresh_component(record),
            Adoption::NOUN => self.refresh_linked::<Adoption>(record),
            Offer::NOUN => self.refresh_linked::<Offer>(record),
            Attestation::NOUN => self.refresh_linked::<Attestation>(record),
            _ => Ok(()),
        });
        taken_in.filter_map(Result::err).collect()
    }

    fn refresh_component(&mut self, record: &Record) -> Result<(), Damaged> {
        // A newer one than the view knows comes with its own event.
        if self.components.revision(record.id) == Some(record.revision) {
            self.put_component(Prepared::new::<Component>(record, &self.directory)?);
        }
        Ok(())
    }

    fn apply_component(&mut self, event: &Event) -> Result<(), Damaged> {
        if let Some(record) = changed(&mut self.components, event) {
            self.put_component(Prepared::new::<Component>(&record, &self.directory)?);
        }
        self.tie_anew(&event.slug);
        Ok(())
    }

    /// Ties the records that name a component by this slug to the one that has it now. They may be known longer than it
    /// has it: a view is built noun by noun while others write, and a new name is written to several records at once.
    fn tie_anew(&mut self, slug: &Slug) {
        let component = self.components.slot(slug.as_str());
        self.offers.tie_anew(slug, component);
        self.attestations.tie_anew(slug, component);
        self.relations.tie_anew(slug, component);
        for touched in self.adoptions.tie_anew(slug, component) {
            self.count_live_states_of(touched);
        }
    }

    fn put_component(&mut self, prepared: Prepared) {
        let id = prepared.id();
        self.components.put(prepared);
        if let Some(slot) = self.components.slot_of(id) {
            self.count_live_states_of(slot);
        }
    }

    fn apply_linked<T: About>(&mut self, event: &Event) -> Result<(), Damaged> {
        let linked = T::linked_mut(self);
        if event.document.is_none() {
            let before = linked.purge(event.subject);
            self.count_live_states_after::<T>(before);
            return Ok(());
        }
        match changed(linked.table_mut(), event) {
            Some(record) => self.put_linked::<T>(&record),
            None => Ok(()),
        }
    }

    fn refresh_linked<T: About>(&mut self, record: &Record) -> Result<(), Damaged> {
        if T::linked(self).table().revision(record.id) == Some(record.revision) {
            self.put_linked::<T>(record)?;
        }
        Ok(())
    }

    fn put_linked<T: About>(&mut self, record: &Record) -> Result<(), Damaged> {
        let prepared = Prepared::new::<T>(record, &self.directory)?;
        let ends = T::linked(self).ends(&prepared, &self.components);
        let before = T::linked_mut(self).put(prepared, ends);
        self.count_live_states_after::<T>(before);
        self.count_live_states_after::<T>(ends.component);
        Ok(())
    }

    fn count_live_states_after<T: About>(&mut self, component: Option<u32>) {
        if let Some(slot) = component.filter(|_| T::NOUN == Adoption::NOUN) {
            self.count_live_states_of(slot);
        }
    }

    /// Counts the states in which a component is live, by what everybody may know.
    fn count_live_states_of(&mut self, slot: u32) {
        let (Some(field), Some(live_in)) = (Component::field(LIVE_STATES), Adoption::field("liveIn")) else {
            return;
        };
        let states = self.adoptions.distinct(live_in, slot);
        self.components
            .set_number(slot, field, i64::try_from(states).unwrap_or(i64::MAX));
    }

    fn count_live_states(&mut self) {
        let (Some(field), Some(live_in)) = (Component::field(LIVE_STATES), Adoption::field("liveIn")) else {
            return;
        };
        let mut counts: Vec<i64> = vec![0; self.components.slots()];
        for (_, components) in self.adoptions.public_values(live_in) {
            for slot in components {
                if let Some(count) = counts.get_mut(slot as usize) {
                    *count += 1;
                }
            }
        }
        self.components.fill_numbers(field, (0_u32..).zip(counts));
    }

    fn fill_linked<T: About, R: AsRef<[Record]>, E>(
        &mut self,
        records: &mut impl FnMut(&'static str) -> Result<R, E>,
    ) -> Result<Vec<Damaged>, E> {
        let records = records(T::NOUN)?;
        // Their slugs begin with the component's id: those about one component get neighbouring slots, in the order of the
        // components' own, so that going from records to components goes through memory in order.
        let mut records: Vec<&Record> = records.as_ref().iter().collect();
        records.par_sort_unstable_by(|a, b| a.slug.cmp(&b.slug));
        let mut damaged = Vec::new();
        for portion in records.chunks(PORTION) {
            let prepared = prepare::<T>(portion, &self.directory, &mut damaged);
            let linked = T::linked(self);
            let ends: Vec<Ends> = prepared.iter().map(|one| linked.ends(one, &self.components)).collect();
            T::linked_mut(self).fill(prepared, &ends);
        }
        T::linked_mut(self).table_mut().sort();
        Ok(damaged)
    }

    fn apply_organisation(&mut self, event: &Event) -> Result<(), Damaged> {
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
        // Components are found by their owner's state and kind, adoptions by the adopting body's.
        let renamed = before.filter(|slug| *slug != event.slug);
        for slug in renamed.iter().chain([&event.slug]) {
            let components = self.components.ids_with("owner", slug.as_str());
            let adoptions = self.adoptions.table().ids_with("organisation", slug.as_str());
            self.due.extend(components.into_iter().map(|id| (Component::NOUN, id)));
            self.due.extend(adoptions.into_iter().map(|id| (Adoption::NOUN, id)));
        }
        Ok(())
    }

    /// Replaces ids in filters by the slugs that documents use. What someone may not know of keeps its id.
    pub fn resolve<T: Queryable>(&self, query: &mut Query, sight: &Sight) {
        for filter in &mut query.filters {
            let kind = T::fields().get(filter.field).map(|s| s.field.kind);
            let (Condition::AnyOf(keys) | Condition::NoneOf(keys) | Condition::AllOf(keys)) = &mut filter.condition
            else {
                continue;
            };
            for key in keys {
                let Ok(id) = key.parse() else { continue };
                let slug = match kind {
                    Some(FieldKind::Organisation) => self.organisations.known_slug_of(id, sight),
                    Some(FieldKind::Component) => self.components.known_slug_of(id, sight),
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
    let records: Vec<&Record> = records.iter().collect();
    let mut damaged = Vec::new();
    for portion in records.chunks(PORTION) {
        table.fill(prepare::<T>(portion, directory, &mut damaged));
    }
    table.sort();
    damaged
}

fn prepare<T: Queryable>(records: &[&Record], directory: &Organisations, damaged: &mut Vec<Damaged>) -> Vec<Prepared> {
    let prepared: Vec<Result<Prepared, Damaged>> = records
        .par_iter()
        .map(|record| Prepared::new::<T>(record, directory))
        .collect();
    let fine = prepared.into_iter();
    fine.filter_map(|one| one.map_err(|bad| damaged.push(bad)).ok())
        .collect()
}

/// A noun whose records are about components. A further one is a field of the view, and these lines.
pub trait About: Queryable + Related {
    /// Its table.
    #[doc(hidden)]
    fn linked(view: &View) -> &Linked<Self>;
    /// Its table, to change it.
    #[doc(hidden)]
    fn linked_mut(view: &mut View) -> &mut Linked<Self>;
}

impl About for Adoption {
    fn linked(view: &View) -> &Linked<Self> {
        &view.adoptions
    }
    fn linked_mut(view: &mut View) -> &mut Linked<Self> {
        &mut view.adoptions
    }
}

impl About for Offer {
    fn linked(view: &View) -> &Linked<Self> {
        &view.offers
    }
    fn linked_mut(view: &mut View) -> &mut Linked<Self> {
        &mut view.offers
    }
}

impl About for Attestation {
    fn linked(view: &View) -> &Linked<Self> {
        &view.attestations
    }
    fn linked_mut(view: &mut View) -> &mut Linked<Self> {
        &mut view.attestations
    }
}

impl About for Relation {
    fn linked(view: &View) -> &Linked<Self> {
        &view.relations
    }
    fn linked_mut(view: &mut View) -> &mut Linked<Self> {
        &mut view.relations
    }
}
