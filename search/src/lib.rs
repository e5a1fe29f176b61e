//! The view: an in-memory read model that answers every list, facet, text and by-id question. No I/O.

mod across;
pub mod answers;
mod columns;
mod directory;
mod order;
mod table;
pub mod text;
mod view;

pub use table::{Answer, BadCursor, Damaged, Entry, Facet, FacetLabel, FacetValue, Hit, Table, body, marked_body};
pub use view::{About, View};
