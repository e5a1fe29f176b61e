//! Splitting of compounds against the word list of the repository.
//!
//! The split of a word depends on nothing but the word and the list, never on the catalogue: so it is worked out once per
//! word, and the order in which entries arrive cannot change it.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::data;
use super::fold::fold_word;
use super::stem::{stem, verbs};

/// Longest word that is looked at; longer ones are not German.
const MAX_WORD: usize = 80;
/// Shortest word that can be a compound.
const MIN_WORD: usize = 6;
const MAX_SEGMENT: usize = 28;
/// Endings of an inflected last part ("Verwaltungsclouds").
const ENDINGS: &[&str] = &[
    "", "e", "en", "er", "ern", "es", "s", "n", "em", "nen", "se", "sen", "ses", "innen",
];
/// Linking elements between two parts.
const LINKS: &[&str] = &["", "s", "es", "n", "en", "er", "e"];

/// One part of a compound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The part as it is listed: "verwaltung" of "Verwaltungscloud".
    pub(super) base: &'static str,
    /// Its stem.
    pub(super) stem: &'static str,
    /// Where it begins in the folded word.
    start: usize,
}

#[derive(Clone, Copy, Default)]
struct Segment {
    /// Listed word that this is a form of, as first part and as last part.
    first: Option<u32>,
    last: Option<u32>,
}

struct Entry {
    base: String,
    stem: String,
    /// Whether it must not be split further.
    atomic: bool,
}

struct WordList {
    entries: Vec<Entry>,
    segments: FxHashMap<Box<str>, Segment>,
    stems: FxHashMap<String, u32>,
}

static LIST: LazyLock<WordList> = LazyLock::new(WordList::load);

/// The parts of a folded compound, from left to right; nothing for a simple or unknown word.
pub(super) fn split(word: &str) -> Vec<Part> {
    LIST.split(word)
}

/// The one listed part at the end or the beginning of a word that is otherwise unknown ("Xoodocockpit" → "cockpit").
pub(super) fn partial(word: &str) -> Option<Part> {
    LIST.partial(word)
}

/// Whether the word is in the list, in any form, or splits into listed words.
pub(super) fn is_known(word: &str) -> bool {
    LIST.segments.get(word).is_some_and(|s| s.last.is_some())
        || LIST.stems.contains_key(&stem(word))
        || !split(word).is_empty()
}

/// A listed word with this stem, for display.
pub(super) fn word_of_stem(stem: &str) -> Option<&'static str> {
    let at = *LIST.stems.get(stem)?;
    Some(LIST.entry(at)?.base.as_str())
}

/// The part of a compound behind its first part and before its last ("Behördenarbeitsplatz" → "arbeitsplatz"), folded.
pub(super) fn inner_compounds(word: &str, parts: &[Part]) -> Vec<String> {
    let [first, second, .., last] = parts else {
        return Vec::new();
    };
    let mut inner = Vec::with_capacity(2);
    if let Some(tail) = word.get(second.start..) {
        inner.push(tail.to_owned());
    }
    let before_last = parts.iter().rev().nth(1);
    if let Some(head) = before_last.and_then(|p| word.get(first.start..(p.start + p.base.len()).min(last.start))) {
        inner.push(head.to_owned());
    }
    inner
}

impl WordList {
    fn load() -> Self {
        let mut list = Self {
            entries: Vec::new(),
            segments: FxHashMap::default(),
            stems: FxHashMap::default(),
        };
        let atomic: FxHashSet<String> = data::words(data::ATOMIC).map(fold_word).collect();
        let listed = data::WORDS.into_iter().flat_map(data::words).map(fold_word);
        for word in listed.chain(atomic.iter().cloned()).filter(|w| w.len() >= 3) {
            list.add_word(&word, atomic.contains(&word));
        }
        for verb in verbs() {
            list.add_verb(&verb.infinitive, &verb.root);
        }
        list
    }

    fn add_entry(&mut self, base: String, stem: String, atomic: bool) -> u32 {
        let at = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.stems.entry(stem.clone()).or_insert(at);
        self.entries.push(Entry { base, stem, atomic });
        at
    }

    fn add_word(&mut self, word: &str, atomic: bool) {
        let at = self.add_entry(word.to_owned(), stem(word), atomic);
        let short = word.len() == 3;
        for ending in ENDINGS
            .iter()
            .filter(|e| !short || matches!(**e, "" | "e" | "en" | "es" | "s" | "er" | "ern"))
        {
            self.add_last(format!("{word}{ending}"), at);
        }
        for link in LINKS.iter().filter(|l| !short || matches!(**l, "" | "s" | "es")) {
            self.add_first(format!("{word}{link}"), at);
        }
        if let Some(cut) = word.strip_suffix('e').filter(|cut| cut.len() >= 4) {
            self.add_first(cut.to_owned(), at);
            self.add_first(format!("{cut}s"), at);
        }
    }

    fn add_verb(&mut self, infinitive: &str, root: &str) {
        let at = self.add_entry(infinitive.to_owned(), stem(infinitive), false);
        if root.len() >= 3 {
            self.add_first(root.to_owned(), at);
            if root.len() >= 4 || root.ends_with('d') {
                self.add_first(format!("{root}e"), at);
            }
            for agent in ["er", "ers", "ern", "ung", "ungen", "bar", "baren", "bare"] {
                self.add_last(format!("{root}{agent}"), at);
            }
            self.add_first(format!("{root}ungs"), at);
            self.add_first(format!("{root}er"), at);
            self.add_last(infinitive.to_owned(), at);
            self.add_last(format!("{infinitive}s"), at);
        }
    }

    fn add_first(&mut self, form: String, entry: u32) {
        self.segments
            .entry(form.into_boxed_str())
            .or_default()
            .first
            .get_or_insert(entry);
    }

    fn add_last(&mut self, form: String, entry: u32) {
        self.segments
            .entry(form.into_boxed_str())
            .or_default()
            .last
            .get_or_insert(entry);
    }

    fn entry(&self, at: u32) -> Option<&Entry> {
        self.entries.get(at as usize)
    }

    fn split(&'static self, word: &str) -> Vec<Part> {
        if word.len() < MIN_WORD || word.len() > MAX_WORD || !word.is_ascii() {
            return Vec::new();
        }
        let whole = self.segments.get(word).and_then(|s| s.last).and_then(|e| self.entry(e));
        if whole.is_some_and(|e| e.atomic) {
            return Vec::new();
        }
        let mut parts = Vec::new();
        for (start, entry) in self.cover(word) {
            let Some(entry) = self.entry(entry) else { continue };
            parts.push(Part {
                base: entry.base.as_str(),
                stem: entry.stem.as_str(),
                start,
            });
        }
        if parts.len() < 2 {
            return Vec::new();
        }
        // A listed part may be a compound itself.
        parts
            .into_iter()
            .flat_map(|part| {
                let inner = self.split(part.base);
                if inner.is_empty() {
                    vec![part]
                } else {
                    inner
                        .into_iter()
                        .map(|p| Part {
                            start: p.start + part.start,
                            ..p
                        })
                        .collect()
                }
            })
            .collect()
    }

    /// The cheapest way to cover the word with at least two segments: few and long ones.
    fn cover(&self, word: &str) -> Vec<(usize, u32)> {
        let n = word.len();
        // For each end: (cost, start of the last segment, its entry).
        let mut best: Vec<Option<(u32, usize, u32)>> = vec![None; n + 1];
        for start in 0..n {
            let cost = match (start, best.get(start).copied().flatten()) {
                (0, _) => 0,
                (_, Some((cost, _, _))) => cost,
                _ => continue,
            };
            for end in start + 3..=n.min(start + MAX_SEGMENT) {
                if (start == 0 && end == n) || (end < n && n - end < 3) {
                    continue;
                }
                let Some(segment) = word.get(start..end).and_then(|w| self.segments.get(w)) else {
                    continue;
                };
                let Some(entry) = (if end == n { segment.last } else { segment.first }) else {
                    continue;
                };
                let Some(base) = self.entry(entry).map(|e| e.base.len()) else {
                    continue;
                };
                let short = match base {
                    0..=3 => 7,
                    4 => 3,
                    _ => 0,
                };
                // A link that is spelled out costs a little: "verkehrs|zahl" before "verkehr|szahl".
                let total = cost + 10 + short + u32::from(end - start != base);
                if let Some(slot) = best.get_mut(end)
                    && slot.is_none_or(|(cost, _, _)| total < cost)
                {
                    *slot = Some((total, start, entry));
                }
            }
        }
        let mut segments = Vec::new();
        let mut end = n;
        while let Some((_, start, entry)) = best.get(end).copied().flatten() {
            segments.push((start, entry));
            end = start;
            if end == 0 {
                break;
            }
        }
        segments.reverse();
        segments
    }

    fn partial(&'static self, word: &str) -> Option<Part> {
        if word.len() < 8 || word.len() > MAX_WORD || !word.is_ascii() || self.segments.contains_key(word) {
            return None;
        }
        let part = |at: usize, entry: u32| {
            self.entry(entry).map(|e| Part {
                base: &e.base,
                stem: &e.stem,
                start: at,
            })
        };
        let tail = (3..=word.len() - 5).find_map(|at| {
            let entry = self.segments.get(word.get(at..)?)?.last?;
            part(at, entry).filter(|p| p.base.len() >= 5)
        });
        tail.or_else(|| {
            (6..=word.len() - 4).rev().find_map(|end| {
                let entry = self.segments.get(word.get(..end)?)?.first?;
                part(0, entry).filter(|p| p.base.len() >= 6)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold_word;
    use super::*;

    fn bases(word: &str) -> Vec<&'static str> {
        split(&fold_word(word)).into_iter().map(|p| p.base).collect()
    }

    #[test]
    fn compounds_fall_into_their_parts_with_and_without_linking_elements() {
        assert_eq!(bases("Verwaltungscloud"), ["verwaltung", "cloud"]);
        assert_eq!(bases("Verwaltungsclouds"), ["verwaltung", "cloud"]);
        assert_eq!(bases("Kindertageseinrichtung"), ["kind", "tag", "einrichtung"]);
        assert_eq!(bases("Ladesäulenregister"), ["lade", "saule", "register"]);
        assert_eq!(bases("Behördenarbeitsplatz"), ["behorde", "arbeitsplatz"]);
        assert_eq!(bases("Stadtbäume"), ["stadt", "baum"]);
        assert_eq!(bases("Straßenverkehr"), ["strasse", "verkehr"]);
    }

    #[test]
    fn simple_words_stay_whole() {
        for word in [
            "Haushalt",
            "Antrag",
            "Vorlage",
            "Unterlagen",
            "Verwaltung",
            "Anwendungen",
            "Information",
            "Organisation",
        ] {
            assert!(bases(word).is_empty(), "{word}: {:?}", bases(word));
        }
    }

    #[test]
    fn an_unknown_first_part_leaves_the_known_last_one() {
        assert_eq!(partial("xoodocockpit").map(|p| p.base), Some("cockpit"));
        assert_eq!(partial("xoodo"), None);
    }

    #[test]
    fn a_compound_of_three_contains_compounds_of_two() {
        let word = fold_word("Verkehrszählungssystem");
        assert_eq!(
            inner_compounds(&word, &split(&word)),
            ["zaehlungssystem", "verkehrszaehlung"]
        );
    }
}
