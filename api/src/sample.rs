//! The sample catalogue that ships with the service.

/// The organisations, one JSON document a line.
pub const ORGANISATIONS: &str = include_str!("../../sample/organisations.ndjson");
/// The components, one JSON document a line.
pub const COMPONENTS: &str = include_str!("../../sample/components.ndjson");
