//! The desk at which one write is decided and carried out.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use domain::access::{self, Action, Caller, Subject};
use domain::component::Component;
use domain::event::{Origin, Sequence};
use domain::id::Id;
use domain::organisation::{Organisation, ReviewPolicy};
use domain::publishing::actor_name;
use domain::store::{KeptAnswer, Key, Record, StoreError, Write};
use domain::stored::Document;
use domain::values::{Slug, Timestamp};
use serde_json::Value;

use super::answer::{Affected, Preview, WrittenAnswer};
use super::options::{Precondition, WriteOptions};
use super::prepare::{Edit, Prepared};
use super::{Writable, address, keyed};
use crate::ending;
use crate::problem::{Problem, ProblemType};
use crate::state::App;

/// Whoever writes, with all that the decision needs.
pub struct Desk<'a> {
    /// The catalogue.
    pub app: &'a App,
    /// Who writes.
    pub caller: &'a Caller,
    /// What the client says of the write.
    pub options: &'a WriteOptions,
    /// When.
    pub now: Timestamp,
}

impl Desk<'_> {
    /// `POST` on a list.
    pub(super) fn create<T: Writable>(&self, document: Value) -> Result<WrittenAnswer, Problem> {
        let fingerprint = keyed::fingerprint(self.options, &document);
        self.once(&fingerprint, |keep| {
            let prepared = self.make::<T>(None, document)?;
            self.finish::<T>(&prepared, StatusCode::CREATED, keep)
        })
    }

    /// `PUT`: replaces what is there, or makes it under `If-None-Match: *`.
    pub(super) fn put<T: Writable>(&self, key: &str, document: Value) -> Result<WrittenAnswer, Problem> {
        if self.options.precondition == Some(Precondition::Absent) {
            if let Some(record) = self.find::<T>(key)? {
                match self.may::<T>(Action::See, &record) {
                    Ok(()) => return Err(Problem::there_already(record.revision)),
                    // Of what is hidden nobody hears more than that the name is taken, and only who could have had it.
                    Err(problem) if problem.is(ProblemType::NotFound) => {}
                    Err(problem) => return Err(problem),
                }
            }
            let prepared = self.make::<T>(Some(key), document)?;
            return self.finish::<T>(&prepared, StatusCode::CREATED, None);
        }
        self.edit::<T>(key, Edit::Replace(document)).map_err(|problem| {
            if problem.is(ProblemType::NotFound) {
                let detail = "There is nothing at this address, or nothing that you may see. To create it here, send \
                              `If-None-Match: *`.";
                return Problem::not_found().detail(detail);
            }
            problem
        })
    }

    /// Changes or withdraws what is there.
    pub(super) fn edit<T: Writable>(&self, key: &str, edit: Edit) -> Result<WrittenAnswer, Problem> {
        let record = match self.present::<T>(key)? {
            Found::Here(record) => record,
            Found::Moved(location) => return Ok(moved(location)),
        };
        let status = match edit {
            Edit::Withdraw => StatusCode::NO_CONTENT,
            _ => StatusCode::OK,
        };
        let prepared = self.change::<T>(&record, edit)?;
        self.finish::<T>(&prepared, status, None)
    }

    /// Removes a record with its history, and the changes that were proposed of it.
    pub(super) fn purge<T: Writable>(&self, key: &str) -> Result<WrittenAnswer, Problem> {
        let record = match self.present::<T>(key)? {
            Found::Here(record) => record,
            Found::Moved(location) => return Ok(moved(location)),
        };
        let prepared = self.remove::<T>(&record)?;
        self.finish::<T>(&prepared, StatusCode::NO_CONTENT, None)
    }

    /// The record of a path, whatever its state; by an earlier slug, too.
    pub(crate) fn find<T: Document>(&self, key: &str) -> Result<Option<Record>, Problem> {
        let key = match (key.parse::<Id>(), key.parse::<Slug>()) {
            (Ok(id), _) => Key::Id(id),
            (_, Ok(slug)) => Key::Slug(slug),
            _ => return Ok(None),
        };
        Ok(self.app.store.record(T::NOUN, &key)?)
    }

    /// The record of a path that the caller may see.
    pub(crate) fn present<T: Writable>(&self, key: &str) -> Result<Found, Problem> {
        let record = self.find::<T>(key)?.ok_or_else(Problem::not_found)?;
        self.may::<T>(Action::See, &record)?;
        let is_current = key == record.slug.as_str() || key.eq_ignore_ascii_case(&record.id.to_string());
        if !is_current {
            return Ok(Found::Moved(address::<T>(self.app, &record.slug)));
        }
        Ok(Found::Here(Box::new(record)))
    }

    /// Whether the caller may do something with a record as it is.
    pub(crate) fn may<T: Writable>(&self, action: Action, record: &Record) -> Result<(), Problem> {
        let review = match action {
            Action::Create | Action::Change | Action::Withdraw => self.review_of(&document::<T>(record)?, record)?,
            // Neither seeing nor proposing depends on it.
            _ => ReviewPolicy::Direct,
        };
        self.may_with::<T>(action, record, review)
    }

    /// How changes of a record come about.
    pub(super) fn review_of<T: Writable>(&self, value: &T, record: &Record) -> Result<ReviewPolicy, Problem> {
        match (value.review(), value.owner(&record.slug)) {
            _ if !T::REVIEWED => Ok(ReviewPolicy::Direct),
            // Before it is public for the first time, the one above an organisation has its say, too.
            (Some(own), _) if record.published_at.is_none() => match value.party() {
                Some(above) => Ok(own.max(self.policy_of(above)?)),
                None => Ok(own),
            },
            (Some(own), _) => Ok(own),
            (None, Some(owner)) => self.policy_of(owner),
            (None, None) => Ok(ReviewPolicy::FourEyes),
        }
    }

    /// How an organisation wants changes of its public entries to come about. Read from the store: another instance may
    /// have changed it a moment ago. Where nobody can be asked, everything is looked at twice.
    pub(crate) fn policy_of(&self, owner: &Slug) -> Result<ReviewPolicy, Problem> {
        let record = self.app.store.record(Organisation::NOUN, &Key::Slug(owner.clone()))?;
        match record {
            Some(record) => Ok(document::<Organisation>(&record)?.review.unwrap_or_default()),
            None => Ok(ReviewPolicy::FourEyes),
        }
    }

    pub(super) fn may_with<T: Writable>(
        &self,
        action: Action,
        record: &Record,
        review: ReviewPolicy,
    ) -> Result<(), Problem> {
        let subject = Subject {
            write: T::SCOPE,
            owner: record.owner.as_ref(),
            party: record.party.as_ref(),
            publication: record.publication,
            was_public: record.published_at.is_some(),
            visibility: record.visibility,
            review,
        };
        Ok(access::may(self.caller, action, &subject)?)
    }

    /// Whether the caller sees a record.
    pub(crate) fn sees(&self, record: &Record) -> bool {
        record.is_seen(&self.caller.sight())
    }

    /// Finds out before a commit, and for a dry run, what a commit would find out: whether the slug, or the id that a client chose, is another
    /// record's, or once was.
    pub(super) fn is_free<T: Document>(&self, wanted: &Record, new_id: Option<Id>) -> Result<(), Problem> {
        let store = &self.app.store;
        let by_slug = store.record(T::NOUN, &Key::Slug(wanted.slug.clone()))?;
        let by_id = new_id.map_or(Ok(None), |id| store.record(T::NOUN, &Key::Id(id)))?;
        if by_id.is_some() || by_slug.is_some_and(|other| other.id != wanted.id) {
            return Err(Problem::taken(&wanted.slug));
        }
        Ok(())
    }

    /// Holds a record against `If-Match`.
    pub(crate) fn check(&self, record: &Record) -> Result<(), Problem> {
        match &self.options.precondition {
            None => Err(Problem::new(ProblemType::PreconditionRequired)),
            Some(Precondition::Any) => Ok(()),
            Some(Precondition::OneOf(revisions)) if revisions.contains(&record.revision) => Ok(()),
            Some(Precondition::OneOf(_)) => Err(Problem::stale(Some(record.revision))),
            Some(Precondition::Absent) => Err(Problem::there_already(record.revision)),
        }
    }

    /// Who writes, for the log.
    pub(crate) fn origin(&self) -> Origin {
        let actor = self.caller.actor.as_ref();
        Origin {
            actor: actor_name(self.caller),
            token_id: actor.and_then(|a| a.token_id.clone()),
            request_id: Some(self.options.request_id.clone()),
            comment: self.options.comment.clone(),
        }
    }

    /// Writes in one transaction, and brings the view level with it, so that whoever wrote reads what was written.
    ///
    /// # Errors
    /// Of a record other than `main` nobody learns the revision: it is not the one that the client named.
    pub(crate) fn commit(&self, main: Id, writes: &[Write], keep: Option<&KeptAnswer>) -> Result<(), Problem> {
        if writes.is_empty() && keep.is_none() {
            return Ok(());
        }
        let committed = self.app.store.commit_once(writes, &self.origin(), self.now, keep);
        let sequence = committed.map_err(|error| match &error {
            StoreError::Stale { index, .. } if writes.get(*index).is_some_and(|write| write.record.id != main) => {
                Problem::new(ProblemType::Conflict)
                    .detail("Another record that this concerns was changed meanwhile; send the request again.")
                    .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
            }
            StoreError::Taken { index } => match writes.get(*index) {
                Some(write) => Problem::taken(&write.record.slug),
                None => error.into(),
            },
            _ => error.into(),
        })?;
        self.level(sequence);
        Ok(())
    }

    /// Brings the view to what was written. That is done, whatever comes now; the view catches up as soon as the database
    /// answers again.
    pub(super) fn level(&self, sequence: Sequence) {
        if let Err(error) = self.app.follow_to(sequence) {
            tracing::warn!(%error, "the view could not follow a write at once");
        }
    }

    /// Adds the notices of what an edit of a component makes of its end.
    pub(super) fn tell_end(&self, prepared: &mut Prepared) -> Result<(), Problem> {
        let Some(before) = &prepared.before else { return Ok(()) };
        if ending::turns(Some(before), &prepared.after) {
            // What another instance wrote a moment ago counts, too.
            self.app.follow().map_err(Problem::from)?;
            let (view, ids) = (self.app.view(), &*self.app.ids);
            let notices = ending::notices(&view, before, &prepared.after, self.now, ids)?;
            prepared.writes.extend(notices);
        }
        Ok(())
    }

    /// Commits what was prepared, or tells what it would do.
    pub(super) fn finish<T: Writable>(
        &self,
        prepared: &Prepared,
        status: StatusCode,
        keep: Option<keyed::Kept<'_>>,
    ) -> Result<WrittenAnswer, Problem> {
        if self.options.dry_run {
            return Ok(self.preview::<T>(prepared, status));
        }
        let answer = written_answer::<T>(self.app, prepared, status);
        let kept = keep.map(|keep| keep.answer(&answer));
        self.commit(prepared.after.id, &prepared.writes, kept.as_ref())?;
        Ok(answer)
    }

    fn preview<T: Writable>(&self, prepared: &Prepared, status: StatusCode) -> WrittenAnswer {
        let before = prepared.before.as_ref().map(super::written::<T>).unwrap_or_default();
        let after = if prepared.is_purge {
            Value::Null
        } else {
            super::written::<T>(&prepared.after)
        };
        let body = search::body::<T>(&prepared.after);
        let view = self.app.view();
        let affected: Vec<Affected> = prepared
            .affected
            .iter()
            .take(domain::limits::AFFECTED)
            .cloned()
            .collect();
        let turns = T::NOUN == Component::NOUN && ending::turns(prepared.before.as_ref(), &prepared.after);
        let reach = turns
            .then(|| view.impact(prepared.after.id, ending::IMPACT_DEPTH, &self.caller.sight()))
            .flatten();
        let preview = Preview {
            dry_run: true,
            status: status.as_u16(),
            record: serde_json::from_slice(&body).unwrap_or_default(),
            diff: crate::diff::diff(&before, &after),
            problems: document::<T>(&prepared.after)
                .map(|value| value.warnings(prepared.after.id, &view))
                .unwrap_or_default(),
            affected,
            affected_total: prepared.affected.len(),
            reach,
        };
        WrittenAnswer::of_preview(&preview)
    }
}

/// What was found at a path.
pub(crate) enum Found {
    /// The record.
    Here(Box<Record>),
    /// It has another slug now; its address.
    Moved(String),
}

fn moved(location: String) -> WrittenAnswer {
    WrittenAnswer {
        status: StatusCode::PERMANENT_REDIRECT,
        location: Some(location),
        etag: None,
        body: None,
        replayed: false,
    }
}

pub(super) fn written_answer<T: Writable>(app: &App, prepared: &Prepared, status: StatusCode) -> WrittenAnswer {
    let body = search::body::<T>(&prepared.after);
    WrittenAnswer {
        status,
        location: (status == StatusCode::CREATED).then(|| location::<T>(app, &prepared.after)),
        etag: (!prepared.is_purge).then(|| format!("\"r{}\"", prepared.after.revision.0)),
        body: (status != StatusCode::NO_CONTENT).then(|| String::from_utf8_lossy(&body).into_owned()),
        replayed: false,
    }
}

/// Where a new record is read and written.
fn location<T: Writable>(app: &App, record: &Record) -> String {
    match document::<T>(record) {
        Ok(value) => format!(
            "{}{}",
            app.limits.public_url.as_deref().unwrap_or_default(),
            value.path(&record.slug)
        ),
        Err(_) => address::<T>(app, &record.slug),
    }
}

/// The document of a record; one that cannot be read is a fault of the database.
pub(crate) fn document<T: Document>(record: &Record) -> Result<T, Problem> {
    serde_json::from_str(&record.document).map_err(|error| {
        tracing::error!(id = %record.id, %error, "a document cannot be read");
        Problem::new(ProblemType::Internal)
    })
}
