//! The tests crate.
