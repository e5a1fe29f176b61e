//! The sample catalogue that ships with the service.

/// The organisations, one JSON document a line.
pub const ORGANISATIONS: &str = include_str!("../../sample/organisations.ndjson");
/// The components, one JSON document a line.
pub const COMPONENTS: &str = include_str!("../../sample/components.ndjson");
/// Who uses what, one JSON document a line.
pub const ADOPTIONS: &str = include_str!("../../sample/adoptions.ndjson");
/// The terms of the providers, one JSON document a line.
pub const OFFERS: &str = include_str!("../../sample/offers.ndjson");
/// Claims with evidence, one JSON document a line.
pub const ATTESTATIONS: &str = include_str!("../../sample/attestations.ndjson");
/// Edges between components, one JSON document a line.
pub const RELATIONS: &str = include_str!("../../sample/relations.ndjson");

/// All of them with their names, each after those that it names.
pub const FILES: [(&str, &str); 6] = [
    ("sample/organisations.ndjson", ORGANISATIONS),
    ("sample/components.ndjson", COMPONENTS),
    ("sample/adoptions.ndjson", ADOPTIONS),
    ("sample/offers.ndjson", OFFERS),
    ("sample/attestations.ndjson", ATTESTATIONS),
    ("sample/relations.ndjson", RELATIONS),
];
