//! From an approved change to the record.

use domain::change::{Change, ChangeOperation};
use domain::code_list::CodeList;
use domain::id::Id;
use domain::stored::Publication;
use serde_json::Value;

use super::conflict;
use crate::problem::{Problem, ProblemItem, ProblemType};
use crate::writes::{Authority, Desk, Edit, Prepared, Warning, Writable};

/// What a change is to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) operation: ChangeOperation,
    pub(super) subject: Option<Id>,
    pub(super) patch: &'a Value,
}

impl<'a> Plan<'a> {
    pub(super) fn of(change: &'a Change) -> Self {
        Self {
            operation: change.operation,
            subject: change.subject,
            patch: &change.patch,
        }
    }
}

/// What a change would write, published.
///
/// # Errors
/// What is wrong with it.
pub(super) fn prepare<T: Writable>(desk: &Desk<'_>, plan: Plan<'_>) -> Result<Prepared, Problem> {
    if plan.operation == ChangeOperation::Create {
        return desk
            .make_for::<T>(None, with_publication(plan.patch.clone()), Authority::Review)
            .map_err(|problem| problem.beneath("/patch"));
    }
    let current = conflict::current::<T>(desk, plan.subject)?
        .ok_or_else(|| Problem::new(ProblemType::Conflict).detail("The record is not there any more."))?;
    let before: T = super::document(&current)?;
    let edit = match plan.operation {
        ChangeOperation::Withdraw => Edit::Withdraw,
        // What was withdrawn since does not come back by the way.
        ChangeOperation::Create | ChangeOperation::Update if current.publication == Publication::Withdrawn => {
            Edit::Patch(plan.patch.clone())
        }
        ChangeOperation::Create | ChangeOperation::Update => Edit::Patch(with_publication(plan.patch.clone())),
    };
    desk.revise(&current, &before, edit, Authority::Review)
        .map_err(|problem| problem.beneath("/patch"))
}

/// What is approved is published, unless it says otherwise itself.
fn with_publication(mut document: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members
            .entry("publication")
            .or_insert_with(|| Publication::Published.code().into());
    }
    document
}

/// What keeps a change from being published although nothing is wrong with its document.
pub(super) fn obstacles(warnings: &[Warning], before: &[Warning], despite_duplicates: bool) -> Option<Problem> {
    let is_new = |warning: &Warning| {
        !before
            .iter()
            .any(|b| b.code == warning.code && b.other == warning.other)
    };
    let stops = |warning: &&Warning| {
        warning.is_gap_that_prevents() || warning.is_duplicate() && !despite_duplicates && is_new(warning)
    };
    let errors: Vec<ProblemItem> = warnings
        .iter()
        .filter(stops)
        .map(|warning| ProblemItem {
            pointer: Some(format!("/patch{}", warning.pointer)),
            parameter: None,
            code: warning.code.to_owned(),
            detail: warning.detail.clone(),
        })
        .collect();
    if errors.is_empty() {
        return None;
    }
    let detail = "The change cannot be published yet: fill the gaps; where the record is no duplicate after all, send \
                  `despiteDuplicates`.";
    Some(Problem::new(ProblemType::Conflict).detail(detail).errors(errors))
}
