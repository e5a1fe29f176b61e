//! Many writes in one request.

use deserr::Deserr;
use serde_json::Value;
use utoipa::ToSchema;

use crate::code_list;
use crate::fault::Faults;
use crate::limits;
use crate::values::{Line, List, Revision};

/// What a part of a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum BatchOperation {
    Create,
    Replace,
    Patch,
    Withdraw,
}
code_list!(BatchOperation, "batch-operation", "Vorhaben in einem Stapel", "What a part of a batch does";
    Create = "create", "Anlegen", "Create";
    Replace = "replace", "Ersetzen", "Replace";
    Patch = "patch", "Ändern", "Patch";
    Withdraw = "withdraw", "Zurückziehen", "Withdraw";
);

/// One write among many.
#[derive(Debug, Clone, PartialEq, Deserr, ToSchema)]
#[schema(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct BatchItem {
    /// What to do.
    pub operation: BatchOperation,
    /// Id or slug of the record; of a new one, the slug that it shall have, where it shall not follow from the title.
    #[deserr(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "fit-connect")]
    pub record: Option<Line<100>>,
    /// The revision that the record must be in; required but to create.
    #[deserr(default)]
    pub revision: Option<Revision>,
    /// The document, to create or replace.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub document: Option<Value>,
    /// The merge patch (RFC 7396), to patch.
    #[deserr(default)]
    #[schema(value_type = Option<Object>)]
    pub patch: Option<Value>,
}

/// The writes of a batch.
pub type BatchItems = List<BatchItem, { limits::BATCH_ITEMS }>;

/// Many writes.
#[derive(Debug, Clone, PartialEq, Deserr, ToSchema)]
#[schema(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Batch {
    /// The writes, in the order in which they are done.
    pub items: BatchItems,
    /// Whether nothing is written unless everything can be.
    #[deserr(default)]
    #[schema(default = false, required = false)]
    pub atomic: bool,
}
