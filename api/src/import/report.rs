//! What became of an import.

use std::fmt;
use std::sync::Arc;

use domain::event::EventType;
use domain::store::Write;

use super::Draft;

/// Where a record was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, or `-` for standard input.
    pub file: Arc<str>,
    /// The line, counted from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What a problem means for its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The record was not taken.
    Refused,
    /// A further reason why a record was not taken.
    Reason,
    /// The record was taken; something was repaired, or is worth a look.
    Warning,
    /// Something was left out on purpose.
    Notice,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where.
    pub place: Place,
    /// JSON pointer to what is wrong.
    pub pointer: String,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and how to mend it, or what was repaired.
    pub detail: String,
    /// What it means for the record.
    pub outcome: Outcome,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.outcome {
            Outcome::Refused | Outcome::Reason => "refused",
            Outcome::Warning => "warning",
            Outcome::Notice => "notice",
        };
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{}: {word}: {pointer} [{}] {}", self.place, self.code, self.detail)
    }
}

/// Counts of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Records read.
    pub read: u64,
    /// Records that were new.
    pub created: u64,
    /// Records that were changed.
    pub updated: u64,
    /// Records that were there already, as they were read.
    pub unchanged: u64,
    /// Further descriptions of software that the same import describes before.
    pub duplicates: u64,
    /// Records that were refused.
    pub refused: u64,
    /// Good records that were not written because the import was to be all or nothing.
    pub given_up: u64,
    /// Organisations that were made because a publiccode.yml names them.
    pub implied: u64,
    /// Warnings.
    pub warnings: u64,
}

impl Report {
    pub(super) fn count(&mut self, line: &Line) {
        match line.outcome {
            Outcome::Refused => self.refused += 1,
            Outcome::Warning => self.warnings += 1,
            Outcome::Reason | Outcome::Notice => {}
        }
    }

    pub(super) fn written(&mut self, draft: &Draft, write: &Write) {
        match write.event_type {
            _ if draft.implied => self.implied += 1,
            EventType::Created => self.created += 1,
            _ => self.updated += 1,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            read,
            created,
            updated,
            unchanged,
            duplicates,
            refused,
            given_up,
            implied,
            warnings,
        } = self;
        write!(
            f,
            "{read} read: {created} created, {updated} updated, {unchanged} unchanged, {refused} refused"
        )?;
        if *duplicates > 0 {
            write!(f, ", {duplicates} described twice")?;
        }
        if *given_up > 0 {
            write!(f, ", {given_up} given up with them")?;
        }
        if *implied > 0 {
            write!(f, "; {implied} organisations made for publishers")?;
        }
        write!(f, "; {warnings} warnings")
    }
}
