//! The running service from outside. Folders follow the addresses; test names are sentences.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod access;
mod adoptions;
mod answers;
mod attestations;
mod auth;
mod changes;
mod components;
mod contract;
mod conventions;
mod events;
mod import;
mod limits;
mod offers;
mod operation;
mod organisations;
mod reference;
mod relations;
mod revisions;
