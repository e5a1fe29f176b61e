//! Walks along relations.

use std::borrow::Cow;
use std::collections::VecDeque;

use domain::access::Sight;
use domain::code_list::CodeList;
use domain::id::Id;
use domain::query::Queryable;
use domain::relation::{Direction, Relation, RelationType};
use roaring::RoaringBitmap;
use rustc_hash::FxHashSet;
use serde::Serialize;
use utoipa::ToSchema;

use super::Named;
use crate::View;
use crate::columns::Keys;
use crate::table::Table;

/// What to walk.
#[derive(Debug, Clone)]
pub struct WalkAsk {
    /// Which way.
    pub direction: Direction,
    /// How many relations away at the most.
    pub depth: usize,
    /// Along relations of these types; of all, where none is named.
    pub types: Vec<RelationType>,
    /// Edges at the most.
    pub limit: usize,
}

/// A relation that a walk came along.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Edge {
    /// Id of the relation.
    pub id: Id,
    /// The component that it starts from.
    pub component: Named,
    /// What that is to the target.
    #[serde(rename = "type")]
    pub relation: RelationType,
    /// The component that it leads to.
    pub target: Named,
    /// How many relations away from the component that was asked for.
    #[schema(minimum = 1, maximum = 10, example = 1)]
    pub depth: usize,
}

/// Where relations lead.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Walk {
    /// The component that was asked for.
    pub component: Named,
    /// The relations, the nearest first; each once, though it may lie on several ways.
    #[schema(max_items = 1000)]
    pub items: Vec<Edge>,
    /// Whether there were more than are shown.
    pub truncated: bool,
}

/// One relation between slots.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tie {
    pub(super) relation: u32,
    pub(super) kind: RelationType,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// A component that the end of another one reaches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached {
    pub(super) from: u32,
    pub(super) to: u32,
    /// What one of them is to the other.
    pub(super) kind: RelationType,
}

/// The relations of a view, as someone sees them.
pub(super) struct Graph<'a> {
    view: &'a View,
    kind: Option<usize>,
    /// By the number of a type.
    kinds: Vec<Option<RelationType>>,
    /// Relations and components that count, and relations by what carries an end.
    relations: Cow<'a, RoaringBitmap>,
    components: Cow<'a, RoaringBitmap>,
    carrying: Vec<(RelationType, &'a RoaringBitmap)>,
    parts: Option<&'a RoaringBitmap>,
    alternatives: Option<&'a RoaringBitmap>,
    replacements: Option<&'a RoaringBitmap>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(view: &'a View, sight: &Sight) -> Self {
        let kind = Relation::field("type");
        let kinds = kind.and_then(|field| view.relations().keys(field));
        let of_kind = |kind_of: RelationType| kinds?.get(kind_of.code());
        let carrying = RelationType::ALL.iter().filter(|kind| kind.carries_an_end());
        Self {
            view,
            kind,
            kinds: kinds
                .into_iter()
                .flat_map(Keys::iter)
                .map(|(code, _)| RelationType::from_code(code))
                .collect(),
            relations: seen(view.relations(), sight),
            components: seen(view.components(), sight),
            carrying: carrying.filter_map(|kind| Some((*kind, of_kind(*kind)?))).collect(),
            parts: of_kind(RelationType::PartOf),
            alternatives: of_kind(RelationType::AlternativeTo),
            replacements: of_kind(RelationType::Replaces),
        }
    }

    fn tie(&self, slot: u32) -> Option<Tie> {
        let linked = self.view.linked_relations();
        let entry = linked.table().entry(slot).filter(|_| self.relations.contains(slot))?;
        let (_, number) = entry.numbered().find(|(field, _)| Some(*field) == self.kind)?;
        let tie = Tie {
            relation: slot,
            kind: (*self.kinds.get(number as usize)?)?,
            from: linked.component_of(slot)?,
            to: linked.target_of(slot)?,
        };
        (self.is_seen(tie.from) && self.is_seen(tie.to)).then_some(tie)
    }

    fn is_seen(&self, component: u32) -> bool {
        self.components.contains(component)
    }

    /// Those that start from a component.
    pub(super) fn out(&self, component: u32) -> impl Iterator<Item = Tie> {
        let slots = self.view.linked_relations().of(component);
        slots.iter().filter_map(|slot| self.tie(*slot))
    }

    /// Those that lead to a component.
    pub(super) fn leading_to(&self, component: u32) -> impl Iterator<Item = Tie> {
        let slots = self.view.linked_relations().leading_to(component);
        slots.iter().filter_map(|slot| self.tie(*slot))
    }

    /// Where the end of one component reaches others: because they need it, or because it is a part of them.
    pub(super) fn reached_from(&self, component: u32) -> impl Iterator<Item = Reached> {
        let relations = self.view.linked_relations();
        let needing = relations.leading_to(component).iter().filter_map(move |slot| {
            let (kind, _) = self.carrying.iter().find(|(_, with)| with.contains(*slot))?;
            self.reached(*slot, component, relations.component_of(*slot)?, *kind)
        });
        let wholes = relations.of(component).iter().filter_map(move |slot| {
            self.parts.filter(|parts| parts.contains(*slot))?;
            self.reached(*slot, component, relations.target_of(*slot)?, RelationType::PartOf)
        });
        needing.chain(wholes)
    }

    /// Where the end of any component reaches another that is `wanted`. Where there are many, this one look at every
    /// relation costs less.
    pub(super) fn all_reached(&self, wanted: impl Fn(u32) -> bool) -> Vec<Reached> {
        let relations = self.view.linked_relations();
        let mut all = Vec::new();
        let wholes = self.parts.map(|parts| (RelationType::PartOf, parts, true));
        let needing = self.carrying.iter().map(|(kind, with)| (*kind, *with, false));
        for (kind, with, is_part) in needing.chain(wholes) {
            for slot in &(with & &*self.relations) {
                let (Some(about), Some(target)) = (relations.component_of(slot), relations.target_of(slot)) else {
                    continue;
                };
                let (from, to) = if is_part { (about, target) } else { (target, about) };
                if wanted(to) && self.components.contains(to) {
                    all.push(Reached { from, to, kind });
                }
            }
        }
        all
    }

    /// What is an alternative to a component, or replaces it.
    pub(super) fn instead_of(&self, component: u32) -> impl Iterator<Item = u32> {
        let is = |slot: u32, with: Option<&RoaringBitmap>| with.is_some_and(|with| with.contains(slot));
        let relations = self.view.linked_relations();
        let out = relations
            .of(component)
            .iter()
            .filter(move |slot| is(**slot, self.alternatives));
        let into = relations.leading_to(component).iter();
        let into = into.filter(move |slot| is(**slot, self.alternatives) || is(**slot, self.replacements));
        let others = out.filter_map(|slot| self.tie(*slot)).map(|tie| tie.to);
        others.chain(into.filter_map(|slot| self.tie(*slot)).map(|tie| tie.from))
    }

    fn reached(&self, relation: u32, from: u32, to: u32, kind: RelationType) -> Option<Reached> {
        let counts = self.relations.contains(relation) && self.components.contains(to);
        counts.then_some(Reached { from, to, kind })
    }

    pub(super) fn named(&self, component: u32) -> Option<Named> {
        self.view.components().entry(component).map(Named::from)
    }
}

/// The records that someone sees and that were not withdrawn.
fn seen<'a, T: Queryable>(table: &'a Table<T>, sight: &Sight) -> Cow<'a, RoaringBitmap> {
    match super::hidden(table, sight) {
        None => table.base(None),
        Some(hidden) => Cow::Owned(table.base(Some(&*hidden)).into_owned()),
    }
}

impl View {
    /// Walks along the relations of a component, the nearest first. A circle is walked once.
    pub fn walk(&self, component: Id, ask: &WalkAsk, sight: &Sight) -> Option<Walk> {
        let start = self.components().slot_of(component)?;
        let graph = Graph::new(self, sight);
        let mut met: FxHashSet<u32> = FxHashSet::from_iter([start]);
        let mut walked: FxHashSet<u32> = FxHashSet::default();
        let mut waiting: VecDeque<(u32, usize)> = VecDeque::from([(start, 0)]);
        let mut items: Vec<Edge> = Vec::new();
        let mut truncated = false;
        while let Some((at, depth)) = waiting.pop_front() {
            if depth == ask.depth || truncated {
                continue;
            }
            let out = (ask.direction != Direction::In).then(|| graph.out(at));
            let into = (ask.direction != Direction::Out).then(|| graph.leading_to(at));
            let wanted = |tie: &Tie| ask.types.is_empty() || ask.types.contains(&tie.kind);
            let mut ties: Vec<Tie> = out
                .into_iter()
                .flatten()
                .chain(into.into_iter().flatten())
                .filter(wanted)
                .collect();
            ties.sort_unstable_by_key(|tie| (tie.kind, self.relations().entry(tie.relation).map(|entry| entry.id)));
            for tie in ties {
                if !walked.insert(tie.relation) {
                    continue;
                }
                if items.len() == ask.limit {
                    truncated = true;
                    break;
                }
                let id = self.relations().entry(tie.relation)?.id;
                items.push(Edge {
                    id,
                    component: graph.named(tie.from)?,
                    relation: tie.kind,
                    target: graph.named(tie.to)?,
                    depth: depth + 1,
                });
                let next = if tie.from == at { tie.to } else { tie.from };
                if met.insert(next) {
                    waiting.push_back((next, depth + 1));
                }
            }
        }
        Some(Walk {
            component: graph.named(start)?,
            items,
            truncated,
        })
    }
}
