//! Walks through JSON that is a schema.

use serde_json::{Map, Value};

/// What references to schemas begin with.
pub(super) const SCHEMAS: &str = "#/components/schemas/";

/// Calls `found` with the name of every schema that a value refers to.
pub(super) fn each_reference(value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(object) => {
            if let Some(name) = object
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|r| r.strip_prefix(SCHEMAS))
            {
                found(name);
            }
            object.values().for_each(|v| each_reference(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| each_reference(v, found)),
        _ => {}
    }
}

pub(super) fn each_object(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|v| each_object(v, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|v| each_object(v, change)),
        _ => {}
    }
}

/// As [`each_object`], but inner objects first: for changes that must not be changed again.
pub(super) fn each_object_inside_out(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(|v| each_object_inside_out(v, change));
            change(object);
        }
        Value::Array(items) => items.iter_mut().for_each(|v| each_object_inside_out(v, change)),
        _ => {}
    }
}
