//! Measures of search quality over judged queries.

use rustc_hash::FxHashSet;
use serde::Deserialize;

/// How many hits are looked at.
const DEPTH: usize = 10;

/// A query with the documents that are expected among the first hits.
#[derive(Clone, Debug, Deserialize)]
pub struct JudgedQuery {
    /// The query.
    pub query: String,
    /// Ids of the expected documents, in no order.
    pub relevant: Vec<String>,
}

/// Measures of one query, or the means of several.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// The part of the expected documents that is among the first ten hits.
    pub recall: f64,
    /// Normalised discounted cumulative gain of the first ten hits: 1 if all expected documents come first.
    pub ndcg: f64,
}

impl Quality {
    /// Judges the hits of one query.
    pub fn of<'a>(relevant: &[String], hits: impl IntoIterator<Item = &'a str>) -> Self {
        let relevant: FxHashSet<&str> = relevant.iter().map(String::as_str).collect();
        let (mut found, mut gain) = (0_u32, 0.0);
        for (rank, hit) in hits.into_iter().take(DEPTH).enumerate() {
            if relevant.contains(hit) {
                found += 1;
                gain += discount(rank);
            }
        }
        let ideal: f64 = (0..relevant.len().min(DEPTH)).map(discount).sum();
        let wanted = u32::try_from(relevant.len()).unwrap_or(u32::MAX);
        if wanted == 0 {
            return Self { recall: 1.0, ndcg: 1.0 };
        }
        Self {
            recall: f64::from(found) / f64::from(wanted),
            ndcg: gain / ideal,
        }
    }

    /// The means.
    pub fn mean(all: &[Self]) -> Self {
        let n = f64::from(u32::try_from(all.len()).unwrap_or(u32::MAX)).max(1.0);
        Self {
            recall: all.iter().map(|q| q.recall).sum::<f64>() / n,
            ndcg: all.iter().map(|q| q.ndcg).sum::<f64>() / n,
        }
    }
}

fn discount(rank: usize) -> f64 {
    1.0 / f64::from(u32::try_from(rank).unwrap_or(u32::MAX).saturating_add(2)).log2()
}

#[cfg(test)]
mod tests {
    use super::Quality;

    #[test]
    fn all_expected_documents_on_top_are_perfect() {
        let relevant = ["a".to_owned(), "b".to_owned()];
        assert_eq!(
            Quality::of(&relevant, ["b", "a", "x"]),
            Quality { recall: 1.0, ndcg: 1.0 }
        );
        let second = Quality::of(&relevant, ["x", "a"]);
        assert!((0.49..0.51).contains(&second.recall) && second.ndcg < 0.5);
    }
}
