//! What differs between two documents: as a patch for machines, and as a list for people.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One value that differs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    /// JSON pointer (RFC 6901) to it.
    #[schema(max_length = 1000, example = "/title/de")]
    pub pointer: String,
    /// The value before; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub before: Option<Value>,
    /// The value after; absent where there is none any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub after: Option<Value>,
}

/// All that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// As JSON Patch (RFC 6902).
    pub patch: Value,
    /// As a list, in the order of the documents.
    pub changes: Vec<Difference>,
}

/// The patch that makes `after` of `before`.
pub fn patch(before: &Value, after: &Value) -> Value {
    serde_json::to_value(json_patch::diff(before, after)).unwrap_or_default()
}

/// What differs between two documents.
pub fn diff(before: &Value, after: &Value) -> Diff {
    let mut changes = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut changes);
    Diff {
        patch: patch(before, after),
        changes,
    }
}

/// Objects are compared member by member; everything else as a whole, as people see a list.
fn compare(pointer: String, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    if let (Some(Value::Object(before)), Some(Value::Object(after))) = (before, after) {
        let added = after.keys().filter(|name| !before.contains_key(*name));
        for name in before.keys().chain(added) {
            let mut pointer = pointer.clone();
            domain::fault::push_token(&mut pointer, name);
            compare(pointer, before.get(name), after.get(name), changes);
        }
        return;
    }
    changes.push(Difference {
        pointer,
        before: before.cloned(),
        after: after.cloned(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_differs_is_listed_with_both_values() {
        let before = json!({"a": {"b": 1, "c": [1]}, "d": true});
        let after = json!({"a": {"b": 2, "c": [1]}, "e": null});
        let found = diff(&before, &after).changes;
        assert_eq!(
            serde_json::to_value(found).unwrap(),
            json!([
                {"pointer": "/a/b", "before": 1, "after": 2},
                {"pointer": "/d", "before": true},
                {"pointer": "/e", "after": null},
            ])
        );
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z~/]{0,4}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c~/]{0,2}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_patch_makes_the_one_of_the_other(before in json_value(), after in json_value()) {
            let found = diff(&before, &after);
            let mut made = before.clone();
            let patch: json_patch::Patch = serde_json::from_value(found.patch).unwrap();
            json_patch::patch(&mut made, &patch).unwrap();
            prop_assert_eq!(&made, &after);
            prop_assert_eq!(found.changes.is_empty(), before == after);
        }
    }
}
