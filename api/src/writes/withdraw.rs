//! Taking a record away: withdrawn with a tombstone, or purged with its history.

use domain::access::{Action, Sight};
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::change::Change;
use domain::component::Component;
use domain::event::EventType;
use domain::id::Id;
use domain::notice::Notice;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::query::{self, Given};
use domain::related::Visibility;
use domain::relation::Relation;
use domain::store::{Expected, Record, Write};
use domain::stored::{Document, Publication};

use super::prepare::{Prepared, write_of};
use super::{Desk, Writable, rename};
use crate::ending;
use crate::problem::{Problem, ProblemType};
use crate::records::Resource;

impl Desk<'_> {
    /// The record with nothing left but a tombstone.
    pub(super) fn withdraw<T: Writable>(&self, record: &Record) -> Result<Prepared, Problem> {
        let mut prepared = Prepared {
            before: Some(record.clone()),
            after: record.clone(),
            writes: Vec::new(),
            affected: Vec::new(),
            is_purge: false,
        };
        if record.publication == Publication::Withdrawn {
            return Ok(prepared);
        }
        self.owns_nothing::<T>(record, "publication.not=withdrawn")?;
        prepared.after = Record {
            revision: record.revision.next(),
            publication: Publication::Withdrawn,
            updated_at: self.now,
            ..record.clone()
        };
        prepared.writes.push(write_of::<T>(record, &prepared.after));
        T::tell(self, &mut prepared)?;
        if self.options.dry_run {
            prepared.affected = rename::referring::<T>(self, &record.slug)?;
        }
        Ok(prepared)
    }

    /// Nothing of the record, of its history, and of the changes that were proposed of it; only that it was there.
    pub(super) fn remove<T: Writable>(&self, record: &Record) -> Result<Prepared, Problem> {
        self.may::<T>(Action::Purge, record)?;
        self.check(record)?;
        // What others proposed a moment ago goes with it.
        self.app.follow().map_err(Problem::from)?;
        self.owns_nothing::<T>(record, "")?;
        self.is_named_nowhere::<T>(record)?;
        self.has_no_clients::<T>(record)?;
        let mut writes = Vec::new();
        let about = [Given::from_url("subject", &record.id.to_string())];
        let proposed = ids::<Change>(self, &about)?;
        for change in self.app.store.records_by_id(Change::NOUN, &proposed)? {
            writes.push(purge(Change::NOUN, &change));
        }
        // What others said of a component names it.
        let referring = self.app.view().referring(T::NOUN, &record.slug);
        let about = referring.iter().filter(|_| T::NOUN == Component::NOUN);
        for noun in [Adoption::NOUN, Offer::NOUN, Attestation::NOUN, Relation::NOUN] {
            let ids: Vec<Id> = about.clone().filter(|(n, _)| *n == noun).map(|(_, id)| *id).collect();
            let records = self.app.store.records_by_id(noun, &ids)?;
            writes.extend(records.iter().map(|record| purge(noun, record)));
        }
        if [Component::NOUN, Organisation::NOUN].contains(&T::NOUN) {
            let named = ending::naming(&*self.app.store, &record.slug)?;
            let told = named
                .iter()
                .filter(|notice| ending::is_of(notice, T::NOUN, &record.slug));
            writes.extend(told.map(|notice| {
                let mut write = purge(Notice::NOUN, notice);
                // Nor must whoever gets the name of an organisation see that there was a notice.
                if T::NOUN == Organisation::NOUN {
                    for own in [&mut write.record.owner, &mut write.record.party] {
                        own.take_if(|slug| *slug == record.slug);
                    }
                }
                write
            }));
        }
        writes.push(purge(T::NOUN, record));
        Ok(Prepared {
            before: Some(record.clone()),
            after: Record {
                revision: record.revision.next(),
                ..record.clone()
            },
            writes,
            affected: if self.options.dry_run {
                rename::referring::<T>(self, &record.slug)?
            } else {
                Vec::new()
            },
            is_purge: true,
        })
    }

    /// Whoever gets the name of a purged organisation must not get with it what was said of and to the old one.
    fn is_named_nowhere<T: Writable>(&self, record: &Record) -> Result<(), Problem> {
        if T::NOUN != Organisation::NOUN {
            return Ok(());
        }
        let naming = self.app.view().referring(T::NOUN, &record.slug);
        let about = [Adoption::NOUN, Offer::NOUN, Attestation::NOUN, Relation::NOUN];
        let count = naming.iter().filter(|(noun, _)| about.contains(noun)).count();
        if count == 0 {
            return Ok(());
        }
        Err(Problem::new(ProblemType::Conflict).detail(format!(
            "{count} adoptions, offers, attestations and relations name the organisation; purge them first."
        )))
    }

    /// Whoever gets the name of a purged organisation must not get its systems with it.
    fn has_no_clients<T: Writable>(&self, record: &Record) -> Result<(), Problem> {
        if T::NOUN != Organisation::NOUN {
            return Ok(());
        }
        let clients = self.app.store.clients()?;
        let own = clients
            .iter()
            .filter(|client| client.organisation == record.slug)
            .count();
        if own == 0 {
            return Ok(());
        }
        Err(Problem::new(ProblemType::Conflict).detail(format!(
            "{own} systems are registered for the organisation; remove them first (`verbundkatalog client remove`)."
        )))
    }

    /// An organisation keeps its entries until another one takes them.
    pub(super) fn owns_nothing<T: Writable>(&self, record: &Record, among: &str) -> Result<(), Problem> {
        if T::NOUN != Organisation::NOUN {
            return Ok(());
        }
        // What another instance wrote a moment ago counts, too.
        self.app.follow().map_err(Problem::from)?;
        let mut given = vec![Given::from_url("owner", record.slug.as_str())];
        given.extend(among.split_once('=').map(|(name, value)| Given::from_url(name, value)));
        let owned = ids::<Component>(self, &given)?;
        if owned.is_empty() {
            return Ok(());
        }
        Err(Problem::new(ProblemType::Conflict).detail(format!(
            "The organisation owns {} components; give them to another owner, or withdraw them first.",
            owned.len()
        )))
    }
}

/// Whoever could know of the record hears that it is gone.
fn purge(noun: &'static str, record: &Record) -> Write {
    let was_known = record.published_at.is_some() && noun != Change::NOUN;
    Write {
        noun,
        expected: Expected::Revision(record.revision),
        record: Record {
            revision: record.revision.next(),
            ..record.clone()
        },
        event_type: EventType::Purged,
        public: was_known && record.visibility == Visibility::Public,
        members: was_known && record.visibility <= Visibility::Members,
    }
}

/// Ids of all records that satisfy a query, whatever their state.
pub(super) fn ids<T: Resource>(desk: &Desk<'_>, given: &[Given]) -> Result<Vec<Id>, Problem> {
    let mut query = query::parse::<T>(given).map_err(Problem::parameters)?;
    query.limit = domain::limits::PAGE_ITEMS;
    let mut ids = Vec::new();
    loop {
        let view = desk.app.view();
        let answer = T::table(&view)
            .answer(&query, &Sight::All, &view)
            .map_err(|_| Problem::new(ProblemType::Internal))?;
        ids.extend(answer.items.iter().map(|hit| hit.id));
        query.cursor = answer.next;
        if query.cursor.is_none() {
            return Ok(ids);
        }
    }
}
