//! Whom and what the end of a component concerns.

use std::collections::{BTreeMap, VecDeque};

use domain::access::Sight;
use domain::adoption::{Adoption, AdoptionContract, AdoptionStage, Coverage};
use domain::code_list::CodeList;
use domain::component::{Component, Kind};
use domain::id::Id;
use domain::offer::Offer;
use domain::query::Queryable;
use domain::relation::RelationType;
use domain::values::{Slug, State};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::graph::Graph;
use super::statistics::contains;
use super::{Named, counts_for};
use crate::View;

/// A component that needs the one that ends, or is made of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dependant {
    /// Human key.
    pub slug: Slug,
    /// Title, in German where there is one.
    #[schema(max_length = 200, example = "Elektronische Wohnsitzanmeldung")]
    pub title: Box<str>,
    /// What it is.
    pub kind: Kind,
    /// Slug of its owner.
    pub owner: Option<Slug>,
    /// How many relations away from the component that ends.
    #[schema(minimum = 1, maximum = 10, example = 1)]
    pub depth: usize,
    /// What it is to `through`, or `through` to it.
    #[serde(rename = "type")]
    pub relation: RelationType,
    /// The component on the way to the one that ends.
    pub through: Slug,
}

/// How many bodies of a state are concerned.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StateCount {
    /// The state.
    pub state: State,
    /// Bodies that have it live.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 3)]
    pub live: u32,
    /// Bodies that have it on trial.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 1)]
    pub pilot: u32,
    /// Bodies that are on their way to it.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 2)]
    pub planned: u32,
}

/// An adoption that is concerned.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AffectedAdoption {
    /// Id of the adoption.
    pub id: Id,
    /// Slug of the component that is used: the one that ends, or a dependant.
    pub component: Slug,
    /// Slug of the body that uses it.
    pub organisation: Slug,
    /// How far.
    pub stage: AdoptionStage,
    /// The contract that it stands on, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<AdoptionContract>,
}

/// A body that is concerned.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AffectedOrganisation {
    /// Its slug.
    pub slug: Slug,
    /// What it uses, or is about to: the component that ends, or dependants. The first 20.
    #[schema(max_items = 20)]
    pub uses: Vec<Slug>,
    /// Its own components that need the one that ends. The first 20.
    #[schema(max_items = 20)]
    pub owns: Vec<Slug>,
}

/// What and who is concerned if a component ends, as far as the reader sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Impact {
    /// The component that ends, or might.
    pub component: Named,
    /// Components that need it, directly or not, the nearest first. The first 1,000.
    #[schema(max_items = 1000)]
    pub dependants: Vec<Dependant>,
    /// How many there are.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 7)]
    pub dependants_total: usize,
    /// Bodies that use it or a dependant, by state: each once, as far as it is with any of them; a body of several states
    /// counts in each.
    #[schema(max_items = 16)]
    pub states: Vec<StateCount>,
    /// The adoptions that are concerned: those of the component itself first. The first 500.
    #[schema(max_items = 500)]
    pub adoptions: Vec<AffectedAdoption>,
    /// How many there are.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 12)]
    pub adoptions_total: usize,
    /// The bodies that are concerned, by slug. The first 500.
    #[schema(max_items = 500)]
    pub organisations: Vec<AffectedOrganisation>,
    /// How many there are.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 9)]
    pub organisations_total: usize,
    /// Offers of the component that would end with it; those that expired have ended already.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 2)]
    pub offers: usize,
    /// Components that are an alternative to it, or replace it.
    #[schema(max_items = 100)]
    pub alternatives: Vec<Named>,
}

const DEPENDANTS: usize = 1000;
const ADOPTIONS: usize = 500;
const ORGANISATIONS: usize = 500;
const COMPONENTS_OF_ONE: usize = 20;

/// What is concerned, whole.
#[derive(Debug, Default)]
pub struct Reach {
    /// Each body with the components that it uses, and with its own that are concerned.
    pub organisations: BTreeMap<Slug, (Vec<Slug>, Vec<Slug>)>,
}

impl View {
    /// What and who is concerned if a component ends: dependants up to `depth` relations away.
    pub fn impact(&self, component: Id, depth: usize, sight: &Sight) -> Option<Impact> {
        let start = self.components().slot_of(component)?;
        let graph = Graph::new(self, sight);
        let met = self.concerned(&graph, start, depth);
        let adoptions = self.concerned_adoptions(start, &met, sight);
        let mut reach: BTreeMap<Slug, (Vec<Slug>, Vec<Slug>)> = BTreeMap::new();
        let mut furthest: BTreeMap<(State, &Slug), Coverage> = BTreeMap::new();
        let state_field = Adoption::field("state")?;
        for (slot, adoption) in &adoptions {
            let entry = self.adoptions().entry(*slot)?;
            let (uses, _) = reach.entry(adoption.organisation.clone()).or_default();
            uses.push(adoption.component.clone());
            for state in self.adoptions().values(entry, state_field).filter_map(State::from_code) {
                let known = furthest.entry((state, &adoption.organisation)).or_default();
                *known = adoption.stage.coverage().max(*known);
            }
        }
        let states = counted(&furthest);
        for dependant in &met {
            if let Some(owner) = &dependant.1.owner {
                reach.entry(owner.clone()).or_default().1.push(dependant.1.slug.clone());
            }
        }
        let adoptions_total = adoptions.len();
        let organisations_total = reach.len();
        let dependants_total = met.len();
        Some(Impact {
            component: graph.named(start)?,
            dependants: met
                .into_iter()
                .take(DEPENDANTS)
                .map(|(_, dependant)| dependant)
                .collect(),
            dependants_total,
            states,
            adoptions: adoptions
                .into_iter()
                .take(ADOPTIONS)
                .map(|(slot, adoption)| self.with_contract(slot, adoption))
                .collect(),
            adoptions_total,
            organisations: reach
                .into_iter()
                .take(ORGANISATIONS)
                .map(|(slug, (mut uses, mut owns))| {
                    uses.truncate(COMPONENTS_OF_ONE);
                    owns.truncate(COMPONENTS_OF_ONE);
                    AffectedOrganisation { slug, uses, owns }
                })
                .collect(),
            organisations_total,
            offers: self
                .about::<Offer>(component, sight)
                .into_iter()
                .filter(|offer| counts_for(offer, sight) && !offer.has_lapsed)
                .count(),
            alternatives: alternatives(&graph, start),
        })
    }

    /// Every body that the end of a component concerns, as far as someone sees it: what it uses, and what it owns.
    pub fn reach(&self, component: Id, depth: usize, sight: &Sight) -> Reach {
        let mut reach = Reach::default();
        let Some(start) = self.components().slot_of(component) else {
            return reach;
        };
        let met = self.concerned(&Graph::new(self, sight), start, depth);
        for (_, adoption) in self.concerned_adoptions(start, &met, sight) {
            let (uses, _) = reach.organisations.entry(adoption.organisation).or_default();
            uses.push(adoption.component);
        }
        for (_, dependant) in met {
            if let Some(owner) = dependant.owner {
                reach.organisations.entry(owner).or_default().1.push(dependant.slug);
            }
        }
        reach
    }

    /// The components that need one, the nearest first.
    fn concerned(&self, graph: &Graph<'_>, start: u32, depth: usize) -> Vec<(u32, Dependant)> {
        let kind_field = Component::field("kind");
        let mut found: Vec<(u32, Dependant)> = Vec::new();
        let mut met: FxHashSet<u32> = FxHashSet::from_iter([start]);
        let mut waiting: VecDeque<(u32, usize)> = VecDeque::from([(start, 0)]);
        while let Some((at, distance)) = waiting.pop_front() {
            if distance == depth {
                continue;
            }
            let needing = graph
                .leading_to(at)
                .filter(|tie| tie.kind.carries_an_end())
                .map(|tie| (tie.kind, tie.from));
            // What a part belongs to loses it.
            let wholes = graph
                .out(at)
                .filter(|tie| tie.kind == RelationType::PartOf)
                .map(|tie| (tie.kind, tie.to));
            let mut next: Vec<(RelationType, u32)> = needing.chain(wholes).collect();
            next.sort_unstable_by_key(|(kind, slot)| (self.components().entry(*slot).map(|entry| entry.id), *kind));
            for (relation, slot) in next {
                if !met.insert(slot) {
                    continue;
                }
                let (Some(entry), Some(through)) = (self.components().entry(slot), self.components().entry(at)) else {
                    continue;
                };
                let kind = kind_field.and_then(|field| self.components().values(entry, field).next());
                let Some(kind) = kind.and_then(Kind::from_code) else {
                    continue;
                };
                found.push((
                    slot,
                    Dependant {
                        slug: entry.slug.clone(),
                        title: entry.title.clone(),
                        kind,
                        owner: entry.owner.clone(),
                        depth: distance + 1,
                        relation,
                        through: through.slug.clone(),
                    },
                ));
                waiting.push_back((slot, distance + 1));
            }
        }
        found
    }

    /// The adoptions of a component and of its dependants that have not ended, without their contracts.
    fn concerned_adoptions(&self, start: u32, met: &[(u32, Dependant)], sight: &Sight) -> Vec<(u32, AffectedAdoption)> {
        let (Some(organisation), Some(stage)) = (Adoption::field("organisation"), Adoption::field("stage")) else {
            return Vec::new();
        };
        let linked = self.linked_adoptions();
        let table = linked.table();
        let mut found = Vec::new();
        for component in std::iter::once(start).chain(met.iter().map(|(slot, _)| *slot)) {
            let Some(component_entry) = self.components().entry(component) else {
                continue;
            };
            let mut slots: Vec<u32> = linked.of(component).to_vec();
            slots.sort_unstable_by_key(|slot| table.entry(*slot).map(|entry| entry.id));
            for slot in slots {
                let Some(entry) = table.entry(slot).filter(|entry| counts_for(entry, sight)) else {
                    continue;
                };
                let stage = table.values(entry, stage).next().and_then(AdoptionStage::from_code);
                let organisation = table
                    .values(entry, organisation)
                    .next()
                    .and_then(|slug| slug.parse().ok());
                let (Some(stage), Some(organisation)) = (stage, organisation) else {
                    continue;
                };
                if stage.coverage() == Coverage::None {
                    continue;
                }
                found.push((
                    slot,
                    AffectedAdoption {
                        id: entry.id,
                        component: component_entry.slug.clone(),
                        organisation,
                        stage,
                        contract: None,
                    },
                ));
            }
        }
        found
    }

    fn with_contract(&self, slot: u32, mut adoption: AffectedAdoption) -> AffectedAdoption {
        #[derive(Deserialize)]
        struct Contracted {
            contract: Option<AdoptionContract>,
        }
        let body = self.adoptions().entry(slot).and_then(|entry| entry.body.as_ref());
        // Most have none, and need not be read.
        let names_one = body.filter(|body| contains(body, b"\"contract\":"));
        let read = names_one.and_then(|body| serde_json::from_slice::<Contracted>(body).ok());
        adoption.contract = read.and_then(|read| read.contract);
        adoption
    }
}

/// How many bodies of each state are how far.
fn counted(furthest: &BTreeMap<(State, &Slug), Coverage>) -> Vec<StateCount> {
    let mut states: BTreeMap<State, StateCount> = BTreeMap::new();
    for ((state, _), coverage) in furthest {
        let count = states.entry(*state).or_insert(StateCount {
            state: *state,
            live: 0,
            pilot: 0,
            planned: 0,
        });
        match coverage {
            Coverage::Live => count.live += 1,
            Coverage::Pilot => count.pilot += 1,
            Coverage::Planned | Coverage::None => count.planned += 1,
        }
    }
    states.into_values().collect()
}

/// What can be had instead.
fn alternatives(graph: &Graph<'_>, start: u32) -> Vec<Named> {
    let is_other = |kind| matches!(kind, RelationType::AlternativeTo | RelationType::Replaces);
    let out = graph.out(start).filter(|tie| tie.kind == RelationType::AlternativeTo);
    let into = graph.leading_to(start).filter(|tie| is_other(tie.kind));
    let mut others: Vec<Named> = out
        .map(|tie| tie.to)
        .chain(into.map(|tie| tie.from))
        .filter_map(|slot| graph.named(slot))
        .collect();
    others.sort_unstable_by(|a, b| a.slug.cmp(&b.slug));
    others.dedup();
    others.truncate(100);
    others
}
