//! From the text of a query to a plan.

use std::collections::VecDeque;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::corpus::Corpus;
use super::correct::Corrector;
use super::expand::Expansion;
use super::index::TextIndex;
use super::plan::{Correction, Group, Stretch, TextPlan};
use super::stem::stem;
use super::thesaurus::{concepts_from, is_light, ties};
use super::tokens::{Word, each_token, is_stop_word};

/// Most words of a query that are looked at.
const MAX_WORDS: usize = 24;
/// Most words that count: the rarest ones.
const MAX_GROUPS: usize = 8;
/// Most unknown words that are corrected.
const MAX_CORRECTIONS: usize = 4;
/// If fewer documents have a word, its parts are tried; if fewer have all words, those with most of them count, too.
const FEW: u64 = 10;
/// If fewer documents have even the last part of a word, its other parts are tried alone.
const VERY_FEW: u64 = 4;
/// A document that has not all words needs so much of their weight, in hundredths.
const ENOUGH: u32 = 40;
/// Most words of the catalogue that one word is completed to.
const MAX_COMPLETIONS: usize = 24;
/// Most words of the catalogue that are looked at for that.
const MAX_SCANNED: usize = 2_000;
/// A word that goes on where the typed one ends, and one of which an unlisted word is a part, in hundredths.
const COMPLETION: u8 = 52;
const UNLISTED_PART: u8 = 62;
/// Shorter words are abbreviations and match whole words only.
const MIN_COMPLETED: usize = 4;
/// What may stand between two words that the catalogue writes as one.
const LINKS: [&str; 7] = ["", "s", "es", "n", "en", "er", "e"];

/// A word of a query, or several that are one concept.
struct Asked<'q> {
    text: &'q str,
    /// Whether the query ends here: the word may not be typed to its end.
    last: bool,
    words: Vec<Word>,
}

/// A word of a query on its way to become a group.
struct Draft {
    group: Group,
    expansion: Expansion,
    /// The words one by one, if it is a group of words.
    apart: Vec<String>,
}

impl Draft {
    fn new(text: &str, apart: Vec<String>) -> Self {
        let expansion = Expansion::of(text);
        Self {
            group: Group::of(text.to_owned(), &expansion),
            expansion,
            apart,
        }
    }
}

impl TextIndex {
    /// Understands a query to all documents of the index.
    pub fn plan(&self, query: &str) -> TextPlan {
        Corpus::public(self).plan(query)
    }
}

impl Corpus<'_> {
    /// Understands a query: phrases in quotes, words, their expansion and correction, and freezes the weights. Only words of
    /// public documents correct others.
    pub fn plan(&self, query: &str) -> TextPlan {
        let (unquoted, quoted) = split_quotes(query);
        let mut plan = TextPlan::default();
        for phrase in quoted {
            self.add_phrase(&mut plan, phrase);
        }
        let mut sets: Vec<RoaringBitmap> = plan.groups.iter().map(|group| self.group_docs(group)).collect();
        let mut corrector = Corrector::new(self.public, MAX_CORRECTIONS);
        let mut drafts = VecDeque::from(self.drafts(&unquoted));
        while let Some(draft) = drafts.pop_front() {
            let Draft {
                mut group,
                mut expansion,
                apart,
            } = draft;
            let mut set = self.group_docs(&group);
            if set.is_empty() && apart.len() > 1 {
                // Nobody writes of it as one thing: then word by word.
                for word in apart.iter().rev() {
                    drafts.push_front(Draft::new(word, Vec::new()));
                }
                continue;
            }
            if set.is_empty()
                && !expansion.known
                && let Some(known) = corrector.nearest(&expansion)
            {
                plan.corrections.push(Correction {
                    from: group.text,
                    to: known.clone(),
                });
                expansion = Expansion::of(&known);
                group = Group::of(known, &expansion);
                set = self.group_docs(&group);
            }
            for (stretch, least) in [(Stretch::LastPart, FEW), (Stretch::AnyPart, VERY_FEW)] {
                if set.len() < least && group.stretch_to(stretch, &expansion) {
                    set = self.group_docs(&group);
                }
            }
            if set.is_empty() {
                plan.unmatched.push(group.text);
            } else {
                group.weight = self.weight(set.len()) / if is_light(&expansion.stem) { 2 } else { 1 };
                plan.groups.push(group);
                sets.push(set);
            }
        }
        self.settle(plan, sets)
    }

    /// The words of a query with all that the language and the vocabulary of the catalogue say about them.
    fn drafts(&self, query: &str) -> Vec<Draft> {
        let asked = asked(query);
        let mut drafts: Vec<Draft> = Vec::new();
        for one in asked.iter().take(MAX_WORDS) {
            let apart = one.words.iter().filter(|w| !w.stop).map(|w| w.form.clone()).collect();
            let mut draft = Draft::new(one.text, apart);
            if !drafts.iter().any(|known| known.expansion.stem == draft.expansion.stem) {
                self.add_vocabulary(&mut draft.group, &draft.expansion, one);
                drafts.push(draft);
            }
        }
        self.add_joined(&asked, &mut drafts);
        drafts
    }

    /// Keeps the rarest words and decides how much of them a document needs.
    fn settle(&self, mut plan: TextPlan, mut sets: Vec<RoaringBitmap>) -> TextPlan {
        while plan.groups.len() > MAX_GROUPS {
            let lightest = (0..plan.groups.len())
                .rev()
                .min_by_key(|at| plan.groups.get(*at).map_or(0, |g| g.weight));
            let Some(at) = lightest else { break };
            plan.groups.remove(at);
            sets.remove(at);
        }
        let total: u32 = plan.groups.iter().map(|g| u32::from(g.weight)).sum();
        plan.required = total;
        let mut docs = self.combine(&plan, &sets);
        if docs.len() < FEW && plan.groups.len() > 1 {
            plan.required = (total * ENOUGH).div_ceil(100);
            docs = self.combine(&plan, &sets);
        }
        // What is hidden is evaluated again; mostly that is little.
        plan.matched = Some((self.public.generation, Arc::new(self.of_public(docs))));
        plan
    }

    /// The weight of a word that so many documents have: 16 ln(1 + N/n).
    fn weight(&self, docs: u64) -> u16 {
        #[allow(clippy::cast_precision_loss, reason = "counts of documents are far below 2^52")]
        let ratio = 1.0 + self.len() as f64 / docs.max(1) as f64;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 4 and 16 ln(2^32)"
        )]
        let weight = (16.0 * ratio.ln()).round().clamp(4.0, 400.0) as u16;
        weight
    }

    /// A phrase in quotes: each of its words stands for itself, and they must stand next to each other.
    fn add_phrase(&self, plan: &mut TextPlan, phrase: &str) {
        let mut words: Vec<Word> = Vec::new();
        each_token(phrase, |token, _| words.extend(token.split('-').filter_map(Word::new)));
        words.truncate(MAX_WORDS);
        let counting = words.iter().any(|w| !w.stop);
        for word in words.iter().filter(|w| !counting || !w.stop) {
            let known = plan
                .groups
                .iter()
                .any(|g| g.extra.iter().any(|(term, _)| *term == word.stem));
            if !known {
                let mut group = Group::of(String::new(), &Expansion::default());
                group.add_extra(word.stem.clone(), 100);
                group.weight = self.weight(self.term_docs(&word.stem));
                plan.groups.push(group);
            }
        }
        if !words.is_empty() {
            plan.phrases.push(words.into_iter().map(|w| w.stem).collect());
        }
    }

    /// What the catalogue's own vocabulary adds: words that go on where the last one ends, and compounds with an unlisted word.
    fn add_vocabulary(&self, group: &mut Group, expansion: &Expansion, asked: &Asked<'_>) {
        let form = expansion.form.as_str();
        if form.len() < MIN_COMPLETED
            || asked.words.len() != 1
            || (expansion.known && self.term_docs(&expansion.stem) > 0)
        {
            return;
        }
        let mut longer = self.forms_with_prefix(form, MAX_SCANNED);
        longer.retain(|(other, _)| *other != form);
        longer.sort_by(|(x, a), (y, b)| b.cmp(a).then_with(|| x.cmp(y)));
        longer.retain(|(other, _)| asked.last || self.is_word(other.get(form.len()..).unwrap_or_default()));
        for (other, _) in longer.into_iter().take(MAX_COMPLETIONS) {
            let part = self.is_word(other.get(form.len()..).unwrap_or_default());
            group.add_extra(stem(other), if part { UNLISTED_PART } else { COMPLETION });
        }
        let ending = self.forms_with_suffix(form, MAX_COMPLETIONS);
        for other in ending.into_iter().filter(|o| o.len() >= form.len() + 3) {
            group.add_extra(stem(&other), UNLISTED_PART);
        }
    }

    /// Whether the rest of a compound is a word, behind a linking element.
    fn is_word(&self, rest: &str) -> bool {
        LINKS
            .iter()
            .filter_map(|link| rest.strip_prefix(link))
            .any(|word| word.len() >= MIN_COMPLETED && (super::compound::is_known(word) || self.has_form(word)))
    }

    /// Two words of the query that the catalogue writes as one satisfy both.
    fn add_joined(&self, asked: &[Asked<'_>], drafts: &mut [Draft]) {
        for pair in asked.windows(2) {
            let [a, b] = pair else { continue };
            let (Some(first), Some(second)) = (a.words.last(), b.words.first()) else {
                continue;
            };
            for link in LINKS {
                let joined = stem(&format!("{}{link}{}", first.form, second.form));
                if self.term_docs(&joined) == 0 {
                    continue;
                }
                for one in [a, b] {
                    if let Some(draft) = drafts.iter_mut().find(|d| d.group.text == one.text) {
                        draft.group.add_extra(joined.clone(), 100);
                    }
                }
            }
        }
    }
}

/// The words of a query that count; all of them, if none would.
fn asked(query: &str) -> Vec<Asked<'_>> {
    let mut tokens: Vec<(&str, usize)> = Vec::new();
    each_token(query, |token, at| tokens.push((token, at)));
    tokens.truncate(64);
    let end = query.len();
    let words: Vec<Vec<Word>> = tokens
        .iter()
        .map(|(t, _)| t.split('-').filter_map(Word::new).collect())
        .collect();
    let mut found: Vec<Asked<'_>> = Vec::new();
    let mut at = 0;
    while let Some((token, start)) = tokens.get(at).copied() {
        let count = concept_length(words.get(at..).unwrap_or_default());
        let last_token = tokens.get(at + count - 1).copied().unwrap_or((token, start));
        let stop = last_token.1 + last_token.0.len();
        let own: Vec<Word> = words.get(at..at + count).unwrap_or_default().concat();
        if let Some(text) = query.get(start..stop).filter(|_| !own.is_empty()) {
            found.push(Asked {
                text,
                last: stop == end,
                words: own,
            });
        }
        at += count;
    }
    let counts = |one: &Asked<'_>| one.words.len() > 1 || one.words.iter().any(|w| !is_stop_word(&w.form));
    if found.iter().any(counts) {
        found.retain(counts);
    }
    found
}

/// How many tokens at the beginning make up one concept; one, if there is none.
fn concept_length(words: &[Vec<Word>]) -> usize {
    let flat: Vec<(usize, &str)> = words
        .iter()
        .enumerate()
        .flat_map(|(at, words)| words.iter().map(move |w| (at, w.stem.as_str())))
        .collect();
    let Some((_, first)) = flat.first() else { return 1 };
    if let [a, b, ..] = words
        && let ([first], [second]) = (a.as_slice(), b.as_slice())
        && is_written_as_one(first, second)
    {
        return 2;
    }
    for concept in concepts_from(first) {
        let n = concept.stems.len();
        let same = flat.len() >= n && flat.iter().zip(&concept.stems).all(|((_, a), b)| a == b);
        // It must end where a token ends.
        let Some((last, _)) = n.checked_sub(1).and_then(|at| flat.get(at)) else {
            continue;
        };
        if same && flat.get(n).is_none_or(|(next, _)| next != last) {
            return last + 1;
        }
    }
    1
}

/// Whether the thesaurus knows two words as one ("Passwort Manager").
fn is_written_as_one(first: &Word, second: &Word) -> bool {
    let joined = stem(&format!("{}{}", first.form, second.form));
    !first.stop && !second.stop && joined != first.stem && joined != second.stem && !ties(&joined).is_empty()
}

/// Takes phrases in quotes out of a query; a quote that is not closed is none.
fn split_quotes(query: &str) -> (String, Vec<&str>) {
    let is_quote = |c: char| matches!(c, '"' | '„' | '“' | '”' | '«' | '»' | '‟');
    let mut plain = String::with_capacity(query.len());
    let mut quoted = Vec::new();
    let mut rest = query;
    while let Some(open) = rest.find(is_quote) {
        let width = rest
            .get(open..)
            .and_then(|r| r.chars().next())
            .map_or(1, char::len_utf8);
        let Some((before, after)) = rest.get(..open).zip(rest.get(open + width..)) else {
            break;
        };
        plain.push_str(before);
        plain.push(' ');
        let Some(close) = after.find(is_quote) else {
            rest = after;
            continue;
        };
        let width = after
            .get(close..)
            .and_then(|r| r.chars().next())
            .map_or(1, char::len_utf8);
        quoted.extend(after.get(..close).filter(|p| p.chars().any(char::is_alphanumeric)));
        rest = after.get(close + width..).unwrap_or_default();
    }
    plain.push_str(rest);
    (plain, quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_taken_out_of_the_query() {
        assert_eq!(split_quotes("a \"b c\" d"), ("a   d".to_owned(), vec!["b c"]));
        assert_eq!(split_quotes("„b c“ «d»").1, ["b c", "d"]);
        assert_eq!(split_quotes("a \"b"), ("a  b".to_owned(), vec![]));
    }

    #[test]
    fn stop_words_count_only_where_nothing_else_does() {
        let texts = |q| asked(q).into_iter().map(|a| a.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(texts("Sitzungen des Gemeinderats"), ["Sitzungen", "Gemeinderats"]);
        assert_eq!(texts("der die"), ["der", "die"]);
        assert_eq!(
            texts("künstliche Intelligenz im Amt"),
            ["künstliche Intelligenz", "Amt"]
        );
    }
}
