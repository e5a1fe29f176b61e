//! From what a client sent to what would be written: everything that can be wrong is found before anything is.

use std::collections::{BTreeMap, HashSet};

use domain::access::{self, Action, Scope, Sight, Subject};
use domain::component::Component;
use domain::event::EventType;
use domain::fault::Faults;
use domain::id::Id;
use domain::organisation::{Organisation, ReviewPolicy};
use domain::related::{Around, Visibility};
use domain::store::{Expected, Record, Write};
use domain::stored::{Document, Incoming, Publication};
use domain::values::{Revision, Slug};
use serde_json::Value;

use super::answer::Affected;
use super::desk::document;
use super::{Desk, Writable, written};
use crate::problem::{Problem, ProblemType};

/// What shall become of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// This document instead.
    Replace(Value),
    /// This merge patch (RFC 7396).
    Patch(Value),
    /// Nothing but a tombstone.
    Withdraw,
}

/// A write that nothing is wrong with.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The record as it is.
    pub before: Option<Record>,
    /// The record as it would be.
    pub after: Record,
    /// What to write; nothing where nothing changes.
    pub writes: Vec<Write>,
    /// Other records that it changes or concerns.
    pub affected: Vec<Affected>,
    /// Whether the record is removed.
    pub is_purge: bool,
}

/// What a record about a component is about.
struct About {
    id: Id,
    component: Component,
    /// Whether everybody may know of all components that it names.
    is_public: bool,
}

/// On whose word an edit is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authority {
    /// The caller's own.
    Caller,
    /// A review's that approved it.
    Review,
}

impl Desk<'_> {
    /// A new record. `path` is the id or slug that it shall have, where the client named one.
    pub(crate) fn make<T: Writable>(&self, path: Option<&str>, document: Value) -> Result<Prepared, Problem> {
        // Who may write nothing learns nothing of what is wrong with it.
        access::may_read(self.caller, &[T::SCOPE])?;
        self.make_for::<T>(path, document, Authority::Caller)
    }

    pub(crate) fn make_for<T: Writable>(
        &self,
        path: Option<&str>,
        document: Value,
        authority: Authority,
    ) -> Result<Prepared, Problem> {
        let (mut incoming, mut faults) = parsed::<T>(None, document)?;
        let about = self.about(&incoming.value, false)?;
        let fixed = match &about {
            Some(about) => {
                faults.extend(incoming.value.complete(None, &self.around(&about.component)));
                incoming.value.fixed_slug(about.id, self)?
            }
            None => None,
        };
        let has_no_slug = about.is_some() && fixed.is_none();
        let path = path.or(fixed.as_ref().map(Slug::as_str));
        let (id, slug) = identity(path, &incoming, &mut faults)?;
        let publication = incoming.publication.unwrap_or(match &about {
            Some(about) if about.is_public => Publication::Published,
            _ => Publication::Draft,
        });
        if publication == Publication::Withdrawn {
            faults.add("/publication", "not_possible", "A new record cannot be withdrawn.");
        }
        check_publication(about.as_ref(), publication, &mut faults);
        let Some(slug) = slug else {
            return Err(Problem::document(faults));
        };
        let value = incoming.value;
        if authority == Authority::Caller {
            let maker = value.maker(&slug);
            let review = match maker {
                _ if !T::REVIEWED => ReviewPolicy::Direct,
                Some(maker) => self.policy_of(maker)?,
                None => ReviewPolicy::FourEyes,
            };
            let subject = Subject {
                write: T::SCOPE,
                owner: maker,
                party: value.party(),
                publication,
                was_public: false,
                visibility: value.visibility(),
                review,
            };
            access::may(self.caller, Action::Create, &subject)?;
            self.may_say::<T>(None, &value)?;
        }
        self.check_references(&slug, None, &value, &mut faults)?;
        if has_no_slug && faults.is_empty() {
            let detail = "Is too long to be a part of an address; choose a shorter one.";
            faults.add("/key", "too_long", detail);
        }
        let text = text(&value, &mut faults);
        let text = faults.or_ok(text).map_err(Problem::document)?;
        let after = Record {
            id: id.unwrap_or_else(|| self.app.ids.next()),
            revision: Revision::FIRST,
            publication,
            owner: value.owner(&slug).cloned(),
            party: value.party().cloned(),
            visibility: value.visibility(),
            published_at: (publication == Publication::Published).then_some(self.now),
            created_at: self.now,
            updated_at: self.now,
            document: text,
            slug,
        };
        // A commit finds that out by itself.
        if authority == Authority::Caller && self.options.dry_run {
            self.is_free::<T>(&after, id)?;
        }
        let write = Write {
            noun: T::NOUN,
            expected: Expected::Absent,
            public: told_to(&after, Visibility::Public),
            members: told_to(&after, Visibility::Members),
            record: after.clone(),
            event_type: EventType::Created,
        };
        Ok(Prepared {
            before: None,
            after,
            writes: vec![write],
            affected: Vec::new(),
            is_purge: false,
        })
    }

    /// An edit of a record by the caller, under the precondition that the client named.
    pub(crate) fn change<T: Writable>(&self, record: &Record, edit: Edit) -> Result<Prepared, Problem> {
        let before: T = document(record)?;
        let review = self.review_of(&before, record)?;
        let withdraws = edit == Edit::Withdraw;
        let action = if withdraws { Action::Withdraw } else { Action::Change };
        self.may_with::<T>(action, record, review)?;
        self.check(record)?;
        self.revise(record, &before, edit, Authority::Caller)
    }

    /// The record after an edit.
    pub(crate) fn revise<T: Writable>(
        &self,
        record: &Record,
        before: &T,
        edit: Edit,
        authority: Authority,
    ) -> Result<Prepared, Problem> {
        let whole = match edit {
            Edit::Withdraw => return self.withdraw::<T>(record),
            Edit::Replace(document) => document,
            Edit::Patch(patch) => patched::<T>(record, &patch)?,
        };
        let (incoming, of_edit) = parsed::<T>(Some(record), whole)?;
        let mut faults = Faults::new();
        if incoming.id.is_some_and(|id| id != record.id) {
            let detail = format!("Is not the id of this record, `{}`; leave it out.", record.id);
            faults.add("/id", "mismatch", detail);
        }
        let publication = incoming.publication.unwrap_or(record.publication);
        if record.published_at.is_some() && matches!(publication, Publication::Draft | Publication::InReview) {
            let detail = "Was public already and cannot become a draft again; withdraw it, or publish it.";
            faults.add("/publication", "not_possible", detail);
        }
        let slug = incoming.slug.unwrap_or_else(|| record.slug.clone());
        let mut value = incoming.value;
        faults.extend(of_edit);
        // What a record is about already is looked at, whether the editor sees it or not: the same rules hold.
        let is_kept = value.about() == before.about();
        let about = self.about(&value, is_kept)?;
        if is_kept && value.about().is_some() && about.is_none() {
            let detail = "The component that the record is about is not there any more; only a purge is left.";
            return Err(Problem::new(ProblemType::Conflict).detail(detail));
        }
        if let Some(about) = about {
            if slug != record.slug {
                faults.add(
                    "/slug",
                    "not_possible",
                    "Follows from what the record is about; leave it out.",
                );
            }
            faults.extend(value.complete(Some(before), &self.around(&about.component)));
            check_publication(Some(&about), publication, &mut faults);
        }
        let text = text(&value, &mut faults);
        let mut after = Record {
            revision: record.revision.next(),
            publication,
            owner: value.owner(&slug).cloned(),
            party: value.party().cloned(),
            visibility: value.visibility(),
            updated_at: self.now,
            document: text,
            slug,
            ..record.clone()
        };
        if publication == Publication::Published {
            after.published_at = after.published_at.or(Some(self.now));
        }
        if authority == Authority::Caller {
            self.may_become(record, before, &after, &value)?;
        }
        if publication == Publication::Withdrawn && record.publication != Publication::Withdrawn {
            self.owns_nothing::<T>(record, "publication.not=withdrawn")?;
        }
        self.check_references(&after.slug, Some(before), &value, &mut faults)?;
        faults.or_ok(()).map_err(Problem::document)?;
        let same =
            after.document == record.document && after.publication == record.publication && after.slug == record.slug;
        if same {
            return Ok(Prepared {
                before: Some(record.clone()),
                after: record.clone(),
                writes: Vec::new(),
                affected: Vec::new(),
                is_purge: false,
            });
        }
        let mut prepared = Prepared {
            before: Some(record.clone()),
            writes: vec![write_of::<T>(record, &after)],
            affected: Vec::new(),
            is_purge: false,
            after,
        };
        if prepared.after.slug != record.slug {
            self.rename::<T>(record, &mut prepared)?;
        }
        if prepared.after.owner != record.owner && T::NOUN != Organisation::NOUN {
            self.hand_over(record, &mut prepared)?;
        }
        T::tell(self, &mut prepared)?;
        Ok(prepared)
    }

    /// Whether the caller may make this of a record that it may change.
    fn may_become<T: Writable>(&self, record: &Record, before: &T, after: &Record, value: &T) -> Result<(), Problem> {
        let review = self.review_of(before, record)?;
        let is_organisation = T::NOUN == Organisation::NOUN;
        if after.owner != record.owner && !is_organisation {
            // Nobody gives entries to those who did not ask for them, nor past the way in which they want them published.
            self.may_with::<T>(Action::Create, after, self.review_of(value, after)?)?;
        }
        let ends = after.publication == Publication::Withdrawn && record.publication != Publication::Withdrawn;
        if before.governs(value) || is_organisation && after.slug != record.slug {
            self.may_with::<T>(Action::Govern, record, review)?;
        }
        // Whether a record of two sides is public is its owner's to say.
        let is_shown_anew = !T::REVIEWED && after.publication != record.publication;
        if ends || is_shown_anew {
            self.may_with::<T>(Action::Withdraw, record, review)?;
        }
        self.may_say::<T>(Some(before), value)?;
        // A renamed organisation is still itself.
        let subject = Record {
            owner: record.owner.clone(),
            party: record.party.clone(),
            ..after.clone()
        };
        self.may_with::<T>(Action::Change, &subject, review)
    }

    /// Whether the caller may say what an edit says, where several bodies have their words in a record.
    fn may_say<T: Writable>(&self, before: Option<&T>, after: &T) -> Result<(), Problem> {
        let is_own = |whose: &Option<Slug>| whose.as_ref().is_some_and(|slug| self.caller.acts_for(slug));
        let words = T::words_of(before, after);
        match words.iter().find(|(whose, _)| !is_own(whose)) {
            Some((whose, what)) if !self.caller.has(Scope::Admin) => {
                let whose = whose.as_ref().map(|slug| format!(" (`{slug}`)")).unwrap_or_default();
                let detail = format!(
                    "What this changes are the words of {what}{whose}: each side writes its own. The description of this \
                     operation says which are whose."
                );
                Err(Problem::new(ProblemType::Forbidden).detail(detail))
            }
            _ => Ok(()),
        }
    }

    /// The component that a document is about, where the caller sees it, or need not.
    fn about<T: Writable>(&self, value: &T, unseen: bool) -> Result<Option<About>, Problem> {
        let Some(slug) = value.about() else { return Ok(None) };
        let references = value.references().into_iter();
        let named: HashSet<Slug> = references
            .filter(|reference| reference.noun == Component::NOUN)
            .map(|reference| reference.slug.clone())
            .collect();
        let slugs: Vec<Slug> = named.into_iter().collect();
        let records = self.app.store.records_by_slug(Component::NOUN, &slugs)?;
        let is_public = records.len() == slugs.len() && records.iter().all(is_known);
        match records
            .iter()
            .find(|record| record.slug == *slug && (unseen || self.sees(record)))
        {
            Some(record) => Ok(Some(About {
                id: record.id,
                component: document(record)?,
                is_public,
            })),
            None => Ok(None),
        }
    }

    fn around<'a>(&'a self, component: &'a Component) -> Around<'a> {
        Around {
            component,
            writer: self.caller.organisation.as_ref(),
            today: self.now.day(),
        }
    }

    /// Every record that a document newly names must be there, and the caller must see it.
    fn check_references<T: Writable>(
        &self,
        slug: &Slug,
        before: Option<&T>,
        after: &T,
        faults: &mut Faults,
    ) -> Result<(), Problem> {
        let known: HashSet<(&str, &Slug)> = before
            .into_iter()
            .flat_map(Document::references)
            .map(|r| (r.noun, r.slug))
            .collect();
        let references = after.references();
        let mut wanted: BTreeMap<&'static str, Vec<Slug>> = BTreeMap::new();
        for reference in &references {
            if reference.noun == T::NOUN && reference.slug == slug {
                let detail = format!("A {} cannot name itself here.", T::NOUN);
                faults.add(reference.pointer.clone(), "self_reference", detail);
            } else if !known.contains(&(reference.noun, reference.slug)) {
                wanted.entry(reference.noun).or_default().push(reference.slug.clone());
            }
        }
        for (noun, slugs) in wanted {
            let found: HashSet<Slug> = self
                .app
                .store
                .records_by_slug(noun, &slugs)?
                .into_iter()
                .filter(|r| self.sees(r))
                .map(|r| r.slug)
                .collect();
            for reference in references.iter().filter(|r| r.noun == noun && slugs.contains(r.slug)) {
                if !found.contains(reference.slug) {
                    let detail = format!(
                        "No {noun} has the slug `{}`; correct it, or create it first.",
                        reference.slug
                    );
                    let code = if noun == Organisation::NOUN {
                        "unknown_organisation"
                    } else {
                        "unknown_component"
                    };
                    faults.add(reference.pointer.clone(), code, detail);
                }
            }
        }
        Ok(())
    }
}

/// Whether everybody may know of a record.
fn is_known(record: &Record) -> bool {
    record.is_known(&Sight::Public)
}

/// Of what everybody may not know of yet, nothing is published beforehand.
fn check_publication(about: Option<&About>, publication: Publication, faults: &mut Faults) {
    if publication == Publication::Published && about.is_some_and(|about| !about.is_public) {
        let detail = "A component that this names is not published yet; leave it a draft until it is.";
        faults.add("/publication", "not_possible", detail);
    }
}

/// Id and slug of a new record: what the path, the document and the title say of them.
fn identity<T: Document>(
    path: Option<&str>,
    incoming: &Incoming<T>,
    faults: &mut Faults,
) -> Result<(Option<Id>, Option<Slug>), Problem> {
    let path_id = path.and_then(|p| p.parse::<Id>().ok());
    let path_slug = match path.filter(|_| path_id.is_none()) {
        // A path that can be nobody's slug is nobody's address.
        Some(text) => Some(text.parse::<Slug>().map_err(|invalid| {
            let mut faults = Faults::new();
            faults.push(invalid.at("/slug"));
            Problem::document(faults)
        })?),
        None => None,
    };
    if let (Some(path), Some(given)) = (path_id, incoming.id)
        && path != given
    {
        faults.add(
            "/id",
            "mismatch",
            format!("Is not the id of the address, `{path}`; leave it out."),
        );
    }
    if let (Some(path), Some(given)) = (&path_slug, &incoming.slug)
        && path != given
    {
        let detail = format!("Is not the slug of the address, `{path}`; leave it out.");
        faults.add("/slug", "mismatch", detail);
    }
    let title = incoming.value.title();
    let slug = path_slug
        .or_else(|| incoming.slug.clone())
        .or_else(|| Slug::from_title(title));
    if slug.is_none() {
        faults.add("/slug", "required", "The title suggests no slug; add the field `slug`.");
    }
    Ok((path_id.or(incoming.id), slug))
}

/// A document that can be read, with what is wrong with it as an edit.
fn parsed<T: Writable>(before: Option<&Record>, document: Value) -> Result<(Incoming<T>, Faults), Problem> {
    let before = before.map(|record| serde_json::from_str(&record.document).unwrap_or_default());
    let of_edit = T::edit_faults(before.as_ref(), &document);
    match Incoming::parse(document) {
        Ok(incoming) => Ok((incoming, of_edit)),
        Err(mut faults) => {
            faults.extend(of_edit);
            Err(Problem::document(faults))
        }
    }
}

/// A record's document after a merge patch.
fn patched<T: Document>(record: &Record, patch: &Value) -> Result<Value, Problem> {
    if !patch.is_object() {
        let mut faults = Faults::new();
        let detail = "A merge patch (RFC 7396) is an object with the members that change; null removes one.";
        faults.add("", "wrong_type", detail);
        return Err(Problem::document(faults));
    }
    let mut whole = written::<T>(record);
    json_patch::merge(&mut whole, patch);
    Ok(whole)
}

/// The JSON text of a document.
fn text<T: Document>(value: &T, faults: &mut Faults) -> Box<str> {
    match serde_json::to_string(value) {
        Ok(text) => text.into(),
        Err(error) => {
            faults.add("", "invalid", format!("Cannot be written as JSON: {error}."));
            "{}".into()
        }
    }
}

/// Whether all of these see a record, so that the log tells them of it.
pub(super) fn told_to(record: &Record, readers: Visibility) -> bool {
    record.publication == Publication::Published && record.visibility <= readers
}

/// The write that makes `after` of `before`.
pub(super) fn write_of<T: Document>(before: &Record, after: &Record) -> Write {
    use Publication::{Published, Withdrawn};
    let event_type = match (before.publication, after.publication) {
        (Withdrawn, Withdrawn) => EventType::Updated,
        (_, Withdrawn) => EventType::Withdrawn,
        (before, Published) if before != Published && T::HAS_PUBLICATION => EventType::Published,
        _ => EventType::Updated,
    };
    Write {
        noun: T::NOUN,
        expected: Expected::Revision(before.revision),
        record: after.clone(),
        event_type,
        public: told_to(before, Visibility::Public) || told_to(after, Visibility::Public),
        members: told_to(before, Visibility::Members) || told_to(after, Visibility::Members),
    }
}
