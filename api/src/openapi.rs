//! The OpenAPI document: generated from the handlers and the query language, then made exact.

mod answers;
mod bodies;
mod errors;
mod examples;
mod needs;
mod parameters;
mod parts;
mod requests;
mod security;
mod tidy;
mod walk;
mod writes;

use std::sync::LazyLock;

use actix_web::App;
use serde_json::{Map, Value, json};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ContactBuilder, InfoBuilder, LicenseBuilder, OpenApiBuilder, Server};
use utoipa_actix_web::AppExt;

pub use answers::*;

use crate::conventions::API_VERSION;
use crate::routes;

const DESCRIPTION: &str = include_str!("openapi/description.md");

/// The generated code of all schemas together takes more stack than the threads that answer requests have.
const STACK: usize = 64 * 1024 * 1024;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let built = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(build)
        .map(std::thread::JoinHandle::join);
    match built {
        Ok(Ok(document)) => document,
        // Without threads there is no service either; the tests would not pass.
        Ok(Err(_)) | Err(_) => Value::Null,
    }
});
static JSON: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());
static YAML: LazyLock<String> = LazyLock::new(|| serde_saphyr::to_string(&*DOCUMENT).unwrap_or_default());

/// The document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// The document as JSON text.
pub fn json() -> &'static str {
    &JSON
}

/// The document as YAML text.
pub fn yaml() -> &'static str {
    &YAML
}

fn build() -> Value {
    let tag = |name, text| TagBuilder::new().name(name).description(Some(text)).build();
    let base = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Verbundkatalog")
                .version(API_VERSION)
                .description(Some(DESCRIPTION))
                .contact(Some(
                    ContactBuilder::new()
                        .name(Some("Verbundkatalog"))
                        .url(Some("https://verbundkatalog.example.org"))
                        .email(Some("verbundkatalog@example.org"))
                        .build(),
                ))
                .license(Some(
                    LicenseBuilder::new()
                        .name("EUPL-1.2")
                        .url(Some("https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12"))
                        .build(),
                ))
                .build(),
        )
        .servers(Some([Server::new("/")]))
        .tags(Some([
            tag("components", "Reusable components: list, search, count, read."),
            tag("organisations", "Bodies that own, supply, operate and use components."),
            tag("adoptions", "Who uses which component, how far, and who said so."),
            tag("offers", "On whose terms a component can be had."),
            tag("attestations", "Dated claims about components, with evidence."),
            tag("relations", "What components are to each other."),
            tag("changes", "Proposed changes and their review."),
            tag("events", "The log of all changes: pages, lines, or a stream."),
            tag("tokens", "Who one is, and tokens of this service."),
            tag("reference", "Code lists, schemas, problem types, this document."),
            tag("operation", "State and health of this instance."),
        ]))
        .build();
    let (_, generated) = App::new()
        .into_utoipa_app()
        .openapi(base)
        .configure(routes::configure)
        .split_for_parts();
    // The document is made of this crate's own types; if it could not be written, every test would fail.
    let mut document = serde_json::to_value(&generated).unwrap_or_default();
    parameters::add(&mut document);
    needs::add(&mut document);
    writes::add(&mut document);
    tidy::tidy(&mut document);
    security::add(&mut document);
    document
}

/// Methods that the document knows at a concrete path; empty where no operation lives there.
pub fn methods_at(path: &str) -> Vec<String> {
    let Some(paths) = DOCUMENT.get("paths").and_then(Value::as_object) else {
        return Vec::new();
    };
    let given: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == given.len()
            && template
                .iter()
                .zip(&given)
                .all(|(t, g)| t == g || (t.starts_with('{') && !g.is_empty()))
    };
    // `/v1/components/search` is an address of its own, not a component.
    let found = paths
        .get(path)
        .or_else(|| paths.iter().find(|(template, _)| fits(template)).map(|(_, item)| item));
    let Some(item) = found.and_then(Value::as_object) else {
        return Vec::new();
    };
    let mut methods: Vec<String> = Vec::new();
    for method in ["get", "post", "put", "patch", "delete"] {
        if item.contains_key(method) {
            methods.push(method.to_uppercase());
            if method == "get" {
                methods.push("HEAD".to_owned());
            }
        }
    }
    methods.push("OPTIONS".to_owned());
    methods
}

/// The JSON Schema of what a client writes for a kind of component, or for another noun.
pub fn schema_of(kind: &str) -> Option<Value> {
    let schemas = DOCUMENT.pointer("/components/schemas")?.as_object()?;
    let other = match kind {
        "organisation" => Some("OrganisationRecord"),
        "adoption" => Some("AdoptionRecord"),
        "offer" => Some("OfferRecord"),
        "attestation" => Some("AttestationRecord"),
        "relation" => Some("RelationRecord"),
        _ => None,
    };
    let (root, details) = if let Some(other) = other {
        (other, None)
    } else {
        let details = schemas
            .get("Details")?
            .pointer(&format!("/discriminator/mapping/{kind}"))?
            .as_str()?;
        ("ComponentRecord", Some(details.to_owned()))
    };
    let mut schema = schemas.get(root)?.clone();
    without_what_is_known(&mut schema);
    if let (Some(details), Some(properties)) = (details, schema.get_mut("properties").and_then(Value::as_object_mut)) {
        properties.insert(
            "kind".to_owned(),
            json!({ "const": kind, "description": "The kind that this schema is for." }),
        );
        properties.insert("details".to_owned(), json!({ "$ref": details }));
    }
    let mut definitions = Map::new();
    collect(&schema, schemas, &mut definitions);
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("/v1/schemas/{kind}"),
    });
    if let (Some(whole), Value::Object(members)) = (whole.as_object_mut(), schema) {
        whole.extend(members);
        whole.insert("$defs".to_owned(), Value::Object(definitions));
    }
    rewrite(&mut whole);
    Some(whole)
}

/// What the catalogue adds to a document is nothing that a client must write.
fn without_what_is_known(schema: &mut Value) {
    const KNOWN: [&str; 12] = [
        "revision",
        "publication",
        "publishedAt",
        "createdAt",
        "updatedAt",
        "overdue",
        "stale",
        "expired",
        "relations",
        "offers",
        "attestations",
        "adoptions",
    ];
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !KNOWN.contains(&name.as_str()));
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !["id", "slug"].iter().chain(&KNOWN).any(|known| name == known));
    }
}

/// All schemas that a schema refers to, directly or not.
fn collect(schema: &Value, all: &Map<String, Value>, found: &mut Map<String, Value>) {
    walk::each_reference(schema, &mut |name| {
        if !found.contains_key(name)
            && let Some(target) = all.get(name)
        {
            found.insert(name.to_owned(), target.clone());
            collect(target, all, found);
        }
    });
}

fn rewrite(value: &mut Value) {
    match value {
        Value::Object(object) => {
            // A discriminator is OpenAPI's; JSON Schema tells the variants apart by their constant `kind`.
            object.remove("discriminator");
            if let Some(Value::String(reference)) = object.get_mut("$ref") {
                *reference = reference.replace("#/components/schemas/", "#/$defs/");
            }
            object.values_mut().for_each(rewrite);
        }
        Value::Array(items) => items.iter_mut().for_each(rewrite),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_known_at_addresses_and_nowhere_else() {
        assert_eq!(methods_at("/v1/components"), ["GET", "HEAD", "POST", "OPTIONS"]);
        assert_eq!(methods_at("/v1/components/search"), ["POST", "OPTIONS"]);
        assert_eq!(
            methods_at("/v1/components/fit-connect/similar"),
            ["GET", "HEAD", "OPTIONS"]
        );
        assert!(methods_at("/v1/nothing").is_empty());
    }

    #[test]
    fn every_kind_has_a_schema_without_open_references() {
        for kind in domain::vocabulary::all()
            .into_iter()
            .find(|v| v.name == "kind")
            .unwrap()
            .codes
        {
            let schema = schema_of(kind.0).unwrap();
            let defs = schema["$defs"].as_object().unwrap();
            assert!(!schema.to_string().contains("#/components/"));
            for name in defs.keys() {
                assert!(!name.is_empty());
            }
        }
        for noun in ["organisation", "adoption", "offer", "attestation", "relation"] {
            assert!(schema_of(noun).is_some(), "{noun}");
        }
        assert!(schema_of("nothing").is_none());
    }

    #[test]
    fn the_document_reads_the_same_from_yaml() {
        let read: Value = serde_saphyr::from_str(yaml()).unwrap();
        assert_eq!(&read, document());
    }
}
