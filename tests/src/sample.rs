//! The sample catalogue as plain JSON, and plain counts over it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Its components, as they stand in the file.
pub fn components() -> &'static [Value] {
    static COMPONENTS: LazyLock<Vec<Value>> = LazyLock::new(|| lines(verbundkatalog::sample::COMPONENTS));
    &COMPONENTS
}

/// Its organisations, as they stand in the file.
pub fn organisations() -> &'static [Value] {
    static ORGANISATIONS: LazyLock<Vec<Value>> = LazyLock::new(|| lines(verbundkatalog::sample::ORGANISATIONS));
    &ORGANISATIONS
}

/// The records about components of a noun, as they stand in its file.
pub fn about(noun: &str) -> &'static [Value] {
    static ALL: LazyLock<BTreeMap<&str, Vec<Value>>> = LazyLock::new(|| {
        BTreeMap::from([
            ("adoption", lines(verbundkatalog::sample::ADOPTIONS)),
            ("offer", lines(verbundkatalog::sample::OFFERS)),
            ("attestation", lines(verbundkatalog::sample::ATTESTATIONS)),
            ("relation", lines(verbundkatalog::sample::RELATIONS)),
        ])
    });
    &ALL[noun]
}

/// How many records it has, of all nouns together.
pub fn len() -> usize {
    let files = verbundkatalog::sample::FILES.iter();
    files.map(|(_, text)| text.lines().count()).sum()
}

/// The strings at a dotted path, through lists.
pub fn values<'v>(record: &'v Value, path: &str) -> BTreeSet<&'v str> {
    fn walk<'v>(value: &'v Value, path: &[&str], found: &mut BTreeSet<&'v str>) {
        match (value, path) {
            (Value::Array(items), _) => items.iter().for_each(|item| walk(item, path, found)),
            (Value::String(text), []) => {
                found.insert(text);
            }
            (Value::Object(object), [name, rest @ ..]) => {
                if let Some(value) = object.get(*name) {
                    walk(value, rest, found);
                }
            }
            _ => {}
        }
    }
    let path: Vec<&str> = path.split('.').collect();
    let mut found = BTreeSet::new();
    walk(record, &path, &mut found);
    found
}

/// The slugs of the records that satisfy a condition.
pub fn slugs(records: &[Value], satisfies: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    records
        .iter()
        .filter(|record| satisfies(record))
        .map(|record| record["slug"].as_str().unwrap().to_owned())
        .collect()
}

/// How many of the records that satisfy a condition have each value at a path.
pub fn counts(records: &[Value], path: &str, satisfies: impl Fn(&Value) -> bool) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for record in records.iter().filter(|record| satisfies(record)) {
        for value in values(record, path) {
            *counts.entry(value.to_owned()).or_default() += 1;
        }
    }
    counts
}
