//! Parts of records: what `fields` and `lang` leave of them.

use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::offer::Offer;
use domain::relation::Relation;
use serde_json::{Map, Value, json};

use super::walk::{SCHEMAS, each_object_inside_out, each_reference};
use crate::related;

/// Records of which `fields` leaves members out, and in which `lang` makes texts plain.
const RECORDS: [(&str, &str); 7] = [
    ("ComponentRecord", "ComponentPart"),
    ("OrganisationRecord", "OrganisationPart"),
    ("ChangeRecord", "ChangePart"),
    ("AdoptionRecord", "AdoptionPart"),
    ("OfferRecord", "OfferPart"),
    ("AttestationRecord", "AttestationPart"),
    ("RelationRecord", "RelationPart"),
];

/// For each record the schema of its parts: no member is required, and a text is one string or a string per language.
/// What holds texts further down gets such a form of its own, named after it.
pub(super) fn add(schemas: &mut Map<String, Value>) {
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
pub(super) fn answer(document: &mut Value) {
    for (record, part) in RECORDS {
        let reference = json!({ "$ref": format!("{SCHEMAS}{record}") });
        let either = json!({ "anyOf": [reference, { "$ref": format!("{SCHEMAS}{part}") }] });
        let noun = record.trim_end_matches("Record");
        let mut paths = vec![format!("/v1/{}s/{{id}}", noun.to_lowercase())];
        paths.extend(match noun {
            "Adoption" => Some(related::path_of_one::<Adoption>()),
            "Offer" => Some(related::path_of_one::<Offer>()),
            "Attestation" => Some(related::path_of_one::<Attestation>()),
            "Relation" => Some(related::path_of_one::<Relation>()),
            _ => None,
        });
        let of_path = |path: &String| {
            let path = path.replace('/', "~1");
            format!("/paths/{path}/get/responses/200/content/application~1json/schema")
        };
        let list = format!("/components/schemas/{noun}List/properties/items/items");
        for place in paths.iter().map(of_path).chain([list]) {
            if let Some(schema) = document.pointer_mut(&place).filter(|s| **s == reference) {
                *schema = either.clone();
            }
        }
    }
}
