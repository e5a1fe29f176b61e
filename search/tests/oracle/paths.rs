//! Some fields once more, straight from the JSON text.

use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::component::Component;
use domain::offer::Offer;
use domain::query::{FieldKind, Queryable};
use domain::relation::Relation;
use domain::store::Record;
use domain::stored::Document;
use domain::values::Day;
use serde_json::Value;

use crate::scan::Datums;

const COMPONENT: &[(&str, &str)] = &[
    ("kind", "kind"),
    ("owner", "owner"),
    ("lifecycle", "lifecycle"),
    ("productiveSince", "productiveSince"),
    ("levels", "levels/*"),
    ("states", "states/*/state"),
    ("tags", "tags/*"),
    ("services", "services/*"),
    ("supplier", "roles/supplier/*"),
    ("repository", "repository"),
    ("interfaces.standard", "interfaces/*/standard"),
    ("protection.integrity", "protection/integrity"),
    ("dataProtection.personalData", "dataProtection/personalData"),
    ("details.rtoMinutes", "details/rtoMinutes"),
    ("details.runtimes", "details/runtimes/*"),
    ("details.efa", "details/efa"),
];

const ADOPTION: &[(&str, &str)] = &[
    ("component", "component"),
    ("organisation", "organisation"),
    ("operator", "operator"),
    ("stage", "stage"),
    ("since", "since"),
    ("verifiedOn", "verifiedOn"),
    ("expiresOn", "expiresOn"),
    ("counts.live", "counts/live"),
    ("visibility", "visibility"),
];

const OFFER: &[(&str, &str)] = &[
    ("component", "component"),
    ("provider", "provider"),
    ("contract", "contract/basis"),
    ("seller", "contract/seller"),
    ("level", "openTo/levels/*"),
    ("state", "openTo/states/*"),
    ("membersOf", "openTo/membersOf/*"),
    ("cost", "cost/model"),
    ("validUntil", "validUntil"),
];

const ATTESTATION: &[(&str, &str)] = &[
    ("component", "component"),
    ("scheme", "scheme"),
    ("criterion", "criterion"),
    ("value", "value"),
    ("validFrom", "validFrom"),
    ("validUntil", "validUntil"),
    ("recordedBy", "recordedBy"),
];

const RELATION: &[(&str, &str)] = &[
    ("component", "component"),
    ("type", "type"),
    ("target", "target"),
    ("since", "since"),
    ("recordedBy", "recordedBy"),
];

/// The values at a path of a document; `*` stands for each item of a list.
fn all(document: &Value, path: &str) -> Vec<Value> {
    path.split('/').fold(vec![document.clone()], |found, step| {
        let deeper = found.into_iter().flat_map(|value| match (step, value) {
            ("*", Value::Array(items)) => items,
            (step, value) => value.get(step).cloned().into_iter().collect(),
        });
        deeper.collect()
    })
}

/// Holds values that were read from a record against its JSON text.
pub(crate) fn check_paths<T: Queryable>(record: &Record, today: Day, values: &[Vec<Datums>]) {
    let document: Value = serde_json::from_str(&record.document).unwrap();
    let paths = match T::NOUN {
        Component::NOUN => COMPONENT,
        Adoption::NOUN => ADOPTION,
        Offer::NOUN => OFFER,
        Attestation::NOUN => ATTESTATION,
        Relation::NOUN => RELATION,
        _ => &[],
    };
    for (field, path) in paths {
        let index = T::field(field).unwrap();
        let expected = all(&document, path)
            .into_iter()
            .map(|value| match (T::fields()[index].field.kind, value) {
                (FieldKind::Day, Value::String(day)) => Datums::Number(day.parse::<Day>().unwrap().number()),
                (_, Value::String(key)) => Datums::Key(key),
                (_, Value::Number(number)) => Datums::Number(number.as_i64().unwrap()),
                (_, other) => Datums::Key(other.to_string()),
            });
        assert_eq!(values[index], expected.collect::<Vec<_>>(), "{field}");
    }
    if let Some(index) = T::field(T::LAPSED) {
        let expected = Datums::Key(is_past(&document, today).to_string());
        assert_eq!(values[index], [expected], "{}", T::LAPSED);
    }
}

/// Members that name the last day on which a record counts; no noun has two of them.
pub(crate) const LAST_DAYS: [&str; 3] = ["expiresOn", "validUntil", "nextReviewOn"];

/// Whether the last day that a document names is past.
pub(crate) fn is_past(document: &Value, today: Day) -> bool {
    let last = LAST_DAYS.iter().find_map(|member| document.get(member));
    last.and_then(Value::as_str)
        .is_some_and(|day| *day < *today.to_string())
}
