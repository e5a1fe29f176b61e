//! What all records about a component have in common: adoptions, offers, attestations and relations.

use crate::code_list;
use crate::id::Id;
use crate::stored::Document;
use crate::values::Slug;

/// Who sees a published record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Visibility {
    #[default]
    Public,
    Members,
    Parties,
}
code_list!(Visibility, "visibility", "Sichtbarkeit", "Visibility";
    Public = "public", "Alle", "Everybody";
    Members = "members", "Alle, die für eine Organisation des Katalogs angemeldet sind", "Whoever shows a token of an organisation in the catalogue";
    Parties = "parties", "Nur die beteiligten Organisationen", "Only the organisations concerned";
);

/// A record about a component. It is published only while everybody may know of the component.
pub trait Related: Document {
    /// Slug of the component.
    fn component(&self) -> &Slug;
}

/// The slug of a record about a component: of its id and of what tells the records about it apart, so that it stays the
/// same when the component is renamed.
pub fn record_slug(component: Id, key: &str) -> Option<Slug> {
    format!("{}-{key}", component.hex()).parse().ok()
}
