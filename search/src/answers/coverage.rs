//! Who has what, and where: states, or the bodies of one state, by kind, by administrative service or by component.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::Sight;
use domain::adoption::{Adoption, AdoptionStage, Coverage as Status};
use domain::code_list::CodeList;
use domain::component::Component;
use domain::limits;
use domain::organisation::{Organisation, OrganisationKind};
use domain::query::{Query, Queryable};
use domain::values::{Slug, State};
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

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

/// How far components are in one column.
type Column = FxHashMap<u32, Status>;

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
        let mut rows_of: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
        for (row, (_, components)) in keys.iter().take(ask.limit).enumerate() {
            for component in components {
                rows_of.entry(component).or_default().push(row);
            }
        }
        let wanted: RoaringBitmap = rows_of.keys().copied().collect();
        let mut rows: Vec<Tally> = keys.iter().take(ask.limit).map(|_| Tally::default()).collect();
        let add = |column: Column, rows: &mut Vec<Tally>, place: &dyn Fn(&mut Tally, Cell)| {
            let mut of_row: BTreeMap<usize, Vec<(u32, Status)>> = BTreeMap::new();
            for (component, status) in column {
                for row in rows_of.get(&component).into_iter().flatten() {
                    of_row.entry(*row).or_default().push((component, status));
                }
            }
            for (row, components) in of_row {
                if let Some(tally) = rows.get_mut(row) {
                    let cell = self.cell(components, tally);
                    place(tally, cell);
                }
            }
        };
        let (columns, bodies_total) = match ask.state {
            None => (None, None),
            Some(state) => {
                let bodies = self.bodies_of(state, sight);
                let total = bodies.len();
                (Some(bodies), Some(total))
            }
        };
        match &columns {
            None => {
                for state in State::ALL {
                    let column = self.column("state", state.code(), &wanted, sight);
                    add(column, &mut rows, &|tally, cell| {
                        tally.states.insert(*state, cell);
                    });
                }
            }
            Some(bodies) => {
                for (body, column) in self.columns_of(bodies, &wanted, sight) {
                    add(column, &mut rows, &|tally, cell| {
                        tally.bodies.insert(body.clone(), cell);
                    });
                }
            }
        }
        let rows = keys
            .into_iter()
            .zip(rows)
            .map(|((key, _), tally)| self.row(key, tally, columns.as_ref()));
        Coverage {
            rows: rows.collect(),
            total,
            next,
            bodies_total,
        }
    }

    /// The rows after the one that is named, up to one more than wanted: key and components; and how many rows there are.
    fn row_keys(&self, ask: &CoverageAsk<'_>, among: &RoaringBitmap) -> (Vec<(Box<str>, RoaringBitmap)>, usize) {
        let components = self.components();
        let after = |key: &str| ask.after.is_none_or(|after| key > after);
        let mut keys: Vec<(Box<str>, RoaringBitmap)> = match ask.by {
            By::Kind | By::Service => {
                let field = Component::field(if ask.by == By::Kind { "kind" } else { "services" });
                let column = field.and_then(|field| components.keys(field));
                column
                    .into_iter()
                    .flat_map(Keys::iter)
                    .filter(|(_, with)| !with.is_disjoint(among))
                    .map(|(key, with)| (key.into(), with & among))
                    .collect()
            }
            By::Component => {
                let slugs = among
                    .iter()
                    .filter_map(|slot| Some((slot, components.entry(slot)?.slug.as_str())));
                slugs
                    .map(|(slot, slug)| (slug.into(), RoaringBitmap::from_iter([slot])))
                    .collect()
            }
        };
        let total = keys.len();
        keys.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        keys.retain(|(key, _)| after(key));
        keys.truncate(ask.limit + 1);
        (keys, total)
    }

    /// How far each wanted component is by the adoptions with a value.
    fn column(&self, field: &str, value: &str, wanted: &RoaringBitmap, sight: &Sight) -> Column {
        let table = self.adoptions();
        let hidden = super::hidden(table, sight);
        let base = table.base(hidden.as_deref());
        let with = Adoption::field(field).and_then(|field| table.keys(field)?.get(value));
        let mut column = Column::default();
        if let Some(with) = with {
            self.add_stages(&(&*base & with), wanted, &mut |_, component, status| {
                let known = column.entry(component).or_default();
                *known = status.max(*known);
            });
        }
        column
    }

    /// The same for each of these bodies.
    fn columns_of(&self, bodies: &BTreeSet<Slug>, wanted: &RoaringBitmap, sight: &Sight) -> Vec<(Slug, Column)> {
        let table = self.adoptions();
        let hidden = super::hidden(table, sight);
        let base = table.base(hidden.as_deref());
        let keys = Adoption::field("organisation").and_then(|field| table.keys(field));
        let mut columns = Vec::new();
        for body in bodies {
            let Some(with) = keys.and_then(|keys| keys.get(body.as_str())) else {
                continue;
            };
            let mut column = Column::default();
            self.add_stages(&(&*base & with), wanted, &mut |_, component, status| {
                let known = column.entry(component).or_default();
                *known = status.max(*known);
            });
            columns.push((body.clone(), column));
        }
        columns
    }

    /// Tells of each of these adoptions of wanted components how far it is; ended ones are left out.
    fn add_stages(&self, slots: &RoaringBitmap, wanted: &RoaringBitmap, told: &mut dyn FnMut(u32, u32, Status)) {
        let linked = self.linked_adoptions();
        let Some(stages) = Adoption::field("stage").and_then(|field| linked.table().keys(field)) else {
            return;
        };
        for stage in AdoptionStage::ALL
            .iter()
            .filter(|stage| stage.coverage() != Status::None)
        {
            let Some(with) = stages.get(stage.code()) else { continue };
            for slot in slots & with {
                if let Some(component) = linked
                    .component_of(slot)
                    .filter(|component| wanted.contains(*component))
                {
                    told(slot, component, stage.coverage());
                }
            }
        }
    }

    fn cell(&self, mut components: Vec<(u32, Status)>, tally: &mut Tally) -> Cell {
        let count = |wanted| {
            let of_status = components.iter().filter(|(_, status)| *status == wanted).count();
            u32::try_from(of_status).unwrap_or(u32::MAX)
        };
        let (live, pilot, planned) = (count(Status::Live), count(Status::Pilot), count(Status::Planned));
        let slug = |slot: u32| self.components().entry(slot).map(|entry| &entry.slug);
        components.sort_unstable_by_key(|(slot, status)| (std::cmp::Reverse(*status), slug(*slot)));
        for (component, status) in &components {
            let known = tally.components.entry(*component).or_default();
            known.0 += u32::from(*status == Status::Live);
            known.1 |= *status >= Status::Pilot;
        }
        let status = components.first().map(|(_, status)| *status).unwrap_or_default();
        let shown = components.iter().take(COMPONENTS_OF_CELL);
        Cell {
            status,
            live,
            pilot,
            planned,
            components: shown.filter_map(|(slot, _)| slug(*slot).cloned()).collect(),
        }
    }

    fn row(&self, key: Box<str>, mut tally: Tally, bodies: Option<&BTreeSet<Slug>>) -> Row {
        let mut components: Vec<RowComponent> = tally
            .components
            .iter()
            .filter_map(|(slot, (live, _))| {
                let entry = self.components().entry(*slot)?;
                Some(RowComponent {
                    slug: entry.slug.clone(),
                    title: entry.title.clone(),
                    live: *live,
                })
            })
            .collect();
        components.sort_unstable_by(|a, b| b.live.cmp(&a.live).then_with(|| a.slug.cmp(&b.slug)));
        components.truncate(COMPONENTS_OF_ROW);
        let used = tally.components.values().filter(|(_, is_used)| *is_used).count();
        let mut row = Row {
            key,
            states: Vec::new(),
            bodies: Vec::new(),
            gaps: Vec::new(),
            bodies_without: Vec::new(),
            components,
            components_total: u32::try_from(used).unwrap_or(u32::MAX),
        };
        if let Some(bodies) = bodies {
            let without = bodies.iter().filter(|body| !tally.bodies.contains_key(*body));
            row.bodies_without = without.take(BODIES).cloned().collect();
            let with = tally.bodies.into_iter().take(BODIES);
            row.bodies = with
                .map(|(organisation, cell)| BodyStatus { organisation, cell })
                .collect();
            return row;
        }
        for state in State::ALL.iter().copied() {
            let cell = tally.states.remove(&state).unwrap_or_default();
            if cell.status == Status::None {
                row.gaps.push(state);
            }
            row.states.push(StateStatus { state, cell });
        }
        row
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
#[derive(Debug, Default)]
struct Tally {
    states: BTreeMap<State, Cell>,
    bodies: BTreeMap<Slug, Cell>,
    /// Columns in which a component is live, and whether it is live or on trial anywhere.
    components: FxHashMap<u32, (u32, bool)>,
}

/// Most rows of one answer.
pub const ROWS: usize = limits::PAGE_ITEMS;
