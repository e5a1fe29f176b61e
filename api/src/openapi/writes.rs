//! The parameters and headers that all writes have in common.

use domain::limits;
use serde_json::{Map, Value, json};

/// Adds them to every operation that writes records.
pub(super) fn add(document: &mut Value) {
    let Some(paths) = document.pointer_mut("/paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (_, item) in paths.iter_mut() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let is_write = method != "get" && super::security::needs_scope(operation);
            let Some(operation) = operation.as_object_mut().filter(|_| is_write) else {
                continue;
            };
            let all = operation.entry("parameters").or_insert_with(|| json!([]));
            if let Some(all) = all.as_array_mut() {
                all.extend(parameters(method));
            }
        }
    }
}

/// What was read can be sent back: written documents may hold what the catalogue knows of the record.
pub(super) fn take_what_was_read(schemas: &mut Map<String, Value>) {
    const WRITTEN: [&str; 3] = ["id", "slug", "publication"];
    const IGNORED: [&str; 4] = ["revision", "publishedAt", "createdAt", "updatedAt"];
    for (written, record) in [
        ("Component", "ComponentRecord"),
        ("Organisation", "OrganisationRecord"),
        ("Adoption", "AdoptionRecord"),
        ("Offer", "OfferRecord"),
        ("Attestation", "AttestationRecord"),
        ("Relation", "RelationRecord"),
    ] {
        let known = schemas.get(record).and_then(|schema| schema.get("properties")).cloned();
        let own = schemas.get_mut(written).and_then(|schema| schema.get_mut("properties"));
        let (Some(known), Some(own)) = (known, own.and_then(Value::as_object_mut)) else {
            continue;
        };
        for name in WRITTEN.iter().chain(&IGNORED) {
            let Some(mut schema) = known.get(name).cloned() else {
                continue;
            };
            if let Some(members) = schema.as_object_mut().filter(|_| IGNORED.contains(name)) {
                members.insert("readOnly".to_owned(), json!(true));
            }
            own.insert((*name).to_owned(), schema);
        }
    }
}

fn parameters(method: &str) -> Vec<Value> {
    let mut all = vec![json!({
        "name": "dryRun", "in": "query", "required": false,
        "description": "Answer what would happen (the record, what differs, what readers would miss, which other records \
                        are affected), and change nothing.",
        "schema": { "type": "boolean", "default": false }, "example": true,
    })];
    if method == "post" {
        all.push(header(
            "Idempotency-Key",
            "The client's name for this request: sent again with the same key and body, it works once and is answered \
             alike, for 24 hours. Another body with the same key is refused with 422.",
            json!({ "type": "string", "minLength": 1, "maxLength": limits::KEY_CHARS, "pattern": "^[ -~]+$" }),
            None,
        ));
    } else {
        all.push(header(
            "If-Match",
            "The `ETag` of the revision that is changed; `*` for whichever. Without it 428, and 412 where the record is in \
             another revision.",
            json!({ "type": "string", "minLength": 1, "maxLength": 500 }),
            Some("\"r3\""),
        ));
    }
    if method == "put" {
        all.push(header(
            "If-None-Match",
            "`*` to create: the record must not be there.",
            json!({ "type": "string", "enum": ["*"] }),
            Some("*"),
        ));
    }
    all.push(header(
        "Change-Comment",
        "Why, for the log; percent-encoded where it is not ASCII.",
        json!({ "type": "string", "minLength": 1, "maxLength": 3 * limits::COMMENT_CHARS }),
        Some("New contact office"),
    ));
    if method != "delete" {
        all.push(header(
            "Prefer",
            "`return=minimal` asks for an answer without a body (RFC 7240).",
            json!({ "type": "string", "maxLength": 200 }),
            None,
        ));
    }
    all
}

/// Swagger UI fills in every example: a constant key would make a person's second try another request with the same key.
#[allow(clippy::needless_pass_by_value, reason = "callers write the schema in place")]
fn header(name: &str, description: &str, schema: Value, example: Option<&str>) -> Value {
    let mut header =
        json!({ "name": name, "in": "header", "required": false, "description": description, "schema": schema });
    if let (Some(members), Some(example)) = (header.as_object_mut(), example) {
        members.insert("example".to_owned(), example.into());
    }
    header
}
