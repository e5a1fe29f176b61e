//! How much there is, and how it comes on.

use std::collections::BTreeMap;

use domain::access::Sight;
use domain::adoption::{Adoption, AdoptionStage};
use domain::code_list::CodeList;
use domain::query::Queryable;
use domain::values::Day;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::View;
use crate::table::Table;

/// How often a value stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Count {
    /// The value.
    #[schema(max_length = 100, example = "ai_tool")]
    pub value: Box<str>,
    /// How many.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 12)]
    pub count: u64,
}

/// What a month brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MonthCount {
    /// The month.
    #[schema(min_length = 7, max_length = 7, pattern = "^[0-9]{4}-[0-9]{2}$", example = "2026-07")]
    pub month: String,
    /// Adoptions that went live.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 4)]
    pub live: u64,
    /// Adoptions that are live at its end, as far as the day is known.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 57)]
    pub total: u64,
}

/// How much there is, as far as the reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// Components.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 186)]
    pub components: u64,
    /// Components by kind.
    #[schema(max_items = 20)]
    pub by_kind: Vec<Count>,
    /// Components by the state that they are offered in.
    #[schema(max_items = 16)]
    pub by_state: Vec<Count>,
    /// Components by lifecycle; those without are left out.
    #[schema(max_items = 20)]
    pub by_lifecycle: Vec<Count>,
    /// Components whose review is overdue.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 9)]
    pub overdue_reviews: u64,
    /// Components without a day of review.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 100)]
    pub without_review: u64,
    /// Adoptions.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 260)]
    pub adoptions: u64,
    /// Adoptions by stage.
    #[schema(max_items = 20)]
    pub by_stage: Vec<Count>,
    /// Adoptions that are stale.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 83)]
    pub stale_adoptions: u64,
    /// Adoptions that the operator confirmed.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 20)]
    pub confirmed_adoptions: u64,
    /// Adoptions over time: months in which one went live, as far as the day is known. The last 240.
    #[schema(max_items = 240)]
    pub live_by_month: Vec<MonthCount>,
    /// Days from the first interest to live, half of the adoptions took less; absent where none of them tells both days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000, example = 210)]
    pub median_days_to_live: Option<i64>,
    /// Adoptions that tell both days.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 5)]
    pub adoptions_with_both_days: u64,
}

const MONTHS: usize = 240;

impl View {
    /// How much there is.
    pub fn statistics(&self, sight: &Sight) -> Statistics {
        let components = self.components();
        let adoptions = self.adoptions();
        let (went_live, days) = self.milestones(sight);
        let median = days.get(days.len() / 2).copied();
        let overdue = counts(components, "overdue", sight);
        let with_review = with_day(components, "nextReviewOn", sight);
        let total = size(components, sight);
        Statistics {
            components: total,
            by_kind: counts(components, "kind", sight),
            by_state: counts(components, "states", sight),
            by_lifecycle: counts(components, "lifecycle", sight),
            overdue_reviews: of(&overdue, "true"),
            without_review: total - with_review,
            adoptions: size(adoptions, sight),
            by_stage: counts(adoptions, "stage", sight),
            stale_adoptions: of(&counts(adoptions, "stale", sight), "true"),
            confirmed_adoptions: of(&counts(adoptions, "confirmed", sight), "true"),
            live_by_month: by_month(&went_live),
            median_days_to_live: median,
            adoptions_with_both_days: days.len() as u64,
        }
    }

    /// How many adoptions that are live went so on each day, and the days that they took from interest to live, in order.
    fn milestones(&self, sight: &Sight) -> (BTreeMap<i64, u64>, Vec<i64>) {
        let table = self.adoptions();
        let hidden = super::hidden(table, sight);
        let base = table.base(hidden.as_deref());
        let live = Adoption::field("stage").and_then(|field| table.keys(field)?.get(AdoptionStage::Live.code()));
        let numbers = |name: &str, slots: &RoaringBitmap| -> Vec<i64> {
            let field = Adoption::field(name);
            let present = field.and_then(|field| table.present(field));
            let slots = present.map(|present| present & slots).unwrap_or_default();
            slots.iter().filter_map(|slot| table.number(slot, field?)).collect()
        };
        let mut went_live: FxHashMap<i64, u64> = FxHashMap::default();
        for day in live.map(|live| numbers("since", &(live & &*base))).unwrap_or_default() {
            *went_live.entry(day).or_default() += 1;
        }
        let mut days = numbers("daysToLive", &base);
        days.sort_unstable();
        (went_live.into_iter().collect(), days)
    }
}

/// Whether a text holds another one.
pub(super) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn size<T: Queryable>(table: &Table<T>, sight: &Sight) -> u64 {
    let hidden = super::hidden(table, sight);
    table.base(hidden.as_deref()).len()
}

fn with_day<T: Queryable>(table: &Table<T>, field: &str, sight: &Sight) -> u64 {
    let hidden = super::hidden(table, sight);
    let present = T::field(field).and_then(|field| table.present(field));
    present.map_or(0, |present| table.base(hidden.as_deref()).intersection_len(present))
}

fn counts<T: Queryable>(table: &Table<T>, field: &str, sight: &Sight) -> Vec<Count> {
    let hidden = super::hidden(table, sight);
    let keys = T::field(field).and_then(|field| table.keys(field));
    let mut counts: Vec<Count> = keys
        .map(|keys| keys.counts(&table.base(hidden.as_deref())))
        .unwrap_or_default()
        .into_iter()
        .map(|(value, count)| Count {
            value: value.into(),
            count,
        })
        .collect();
    counts.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts
}

fn of(counts: &[Count], value: &str) -> u64 {
    counts
        .iter()
        .find(|count| &*count.value == value)
        .map_or(0, |count| count.count)
}

fn by_month(days: &BTreeMap<i64, u64>) -> Vec<MonthCount> {
    let mut months: BTreeMap<String, u64> = BTreeMap::new();
    for (day, count) in days {
        let mut month = Day::from_number(*day).map(|day| day.to_string()).unwrap_or_default();
        month.truncate(7);
        *months.entry(month).or_default() += count;
    }
    let mut total = 0;
    let all: Vec<MonthCount> = months
        .into_iter()
        .map(|(month, live)| {
            total += live;
            MonthCount { month, live, total }
        })
        .collect();
    let first = all.len().saturating_sub(MONTHS);
    all.into_iter().skip(first).collect()
}
