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

pub use matching::{Candidate, MatchAnswer, MatchAsk, Need, NeedLevel, NeedVerdict, Verdict, points_of};
pub use statistics::{Count, MonthCount, Statistics};

use std::borrow::Cow;

use domain::access::Sight;
use domain::adoption::{Adoption, AdoptionStage, Coverage as Status};
use domain::code_list::CodeList;
use domain::query::Queryable;
use domain::stored::Publication;
use domain::values::Slug;
use roaring::RoaringBitmap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::View;
use crate::table::{Entry, Table};

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

/// What was withdrawn: its owner still sees it, and it counts in no answer.
pub(crate) fn withdrawn<T: Queryable>(table: &Table<T>) -> Option<&RoaringBitmap> {
    let field = T::field("publication")?;
    table.keys(field)?.get(Publication::Withdrawn.code())
}

impl View {
    /// The slots of all adoptions that are so far.
    fn adoptions_at(&self, wanted: Status) -> RoaringBitmap {
        let keys = Adoption::field("stage").and_then(|field| self.adoptions().keys(field));
        let slots = AdoptionStage::coming_to(wanted).filter_map(|stage| keys?.get(stage.code()));
        slots.fold(RoaringBitmap::new(), |all, slots| all | slots)
    }
}

/// What someone sees of what is hidden, but for what was withdrawn.
fn hidden<'a, T: Queryable>(table: &'a Table<T>, sight: &Sight) -> Option<Cow<'a, RoaringBitmap>> {
    let hidden = table.hidden(sight)?;
    match withdrawn(table) {
        Some(withdrawn) if !hidden.is_disjoint(withdrawn) => Some(Cow::Owned(&*hidden - withdrawn)),
        _ => Some(hidden),
    }
}

/// Whether someone sees a record that was not withdrawn.
fn counts_for(entry: &Entry, sight: &Sight) -> bool {
    entry.publication != Publication::Withdrawn && entry.is_seen(sight)
}
