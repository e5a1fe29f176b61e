//! Folding: what counts as the same letter.
//!
//! [`fold`] is the collation of titles (DIN 5007-1: "ä" sorts like "a", "ß" like "ss"). [`fold_word`] goes one step further
//! for the search, where "Bürger", "Buerger" and "Burger" have to meet.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Pairs of words that differ by nothing but the umlaut ("Zählung" and "Zahlung"): these keep it, written out.
const KEPT: &[&str] = &[
    "zaehl", "foerder", "loesung", "loesen", "geloest", "waehr", "drueck", "schoen", "fuehr",
];

/// Folds a text for comparison and sorting after DIN 5007-1: lower case, umlauts and accents like the base letter, "ß" like "ss".
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_ignorable(*c)) {
        push_lower(&mut out, c);
    }
    out
}

/// Folds one word for the search: like [`fold`], and "ae", "oe", "ue" meet "ä", "ö", "ü" and the bare vowel. Keeps letters and digits only.
pub(super) fn fold_word(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 2);
    if word.is_ascii() {
        out.extend(
            word.chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase()),
        );
    } else {
        for c in word.nfkc() {
            match c {
                'ä' | 'Ä' => out.push_str("ae"),
                'ö' | 'Ö' => out.push_str("oe"),
                'ü' | 'Ü' => out.push_str("ue"),
                _ if c.is_ascii() => {
                    if c.is_ascii_alphanumeric() {
                        out.push(c.to_ascii_lowercase());
                    }
                }
                _ => {
                    for d in std::iter::once(c)
                        .nfkd()
                        .filter(|d| !is_ignorable(*d) && d.is_alphanumeric())
                    {
                        push_lower(&mut out, d);
                    }
                }
            }
        }
    }
    contract(out)
}

/// "ae", "oe", "ue" become the bare vowel, except after a vowel or "q", where the "e" belongs to a diphthong or stands for
/// itself ("Steuer", "Quelle"), and except in [`KEPT`].
fn contract(word: String) -> String {
    let bytes = word.as_bytes();
    let digraph = |w: &[u8]| matches!(w, [b'a' | b'o' | b'u', b'e']);
    if !bytes.windows(2).any(digraph) {
        return word;
    }
    let kept = |at: usize| {
        let begins = |k: &str| {
            let vowel = k.as_bytes().windows(2).position(digraph).unwrap_or(0);
            at >= vowel && word.get(at - vowel..).is_some_and(|w| w.starts_with(k))
        };
        KEPT.iter().any(|k| begins(k)) || keeps_change(&word, at)
    };
    let mut out = String::with_capacity(word.len());
    let mut previous = ' ';
    let mut skip = false;
    for (at, c) in word.char_indices() {
        if skip {
            skip = false;
            previous = c;
            continue;
        }
        out.push(c);
        let pair = bytes.get(at..at + 2).is_some_and(digraph);
        if pair && !matches!(previous, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'q') && !kept(at) {
            skip = true;
        }
        previous = c;
    }
    out
}

/// "Änderung" (but not "Länder") keeps its umlaut: it would fall together with "andere".
fn keeps_change(word: &str, at: usize) -> bool {
    let (Some(before), Some(rest)) = (word.get(..at), word.get(at..)) else {
        return false;
    };
    rest.starts_with("aender") && (before.is_empty() || before.ends_with('s') || before.ends_with("ver"))
}

/// Marks, joiners and soft hyphens have no letter of their own.
fn is_ignorable(c: char) -> bool {
    is_combining_mark(c) || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn push_lower(out: &mut String, c: char) {
    match c {
        'ß' | 'ẞ' => out.push_str("ss"),
        'æ' | 'Æ' => out.push_str("ae"),
        'œ' | 'Œ' | 'ø' | 'Ø' => out.push_str("oe"),
        'ł' | 'Ł' => out.push('l'),
        'đ' | 'Đ' | 'ð' => out.push('d'),
        'ı' => out.push('i'),
        _ => out.extend(c.to_lowercase().filter(|c| !is_combining_mark(*c))),
    }
}

#[cfg(test)]
mod tests {
    use super::{fold, fold_word};

    #[test]
    fn titles_sort_with_umlauts_like_their_base_letters() {
        assert_eq!(fold("Ärzte-Register Größe"), "arzte-register grosse");
        assert_eq!(fold("A\u{308}rzte"), "arzte");
    }

    #[test]
    fn all_spellings_of_an_umlaut_meet() {
        for word in [
            "Bürgerbeteiligung",
            "Buergerbeteiligung",
            "Burgerbeteiligung",
            "BÜRGERBETEILIGUNG",
            "Bu\u{308}rgerbeteiligung",
        ] {
            assert_eq!(fold_word(word), "burgerbeteiligung");
        }
        for word in ["Straße", "Strasse", "STRASSE", "STRAẞE", "Stra\u{ad}ße"] {
            assert_eq!(fold_word(word), "strasse");
        }
        assert_eq!(fold_word("Gebäude"), fold_word("Gebaeude"));
    }

    #[test]
    fn diphthongs_are_left_alone() {
        assert_eq!(fold_word("Steuer"), "steuer");
        assert_eq!(fold_word("neue"), "neue");
        assert_eq!(fold_word("Quelle"), "quelle");
    }

    #[test]
    fn words_that_only_the_umlaut_tells_apart_stay_apart() {
        assert_eq!(fold_word("Verkehrszählung"), fold_word("Verkehrszaehlung"));
        assert_ne!(fold_word("Zählung"), fold_word("Zahlung"));
        assert_ne!(fold_word("Förderung"), fold_word("Forderung"));
        assert_ne!(fold_word("Änderung"), fold_word("anderung"));
        assert_eq!(fold_word("Länder"), "lander");
    }
}
