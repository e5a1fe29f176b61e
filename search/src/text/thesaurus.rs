//! Synonyms, word families and related words: what else a term of a query may be called in a text.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::data;
use super::stem::{stem, verbs};
use super::tokens::{Word, each_token};

/// How much a leaf of a query counts, in hundredths of the word itself.
const FAMILY: u8 = 88;
pub(super) const SYNONYM: u8 = 66;
const RELATED: u8 = 34;
/// A separable verb finds its base, because a sentence may set the prefix far off ("rufen … ab").
const BASE_VERB: u8 = 36;
/// What counts less than this after two steps is left out.
const LEAST: u8 = 22;
/// Most ties of one term.
const MAX_TIES: usize = 40;

/// A group of words that a text is searched for as one term, because it means one thing: "künstliche Intelligenz".
#[derive(Debug)]
pub(super) struct Concept {
    /// The stems in their order.
    pub(super) stems: Vec<String>,
    /// The term under which a text that contains the group is posted.
    pub(super) term: String,
}

pub(super) struct Thesaurus {
    /// First stem of a group → the groups, longest first.
    concepts: FxHashMap<String, Vec<Concept>>,
    /// Term → other terms with their weights.
    ties: FxHashMap<String, Vec<(String, u8)>>,
    light: FxHashSet<String>,
}

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(Thesaurus::load);

/// Other terms for a term, with their weights in hundredths.
pub(super) fn ties(term: &str) -> &'static [(String, u8)] {
    THESAURUS.ties.get(term).map_or(&[], Vec::as_slice)
}

/// The groups that begin with a stem, longest first.
pub(super) fn concepts_from(stem: &str) -> &'static [Concept] {
    THESAURUS.concepts.get(stem).map_or(&[], Vec::as_slice)
}

/// Whether a stem says little about what is looked for.
pub(super) fn is_light(stem: &str) -> bool {
    THESAURUS.light.contains(stem)
}

impl Thesaurus {
    fn load() -> Self {
        let mut thesaurus = Self {
            concepts: FxHashMap::default(),
            ties: FxHashMap::default(),
            light: data::words(data::LIGHT_WORDS)
                .filter_map(Word::new)
                .map(|w| w.stem)
                .collect(),
        };
        for (list, weight) in [(data::FAMILIES, FAMILY), (data::SYNONYMS, SYNONYM)] {
            for line in data::lines(list) {
                let terms: Vec<String> = line.split(',').filter_map(|entry| thesaurus.term(entry)).collect();
                for term in &terms {
                    thesaurus.tie(term, &terms, weight);
                }
            }
        }
        for line in data::lines(data::RELATED) {
            let Some((from, to)) = line.split_once('>') else {
                continue;
            };
            let to: Vec<String> = to.split(',').filter_map(|entry| thesaurus.term(entry)).collect();
            if let Some(from) = thesaurus.term(from) {
                thesaurus.tie(&from, &to, RELATED);
            }
        }
        for verb in verbs() {
            if let Some(base) = &verb.base {
                thesaurus.tie(&stem(&verb.infinitive), &[stem(base)], BASE_VERB);
            }
        }
        thesaurus.close();
        for concepts in thesaurus.concepts.values_mut() {
            concepts.sort_by(|a, b| b.stems.len().cmp(&a.stems.len()).then_with(|| a.term.cmp(&b.term)));
        }
        thesaurus
    }

    /// Adds what is two steps away: the family of a synonym, the related words of both. Two synonyms in a row lead astray.
    fn close(&mut self) {
        let direct = self.ties.clone();
        for (term, ties) in &mut self.ties {
            let mut further: Vec<(&String, u8)> = Vec::new();
            for (near, first) in direct.get(term).into_iter().flatten() {
                for (far, second) in direct.get(near).into_iter().flatten() {
                    let weight = u8::try_from(u32::from(*first) * u32::from(*second) / 100).unwrap_or(0);
                    if weight >= LEAST && far != term && (*first == FAMILY || (*first == SYNONYM && *second != SYNONYM))
                    {
                        further.push((far, weight));
                    }
                }
            }
            for (far, weight) in further {
                match ties.iter_mut().find(|(known, _)| known == far) {
                    Some((_, known)) => *known = weight.max(*known),
                    None => ties.push((far.clone(), weight)),
                }
            }
            ties.sort_by(|(x, a), (y, b)| b.cmp(a).then_with(|| x.cmp(y)));
            ties.truncate(MAX_TIES);
        }
    }

    /// The term of an entry; a group of words becomes a concept.
    fn term(&mut self, entry: &str) -> Option<String> {
        let mut words: Vec<Word> = Vec::new();
        let mut hyphenated = false;
        each_token(entry, |token, _| {
            hyphenated |= token.contains('-');
            words.extend(token.split('-').filter_map(Word::new));
        });
        let stems: Vec<String> = words.iter().map(|w| w.stem.clone()).collect();
        let (first, rest) = stems.split_first()?;
        if rest.is_empty() {
            return Some(first.clone());
        }
        // "E-Akte" is posted as "eakte" by every text that hyphenates it.
        if hyphenated && !entry.trim().contains(' ') && words.len() == 2 {
            return Some(super::stem::stem(
                &words.iter().map(|w| w.form.as_str()).collect::<String>(),
            ));
        }
        let term = stems.join(" ");
        let known = self.concepts.entry(first.clone()).or_default();
        if !known.iter().any(|c| c.term == term) {
            known.push(Concept {
                stems,
                term: term.clone(),
            });
        }
        Some(term)
    }

    fn tie(&mut self, from: &str, to: &[String], weight: u8) {
        let ties = self.ties.entry(from.to_owned()).or_default();
        for term in to.iter().filter(|t| *t != from) {
            match ties.iter_mut().find(|(known, _)| known == term) {
                Some((_, known)) => *known = weight.max(*known),
                None => ties.push((term.clone(), weight)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::fold_word;
    use crate::text::stem::stem;

    fn tied(a: &str, b: &str) -> bool {
        ties(&stem(&fold_word(a)))
            .iter()
            .any(|(term, _)| *term == stem(&fold_word(b)))
    }

    #[test]
    fn synonyms_find_each_other_both_ways() {
        assert!(tied("Videokonferenz", "Webkonferenz") && tied("Webkonferenz", "Videokonferenz"));
        assert!(tied("KI", "AI"));
    }

    #[test]
    fn related_words_find_each_other_one_way() {
        assert!(tied("Umwelt", "Abfall"));
        assert!(!tied("Abfall", "Umwelt"));
    }

    #[test]
    fn a_group_of_words_is_one_term() {
        assert!(ties("ki").iter().any(|(term, _)| term.contains(' ')));
    }
}
