//! How each operation of the document is called: one table for all tests that go through the whole document.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::contract::Operation;
use crate::{Answer, TestApp, Token, url};

/// What an operation is about: a record, as somebody who sees it reads it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// How the address names it: by id or slug.
    pub key: String,
    /// The record itself; null where nobody can read it.
    pub document: Value,
}

/// Nouns of records about components.
pub const ABOUT: [&str; 4] = ["adoption", "offer", "attestation", "relation"];

/// The noun of the records that an operation is about, where it is about one.
pub fn noun(operation: &Operation) -> Option<&'static str> {
    let path = operation.path;
    let is_one = |noun: &&str| {
        path.starts_with(&format!("/v1/{noun}s/{{")) || path.starts_with(&format!("/v1/components/{{id}}/{noun}s/{{"))
    };
    match operation.id() {
        "proposeChange" | "writeComponents" => Some("component"),
        // What is new is about a component.
        id if id.starts_with("create") && ABOUT.iter().any(|noun| path == format!("/v1/{noun}s")) => Some("component"),
        _ if !path.contains("{id}") => None,
        _ => ABOUT.into_iter().find(is_one).or_else(|| {
            ["component", "organisation", "change"]
                .into_iter()
                .find(|noun| path.starts_with(&format!("/v1/{noun}s/")))
        }),
    }
}

/// What an operation sends about a record; nothing where it sends no JSON. A new operation gets its line here.
fn body(operation: &Operation, subject: &Subject) -> Option<Value> {
    let key = &subject.key;
    let homepage = json!({ "homepage": "https://example.org/neu" });
    let source = json!({ "sources": [{ "title": "Neue Quelle" }] });
    Some(match operation.id() {
        "searchComponents" => json!({}),
        "matchComponents" => json!({ "must": { "kind": ["building_block"] } }),
        "createComponent" => component(&fresh_slug("neu"), "dataport"),
        "createOrganisation" => organisation(&fresh_slug("neu"), "dataport"),
        "createAdoption" => about("adoption", key, "dataport"),
        "createOffer" => about("offer", key, "dataport"),
        "createAttestation" => about("attestation", key, "dataport"),
        "createRelation" => about("relation", key, "dataport"),
        "putComponent" | "putOrganisation" => merged(&subject.document, &homepage),
        "patchComponent" | "patchOrganisation" => homepage,
        "putAdoption" | "putOffer" | "putAttestation" | "putRelation" => merged(&subject.document, &source),
        "patchAdoption" | "patchOffer" | "patchAttestation" | "patchRelation" => source,
        "writeComponents" => {
            let revision = subject.document["revision"].as_i64().unwrap_or(1);
            json!({ "items": [{ "operation": "patch", "record": key, "revision": revision, "patch": homepage }] })
        }
        "proposeChange" => json!({ "record": key, "patch": homepage }),
        "amendChange" => json!({ "note": "Noch einmal" }),
        "putChangeState" => json!({ "state": "submitted" }),
        "commentOnChange" => json!({ "text": "Ist das so?" }),
        _ => return None,
    })
}

fn merged(whole: &Value, patch: &Value) -> Value {
    let mut whole = whole.clone();
    for (name, value) in patch.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole
}

/// What the address of a record about a component says of it, besides the component.
const PARTS: [&str; 4] = ["organisation", "key", "type", "target"];

/// The path of an operation for what it is about.
fn path(operation: &Operation, subject: &Subject) -> String {
    let mut path = operation.path.to_owned();
    let text = |name: &str| subject.document[name].as_str();
    if noun(operation).is_some_and(|noun| ABOUT.contains(&noun)) && path.starts_with("/v1/components/") {
        path = path.replace("{id}", text("component").unwrap_or(&subject.key));
        for part in PARTS {
            if let Some(text) = text(part) {
                path = path.replace(&format!("{{{part}}}"), &text.replace('_', "-"));
            }
        }
    }
    operation.filled(path.replace("{id}", &subject.key))
}

/// The address at which a record is changed.
pub fn address(noun: &str, subject: &Subject) -> String {
    if !ABOUT.contains(&noun) {
        return format!("/v1/{noun}s/{}", subject.key);
    }
    let parts = PARTS.iter().filter_map(|part| subject.document[*part].as_str());
    let component = subject.document["component"].as_str().unwrap();
    parts.fold(format!("/v1/components/{component}/{noun}s"), |path, part| {
        format!("{path}/{}", part.replace('_', "-"))
    })
}

/// A request before it is sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its method.
    pub method: &'static str,
    /// Its path with parameters.
    pub path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// A valid request about a record, by nobody yet.
    pub fn of(operation: &Operation, subject: &Subject) -> Self {
        let required: Vec<(&str, String)> = operation
            .parameters()
            .filter(|p| p["in"] == "query" && p["required"] == true)
            .map(|p| (p["name"].as_str().unwrap(), crate::contract::written(&p["example"])))
            .collect();
        let required: Vec<(&str, &str)> = required.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut request = Self {
            method: operation.method,
            path: url(&path(operation, subject), &required),
            headers: Vec::new(),
            body: Vec::new(),
        };
        if operation.parameters().any(|p| p["name"] == "If-Match") {
            request = request.with("if-match", "*");
        }
        if operation.id() == "createToken" {
            request = request.carrying("application/x-www-form-urlencoded", "grant_type=client_credentials");
        }
        match body(operation, subject) {
            Some(body) => request.sending(&body),
            None => request,
        }
    }

    /// With a header, in place of one of the same name.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// With a parameter more.
    #[must_use]
    pub fn asking(mut self, name: &str, value: &str) -> Self {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        self.path = format!("{}{separator}{name}={value}", self.path);
        self
    }

    /// With this JSON, in the media type that fits the method.
    #[must_use]
    pub fn sending(self, body: &Value) -> Self {
        let media_type = match self.method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        self.carrying(media_type, body.to_string())
    }

    /// With this body.
    #[must_use]
    pub fn carrying(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.with("content-type", media_type)
    }

    /// With a token, or without one.
    #[must_use]
    pub fn by(self, token: Option<&str>) -> Self {
        match token {
            Some(token) => self.with("authorization", &format!("Bearer {token}")),
            None => self.without("authorization"),
        }
    }

    /// The JSON that it sends.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The answer, held against the document.
    #[track_caller]
    pub fn send(&self, app: &TestApp) -> Answer {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        app.send(self.method, &self.path, &headers, self.body.clone())
    }
}

/// A slug that no other record of this run has.
pub fn fresh_slug(stem: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{stem}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A small component that could be published.
pub fn component(slug: &str, owner: &str) -> Value {
    json!({
        "slug": slug,
        "kind": "building_block",
        "title": { "de": format!("Baustein {slug}") },
        "summary": { "de": format!("Kurzbeschreibung von {slug}.") },
        "owner": owner,
        "lifecycle": "productive",
        "homepage": "https://example.org/",
    })
}

/// A small organisation below another one, which keeps it.
pub fn organisation(slug: &str, parent: &str) -> Value {
    json!({
        "slug": slug,
        "kind": "state_body",
        "title": { "de": format!("Stelle {slug}") },
        "parent": parent,
        "delegates": [parent],
    })
}

/// A small record about a component, of an organisation that may write it there.
pub fn about(noun: &str, component: &str, organisation: &str) -> Value {
    match noun {
        "adoption" => json!({ "component": component, "organisation": organisation, "stage": "live" }),
        "offer" => json!({ "component": component, "key": fresh_slug("angebot"), "provider": organisation }),
        "attestation" => json!({
            "component": component, "key": fresh_slug("nachweis"), "scheme": "dpia", "recordedBy": organisation,
        }),
        "relation" => json!({
            "component": component, "type": "depends_on", "target": TARGET, "recordedBy": organisation,
        }),
        other => panic!("a {other} is about no component"),
    }
}

/// The component that relations lead to.
pub const TARGET: &str = "masterportal";

/// A new public record of a noun, or a new draft of a change, in a catalogue that knows Dataport.
#[track_caller]
pub fn fresh(app: &TestApp, noun: &str) -> Subject {
    let acting = app.acting(&Token::admin().sign());
    let answer = match noun {
        "component" => acting.post(
            "/v1/components",
            &published(component(&fresh_slug("frisch"), "dataport")),
        ),
        "organisation" => acting.post(
            "/v1/organisations",
            &published(organisation(&fresh_slug("frisch"), "dataport")),
        ),
        "change" => {
            let about = fresh(app, "component");
            acting.post(
                "/v1/changes",
                &json!({ "record": about.key, "patch": { "tags": ["neu"] } }),
            )
        }
        noun => {
            let component = fresh(app, "component").key;
            acting.post(&format!("/v1/{noun}s"), &about(noun, &component, "dataport"))
        }
    };
    let document = answer.expect(201).json();
    let name = if matches!(noun, "component" | "organisation") {
        "slug"
    } else {
        "id"
    };
    Subject {
        key: document[name].as_str().unwrap().to_owned(),
        document,
    }
}

/// The same document, to be published at once.
pub fn published(mut document: Value) -> Value {
    document["publication"] = json!("published");
    document
}
