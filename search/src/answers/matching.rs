//! Does it exist already? Needs in, ranked components out, with the reason for each hit and miss.

use std::collections::BTreeMap;

use domain::access::Sight;
use domain::code_list::CodeList;
use domain::component::{Component, ProtectionNeed};
use domain::id::Id;
use domain::query::{Condition, Filter, Query, Queryable};
use domain::values::Slug;
use roaring::RoaringBitmap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::View;
use crate::text::Score;

/// How much a need matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NeedLevel {
    /// What does not meet it is no candidate.
    Must,
    /// Counts for much.
    Should,
    /// Counts for little.
    May,
}

/// One need: a condition of the query language.
#[derive(Debug, Clone)]
pub struct Need {
    /// How much it matters.
    pub level: NeedLevel,
    /// The parameter that says it.
    pub parameter: Box<str>,
    /// What a component must satisfy.
    pub filter: Filter,
}

/// What is needed.
#[derive(Debug, Clone)]
pub struct MatchAsk<'a> {
    /// Free text, parsed as a query of its own.
    pub text: Option<&'a Query>,
    /// The needs.
    pub needs: &'a [Need],
    /// Candidates at the most.
    pub limit: usize,
}

/// Whether a component meets a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It does.
    Met,
    /// It does not.
    NotMet,
    /// The catalogue does not know.
    Unknown,
}

/// Whether a candidate meets a need, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NeedVerdict {
    /// `must`, `should` or `may`.
    #[schema(max_length = 10, pattern = "^(must|should|may)$", example = "must")]
    pub level: &'static str,
    /// The need: a parameter of the query language, `text`, or `organisation`.
    #[schema(max_length = 100, example = "kind")]
    pub need: Box<str>,
    /// Whether it is met.
    pub verdict: Verdict,
    /// The values that decide it; none where nothing is known. The first 20.
    #[schema(max_items = 20, schema_with = values_schema)]
    pub values: Vec<Box<str>>,
}

fn values_schema() -> utoipa::openapi::schema::Schema {
    use utoipa::openapi::schema::{ArrayBuilder, Type};
    let value = utoipa::openapi::ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(500));
    ArrayBuilder::new()
        .items(value)
        .max_items(Some(20))
        .description(Some(
            "The values that decide it; none where nothing is known. The first 20.",
        ))
        .into()
}

/// A component that may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Human key.
    pub slug: Slug,
    /// Title, in German where there is one.
    #[schema(max_length = 200, example = "LLMoin")]
    pub title: Box<str>,
    /// The needs, each with its verdict, in the order asked for.
    #[schema(max_items = 100)]
    pub needs: Vec<NeedVerdict>,
    /// How many needs are met.
    #[schema(minimum = 0, maximum = 100, example = 4)]
    pub met: usize,
    /// How many it is not known of.
    #[schema(minimum = 0, maximum = 100, example = 1)]
    pub unknown: usize,
    /// States in which it is live already.
    #[schema(minimum = 0, maximum = 16, example = 3)]
    pub live_states: i64,
    /// Whether its review is overdue: such candidates come after others that meet as much.
    pub overdue: bool,
}

/// Components that may do, the best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchAnswer {
    /// The candidates, each with its id and its points, which only order them.
    pub candidates: Vec<(Id, u32, Candidate)>,
    /// How many components do not fail a need that must be met.
    pub total: u64,
}

/// Points of a met need of this level, as [`MatchAnswer::candidates`] counts them.
pub fn points_of(level: NeedLevel) -> u32 {
    weight(level) * 2
}

/// What a met need counts.
fn weight(level: NeedLevel) -> u32 {
    match level {
        // More than all that may be wished for together: what is not known to be met stays behind what is.
        NeedLevel::Must => 1024,
        NeedLevel::Should => 4,
        NeedLevel::May => 1,
    }
}

/// Points for the best hit of the text; others get their share of it.
const TEXT: u32 = 16;
const VALUES: usize = 20;

impl View {
    /// Components that may do: none that fails a need that must be met; what is unknown stays, behind what is met.
    pub fn matching(&self, ask: &MatchAsk<'_>, sight: &Sight) -> MatchAnswer {
        let table = self.components();
        let hidden = super::hidden(table, sight);
        let mut possible: RoaringBitmap = table.base(hidden.as_deref()).into_owned();
        let mut judged: Vec<Judged> = ask
            .needs
            .iter()
            .map(|need| self.judge(need, &possible, sight))
            .collect();
        self.judge_together(ask.needs, &mut judged, &possible, sight);
        for (need, judged) in ask.needs.iter().zip(&judged) {
            if need.level == NeedLevel::Must {
                possible &= &judged.met | &judged.unknown;
            }
        }
        let scores = ask
            .text
            .map(|query| self.components().scored(query, sight))
            .unwrap_or_default();
        let found: RoaringBitmap = scores.iter().map(|(slot, _)| *slot).collect();
        let points = self.points(ask.needs, &judged, &scores);
        // A text that nothing is needed beside must be found; beside needs it only ranks.
        if ask.text.is_some() && ask.needs.is_empty() {
            possible &= &found;
        }
        let live_states = Component::field(domain::query::LIVE_STATES);
        let rank = |slot: u32| {
            let live = live_states
                .and_then(|field| table.number(slot, field))
                .unwrap_or_default();
            let entry = table.entry(slot);
            let is_overdue = entry.is_some_and(|entry| entry.has_lapsed);
            (
                std::cmp::Reverse(points.get(slot as usize).copied().unwrap_or_default()),
                is_overdue,
                std::cmp::Reverse(live),
                entry.map(|entry| entry.id),
            )
        };
        let total = possible.len();
        let mut ranked = enough(&possible, &points, ask.limit);
        ranked.sort_by_cached_key(|slot| rank(*slot));
        ranked.truncate(ask.limit);
        let candidates = ranked.into_iter().filter_map(|slot| {
            let entry = table.entry(slot)?;
            let mut needs: Vec<NeedVerdict> = ask
                .needs
                .iter()
                .zip(&judged)
                .map(|(need, judged)| self.verdict(need, judged, slot, sight))
                .collect();
            if ask.text.is_some() {
                let is_found = found.contains(slot);
                needs.push(NeedVerdict {
                    level: code(NeedLevel::Should),
                    need: "text".into(),
                    verdict: if is_found { Verdict::Met } else { Verdict::NotMet },
                    values: Vec::new(),
                });
            }
            let count = |wanted| needs.iter().filter(|need| need.verdict == wanted).count();
            Some((
                entry.id,
                points.get(slot as usize).copied().unwrap_or_default(),
                Candidate {
                    slug: entry.slug.clone(),
                    title: entry.title.clone(),
                    met: count(Verdict::Met),
                    unknown: count(Verdict::Unknown),
                    live_states: live_states
                        .and_then(|field| table.number(slot, field))
                        .unwrap_or_default(),
                    overdue: entry.has_lapsed,
                    needs,
                },
            ))
        });
        MatchAnswer {
            candidates: candidates.collect(),
            total,
        }
    }

    /// Points by slot: each need adds to those that meet it, and less to those that may.
    fn points(&self, needs: &[Need], judged: &[Judged], scores: &[(u32, Score)]) -> Vec<u32> {
        let mut points: Vec<u32> = vec![0; self.components().slots()];
        let mut add = |slot: u32, more: u32| {
            if let Some(points) = points.get_mut(slot as usize) {
                *points += more;
            }
        };
        for (need, judged) in needs.iter().zip(judged) {
            for slot in &judged.met {
                add(slot, points_of(need.level));
            }
            for slot in &judged.unknown {
                add(slot, weight(need.level) / 2);
            }
        }
        let best = scores
            .iter()
            .map(|(_, score)| u64::from(score.0))
            .max()
            .unwrap_or(1)
            .max(1);
        for (slot, score) in scores {
            let share = u64::from(TEXT) * u64::from(score.0) / best;
            add(*slot, u32::try_from(share).unwrap_or(TEXT));
        }
        points
    }

    /// Which components meet a need, and of which it is not known.
    fn judge(&self, need: &Need, among: &RoaringBitmap, sight: &Sight) -> Judged {
        let table = self.components();
        let narrow = |condition: Condition| {
            let filter = Filter {
                field: need.filter.field,
                condition,
            };
            table.narrowed(among, &[filter], sight, self)
        };
        let met = narrow(at_least(need));
        let asks_presence = matches!(need.filter.condition, Condition::Exists(_));
        // What is in no record about a component is not known to be so.
        let unknown = if asks_presence {
            RoaringBitmap::new()
        } else {
            among - narrow(Condition::Exists(true)) - &met
        };
        let is_denied = matches!(need.filter.condition, Condition::NoneOf(_));
        // Of what says nothing it is not known either that it is none of these.
        let met = if is_denied {
            met & narrow(Condition::Exists(true))
        } else {
            met
        };
        let unknown = if is_denied {
            among - narrow(Condition::Exists(true))
        } else {
            unknown
        };
        Judged { met, unknown }
    }

    /// Needs of one level that speak of records of one noun are met by one record or not at all, as in a list.
    fn judge_together(&self, needs: &[Need], judged: &mut [Judged], among: &RoaringBitmap, sight: &Sight) {
        let mut groups: BTreeMap<(NeedLevel, &str), Vec<usize>> = BTreeMap::new();
        for (place, need) in needs.iter().enumerate() {
            let across = Component::fields().get(need.filter.field).and_then(|spec| spec.across);
            if let Some(path) = across {
                groups.entry((need.level, path.noun)).or_default().push(place);
            }
        }
        for places in groups.into_values().filter(|places| places.len() > 1) {
            let asked = places.iter().filter_map(|place| needs.get(*place)).map(|need| Filter {
                field: need.filter.field,
                condition: at_least(need),
            });
            let asked: Vec<Filter> = asked.collect();
            let together = self.components().narrowed(among, &asked, sight, self);
            let mut apart = among - together;
            for place in &places {
                if let Some(judged) = judged.get(*place) {
                    apart &= &judged.met;
                }
            }
            for place in places {
                if let Some(judged) = judged.get_mut(place) {
                    judged.met -= &apart;
                }
            }
        }
    }

    fn verdict(&self, need: &Need, judged: &Judged, slot: u32, sight: &Sight) -> NeedVerdict {
        let verdict = if judged.met.contains(slot) {
            Verdict::Met
        } else if judged.unknown.contains(slot) {
            Verdict::Unknown
        } else {
            Verdict::NotMet
        };
        let across = Component::fields().get(need.filter.field).and_then(|spec| spec.across);
        let values = match across {
            None => self.component_values(slot, need.filter.field).unwrap_or_default(),
            Some(path) => self.values_about(path.noun, slot, path.field, sight),
        };
        NeedVerdict {
            level: code(need.level),
            need: need.parameter.clone(),
            verdict,
            values: values.into_iter().take(VALUES).collect(),
        }
    }
}

/// Those with the most points: as many as are wanted, and all that have as many points as the last of them.
fn enough(among: &RoaringBitmap, points: &[u32], wanted: usize) -> Vec<u32> {
    let of = |slot: u32| points.get(slot as usize).copied().unwrap_or_default();
    let mut all: Vec<u32> = among.iter().map(of).collect();
    if all.len() <= wanted || wanted == 0 {
        return among.iter().take(all.len().min(wanted)).collect();
    }
    let (_, least, _) = all.select_nth_unstable_by_key(wanted - 1, |points| std::cmp::Reverse(*points));
    let least = *least;
    among.iter().filter(|slot| of(*slot) >= least).collect()
}

/// Who meets a need, and who may.
struct Judged {
    met: RoaringBitmap,
    unknown: RoaringBitmap,
}

/// What satisfies a higher protection need satisfies a lower one.
fn at_least(need: &Need) -> Condition {
    let is_protection = need.parameter.starts_with("protection.");
    match &need.filter.condition {
        Condition::AnyOf(keys) if is_protection => {
            let lowest = keys.iter().filter_map(|key| ProtectionNeed::from_code(key)).min();
            let enough = ProtectionNeed::ALL
                .iter()
                .filter(|need| lowest.is_none_or(|lowest| **need >= lowest));
            Condition::AnyOf(enough.map(|need| need.code().into()).collect())
        }
        condition => condition.clone(),
    }
}

/// The level as it is answered.
pub(super) fn code(level: NeedLevel) -> &'static str {
    match level {
        NeedLevel::Must => "must",
        NeedLevel::Should => "should",
        NeedLevel::May => "may",
    }
}
