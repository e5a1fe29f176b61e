//! Import: files, folders and standard input into the store, record by record.

mod about;
mod commit;
mod draft;
mod known;
mod report;
mod source;

use std::collections::{HashMap, HashSet};
use std::mem;

use domain::clock::Clock;
use domain::component::Component;
use domain::event::Sequence;
use domain::id::Ids;
use domain::organisation::Organisation;
use domain::store::{Store, StoreError};
use domain::stored::Document;
use domain::values::Slug;
use parking_lot::RwLock;
use search::View;
use sha2::{Digest, Sha256};

pub use about::About;
pub use draft::{Draft, Found};
pub use report::{Line, Outcome, Place, Report};
pub use source::{Format, Input, inputs};

use known::Known;

use crate::hex::hex;
use crate::nouns::Named;

/// Records that are committed together.
const BATCH: usize = 1000;
/// Records that wait for others that a later line may bring; more are refused at once.
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
    known: Known,
    /// What this import has read: noun and what tells a record apart, with the document's fingerprint and where it was.
    seen: HashMap<(&'static str, String), (u64, Place)>,
    /// Addresses of software by the slug that it has.
    addresses: HashMap<Slug, Option<String>>,
    /// They wait for organisations.
    waiting: Vec<Draft>,
    batch: Vec<Draft>,
    /// Records about components, to be written with the batch.
    about: Vec<About>,
    /// Those that wait for a component or an organisation.
    waiting_about: Vec<About>,
    successors: Vec<(Place, Slug)>,
    /// What tells whom the end of a component concerns, once one ends.
    view: Option<RwLock<View>>,
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
        Ok(Self {
            known: Known::new(store)?,
            store,
            clock,
            ids,
            options,
            observer,
            seen: HashMap::new(),
            addresses: HashMap::new(),
            waiting: Vec::new(),
            batch: Vec::new(),
            about: Vec::new(),
            waiting_about: Vec::new(),
            successors: Vec::new(),
            view: None,
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
                    Found::About(about) => self.add_about(*about)?,
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
        self.take_waiting()?;
        if self.options.atomic {
            self.flush(true)?;
        } else {
            self.flush(false)?;
            let mut waiting = mem::take(&mut self.waiting_about);
            while !waiting.is_empty() {
                let rest = waiting.split_off(waiting.len().min(BATCH));
                self.about = mem::replace(&mut waiting, rest);
                self.flush(true)?;
            }
        }
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

    /// An organisation that a draft names, and that is neither there nor among those that come.
    fn unknown_organisation(&self, draft: &Draft, coming: &HashSet<Slug>) -> Option<Named> {
        let mut organisations = draft.organisations();
        let is_missing = |slug| !self.known.has_organisation(slug) && !coming.contains(slug);
        organisations.find(|named| is_missing(&named.slug)).cloned()
    }

    fn refuse_unknown(&mut self, place: Place, named: Named) {
        let (pointer, code, detail) = about::unknown(named);
        self.refuse(place, pointer, code, detail);
    }

    /// Takes what waited, where everything that it names is there now. Organisations may name each other.
    fn take_waiting(&mut self) -> Result<(), ImportError> {
        let mut waiting = mem::take(&mut self.waiting);
        loop {
            let organisations = waiting.iter().filter(|draft| draft.noun == Organisation::NOUN);
            let coming: HashSet<Slug> = organisations.map(|draft| draft.slug.clone()).collect();
            let before = waiting.len();
            for draft in mem::take(&mut waiting) {
                match self.unknown_organisation(&draft, &coming) {
                    Some(named) => self.refuse_unknown(draft.place, named),
                    None => waiting.push(draft),
                }
            }
            if waiting.len() == before {
                break;
            }
        }
        // Whoever names another one comes after it.
        waiting.sort_by_key(|draft| draft.noun != Organisation::NOUN);
        for draft in waiting {
            self.take(draft)?;
        }
        Ok(())
    }

    fn add(&mut self, draft: Draft) -> Result<(), ImportError> {
        self.report.read += u64::from(!draft.implied);
        if draft.implied && self.known.has_organisation(&draft.slug) {
            return Ok(());
        }
        match self.unknown_organisation(&draft, &HashSet::new()) {
            Some(_) if self.has_room() => {
                self.waiting.push(draft);
                Ok(())
            }
            Some(named) => {
                self.refuse_unknown(draft.place, named);
                Ok(())
            }
            None => self.take(draft),
        }
    }

    fn add_about(&mut self, about: About) -> Result<(), ImportError> {
        self.report.read += 1;
        let key = (about.noun(), about.key.clone());
        match self.seen.get(&key) {
            Some((fingerprint, _)) if *fingerprint == about.fingerprint => self.report.unchanged += 1,
            Some((_, first)) => {
                let detail = format!(
                    "The same {} stands in {first} with other content; keep one.",
                    about.noun()
                );
                self.refuse(about.place, about.pointer.to_owned(), "duplicate_record", detail);
            }
            None => {
                self.seen.insert(key, (about.fingerprint, about.place.clone()));
                self.about.push(about);
            }
        }
        self.flush_full()
    }

    fn has_room(&self) -> bool {
        self.waiting.len() + self.waiting_about.len() < WAITING
    }

    fn flush_full(&mut self) -> Result<(), ImportError> {
        if self.batch.len() + self.about.len() >= BATCH && !self.options.atomic {
            self.flush(false)?;
        }
        Ok(())
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
        let key = (draft.noun, draft.slug.to_string());
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
            self.known.expect_organisation(&draft.slug);
        }
        if let Some(successor) = &draft.successor {
            self.successors.push((draft.place.clone(), successor.clone()));
        }
        self.batch.push(draft);
        self.flush_full()
    }

    /// A successor that nobody knows is worth a word, but no reason to refuse what else an entry says.
    fn check_successors(&mut self) -> Result<(), ImportError> {
        for (place, slug) in std::mem::take(&mut self.successors) {
            let is_known = self.seen.contains_key(&(Component::NOUN, slug.to_string()))
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
