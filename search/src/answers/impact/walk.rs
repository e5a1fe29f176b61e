//! The way from a component that ends to those that need it.

use domain::relation::RelationType;

use super::super::graph::{Graph, Reached};
use crate::View;

/// A component that needs the one that ends, and how it was met.
pub(super) struct Met {
    pub(super) slot: u32,
    pub(super) depth: usize,
    pub(super) relation: RelationType,
    pub(super) through: u32,
}

/// A step from a component that is met to one that needs it.
#[derive(Clone, Copy)]
struct Step {
    /// The place of the former.
    through: u32,
    relation: RelationType,
    slot: u32,
}

/// The first steps to components that are not met yet.
struct Next {
    steps: Vec<Step>,
    /// One more than where the step to each component stands among them, by slot.
    known: Vec<u32>,
}

impl Next {
    fn new(slots: usize) -> Self {
        Self {
            steps: Vec::new(),
            known: vec![0; slots],
        }
    }

    /// Adds a step from the component with this place, unless an earlier one leads there.
    fn add(&mut self, through: u32, reached: Reached) {
        let Some(known) = self.known.get_mut(reached.to as usize) else {
            return;
        };
        let step = Step {
            through,
            relation: reached.kind,
            slot: reached.to,
        };
        match (*known as usize).checked_sub(1).and_then(|at| self.steps.get_mut(at)) {
            None => {
                self.steps.push(step);
                *known = u32::try_from(self.steps.len()).unwrap_or_default();
            }
            Some(first) if (through, step.relation) < (first.through, first.relation) => *first = step,
            Some(_) => {}
        }
    }

    /// Takes the steps, from the first component on, and each one's by ascending id.
    fn take_in_order(&mut self, id: &dyn Fn(u32) -> u128) -> Vec<Step> {
        // What stays known of these is met from now on, and not asked for again.
        let mut steps = std::mem::take(&mut self.steps);
        let first = steps.iter().map(|step| step.through).min().unwrap_or_default();
        let last = steps.iter().map(|step| step.through).max().unwrap_or_default();
        // Few come from each: they are counted into their places, and only those of one are put in order.
        let mut ends = vec![0_usize; (last - first) as usize + 1];
        let of = |step: &Step| (step.through - first) as usize;
        for step in &steps {
            if let Some(count) = ends.get_mut(of(step)) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut ordered = steps.clone();
        for step in steps.drain(..).rev() {
            if let Some(end) = ends.get_mut(of(&step)) {
                *end -= 1;
                if let Some(cell) = ordered.get_mut(*end) {
                    *cell = step;
                }
            }
        }
        for of_one in ordered.chunk_by_mut(|a, b| a.through == b.through) {
            of_one.sort_unstable_by_key(|step| id(step.slot));
        }
        ordered
    }
}

/// The place of what is not met.
const UNMET: u32 = u32::MAX;

/// Notes the places of what was met from `begin` on.
fn mark(places: &mut [u32], met: &[Met], begin: usize) {
    for (place, one) in (0_u32..).zip(met).skip(begin) {
        if let Some(cell) = places.get_mut(one.slot as usize) {
            *cell = place;
        }
    }
}

impl View {
    /// The components that need one, the nearest first; of those that are as near, what comes by the first of them, and
    /// then by ascending id.
    pub(super) fn concerned(&self, graph: &Graph<'_>, start: u32, depth: usize) -> Vec<Met> {
        // The place of each in the order in which they are met; the first is the one that ends.
        let mut places = vec![UNMET; self.components().slots()];
        let mut met = vec![Met {
            slot: start,
            depth: 0,
            relation: RelationType::DependsOn,
            through: start,
        }];
        let slots = self.components().slots();
        let place = |places: &[u32], slot: u32| places.get(slot as usize).copied().unwrap_or(UNMET);
        let (mut level, mut next) = (0..1, Next::new(slots));
        // What is left of all steps there are, once many components are met.
        let mut rest: Option<Vec<Reached>> = None;
        mark(&mut places, &met, 0);
        for depth in 1..=depth {
            let nearest = met.get(level).unwrap_or_default();
            if rest.is_none() && nearest.len() > slots / 64 {
                rest = Some(graph.all_reached(|slot| place(&places, slot) == UNMET));
            }
            if let Some(rest) = &mut rest {
                rest.retain(|step| {
                    let is_left = place(&places, step.to) == UNMET;
                    let through = place(&places, step.from);
                    if is_left && through != UNMET {
                        next.add(through, *step);
                    }
                    is_left
                });
            } else {
                for (through, one) in nearest.iter().map(|one| (place(&places, one.slot), one)) {
                    let steps = graph.reached_from(one.slot);
                    for step in steps.filter(|step| place(&places, step.to) == UNMET) {
                        next.add(through, step);
                    }
                }
            }
            let before = met.len();
            for step in next.take_in_order(&|slot| self.components().id(slot)) {
                if let Some(through) = met.get(step.through as usize) {
                    met.push(Met {
                        slot: step.slot,
                        depth,
                        relation: step.relation,
                        through: through.slot,
                    });
                }
            }
            mark(&mut places, &met, before);
            level = before..met.len();
        }
        met.remove(0);
        met
    }
}
