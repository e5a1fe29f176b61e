//! From a text to its words.
//!
//! A token is a run of letters and digits; single hyphens inside belong to it ("OZG-Cloud"). Everything about a token that does
//! not depend on its place is worked out once per spelling by [`Analysis::of`].

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::compound;
use super::data;
use super::fold::fold_word;
use super::stem::stem;

/// Longest token that is kept, in bytes; the rest of it is ignored.
const MAX_TOKEN: usize = 120;
/// Most words of one hyphenated token that are looked at.
const MAX_WORDS: usize = 12;

static STOP_WORDS: LazyLock<FxHashSet<String>> =
    LazyLock::new(|| data::words(data::STOP_WORDS).map(fold_word).collect());

/// Whether a folded word is a stop word.
pub(super) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(word)
}

/// One word of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The folded spelling.
    pub(super) form: String,
    /// Its stem.
    pub(super) stem: String,
    /// Whether it counts only in names.
    pub(super) stop: bool,
}

impl Word {
    pub(super) fn new(raw: &str) -> Option<Self> {
        let form = fold_word(raw);
        (!form.is_empty()).then(|| Self {
            stem: stem(&form),
            stop: is_stop_word(&form),
            form,
        })
    }
}

/// How a term stands in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// As a word of its own.
    Whole = 0,
    /// As a part of a compound or of a name written together.
    Part = 1,
    /// As a stop word: it has postings in names only.
    Stop = 2,
}

/// All that a spelling contributes to a document, wherever it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Analysis {
    /// The words, from left to right; more than one where it is hyphenated.
    pub(super) words: Vec<Word>,
    /// The spellings joined over the hyphens ("E-Mail" → "email").
    pub(super) joined: Vec<String>,
    /// The terms with their kinds, each once.
    pub(super) terms: Vec<(String, Kind)>,
}

impl Analysis {
    /// Analyses one token as it is spelled in a text.
    pub(super) fn of(token: &str) -> Self {
        let mut analysis = Self::default();
        let mut parts: Vec<String> = Vec::new();
        for raw in token.split('-').take(MAX_WORDS) {
            let Some(word) = Word::new(raw) else { continue };
            parts.extend(
                camel_parts(raw)
                    .into_iter()
                    .filter_map(|p| Word::new(&p))
                    .map(|w| w.stem),
            );
            add_compound_parts(&word.form, &mut parts);
            analysis.add(word.stem.clone(), if word.stop { Kind::Stop } else { Kind::Whole });
            analysis.words.push(word);
        }
        analysis.join();
        // The whole token is last; two of more words are a part of it.
        for (back, joined) in analysis.joined.clone().iter().rev().enumerate() {
            analysis.add(stem(joined), if back == 0 { Kind::Whole } else { Kind::Part });
        }
        for part in parts {
            analysis.add(part, Kind::Part);
        }
        analysis
    }

    fn join(&mut self) {
        let forms: Vec<&str> = self.words.iter().map(|w| w.form.as_str()).collect();
        let mut joined: Vec<String> = forms.windows(2).map(<[&str]>::concat).collect();
        if forms.len() > 2 {
            joined.push(forms.concat());
        }
        self.joined = joined;
    }

    fn add(&mut self, term: String, kind: Kind) {
        if !self.terms.iter().any(|(known, _)| *known == term) {
            self.terms.push((term, kind));
        }
    }
}

/// The stems of the parts of a folded word, and of the compounds inside it.
fn add_compound_parts(form: &str, out: &mut Vec<String>) {
    let parts = compound::split(form);
    if parts.is_empty() {
        out.extend(compound::partial(form).map(|p| p.stem.to_owned()));
        return;
    }
    out.extend(parts.iter().map(|p| p.stem.to_owned()));
    out.extend(compound::inner_compounds(form, &parts).iter().map(|inner| stem(inner)));
}

/// The parts of a name written together with capitals inside (`ElterngeldDigital`, `BundID`), as far as they can stand for
/// themselves: three letters at least, or an abbreviation at the end.
pub(super) fn camel_parts(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut parts: Vec<String> = Vec::new();
    let mut current = String::new();
    for (at, &c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|b| letters.get(b)).copied();
        let after = letters.get(at + 1).copied();
        let up = c.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || b.is_numeric());
        let run_ends = c.is_uppercase()
            && before.is_some_and(char::is_uppercase)
            && after.is_some_and(char::is_lowercase)
            && letters.iter().skip(at + 1).take_while(|l| l.is_lowercase()).count() >= 2;
        if (up || run_ends) && !current.is_empty() {
            parts.push(std::mem::take(&mut current));
        }
        current.push(c);
    }
    if parts.is_empty() {
        return parts;
    }
    let last_is_abbreviation = current.chars().count() >= 2 && current.chars().all(char::is_uppercase);
    let keep_last = last_is_abbreviation || current.chars().count() >= 3;
    parts.retain(|p| p.chars().count() >= 3);
    if keep_last {
        parts.push(current);
    }
    parts
}

/// What a byte is to the tokenizer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Hyphen,
    /// Part of a character beyond ASCII: looked at as a whole.
    Wide,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut b = 0;
    while b < 256 {
        #[allow(clippy::cast_possible_truncation, reason = "b is below 256")]
        let byte = b as u8;
        #[allow(clippy::indexing_slicing, reason = "b is below 256, and constants cannot iterate")]
        {
            classes[b] = if byte.is_ascii_alphanumeric() {
                Class::Letter
            } else if byte == b'-' {
                Class::Hyphen
            } else if byte >= 0x80 {
                Class::Wide
            } else {
                Class::Other
            };
        }
        b += 1;
    }
    classes
};

/// Calls `token` with each token of a text and its place in bytes.
pub(super) fn each_token<'t>(text: &'t str, mut token: impl FnMut(&'t str, usize)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let (class, len) = classify(text, at, byte);
        if class != Class::Letter {
            at += len;
            continue;
        }
        let start = at;
        let mut end = at + len;
        at = end;
        while let Some(&byte) = bytes.get(at) {
            let (class, len) = classify(text, at, byte);
            match class {
                Class::Letter => {
                    at += len;
                    end = at;
                }
                // A hyphen belongs to the token only between letters.
                Class::Hyphen if at == end => at += len,
                _ => break,
            }
        }
        if let Some(found) = text.get(start..end) {
            token(cut(found), start);
        }
    }
}

#[inline]
fn classify(text: &str, at: usize, byte: u8) -> (Class, usize) {
    match CLASSES.get(usize::from(byte)) {
        Some(Class::Wide) => classify_wide(text, at),
        Some(class) => (*class, 1),
        None => (Class::Other, 1),
    }
}

fn classify_wide(text: &str, at: usize) -> (Class, usize) {
    let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
        return (Class::Other, 1);
    };
    let class = match c {
        '\u{2010}' | '\u{2011}' => Class::Other,
        // Combining accents and soft hyphens stand inside words.
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' => Class::Letter,
        _ if c.is_alphanumeric() => Class::Letter,
        _ => Class::Other,
    };
    (class, c.len_utf8())
}

fn cut(token: &str) -> &str {
    if token.len() <= MAX_TOKEN {
        return token;
    }
    let mut end = MAX_TOKEN;
    while !token.is_char_boundary(end) {
        end -= 1;
    }
    token.get(..end).unwrap_or(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        each_token(text, |token, _| found.push(token));
        found
    }

    fn terms(token: &str) -> Vec<(String, Kind)> {
        Analysis::of(token).terms
    }

    #[test]
    fn words_end_at_everything_but_letters_digits_and_inner_hyphens() {
        assert_eq!(
            tokens("Die OZG-Cloud (Büro- und E-Akte), §12!"),
            ["Die", "OZG-Cloud", "Büro", "und", "E-Akte", "12"]
        );
        assert_eq!(
            tokens("data[port]ai mein.berlin.de --- a--b"),
            ["data", "port", "ai", "mein", "berlin", "de", "a", "b"]
        );
        assert_eq!(tokens(""), Vec::<&str>::new());
    }

    #[test]
    fn names_with_capitals_inside_are_found_by_their_parts() {
        assert_eq!(camel_parts("ElterngeldDigital"), ["Elterngeld", "Digital"]);
        assert_eq!(camel_parts("BundID"), ["Bund", "ID"]);
        assert_eq!(camel_parts("XDatenfelder"), ["Datenfelder"]);
        assert_eq!(camel_parts("dMessenger"), ["Messenger"]);
        assert_eq!(camel_parts("ITZBund"), ["ITZ", "Bund"]);
        assert_eq!(camel_parts("KiTa"), Vec::<String>::new());
        assert_eq!(camel_parts("KIPITZ"), Vec::<String>::new());
    }

    #[test]
    fn a_hyphenated_word_is_found_whole_joined_and_by_its_words() {
        let found = terms("OZG-Cloud");
        for term in ["ozg", "cloud", "ozgcloud"] {
            assert!(found.contains(&(term.to_owned(), Kind::Whole)), "{term} in {found:?}");
        }
    }

    #[test]
    fn short_abbreviations_are_never_parts_of_other_words() {
        for word in ["Kiosk", "KIPITZ", "Kinder", "Plankinder"] {
            assert!(!terms(word).iter().any(|(term, _)| term == "ki"), "{word}");
        }
    }
}
