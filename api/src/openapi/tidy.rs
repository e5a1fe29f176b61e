//! What the generator cannot know: absent is not null, unions by kind, the errors and headers that every operation has.

use serde_json::{Map, Value, json};

use crate::problem::ProblemType;

const SCHEMAS: &str = "#/components/schemas/";

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
    }
    inline(document);
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        schemas.retain(|name, _| !is_helper(name));
        schemas.values_mut().for_each(close);
        parts(schemas);
    }
    part_answers(document);
    errors(document);
    examples(document);
}

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

fn each_object(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
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
fn each_object_inside_out(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(|v| each_object_inside_out(v, change));
            change(object);
        }
        Value::Array(items) => items.iter_mut().for_each(|v| each_object_inside_out(v, change)),
        _ => {}
    }
}

fn without_null(schema: &mut Value) {
    each_object(schema, &mut |object| {
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
fn close(schema: &mut Value) {
    each_object(schema, &mut |object| {
        let is_object = object.get("type").is_some_and(|t| t == "object");
        if is_object && object.contains_key("properties") && !object.contains_key("additionalProperties") {
            object.insert("additionalProperties".to_owned(), json!(false));
        }
    });
}

/// Records of which `fields` leaves members out, and in which `lang` makes texts plain.
const RECORDS: [(&str, &str); 2] = [
    ("ComponentRecord", "ComponentPart"),
    ("OrganisationRecord", "OrganisationPart"),
];

/// For each record the schema of its parts: no member is required, and a text is one string or a string per language.
/// What holds texts further down gets such a form of its own, named after it.
fn parts(schemas: &mut Map<String, Value>) {
    let is_text = |name: &str| name.starts_with("Localized");
    let mut holders: Vec<String> = Vec::new();
    loop {
        let before = holders.len();
        for (name, schema) in schemas.iter() {
            let mut holds = false;
            each_reference(schema, &mut |used| {
                holds |= is_text(used) || holders.iter().any(|h| h == used);
            });
            if holds && !holders.contains(name) {
                holders.push(name.clone());
            }
        }
        if holders.len() == before {
            break;
        }
    }
    let mut wanted: Vec<(String, String)> = RECORDS.map(|(of, part)| (of.to_owned(), part.to_owned())).to_vec();
    let mut done = 0;
    while let Some((name, part)) = wanted.get(done).cloned() {
        done += 1;
        let Some(mut schema) = schemas.get(&name).cloned() else {
            continue;
        };
        each_reference(&schema, &mut |used| {
            if holders.iter().any(|h| h == used) && !wanted.iter().any(|(n, _)| n == used) {
                wanted.push((used.to_owned(), format!("{used}Part")));
            }
        });
        if let (true, Some(members)) = (done <= RECORDS.len(), schema.as_object_mut()) {
            members.remove("required");
            let text = format!("A {name} with some of its members, or with its texts in one language.");
            members.insert("description".to_owned(), json!(text));
        }
        refer_to_parts(&mut schema, &wanted, schemas);
        schemas.insert(part, schema);
    }
}

/// References to texts and to their holders become references to their parts.
fn refer_to_parts(schema: &mut Value, parts: &[(String, String)], schemas: &Map<String, Value>) {
    let part_of = |reference: &str| {
        let name = reference.strip_prefix(SCHEMAS)?;
        let (_, part) = parts.iter().find(|(of, _)| of == name)?;
        Some(format!("{SCHEMAS}{part}"))
    };
    each_object_inside_out(schema, &mut |object| {
        let reference = object
            .get("$ref")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        if let Some(part) = part_of(&reference) {
            object.insert("$ref".to_owned(), json!(part));
        } else if let Some(name) = reference.strip_prefix(SCHEMAS).filter(|n| n.starts_with("Localized")) {
            let one = schemas.get(name).and_then(|s| s.get("additionalProperties")).cloned();
            object.remove("$ref");
            object.insert("anyOf".to_owned(), json!([{ "$ref": reference }, one]));
        }
        if let Some(Value::Object(mapping)) = object.get_mut("mapping") {
            for target in mapping.values_mut() {
                if let Some(part) = target.as_str().and_then(part_of) {
                    *target = json!(part);
                }
            }
        }
    });
}

/// Lists and single records answer whole records, or parts of them where `fields` or `lang` ask for that.
fn part_answers(document: &mut Value) {
    for (record, part) in RECORDS {
        let reference = json!({ "$ref": format!("{SCHEMAS}{record}") });
        let either = json!({ "anyOf": [reference, { "$ref": format!("{SCHEMAS}{part}") }] });
        let noun = record.trim_end_matches("Record");
        let places = [
            format!("/components/schemas/{noun}List/properties/items/items"),
            format!(
                "/paths/~1v1~1{}s~1{{id}}/get/responses/200/content/application~1json/schema",
                noun.to_lowercase()
            ),
        ];
        for place in places {
            if let Some(schema) = document.pointer_mut(&place).filter(|s| **s == reference) {
                *schema = either.clone();
            }
        }
    }
}

fn errors(document: &mut Value) {
    let mut responses = Map::new();
    for problem in ProblemType::ALL {
        responses.insert(pascal(problem.slug()), response(problem));
    }
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(known) = operation.get_mut("responses").and_then(Value::as_object_mut) {
                for problem in problems_of(path, method) {
                    known.insert(
                        problem.status().as_u16().to_string(),
                        json!({ "$ref": format!("#/components/responses/{}", pascal(problem.slug())) }),
                    );
                }
                known.sort_keys();
                for (status, response) in known.iter_mut().filter(|(status, _)| status.starts_with(['2', '3'])) {
                    headers(path, status, response);
                }
            }
        }
    }
    if let Some(components) = document.pointer_mut("/components").and_then(Value::as_object_mut) {
        components.insert("responses".to_owned(), Value::Object(responses));
        components.insert("headers".to_owned(), header_components());
        if let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) {
            schemas.insert("Problem".to_owned(), problem_schema());
            schemas.insert("ProblemItem".to_owned(), item_schema());
        }
    }
}

fn problem_schema() -> Value {
    let mut schema =
        serde_json::to_value(<crate::problem::ProblemBody as utoipa::PartialSchema>::schema()).unwrap_or_default();
    if let Some(object) = schema.as_object_mut() {
        // RFC 9457 lets types of problems add members.
        object.insert("additionalProperties".to_owned(), json!(true));
        object.insert("maxProperties".to_owned(), json!(30));
    }
    schema
}

fn item_schema() -> Value {
    let mut schema =
        serde_json::to_value(<crate::problem::ProblemItem as utoipa::PartialSchema>::schema()).unwrap_or_default();
    without_null(&mut schema);
    close(&mut schema);
    schema
}

/// The problems that an operation may answer with.
fn problems_of(path: &str, method: &str) -> Vec<ProblemType> {
    use ProblemType as P;
    let mut problems = vec![P::InvalidParameters, P::UriTooLong, P::Internal];
    if path.contains('{') {
        problems.push(P::NotFound);
    }
    if path.starts_with("/v1") || path == "/" {
        problems.push(P::NotAcceptable);
    }
    if path == "/v1/components/{id}" || path == "/v1/organisations/{id}" {
        problems.push(P::Withdrawn);
    }
    let reads_records = path.starts_with("/v1/components") || path.starts_with("/v1/organisations");
    // Suggestions come from memory alone.
    if (reads_records && path != "/v1/components/suggest") || path == "/health/ready" {
        problems.push(P::Unavailable);
    }
    if method == "post" {
        problems.extend([P::PayloadTooLarge, P::UnsupportedMediaType]);
        // The body is where such an operation is told most of what can be wrong.
        problems.retain(|p| *p != P::InvalidParameters);
        problems.push(P::InvalidDocument);
    }
    problems
}

fn pascal(slug: &str) -> String {
    slug.split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<String>()
        })
        .collect()
}

fn response(problem: ProblemType) -> Value {
    let mut headers = common_headers();
    if problem == ProblemType::Unavailable {
        headers.insert(
            "Retry-After".to_owned(),
            json!({ "$ref": "#/components/headers/RetryAfter" }),
        );
    }
    let errors = match problem {
        ProblemType::InvalidParameters => json!([{
            "parameter": "kind",
            "code": "unknown_value",
            "detail": "Unknown value `platfrom`. Did you mean `platform`? Known: cloud_service, ai_tool, platform, online_service, infrastructure, building_block."
        }]),
        ProblemType::InvalidDocument => json!([{
            "pointer": "/limit",
            "code": "out_of_range",
            "detail": "Give a whole number from 0 to 200."
        }]),
        _ => Value::Null,
    };
    let mut example = json!({
        "type": format!("/v1/problems/{}", problem.slug()),
        "title": problem.title().en,
        "status": problem.status().as_u16(),
        "code": problem.code(),
        "detail": problem.meaning().en,
        "instance": "urn:request:01980c2e-7a00-7000-8000-000000000001",
    });
    if let (Some(members), true) = (example.as_object_mut(), errors.is_array()) {
        members.insert("errors".to_owned(), errors);
    }
    json!({
        "description": problem.meaning().en,
        "headers": headers,
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" },
            "example": example,
        } }
    })
}

fn common_headers() -> Map<String, Value> {
    let mut headers = Map::new();
    headers.insert(
        "API-Version".to_owned(),
        json!({ "$ref": "#/components/headers/ApiVersion" }),
    );
    headers.insert(
        "X-Request-Id".to_owned(),
        json!({ "$ref": "#/components/headers/XRequestId" }),
    );
    headers
}

fn headers(path: &str, status: &str, response: &mut Value) {
    let mut headers = common_headers();
    let is_list = matches!(path, "/v1/components" | "/v1/organisations");
    let is_record = matches!(path, "/v1/components/{id}" | "/v1/organisations/{id}");
    if (is_list || is_record) && status != "308" {
        headers.insert("ETag".to_owned(), json!({ "$ref": "#/components/headers/ETag" }));
    }
    if is_list && status == "200" {
        headers.insert("Link".to_owned(), json!({ "$ref": "#/components/headers/Link" }));
    }
    if status == "308" {
        headers.insert(
            "Location".to_owned(),
            json!({ "$ref": "#/components/headers/Location" }),
        );
    }
    if let Some(object) = response.as_object_mut() {
        object.insert("headers".to_owned(), Value::Object(headers));
    }
}

fn header_components() -> Value {
    let header = |text: &str, max: usize, example: &str| json!({ "description": text, "schema": { "type": "string", "maxLength": max }, "example": example });
    json!({
        "ApiVersion": header("Version of the API.", 20, crate::conventions::API_VERSION),
        "XRequestId": header("Id of the request: as it was sent, or a new one.", 128, "01980c2e-7a00-7000-8000-000000000001"),
        "ETag": header("Strong tag of this representation, for `If-None-Match`.", 200, "\"r3\""),
        "Link": header("The next page and the page before (RFC 8288).", 50_000, "</v1/components?limit=5&cursor=abc>; rel=\"next\""),
        "Location": header("The current address.", 2000, "/v1/components/fit-connect"),
        "RetryAfter": header("Seconds after which a new try may succeed (RFC 9110).", 10, "5"),
    })
}

/// A real record of the sample catalogue, as the service would answer it.
fn sample(records: &str, slug: &str, id: u8) -> Option<Value> {
    let line = records
        .lines()
        .find(|line| line.contains(&format!("\"slug\":\"{slug}\"")))?;
    let mut record = json!({
        "id": format!("01980c2e-7a00-7000-8000-0000000000{id:02}"),
        "slug": slug,
        "revision": 1,
        "publication": "published",
        "createdAt": "2026-11-23T09:30:00.000000Z",
        "updatedAt": "2026-11-23T09:30:00.000000Z",
    });
    let Value::Object(written) = serde_json::from_str(line).ok()? else {
        return None;
    };
    record.as_object_mut()?.extend(written);
    Some(record)
}

fn examples(document: &mut Value) {
    let component = sample(crate::sample::COMPONENTS, "fit-connect", 1);
    let organisation = sample(crate::sample::ORGANISATIONS, "dataport", 2);
    let list =
        |record: &Option<Value>| json!({ "items": [record], "total": 1, "next": null, "prev": null, "asOf": 315 });
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
            json!({ "items": [component], "asOf": 315 }),
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
