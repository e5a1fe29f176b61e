//! The parameters of the query language, from its own description of every field.

use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::change::Change;
use domain::component::Component;
use domain::limits;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::query::{Field, FieldKind, Operator, Queryable};
use domain::relation::Relation;
use serde_json::{Map, Value, json};

use crate::related::{self, Below};

/// Adds the parameters of lists, and the body that says the same.
pub(super) fn add(document: &mut Value) {
    put(document, "/paths/~1v1~1components/get", query::<Component>());
    put(document, "/paths/~1v1~1organisations/get", query::<Organisation>());
    put(document, "/paths/~1v1~1changes/get", query::<Change>());
    related::<Adoption>(document);
    related::<Offer>(document);
    related::<Attestation>(document);
    related::<Relation>(document);
    put(document, "/paths/~1v1~1components~1{id}/get", shape::<Component>());
    put(
        document,
        "/paths/~1v1~1organisations~1{id}/get",
        shape::<Organisation>(),
    );
    let schema = body(&query::<Component>());
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        schemas.insert("ComponentQuery".to_owned(), schema);
    }
    if let Some(content) = document.pointer_mut("/paths/~1v1~1components~1search/post/requestBody") {
        *content = json!({
            "required": true,
            "description": "The query: each parameter of `GET /v1/components` is a member.",
            "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/ComponentQuery" },
                "examples": {
                    "cloud": {
                        "summary": "Cloud services and platforms about the cloud, counted by lifecycle",
                        "value": { "q": "cloud", "kind": ["cloud_service", "platform"], "facets": ["kind", "lifecycle"], "limit": 5 }
                    },
                    "unknownLicence": {
                        "summary": "Building blocks whose licence is not known",
                        "value": { "kind": "building_block", "licence.exists": false, "sort": ["-updatedAt", "title"], "limit": 2 }
                    }
                }
            } }
        });
    }
}

/// To the operations of a noun below components.
fn related<T: Below>(document: &mut Value) {
    let path = |path: String| format!("/paths/{}/get", path.replace('/', "~1"));
    put(document, &path(T::PATH.to_owned()), query::<T>());
    put(document, &path(format!("{}/{{id}}", T::PATH)), shape::<T>());
    put(document, &path(related::path_of_one::<T>()), shape::<T>());
    if !T::HAS_LIST_BELOW {
        return;
    }
    let without_component = query::<T>().into_iter().filter(|parameter| {
        let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
        name != "component" && !name.starts_with("component.")
    });
    put(document, &path(related::path_below::<T>()), without_component.collect());
}

fn put(document: &mut Value, operation: &str, parameters: Vec<Value>) {
    let Some(operation) = document.pointer_mut(operation).and_then(Value::as_object_mut) else {
        return;
    };
    let all = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(all) = all.as_array_mut() {
        all.extend(parameters);
    }
}

fn query<T: Queryable>() -> Vec<Value> {
    let mut all = general::<T>();
    for spec in T::fields() {
        for operator in spec.field.operators() {
            all.push(filter(&spec.field, operator));
        }
    }
    all
}

#[allow(clippy::needless_pass_by_value, reason = "callers write the schema in place")]
fn parameter(name: &str, description: &str, schema: Value, example: Option<Value>) -> Value {
    let mut parameter =
        json!({ "name": name, "in": "query", "description": description, "required": false, "schema": schema });
    let is_list = parameter.pointer("/schema/type").is_some_and(|t| t == "array");
    if let Some(members) = parameter.as_object_mut() {
        if is_list {
            members.insert("style".to_owned(), json!("form"));
            members.insert("explode".to_owned(), json!(false));
        }
        if let Some(example) = example {
            members.insert("example".to_owned(), example);
        }
    }
    parameter
}

#[allow(clippy::needless_pass_by_value, reason = "callers write the schema in place")]
fn list(items: Value, max: usize) -> Value {
    json!({ "type": "array", "items": items, "minItems": 1, "maxItems": max })
}

fn general<T: Queryable>() -> Vec<Value> {
    let names = |wanted: fn(&Field) -> bool| {
        T::fields()
            .iter()
            .map(|s| &s.field)
            .filter(|f| wanted(f))
            .map(|f| f.name)
            .collect::<Vec<_>>()
    };
    let sortable: Vec<String> = ["score", "id"]
        .into_iter()
        .chain(names(|f| f.sort))
        .flat_map(|name| [name.to_owned(), format!("-{name}")])
        .collect();
    let mut all = vec![
        parameter(
            "q",
            "Full text in German and English: stems, parts of compounds, umlauts in either spelling, phrases in quotes; \
             the last word may be unfinished, and a typo in an unknown word is forgiven.",
            json!({ "type": "string", "maxLength": limits::QUERY_CHARS }),
            Some(json!("Verwaltungscloud")),
        ),
        parameter(
            "sort",
            "Sort keys, `-` for descending; entries without a value come last. Without it `-score` where `q` is given, \
             else `title`; always completed by `id`.",
            list(json!({ "type": "string", "enum": sortable }), limits::SORT_KEYS),
            Some(json!([
                "-updatedAt",
                names(|f| f.sort && f.name == "title").first().unwrap_or(&"id")
            ])),
        ),
        parameter(
            "facets",
            "Fields to count by. Counts are exact; each facet ignores the filters on its own field.",
            list(json!({ "type": "string", "enum": names(|f| f.facet) }), limits::FACETS),
            Some(json!([names(|f| f.facet).first()])),
        ),
        parameter(
            "limit",
            "Entries of a page; 0 answers only the total and the facets.",
            json!({ "type": "integer", "format": "int32", "minimum": 0, "maximum": limits::PAGE_ITEMS, "default": limits::PAGE_DEFAULT }),
            Some(json!(5)),
        ),
        parameter(
            "cursor",
            "Where the page begins, as `next` or `prev` of an earlier answer to the same query said.",
            json!({ "type": "string", "maxLength": limits::CURSOR_CHARS, "pattern": "^[A-Za-z0-9_-]*$" }),
            None,
        ),
    ];
    all.extend(shape::<T>());
    all
}

fn include<T: Queryable>() -> Option<Value> {
    let names = T::includes();
    (!names.is_empty()).then(|| {
        parameter(
            "include",
            &format!(
                "Records about an item to answer with it: a member of that name with the first {} that the caller sees, and how \
                 many there are (`total`). A page takes {} of them in all: where it has more, as many of each noun of each \
                 item as of the others, and fewer than {}. What is missing has its own lists, such as \
                 `GET /v1/adoptions?component=`.",
                limits::INCLUDED,
                limits::INCLUDED_OF_PAGE,
                limits::INCLUDED
            ),
            list(json!({ "type": "string", "enum": names }), names.len()),
            Some(json!(["adoptions"])),
        )
    })
}

fn shape<T: Queryable>() -> Vec<Value> {
    let mut all = vec![
        parameter(
            "fields",
            "Members to answer; all without it.",
            list(json!({ "type": "string", "enum": T::members() }), T::members().len()),
            None,
        ),
        parameter(
            "lang",
            "Answer texts as plain strings in the best language for a reader of this one (BCP 47).",
            json!({ "type": "string", "maxLength": 16, "pattern": "^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$" }),
            None,
        ),
    ];
    all.extend(include::<T>());
    all
}

fn filter(field: &Field, operator: Operator) -> Value {
    let name = format!("{}{}", field.name, operator.suffix());
    let meaning = match operator {
        Operator::Any if field.is_number() => "equal to this value",
        Operator::Any if matches!(field.kind, FieldKind::Flag) => "as given",
        Operator::Any => "any of these values",
        Operator::Not => "none of these values",
        Operator::All => "all of these values",
        Operator::Gte => "at least this value",
        Operator::Lte => "at most this value",
        Operator::Exists => "present (`true`) or absent (`false`)",
    };
    let mut description = format!("{}: {meaning}.", field.label.en);
    let flag = || json!({ "type": "string", "enum": ["true", "false"] });
    let (item, example) = match (operator, field.kind) {
        (Operator::Exists, _) => return parameter(&name, &description, flag(), Some(json!("true"))),
        (_, FieldKind::Code { codes, vocabulary, .. }) => {
            description = format!("{description} Codes: `/v1/vocabularies/{vocabulary}`.");
            let codes: Vec<&str> = codes().into_iter().map(|(code, _)| code).collect();
            let example = json!(codes.first());
            let schema = match vocabulary {
                // States may also be given by the digits that AGS and ARS begin with.
                "state" => json!({ "type": "string", "maxLength": 5, "pattern": "^(DE-[A-Z]{2}|[0-9]{2})$" }),
                _ => json!({ "type": "string", "enum": codes }),
            };
            (schema, example)
        }
        (_, FieldKind::Keyword { example, .. }) => (
            json!({ "type": "string", "minLength": 1, "maxLength": 200 }),
            json!(example),
        ),
        (_, FieldKind::Organisation) => (key(), json!("dataport")),
        (_, FieldKind::Component | FieldKind::Identity) => (key(), json!("fit-connect")),
        (_, FieldKind::Flag) => (flag(), json!("true")),
        (_, FieldKind::Day) => (
            json!({ "type": "string", "format": "date", "maxLength": 10 }),
            json!("2026-01-01"),
        ),
        (_, FieldKind::Moment) => {
            description.push_str(" A day means all of it; a moment is written after RFC 3339.");
            (
                json!({ "type": "string", "maxLength": 40, "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}" }),
                json!("2026-01-01"),
            )
        }
        (_, FieldKind::Integer) => (
            json!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": 9_007_199_254_740_991_i64 }),
            json!(1),
        ),
        (_, FieldKind::Percent) => (
            json!({ "type": "number", "format": "double", "minimum": 0, "maximum": 100 }),
            json!(99.5),
        ),
        (_, FieldKind::Text) => (json!({ "type": "string", "maxLength": 200 }), Value::Null),
    };
    if field.is_number() || matches!(field.kind, FieldKind::Flag) {
        return parameter(&name, &description, item, Some(example));
    }
    parameter(
        &name,
        &description,
        list(item, limits::FILTER_VALUES),
        Some(json!([example])),
    )
}

fn key() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" })
}

/// The same parameters as members of an object: a value or a list of values each.
fn body(parameters: &[Value]) -> Value {
    let mut properties = Map::new();
    for parameter in parameters {
        let (Some(name), Some(schema)) = (parameter.get("name").and_then(Value::as_str), parameter.get("schema"))
        else {
            continue;
        };
        let description = parameter.get("description").cloned().unwrap_or_default();
        let is_flag = |schema: &Value| schema.get("enum") == Some(&json!(["true", "false"]));
        let mut one = schema.clone();
        let mut property = match schema.get("items") {
            Some(items) => json!({ "oneOf": [items, one] }),
            None if is_flag(schema) => json!({ "type": "boolean" }),
            None => one.take(),
        };
        if let Some(members) = property.as_object_mut() {
            members.insert("description".to_owned(), description);
        }
        properties.insert(name.to_owned(), property);
    }
    json!({
        "type": "object",
        "description": "A query: each member is a parameter of `GET /v1/components`, with one value or a list of values.",
        "properties": properties,
        "additionalProperties": false,
    })
}
