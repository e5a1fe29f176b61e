//! The errors and headers that operations have in common.

use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::change::Change;
use domain::component::Component;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::relation::Relation;
use serde_json::{Map, Value, json};

use super::security;
use super::tidy::{close, without_null};
use crate::problem::ProblemType;
use crate::records::Resource;
use crate::related;

/// Adds them to every operation.
pub(super) fn add(document: &mut Value) {
    let mut responses = Map::new();
    for problem in ProblemType::ALL {
        responses.insert(pascal(problem.slug()), response(problem));
    }
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let needs_scope = security::needs_scope(operation);
            if let Some(known) = operation.get_mut("responses").and_then(Value::as_object_mut) {
                for problem in problems_of(path, method, needs_scope) {
                    known.insert(
                        problem.status().as_u16().to_string(),
                        json!({ "$ref": format!("#/components/responses/{}", pascal(problem.slug())) }),
                    );
                }
                known.sort_keys();
                let has_tag = known.contains_key("304");
                for (status, response) in known.iter_mut().filter(|(status, _)| status.starts_with(['2', '3'])) {
                    headers(path, method, status, has_tag, response);
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

/// Addresses of the lists of all nouns.
const LISTS: [&str; 7] = [
    Component::PATH,
    Organisation::PATH,
    Change::PATH,
    Adoption::PATH,
    Offer::PATH,
    Attestation::PATH,
    Relation::PATH,
];

/// Answers about a component that must be there.
const OF_COMPONENT: [&str; 5] = [
    "/v1/components/{id}/relations",
    "/v1/components/{id}/impact",
    "/v1/components/{id}/eligibility",
    "/v1/components/{id}/cost-share",
    "/v1/components/{id}/dossier",
];

/// Whether a path is that of a list, of all records or of those below a component.
fn is_list(path: &str) -> bool {
    let below = [
        related::path_below::<Adoption>(),
        related::path_below::<Offer>(),
        related::path_below::<Attestation>(),
    ];
    LISTS.contains(&path) || below.iter().any(|below| below == path)
}

/// Whether a path is that of a record below a component.
fn is_below(path: &str) -> bool {
    let below = [
        related::path_of_one::<Adoption>(),
        related::path_of_one::<Offer>(),
        related::path_of_one::<Attestation>(),
        related::path_of_one::<Relation>(),
    ];
    below.iter().any(|one| one == path)
}

/// Whether a path is that of a record.
fn is_record(path: &str) -> bool {
    path.strip_suffix("/{id}").is_some_and(|list| LISTS.contains(&list)) || is_below(path)
}

/// The problems that an operation may answer with.
fn problems_of(path: &str, method: &str, needs_scope: bool) -> Vec<ProblemType> {
    use ProblemType as P;
    // A bad token is refused everywhere, also where none is needed.
    let mut problems = vec![P::InvalidParameters, P::Unauthenticated, P::UriTooLong, P::Internal];
    let is_write = needs_scope && method != "get";
    if is_write {
        problems.extend([P::Conflict, P::Unavailable]);
    }
    // Nothing keeps a component, or what is about it, from being withdrawn; and what is about it keeps its name.
    if method == "delete" && path == "/v1/components/{id}" || method != "put" && is_below(path) {
        problems.retain(|p| *p != P::Conflict);
    }
    if is_write && matches!(method, "put" | "patch" | "delete") {
        problems.extend([P::PreconditionFailed, P::PreconditionRequired]);
    }
    if is_write && method == "post" {
        problems.push(P::KeyReused);
    }
    // A proposal names the record that it is about.
    if path.contains('{') || path == "/v1/changes" && method == "post" {
        problems.push(P::NotFound);
    }
    if path.starts_with("/v1") || path == "/" {
        problems.push(P::NotAcceptable);
    }
    if path.starts_with("/v1") {
        problems.push(P::TooManyRequests);
    }
    // Whatever takes too long ends.
    problems.push(P::Unavailable);
    // Changes are never withdrawn as records are.
    if is_record(path) && path != "/v1/changes/{id}" && method == "get" {
        problems.push(P::Withdrawn);
    }
    if path.contains("/revisions") || OF_COMPONENT.contains(&path) {
        problems.push(P::Withdrawn);
    }
    if path == "/v1/events" {
        problems.push(P::Unavailable);
    }
    let reads_records = LISTS.iter().any(|nouns| path.starts_with(nouns));
    // Suggestions come from memory alone.
    if (reads_records && path != "/v1/components/suggest") || path == "/health/ready" {
        problems.push(P::Unavailable);
    }
    if matches!(method, "post" | "put" | "patch") {
        problems.extend([P::RequestTimeout, P::PayloadTooLarge, P::UnsupportedMediaType]);
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
    if matches!(problem, ProblemType::Unavailable | ProblemType::TooManyRequests) {
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
        "Access-Control-Allow-Origin".to_owned(),
        json!({ "$ref": "#/components/headers/Access-Control-Allow-Origin" }),
    );
    headers.insert(
        "X-Request-Id".to_owned(),
        json!({ "$ref": "#/components/headers/XRequestId" }),
    );
    for (name, component) in [("RateLimit-Policy", "RateLimitPolicy"), ("RateLimit", "RateLimit")] {
        headers.insert(
            name.to_owned(),
            json!({ "$ref": format!("#/components/headers/{component}") }),
        );
    }
    headers
}

fn headers(path: &str, method: &str, status: &str, has_tag: bool, response: &mut Value) {
    let mut headers = common_headers();
    let is_list = is_list(path) && method == "get";
    let is_question = ["/v1/components/search", "/v1/components/match", "/v1/token"].contains(&path);
    let is_write = method != "get" && path.starts_with("/v1/") && !is_question;
    if is_write && status != "308" {
        for name in ["ETagOfWrite", "PreferenceApplied", "IdempotencyReplayed"] {
            let header = name.replace("ETagOfWrite", "ETag");
            let header = header.replace("PreferenceApplied", "Preference-Applied");
            let header = header.replace("IdempotencyReplayed", "Idempotency-Replayed");
            headers.insert(header, json!({ "$ref": format!("#/components/headers/{name}") }));
        }
    }
    if status == "201" {
        headers.insert(
            "Location".to_owned(),
            json!({ "$ref": "#/components/headers/LocationOfNew" }),
        );
    }
    let has_link = is_list || path == "/v1/events" || path.ends_with("/revisions");
    if (has_tag || is_record(path) && method == "get") && status != "308" {
        let tag = if path == "/v1/events" { "ETagOfLog" } else { "ETag" };
        headers.insert(
            "ETag".to_owned(),
            json!({ "$ref": format!("#/components/headers/{tag}") }),
        );
    }
    if has_link && status == "200" {
        headers.insert("Link".to_owned(), json!({ "$ref": "#/components/headers/Link" }));
    }
    if status == "200" && method == "get" && path.starts_with("/v1") {
        headers.insert("Age".to_owned(), json!({ "$ref": "#/components/headers/Age" }));
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
    let header = |text: &str, max: usize, example: &str| json!({ "description": text, "required": true, "schema": { "type": "string", "maxLength": max }, "example": example });
    let optional = |text: &str, max: usize, example: &str| json!({ "description": text, "required": false, "schema": { "type": "string", "maxLength": max }, "example": example });
    json!({
        "ApiVersion": header("Version of the API.", 20, crate::conventions::API_VERSION),
        "Access-Control-Allow-Origin": {
            "description": "Browsers of any origin may read.",
            "required": true,
            "schema": { "type": "string", "const": "*" },
            "example": "*",
        },
        "ETagOfLog": optional("Strong tag of a page or of all lines, for `If-None-Match`; a stream has none.", 200, "\"762-9f86d081884c7d65\""),
        "XRequestId": header("Id of the request: as it was sent, or a new one.", 128, "01980c2e-7a00-7000-8000-000000000001"),
        "ETag": header("Strong tag of this representation, for `If-None-Match`.", 200, "\"r3\""),
        "ETagOfWrite": optional("Strong tag of the revision that was written, for the next `If-Match`; absent after a dry run.", 200, "\"r4\""),
        "PreferenceApplied": optional("The preference that was honoured (RFC 7240).", 100, "return=minimal"),
        "IdempotencyReplayed": optional("`true` where this is the kept answer to an earlier request with the same `Idempotency-Key`.", 10, "true"),
        "LocationOfNew": optional("The address of the new record.", 2000, "/v1/components/neuer-dienst"),
        "Link": optional("The next page and the page before (RFC 8288).", 50_000, "</v1/components?limit=5&cursor=abc>; rel=\"next\""),
        "Location": header("The current address.", 2000, "/v1/components/fit-connect"),
        "RateLimitPolicy": optional("The quota that applies, and for how many seconds (draft-ietf-httpapi-ratelimit-headers-10); on every answer under `/v1` where quotas are in force.", 100, "\"anonymous\";q=1200;w=60"),
        "RateLimit": optional("How many requests are left of the quota, and the seconds until it is whole again; of a refused request, until the next one.", 100, "\"anonymous\";r=1199;t=1"),
        "Age": optional("Seconds since the answer was level with the log (RFC 9111); only where that is more than 2 s ago, as while the database is away.", 10, "12"),
        "RetryAfter": header("Seconds after which a new try may succeed (RFC 9110).", 10, "5"),
    })
}
