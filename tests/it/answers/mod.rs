//! Answers that no single record gives, and the records that are answered with others. Each test makes a small catalogue,
//! and says what must come out of it.

mod compare;
mod cost_share;
mod coverage;
mod dossier;
mod eligibility;
mod ending;
mod impact;
mod include;
mod matching;
mod sight;
mod statistics;
mod told;
mod walk;

use serde_json::{Value, json};
use tests::TestApp;

/// An object with further members, or others in place of its own.
pub(crate) fn with(mut base: Value, more: Value) -> Value {
    let (Value::Object(all), Value::Object(more)) = (&mut base, more) else {
        panic!("objects expected")
    };
    all.extend(more);
    base
}

pub(crate) fn body(slug: &str, kind: &str, states: &[&str]) -> Value {
    json!({ "slug": slug, "kind": kind, "title": { "de": format!("Stelle {slug}") }, "states": states })
}

/// A published platform, unless `more` says otherwise.
pub(crate) fn component(slug: &str, owner: &str, more: Value) -> Value {
    let base = json!({
        "slug": slug,
        "kind": "platform",
        "title": { "de": format!("Eintrag {slug}") },
        "summary": { "de": "Für einen Test." },
        "owner": owner,
    });
    with(base, more)
}

pub(crate) fn adoption(component: &str, organisation: &str, stage: &str) -> Value {
    json!({ "component": component, "organisation": organisation, "stage": stage })
}

pub(crate) fn relation(component: &str, kind: &str, target: &str) -> Value {
    json!({ "component": component, "type": kind, "target": target })
}

/// A catalogue of these records, and of the body `haus` that owns what they do not give to others.
pub(crate) fn catalogue(records: &[Value]) -> TestApp {
    let app = TestApp::empty();
    app.import(&[body("haus", "it_provider", &["DE-SH"])]);
    app.import(records);
    app
}

/// A member of each item of a list within an answer.
pub(crate) fn texts<'v>(list: &'v Value, member: &str) -> Vec<&'v str> {
    let items = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    items.iter().map(|item| item[member].as_str().unwrap()).collect()
}
