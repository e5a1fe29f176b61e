//! Who may call what: the schemes, the operations that a token opens, and the errors that go with it.

use serde_json::{Map, Value, json};

use crate::auth::TOKEN_PATH;

/// Adds it to the finished document.
pub(super) fn add(document: &mut Value) {
    if let Some(components) = document.pointer_mut("/components").and_then(Value::as_object_mut) {
        components.insert("securitySchemes".to_owned(), schemes());
    }
    if let Some(headers) = document
        .pointer_mut("/components/headers")
        .and_then(Value::as_object_mut)
    {
        headers.insert(
            "WwwAuthenticate".to_owned(),
            json!({
                "description": "What to show instead (RFC 6750, section 3; RFC 7617 where a client asks for a token).",
                "schema": { "type": "string", "maxLength": 500 },
                "example": "Bearer realm=\"verbundkatalog\", error=\"invalid_token\"",
            }),
        );
    }
    let challenge = document.pointer_mut("/components/responses/Unauthenticated/headers");
    if let Some(headers) = challenge.and_then(Value::as_object_mut) {
        headers.insert(
            "WWW-Authenticate".to_owned(),
            json!({ "$ref": "#/components/headers/WwwAuthenticate" }),
        );
    }
    let paths = document.pointer_mut("/paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Some(operation) = operation.as_object_mut() {
                describe(path, operation);
            }
        }
    }
}

fn schemes() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token (RFC 6750, RFC 7519; checked after RFC8725) of an issuer that this service trusts: an outside one, or its own \
                (`POST /v1/token`). Reading what is published needs none.",
        },
        "client": {
            "type": "http",
            "scheme": "basic",
            "description": "Name and secret of a registered client (RFC 6749, section 2.3.1); for `POST /v1/token` alone.",
        },
    })
}

/// Whether an operation is for tokens with certain scopes alone.
pub(super) fn needs_scope(operation: &Value) -> bool {
    operation.get("security").is_some_and(names_scopes)
}

fn names_scopes(security: &Value) -> bool {
    security.as_array().is_some_and(|all| {
        all.iter()
            .any(|one| one["bearer"].as_array().is_some_and(|scopes| !scopes.is_empty()))
    })
}

fn describe(path: &str, operation: &mut Map<String, Value>) {
    // Where no token is needed, one still widens what is seen.
    let security = operation
        .entry("security")
        .or_insert_with(|| json!([{}, { "bearer": [] }]));
    let needs_scope = names_scopes(security);
    // Swagger UI shows no scopes of such tokens, so that people read them in the text.
    let mut scopes: Vec<String> = Vec::new();
    for one in security.as_array().into_iter().flatten() {
        let named = one.get("bearer").and_then(Value::as_array).into_iter().flatten();
        scopes.extend(named.filter_map(Value::as_str).map(|scope| format!("`{scope}`")));
    }
    if let (false, Some(Value::String(text))) = (scopes.is_empty(), operation.get_mut("description")) {
        let several = if scopes.len() > 1 {
            "one of the scopes"
        } else {
            "the scope"
        };
        *text = format!("{text}\n\nNeeds {several} {}.", scopes.join(", "));
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    let mut answer = |status: &str, name: &str| {
        responses.insert(
            status.to_owned(),
            json!({ "$ref": format!("#/components/responses/{name}") }),
        );
    };
    // A token that is no good is refused everywhere.
    answer("401", "Unauthenticated");
    if needs_scope {
        answer("403", "Forbidden");
    }
    if path == TOKEN_PATH {
        answer("400", "InvalidGrant");
        answer("429", "TooManyRequests");
        answer("503", "Unavailable");
    }
    responses.sort_keys();
}
