//! Correction of typing errors: the nearest word that the catalogue knows.
//!
//! One error (a letter too many, too few, wrong, or two swapped) is forgiven from four letters, two from eight. One error is
//! looked for by trying all variants of the word; two by walking the sorted dictionary and skipping what cannot match.

use super::compound;
use super::expand::Expansion;
use super::index::TextIndex;

/// Shortest word that is corrected.
const MIN_WORD: usize = 4;
/// Shortest word in which two errors are forgiven.
const MIN_FOR_TWO: usize = 8;
/// Longest word that is corrected, in bytes.
const MAX_WORD: usize = 48;
/// Most words of the dictionary that one walk looks at: a bound on its work.
const MAX_STEPS: usize = 60_000;
/// Longest ending of an inflected word.
const MAX_ENDING: usize = 6;
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// A word of the dictionary at some distance: nearer ones sort first, then those with the same first letter, then frequent ones.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    distance: u8,
    other_initial: bool,
    docs: std::cmp::Reverse<u64>,
    /// What to search for instead.
    word: String,
}

/// Corrects the words of one query, a limited number of them.
pub(super) struct Corrector<'i> {
    index: &'i TextIndex,
    left: usize,
}

impl<'i> Corrector<'i> {
    pub(super) fn new(index: &'i TextIndex, limit: usize) -> Self {
        Self { index, left: limit }
    }

    /// The nearest known word, as the catalogue spells it.
    pub(super) fn nearest(&mut self, word: &Expansion) -> Option<String> {
        let form = word.form.as_str();
        let plain = form.bytes().all(|b| b.is_ascii_alphanumeric()) && form.bytes().any(|b| b.is_ascii_alphabetic());
        if self.left == 0 || !plain || !(MIN_WORD..=MAX_WORD).contains(&form.len()) {
            return None;
        }
        self.left -= 1;
        let mut best = self.one_error(form, &word.stem);
        if best.is_none() && form.len() >= MIN_FOR_TWO {
            best = self.two_errors(form, &word.stem);
        }
        best.map(|candidate| candidate.word)
    }

    fn one_error(&self, form: &str, stem: &str) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        let mut take = |candidate: Candidate| {
            if best.as_ref().is_none_or(|b| candidate < *b) {
                best = Some(candidate);
            }
        };
        each_variant(form, |variant| {
            let docs = u64::from(self.index.dictionary.form_docs(variant));
            if docs > 0 {
                take(Candidate {
                    distance: 1,
                    other_initial: variant.as_bytes().first() != form.as_bytes().first(),
                    docs: std::cmp::Reverse(docs),
                    word: self.index.dictionary.display(variant).unwrap_or(variant).to_owned(),
                });
            }
        });
        if stem.len() >= MIN_WORD {
            each_variant(stem, |variant| {
                if let Some(postings) = self.index.postings_of(variant)
                    && let Some(word) = self.word_of(variant)
                {
                    take(Candidate {
                        distance: 1,
                        other_initial: variant.as_bytes().first() != stem.as_bytes().first(),
                        docs: std::cmp::Reverse(postings.len()),
                        word,
                    });
                }
            });
        }
        best
    }

    /// A spelling of a stem: of the most frequent word with it, or else as it is listed.
    fn word_of(&self, stem: &str) -> Option<String> {
        let forms = self.index.dictionary.forms_with_prefix(stem).take(MAX_STEPS / 64);
        let same = forms.filter(|(form, _)| super::stem::stem(form) == stem);
        let best = same.max_by(|(x, a), (y, b)| a.cmp(b).then_with(|| y.cmp(x)));
        let spelling = best
            .and_then(|(form, _)| self.index.dictionary.display(form))
            .map(str::to_owned);
        spelling.or_else(|| compound::word_of_stem(stem).map(str::to_owned))
    }

    fn two_errors(&self, form: &str, stem: &str) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        walk(self.index, stem.as_bytes(), 2, |found, docs| {
            let distance = distance(form, found).min(distance(stem, &super::stem::stem(found)));
            let candidate = Candidate {
                distance,
                other_initial: found.as_bytes().first() != form.as_bytes().first(),
                docs: std::cmp::Reverse(u64::from(docs)),
                word: found.to_owned(),
            };
            if distance <= 2 && best.as_ref().is_none_or(|b| candidate < *b) {
                best = Some(candidate);
            }
        });
        best.map(|b| Candidate {
            word: self.index.dictionary.display(&b.word).unwrap_or(&b.word).to_owned(),
            ..b
        })
    }
}

/// The number of errors between two words.
fn distance(a: &str, b: &str) -> u8 {
    Rows::new(a.as_bytes())
        .advance(b.as_bytes(), u8::MAX - 1)
        .unwrap_or(u8::MAX)
}

/// Calls `found` with each word at one error from a word.
pub(super) fn each_variant(word: &str, mut found: impl FnMut(&str)) {
    let bytes = word.as_bytes();
    let mut variant: Vec<u8> = Vec::with_capacity(bytes.len() + 1);
    let mut call = |variant: &[u8]| {
        if let Ok(text) = std::str::from_utf8(variant) {
            found(text);
        }
    };
    for at in 0..=bytes.len() {
        let Some((before, after)) = bytes.split_at_checked(at) else {
            continue;
        };
        for letter in LETTERS {
            variant.clear();
            variant.extend_from_slice(before);
            variant.push(*letter);
            variant.extend_from_slice(after);
            call(&variant);
            if let [_, rest @ ..] = after {
                variant.clear();
                variant.extend_from_slice(before);
                variant.push(*letter);
                variant.extend_from_slice(rest);
                call(&variant);
            }
        }
        if let [first, rest @ ..] = after {
            variant.clear();
            variant.extend_from_slice(before);
            variant.extend_from_slice(rest);
            call(&variant);
            if let [second, rest @ ..] = rest {
                variant.clear();
                variant.extend_from_slice(before);
                variant.extend_from_slice(&[*second, *first]);
                variant.extend_from_slice(rest);
                call(&variant);
            }
        }
    }
}

/// Walks the sorted dictionary for words of which a beginning, without an ending of [`MAX_ENDING`] letters at most, is within a
/// distance of a stem. Rows of the distance table are shared by words with a common beginning; where a beginning cannot match
/// any more, the walk skips all words that have it.
fn walk(index: &TextIndex, stem: &[u8], limit: u8, mut found: impl FnMut(&str, u32)) {
    let mut rows = Rows::new(stem);
    let mut from: Vec<u8> = Vec::new();
    let mut steps = 0;
    loop {
        let mut skip: Option<Vec<u8>> = None;
        for (form, docs) in index.dictionary.forms_from(&from) {
            steps += 1;
            if steps > MAX_STEPS {
                return;
            }
            let dead = rows.advance(form.as_bytes(), limit).err();
            if dead.is_none() && rows.is_near(limit) {
                found(form, docs);
            }
            if let Some(dead) = dead {
                skip = successor(form.as_bytes().get(..dead).unwrap_or_default());
                if skip.is_none() {
                    return;
                }
                break;
            }
        }
        match skip {
            Some(next) => from = next,
            None => return,
        }
    }
}

/// The first byte string behind all that begin so.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut next = prefix.to_vec();
    while let Some(last) = next.pop() {
        if last < u8::MAX {
            next.push(last + 1);
            return Some(next);
        }
    }
    None
}

/// The table of distances between the beginnings of two words (optimal string alignment).
struct Rows {
    word: Vec<u8>,
    other: Vec<u8>,
    /// One row for each letter of `other`, and one before.
    table: Vec<Vec<u8>>,
}

impl Rows {
    fn new(word: &[u8]) -> Self {
        let first = (0..=u8::try_from(word.len()).unwrap_or(u8::MAX)).collect();
        Self {
            word: word.to_vec(),
            other: Vec::new(),
            table: vec![first],
        }
    }

    /// The distance to a word, or the length of its beginning that is too far already.
    fn advance(&mut self, other: &[u8], limit: u8) -> Result<u8, usize> {
        let common = self.other.iter().zip(other).take_while(|(a, b)| a == b).count();
        self.other.truncate(common);
        self.table.truncate(common + 1);
        for letter in other.iter().skip(common) {
            let (row, least) = self.next_row(*letter);
            let before = self.table.last().and_then(|r| r.iter().min().copied()).unwrap_or(0);
            self.other.push(*letter);
            self.table.push(row);
            // A swap reaches two rows back.
            if least > limit && before >= limit && !self.is_near(limit) {
                return Err(self.other.len());
            }
        }
        Ok(self.table.last().and_then(|row| row.last().copied()).unwrap_or(u8::MAX))
    }

    /// Whether a beginning of the other word, without a short ending, is within a distance.
    fn is_near(&self, limit: u8) -> bool {
        self.table
            .iter()
            .rev()
            .take(MAX_ENDING + 1)
            .any(|row| row.last().is_some_and(|d| *d <= limit))
    }

    fn next_row(&self, letter: u8) -> (Vec<u8>, u8) {
        let get = |row: Option<&Vec<u8>>, at: usize| row.and_then(|r| r.get(at)).copied().unwrap_or(u8::MAX);
        let (last, before) = (
            self.table.last(),
            self.table.len().checked_sub(2).and_then(|r| self.table.get(r)),
        );
        let mut next: Vec<u8> = Vec::with_capacity(self.word.len() + 1);
        next.push(get(last, 0).saturating_add(1));
        let mut minimum = get(Some(&next), 0);
        for (at, own) in self.word.iter().enumerate() {
            let same = u8::from(*own != letter);
            let mut value = get(last, at).saturating_add(same);
            value = value
                .min(get(last, at + 1).saturating_add(1))
                .min(get(Some(&next), at).saturating_add(1));
            if let Some(previous) = at.checked_sub(1).and_then(|p| self.word.get(p))
                && *previous == letter
                && self.other.last() == Some(own)
            {
                value = value.min(get(before, at - 1).saturating_add(1));
            }
            minimum = minimum.min(value);
            next.push(value);
        }
        (next, minimum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_more_less_or_other_and_two_swapped_are_one_error() {
        for other in ["umfrage", "umfagen", "umfrag", "mufrage", "umfarge"] {
            assert!(distance("umfrage", other) <= 2, "{other}");
        }
        assert_eq!(distance("elterngeld", "elterngled"), 1);
        assert_eq!(distance("keycloak", "keyclaok"), 1);
        assert_eq!(distance("wahl", "wahl"), 0);
        assert_eq!(distance("abc", ""), 3);
    }

    #[test]
    fn every_variant_is_one_error_away() {
        let mut count = 0;
        each_variant("kiez", |variant| {
            count += 1;
            assert!(distance("kiez", variant) <= 1, "{variant}");
        });
        assert!(count > 300);
    }
}
