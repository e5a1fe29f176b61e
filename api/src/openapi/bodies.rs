//! Schemas of bodies that follow from those of documents: merge patches, and documents of which the address says a part.

use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::offer::Offer;
use domain::relation::Relation;
use serde_json::{Map, Value, json};

use super::walk::SCHEMAS;
use crate::related::{Below, at_address, patched};

/// Documents that merge patches change.
const PATCHED: [&str; 6] = [
    "Component",
    "Organisation",
    "Adoption",
    "Offer",
    "Attestation",
    "Relation",
];

pub(super) fn add(schemas: &mut Map<String, Value>) {
    below::<Adoption>(schemas);
    below::<Offer>(schemas);
    below::<Attestation>(schemas);
    below::<Relation>(schemas);
    let mut wanted = PATCHED.map(str::to_owned).to_vec();
    let mut done = 0;
    while let Some(name) = wanted.get(done).cloned() {
        done += 1;
        if let Some(Value::Object(mut patch)) = schemas.get(&name).cloned() {
            loosen(&mut patch, &name, schemas, &mut wanted);
            schemas.insert(patched(&name), Value::Object(patch));
        }
    }
}

/// What the address says may be left out of the document.
fn below<T: Below>(schemas: &mut Map<String, Value>) {
    let Some(Value::Object(mut schema)) = schemas.get(&*T::name()).cloned() else {
        return;
    };
    let said: Vec<&str> = std::iter::once("component")
        .chain(T::PARTS.iter().map(|part| part.member))
        .collect();
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|member| !said.iter().any(|said| member == said));
        if required.is_empty() {
            schema.remove("required");
        }
    }
    let text = format!(
        "`{}` at an address that says `{}`: these may be left out.",
        T::name(),
        said.join("`, `")
    );
    schema.insert("description".to_owned(), json!(text));
    schemas.insert(at_address::<T>(), Value::Object(schema));
}

/// A document becomes its merge patch (RFC 7396): nothing must be there, what may be absent may be null, and objects are
/// merged in turn.
fn loosen(patch: &mut Map<String, Value>, name: &str, schemas: &Map<String, Value>, wanted: &mut Vec<String>) {
    patch.insert(
        "description".to_owned(),
        json!(format!("A merge patch (RFC 7396) of `{name}`.")),
    );
    let required = patch.remove("required").unwrap_or_default();
    let is_required = |name: &String| required.as_array().is_some_and(|all| all.iter().any(|one| one == name));
    if let Some(Value::Object(members)) = patch.get_mut("properties") {
        for (name, member) in members {
            refer(member, schemas, wanted);
            let is_read_only = member.get("readOnly").is_some();
            if !is_required(name) && !is_read_only {
                or_null(member);
            }
        }
    }
    if let Some(values) = patch
        .get_mut("additionalProperties")
        .filter(|values| values.is_object())
    {
        or_null(values);
    }
    // A part of the details need not say which kind they are of.
    patch.remove("discriminator");
    if let Some(Value::Array(mut variants)) = patch.remove("oneOf") {
        for variant in &mut variants {
            refer(variant, schemas, wanted);
        }
        patch.insert("anyOf".to_owned(), Value::Array(variants));
    }
}

/// A reference to an object becomes one to its merge patch.
fn refer(member: &mut Value, schemas: &Map<String, Value>, wanted: &mut Vec<String>) {
    let is_merged = |schema: &Value| {
        schema.get("properties").is_some()
            || schema.get("oneOf").is_some()
            || schema.get("additionalProperties").is_some_and(Value::is_object)
    };
    let Some(Value::String(reference)) = member.get_mut("$ref") else {
        return;
    };
    let Some(name) = reference.strip_prefix(SCHEMAS).map(str::to_owned) else {
        return;
    };
    if schemas.get(&name).is_some_and(is_merged) {
        *reference = format!("{SCHEMAS}{}", patched(&name));
        if !wanted.contains(&name) {
            wanted.push(name);
        }
    }
}

/// Null removes a member.
fn or_null(member: &mut Value) {
    let Some(object) = member.as_object_mut() else { return };
    if let Some(Value::String(one)) = object.get("type").filter(|_| !object.contains_key("enum")) {
        let types = json!([one, "null"]);
        object.insert("type".to_owned(), types);
        return;
    }
    let mut outer = Map::new();
    if let Some(text) = object.remove("description") {
        outer.insert("description".to_owned(), text);
    }
    outer.insert("anyOf".to_owned(), json!([object, { "type": "null" }]));
    *object = outer;
}
