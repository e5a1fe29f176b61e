//! What Verbundkatalog is about: plain data and rules. No I/O, no clock, no HTTP, no SQL.

pub mod access;
pub mod adoption;
pub mod attestation;
pub mod batch;
pub mod change;
pub mod client;
pub mod clock;
pub mod code_list;
pub mod component;
pub mod event;
pub mod fault;
pub mod id;
pub mod json;
pub mod limits;
pub mod notice;
pub mod offer;
pub mod organisation;
pub mod publishing;
pub mod query;
pub mod related;
pub mod relation;
pub mod store;
pub mod stored;
pub mod values;
pub mod vocabulary;
