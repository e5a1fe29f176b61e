//! What the generator cannot know: absent is not null, unions by kind, the errors and headers that every operation has.

use serde_json::{Map, Value, json};

use super::walk::{SCHEMAS, each_object};
use super::{bodies, errors, examples, parts, writes};

pub(super) fn tidy(document: &mut Value) {
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        for (name, schema) in schemas.iter_mut() {
            // Lists say null where there is no further page; records leave out what is not known.
            if !name.ends_with("List") {
                without_null(schema);
            }
        }
        unions(schemas);
        flatten(schemas);
    }
    describe(document);
    inline(document);
    each_object(document, &mut name_width);
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        schemas.retain(|name, _| !is_helper(name));
        writes::take_what_was_read(schemas);
        schemas.values_mut().for_each(close);
        parts::add(schemas);
        bodies::add(schemas);
    }
    parts::answer(document);
    errors::add(document);
    examples::add(document);
}

pub(super) fn without_null(schema: &mut Value) {
    each_object(schema, &mut |object| {
        // An item cannot be left out of its list: null says something there.
        if let Some(Value::Object(item)) = object.get_mut("items")
            && let Some(variants) = item.remove("oneOf")
        {
            item.insert("anyOf".to_owned(), variants);
        }
        if let Some(Value::Array(types)) = object.get("type")
            && let [one, Value::String(null)] = types.as_slice()
            && null == "null"
        {
            let one = one.clone();
            object.insert("type".to_owned(), one);
        }
        let variants = object.get("oneOf").and_then(Value::as_array).map(Vec::as_slice);
        let null = json!({ "type": "null" });
        let one = match variants {
            Some([one, other]) if *other == null => Some(one),
            Some([other, one]) if *other == null => Some(one),
            _ => None,
        };
        if let Some(Value::Object(one)) = one.cloned() {
            object.remove("oneOf");
            for (name, value) in one {
                object.entry(name).or_insert(value);
            }
        }
    });
}

/// The details by kind: each variant names its kind, and the union finds them by it.
fn unions(schemas: &mut Map<String, Value>) {
    let Some(variants) = schemas
        .get("Details")
        .and_then(|d| d.get("oneOf"))
        .and_then(Value::as_array)
        .cloned()
    else {
        return;
    };
    let mut references = Vec::new();
    let mut mapping = Map::new();
    for variant in variants {
        let parts = variant
            .get("allOf")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let [target, tag] = parts.as_slice() else { continue };
        let Some(reference) = target.get("$ref").and_then(Value::as_str) else {
            continue;
        };
        let Some(kind) = tag.pointer("/properties/kind/enum/0").and_then(Value::as_str) else {
            continue;
        };
        let name = reference.trim_start_matches(SCHEMAS);
        if let Some(schema) = schemas.get_mut(name) {
            name_kind(schema, kind);
        }
        references.push(json!({ "$ref": reference }));
        mapping.insert(kind.to_owned(), json!(reference));
    }
    schemas.insert(
        "Details".to_owned(),
        json!({
            "description": "What only one kind of component has. `kind` tells which, and equals the component's own.",
            "oneOf": references,
            "discriminator": { "propertyName": "kind", "mapping": mapping },
        }),
    );
}

fn name_kind(schema: &mut Value, kind: &str) {
    let Some(object) = schema.as_object_mut() else { return };
    let mut properties = Map::new();
    properties.insert(
        "kind".to_owned(),
        json!({ "type": "string", "enum": [kind], "description": "The kind that these details are of." }),
    );
    if let Some(Value::Object(known)) = object.remove("properties") {
        properties.extend(known);
    }
    object.insert("properties".to_owned(), Value::Object(properties));
    object.insert("required".to_owned(), json!(["kind"]));
}

/// An object that holds another one's members is one object, so that it can be closed.
fn flatten(schemas: &mut Map<String, Value>) {
    let all = schemas.clone();
    for schema in schemas.values_mut() {
        let parts = schema
            .get("allOf")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let [inner, own] = parts.as_slice() else { continue };
        let name = inner
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|r| r.strip_prefix(SCHEMAS));
        let Some(inner) = name.and_then(|name| all.get(name)) else {
            continue;
        };
        let mut whole = own.clone();
        for member in ["properties", "required"] {
            let (Some(inner), Some(own)) = (inner.get(member), own.get(member)) else {
                continue;
            };
            let both = match (inner, own) {
                (Value::Object(inner), Value::Object(own)) => {
                    Value::Object(inner.iter().chain(own).map(|(n, v)| (n.clone(), v.clone())).collect())
                }
                (Value::Array(inner), Value::Array(own)) => inner.iter().chain(own).cloned().collect(),
                _ => continue,
            };
            if let Some(members) = whole.as_object_mut() {
                members.insert(member.to_owned(), both);
            }
        }
        if let (Some(members), Some(text)) = (whole.as_object_mut(), schema.get("description")) {
            members.insert("description".to_owned(), text.clone());
        }
        *schema = whole;
    }
}

/// What the generator has no words for: who the servers are for, and the limits of maps and of whole texts.
fn describe(document: &mut Value) {
    if let Some(info) = document.pointer_mut("/info").and_then(Value::as_object_mut) {
        let summary = "Reusable components of public administrations that work together across state borders.";
        info.insert("x-summary".to_owned(), json!(summary));
    }
    if let Some(server) = document.pointer_mut("/servers/0").and_then(Value::as_object_mut) {
        server.insert(
            "description".to_owned(),
            json!("The service, in production, that this document was read from."),
        );
        server.insert("x-internal".to_owned(), json!(false));
    }
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (_, schema) in schemas.into_iter().flatten().filter(|(name, _)| name.ends_with("List")) {
        let Some(facets) = schema.pointer_mut("/properties/facets").and_then(Value::as_object_mut) else {
            continue;
        };
        facets.insert("propertyNames".to_owned(), json!({ "type": "string", "maxLength": 60 }));
        facets.insert("maxProperties".to_owned(), json!(domain::limits::FACETS));
        if let Some(values) = facets.get_mut("additionalProperties").and_then(Value::as_object_mut) {
            // The most frequent ones, and those that the query asks for.
            let most = domain::limits::FACET_VALUES + 2 * domain::limits::FILTER_VALUES;
            values.insert("maxItems".to_owned(), json!(most));
        }
    }
    if let Some(id) = document
        .pointer_mut("/paths/~1v1~1components~1compare/get/parameters/0/schema/items")
        .and_then(Value::as_object_mut)
    {
        id.extend([
            ("minLength".to_owned(), json!(1)),
            ("maxLength".to_owned(), json!(domain::values::Slug::MAX)),
        ]);
    }
    // A body is described where one is needed.
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut);
    for operation in paths
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut)
    {
        if let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) {
            body.insert("required".to_owned(), json!(true));
        }
    }
    for (text, most) in [
        ("/paths/~1/get/responses/200/content/text~1html/schema", 10_000_000_u64),
        // The whole log, and a stream without an end.
        (
            "/paths/~1v1~1events/get/responses/200/content/application~1x-ndjson/schema",
            9_007_199_254_740_991,
        ),
        (
            "/paths/~1v1~1events/get/responses/200/content/text~1event-stream/schema",
            9_007_199_254_740_991,
        ),
    ] {
        if let Some(schema) = document.pointer_mut(text).and_then(Value::as_object_mut) {
            schema.insert("maxLength".to_owned(), json!(most));
        }
    }
}

/// The generator has no word for `usize`: a whole number has the width that its greatest value needs.
fn name_width(object: &mut Map<String, Value>) {
    let is_integer = object.get("type").is_some_and(|t| t == "integer");
    if is_integer && !object.contains_key("format") {
        let fits = object
            .get("maximum")
            .and_then(Value::as_i64)
            .is_some_and(|most| i32::try_from(most).is_ok());
        object.insert("format".to_owned(), json!(if fits { "int32" } else { "int64" }));
    }
}

/// Schemas of values that only bound a length or a number read better where they are used.
fn is_helper(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let list = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (list.ends_with("List") && list.len() < name.len())
        || name.strip_prefix("Line").is_some_and(digits)
        || name.strip_prefix("Prose").is_some_and(digits)
        || name
            .strip_prefix("Number")
            .and_then(|n| n.split_once("To"))
            .is_some_and(|(a, b)| digits(a) && digits(b))
}

fn inline(document: &mut Value) {
    let schemas = document
        .pointer("/components/schemas")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    // Helpers may use helpers: a list of lines is two deep.
    for _ in 0..3 {
        each_object(document, &mut |object| {
            let target = object
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|r| r.strip_prefix(SCHEMAS));
            if let Some(Value::Object(schema)) = target.filter(|n| is_helper(n)).and_then(|n| schemas.get(n)) {
                object.remove("$ref");
                for (name, value) in schema {
                    object.entry(name.clone()).or_insert_with(|| value.clone());
                }
            }
        });
    }
}

/// Objects have the members that they are described with, and no others.
pub(super) fn close(schema: &mut Value) {
    each_object(schema, &mut |object| {
        let is_object = object.get("type").is_some_and(|t| t == "object");
        if is_object && object.contains_key("properties") && !object.contains_key("additionalProperties") {
            object.insert("additionalProperties".to_owned(), json!(false));
        }
    });
}
