//! What all records about a component have in common: adoptions, offers, attestations and relations.

use crate::code_list;
use crate::component::Component;
use crate::fault::Faults;
use crate::id::Id;
use crate::stored::Document;
use crate::values::{Day, Slug};

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
    /// The field that names another component, where records of the noun are ties between two.
    const TARGET: Option<&'static str> = None;

    /// Slug of the component.
    fn component(&self) -> &Slug;

    /// Fills in what the catalogue knows by itself, and finds what does not fit the component or the record as it was.
    fn settle(&mut self, before: Option<&Self>, around: &Around<'_>) -> Faults;
}

/// What is around a record about a component while it is written.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The component.
    pub component: &'a Component,
    /// The organisation that writes, where it is known.
    pub writer: Option<&'a Slug>,
    /// The present day.
    pub today: Day,
}

impl Around<'_> {
    /// Whether an organisation has a part in the component: its owner, or one of its roles.
    pub fn has_part(&self, organisation: &Slug) -> bool {
        self.component.organisations().any(|(_, slug)| slug == organisation)
    }

    /// Sets who recorded something about the component, where nobody is named: who did before, the writer, or the owner.
    pub(crate) fn record(&self, recorded_by: &mut Option<Slug>, before: Option<&Option<Slug>>) -> Faults {
        let mut faults = Faults::new();
        let writer = self.writer.filter(|writer| self.has_part(writer));
        let usual = before.cloned().flatten().or_else(|| writer.cloned());
        let by = recorded_by.get_or_insert_with(|| usual.unwrap_or_else(|| self.component.owner.clone()));
        // Whoever had a part once keeps what it recorded.
        let is_kept = before.is_some_and(|before| before.as_ref() == Some(&*by));
        if !is_kept && !self.has_part(by) {
            faults.add("/recordedBy", "not_in_role", no_part(by));
        }
        faults
    }
}

/// Why an organisation cannot stand in a record about a component.
pub(crate) fn no_part(organisation: &Slug) -> String {
    format!(
        "`{organisation}` has no part in the component: name its owner, or one of its `roles`. The owner of the component \
         adds roles."
    )
}

/// What is wrong with a period that ends before it begins.
pub(crate) fn check_period(from: Option<Day>, until: Option<Day>, faults: &mut Faults) {
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        let detail = format!("Lies before `validFrom` ({from}); correct one of them.");
        faults.add("/validUntil", "wrong_order", detail);
    }
}

/// The slug of a record about a component: of its id and of what tells the records about it apart, so that it stays the
/// same when the component is renamed.
pub fn record_slug(component: Id, key: &str) -> Option<Slug> {
    format!("{}-{key}", component.hex()).parse().ok()
}
