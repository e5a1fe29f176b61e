//! The verdicts that the reference parser's own tests demand.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::collections::BTreeSet;

use formats::publiccode::{Knowledge, Verdict, check, check_knowing};
use serde_json::Value;

/// Vectors whose verdict differs, each with the reason; the same table stands in docs/publiccode.md.
const OTHER_VERDICT: &[(&str, &str)] = &[
    ("v0__invalid__fundedBy_uri_wrong_italian_pa2", REGISTER),
    ("v0__invalid__it_riuso_codiceIPA_invalid", REGISTER),
    ("v0__invalid__organisation_uri_wrong_italian_pa2", REGISTER),
    (
        "v1__valid__valid",
        "version 1 is not published, and the file lacks the mandatory features",
    ),
];

const REGISTER: &str = "the register of Italian offices is not part of this crate; whoever has it hands it in";

/// Findings that differ although the verdict is the same: vector, what is not said, what is said instead.
const OTHER_FINDINGS: &[(&str, &[&str], &[&str])] = &[
    // What follows from a wrong type is not reported as missing.
    (
        "v0__invalid__description_en_apiDocumentation_wrong_type",
        &["description"],
        &[],
    ),
    ("v0__invalid__description_en_awards_wrong_type", &["description"], &[]),
    (
        "v0__invalid__description_en_documentation_wrong_type",
        &["description"],
        &[],
    ),
    (
        "v0__invalid__maintenance_contractors_invalid_type",
        &["maintenance.type"],
        &[],
    ),
    (
        "localisation_localisationReady_yaml11_on",
        &["localisation.availableLanguages"],
        &[],
    ),
    (
        "localisation_localisationReady_yaml11_yes",
        &["localisation.availableLanguages"],
        &[],
    ),
    // The key of the wrong value is named, not the first key or item on its line.
    (
        "v0__invalid__dependsOn_open_name_wrong_type",
        &["dependsOn.open[0]"],
        &["dependsOn.open[0].name"],
    ),
    (
        "v0__invalid__inputTypes_wrong_type",
        &["inputTypes.foobar"],
        &["inputTypes"],
    ),
    (
        "v0__invalid__isBasedOn_wrong_type",
        &["isBasedOn.foobar"],
        &["isBasedOn"],
    ),
    (
        "v0__invalid__organisation_wrong_type",
        &["organisation[0]"],
        &["organisation"],
    ),
    (
        "v0__invalid__outputTypes_wrong_type",
        &["outputTypes.foobar"],
        &["outputTypes"],
    ),
];

fn name(verdict: &Verdict) -> &'static str {
    match (verdict.errors.is_empty(), verdict.warnings.is_empty()) {
        (false, _) => "invalid",
        (true, false) => "valid_with_warnings",
        (true, true) => "valid",
    }
}

/// Severity and key of every finding.
fn found(verdict: &Verdict) -> BTreeSet<(String, String)> {
    let all = verdict.errors.iter().chain(&verdict.warnings);
    all.map(|problem| (problem.severity.as_str().to_owned(), problem.key.clone()))
        .collect()
}

fn expected(file: &str, entry: &Value) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let results = entry["expected_results"].as_array().into_iter().flatten();
    let mut expected: BTreeSet<_> = results
        .map(|result| (text(&result["severity"]), text(&result["key"])))
        .collect();
    for (_, not_said, instead) in OTHER_FINDINGS.iter().filter(|(name, ..)| file.contains(name)) {
        expected.retain(|(_, key)| !not_said.contains(&key.as_str()));
        expected.extend(instead.iter().map(|key| ("error".to_owned(), (*key).to_owned())));
    }
    expected
}

/// The verdicts that a reader without network and without the files of the repository may give.
fn accepted(entry: &Value) -> Vec<&str> {
    let folder = entry["expected_verdict"].as_str().unwrap_or_default();
    let verdict = if folder.starts_with("invalid_in_v1") {
        "invalid"
    } else {
        folder
    };
    std::iter::once(verdict)
        .chain(entry["offline_verdict"].as_str())
        .collect()
}

#[test]
fn every_vector_gets_its_verdict() {
    let mut wrong = Vec::new();
    let Some(vectors) = support::entries("test vector") else {
        return;
    };
    for (file, entry, bytes) in &vectors {
        let verdict = check(bytes);
        let argued = OTHER_VERDICT.iter().any(|(argued, _)| file.contains(argued));
        if accepted(entry).contains(&name(&verdict)) == argued {
            wrong.push(format!(
                "{file}: {}, accepted {:?}: {:?}",
                name(&verdict),
                accepted(entry),
                found(&verdict)
            ));
        }
    }
    assert!(vectors.len() >= 170, "only {} vectors found", vectors.len());
    assert!(
        wrong.is_empty(),
        "{} verdicts differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_vector_gets_its_findings() {
    let mut wrong = Vec::new();
    let Some(files) = support::entries("test vector") else {
        return;
    };
    for (file, entry, bytes) in files {
        let verdict = check(&bytes);
        let offline = entry["offline_verdict"]
            .as_str()
            .is_some_and(|verdict| entry["expected_verdict"] != *verdict);
        if offline || OTHER_VERDICT.iter().any(|(argued, _)| file.contains(argued)) {
            continue;
        }
        let (found, expected) = (found(&verdict), expected(&file, &entry));
        if found != expected {
            let missing: Vec<_> = expected.difference(&found).collect();
            let more: Vec<_> = found.difference(&expected).collect();
            wrong.push(format!("{file}\n   missing {missing:?}\n   more    {more:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn with_the_register_of_italian_offices_unknown_codes_are_refused() {
    let register = |code: &str| ["c_h501", "pcm", "r_lomb"].contains(&code);
    let knowledge = Knowledge {
        italian_offices: Some(&register),
    };
    let Some(files) = support::entries("test vector") else {
        return;
    };
    for (file, entry, bytes) in files {
        if OTHER_VERDICT
            .iter()
            .any(|(argued, reason)| *reason == REGISTER && file.contains(argued))
        {
            assert_eq!(
                found(&check_knowing(&bytes, knowledge)),
                expected(&file, &entry),
                "{file}"
            );
        }
    }
}

/// The vectors of the coming major version are refused for their version alone. With a version that is published, they
/// show whether the rule that gives each its name is kept.
#[test]
fn vectors_of_the_coming_version_show_the_same_rules_under_a_published_version() {
    let mut wrong = Vec::new();
    let Some(files) = support::entries("test vector") else {
        return;
    };
    for (file, entry, bytes) in files {
        if !file.contains("/v1__") {
            continue;
        }
        let text = String::from_utf8(bytes)
            .unwrap()
            .replace("publiccodeYmlVersion: \"1\"", "publiccodeYmlVersion: \"0\"");
        let verdict = check(text.as_bytes());
        let expected = match entry["expected_verdict"].as_str().unwrap() {
            "invalid_in_v1_valid_in_v0" => "valid",
            "invalid_in_v1_valid_with_warnings_in_v0" => "valid_with_warnings",
            _ => "invalid",
        };
        // Whether these are right only a look at the files tells.
        let needs_files = ["authorsFile_missing_file", "monochromeLogo_invalid_png"]
            .iter()
            .any(|part| file.contains(part));
        if name(&verdict) != expected && !needs_files && !file.contains("wrong_italian_pa2") {
            wrong.push(format!(
                "{file}: {}, expected {expected}: {:?}",
                name(&verdict),
                found(&verdict)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Findings of the reference parser on real files that are not made, each with the reason.
const NOT_SAID_OF_REAL: &[(&str, &str)] = &[
    (
        "error localisation.availableLanguages",
        "it follows from a wrong localisationReady and is not missing",
    ),
    (
        "error isBasedOn[0]",
        "isBasedOn is one text in this file: the key is isBasedOn",
    ),
    ("error ", "a malformed URL is reported under its key"),
];

/// The reference parser stops at the first key of a wrong type or name; the reader here goes on and says more.
#[test]
fn real_files_get_the_verdict_of_the_reference_parser_and_all_its_findings() {
    let mut wrong = Vec::new();
    let Some(files) = support::entries("real") else { return };
    for (file, entry, bytes) in files {
        let reference = &entry["reference_parser"];
        let Some(expected_verdict) = reference["verdict"].as_str() else {
            continue;
        };
        let verdict = check(&bytes);
        let found: BTreeSet<_> = found(&verdict)
            .into_iter()
            .map(|(severity, key)| format!("{severity} {key}"))
            .collect();
        let missing: Vec<String> = reference["results"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|result| {
                format!(
                    "{} {}",
                    result["severity"].as_str().unwrap(),
                    result["key"].as_str().unwrap()
                )
            })
            .filter(|said| !found.contains(said) && !found.contains(&said.replace(" IT.", " it.")))
            .filter(|said| NOT_SAID_OF_REAL.iter().all(|(not_said, _)| said != not_said))
            .collect();
        if name(&verdict) != expected_verdict || !missing.is_empty() {
            wrong.push(format!(
                "{file}: {}, expected {expected_verdict}; missing {missing:?}",
                name(&verdict)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
