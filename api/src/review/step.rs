//! The steps of a review.

use actix_web::http::StatusCode;
use domain::change::{Change, ChangeNoun, ChangeState, Step};
use domain::component::Component;
use domain::fault::Faults;
use domain::organisation::Organisation;
use domain::publishing;
use domain::store::{Record, Write};
use serde_json::Value;

use super::publish::{self, Plan};
use super::{code, conflict, detail};
use crate::problem::{Problem, ProblemType};
use crate::writes::{Desk, Writable, WrittenAnswer, document};

impl Desk<'_> {
    /// Puts a change in another state; publishing it writes the record in the same transaction.
    pub(crate) fn step(&self, key: &str, body: Value) -> Result<WrittenAnswer, Problem> {
        let (record, mut change, stake) = self.change_of(key)?;
        let step: Step = domain::json::read(body).map_err(Problem::document)?;
        let allowed = publishing::allowed_states(self.caller, &change, &stake);
        if !allowed.contains(&step.state) {
            return Err(refusal(&change, step.state, &allowed));
        }
        self.check(&record)?;
        let needs_reason = matches!(step.state, ChangeState::Returned | ChangeState::Rejected);
        if needs_reason && step.comment.is_none() {
            let mut faults = Faults::new();
            faults.add("/comment", "required", "Say why, so that the authors know what to do.");
            return Err(Problem::document(faults));
        }
        let mut others = Vec::new();
        if matches!(step.state, ChangeState::Approved | ChangeState::Published) {
            let writes = match change.noun {
                ChangeNoun::Component => self.publish::<Component>(&record, &mut change, &step)?,
                ChangeNoun::Organisation => self.publish::<Organisation>(&record, &mut change, &step)?,
            };
            if step.state == ChangeState::Published {
                others = writes;
            }
        }
        change.state = step.state;
        self.remark(&mut change, record.id, Some(step.state), step.comment)?;
        let after = self.next(&record, &change);
        self.write_change(Some(&record), &after, &change, StatusCode::OK, others, None)
    }

    /// What publishing a change writes; everything that is in the way is found now, for approving it, too.
    fn publish<T: Writable>(&self, record: &Record, change: &mut Change, step: &Step) -> Result<Vec<Write>, Problem> {
        let current = conflict::current::<T>(self, change.subject)?;
        if let Some(current) = &current
            && change.base_revision != Some(current.revision)
        {
            let conflicts = conflict::conflicts::<T>(self, change, current)?;
            let detail = "The record was changed since the change was made: rebase it on `currentRevision` first.";
            return Err(Problem::new(ProblemType::Conflict)
                .detail(detail)
                .with("currentRevision", current.revision.0)
                .with("conflicts", serde_json::to_value(conflicts).unwrap_or_default()));
        }
        let prepared = publish::prepare::<T>(self, Plan::of(change))?;
        let is_publishing = step.state == ChangeState::Published;
        if is_publishing && change.operation != domain::change::ChangeOperation::Withdraw {
            let known = match &prepared.before {
                Some(before) => document::<T>(before)?.warnings(before.id, &self.app.view()),
                None => Vec::new(),
            };
            let warnings = detail::warnings::<T>(self, &prepared)?;
            if let Some(problem) = publish::obstacles(&warnings, &known, step.despite_duplicates) {
                return Err(problem);
            }
        }
        if is_publishing {
            change.subject = Some(prepared.after.id);
        }
        // Where the change itself names what is renamed or handed over, it is rewritten in the same step, not beside it.
        let (own, others): (Vec<Write>, Vec<Write>) = prepared
            .writes
            .into_iter()
            .partition(|write| write.record.id == record.id);
        if let Some(own) = own.first().filter(|_| is_publishing) {
            let rewritten: Change = document(&own.record)?;
            change.owner = rewritten.owner;
            change.organisation = rewritten.organisation;
        }
        Ok(others)
    }
}

fn refusal(change: &Change, wanted: ChangeState, allowed: &[ChangeState]) -> Problem {
    let is_possible = publishing::STEPS
        .iter()
        .any(|(from, to, _)| *from == change.state && *to == wanted);
    let allowed: Vec<&str> = allowed.iter().map(|state| code(*state)).collect();
    let problem = if is_possible {
        let detail = format!(
            "From `{}` to `{}` is a step that somebody else must take: those who propose a change submit it, and those \
             who review it decide.",
            code(change.state),
            code(wanted)
        );
        Problem::new(ProblemType::Forbidden).detail(detail)
    } else {
        let detail = format!("There is no step from `{}` to `{}`.", code(change.state), code(wanted));
        Problem::new(ProblemType::Conflict).detail(detail)
    };
    problem.with("state", code(change.state)).with("allowedStates", allowed)
}
