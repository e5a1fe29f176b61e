//! Real files become components.
//!
//! What a component must say is worked out here a second time, from the file as a generic YAML reader gives it.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail")]

mod support;

use domain::code_list::CodeList;
use domain::component::Component;
use domain::fault::Faults;
use domain::organisation::Organisation;
use domain::stored::Document;
use formats::problem::Severity;
use formats::publiccode::{Options, Outcome, read};
use serde_json::Value;

/// Files that are no YAML at all.
const REFUSED: &[&str] = &["fr-catalogue-template-5108d7"];

/// Licences that the files write in another way than the SPDX list; empty where none is meant for certain.
const LICENCES: &[(&str, &str)] = &[
    ("AGPL-3.0", "AGPL-3.0-only"),
    ("agpl-3.0", "AGPL-3.0-only"),
    ("Apache License, Version 2.0", "Apache-2.0"),
    ("apache-2.0", "Apache-2.0"),
    ("cecill-2.1", "CECILL-2.1"),
    ("EUPL-1.2-or-later", "EUPL-1.2+"),
    ("LGPL-3.0", "LGPL-3.0-only"),
    ("mit", "MIT"),
    ("other", ""),
];

fn imported(bytes: &[u8]) -> (Outcome, Component) {
    let outcome = read(bytes, &Options::default());
    let component = outcome.component.clone().unwrap().component;
    (outcome, component)
}

fn yaml(bytes: &[u8]) -> Value {
    serde_saphyr::from_slice(bytes).unwrap()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn first(texts: &[String]) -> String {
    texts.iter().find(|text| !text.is_empty()).cloned().unwrap_or_default()
}

#[test]
fn all_files_but_the_unreadable_are_imported() {
    let mut refused = Vec::new();
    let Some(files) = support::entries("real") else { return };
    for (file, _, bytes) in &files {
        let outcome = read(bytes, &Options::default());
        let errors = outcome
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .count();
        assert_eq!(outcome.component.is_none(), errors > 0, "{file}");
        if outcome.component.is_none() {
            refused.push(file.clone());
        }
    }
    assert!(files.len() >= 82, "only {} files found", files.len());
    assert_eq!(refused.len(), REFUSED.len(), "{refused:?}");
    assert!(REFUSED.iter().all(|name| refused[0].contains(name)), "{refused:?}");
}

#[test]
fn languages_licence_repository_lifecycle_and_organisation_are_right() {
    let Some(files) = support::entries("real") else { return };
    for (file, _, bytes) in files {
        if REFUSED.iter().any(|refused| file.contains(refused)) {
            continue;
        }
        let (outcome, component) = imported(&bytes);
        let yaml = yaml(&bytes);

        let languages: Vec<String> = yaml["description"]
            .as_object()
            .unwrap()
            .keys()
            .map(|key| key.replace("eng", "en"))
            .collect();
        let mut languages = languages;
        languages.sort();
        let titles: Vec<String> = component
            .title
            .iter()
            .map(|(language, _)| language.as_str().to_owned())
            .collect();
        assert_eq!(titles, languages, "{file}");

        let stated = text(&yaml["legal"]["license"]);
        let licence = LICENCES
            .iter()
            .find(|(written, _)| *written == stated)
            .map_or(stated.as_str(), |(_, spdx)| spdx);
        assert_eq!(
            component.licence.as_ref().map_or("", |licence| licence.as_str()),
            licence,
            "{file}"
        );

        let repository = component.repository.as_ref().map_or("", |url| url.as_str());
        assert_eq!(repository, text(&yaml["url"]), "{file}");

        let lifecycle = match text(&yaml["developmentStatus"]).as_str() {
            "concept" => "idea",
            "development" => "development",
            "beta" => "pilot",
            "stable" => "productive",
            "obsolete" => "retired",
            _ => "",
        };
        assert_eq!(component.lifecycle.map_or("", CodeList::code), lifecycle, "{file}");

        let named = [
            text(&yaml["organisation"]["name"]),
            text(&yaml["legal"]["repoOwner"]),
            text(&yaml["legal"]["mainCopyrightOwner"]),
        ];
        let (slug, organisation) = &outcome.organisations[0];
        assert_eq!(&component.owner, slug, "{file}");
        let name = first(&named).split_whitespace().collect::<Vec<_>>().join(" ");
        if !name.is_empty() && name != "legal/authorsFile" {
            assert_eq!(
                organisation.title().trim_start_matches('@'),
                name.trim_start_matches('@'),
                "{file}"
            );
        }
        let uri = text(&yaml["organisation"]["uri"]);
        if !uri.is_empty() {
            assert!(
                organisation.external_ids.iter().any(|id| id.id.as_str() == uri),
                "{file}"
            );
        }
        assert!(
            component.services.is_empty() && component.ozg_ids.is_empty(),
            "no file names services: {file}"
        );
    }
}

#[test]
fn what_is_imported_is_a_document_of_the_catalogue() {
    let (Some(files), Some(vectors)) = (support::entries("real"), support::entries("test vector")) else {
        return;
    };
    for (file, _, bytes) in files.into_iter().chain(vectors) {
        let outcome = read(&bytes, &Options::default());
        let Some(imported) = outcome.component else { continue };
        assert!(imported.component.faults().is_empty(), "{file}");
        let json = serde_json::to_value(&imported.component).unwrap();
        let again: Component =
            deserr::deserialize::<_, _, Faults>(json).unwrap_or_else(|faults| panic!("{file}: {faults:?}"));
        assert_eq!(again, imported.component, "{file}");
        for (slug, organisation) in &outcome.organisations {
            assert!(organisation.faults().is_empty(), "{file}");
            let json = serde_json::to_value(organisation).unwrap();
            let again: Organisation =
                deserr::deserialize::<_, _, Faults>(json).unwrap_or_else(|faults| panic!("{file}: {slug}: {faults:?}"));
            assert_eq!(&again, organisation, "{file}");
        }
        // Every organisation that the component names is among those given back.
        for (pointer, slug) in imported.component.organisations() {
            assert!(
                outcome.organisations.iter().any(|(known, _)| known == slug),
                "{file}: {pointer}"
            );
        }
    }
}

#[test]
fn persons_are_not_taken_over() {
    let mut persons = 0;
    let Some(files) = support::entries("real") else { return };
    for (file, _, bytes) in files {
        let outcome = read(&bytes, &Options::default());
        let Some(imported) = &outcome.component else { continue };
        let mut everything = serde_json::to_string(&imported.component).unwrap();
        for (_, organisation) in &outcome.organisations {
            everything += &serde_json::to_string(organisation).unwrap();
        }
        let yaml = yaml(&bytes);
        for contact in yaml["maintenance"]["contacts"].as_array().into_iter().flatten() {
            for key in ["email", "phone"] {
                let value = text(&contact[key]);
                if value.len() > 3 {
                    persons += 1;
                    assert!(!everything.contains(&value), "{file}: {value}");
                }
            }
        }
    }
    assert!(persons > 40, "only {persons} persons found");
}

/// What a person who reads the file expects: file, languages of the texts, licence, lifecycle, owner, kind, a word of the
/// first summary, repairs.
type Expectation = (
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

#[rustfmt::skip]
const TRICKY: &[Expectation] = &[
    // Version without quotes, unknown kind of maintenance, a scope among the categories.
    ("aitema-gmbh-terminvergabe", &["de", "en"], "AGPL-3.0-only", "productive", "aitema-gmbh", "building_block",
        "Terminvergabesystem", &["wrong_type"]),
    // Unknown keys at the top, documentation in the wrong place.
    ("public-ui-kolibri", &["de", "en"], "EUPL-1.2", "productive", "informationstechnikzentrum-bund", "building_block",
        "barrierefreie", &["misplaced_key"]),
    // Before the first version: key of the version, language `eng`, `featureList`, `standalone`, `yes`.
    ("standard-docs-en-example-publiccode-minimal-2df96f", &["en"], "AGPL-3.0-or-later", "development", "italia",
        "building_block", "useless",
        &["unknown_version", "language_repaired", "key_spelling", "value_repaired", "yaml_1_1_boolean", "organisation_from_url"]),
    // A licence written out, a space before the address, contacts in the wrong place.
    ("card-ai-blkt-vms-validavimas", &["en"], "Apache-2.0", "productive", "vssa-atviraskodas-lt", "building_block",
        "MLKVM", &["licence_repaired", "organisation_from_url"]),
    // A licence that is none, no kind, no stage, `false` where a URL is meant.
    ("fr-catalogue-dsfr", &["en"], "", "", "gouvernementfr", "building_block", "design system",
        &["invalid_licence", "missing"]),
    // A licence in lower case, an empty kind.
    ("fr-catalogue-archifiltredocs", &["fr"], "Apache-2.0", "", "socialgouv", "building_block", "", &["licence_repaired"]),
    // A licence that the SPDX list does not have, a key in lower case, another key instead of a name.
    ("commongateway-woobundle", &["en", "nl"], "EUPL-1.2+", "pilot", "commongateway", "building_block", "WOO",
        &["licence_repaired", "key_spelling", "unknown_version", "value_repaired"]),
    // A tab behind a text, which other readers refuse.
    ("it-catalogue-github-com-seedoo", &["it"], "AGPL-3.0-only", "productive", "seedoo", "building_block", "Protocollo",
        &["organisation_from_url"]),
    // An organisation by its URI alone.
    ("sportello-ambiente", &["it"], "0BSD", "productive", "r-puglia", "building_block", "",
        &["organisation_name_repaired"]),
    ("camilochiang-agricultural-datasets", &["en"], "CC-BY-NC-4.0", "idea", "agroscope-ch", "building_block", "",
        &["organisation_name_repaired"]),
    // A name with a mark that slugs cannot have.
    ("torakiki-pdfsam", &["it"], "AGPL-3.0-or-later", "productive", "torakiki", "building_block", "", &[]),
    // An expression of two licences.
    ("tdf-libreoffice", &["en"], "LGPL-3.0-or-later AND MPL-2.0+", "productive", "the-document-foundation",
        "building_block", "", &[]),
    // An owner, and an office by the code of the Italian section, which is in lower case.
    ("regione-piemonte-findom", &["it"], "EUPL-1.2", "productive", "regione-piemonte", "building_block", "",
        &["key_spelling"]),
    // An address where the date of the release is meant.
    ("fr-catalogue-recoco-77bcf3", &["fr"], "AGPL-3.0-or-later", "pilot", "betagouv", "building_block", "",
        &["date_repaired"]),
    // Nothing to repair.
    ("developer-overheid-nl-don-oss-register", &["nl"], "EUPL-1.2", "pilot", "geonovum", "building_block", "", &[]),
];

#[test]
fn tricky_files_say_what_a_person_would_expect() {
    let Some(files) = support::entries("real") else { return };
    for (name, languages, licence, lifecycle, owner, kind, word, repairs) in TRICKY {
        let (file, _, bytes) = files.iter().find(|(file, ..)| file.contains(name)).unwrap();
        let (outcome, component) = imported(bytes);
        let texts: Vec<&str> = component
            .summary
            .iter()
            .map(|(language, _)| language.as_str())
            .collect();
        let said = (
            texts.as_slice(),
            component.licence.as_ref().map_or("", |licence| licence.as_str()),
            component.lifecycle.map_or("", CodeList::code),
            component.owner.as_str(),
            component.kind.code(),
        );
        assert_eq!(said, (*languages, *licence, *lifecycle, *owner, *kind), "{file}");
        let (_, summary) = component.summary.iter().next().unwrap();
        assert!(summary.contains(word), "{file}: {summary}");
        for repair in *repairs {
            assert!(
                outcome.problems.iter().any(|problem| problem.code == *repair),
                "{file}: {repair} is not told"
            );
        }
    }
}
