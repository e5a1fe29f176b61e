//! One kind of request, and what its answers must be.

use std::collections::BTreeMap;

use serde_json::Value;

use super::client::Request;

/// One kind of request.
pub(super) struct Case {
    pub(super) name: &'static str,
    /// Milliseconds of processor time at 10,000 components.
    pub(super) budget: f64,
    /// How many times as much that may be at a million.
    pub(super) growth: f64,
    /// How many times the bare handler's time, where that is budgeted.
    pub(super) ratio: Option<f64>,
    /// Requests of one round.
    pub(super) each: usize,
    pub(super) requests: Vec<Request>,
    pub(super) status: u16,
    /// What the answers to the first requests must contain, in this order: all of their items, totals, counts.
    pub(super) expected: Vec<Expected>,
}

pub(super) enum Expected {
    /// These bytes and no others.
    Body(Vec<u8>),
    /// A list with these items and this total.
    Page { items: Vec<u8>, total: u64 },
    /// A list with this total.
    Total(u64),
    /// An object with this member.
    Told(&'static str),
    /// Counts by facet and value, and this total.
    Facets {
        counts: BTreeMap<String, BTreeMap<String, u64>>,
        total: u64,
    },
}

impl Case {
    /// Milliseconds that a request may take at so many components.
    #[allow(clippy::cast_precision_loss, reason = "a number of components")]
    pub(super) fn budget_at(&self, components: usize) -> f64 {
        // From ten thousand to a million are two steps of ten.
        let steps = (components.max(10_000) as f64 / 10_000.0).log10() / 2.0;
        self.budget * self.growth.powf(steps)
    }
}

impl Expected {
    /// Whether an answer's body is this.
    pub(super) fn is(&self, body: &[u8]) -> bool {
        let total = |total: u64| format!("],\"total\":{total},").into_bytes();
        match self {
            Self::Body(expected) => body == expected,
            Self::Page { items, total: count } => body
                .strip_prefix(b"{\"items\":[".as_slice())
                .and_then(|rest| rest.strip_prefix(items.as_slice()))
                .is_some_and(|rest| rest.starts_with(&total(*count))),
            Self::Total(count) => {
                let text = format!("],\"total\":{count},");
                body.windows(text.len()).any(|part| part == text.as_bytes())
            }
            Self::Told(member) => {
                serde_json::from_slice::<Value>(body).is_ok_and(|answer| answer.get(member).is_some())
            }
            Self::Facets { counts, total } => {
                let Ok(answer) = serde_json::from_slice::<Value>(body) else {
                    return false;
                };
                let facets = answer.get("facets").and_then(Value::as_object);
                let mut found: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
                for (name, values) in facets.into_iter().flatten() {
                    for value in values.as_array().into_iter().flatten() {
                        let (text, count) = (
                            value.get("value").and_then(Value::as_str),
                            value.get("count").and_then(Value::as_u64),
                        );
                        let counts = found.entry(name.clone()).or_default();
                        counts.insert(text.unwrap_or_default().to_owned(), count.unwrap_or_default());
                    }
                }
                found.retain(|_, values| !values.is_empty());
                answer.get("total").and_then(Value::as_u64) == Some(*total) && found == *counts
            }
        }
    }
}
