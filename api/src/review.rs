//! Review: proposed changes from the first draft to what is published of them.

mod conflict;
mod detail;
mod publish;
mod stake;
mod step;

use actix_web::http::StatusCode;
use domain::access::Action;
use domain::change::{Amendment, Change, ChangeNoun, ChangeOperation, ChangeState, Comment, Proposal, Remark};
use domain::component::{Component, Title};
use domain::event::EventType;
use domain::fault::{Faults, Invalid};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::publishing::{self, Role, Stake};
use domain::store::{Expected, Record, Write};
use domain::stored::{Document, Publication};
use domain::values::{List, Prose, Revision, Slug};
use serde_json::Value;

use crate::problem::{Problem, ProblemType};
use crate::records::address;
use crate::writes::{Desk, Found, Kept, Preview, Writable, WrittenAnswer, document, fingerprint};
use publish::Plan;

pub use conflict::Conflict;
pub use detail::ChangeDetail;

impl Desk<'_> {
    /// Proposes a change.
    pub(crate) fn propose(&self, body: Value) -> Result<WrittenAnswer, Problem> {
        let fingerprint = fingerprint(self.options, &body);
        let proposal: Proposal = domain::json::read(body).map_err(Problem::document)?;
        self.once(&fingerprint, |keep| {
            let mut change = match proposal.noun {
                ChangeNoun::Component => self.draft::<Component>(&proposal)?,
                ChangeNoun::Organisation => self.draft::<Organisation>(&proposal)?,
            };
            let id = self.app.ids.next();
            self.sign(&mut change, id)?;
            let record = Record {
                id,
                slug: change_slug(id)?,
                revision: Revision::FIRST,
                // Nobody but its parties and reviewers ever sees it.
                publication: Publication::Draft,
                owner: change.owner(&change.record_slug).cloned(),
                party: change.party().cloned(),
                visibility: change.visibility(),
                published_at: None,
                created_at: self.now,
                updated_at: self.now,
                document: text(&change),
            };
            self.write_change(None, &record, &change, StatusCode::CREATED, Vec::new(), keep)
        })
    }

    fn draft<T: Writable>(&self, proposal: &Proposal) -> Result<Change, Problem> {
        let mut faults = Faults::new();
        if !matches!(proposal.state, ChangeState::Draft | ChangeState::Submitted) {
            faults.add("/state", "not_possible", "A proposal begins as `draft` or `submitted`.");
        }
        let wants_patch = proposal.operation != ChangeOperation::Withdraw;
        if wants_patch && proposal.patch.is_none() {
            let detail = "Say what shall change, or the whole new document.";
            faults.add("/patch", "required", detail);
        }
        check_patch(proposal.operation, proposal.patch.as_ref(), &mut faults);
        let is_new = proposal.operation == ChangeOperation::Create;
        match (&proposal.record, is_new) {
            (Some(_), true) => faults.add(
                "/record",
                "not_possible",
                "A new record has no name yet; give its `slug` in `patch`.",
            ),
            (None, false) => faults.add("/record", "required", "Name the record by its id or slug."),
            _ => {}
        }
        faults.or_ok(()).map_err(Problem::document)?;
        let mut base = None;
        let mut subject = None;
        if let Some(key) = &proposal.record {
            let record = match self.present::<T>(key)? {
                Found::Here(record) => *record,
                Found::Moved(_) => return Err(Problem::not_found()),
            };
            self.may::<T>(Action::Propose, &record)?;
            self.must_see(&record)?;
            subject = Some(record.id);
            base = Some(proposal.base_revision.unwrap_or(record.revision));
            if base > Some(record.revision) {
                let detail = format!("The record is in revision {}; name one that it had.", record.revision.0);
                let fault = Invalid::new("out_of_range", detail).at("/baseRevision");
                return Err(Problem::document(fault.into()));
            }
            self.must_know_revision::<T>(&record, base)?;
        }
        let patch = proposal
            .patch
            .clone()
            .unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let plan = Plan {
            operation: proposal.operation,
            subject,
            patch: &patch,
        };
        let outcome = publish::prepare::<T>(self, plan)?;
        // Who owns the record now sees the change and decides on it; a new owner is part of what is proposed.
        let owner = outcome
            .before
            .as_ref()
            .map_or(&outcome.after.owner, |before| &before.owner);
        Ok(Change {
            state: proposal.state,
            noun: proposal.noun,
            operation: proposal.operation,
            subject,
            record_slug: outcome.after.slug.clone(),
            title: title(&outcome.after)?,
            owner: owner.clone().ok_or_else(|| Problem::new(ProblemType::Internal))?,
            organisation: self.caller.organisation.clone(),
            base_revision: base,
            note: proposal.note.clone(),
            authors: List::default(),
            remarks: List::default(),
            patch,
        })
    }

    /// Of a withdrawn record others see a tombstone: a change of it would show them the rest.
    fn must_see(&self, record: &Record) -> Result<(), Problem> {
        if self.sees(record) {
            return Ok(());
        }
        Err(Problem::new(ProblemType::Conflict)
            .detail("The record is not public any more; only those who keep it change it."))
    }

    /// What a record held before it was public is nobody's business but its insiders': a change that is based on it would
    /// tell.
    fn must_know_revision<T: Writable>(&self, record: &Record, base: Option<Revision>) -> Result<(), Problem> {
        let is_insider = self
            .caller
            .sight()
            .includes(record.owner.as_ref(), record.party.as_ref());
        let Some(base) = base.filter(|base| !is_insider && *base != record.revision) else {
            return Ok(());
        };
        let events = self.app.store.revisions(T::NOUN, &[(record.id, base)])?;
        if events.iter().any(|event| event.publication == Publication::Published) {
            return Ok(());
        }
        let invalid = Invalid::new("unknown_revision", "Is no revision that was public; name another one.");
        Err(Problem::document(invalid.at("/baseRevision").into()))
    }

    /// Amends or rebases a change.
    pub(crate) fn amend(&self, key: &str, body: Value) -> Result<WrittenAnswer, Problem> {
        let (record, mut change, stake) = self.change_of(key)?;
        let is_author = publishing::has_role(self.caller, Role::Author, &change, &stake);
        let is_reviewer = publishing::has_role(self.caller, Role::Reviewer, &change, &stake);
        let amendment: Amendment = domain::json::read(body).map_err(Problem::document)?;
        let mut faults = Faults::new();
        if amendment.patch.is_none() && amendment.note.is_none() && amendment.base_revision.is_none() {
            faults.add("", "required", "Give a `patch`, a `note` or a `baseRevision`.");
        }
        check_patch(change.operation, amendment.patch.as_ref(), &mut faults);
        faults.or_ok(()).map_err(Problem::document)?;
        let is_rebase = amendment.patch.is_none() && amendment.note.is_none();
        if !(is_author || is_rebase && is_reviewer) {
            return Err(Problem::new(ProblemType::Forbidden).detail("Only those who propose a change amend it."));
        }
        self.check(&record)?;
        if !(publishing::is_amendable(change.state) || is_rebase && publishing::is_open(change.state)) {
            let detail = "The change is not in a state in which it can be amended: have it returned first.";
            return Err(Problem::new(ProblemType::Conflict)
                .detail(detail)
                .with("state", code(change.state)));
        }
        if let Some(patch) = amendment.patch {
            change.patch = patch;
        }
        change.note = amendment.note.or(change.note);
        match change.noun {
            ChangeNoun::Component => self.rebase::<Component>(&mut change, amendment.base_revision, is_rebase)?,
            ChangeNoun::Organisation => self.rebase::<Organisation>(&mut change, amendment.base_revision, is_rebase)?,
        }
        if !is_rebase {
            self.sign(&mut change, record.id)?;
        }
        let after = self.next(&record, &change);
        self.write_change(Some(&record), &after, &change, StatusCode::OK, Vec::new(), None)
    }

    /// Bases a change on the record as it is now, where that was asked for, and holds it against it again.
    fn rebase<T: Writable>(
        &self,
        change: &mut Change,
        base: Option<Revision>,
        keeps_patch: bool,
    ) -> Result<(), Problem> {
        let current = conflict::current::<T>(self, change.subject)?;
        current.as_ref().map_or(Ok(()), |current| self.must_see(current))?;
        if let Some(base) = base {
            let current = current.filter(|current| current.revision == base);
            let Some(current) = current else {
                let invalid = Invalid::new("stale", "Is not the present revision of the record; read it again.");
                return Err(Problem::document(invalid.at("/baseRevision").into()));
            };
            let conflicts = conflict::conflicts::<T>(self, change, &current)?;
            if keeps_patch && !conflicts.is_empty() && !publishing::is_amendable(change.state) {
                let detail = "The change and the record changed the same values; have the change returned, and decide.";
                return Err(Problem::new(ProblemType::Conflict)
                    .detail(detail)
                    .with("conflicts", serde_json::to_value(&conflicts).unwrap_or_default()));
            }
            change.base_revision = Some(base);
        }
        let outcome = publish::prepare::<T>(self, Plan::of(change))?;
        change.record_slug = outcome.after.slug.clone();
        change.title = title(&outcome.after)?;
        if outcome.before.is_none() {
            change.owner = outcome.after.owner.ok_or_else(|| Problem::new(ProblemType::Internal))?;
        }
        Ok(())
    }

    /// Adds a comment.
    pub(crate) fn comment(&self, key: &str, body: Value) -> Result<WrittenAnswer, Problem> {
        let fingerprint = fingerprint(self.options, &body);
        let comment: Comment = domain::json::read(body).map_err(Problem::document)?;
        self.once(&fingerprint, |keep| {
            // Comments do not contradict one another, so that nobody has to send a revision.
            let mut left = 5;
            loop {
                let (record, mut change, _) = self.change_of(key)?;
                self.remark(&mut change, record.id, None, Some(comment.text.clone()))?;
                let after = self.next(&record, &change);
                let answer = self.write_change(Some(&record), &after, &change, StatusCode::CREATED, Vec::new(), keep);
                left -= 1;
                match answer {
                    Err(problem) if left > 0 && problem.is(ProblemType::PreconditionFailed) => {}
                    answer => return answer,
                }
            }
        })
    }

    /// A change that the caller may see, and whose word counts in it.
    pub(crate) fn change_of(&self, key: &str) -> Result<(Record, Change, Stake), Problem> {
        let record = self.find::<Change>(key)?.ok_or_else(Problem::not_found)?;
        let mut change: Change = document(&record)?;
        let is_writer = self.mark(record.id).is_some_and(|mark| change.authors.contains(&mark));
        let is_seen = is_writer
            || self
                .caller
                .sight()
                .includes(record.owner.as_ref(), record.party.as_ref());
        if !is_seen {
            return Err(Problem::not_found());
        }
        let stake = self.stake(&mut change, record.id)?;
        Ok((record, change, stake))
    }

    fn remark(
        &self,
        change: &mut Change,
        id: Id,
        state: Option<ChangeState>,
        text: Option<Prose<2000>>,
    ) -> Result<(), Problem> {
        let by = self.own_mark(id)?;
        let remark = Remark {
            at: self.now,
            by,
            organisation: self.caller.organisation.clone(),
            state,
            text,
        };
        let before = change.remarks.len();
        change.remarks = List::collect(change.remarks.iter().cloned().chain([remark]));
        if change.remarks.len() == before {
            return Err(Problem::new(ProblemType::Conflict).detail("The change has as many remarks as it can have."));
        }
        Ok(())
    }

    /// The record of a change after one more step.
    fn next(&self, record: &Record, change: &Change) -> Record {
        Record {
            revision: record.revision.next(),
            updated_at: self.now,
            owner: change.owner(&change.record_slug).cloned(),
            document: text(change),
            ..record.clone()
        }
    }

    /// Writes a change, and what it brings with it, in one transaction.
    fn write_change(
        &self,
        before: Option<&Record>,
        after: &Record,
        change: &Change,
        status: StatusCode,
        mut others: Vec<Write>,
        keep: Option<Kept<'_>>,
    ) -> Result<WrittenAnswer, Problem> {
        // Who may decide may be somebody else by what was just written.
        let stake = self.stake(&mut change.clone(), after.id)?;
        let detail = self.detail(after, change, &stake)?;
        if self.options.dry_run {
            let known = |record: &Record| serde_json::from_str::<Value>(&record.document).unwrap_or_default();
            let preview = Preview {
                dry_run: true,
                status: status.as_u16(),
                diff: crate::diff::diff(&before.map(known).unwrap_or_default(), &known(after)),
                problems: detail.problems.clone(),
                record: serde_json::to_value(&detail).unwrap_or_default(),
                affected: Vec::new(),
                affected_total: 0,
                reach: None,
            };
            return Ok(WrittenAnswer::of_preview(&preview));
        }
        let answer = WrittenAnswer {
            status,
            location: (status == StatusCode::CREATED && before.is_none())
                .then(|| address::<Change>(self.app, &after.slug)),
            etag: Some(format!("\"r{}\"", after.revision.0)),
            body: serde_json::to_string(&detail).ok(),
            replayed: false,
        };
        others.push(Write {
            noun: Change::NOUN,
            expected: before.map_or(Expected::Absent, |b| Expected::Revision(b.revision)),
            record: after.clone(),
            event_type: if before.is_none() {
                EventType::Created
            } else {
                EventType::Updated
            },
            public: false,
            members: false,
        });
        let kept = keep.map(|keep| keep.answer(&answer));
        self.commit(after.id, &others, kept.as_ref())?;
        Ok(answer)
    }
}

/// What is wrong with the form of a patch.
fn check_patch(operation: ChangeOperation, patch: Option<&Value>, faults: &mut Faults) {
    match patch {
        Some(_) if operation == ChangeOperation::Withdraw => {
            faults.add("/patch", "not_possible", "Has no meaning where a record is withdrawn.");
        }
        Some(patch) if !patch.is_object() => faults.add("/patch", "wrong_type", "Give an object."),
        _ => {}
    }
}

fn text(change: &Change) -> Box<str> {
    // A change is made of strings, numbers and JSON; that can always be written.
    serde_json::to_string(change).unwrap_or_default().into()
}

fn code(state: ChangeState) -> &'static str {
    domain::code_list::CodeList::code(state)
}

/// Changes have no name of their own; their slug is their id in another dress.
fn change_slug(id: domain::id::Id) -> Result<Slug, Problem> {
    format!("change-{:032x}", id.as_u128())
        .parse()
        .map_err(|_| Problem::new(ProblemType::Internal))
}

fn title(record: &Record) -> Result<Title, Problem> {
    let whole: Value = serde_json::from_str(&record.document).unwrap_or_default();
    let title = whole.get("title").cloned().unwrap_or_default();
    serde_json::from_value(title).map_err(|error| {
        tracing::error!(id = %record.id, %error, "a record has no title");
        Problem::new(ProblemType::Internal)
    })
}
