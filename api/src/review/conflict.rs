//! Where a change and the record went different ways since the change was made.

use domain::change::Change;
use domain::id::Id;
use domain::store::{Key, Record};
use domain::stored::Document;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::writes::{Desk, written};

/// A value that both the record and the change have changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Conflict {
    /// JSON pointer (RFC 6901) to it.
    #[schema(max_length = 1000, example = "/title/de")]
    pub pointer: String,
    /// The value that the change was made from; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub base: Option<Value>,
    /// The value that the record has now; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub current: Option<Value>,
    /// The value that the change proposes; absent where it removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub proposed: Option<Value>,
}

/// The record that a change is about, as it is now.
pub(super) fn current<T: Document>(desk: &Desk<'_>, subject: Option<Id>) -> Result<Option<Record>, Problem> {
    match subject {
        Some(id) => Ok(desk.app.store.record(T::NOUN, &Key::Id(id))?),
        None => Ok(None),
    }
}

/// All conflicts of a change with the record as it is now.
pub(super) fn conflicts<T: Document>(
    desk: &Desk<'_>,
    change: &Change,
    current: &Record,
) -> Result<Vec<Conflict>, Problem> {
    let Some(base) = change.base_revision.filter(|base| *base != current.revision) else {
        return Ok(Vec::new());
    };
    let events = desk.app.store.revisions(T::NOUN, &[(current.id, base)])?;
    let base = events.into_iter().next().and_then(|event| {
        Some(Record {
            slug: event.slug,
            revision: event.revision,
            publication: event.publication,
            document: event.document?,
            ..current.clone()
        })
    });
    let base = base.map(|record| written::<T>(&record)).unwrap_or_default();
    let now = written::<T>(current);
    let mut found = Vec::new();
    compare(String::new(), &change.patch, Some(&base), Some(&now), &mut found);
    Ok(found)
}

/// Walks what a patch changes, down to single values.
fn compare(pointer: String, patch: &Value, base: Option<&Value>, current: Option<&Value>, found: &mut Vec<Conflict>) {
    if let (Value::Object(members), true) = (patch, base.is_none_or(Value::is_object)) {
        for (name, patch) in members {
            let mut pointer = pointer.clone();
            domain::fault::push_token(&mut pointer, name);
            let member = |value: Option<&'_ Value>| value.and_then(|v| v.get(name)).cloned();
            let (base, current) = (member(base), member(current));
            compare(pointer, patch, base.as_ref(), current.as_ref(), found);
        }
        return;
    }
    let proposed = Some(patch).filter(|value| !value.is_null());
    if base != current && current != proposed {
        found.push(Conflict {
            pointer,
            base: base.cloned(),
            current: current.cloned(),
            proposed: proposed.cloned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(patch: &Value, base: &Value, current: &Value) -> Vec<String> {
        let mut found = Vec::new();
        compare(String::new(), patch, Some(base), Some(current), &mut found);
        found.into_iter().map(|conflict| conflict.pointer).collect()
    }

    #[test]
    fn only_what_both_changed_differently_is_a_conflict() {
        let base = json!({"title": {"de": "A", "en": "A"}, "tags": ["x"]});
        let current = json!({"title": {"de": "B", "en": "A"}, "tags": ["x", "y"]});
        assert_eq!(of(&json!({"title": {"de": "C"}}), &base, &current), ["/title/de"]);
        assert_eq!(of(&json!({"title": {"en": "C"}}), &base, &current), [""; 0]);
        assert_eq!(of(&json!({"title": {"de": "B"}}), &base, &current), [""; 0]);
        assert_eq!(of(&json!({"tags": null}), &base, &current), ["/tags"]);
        assert_eq!(of(&json!({"homepage": "x"}), &base, &current), [""; 0]);
    }
}
