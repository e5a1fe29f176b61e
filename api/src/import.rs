//! Import: files, folders and standard input into the store, record by record.

mod draft;
mod report;
mod source;

use std::collections::{HashMap, HashSet};

use domain::clock::Clock;
use domain::component::Component;
use domain::event::{EventType, Origin, Sequence};
use domain::id::{Id, Ids};
use domain::organisation::Organisation;
use domain::related::Visibility;
use domain::store::{Expected, Record, Store, StoreError, Write};
use domain::stored::{Document, Publication};
use domain::values::{Revision, Slug};
use sha2::{Digest, Sha256};

pub use draft::{Draft, Found};
pub use report::{Line, Outcome, Place, Report};
pub use source::{Format, Input, inputs};

use crate::hex::hex;
use crate::state::all_records;

/// Records that are committed together.
const BATCH: usize = 1000;
/// Records that wait for an organisation that a later record may bring; more are refused at once.
const WAITING: usize = 10_000;

/// How an import is done.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Say what would happen, and change nothing.
    pub dry_run: bool,
    /// All records or none.
    pub atomic: bool,
    /// The organisation that keeps what a publiccode.yml describes.
    pub owner: Option<Slug>,
}

/// Why an import could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an import tells while it runs.
pub trait Observer {
    /// Something is wrong with a record.
    fn problem(&mut self, line: &Line);
    /// Everything read so far is safe in the store, up to this event.
    fn committed(&mut self, report: &Report, sequence: Sequence);
    /// Bytes were read.
    fn read(&mut self, bytes: u64);
}

/// One import into a store.
pub struct Importer<'a> {
    store: &'a dyn Store,
    clock: &'a dyn Clock,
    ids: &'a dyn Ids,
    options: Options,
    observer: &'a mut dyn Observer,
    organisations: HashSet<Slug>,
    /// What this import has read: noun and slug, with the document's fingerprint and where it was.
    seen: HashMap<(&'static str, Slug), (u64, Place)>,
    /// Addresses of software by the slug that it has.
    addresses: HashMap<Slug, Option<String>>,
    waiting: Vec<Draft>,
    batch: Vec<Draft>,
    successors: Vec<(Place, Slug)>,
    report: Report,
}

impl<'a> Importer<'a> {
    /// An import that knows the organisations of the store.
    ///
    /// # Errors
    /// If the store does not answer.
    pub fn new(
        store: &'a dyn Store,
        clock: &'a dyn Clock,
        ids: &'a dyn Ids,
        options: Options,
        observer: &'a mut dyn Observer,
    ) -> Result<Self, ImportError> {
        let organisations = all_records(store, Organisation::NOUN)?
            .into_iter()
            .map(|r| r.slug)
            .collect();
        Ok(Self {
            store,
            clock,
            ids,
            options,
            observer,
            organisations,
            seen: HashMap::new(),
            addresses: HashMap::new(),
            waiting: Vec::new(),
            batch: Vec::new(),
            successors: Vec::new(),
            report: Report::default(),
        })
    }

    /// Reads one input.
    ///
    /// # Errors
    /// If the store does not answer. What is wrong with the input is told to the observer.
    pub fn read(&mut self, input: Input) -> Result<(), ImportError> {
        let owner = self.options.owner.clone();
        source::read(input, owner.as_ref(), &mut |bytes, found| {
            self.observer.read(bytes);
            for one in found {
                match one {
                    Found::Draft(draft) => self.add(*draft)?,
                    Found::Problem(line) => self.tell(&line),
                }
            }
            Ok(())
        })
    }

    /// Writes what is left and answers what became of everything.
    ///
    /// # Errors
    /// If the store does not answer.
    pub fn finish(mut self) -> Result<Report, ImportError> {
        for draft in std::mem::take(&mut self.waiting) {
            match self.unknown_organisation(&draft) {
                None => self.take(draft)?,
                Some((pointer, slug)) => {
                    let detail =
                        format!("No organisation has the slug `{slug}`; import it first, or correct the slug.");
                    self.refuse(draft.place.clone(), pointer, "unknown_organisation", detail);
                }
            }
        }
        if self.options.atomic && self.report.refused > 0 {
            self.report.given_up = self.batch.len() as u64;
            self.batch.clear();
        }
        self.flush()?;
        self.check_successors()?;
        Ok(self.report)
    }

    fn tell(&mut self, line: &Line) {
        self.report.count(line);
        self.observer.problem(line);
    }

    fn refuse(&mut self, place: Place, pointer: String, code: &'static str, detail: String) {
        self.tell(&Line {
            place,
            pointer,
            code,
            detail,
            outcome: Outcome::Refused,
        });
    }

    fn unknown_organisation(&self, draft: &Draft) -> Option<(String, Slug)> {
        draft
            .organisations
            .iter()
            .find(|(_, slug)| !self.organisations.contains(slug))
            .cloned()
    }

    fn add(&mut self, draft: Draft) -> Result<(), ImportError> {
        self.report.read += u64::from(!draft.implied);
        if draft.implied && self.organisations.contains(&draft.slug) {
            return Ok(());
        }
        match self.unknown_organisation(&draft) {
            Some(_) if self.waiting.len() < WAITING => {
                self.waiting.push(draft);
                Ok(())
            }
            Some((pointer, slug)) => {
                let detail = format!("No organisation has the slug `{slug}`; import it first, or correct the slug.");
                self.refuse(draft.place, pointer, "unknown_organisation", detail);
                Ok(())
            }
            None => self.take(draft),
        }
    }

    /// Software of the same name but another address gets a slug of its own.
    fn tell_apart(&mut self, draft: &mut Draft) -> Result<(), ImportError> {
        let Some(address) = draft.address.clone() else {
            return Ok(());
        };
        let publisher = url::Url::parse(&address).ok().and_then(|u| {
            u.path_segments()
                .and_then(|mut s| s.next().map(ToOwned::to_owned))
                .filter(|s| !s.is_empty())
        });
        let digest = Sha256::digest(&address);
        let digest = hex(digest.get(..4).unwrap_or_default());
        let named = |suffix: &str| Slug::from_title(&format!("{} {suffix}", draft.slug));
        let others = [publisher.as_deref().and_then(named), named(&digest)];
        for slug in std::iter::once(draft.slug.clone()).chain(others.into_iter().flatten()) {
            let holder = match self.addresses.get(&slug) {
                Some(holder) => holder.clone(),
                None => match self
                    .store
                    .records_by_slug(Component::NOUN, std::slice::from_ref(&slug))?
                    .first()
                {
                    None => Some(address.clone()),
                    Some(record) => serde_json::from_str(&record.document)
                        .ok()
                        .and_then(|c| draft::address(&c)),
                },
            };
            if holder.as_ref() == Some(&address) {
                self.addresses.insert(slug.clone(), holder);
                draft.slug = slug;
                return Ok(());
            }
        }
        Ok(())
    }

    fn take(&mut self, mut draft: Draft) -> Result<(), ImportError> {
        self.tell_apart(&mut draft)?;
        let key = (draft.noun, draft.slug.clone());
        match self.seen.get(&key) {
            Some((known, _)) if *known == draft.fingerprint() => {
                self.report.unchanged += u64::from(!draft.implied);
                return Ok(());
            }
            // Repositories often hold the same publiccode.yml several times: a copy is no fault, but it is told.
            Some((_, first)) if draft.address.is_some() => {
                let detail = format!("The same software is described in {first}; that description is kept.");
                self.report.duplicates += 1;
                self.tell(&Line {
                    place: draft.place,
                    pointer: "/url".to_owned(),
                    code: "duplicate_record",
                    detail,
                    outcome: Outcome::Warning,
                });
                return Ok(());
            }
            Some((_, first)) => {
                let detail = format!("`{}` stands in {first} with other content; keep one.", draft.slug);
                self.refuse(draft.place, "/slug".to_owned(), "duplicate_record", detail);
                return Ok(());
            }
            None => {
                self.seen.insert(key, (draft.fingerprint(), draft.place.clone()));
            }
        }
        if draft.noun == Organisation::NOUN {
            self.organisations.insert(draft.slug.clone());
        }
        if let Some(successor) = &draft.successor {
            self.successors.push((draft.place.clone(), successor.clone()));
        }
        self.batch.push(draft);
        if self.batch.len() >= BATCH && !self.options.atomic {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ImportError> {
        let batch = std::mem::take(&mut self.batch);
        let mut drafts: Vec<(Draft, Write)> = Vec::with_capacity(batch.len());
        for noun in [Organisation::NOUN, Component::NOUN] {
            let (of_noun, existing) = self.existing(&batch, noun)?;
            for draft in of_noun {
                match self.write(draft, &existing) {
                    Ok(Some(write)) => drafts.push((draft.clone(), write)),
                    Ok(None) => self.report.unchanged += u64::from(!draft.implied),
                    Err((pointer, code, detail)) => self.refuse(draft.place.clone(), pointer, code, detail),
                }
            }
        }
        if self.options.atomic && self.report.refused > 0 {
            self.report.given_up += drafts.len() as u64;
            return Ok(());
        }
        self.commit(drafts)
    }

    /// The drafts of a noun, and what is in the store under their ids and slugs.
    fn existing<'d>(&self, batch: &'d [Draft], noun: &'static str) -> Result<(Vec<&'d Draft>, Existing), ImportError> {
        let of_noun: Vec<&Draft> = batch.iter().filter(|d| d.noun == noun).collect();
        if of_noun.is_empty() {
            return Ok((of_noun, Existing::default()));
        }
        let slugs: Vec<Slug> = of_noun.iter().map(|d| d.slug.clone()).collect();
        let ids: Vec<Id> = of_noun.iter().filter_map(|d| d.id).collect();
        let mut records = self.store.records_by_slug(noun, &slugs)?;
        if !ids.is_empty() {
            records.extend(self.store.records_by_id(noun, &ids)?);
        }
        let mut existing = Existing::default();
        for record in records {
            existing.slugs.insert(record.slug.clone(), record.id);
            existing.records.insert(record.id, record);
        }
        Ok((of_noun, existing))
    }

    /// What to write for a draft; nothing where the store has it already.
    fn write(&self, draft: &Draft, existing: &Existing) -> Result<Option<Write>, (String, &'static str, String)> {
        let by_slug = existing.slugs.get(&draft.slug).copied();
        if let (Some(id), Some(other)) = (draft.id, by_slug)
            && id != other
        {
            let detail = format!(
                "The slug `{}` belongs to the record {other}; choose another slug, or its id.",
                draft.slug
            );
            return Err(("/slug".to_owned(), "slug_taken", detail));
        }
        let now = self.clock.now();
        let known = draft.id.or(by_slug).and_then(|id| existing.records.get(&id));
        let publication = draft.publication.or(known.map(|k| k.publication)).unwrap_or_default();
        let is_published = publication == Publication::Published;
        let Some(known) = known else {
            let record = Record {
                id: draft.id.unwrap_or_else(|| self.ids.next()),
                slug: draft.slug.clone(),
                revision: Revision::FIRST,
                publication,
                owner: draft.owner.clone(),
                party: draft.party.clone(),
                visibility: draft.visibility,
                published_at: is_published.then_some(now),
                created_at: now,
                updated_at: now,
                document: draft.document.clone(),
            };
            let event_type = EventType::Created;
            return Ok(Some(Write {
                noun: draft.noun,
                expected: Expected::Absent,
                record,
                event_type,
                public: is_published && draft.visibility == Visibility::Public,
                members: is_published && draft.visibility <= Visibility::Members,
            }));
        };
        // What a publiccode.yml says of its publisher never overwrites what the catalogue knows.
        let same = known.document == draft.document && known.publication == publication && known.slug == draft.slug;
        if same || draft.implied {
            return Ok(None);
        }
        let event_type = match publication {
            Publication::Withdrawn if known.publication != Publication::Withdrawn => EventType::Withdrawn,
            Publication::Published if known.publication != Publication::Published => EventType::Published,
            _ => EventType::Updated,
        };
        let record = Record {
            slug: draft.slug.clone(),
            revision: known.revision.next(),
            publication,
            owner: draft.owner.clone(),
            party: draft.party.clone(),
            visibility: draft.visibility,
            published_at: known.published_at.or(is_published.then_some(now)),
            updated_at: now,
            document: draft.document.clone(),
            ..known.clone()
        };
        let was_published = known.publication == Publication::Published;
        let is_told =
            |readers| is_published && draft.visibility <= readers || was_published && known.visibility <= readers;
        Ok(Some(Write {
            noun: draft.noun,
            expected: Expected::Revision(known.revision),
            record,
            event_type,
            public: is_told(Visibility::Public),
            members: is_told(Visibility::Members),
        }))
    }

    fn commit(&mut self, mut drafts: Vec<(Draft, Write)>) -> Result<(), ImportError> {
        let origin = Origin {
            actor: Some("import".to_owned()),
            ..Origin::default()
        };
        loop {
            let writes: Vec<Write> = drafts.iter().map(|(_, write)| write.clone()).collect();
            let outcome = match (writes.is_empty(), self.options.dry_run) {
                (true, _) | (_, true) => self.store.head(),
                _ => self.store.commit(&writes, &origin, self.clock.now()),
            };
            match outcome {
                Ok(sequence) => {
                    for (draft, write) in &drafts {
                        self.report.written(draft, write);
                    }
                    if !self.options.dry_run {
                        self.observer.committed(&self.report, sequence);
                    }
                    return Ok(());
                }
                // Somebody else wrote meanwhile: this record is refused, the others go on.
                Err(StoreError::Stale { index, .. } | StoreError::Taken { index }) if index < drafts.len() => {
                    let (draft, _) = drafts.remove(index);
                    let detail = "The record, its id or its slug was changed or taken meanwhile, or the slug once \
                                  belonged to another record; import it again, or choose another slug.";
                    self.refuse(draft.place, String::new(), "conflict", detail.to_owned());
                    if self.options.atomic {
                        self.report.given_up = drafts.len() as u64;
                        return Ok(());
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A successor that nobody knows is worth a word, but no reason to refuse what else an entry says.
    fn check_successors(&mut self) -> Result<(), ImportError> {
        for (place, slug) in std::mem::take(&mut self.successors) {
            let is_known = self.seen.contains_key(&(Component::NOUN, slug.clone()))
                || !self
                    .store
                    .records_by_slug(Component::NOUN, std::slice::from_ref(&slug))?
                    .is_empty();
            if !is_known {
                let detail = format!("No component has the slug `{slug}`.");
                let pointer = "/successor".to_owned();
                self.tell(&Line {
                    place,
                    pointer,
                    code: "unknown_component",
                    detail,
                    outcome: Outcome::Warning,
                });
            }
        }
        Ok(())
    }
}

/// What is in the store under the ids and slugs of a batch.
#[derive(Default)]
struct Existing {
    records: HashMap<Id, Record>,
    slugs: HashMap<Slug, Id>,
}
