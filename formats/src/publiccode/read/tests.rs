use domain::component::{Kind, Lifecycle, RequirementLevel};
use domain::organisation::OrganisationKind;
use domain::stored::Document;

use super::*;

/// A file without fault; tests replace lines of it.
const FILE: &str = r#"publiccodeYmlVersion: "0.7"
name: Terminvergabe
url: https://github.com/stadt-beispiel/termine
platforms: [web]
developmentStatus: stable
softwareType: standalone/web
description:
  de:
    shortDescription: Termine im Bürgeramt buchen.
    longDescription: Wer ins Bürgeramt will, bucht einen Termin. Das geht am Rechner und am Telefon.
    features: [Buchen, Absagen]
legal:
  license: EUPL-1.2
organisation: {name: Stadt Beispiel, uri: "https://www.beispiel.de"}
maintenance:
  type: internal
  contacts: [{name: Erika Mustermann, email: erika@beispiel.de, phone: "+49 40 1234"}]
localisation:
  localisationReady: true
  availableLanguages: [de]
"#;

fn outcome(text: &str) -> Outcome {
    read(text.as_bytes(), &Options::default())
}

fn with(replaced: &[(&str, &str)]) -> Outcome {
    let mut text = FILE.to_owned();
    for (old, new) in replaced {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    outcome(&text)
}

fn component(outcome: &Outcome) -> &Component {
    &outcome.component.as_ref().unwrap().component
}

fn tells(outcome: &Outcome, code: &str, key: &str) -> bool {
    outcome
        .problems
        .iter()
        .any(|problem| problem.code == code && problem.key == key)
}

fn licence_of(text: &str) -> (Option<String>, Outcome) {
    let outcome = with(&[("EUPL-1.2", text)]);
    (
        component(&outcome)
            .licence
            .as_ref()
            .map(|licence| licence.as_str().to_owned()),
        outcome,
    )
}

#[test]
fn a_file_without_fault_is_taken_over_without_a_warning() {
    let outcome = outcome(FILE);
    let component = component(&outcome);
    assert_eq!(
        outcome
            .problems
            .iter()
            .filter(|problem| problem.severity != Severity::Notice)
            .count(),
        0
    );
    assert_eq!(component.title.get("de").unwrap().as_str(), "Terminvergabe");
    assert_eq!(
        component.summary.get("de").unwrap().as_str(),
        "Termine im Bürgeramt buchen."
    );
    assert!(
        component
            .description
            .as_ref()
            .unwrap()
            .get("de")
            .unwrap()
            .ends_with("## Funktionen\n\n- Buchen\n- Absagen")
    );
    assert_eq!(
        (component.kind, component.lifecycle),
        (Kind::BuildingBlock, Some(Lifecycle::Productive))
    );
    assert_eq!(component.owner.as_str(), "stadt-beispiel");
    assert_eq!(outcome.organisations[0].1.kind, OrganisationKind::Municipality);
    assert_eq!(outcome.component.as_ref().unwrap().slug.as_str(), "terminvergabe");
    assert!(component.faults().is_empty());
}

#[test]
fn the_options_decide_about_owner_and_provenance() {
    let options = Options {
        source: Some("https://code.example.org/api".into()),
        harvested_at: "2026-07-01T00:00:00Z".parse().ok(),
        owner: "dataport".parse().ok(),
    };
    let outcome = read(FILE.as_bytes(), &options);
    let component = component(&outcome);
    assert_eq!(component.owner.as_str(), "dataport");
    assert_eq!(component.roles.as_ref().unwrap().supplier[0].as_str(), "stadt-beispiel");
    let provenance = component.provenance.as_ref().unwrap();
    assert_eq!(provenance.source.as_str(), "https://code.example.org/api");
    assert_eq!(provenance.format_version.as_ref().unwrap().as_str(), "0.7");
    assert_eq!(provenance.harvested_at, options.harvested_at);
}

#[test]
fn contacts_are_persons_and_stay_out() {
    let outcome = outcome(FILE);
    let everything = serde_json::to_string(component(&outcome)).unwrap();
    for person in ["Mustermann", "erika@", "1234"] {
        assert!(!everything.contains(person), "{person}");
    }
    assert!(tells(&outcome, "left_out", "maintenance.contacts"));
}

#[test]
fn versions_that_are_not_known_are_read_and_told() {
    for version in ["\"0.1\"", "1", "\"http://w3id.org/publiccode/version/0.1\"", "0.4"] {
        let outcome = with(&[("\"0.7\"", version)]);
        assert!(outcome.component.is_some());
        let told = outcome
            .problems
            .iter()
            .any(|problem| problem.key == "publiccodeYmlVersion");
        assert!(told, "{version}");
    }
    assert!(tells(
        &with(&[("publiccodeYmlVersion: \"0.7\"\n", "")]),
        "missing",
        "publiccodeYmlVersion"
    ));
}

#[test]
fn licences_are_repaired_or_left_open_with_the_text_kept() {
    for (text, expected) in [
        ("GPL-3.0", "GPL-3.0-only"),
        ("EUPL 1.2", "EUPL-1.2"),
        ("Apache 2.0", "Apache-2.0"),
    ] {
        let (licence, outcome) = licence_of(text);
        assert_eq!(licence.as_deref(), Some(expected));
        assert!(tells(&outcome, "licence_repaired", "legal.license"));
    }
    assert_eq!(licence_of("[EUPL-1.2, MIT]").0, None);
    let (licence, outcome) = licence_of("siehe LIZENZ.txt");
    assert_eq!(licence, None);
    assert!(tells(&outcome, "invalid_licence", "legal.license"));
    assert_eq!(
        component(&outcome).sources[0].title.as_str(),
        "Licence as stated in publiccode.yml: siehe LIZENZ.txt"
    );
    assert!(component(&outcome).legal_basis.is_empty());
}

#[test]
fn addresses_are_repaired_or_left_out() {
    let outcome = with(&[(
        "https://github.com/stadt-beispiel/termine",
        "git@github.com:stadt-beispiel/termine.git",
    )]);
    let component = component(&outcome);
    assert_eq!(
        component.repository.as_ref().unwrap().as_str(),
        "https://github.com/stadt-beispiel/termine.git"
    );
    assert_eq!(
        component.external_ids[0].id.as_str(),
        "git@github.com:stadt-beispiel/termine.git"
    );
    assert!(tells(&outcome, "url_repaired", "url"));
    let outcome = with(&[("platforms", "landingURL: nirgends\nplatforms")]);
    assert!(tells(&outcome, "invalid_url", "landingURL"));
    assert_eq!(
        super::super::read(FILE.as_bytes(), &Options::default()).problems.len(),
        1
    );
}

#[test]
fn a_missing_summary_is_cut_from_the_description() {
    let outcome = with(&[("    shortDescription: Termine im Bürgeramt buchen.\n", "")]);
    let summary = component(&outcome).summary.get("de").unwrap().as_str().to_owned();
    assert!(summary.starts_with("Wer ins Bürgeramt will"));
    assert!(tells(&outcome, "summary_repaired", "description.de.longDescription"));
}

#[test]
fn a_text_that_is_too_long_is_cut_and_told() {
    let long = "Ein Satz, der sich wiederholt. ".repeat(20);
    let outcome = with(&[("Termine im Bürgeramt buchen.", &long)]);
    let summary = component(&outcome).summary.get("de").unwrap().as_str().to_owned();
    assert!(
        summary.chars().count() <= 350 && summary.ends_with("wiederholt."),
        "{summary}"
    );
    assert!(tells(&outcome, "text_cut", "description.de.shortDescription"));
}

#[test]
fn without_any_text_the_name_stands_in() {
    let file = "name: Termine\nurl: https://example.org/amt/termine\nsoftwareType: library\n";
    let outcome = outcome(file);
    let component = component(&outcome);
    assert_eq!(component.title.get("und").unwrap().as_str(), "Termine");
    assert_eq!(component.summary.get("und").unwrap().as_str(), "Termine");
    assert!(tells(&outcome, "missing", "description"));
}

#[test]
fn languages_are_put_right() {
    for (written, read) in [
        ("deu", "de"),
        ("de_DE", "de"),
        ("de-DE", "de"),
        ("DE", "de"),
        ("de-CH", "de-CH"),
    ] {
        let outcome = with(&[("  de:\n", &format!("  {written}:\n"))]);
        assert!(component(&outcome).title.get(read).is_some(), "{written}");
        let key = format!("description.{written}");
        assert_eq!(tells(&outcome, "language_repaired", &key), written != read, "{written}");
    }
    let outcome = with(&[(
        "availableLanguages: [de]",
        "availableLanguages: [deu, it_IT, klingonisch]",
    )]);
    let languages: Vec<&str> = component(&outcome).languages.iter().map(Language::as_str).collect();
    assert_eq!(languages, ["de", "it-IT"]);
    assert!(tells(
        &outcome,
        "invalid_language",
        "localisation.availableLanguages[2]"
    ));
}

#[test]
fn texts_without_a_language_take_the_only_one_that_the_software_has() {
    let outcome = with(&[("  de:\n", "")]);
    // The indentation of the texts still makes them children of the description.
    assert!(component(&outcome).title.get("de").is_some());
    assert!(tells(&outcome, "language_missing", "description"));
}

#[test]
fn lists_and_texts_stand_for_each_other() {
    let outcome = with(&[
        ("platforms: [web]", "platforms: web, linux"),
        ("license: EUPL-1.2", "license: [EUPL-1.2]"),
    ]);
    let tags: Vec<&str> = component(&outcome).tags.iter().map(AsRef::as_ref).collect();
    assert_eq!(tags, ["web", "linux"]);
    assert_eq!(component(&outcome).licence.as_ref().unwrap().as_str(), "EUPL-1.2");
    assert!(tells(&outcome, "text_for_list", "platforms") && tells(&outcome, "list_for_text", "legal.license"));
}

#[test]
fn words_of_other_versions_are_understood() {
    for (word, expected) in [
        ("Stable", Lifecycle::Productive),
        ("alpha", Lifecycle::Pilot),
        ("obsolete", Lifecycle::Retired),
    ] {
        let outcome = with(&[("developmentStatus: stable", &format!("developmentStatus: {word}"))]);
        assert_eq!(component(&outcome).lifecycle, Some(expected), "{word}");
    }
    let outcome = with(&[("developmentStatus: stable", "developmentStatus: irgendwas")]);
    assert_eq!(component(&outcome).lifecycle, None);
    assert!(tells(&outcome, "unknown_value", "developmentStatus"));
    let outcome = with(&[("standalone/web", "softwareAddon")]);
    assert!(tells(&outcome, "value_repaired", "softwareType"));
}

#[test]
fn the_older_names_of_the_publisher_are_read() {
    let section = "organisation: {name: Stadt Beispiel, uri: \"https://www.beispiel.de\"}\n";
    let outcome = with(&[
        (section, ""),
        (
            "  license: EUPL-1.2\n",
            "  license: EUPL-1.2\n  repoOwner: Kreis Beispiel\n",
        ),
    ]);
    assert_eq!(component(&outcome).owner.as_str(), "kreis-beispiel");
    let outcome = with(&[(section, "IT: {riuso: {codiceIPA: c_h501}}\n")]);
    assert_eq!(
        outcome.organisations[0].1.external_ids[0].id.as_str(),
        "urn:x-italian-pa:c_h501"
    );
    let outcome = with(&[(section, "")]);
    assert_eq!(component(&outcome).owner.as_str(), "stadt-beispiel");
    assert!(tells(&outcome, "organisation_from_url", "url"));
}

#[test]
fn contractors_supply_the_software() {
    let contract = "type: contract\n  contractors: [{name: Beispiel GmbH, until: 2020-1-5, website: www.beispiel.com, email: vertrieb@beispiel.com}]";
    let outcome = with(&[("type: internal", contract)]);
    let suppliers: Vec<&str> = component(&outcome)
        .roles
        .as_ref()
        .unwrap()
        .supplier
        .iter()
        .map(Slug::as_str)
        .collect();
    assert_eq!(suppliers, ["stadt-beispiel", "beispiel-gmbh"]);
    assert_eq!(
        outcome.organisations[1].1.homepage.as_ref().unwrap().as_str(),
        "https://www.beispiel.com"
    );
}

#[test]
fn the_german_section_names_services() {
    let section = "de:\n  countryExtensionVersion: \"1.0\"\n  leika:\n    - leika-id: 99 094 003 140 000\n      ozg-id: \"10110\"\n    - leika-id: \"77000000000316\"\n    - leika-id: fehlt\nlegal:";
    let outcome = with(&[("legal:", section)]);
    let services: Vec<&str> = component(&outcome)
        .services
        .iter()
        .map(domain::values::LeikaKey::as_str)
        .collect();
    assert_eq!(services, ["99094003140000", "77000000000316"]);
    assert_eq!(component(&outcome).ozg_ids[0].as_str(), "10110");
    assert_eq!(component(&outcome).kind, Kind::OnlineService);
    assert!(tells(&outcome, "invalid_leika_key", "de.leika[2].leika-id"));
}

#[test]
fn dependencies_become_requirements() {
    let section = "dependsOn:\n  open:\n    - {name: PostgreSQL, versionMin: 14}\n    - {name: Redis, optional: yes}\n  hardware: [{name: Kartenleser}]\nlegal:";
    let outcome = with(&[("legal:", section)]);
    let requirements = &component(&outcome).requirements;
    assert_eq!(
        requirements[0].text.get("de").unwrap().as_str(),
        "PostgreSQL ab Version 14"
    );
    assert_eq!(requirements[1].level, RequirementLevel::May);
    assert_eq!(
        requirements[2].text.get("de").unwrap().as_str(),
        "Kartenleser (Hardware)"
    );
    assert!(tells(&outcome, "yaml_1_1_boolean", "dependsOn.open[1].optional"));
}

#[test]
fn dates_are_repaired() {
    for (text, told) in [
        ("2020-01-05", false),
        ("2020-1-5", true),
        ("2020-01-05T10:00:00Z", true),
    ] {
        let outcome = with(&[("legal:", &format!("releaseDate: {text}\nsoftwareVersion: 1.10\nlegal:"))]);
        let source = &component(&outcome).sources[0];
        assert_eq!(source.title.as_str(), "Release 1.10");
        assert_eq!(source.published_on.unwrap().to_string(), "2020-01-05");
        assert_eq!(tells(&outcome, "date_repaired", "releaseDate"), told, "{text}");
    }
}

#[test]
fn a_missing_name_is_taken_from_the_address() {
    let outcome = with(&[("name: Terminvergabe\n", "")]);
    assert_eq!(component(&outcome).title.get("de").unwrap().as_str(), "termine");
    assert!(tells(&outcome, "missing", "name"));
}

#[test]
fn what_cannot_be_repaired_is_refused_with_an_error() {
    let nameless = FILE
        .replace("name: Terminvergabe\n", "")
        .replace("url: https://github.com/stadt-beispiel/termine\n", "");
    for (code, text) in [
        ("not_publiccode", ""),
        ("not_publiccode", "- a\n- b\n"),
        ("not_publiccode", "nur ein Text"),
        ("not_publiccode", "{\"name\": \"x\", \"url\": \"https://example.org\"}"),
        ("nameless", nameless.as_str()),
        ("no_organisation", "name: Termine\nsoftwareType: library\n"),
        ("yaml_syntax", "name: [\n"),
        ("several_documents", "name: a\n---\nname: b\n"),
    ] {
        let outcome = outcome(text);
        assert!(outcome.component.is_none(), "{text}");
        let errors: Vec<&Problem> = outcome
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .collect();
        assert_eq!(
            errors.iter().map(|problem| problem.code).collect::<Vec<_>>(),
            [code],
            "{text}"
        );
    }
}
