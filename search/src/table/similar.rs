//! Records that share much with a given one.

use domain::access::Sight;
use domain::query::Queryable;
use rustc_hash::FxHashMap;

use super::{Column, Entry, Table};

/// How much it says that two records share a value of this field; the rarer the value, the more it counts.
fn weight(field: &str) -> u32 {
    match field {
        "services" | "ozgIds" | "repository" => 6,
        "tags" => 4,
        "interfaces.standard" | "details.models" => 3,
        "kind" | "themes" | "supplier" | "operator" => 2,
        "owner" | "levels" => 1,
        _ => 0,
    }
}

impl<T: Queryable> Table<T> {
    /// Records that someone sees, most like the one with this slug or id, the most alike first. Nothing where there is no
    /// such record. Whether they see that one is for the caller to ask.
    pub fn similar(&self, key: &str, sight: &Sight, limit: usize) -> Vec<&Entry> {
        let Some(slot) = self.slot(key) else { return Vec::new() };
        let Some(entry) = self.entry(slot) else {
            return Vec::new();
        };
        let hidden = self.visible.hidden(sight);
        let base = self.visible.with(hidden.as_deref());
        let mut shared: FxHashMap<u32, u64> = FxHashMap::default();
        for (field, number) in &entry.keys {
            let index = usize::from(*field);
            let weight = T::fields().get(index).map_or(0, |s| weight(s.field.name));
            let Some(Column::Keys(column)) = self.columns.get(index) else {
                continue;
            };
            let Some(slots) = column.slots(*number).filter(|_| weight > 0) else {
                continue;
            };
            // What is not seen does not make a value more frequent either.
            let among = slots & &*base;
            // log2 of how rare the value is, in whole steps: exact, and the same on every machine.
            let rarity = (base.len() + 1)
                .checked_div(among.len().max(1))
                .map_or(0, |r| r.max(1).ilog2());
            for other in among {
                *shared.entry(other).or_default() += u64::from(weight * rarity);
            }
        }
        shared.remove(&slot);
        let mut ranked: Vec<(u64, u32)> = shared
            .into_iter()
            .filter(|(_, s)| *s > 0)
            .map(|(slot, s)| (s, slot))
            .collect();
        ranked.sort_unstable_by_key(|(score, slot)| (std::cmp::Reverse(*score), self.id(*slot)));
        ranked
            .into_iter()
            .take(limit)
            .filter_map(|(_, slot)| self.entry(slot))
            .collect()
    }
}
