//! The running service from outside: [`TestApp`] starts it, [`Answer`]s are held against the OpenAPI document, and
//! [`sample`] tells from the plain files what is to be expected.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "whatever goes wrong here is a failed test"
)]

pub mod access;
mod answer;
mod app;
pub mod contract;
pub mod sample;
mod store;
mod time;
pub mod tokens;

pub use answer::Answer;
pub use app::{Silent, TestApp};
pub use store::{FailingStore, Failure};
pub use time::{CountingIds, SetClock};
pub use tokens::{Acting, Token};

use url::form_urlencoded;

/// A path with parameters, encoded.
pub fn url(path: &str, parameters: &[(&str, &str)]) -> String {
    if parameters.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    format!("{path}?{query}")
}
