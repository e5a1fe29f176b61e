//! The language data of the repository: word lists, synonyms, stop words. How to write each list stands at its head.

pub(super) const WORDS: [&str; 2] = [
    include_str!("../../data/words.txt"),
    include_str!("../../data/words-2.txt"),
];
pub(super) const ATOMIC: &str = include_str!("../../data/atomic.txt");
pub(super) const VERBS: &str = include_str!("../../data/verbs.txt");
pub(super) const STEMS: &str = include_str!("../../data/stems.txt");
pub(super) const STOP_WORDS: &str = include_str!("../../data/stopwords.txt");
pub(super) const LIGHT_WORDS: &str = include_str!("../../data/lightwords.txt");
pub(super) const FAMILIES: &str = include_str!("../../data/families.txt");
pub(super) const SYNONYMS: &str = include_str!("../../data/synonyms.txt");
pub(super) const RELATED: &str = include_str!("../../data/related.txt");

/// The lines of a list without comments and blank lines.
pub(super) fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The words of a list.
pub(super) fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    lines(list).flat_map(str::split_whitespace)
}
