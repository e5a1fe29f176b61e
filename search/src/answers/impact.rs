//! Whom and what the end of a component concerns.

mod walk;

use std::collections::BTreeMap;

use domain::access::Sight;
use domain::adoption::{Adoption, AdoptionContract, AdoptionStage, Coverage};
use domain::code_list::CodeList;
use domain::component::{Component, Kind};
use domain::id::Id;
use domain::offer::Offer;
use domain::query::Queryable;
use domain::relation::RelationType;
use domain::values::{Slug, State};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::walk::Met;
use super::graph::Graph;
use super::statistics::contains;
use super::{Named, counts_for};
use crate::View;
use crate::table::{Entry, Table};

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
        let order: Vec<u32> = std::iter::once(start).chain(met.iter().map(|met| met.slot)).collect();
        let adoptions = self.concerned_adoptions(&order, sight);
        let (organisations, organisations_total) = self.organisations_of(&order, &adoptions);
        Some(Impact {
            component: graph.named(start)?,
            dependants: met
                .iter()
                .take(DEPENDANTS)
                .filter_map(|met| self.dependant(met))
                .collect(),
            dependants_total: met.len(),
            states: self.states_of(&adoptions),
            adoptions: self
                .in_order(&order, &adoptions)
                .filter_map(|(component, slot)| self.affected(component, slot))
                .take(ADOPTIONS)
                .collect(),
            adoptions_total: usize::try_from(adoptions.len()).unwrap_or(usize::MAX),
            organisations,
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
        let (Some(start), Some(organisation)) = (self.components().slot_of(component), Adoption::field("organisation"))
        else {
            return reach;
        };
        let met = self.concerned(&Graph::new(self, sight), start, depth);
        let order: Vec<u32> = std::iter::once(start).chain(met.iter().map(|met| met.slot)).collect();
        let adoptions = self.concerned_adoptions(&order, sight);
        for (component, slot) in self.in_order(&order, &adoptions) {
            let uses = self.components().entry(component).map(|entry| entry.slug.clone());
            let entry = self.adoptions().entry(slot);
            let body = entry.and_then(|entry| self.adoptions().values(entry, organisation).next()?.parse().ok());
            if let (Some(body), Some(uses)) = (body, uses) {
                reach.organisations.entry(body).or_default().0.push(uses);
            }
        }
        for met in met {
            if let Some(entry) = self.components().entry(met.slot)
                && let Some(owner) = &entry.owner
            {
                let (_, owns) = reach.organisations.entry(owner.clone()).or_default();
                owns.push(entry.slug.clone());
            }
        }
        reach
    }

    fn dependant(&self, met: &Met) -> Option<Dependant> {
        let entry = self.components().entry(met.slot)?;
        let kind = self.components().values(entry, Component::field("kind")?).next()?;
        Some(Dependant {
            slug: entry.slug.clone(),
            title: entry.title.clone(),
            kind: Kind::from_code(kind)?,
            owner: entry.owner.clone(),
            depth: met.depth,
            relation: met.relation,
            through: self.components().entry(met.through)?.slug.clone(),
        })
    }

    /// The adoptions of these components that have not ended.
    fn concerned_adoptions(&self, order: &[u32], sight: &Sight) -> RoaringBitmap {
        let linked = self.linked_adoptions();
        let table = linked.table();
        let hidden = super::hidden(table, sight);
        let slots = linked.records(order) & &*table.base(hidden.as_deref());
        slots - self.adoptions_at(Coverage::None)
    }

    /// Adoptions with their components: those of the first component first, and by their ids.
    fn in_order<'a>(&'a self, order: &'a [u32], adoptions: &'a RoaringBitmap) -> impl Iterator<Item = (u32, u32)> + 'a {
        order.iter().flat_map(move |component| {
            let of = self.linked_adoptions().of(*component).iter().copied();
            let mut slots: Vec<u32> = of.filter(|slot| adoptions.contains(*slot)).collect();
            slots.sort_unstable_by_key(|slot| self.adoptions().id(*slot));
            slots.into_iter().map(move |slot| (*component, slot))
        })
    }

    fn affected(&self, component: u32, slot: u32) -> Option<AffectedAdoption> {
        let table = self.adoptions();
        let entry = table.entry(slot)?;
        let one = |name: &str| table.values(entry, Adoption::field(name)?).next();
        let affected = AffectedAdoption {
            id: entry.id,
            component: self.components().entry(component)?.slug.clone(),
            organisation: one("organisation")?.parse().ok()?,
            stage: AdoptionStage::from_code(one("stage")?)?,
            contract: None,
        };
        Some(self.with_contract(slot, affected))
    }

    /// The first bodies, by slug, that use one of these components or own one that needs the first of them; and how many
    /// there are.
    fn organisations_of(&self, order: &[u32], adoptions: &RoaringBitmap) -> (Vec<AffectedOrganisation>, usize) {
        let using = groups(self.adoptions(), "organisation", adoptions);
        let needing: RoaringBitmap = order.iter().skip(1).copied().collect();
        let owning = groups(self.components(), "owner", &needing);
        let mut bodies: BTreeMap<&str, (Option<&RoaringBitmap>, Option<&RoaringBitmap>)> = BTreeMap::new();
        for (body, slots) in using {
            bodies.entry(body).or_default().0 = Some(slots);
        }
        for (body, slots) in owning {
            bodies.entry(body).or_default().1 = Some(slots);
        }
        let total = bodies.len();
        let mut places = vec![u32::MAX; self.components().slots()];
        for (place, slot) in (0_u32..).zip(order) {
            if let Some(cell) = places.get_mut(*slot as usize) {
                *cell = place;
            }
        }
        let place = |slot: u32| places.get(slot as usize).copied().unwrap_or(u32::MAX);
        // The first ones in the order in which they were met. A body adopts a component once, and owns it once.
        let slugs = |mut met: Vec<u32>| -> Vec<Slug> {
            if met.len() > COMPONENTS_OF_ONE {
                met.select_nth_unstable(COMPONENTS_OF_ONE);
                met.truncate(COMPONENTS_OF_ONE);
            }
            met.sort_unstable();
            let components = met.into_iter().filter_map(|place| order.get(place as usize));
            let entries = components.filter_map(|slot| self.components().entry(*slot));
            entries.map(|entry| entry.slug.clone()).collect()
        };
        let shown = bodies
            .into_iter()
            .take(ORGANISATIONS)
            .filter_map(|(body, (used, owned))| {
                let used = used.into_iter().flat_map(|slots| slots & adoptions);
                let used = used.filter_map(|slot| Some(place(self.linked_adoptions().component_of(slot)?)));
                let owned = owned.into_iter().flat_map(|slots| slots & &needing);
                Some(AffectedOrganisation {
                    slug: body.parse().ok()?,
                    uses: slugs(used.collect()),
                    owns: slugs(owned.map(place).collect()),
                })
            });
        (shown.collect(), total)
    }

    /// How many bodies of each state are how far, each by the furthest of these adoptions.
    fn states_of(&self, adoptions: &RoaringBitmap) -> Vec<StateCount> {
        let table = self.adoptions();
        let of = |wanted: Coverage| self.adoptions_at(wanted) & adoptions;
        let (live, pilot) = (of(Coverage::Live), of(Coverage::Pilot));
        let mut counts: BTreeMap<State, StateCount> = BTreeMap::new();
        for (_, slots) in groups(table, "organisation", adoptions) {
            // All adoptions of a body name the same states: its own.
            let one = slots.iter().find(|slot| adoptions.contains(*slot));
            let entry = one.and_then(|slot| table.entry(slot)).zip(Adoption::field("state"));
            let there = entry.into_iter().flat_map(|(entry, field)| table.values(entry, field));
            for state in there.filter_map(State::from_code) {
                let count = counts.entry(state).or_insert(StateCount {
                    state,
                    live: 0,
                    pilot: 0,
                    planned: 0,
                });
                if !slots.is_disjoint(&live) {
                    count.live += 1;
                } else if !slots.is_disjoint(&pilot) {
                    count.pilot += 1;
                } else {
                    count.planned += 1;
                }
            }
        }
        counts.into_values().collect()
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

/// The values of a field among records, each with all records that have it.
fn groups<'a, T: Queryable>(
    table: &'a Table<T>,
    field: &str,
    among: &RoaringBitmap,
) -> Vec<(&'a str, &'a RoaringBitmap)> {
    let Some((field, keys)) = T::field(field).and_then(|field| Some((field, table.keys(field)?))) else {
        return Vec::new();
    };
    // By value where there are fewer values than records; then no record is looked at.
    if keys.len() as u64 <= among.len() {
        return keys.iter().filter(|(_, slots)| !slots.is_disjoint(among)).collect();
    }
    let entries = among.iter().filter_map(|slot| table.entry(slot));
    let numbers = entries.flat_map(Entry::numbered).filter(|(f, _)| *f == field);
    let numbers: RoaringBitmap = numbers.map(|(_, number)| number).collect();
    let known = numbers.iter();
    known
        .filter_map(|number| Some((keys.text(number)?, keys.slots(number)?)))
        .collect()
}

/// What can be had instead.
fn alternatives(graph: &Graph<'_>, start: u32) -> Vec<Named> {
    let mut others: Vec<Named> = graph.instead_of(start).filter_map(|slot| graph.named(slot)).collect();
    others.sort_unstable_by(|a, b| a.slug.cmp(&b.slug));
    others.dedup();
    others.truncate(100);
    others
}
