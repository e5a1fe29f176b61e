//! Who has what, and where: states, or the bodies of one state, by kind, by administrative service or by component.

mod tally;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use domain::access::Sight;
use domain::adoption::{Adoption, AdoptionStage, Coverage as Status};
use domain::code_list::CodeList;
use domain::component::Component;
use domain::limits;
use domain::organisation::{Organisation, OrganisationKind};
use domain::query::{Condition, Filter, Query, Queryable};
use domain::values::{Slug, State};
use roaring::RoaringBitmap;
use serde::Serialize;
use utoipa::ToSchema;

use self::tally::{CountedCell, Tally};
use crate::View;
use crate::columns::Keys;

/// What the rows of a map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Kinds of components.
    Kind,
    /// Administrative services, by `LeiKa` key.
    Service,
    /// Single components.
    Component,
}

/// Which map.
#[derive(Debug, Clone)]
pub struct CoverageAsk<'a> {
    /// What its rows are.
    pub by: By,
    /// The components that count.
    pub components: &'a Query,
    /// The state whose bodies are the columns; the columns are the states, where none is named.
    pub state: Option<State>,
    /// Rows at the most.
    pub limit: usize,
    /// The row before the first one.
    pub after: Option<&'a str>,
}

/// A component that stands in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowComponent {
    /// Human key.
    pub slug: Slug,
    /// Title, in German where there is one.
    #[schema(max_length = 200, example = "LLMoin")]
    pub title: Box<str>,
    /// States, or bodies, in which it is live.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 3)]
    pub live: u32,
}

/// What a row has in one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// How far the furthest component is.
    pub status: Status,
    /// Components that are live.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 1)]
    pub live: u32,
    /// Components that are on trial, and not live.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 0)]
    pub pilot: u32,
    /// Components that are on their way.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 2)]
    pub planned: u32,
    /// Slugs of these components, those that are furthest first. The first 10.
    #[schema(max_items = 10)]
    pub components: Vec<Slug>,
}

/// What a row has in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StateStatus {
    /// The state.
    pub state: State,
    /// What is there.
    #[serde(flatten)]
    pub cell: Cell,
}

/// What a row has at a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BodyStatus {
    /// Slug of the body.
    pub organisation: Slug,
    /// What is there.
    #[serde(flatten)]
    pub cell: Cell,
}

/// A row of the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The kind, the key of the service, or the slug of the component.
    #[schema(max_length = 100, example = "ai_tool")]
    pub key: Box<str>,
    /// All 16 states, where the columns are states.
    #[schema(max_items = 16)]
    pub states: Vec<StateStatus>,
    /// The bodies of the state that have something, where the columns are bodies. The first 1,000.
    #[schema(max_items = 1000)]
    pub bodies: Vec<BodyStatus>,
    /// States of which nothing is known: no body of theirs has it, tries it or is on its way to it.
    #[schema(max_items = 16)]
    pub gaps: Vec<State>,
    /// Bodies of the state of which nothing is known, by slug. The first 1,000.
    #[schema(max_items = 1000)]
    pub bodies_without: Vec<Slug>,
    /// The components of the row, side by side: those that are live in most places first. The first 20.
    #[schema(max_items = 20)]
    pub components: Vec<RowComponent>,
    /// How many components are live or on trial anywhere. More than one are rivals, or complement one another.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 3)]
    pub components_total: u32,
}

/// A map of who has what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CoverageMap)]
pub struct Coverage {
    /// The rows, by their key.
    #[schema(max_items = 200)]
    pub rows: Vec<Row>,
    /// How many rows there are.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 6)]
    pub total: usize,
    /// The key to give as `after` for the next rows; absent with the last ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "ai_tool")]
    pub next: Option<Box<str>>,
    /// The bodies that are columns, where the columns are bodies of a state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 114)]
    pub bodies_total: Option<usize>,
}

const COMPONENTS_OF_CELL: usize = 10;
const COMPONENTS_OF_ROW: usize = 20;
const BODIES: usize = 1000;

/// How far components are in one column, each by the furthest adoption there.
struct Column {
    live: RoaringBitmap,
    pilot: RoaringBitmap,
    planned: RoaringBitmap,
}

impl Column {
    /// A component is as far as its furthest adoption.
    fn new(live: RoaringBitmap, pilot: RoaringBitmap, planned: RoaringBitmap) -> Self {
        let pilot = pilot - &live;
        let planned = planned - &live - &pilot;
        Self { live, pilot, planned }
    }
}

/// Adoptions with one of these codes in a field.
fn any<C: CodeList>(field: &str, codes: &[C]) -> Option<Filter> {
    Some(Filter {
        field: Adoption::field(field)?,
        condition: Condition::AnyOf(codes.iter().map(|code| code.code().into()).collect()),
    })
}

/// The adoptions that someone sees, by how far they are. Those that ended are in none.
struct Stages {
    live: RoaringBitmap,
    pilot: RoaringBitmap,
    planned: RoaringBitmap,
}

impl View {
    /// Who has what, as far as the reader sees it. Stale adoptions count: nobody said that they ended.
    pub fn coverage(&self, ask: &CoverageAsk<'_>, sight: &Sight) -> Coverage {
        let mut among = self.components().matching(ask.components, sight, self);
        if let Some(withdrawn) = super::withdrawn(self.components()) {
            among -= withdrawn;
        }
        let (keys, total) = self.row_keys(ask, &among);
        let next = (keys.len() > ask.limit)
            .then(|| keys.get(ask.limit - 1).map(|(key, _)| key.clone()))
            .flatten();
        let shown = keys.into_iter().take(ask.limit);
        let mut rows: Vec<Counted> = shown.map(|(key, components)| Counted::new(key, components)).collect();
        let among: Vec<&RoaringBitmap> = rows.iter().map(|row| &row.among).collect();
        let mut tally = Tally::new(self.components(), &among);
        let bodies = ask.state.map(|state| self.bodies_of(state, sight));
        match &bodies {
            None => {
                for state in State::ALL {
                    let cells = tally.add(self.column_of_state(*state, sight));
                    for (row, cell) in cells {
                        if let Some(row) = rows.get_mut(row) {
                            row.states.insert(*state, self.cell(&cell));
                        }
                    }
                }
            }
            Some(bodies) => {
                let stages = self.stages(sight);
                for body in bodies {
                    let cells = tally.add(self.column_of_body(body, &stages));
                    for (row, cell) in cells {
                        if let Some(row) = rows.get_mut(row) {
                            row.bodies.insert(body.clone(), self.cell(&cell));
                        }
                    }
                }
            }
        }
        let rows = rows.into_iter().map(|row| self.row(row, &tally, bodies.as_ref()));
        Coverage {
            rows: rows.collect(),
            total,
            next,
            bodies_total: bodies.as_ref().map(BTreeSet::len),
        }
    }

    /// The rows after the one that is named, up to one more than wanted: key and components; and how many rows there are.
    fn row_keys(&self, ask: &CoverageAsk<'_>, among: &RoaringBitmap) -> (Vec<(Box<str>, RoaringBitmap)>, usize) {
        let components = self.components();
        let most = ask.limit + 1;
        let field = match ask.by {
            By::Kind => "kind",
            By::Service => "services",
            By::Component => {
                let slots = components.first_by("slug", ask.after, among, most);
                let named = slots.into_iter().filter_map(|slot| {
                    Some((
                        components.entry(slot)?.slug.as_str().into(),
                        RoaringBitmap::from([slot]),
                    ))
                });
                return (named.collect(), usize::try_from(among.len()).unwrap_or(usize::MAX));
            }
        };
        let column = Component::field(field).and_then(|field| components.keys(field));
        let all = column.into_iter().flat_map(Keys::iter);
        let mut keys: Vec<(&str, &RoaringBitmap)> = all.filter(|(_, with)| !with.is_disjoint(among)).collect();
        let total = keys.len();
        keys.retain(|(key, _)| ask.after.is_none_or(|after| *key > after));
        if keys.len() > most {
            keys.select_nth_unstable_by_key(most, |(key, _)| *key);
            keys.truncate(most);
        }
        keys.sort_unstable_by_key(|(key, _)| *key);
        let keys = keys.into_iter().map(|(key, with)| (key.into(), with & among));
        (keys.collect(), total)
    }

    fn stages(&self, sight: &Sight) -> Stages {
        let table = self.adoptions();
        let hidden = super::hidden(table, sight);
        let base = table.base(hidden.as_deref());
        let of = |wanted: Status| self.adoptions_at(wanted) & &*base;
        Stages {
            live: of(Status::Live),
            pilot: of(Status::Pilot),
            planned: of(Status::Planned),
        }
    }

    /// How far components are in a state.
    fn column_of_state(&self, state: State, sight: &Sight) -> Option<Column> {
        let in_state = any("state", &[state])?;
        let with = |wanted: Status| {
            let stages: Vec<AdoptionStage> = AdoptionStage::coming_to(wanted).collect();
            let conditions = [in_state.clone(), any("stage", &stages)?];
            Some(self.linked_adoptions().with_both(&conditions, sight))
        };
        Some(Column::new(
            with(Status::Live)?,
            with(Status::Pilot)?,
            with(Status::Planned)?,
        ))
    }

    /// How far components are at a body.
    fn column_of_body(&self, body: &Slug, stages: &Stages) -> Option<Column> {
        let adoptions = self.linked_adoptions();
        let field = Adoption::field("organisation")?;
        let of_body = adoptions.table().keys(field)?.get(body.as_str())?;
        let with = |stage: &RoaringBitmap| adoptions.components(&(of_body & stage));
        Some(Column::new(
            with(&stages.live),
            with(&stages.pilot),
            with(&stages.planned),
        ))
    }

    /// What is shown of what was counted.
    fn cell(&self, counted: &CountedCell) -> Cell {
        let furthest = counted.furthest().filter_map(|slot| self.components().entry(slot));
        let [live, pilot, planned] = counted.counts;
        Cell {
            status: match (live, pilot, planned) {
                (0, 0, 0) => Status::None,
                (0, 0, _) => Status::Planned,
                (0, _, _) => Status::Pilot,
                _ => Status::Live,
            },
            live,
            pilot,
            planned,
            components: furthest.map(|entry| entry.slug.clone()).collect(),
        }
    }

    fn row(&self, counted: Counted, tally: &Tally, bodies: Option<&BTreeSet<Slug>>) -> Row {
        let Counted {
            key,
            among,
            mut states,
            bodies: cells,
        } = counted;
        let mut row = Row {
            key,
            states: Vec::new(),
            bodies: Vec::new(),
            gaps: Vec::new(),
            bodies_without: Vec::new(),
            components: self.side_by_side(&(&among & &tally.known), tally),
            components_total: u32::try_from(tally.used.intersection_len(&among)).unwrap_or(u32::MAX),
        };
        if let Some(bodies) = bodies {
            let without = bodies.iter().filter(|body| !cells.contains_key(*body));
            row.bodies_without = without.take(BODIES).cloned().collect();
            let with = cells.into_iter().take(BODIES);
            row.bodies = with
                .map(|(organisation, cell)| BodyStatus { organisation, cell })
                .collect();
            return row;
        }
        for state in State::ALL.iter().copied() {
            let cell = states.remove(&state).unwrap_or_default();
            if cell.status == Status::None {
                row.gaps.push(state);
            }
            row.states.push(StateStatus { state, cell });
        }
        row
    }

    /// The first components of a row: those that are live in most columns, then by slug.
    fn side_by_side(&self, among: &RoaringBitmap, tally: &Tally) -> Vec<RowComponent> {
        let mut places: Vec<(Reverse<u32>, u32, u32)> = among
            .iter()
            .map(|slot| (Reverse(tally.live_in(slot)), tally.place(slot), slot))
            .collect();
        if places.len() > COMPONENTS_OF_ROW {
            places.select_nth_unstable(COMPONENTS_OF_ROW);
            places.truncate(COMPONENTS_OF_ROW);
        }
        places.sort_unstable();
        let shown = places.into_iter().filter_map(|(Reverse(live), _, slot)| {
            let entry = self.components().entry(slot)?;
            Some(RowComponent {
                slug: entry.slug.clone(),
                title: entry.title.clone(),
                live,
            })
        });
        shown.collect()
    }

    /// The municipalities and municipal associations of a state that someone sees.
    fn bodies_of(&self, state: State, sight: &Sight) -> BTreeSet<Slug> {
        let table = self.organisations();
        let hidden = super::hidden(table, sight);
        let base = table.base(hidden.as_deref());
        let keys = |name: &str| Organisation::field(name).and_then(|field| table.keys(field));
        let mut of_kind = RoaringBitmap::new();
        for kind in [OrganisationKind::Municipality, OrganisationKind::MunicipalAssociation] {
            if let Some(with) = keys("kind").and_then(|keys| keys.get(kind.code())) {
                of_kind |= with;
            }
        }
        let mut in_state = RoaringBitmap::new();
        if let Some(with) = keys("states").and_then(|keys| keys.get(state.code())) {
            in_state |= with;
        }
        for (key, with) in keys("regionKey").into_iter().flat_map(Keys::iter) {
            let lies_in = key
                .parse::<domain::values::RegionKey>()
                .ok()
                .and_then(|key| key.state());
            if lies_in == Some(state) {
                in_state |= with;
            }
        }
        let slots = of_kind & in_state & &*base;
        slots
            .iter()
            .filter_map(|slot| Some(table.entry(slot)?.slug.clone()))
            .collect()
    }
}

/// Nothing is known.
impl Default for Cell {
    fn default() -> Self {
        Self {
            status: Status::None,
            live: 0,
            pilot: 0,
            planned: 0,
            components: Vec::new(),
        }
    }
}

/// A row while it is counted.
struct Counted {
    key: Box<str>,
    among: RoaringBitmap,
    states: BTreeMap<State, Cell>,
    bodies: BTreeMap<Slug, Cell>,
}

impl Counted {
    fn new(key: Box<str>, among: RoaringBitmap) -> Self {
        Self {
            key,
            among,
            states: BTreeMap::new(),
            bodies: BTreeMap::new(),
        }
    }
}

/// Most rows of one answer.
pub const ROWS: usize = limits::PAGE_ITEMS;
