//! Examples of what clients send, each of which works on the sample catalogue.

use serde_json::{Map, Value, json};

use super::examples::written;

/// Adds them to the bodies of all writes.
pub(super) fn add(document: &mut Value) {
    let components = "/v1/components";
    let organisations = "/v1/organisations";
    put(
        document,
        components,
        "post",
        &[("new", "A draft of a new component", component())],
    );
    put(
        document,
        "/v1/components/{id}",
        "put",
        &[("whole", "The whole component with one more tag", replaced())],
    );
    put(document, "/v1/components/{id}", "patch", &patches());
    put(document, "/v1/components/batch", "post", &batches());
    put(
        document,
        organisations,
        "post",
        &[("below", "A body below another one, kept by that", organisation())],
    );
    put(
        document,
        "/v1/organisations/{id}",
        "put",
        &[("whole", "The whole organisation with its description", kept())],
    );
    put(
        document,
        "/v1/organisations/{id}",
        "patch",
        &[(
            "review",
            "Public entries are changed by approved changes only",
            json!({ "review": "four_eyes" }),
        )],
    );
    put(document, "/v1/changes", "post", &proposals());
    put(
        document,
        "/v1/changes/{id}",
        "patch",
        &[
            (
                "again",
                "Something else instead, and why",
                json!({
                    "patch": { "tags": ["zustellung", "postfach"] },
                    "note": "Schlagwörter wie in den anderen Einträgen",
                }),
            ),
            (
                "rebase",
                "The same, based on the record as it is now",
                json!({ "baseRevision": 1 }),
            ),
        ],
    );
    put(
        document,
        "/v1/changes/{id}/state",
        "put",
        &[
            ("submit", "Ready for review", json!({ "state": "submitted" })),
            (
                "return",
                "Back to those who proposed it",
                json!({
                    "state": "returned",
                    "comment": "Bitte eine Quelle nennen.",
                }),
            ),
            ("approve", "Fine as it is", json!({ "state": "approved" })),
        ],
    );
    put(
        document,
        "/v1/changes/{id}/comments",
        "post",
        &[(
            "question",
            "A question",
            json!({ "text": "Gilt das schon für alle Länder?" }),
        )],
    );
}

type Example = (&'static str, &'static str, Value);

/// Adds examples to the body of an operation, whatever media types it comes in.
fn put(document: &mut Value, path: &str, method: &str, examples: &[Example]) {
    let content = format!("/paths/{}/{method}/requestBody/content", path.replace('/', "~1"));
    let examples: Map<String, Value> = examples
        .iter()
        .map(|(name, summary, value)| ((*name).to_owned(), json!({ "summary": summary, "value": value })))
        .collect();
    let content = document.pointer_mut(&content).and_then(Value::as_object_mut);
    for body in content
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
    {
        body.insert("examples".to_owned(), json!(examples));
    }
}

fn component() -> Value {
    json!({
        "slug": "wohngeld-assistent",
        "kind": "online_service",
        "title": { "de": "Wohngeld-Assistent", "en": "Housing benefit assistant" },
        "summary": { "de": "Führt durch den Antrag auf Wohngeld und prüft die Angaben vor dem Absenden." },
        "lifecycle": "pilot",
        "owner": "dataport",
        "roles": { "operator": ["dataport"] },
        "levels": ["state", "municipal"],
        "states": [{ "state": "DE-SH", "stage": "pilot" }],
        "tags": ["wohngeld", "antrag"],
        "homepage": "https://www.dataport.de",
    })
}

fn replaced() -> Value {
    let mut whole = written(crate::sample::COMPONENTS, "fit-connect").unwrap_or_default();
    if let Some(Value::Array(tags)) = whole.get_mut("tags") {
        tags.push(json!("antragsdaten"));
    }
    Value::Object(whole)
}

fn patches() -> Vec<Example> {
    vec![
        (
            "values",
            "An alias more, no legal basis, a new title in English",
            json!({ "aliases": ["FIT Connect"], "legalBasis": null, "title": { "en": "FIT-Connect delivery" } }),
        ),
        (
            "slug",
            "Another slug; the old one keeps leading to it",
            json!({ "slug": "fit-connect-zustelldienst" }),
        ),
    ]
}

fn batches() -> Vec<Example> {
    let several = json!({ "items": [
        { "operation": "create", "document": component() },
        { "operation": "patch", "record": "fit-connect", "revision": 1, "patch": { "lifecycle": "productive" } },
        { "operation": "withdraw", "record": "abfallnavi-api", "revision": 1 },
    ] });
    let mut all_or_nothing = several.clone();
    if let Some(members) = all_or_nothing.as_object_mut() {
        members.insert("atomic".to_owned(), json!(true));
    }
    vec![
        ("several", "A new one, a changed one and a withdrawn one", several),
        ("atomic", "All of them or none", all_or_nothing),
    ]
}

fn organisation() -> Value {
    json!({
        "slug": "dataport-akademie",
        "kind": "state_body",
        "title": { "de": "Dataport-Akademie" },
        "states": ["DE-SH", "DE-HH"],
        "parent": "dataport",
        "delegates": ["dataport"],
        "homepage": "https://www.dataport.de",
    })
}

fn kept() -> Value {
    let mut whole = written(crate::sample::ORGANISATIONS, "dataport").unwrap_or_default();
    let text = "IT-Dienstleister von sechs Ländern und des kommunalen IT-Verbunds Schleswig-Holstein.";
    whole.insert("description".to_owned(), json!({ "de": text }));
    Value::Object(whole)
}

fn proposals() -> Vec<Example> {
    vec![
        (
            "change",
            "A correction, submitted at once",
            json!({
                "record": "fit-connect",
                "patch": { "aliases": ["FIT Connect"] },
                "note": "So heißt es in der Dokumentation.",
                "state": "submitted",
            }),
        ),
        (
            "create",
            "A new component, as a draft for now",
            json!({ "operation": "create", "patch": component() }),
        ),
        (
            "withdraw",
            "A component that is no more",
            json!({ "operation": "withdraw", "record": "abfallnavi-api", "note": "Abgeschaltet." }),
        ),
    ]
}
