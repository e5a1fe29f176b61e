//! Proposed changes: an edit on its way through review.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::code_list;
use crate::component::Title;
use crate::fault::Faults;
use crate::id::Id;
use crate::organisation::Organisation;
use crate::stored::{Document, Reference};
use crate::values::{Line, List, Prose, Revision, Slug, Timestamp};

/// The nouns that changes can be proposed of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum ChangeNoun {
    #[default]
    Component,
    Organisation,
}
code_list!(ChangeNoun, "change-noun", "Gegenstand einer Änderung", "What a change is about";
    Component = "component", "Komponente", "Component";
    Organisation = "organisation", "Organisation", "Organisation";
);

/// What a change would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum ChangeOperation {
    Create,
    #[default]
    Update,
    Withdraw,
}
code_list!(ChangeOperation, "change-operation", "Vorhaben einer Änderung", "What a change would do";
    Create = "create", "Anlegen", "Create";
    Update = "update", "Ändern", "Update";
    Withdraw = "withdraw", "Zurückziehen", "Withdraw";
);

/// Where a change stands in its review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum ChangeState {
    #[default]
    Draft,
    Submitted,
    Returned,
    Approved,
    Published,
    Rejected,
    Withdrawn,
}
code_list!(ChangeState, "change-state", "Stand einer Änderung", "State of a change";
    Draft = "draft", "Entwurf", "Draft";
    Submitted = "submitted", "Eingereicht", "Submitted";
    Returned = "returned", "Zur Überarbeitung zurück", "Returned";
    Approved = "approved", "Freigegeben", "Approved";
    Published = "published", "Veröffentlicht", "Published";
    Rejected = "rejected", "Abgelehnt", "Rejected";
    Withdrawn = "withdrawn", "Zurückgenommen", "Withdrawn";
);

/// What someone wrote about a change.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Remark {
    /// When.
    pub at: Timestamp,
    /// Who: the same mark for the same person in this change, and no name. The log knows it, for those who audit.
    pub by: Mark,
    /// For which organisation.
    pub organisation: Option<Slug>,
    /// The state that the change was put in, where it was.
    pub state: Option<ChangeState>,
    /// The text.
    pub text: Option<Prose<2000>>,
}

/// Stands for a person in one change.
pub type Mark = Line<32>;
/// Who worked on a change.
pub type Authors = List<Mark, 20>;
/// Comments and steps of a change, in order.
pub type Remarks = List<Remark, 500>;

/// A proposed change, as the catalogue keeps it. Only its parties and reviewers see it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Where it stands in its review.
    pub state: ChangeState,
    /// What sort of record it is about.
    pub noun: ChangeNoun,
    /// What it would do.
    pub operation: ChangeOperation,
    /// The record that it is about, or that it made; absent while there is none.
    pub subject: Option<Id>,
    /// Slug that the record shall have.
    pub record_slug: Slug,
    /// Title that the record has, or shall have.
    pub title: Title,
    /// The organisation that owns the record, or shall own it.
    pub owner: Slug,
    /// The organisation that proposes the change.
    pub organisation: Option<Slug>,
    /// Revision of the record that the change was made from; absent where there is none yet.
    pub base_revision: Option<Revision>,
    /// What changes in the record's document, as a merge patch (RFC 7396); the whole document of a new record.
    #[schema(value_type = Object)]
    pub patch: Value,
    /// Why.
    pub note: Option<Prose<2000>>,
    /// Who proposed or amended it: a mark each, and no names.
    pub authors: Authors,
    /// What was said and decided, in order.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub remarks: Remarks,
}

impl Document for Change {
    const NOUN: &'static str = "change";
    const HAS_PUBLICATION: bool = false;

    fn title(&self) -> &str {
        self.title.best("de").map_or("", |t| t.as_str())
    }

    /// Before it is submitted, a change is a matter of those who propose it.
    fn owner<'a>(&'a self, _: &'a Slug) -> Option<&'a Slug> {
        let was_submitted = !matches!(self.state, ChangeState::Draft | ChangeState::Withdrawn)
            || self
                .remarks
                .iter()
                .any(|remark| remark.state == Some(ChangeState::Submitted));
        was_submitted.then_some(&self.owner)
    }

    fn party(&self) -> Option<&Slug> {
        self.organisation.as_ref()
    }

    fn references(&self) -> Vec<Reference<'_>> {
        let organisation = |pointer: &str, slug| Reference {
            pointer: pointer.to_owned(),
            noun: Organisation::NOUN,
            slug,
        };
        let proposing = self.organisation.iter().map(|slug| organisation("/organisation", slug));
        std::iter::once(organisation("/owner", &self.owner))
            .chain(proposing)
            .collect()
    }
}

/// What a client proposes.
#[derive(Debug, Clone, PartialEq, Deserr, ToSchema)]
#[schema(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Proposal {
    /// What sort of record it is about.
    #[deserr(default)]
    #[schema(default = "component", required = false)]
    pub noun: ChangeNoun,
    /// What it would do.
    #[deserr(default)]
    #[schema(default = "update", required = false)]
    pub operation: ChangeOperation,
    /// Id or slug of the record; left out to create one.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "fit-connect")]
    pub record: Option<Line<100>>,
    /// Revision that the proposal was made from; the current one without it.
    #[deserr(default)]
    pub base_revision: Option<Revision>,
    /// What shall change, as a merge patch (RFC 7396) of the record's document; with `slug`, a new slug. For a new record,
    /// its whole document.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub patch: Option<Value>,
    /// Why.
    #[deserr(default)]
    pub note: Option<Prose<2000>>,
    /// The state to propose it in: `draft`, or `submitted` at once.
    #[deserr(default)]
    #[schema(default = "draft", required = false)]
    pub state: ChangeState,
}

/// What a client amends of its proposal.
#[derive(Debug, Clone, PartialEq, Deserr, ToSchema)]
#[schema(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Amendment {
    /// What shall change instead, whole.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub patch: Option<Value>,
    /// The revision to base the change on from now: the current one of the record.
    #[deserr(default)]
    pub base_revision: Option<Revision>,
    /// Why.
    #[deserr(default)]
    pub note: Option<Prose<2000>>,
}

/// A step of the review.
#[derive(Debug, Clone, PartialEq, Deserr, ToSchema)]
#[schema(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Step {
    /// The state to put the change in; `allowedStates` of the change names the possible ones.
    pub state: ChangeState,
    /// Why; required to return or reject.
    #[deserr(default)]
    pub comment: Option<Prose<2000>>,
    /// Whether to publish although probable duplicates were found: the caller looked at them.
    #[deserr(default)]
    #[schema(default = false, required = false)]
    pub despite_duplicates: bool,
}

/// A comment on a change.
#[derive(Debug, Clone, PartialEq, Deserr, ToSchema)]
#[schema(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Comment {
    /// The text.
    pub text: Prose<2000>,
}
