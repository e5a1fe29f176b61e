//! What every database of the catalogue promises: the same tests on SQLite and on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else fails"
)]
#![allow(clippy::cloned_ref_to_slice_refs, reason = "writes read the same, one or many")]

mod answers;
mod clients;
mod commits;
mod crash;
mod damage;
mod filters;
mod log;
mod outage;
mod purge;
mod reading;
mod schema;
mod slugs;
mod support;
