//! Many writes in one request: each has its own outcome.

use std::collections::HashSet;

use actix_web::http::StatusCode;
use domain::batch::{Batch, BatchItem, BatchOperation};
use domain::fault::Faults;
use domain::id::Id;
use domain::notice::Notice;
use domain::store::{Expected, StoreError, Write};
use domain::stored::Document;
use domain::values::{Revision, Slug};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::WrittenAnswer;
use super::desk::Found;
use super::options::Precondition;
use super::prepare::{Edit, Prepared};
use super::{Desk, Writable, keyed};
use crate::ending;
use crate::problem::{Problem, ProblemBody, ProblemType};

/// What became of one write among many.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchOutcome {
    /// The status that the write alone would have been answered with; 424 where it failed because another one did.
    #[schema(minimum = 200, maximum = 599, example = 201)]
    pub status: u16,
    /// The record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Its slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Slug>,
    /// Its revision afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// Why it could not be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = problem_schema)]
    pub problem: Option<ProblemBody>,
}

fn problem_schema() -> utoipa::openapi::Ref {
    utoipa::openapi::Ref::from_schema_name("Problem")
}

/// What became of many writes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchReport {
    /// One outcome for each write, in their order.
    #[schema(max_items = 1000)]
    pub items: Vec<BatchOutcome>,
    /// How many were done, or would be.
    #[schema(format = Int32, minimum = 0, maximum = 1000, example = 998)]
    pub succeeded: usize,
    /// How many could not be done.
    #[schema(format = Int32, minimum = 0, maximum = 1000, example = 2)]
    pub failed: usize,
    /// Whether nothing was written, because that was asked for.
    pub dry_run: bool,
}

enum Outcome {
    Ready(StatusCode, Box<Prepared>),
    Failed(Problem),
}

impl Desk<'_> {
    /// Carries out a batch.
    pub(crate) fn batch<T: Writable>(&self, body: Value) -> Result<WrittenAnswer, Problem> {
        let fingerprint = keyed::fingerprint(self.options, &body);
        let batch = domain::json::read::<Batch>(body).map_err(Problem::document)?;
        self.once(&fingerprint, |keep| self.carry_out::<T>(&batch, keep))
    }

    fn carry_out<T: Writable>(&self, batch: &Batch, keep: Option<keyed::Kept<'_>>) -> Result<WrittenAnswer, Problem> {
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(batch.items.len());
        let mut seen = Seen::default();
        for item in &batch.items {
            outcomes.push(match self.item::<T>(item) {
                Ok((status, prepared)) => match seen.take(&prepared) {
                    Ok(()) => Outcome::Ready(status, Box::new(prepared)),
                    Err(problem) => Outcome::Failed(problem),
                },
                Err(problem) if problem.is_unavailable() => return Err(problem),
                Err(problem) => Outcome::Failed(problem),
            });
        }
        let mut rounds = ROUNDS;
        loop {
            let failed = outcomes.iter().any(|o| matches!(o, Outcome::Failed(_)));
            let given_up = batch.atomic && failed;
            let answer = self.report(&outcomes, given_up);
            if given_up || self.options.dry_run {
                return Ok(answer);
            }
            let (writes, positions) = writes(&outcomes);
            let kept = keep.map(|keep| keep.answer(&answer));
            match self
                .app
                .store
                .commit_once(&writes, &self.origin(), self.now, kept.as_ref())
            {
                Ok(sequence) => {
                    self.level(sequence);
                    return Ok(answer);
                }
                // This one was overtaken, or two of the batch want the same slug: the others go on without it.
                Err(error) => {
                    rounds -= 1;
                    let index = match &error {
                        _ if rounds == 0 => None,
                        StoreError::Stale { index, .. } | StoreError::Taken { index } => positions.get(*index).copied(),
                        _ => None,
                    };
                    match index.and_then(|index| outcomes.get_mut(index)) {
                        Some(outcome) => *outcome = Outcome::Failed(error.into()),
                        None => return Err(error.into()),
                    }
                }
            }
        }
    }

    fn item<T: Writable>(&self, item: &BatchItem) -> Result<(StatusCode, Prepared), Problem> {
        let mut faults = Faults::new();
        let wants_document = matches!(item.operation, BatchOperation::Create | BatchOperation::Replace);
        let wants_patch = item.operation == BatchOperation::Patch;
        for (pointer, wanted, given) in [
            ("/document", wants_document, item.document.is_some()),
            ("/patch", wants_patch, item.patch.is_some()),
        ] {
            match (wanted, given) {
                (true, false) => faults.add(pointer, "required", "Is required for this operation."),
                (false, true) => faults.add(pointer, "not_possible", "Has no meaning for this operation."),
                _ => {}
            }
        }
        let is_new = item.operation == BatchOperation::Create;
        if item.record.is_none() && !is_new {
            faults.add("/record", "required", "Name the record by its id or slug.");
        }
        if item.revision.is_none() && !is_new {
            faults.add("/revision", "required", "Name the revision that you change.");
        }
        faults.or_ok(()).map_err(Problem::document)?;
        let document = item.document.clone().unwrap_or_default();
        let record = item.record.as_deref().unwrap_or_default();
        if item.operation == BatchOperation::Create {
            let prepared = self.make::<T>(item.record.as_deref(), document)?;
            // Found out here, one taken slug is one failed part; found out by the commit, it is one more round.
            self.is_free::<T>(&prepared.after, Some(prepared.after.id))?;
            return Ok((StatusCode::CREATED, prepared));
        }
        let options = self
            .options
            .part(item.revision.map(|revision| Precondition::OneOf(vec![revision])));
        let desk = Desk {
            options: &options,
            ..*self
        };
        let current = match desk.present::<T>(record)? {
            Found::Here(record) => record,
            Found::Moved(_) => return Err(Problem::not_found()),
        };
        let (status, edit) = match item.operation {
            BatchOperation::Withdraw => (StatusCode::NO_CONTENT, Edit::Withdraw),
            BatchOperation::Patch => (StatusCode::OK, Edit::Patch(item.patch.clone().unwrap_or_default())),
            BatchOperation::Create | BatchOperation::Replace => (StatusCode::OK, Edit::Replace(document)),
        };
        Ok((status, desk.change::<T>(&current, edit)?))
    }

    fn report(&self, outcomes: &[Outcome], given_up: bool) -> WrittenAnswer {
        let outcome = |outcome: &Outcome| match outcome {
            Outcome::Ready(..) if given_up => BatchOutcome {
                status: StatusCode::FAILED_DEPENDENCY.as_u16(),
                id: None,
                slug: None,
                revision: None,
                problem: None,
            },
            Outcome::Ready(status, prepared) => BatchOutcome {
                status: status.as_u16(),
                // The id of a record that is not made is none.
                id: (!self.options.dry_run || prepared.before.is_some()).then_some(prepared.after.id),
                slug: Some(prepared.after.slug.clone()),
                revision: Some(prepared.after.revision),
                problem: None,
            },
            Outcome::Failed(problem) => {
                let body = problem.body_for(&self.options.request_id);
                BatchOutcome {
                    status: body.status,
                    id: None,
                    slug: None,
                    revision: None,
                    problem: Some(body),
                }
            }
        };
        let items: Vec<BatchOutcome> = outcomes.iter().map(outcome).collect();
        let succeeded = items.iter().filter(|item| item.status < 400).count();
        let report = BatchReport {
            failed: items.len() - succeeded,
            succeeded,
            items,
            dry_run: self.options.dry_run,
        };
        WrittenAnswer {
            status: StatusCode::OK,
            location: None,
            etag: None,
            body: serde_json::to_string(&report).ok(),
            replayed: false,
        }
    }
}

/// How often a batch is tried again without what was overtaken. Others write so much that it is better to come again.
const ROUNDS: u32 = 5;

/// What the earlier parts of a batch write.
#[derive(Default)]
struct Seen {
    records: HashSet<Id>,
    slugs: HashSet<Slug>,
    notices: usize,
}

impl Seen {
    /// Each record may stand in a batch once, and each slug be taken once.
    fn take(&mut self, prepared: &Prepared) -> Result<(), Problem> {
        let writes = || prepared.writes.iter();
        if writes().any(|write| self.records.contains(&write.record.id)) {
            let detail = "An earlier part of the batch writes this record already; send a second batch.";
            return Err(Problem::new(ProblemType::Conflict).detail(detail));
        }
        if self.slugs.contains(&prepared.after.slug) && !prepared.writes.is_empty() {
            let detail = "An earlier part of the batch takes this slug; choose another one.";
            return Err(Problem::new(ProblemType::Conflict).detail(detail));
        }
        let is_notice = |write: &&Write| write.noun == Notice::NOUN && write.expected == Expected::Absent;
        let notices = writes().filter(is_notice).count();
        ending::within_limit(self.notices, notices)?;
        self.notices += notices;
        self.records.extend(writes().map(|write| write.record.id));
        self.slugs.insert(prepared.after.slug.clone());
        Ok(())
    }
}

/// The writes of all that can be done, each with the item that it came from.
fn writes(outcomes: &[Outcome]) -> (Vec<Write>, Vec<usize>) {
    let mut writes = Vec::new();
    let mut positions = Vec::new();
    for (index, outcome) in outcomes.iter().enumerate() {
        if let Outcome::Ready(_, prepared) = outcome {
            writes.extend(prepared.writes.iter().cloned());
            positions.extend(std::iter::repeat_n(index, prepared.writes.len()));
        }
    }
    (writes, positions)
}
