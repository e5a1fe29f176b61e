//! `/v1/components`.

mod batch;
mod create;
mod edit;
mod facets;
mod filter;
mod get;
mod list;
mod search;
mod similar;
mod sort;
mod suggest;
mod text;
mod visibility;
mod walk;

use serde_json::{Value, json};

/// The smallest component that is accepted.
pub(crate) fn component(slug: &str, title: &str) -> Value {
    json!({
        "slug": slug,
        "kind": "building_block",
        "title": { "de": title },
        "summary": { "de": format!("Kurzbeschreibung von {title}.") },
        "owner": "dataport",
    })
}
