//! The German full text of the view: one analyser for documents and queries, an inverted index, ranking and suggestions.
//!
//! Results are a pure function of the set of documents: neither the order in which they arrived nor those that are gone
//! leave a trace. Scores depend on the document and the frozen plan alone.

mod compound;
mod corpus;
mod correct;
mod data;
mod dictionary;
mod document;
mod evaluate;
mod expand;
mod fold;
mod impact;
mod index;
#[cfg(test)]
mod oracle;
mod plan;
mod postings;
pub mod quality;
mod query;
mod rank;
mod stem;
mod suggest;
mod thesaurus;
mod tokens;

pub use corpus::Corpus;
pub use document::DocTerms;
pub use evaluate::Score;
pub use fold::fold;
pub use impact::Place;
pub use index::TextIndex;
pub use plan::{Correction, TextPlan};
pub use suggest::{Suggestion, SuggestionKind};
