//! Completions of what someone types.

use search::View;
use search::text::SuggestionKind;

use crate::openapi::Suggestion;

/// Completions from the titles, other names and words of all components, the best first.
pub fn suggest(view: &View, typed: &str, limit: usize) -> Vec<Suggestion> {
    let found = view.components().text().suggest(typed, limit);
    let suggestion = |found: search::text::Suggestion| Suggestion {
        text: found.text,
        kind: match found.kind {
            SuggestionKind::Name => "name",
            SuggestionKind::Word => "word",
        },
    };
    found.into_iter().map(suggestion).collect()
}
