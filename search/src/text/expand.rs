//! What a word of a query stands for, as far as the language alone can tell: itself, its family, its synonyms, its parts.
//!
//! This depends on nothing but the word and the lists of the repository, so a plan need not carry it.

use super::compound;
use super::fold::fold_word;
use super::stem::stem;
use super::thesaurus::{SYNONYM, concepts_from, is_light, ties};
use super::tokens::{Word, camel_parts};

/// A compound is found by its parts standing apart, in hundredths.
const PARTS: u8 = 62;
/// Nearly the same: the words of a group, joined.
const JOINED: u8 = 96;
/// The last part of a compound alone, and any other part alone.
const LAST_PART: u8 = 30;
const OTHER_PART: u8 = 18;

/// One way in which a document can satisfy a word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    /// It has a term.
    Term(Tie),
    /// It has all of several things, each of which goes by several terms.
    All {
        /// The things.
        parts: Vec<Vec<Tie>>,
        /// What it counts, in hundredths.
        factor: u8,
    },
}

/// A term with what it counts, in hundredths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tie {
    pub(super) term: String,
    pub(super) factor: u8,
}

/// What a word of a query stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expansion {
    /// The folded word, without hyphens and spaces.
    pub(super) form: String,
    pub(super) stem: String,
    /// The ways to satisfy it.
    pub(super) leaves: Vec<Leaf>,
    /// Further ways if too few documents satisfy it: its last part alone.
    pub(super) last_part: Vec<Leaf>,
    /// Further ways if still none does: any other part alone.
    pub(super) other_parts: Vec<Leaf>,
    /// Whether the language knows the word, so that it is no typing error.
    pub(super) known: bool,
}

impl Expansion {
    /// Expands a word, a hyphenated word, or a group of words that is one concept.
    pub(super) fn of(text: &str) -> Self {
        let raw: Vec<&str> = text
            .split(|c: char| c == '-' || c.is_whitespace())
            .filter(|w| !w.is_empty())
            .collect();
        let words: Vec<Word> = raw.iter().filter_map(|w| Word::new(w)).collect();
        let form: String = words.iter().map(|w| w.form.as_str()).collect();
        let mut expansion = Self {
            stem: stem(&form),
            form,
            ..Self::default()
        };
        let mut parts: Vec<String> = Vec::new();
        if let [word] = words.as_slice() {
            parts.extend(compound::split(&word.form).iter().map(|p| p.stem.to_owned()));
            expansion.known = !parts.is_empty() || compound::is_known(&word.form);
            if parts.is_empty() {
                parts.extend(raw.iter().flat_map(|w| camel_parts(w)).map(|p| stem(&fold_word(&p))));
            }
            expansion.add_term(&word.stem, 100);
        } else {
            parts.extend(words.iter().filter(|w| !w.stop).map(|w| w.stem.clone()));
            let stems: Vec<&str> = words.iter().map(|w| w.stem.as_str()).collect();
            let concept = stems
                .first()
                .and_then(|f| concepts_from(f).iter().find(|c| c.stems == stems));
            expansion.known = concept.is_some();
            if let Some(concept) = concept {
                expansion.add_term(&concept.term, 100);
            }
            let joined = expansion.stem.clone();
            expansion.add_term(&joined, if concept.is_some() { JOINED } else { 100 });
        }
        expansion.known |= !ties(&expansion.stem).is_empty();
        expansion.add_parts(&parts);
        expansion
    }

    fn add_term(&mut self, term: &str, factor: u8) {
        add_tie(&mut self.leaves, term, factor);
        for (other, weight) in ties(term) {
            add_tie(&mut self.leaves, other, scale(*weight, factor));
        }
    }

    fn add_parts(&mut self, parts: &[String]) {
        let named: Vec<Vec<Tie>> = parts.iter().map(|part| names_of(part)).collect();
        if let [.., last] = named.as_slice() {
            let light = last.first().is_some_and(|own| is_light(&own.term));
            if !light {
                self.last_part = last.iter().map(|tie| scaled(tie, LAST_PART)).collect();
            }
        }
        if let [others @ .., _] = named.as_slice() {
            self.other_parts = others.iter().flatten().map(|tie| scaled(tie, OTHER_PART)).collect();
        }
        if named.len() > 1 {
            self.leaves.push(Leaf::All {
                parts: named,
                factor: PARTS,
            });
        }
    }
}

/// A part of a compound by all its names, except the weakest.
fn names_of(part: &str) -> Vec<Tie> {
    let own = Tie {
        term: part.to_owned(),
        factor: 100,
    };
    let others = ties(part).iter().filter(|(_, weight)| *weight >= SYNONYM);
    std::iter::once(own)
        .chain(others.map(|(term, factor)| Tie {
            term: term.clone(),
            factor: *factor,
        }))
        .collect()
}

fn scaled(tie: &Tie, factor: u8) -> Leaf {
    Leaf::Term(Tie {
        term: tie.term.clone(),
        factor: scale(tie.factor, factor),
    })
}

fn scale(a: u8, b: u8) -> u8 {
    u8::try_from(u32::from(a) * u32::from(b) / 100).unwrap_or(u8::MAX)
}

/// Adds a term to the leaves, or raises what it counts there.
pub(super) fn add_tie(leaves: &mut Vec<Leaf>, term: &str, factor: u8) {
    for leaf in leaves.iter_mut() {
        if let Leaf::Term(tie) = leaf
            && tie.term == term
        {
            tie.factor = tie.factor.max(factor);
            return;
        }
    }
    leaves.push(Leaf::Term(Tie {
        term: term.to_owned(),
        factor,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compound_is_also_looked_for_by_its_parts() {
        let expansion = Expansion::of("Mängelmelder");
        assert!(expansion.known);
        let firsts = expansion.leaves.iter().find_map(|l| match l {
            Leaf::All { parts, .. } => parts
                .iter()
                .map(|p| p.first().map(|t| t.term.as_str()))
                .collect::<Option<Vec<_>>>(),
            Leaf::Term(_) => None,
        });
        assert_eq!(firsts.as_deref(), Some(&["mangel", "meld"][..]));
    }

    #[test]
    fn a_group_of_words_is_looked_for_as_one_concept() {
        let expansion = Expansion::of("künstliche Intelligenz");
        assert!(
            expansion
                .leaves
                .iter()
                .any(|l| matches!(l, Leaf::Term(t) if t.term == "ki"))
        );
    }
}
