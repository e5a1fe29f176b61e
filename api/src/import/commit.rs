//! The writing half of an import: what a batch comes to, and its commit.

use std::collections::HashMap;
use std::mem;

use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::component::Component;
use domain::event::{EventType, Origin};
use domain::id::Id;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::related::Visibility;
use domain::relation::Relation;
use domain::store::{Expected, Record, StoreError, Write};
use domain::stored::{Document, Publication};
use domain::values::{Revision, Slug};
use parking_lot::RwLock;
use serde_json::Value;

use super::about::{About, Refusal};
use super::{Draft, ImportError, Importer, Line, Outcome};
use crate::ending;
use crate::state;

/// Nouns in the order in which they are written: each after those that it names.
const NOUNS: [&str; 2] = [Organisation::NOUN, Component::NOUN];
/// The same of records about components.
const ABOUT: [&str; 4] = [Adoption::NOUN, Offer::NOUN, Attestation::NOUN, Relation::NOUN];

impl Importer<'_> {
    /// Writes the batch. What names records that are not there waits for them, unless this is the `last` time.
    pub(super) fn flush(&mut self, last: bool) -> Result<(), ImportError> {
        let mut drafts = Vec::new();
        let batch = mem::take(&mut self.batch);
        for noun in NOUNS {
            self.plan(&batch, noun, &mut drafts)?;
        }
        let about = self.resolve(last)?;
        for noun in ABOUT {
            self.plan(&about, noun, &mut drafts)?;
        }
        if self.options.atomic && self.report.refused > 0 {
            self.report.given_up += drafts.len() as u64;
            return Ok(());
        }
        self.commit(drafts)
    }

    /// The records about components as they are written.
    fn resolve(&mut self, last: bool) -> Result<Vec<Draft>, ImportError> {
        let about = mem::take(&mut self.about);
        self.known
            .look_up(self.store, about.iter().flat_map(About::components))?;
        let mut drafts = Vec::with_capacity(about.len());
        for about in about {
            match about.draft(&self.known) {
                Ok(draft) => drafts.push(draft),
                Err((_, code, _)) if !last && code.starts_with("unknown_") && self.has_room() => {
                    self.waiting_about.push(about);
                }
                Err((pointer, code, detail)) => self.refuse(about.place, pointer, code, detail),
            }
        }
        Ok(drafts)
    }

    /// What to write of the drafts of a noun.
    fn plan(&mut self, batch: &[Draft], noun: &'static str, planned: &mut Vec<Planned>) -> Result<(), ImportError> {
        let (of_noun, existing) = self.existing(batch, noun)?;
        let is_wanted = self.options.dry_run || !self.about.is_empty();
        for draft in of_noun {
            match self.write(draft, &existing) {
                Ok(Some(write)) => {
                    self.known.note(noun, &write.record, is_wanted);
                    if draft.is_held_back(existing.of(draft)) {
                        let detail =
                            "Is a draft: a component that it names is not published. Import it again when that is.";
                        self.warn(draft, "/publication", "held_back", detail.to_owned());
                    }
                    let before = existing.of(draft).filter(|_| noun == Component::NOUN);
                    let ended = before
                        .filter(|before| ending::turns(Some(before), &write.record))
                        .cloned();
                    if ended.is_some() {
                        self.warn_of_end(draft, &write.record);
                    }
                    planned.push(Planned {
                        draft: draft.clone(),
                        write,
                        ended,
                    });
                }
                Ok(None) => {
                    if let Some(record) = existing.of(draft) {
                        self.known.note(noun, record, is_wanted);
                    }
                    self.report.unchanged += u64::from(!draft.implied);
                }
                Err((pointer, code, detail)) => self.refuse(draft.place.clone(), pointer, code, detail),
            }
        }
        Ok(())
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
    fn write(&self, draft: &Draft, existing: &Existing) -> Result<Option<Write>, Refusal> {
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
        let known = existing.of(draft);
        let is_held_back = draft.is_held_back(known);
        let publication = if is_held_back {
            Publication::Draft
        } else {
            draft.wanted(known)
        };
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

    fn warn(&mut self, draft: &Draft, pointer: &str, code: &'static str, detail: String) {
        self.tell(&Line {
            place: draft.place.clone(),
            pointer: pointer.to_owned(),
            code,
            detail,
            outcome: Outcome::Warning,
        });
    }

    /// A source may know of an end and not of what comes then; those who use the component would want to.
    fn warn_of_end(&mut self, draft: &Draft, after: &Record) {
        let after: Value = serde_json::from_str(&after.document).unwrap_or_default();
        for fault in domain::notice::end_faults(None, &after) {
            self.warn(draft, &fault.pointer, "without_successor", fault.detail);
        }
    }

    /// A notice for each body that the ends of a batch concern.
    fn notices(&mut self, planned: &[Planned]) -> Result<Vec<Write>, ImportError> {
        let now = self.clock.now();
        let mut notices = Vec::new();
        for Planned { draft, write, ended } in planned {
            let Some(before) = ended else { continue };
            // Most imports end nothing, and need no view.
            let view = match self.view.take() {
                Some(view) => view,
                None => RwLock::new(state::build(self.store, 0, now.day())?),
            };
            state::catch_up(self.store, &view, drop)?;
            let told = ending::notices(&view.read(), before, &write.record, now, self.ids);
            match told.and_then(|more| ending::within_limit(notices.len(), more.len()).map(|()| more)) {
                Ok(more) => notices.extend(more),
                Err(problem) => {
                    let detail = format!("Nobody is told of the end: {}", problem.body().detail);
                    self.warn(draft, "/endsOn", "not_told", detail);
                }
            }
            self.view = Some(view);
        }
        Ok(notices)
    }

    fn commit(&mut self, mut drafts: Vec<Planned>) -> Result<(), ImportError> {
        let origin = Origin {
            actor: Some("import".to_owned()),
            ..Origin::default()
        };
        loop {
            let mut writes: Vec<Write> = drafts.iter().map(|planned| planned.write.clone()).collect();
            let outcome = match (writes.is_empty(), self.options.dry_run) {
                (true, _) | (_, true) => self.store.head(),
                _ => {
                    writes.extend(self.notices(&drafts)?);
                    self.store.commit(&writes, &origin, self.clock.now())
                }
            };
            match outcome {
                Ok(sequence) => {
                    for Planned { draft, write, .. } in &drafts {
                        self.report.written(draft, write);
                    }
                    if !self.options.dry_run {
                        self.observer.committed(&self.report, sequence);
                    }
                    return Ok(());
                }
                // Somebody else wrote meanwhile: this record is refused, the others go on.
                Err(StoreError::Stale { index, .. } | StoreError::Taken { index }) if index < drafts.len() => {
                    let Planned { draft, write, .. } = drafts.remove(index);
                    self.drop_naming(&write, &mut drafts);
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

    /// Refuses what names a new record that could not be written.
    fn drop_naming(&mut self, refused: &Write, drafts: &mut Vec<Planned>) {
        let mut missing = vec![(refused.noun, refused.expected, refused.record.slug.clone())];
        while let Some((noun, expected, slug)) = missing.pop() {
            if expected != Expected::Absent {
                continue;
            }
            self.known.forget(noun, &slug);
            for planned in mem::take(drafts) {
                let named = planned
                    .draft
                    .names
                    .iter()
                    .find(|named| named.noun == noun && named.slug == slug);
                let Some(named) = named else {
                    drafts.push(planned);
                    continue;
                };
                let Planned { draft, write, .. } = &planned;
                let detail = format!("The {noun} `{slug}` could not be written.");
                self.refuse(draft.place.clone(), named.pointer.clone(), "conflict", detail);
                missing.push((write.noun, write.expected, write.record.slug.clone()));
            }
        }
    }
}

/// What is to be written.
struct Planned {
    draft: Draft,
    write: Write,
    /// The component as it was, where its end is set, moved or taken back.
    ended: Option<Record>,
}

/// What is in the store under the ids and slugs of a batch.
#[derive(Default)]
struct Existing {
    records: HashMap<Id, Record>,
    slugs: HashMap<Slug, Id>,
}

impl Existing {
    /// The record of a draft.
    fn of(&self, draft: &Draft) -> Option<&Record> {
        let id = draft.id.or(self.slugs.get(&draft.slug).copied())?;
        self.records.get(&id)
    }
}
