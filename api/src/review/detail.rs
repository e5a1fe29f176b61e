//! A change as its parties see it: with what it would do, what is in its way, and what they may do about it.

use domain::change::{Change, ChangeNoun, ChangeState};
use domain::component::Component;
use domain::organisation::Organisation;
use domain::publishing::{self, Stake};
use domain::store::Record;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::conflict::{self, Conflict};
use super::publish::{self, Plan};
use crate::diff::{Difference, diff};
use crate::problem::{Problem, ProblemItem};
use crate::writes::{Desk, Prepared, Warning, Writable, document, written};

/// A change with all that its review needs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeDetail {
    /// The change itself.
    #[serde(flatten)]
    #[schema(value_type = crate::openapi::ChangeRecord)]
    pub change: Value,
    /// What would differ in the record from what it is now.
    #[schema(max_items = 10000)]
    pub diff: Vec<Difference>,
    /// What readers would miss or find twice.
    #[schema(max_items = 1000)]
    pub problems: Vec<Warning>,
    /// What keeps it from being published as it is.
    #[schema(max_items = 1000)]
    pub errors: Vec<ProblemItem>,
    /// Whether the record was changed since the change was made; rebase it then.
    pub stale: bool,
    /// Values that both have changed since.
    #[schema(max_items = 10000)]
    pub conflicts: Vec<Conflict>,
    /// The states that the caller may put it in.
    #[schema(max_items = 7)]
    pub allowed_states: Vec<ChangeState>,
}

fn detail_of<T: Writable>(
    desk: &Desk<'_>,
    record: &Record,
    change: &Change,
    stake: &Stake,
) -> Result<ChangeDetail, Problem> {
    let mut detail = ChangeDetail {
        change: serde_json::from_slice(&search::body::<Change>(record)).unwrap_or_default(),
        diff: Vec::new(),
        problems: Vec::new(),
        errors: Vec::new(),
        stale: false,
        conflicts: Vec::new(),
        allowed_states: publishing::allowed_states(desk.caller, change, stake),
    };
    if !publishing::is_open(change.state) {
        return Ok(detail);
    }
    if let Some(current) = conflict::current::<T>(desk, change.subject)? {
        // It may have been withdrawn since; what it holds now is not for everybody who proposed something once.
        if !desk.sees(&current) {
            return Ok(detail);
        }
        detail.stale = change.base_revision != Some(current.revision);
        detail.conflicts = conflict::conflicts::<T>(desk, change, &current)?;
    }
    match publish::prepare::<T>(desk, Plan::of(change)) {
        Ok(prepared) => {
            let before = prepared.before.as_ref().map(written::<T>).unwrap_or_default();
            detail.diff = diff(&before, &written::<T>(&prepared.after)).changes;
            detail.problems = warnings::<T>(desk, &prepared)?;
        }
        Err(problem) if problem.is_unavailable() => return Err(problem),
        Err(problem) => detail.errors = problem.body_for(&desk.options.request_id).errors,
    }
    Ok(detail)
}

pub(super) fn warnings<T: Writable>(desk: &Desk<'_>, prepared: &Prepared) -> Result<Vec<Warning>, Problem> {
    let value: T = document(&prepared.after)?;
    Ok(value.warnings(prepared.after.id, &desk.app.view()))
}

impl Desk<'_> {
    /// A change with all that its review needs.
    ///
    /// # Errors
    /// If the store does not answer.
    pub(super) fn detail(&self, record: &Record, change: &Change, stake: &Stake) -> Result<ChangeDetail, Problem> {
        match change.noun {
            ChangeNoun::Component => detail_of::<Component>(self, record, change, stake),
            ChangeNoun::Organisation => detail_of::<Organisation>(self, record, change, stake),
        }
    }

    /// A change, with the tag of its revision.
    pub(crate) fn show_change(&self, key: &str) -> Result<(String, ChangeDetail), Problem> {
        let (record, change, stake) = self.change_of(key)?;
        Ok((
            format!("r{}", record.revision.0),
            self.detail(&record, &change, &stake)?,
        ))
    }

    /// The record as a change would make it.
    pub(crate) fn preview_change(&self, key: &str) -> Result<Value, Problem> {
        let (_, change, _) = self.change_of(key)?;
        match change.noun {
            ChangeNoun::Component => self.preview_of::<Component>(&change),
            ChangeNoun::Organisation => self.preview_of::<Organisation>(&change),
        }
    }

    fn preview_of<T: Writable>(&self, change: &Change) -> Result<Value, Problem> {
        let current = conflict::current::<T>(self, change.subject)?;
        if current.is_some_and(|current| !self.sees(&current)) {
            return Err(Problem::not_found());
        }
        let prepared = publish::prepare::<T>(self, Plan::of(change))?;
        let body = search::body::<T>(&prepared.after);
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }
}
