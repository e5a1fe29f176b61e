//! The OpenAPI document as a contract: every answer of every test is held against it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::Answer;

/// Headers that every answer has, with their values; where there is none, any value.
const EVERYWHERE: [(&str, Option<&str>); 7] = [
    ("api-version", Some(verbundkatalog::conventions::API_VERSION)),
    ("x-request-id", None),
    ("x-content-type-options", Some("nosniff")),
    ("referrer-policy", Some("no-referrer")),
    ("x-frame-options", Some("DENY")),
    ("cross-origin-resource-policy", Some("cross-origin")),
    ("cache-control", None),
];

/// The document.
pub fn document() -> &'static Value {
    verbundkatalog::openapi::document()
}

/// One operation of the document.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Template of its path.
    pub path: &'static str,
    /// Its method in upper case.
    pub method: &'static str,
    /// What the document says of it.
    pub spec: &'static Value,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl Operation {
    /// The statuses that the document knows of it.
    pub fn statuses(&self) -> Vec<u16> {
        let responses = self.spec["responses"].as_object().unwrap();
        responses.keys().map(|status| status.parse().unwrap()).collect()
    }

    /// What the document says of a status; references are followed.
    pub fn response(&self, status: u16) -> Option<&'static Value> {
        let response = self.spec["responses"].get(status.to_string())?;
        match response["$ref"].as_str() {
            Some(reference) => document().pointer(reference.trim_start_matches('#')),
            None => Some(response),
        }
    }

    /// Its name.
    pub fn id(&self) -> &'static str {
        self.spec["operationId"].as_str().unwrap()
    }

    /// Whether it changes records: then it can be tried with `dryRun`.
    pub fn is_write(&self) -> bool {
        self.parameters().any(|p| p["name"] == "dryRun")
    }

    /// The scopes of which one is enough; none where no scope is needed.
    pub fn scopes(&self) -> Vec<&'static str> {
        let all = self.spec["security"].as_array().into_iter().flatten();
        all.filter_map(|one| one["bearer"].as_array())
            .flatten()
            .map(|scope| scope.as_str().unwrap())
            .collect()
    }

    /// Whether the document says that it answers without a token.
    pub fn is_public(&self) -> bool {
        let all = self.spec["security"].as_array().into_iter().flatten();
        all.clone().any(|one| one.as_object().unwrap().is_empty())
    }

    /// Its path with the examples of its parameters filled in.
    pub fn example_path(&self) -> String {
        self.filled(self.path.to_owned())
    }

    /// A path whose remaining parameters are examples.
    pub(crate) fn filled(&self, mut path: String) -> String {
        for parameter in self.parameters().filter(|p| p["in"] == "path") {
            let name = parameter["name"].as_str().unwrap();
            assert!(!parameter["example"].is_null(), "{self}: {name} has no example");
            path = path.replace(&format!("{{{name}}}"), &written(&parameter["example"]));
        }
        path
    }

    /// Its parameters.
    pub fn parameters(&self) -> impl Iterator<Item = &'static Value> + use<> {
        self.spec["parameters"].as_array().into_iter().flatten()
    }
}

/// A value as a parameter of a URL.
pub fn written(example: &Value) -> String {
    match example {
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(","),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// All operations of the document.
pub fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, spec) in item.as_object().unwrap() {
            let method = match method.as_str() {
                "get" => "GET",
                "post" => "POST",
                "put" => "PUT",
                "patch" => "PATCH",
                "delete" => "DELETE",
                _ => continue,
            };
            all.push(Operation { path, method, spec });
        }
    }
    all
}

/// The operation at a concrete path; HEAD is GET's.
pub fn operation(method: &str, path: &str) -> Option<Operation> {
    let method = if method == "HEAD" { "GET" } else { method };
    let given: Vec<&str> = path.split('?').next().unwrap().split('/').collect();
    let fits = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == given.len()
            && template
                .iter()
                .zip(&given)
                .all(|(t, g)| t == g || (t.starts_with('{') && !g.is_empty()))
    };
    let all = operations();
    let of_method = || all.iter().filter(|o| o.method == method);
    // A fixed path is nearer than a template; of another method, it still hides the template.
    if all.iter().any(|o| o.path == given.join("/")) {
        return of_method().find(|o| o.path == given.join("/")).copied();
    }
    of_method().find(|o| fits(o.path)).copied()
}

/// How strictly records are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Records {
    /// They must be whole.
    Whole,
    /// They may be parts.
    Parts,
}

/// Fails unless an instance is what a schema of the document says.
#[track_caller]
pub fn validate(what: &str, schema: &Value, instance: &Value, records: Records) {
    type Compiled = Mutex<HashMap<(String, Records), Arc<Validator>>>;
    static COMPILED: LazyLock<Compiled> = LazyLock::new(Compiled::default);
    let key = (schema.to_string(), records);
    let known = COMPILED.lock().get(&key).cloned();
    let validator = known.unwrap_or_else(|| {
        let mut root = json!({ "allOf": [schema], "components": { "schemas": document()["components"]["schemas"] } });
        if records == Records::Whole {
            only_whole_records(&mut root);
        }
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&root)
            .unwrap_or_else(|error| panic!("{what}: the schema is none: {error}"));
        let validator = Arc::new(validator);
        COMPILED.lock().insert(key, validator.clone());
        validator
    });
    let errors: Vec<String> = validator
        .iter_errors(instance)
        .take(5)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    let text: String = instance.to_string().chars().take(2000).collect();
    assert!(errors.is_empty(), "{what} is not as documented: {errors:#?}\n{text}");
}

/// Where a whole record or a part of it may stand, only the whole one may.
fn only_whole_records(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let whole = object
                .get("anyOf")
                .and_then(|variants| variants.as_array())
                .and_then(|variants| variants.first())
                .filter(|first| first["$ref"].as_str().is_some_and(|r| r.ends_with("Record")))
                .cloned();
            if let Some(whole) = whole {
                object.remove("anyOf");
                object.insert("allOf".to_owned(), json!([whole]));
            }
            object.values_mut().for_each(only_whole_records);
        }
        Value::Array(items) => items.iter_mut().for_each(only_whole_records),
        _ => {}
    }
}

/// Fails unless an answer is one that the document describes.
#[track_caller]
pub fn check(method: &str, path: &str, answer: &Answer) {
    let what = format!("{method} {path} → {}", answer.status);
    for (name, value) in EVERYWHERE {
        let given = answer
            .headers
            .get(name)
            .unwrap_or_else(|| panic!("{what}: no {name}: {answer:?}"));
        assert!(value.is_none_or(|v| v == given), "{what}: {name} is {given}");
    }
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
    if method == "OPTIONS" {
        return;
    }
    let operation = operation(method, path);
    let Some(operation) = operation else {
        let is_page = path.starts_with("/docs") && matches!(answer.status, 200 | 304 | 307 | 308);
        if !is_page {
            assert!(answer.status >= 400, "{what}: nothing is documented here");
            problem(&what, method, answer);
        }
        return;
    };
    // Given before an operation is known, and therefore described once and not with each.
    if matches!(answer.status, 408 | 431) && operation.response(answer.status).is_none() {
        return problem(&what, method, answer);
    }
    let documented = operation
        .response(answer.status)
        .unwrap_or_else(|| panic!("{what}: the status is not documented: {}", answer.text()));
    for (name, header) in documented["headers"].as_object().into_iter().flatten() {
        let header = header["$ref"].as_str().map_or(header, |reference| {
            document().pointer(reference.trim_start_matches('#')).unwrap()
        });
        let optional = header["required"] != true;
        let given = answer.headers.contains_key(&name.to_ascii_lowercase());
        assert!(optional || given, "{what}: the documented header {name} is missing");
    }
    let Some(content) = documented["content"].as_object() else {
        assert!(answer.body.is_empty(), "{what}: no body is documented");
        return;
    };
    if answer.header("preference-applied") == "return=minimal" {
        assert!(answer.body.is_empty(), "{what}: a minimal answer has a body");
        return;
    }
    let schema = &content
        .get(answer.media_type())
        .unwrap_or_else(|| panic!("{what}: {:?} is not documented", answer.media_type()))["schema"];
    if method == "HEAD" {
        assert!(answer.body.is_empty(), "{what}: HEAD has a body");
        return;
    }
    if answer.status >= 400 {
        problem(&what, method, answer);
    } else if answer.media_type().ends_with("json") && answer.media_type() != "application/x-ndjson" {
        let parts = ["fields", "lang"].iter().any(|name| path.contains(&format!("{name}=")));
        let records = if parts || method == "POST" {
            Records::Parts
        } else {
            Records::Whole
        };
        validate(&what, schema, &answer.json(), records);
    }
}

/// Fails unless an answer is a problem after RFC 9457.
#[track_caller]
fn problem(what: &str, method: &str, answer: &Answer) {
    assert_eq!(
        answer.media_type(),
        "application/problem+json",
        "{what}: {}",
        answer.text()
    );
    if answer.status == 405 {
        assert!(!answer.header("allow").is_empty(), "{what}: no Allow");
    }
    if method == "HEAD" {
        assert!(answer.body.is_empty(), "{what}: HEAD has a body");
        return;
    }
    let body = answer.json();
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    validate(what, &schema, &body, Records::Whole);
    assert_eq!(body["status"], answer.status, "{what}");
    assert_eq!(
        body["instance"],
        format!("urn:request:{}", answer.header("x-request-id")),
        "{what}"
    );
}
