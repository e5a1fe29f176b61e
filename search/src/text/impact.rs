//! How much one occurrence counts: the impact of a term in a document, quantised into sixteen levels.
//!
//! The impact depends on the document alone (where the term stands, how often, how long the title is) and on constants, never on
//! the rest of the catalogue. So an unchanged document keeps its levels, and a level can be a bitmap.

use serde::{Deserialize, Serialize};

/// Where a text of a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    /// The title.
    Title,
    /// An alias or a former name.
    Alias,
    /// A tag.
    Tag,
    /// The summary.
    Summary,
    /// The description.
    Description,
    /// Anything else.
    Other,
}

/// Places in the order of their markers in a document's token sequence.
pub(super) const PLACES: [Place; 6] = [
    Place::Title,
    Place::Alias,
    Place::Tag,
    Place::Summary,
    Place::Description,
    Place::Other,
];

impl Place {
    pub(super) fn index(self) -> usize {
        self as usize
    }

    fn weight(self) -> u32 {
        match self {
            Self::Title => 640,
            Self::Alias => 560,
            Self::Tag => 340,
            Self::Summary => 260,
            Self::Description => 100,
            Self::Other => 50,
        }
    }
}

/// Number of levels.
pub(super) const LEVELS: usize = 16;
/// What a level counts in a score: less and less more, so that the word itself in a summary is worth a synonym in a title.
pub(super) const VALUES: [u32; LEVELS] = [13, 15, 17, 19, 23, 26, 30, 34, 39, 46, 53, 61, 70, 81, 94, 108];
/// The least impact of each level; each is about a quarter above the one before.
const LEAST: [u32; LEVELS] = [0, 38, 48, 60, 78, 99, 126, 160, 203, 257, 327, 415, 527, 670, 850, 1080];
/// The least level of a term that stands in the title, an alias, a tag or the summary.
pub(super) const HEAD: u8 = 7;
/// A part of a compound counts less than the whole word, in hundredths.
const PART: u32 = 62;

/// Occurrences of one term in one document, by place: as a whole word, and behind that as a part of words. Saturating.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Occurrences([u8; 16]);

impl Occurrences {
    /// Counts one occurrence.
    pub(super) fn count(&mut self, place: Place, part: bool) {
        if let Some(n) = self.0.get_mut(place.index() + if part { 8 } else { 0 }) {
            *n = n.saturating_add(1);
        }
    }

    /// Counts what a token counted, as whole words or as parts. `names` restricts it to names (titles, aliases,
    /// tags): there stop words are words like any other ("Mein Unternehmenskonto").
    #[inline]
    pub(super) fn add(&mut self, counts: [u8; 8], part: bool, names: bool) {
        let (whole, parts) = self.0.split_at_mut(8);
        for (at, (n, more)) in (if part { parts } else { whole }).iter_mut().zip(counts).enumerate() {
            if !names || at <= Place::Tag.index() {
                *n = n.saturating_add(more);
            }
        }
    }

    /// Whether nothing was counted.
    pub(super) fn is_empty(self) -> bool {
        self.0 == [0; 16]
    }

    /// The level of a term with these occurrences in a document whose title has so many words.
    pub(super) fn level(self, title_words: usize) -> u8 {
        let (mut sum, mut best) = (0, 0);
        for place in PLACES {
            let at = place.index();
            let (Some(&whole), Some(&part)) = (self.0.get(at), self.0.get(at + 8)) else {
                continue;
            };
            if whole == 0 && part == 0 {
                continue;
            }
            let mut value = (place.weight() * repeated(whole)).max(place.weight() * repeated(part) * PART / 100) / 100;
            if place == Place::Title {
                value = value * brevity(title_words) / 100;
            }
            sum += value;
            best = best.max(value);
        }
        let impact = best + (sum - best) / 4;
        // There are 16 levels.
        u8::try_from(LEAST.partition_point(|least| *least <= impact).saturating_sub(1)).unwrap_or(0)
    }
}

/// A second and third occurrence adds less and less, in hundredths.
fn repeated(n: u8) -> u32 {
    match n {
        0 => 0,
        1 => 100,
        2 => 120,
        3 => 132,
        _ => 140,
    }
}

/// A word of a short title says more about the document, in hundredths.
fn brevity(title_words: usize) -> u32 {
    match title_words {
        0..=2 => 125,
        3..=4 => 112,
        5..=8 => 100,
        _ => 88,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(places: &[(Place, bool)]) -> u8 {
        let mut occurrences = Occurrences::default();
        for (place, part) in places {
            occurrences.count(*place, *part);
        }
        occurrences.level(5)
    }

    #[test]
    fn a_title_counts_more_than_an_alias_a_tag_the_summary_and_the_description() {
        let levels: Vec<u8> = PLACES.iter().map(|p| level(&[(*p, false)])).collect();
        assert!(levels.is_sorted_by(|a, b| a >= b), "{levels:?}");
    }

    #[test]
    fn a_whole_word_counts_more_than_a_part() {
        for place in PLACES {
            assert!(level(&[(place, false)]) > level(&[(place, true)]), "{place:?}");
        }
    }

    #[test]
    fn the_head_of_a_document_is_told_from_its_body_by_the_level() {
        assert!(level(&[(Place::Summary, true)]) >= HEAD);
        let body = [(Place::Description, false); 9]
            .iter()
            .chain(&[(Place::Other, false); 9])
            .copied()
            .collect::<Vec<_>>();
        assert!(level(&body) < HEAD);
    }
}
