//! Readers of the file formats in which public administrations describe their software.
//!
//! Every reader is pure: it takes bytes and gives back what it understood together with every
//! [problem](problem::Problem) it met. It opens no file, asks no network and reads no clock. Files come from strangers,
//! so each reader states its limits and refuses what exceeds them.

pub mod problem;
pub mod publiccode;
pub mod yaml;
