//! Shortening texts so that they stay readable.

/// A text on one line, without doubled white space and control characters.
pub(super) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A text with its lines, but without control characters and white space at their ends.
pub(super) fn prose(text: &str) -> String {
    let clean = |line: &str| {
        line.chars()
            .filter(|c| !c.is_control() || *c == '\t')
            .collect::<String>()
            .trim_end()
            .to_owned()
    };
    text.lines().map(clean).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The beginning of a text, at most `max` characters long: whole sentences if they fill a third, else whole words with
/// an ellipsis. `None` if it is short enough.
pub(super) fn shortened(text: &str, max: usize) -> Option<String> {
    let (end, _) = text.char_indices().nth(max)?;
    let beginning = text.get(..end)?;
    let followed_by_space = |at: usize| text.get(at..).is_some_and(|rest| rest.starts_with(char::is_whitespace));
    let sentence = beginning
        .char_indices()
        .filter(|(at, c)| matches!(c, '.' | '!' | '?' | '…') && followed_by_space(at + c.len_utf8()))
        .map(|(at, c)| at + c.len_utf8())
        .rfind(|end| end * 3 >= beginning.len());
    if let Some(sentence) = sentence {
        return text.get(..sentence).map(str::to_owned);
    }
    let room = beginning.char_indices().last().map_or(0, |(at, _)| at);
    let words = beginning.get(..room).unwrap_or_default();
    let whole_words = beginning
        .get(room..)
        .is_some_and(|last| last.starts_with(char::is_whitespace));
    let last_space = words.rfind(char::is_whitespace).filter(|end| *end > 0 && !whole_words);
    let word_end = last_space.unwrap_or(room);
    let kept = words
        .get(..word_end)
        .unwrap_or_default()
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-'));
    Some(format!("{kept}…"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_text_is_left_alone() {
        assert_eq!(shortened("Kurz.", 5), None);
    }

    #[test]
    fn a_text_is_cut_behind_a_sentence_or_a_word() {
        assert_eq!(
            shortened("Ein Satz. Noch ein langer Satz.", 15).as_deref(),
            Some("Ein Satz.")
        );
        assert_eq!(
            shortened("Version 1.2 der schönen Software", 16).as_deref(),
            Some("Version 1.2 der…")
        );
        assert_eq!(shortened("Donaudampfschifffahrt", 10).as_deref(), Some("Donaudamp…"));
    }

    #[test]
    fn one_line_has_single_spaces() {
        assert_eq!(one_line("  a\r\n b\t c\u{7f} "), "a b c");
        assert_eq!(prose("a  \r\n\r\nb\u{1}\n"), "a\n\nb");
    }

    proptest! {
        #[test]
        fn a_shortened_text_fits(text in "(\\PC| |\\.|\n){0,80}", max in 1_usize..40) {
            if let Some(short) = shortened(&text, max) {
                prop_assert!(short.chars().count() <= max);
                prop_assert!(!short.is_empty());
            } else {
                prop_assert!(text.chars().count() <= max);
            }
        }
    }
}
