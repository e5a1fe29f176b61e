//! Examples that are real: records of the sample catalogue.

use serde_json::{Map, Value, json};

/// A real record of the sample catalogue, as the service would answer it.
fn sample(records: &str, slug: &str, id: u8) -> Option<Value> {
    let mut record = json!({
        "id": format!("01980c2e-7a00-7000-8000-0000000000{id:02}"),
        "slug": slug,
        "revision": 1,
        "publication": "published",
        "createdAt": "2026-11-23T09:30:00.000000Z",
        "updatedAt": "2026-11-23T09:30:00.000000Z",
    });
    record.as_object_mut()?.extend(written(records, slug)?);
    Some(record)
}

/// A record of the sample catalogue, as somebody wrote it.
pub(super) fn written(records: &str, slug: &str) -> Option<Map<String, Value>> {
    let line = records
        .lines()
        .find(|line| line.contains(&format!("\"slug\":\"{slug}\"")))?;
    serde_json::from_str(line).ok()
}

/// Adds examples to the bodies of requests, and to the answers of lists and records.
pub(super) fn add(document: &mut Value) {
    super::requests::add(document);
    let component = sample(crate::sample::COMPONENTS, "fit-connect", 1);
    let organisation = sample(crate::sample::ORGANISATIONS, "dataport", 2);
    let list =
        |record: &Option<Value>| json!({ "items": [record], "total": 1, "next": null, "prev": null, "asOf": 762 });
    let facets = json!({ "kind": [
        { "value": "building_block", "count": 83, "selected": false, "label": { "de": "Baustein", "en": "Building block" } }
    ] });
    let mut components = list(&component);
    if let Some(members) = components.as_object_mut() {
        members.insert("facets".to_owned(), facets);
    }
    let answers = [
        ("/paths/~1v1~1components/get", components.clone()),
        ("/paths/~1v1~1components~1search/post", components),
        ("/paths/~1v1~1components~1{id}/get", json!(component)),
        (
            "/paths/~1v1~1components~1{id}~1similar/get",
            json!({ "items": [component], "asOf": 762 }),
        ),
        (
            "/paths/~1v1~1components~1suggest/get",
            json!({ "items": [{ "text": "FIT-Connect", "kind": "name" }] }),
        ),
        ("/paths/~1v1~1organisations/get", list(&organisation)),
        ("/paths/~1v1~1organisations~1{id}/get", json!(organisation)),
    ];
    for (operation, example) in answers {
        let content = document.pointer_mut(&format!("{operation}/responses/200/content/application~1json"));
        if let Some(content) = content.and_then(Value::as_object_mut) {
            content.insert("example".to_owned(), example);
        }
    }
}
