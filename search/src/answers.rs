//! Answers that no single record gives: where relations lead, whom an end concerns, who has what and where, what fits a need.
//! They are read off the tables, each by what its reader sees.

mod compare;
mod coverage;
mod graph;
mod impact;
mod matching;
mod statistics;

pub use compare::{ComparedComponent, Comparison, ComparisonRow};
pub use coverage::{BodyStatus, By, Cell, Coverage, CoverageAsk, ROWS, Row, RowComponent, StateStatus};
pub use graph::{Edge, Walk, WalkAsk};
pub use impact::{AffectedAdoption, AffectedOrganisation, Dependant, Impact, Reach, StateCount};

pub use matching::{Candidate, MatchAnswer, MatchAsk, Need, NeedLevel, NeedVerdict, Verdict};
pub use statistics::{Count, MonthCount, Statistics};

use domain::values::Slug;
use serde::Serialize;
use utoipa::ToSchema;

use crate::table::Entry;

pub(crate) use compare::written;

/// A component in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named {
    /// Human key.
    pub slug: Slug,
    /// Title, in German where there is one.
    #[schema(max_length = 200, example = "FIT-Connect")]
    pub title: Box<str>,
}

impl From<&Entry> for Named {
    fn from(entry: &Entry) -> Self {
        Self {
            slug: entry.slug.clone(),
            title: entry.title.clone(),
        }
    }
}

/// A code of a list, as it stands in documents.
pub type Code = &'static str;
