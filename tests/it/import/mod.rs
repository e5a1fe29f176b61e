//! Imports while the service runs: what they write, what they refuse, and what the service then answers.

mod about;

use std::fmt::Write as _;

use serde_json::json;
use tests::{Silent, TestApp};
use verbundkatalog::import::{Options, Outcome};

use crate::components::component;

#[test]
fn the_sample_imported_twice_changes_nothing() {
    let app = TestApp::own_sample();
    let head = app.follow();
    for (_, text) in verbundkatalog::sample::FILES {
        let report = app.import_text(text);
        assert_eq!((report.created, report.updated, report.refused), (0, 0, 0), "{report}");
        assert_eq!(report.unchanged, report.read);
    }
    assert_eq!(app.follow(), head);
}

#[test]
fn what_was_read_can_be_imported_again_and_changes_nothing() {
    let app = TestApp::own_sample();
    let head = app.follow();
    let mut lines = String::new();
    for noun in [
        "adoption",
        "relation",
        "component",
        "offer",
        "attestation",
        "organisation",
    ] {
        for page in app.walk(&format!("/v1/{noun}s"), 200) {
            for item in page.json()["items"].as_array().unwrap() {
                writeln!(lines, "{item}").unwrap();
            }
        }
    }
    let report = app.import_text(&lines);
    assert_eq!((report.created, report.updated, report.refused), (0, 0, 0), "{report}");
    assert_eq!(app.follow(), head);
}

#[test]
fn every_fault_of_a_refused_record_is_told_and_the_others_are_written() {
    let app = TestApp::own_sample();
    let mut wrong = component("falsch", "Falsch");
    wrong["kind"] = json!("nix");
    wrong["lifecycle"] = json!("nix");
    wrong["unbekannt"] = json!(1);
    wrong.as_object_mut().unwrap().remove("title");
    let mut nobody = component("niemandes", "Niemandes");
    nobody["owner"] = json!("gibt-es-nicht");
    let text = format!(
        "{}\n{wrong}\n{nobody}\nkein json\n\n{}\n",
        component("eins", "Eins"),
        component("zwei", "Zwei")
    );
    let mut observer = Silent::default();
    let report = app.try_import(&text, Options::default(), &mut observer);
    assert_eq!(
        (report.created, report.refused),
        (2, 3),
        "{report} {:#?}",
        observer.problems
    );
    let of_line = |line: usize| observer.problems.iter().filter(move |p| p.place.line == line);
    let pointers: Vec<&str> = of_line(2).map(|p| p.pointer.as_str()).collect();
    for pointer in ["/kind", "/lifecycle", "/unbekannt"] {
        assert!(pointers.contains(&pointer), "{pointers:?}");
    }
    assert_eq!(of_line(3).next().unwrap().code, "unknown_organisation");
    assert_eq!(of_line(4).next().unwrap().code, "invalid_json");
    app.follow();
    app.get("/v1/components/eins").expect(200);
    app.get("/v1/components/zwei").expect(200);
    app.get("/v1/components/falsch").expect(404);
}

#[test]
fn an_atomic_import_with_a_fault_writes_nothing() {
    let app = TestApp::own_sample();
    let head = app.follow();
    let text = format!("{}\nkein json\n", component("eins", "Eins"));
    let options = Options {
        atomic: true,
        ..Options::default()
    };
    let report = app.try_import(&text, options, &mut Silent::default());
    assert_eq!((report.created, report.refused, report.given_up), (0, 1, 1), "{report}");
    assert_eq!(app.follow(), head);
}

#[test]
fn an_atomic_import_whose_fault_is_found_while_writing_writes_nothing() {
    let app = TestApp::own_sample();
    let head = app.follow();
    // The slug belongs to another record than the id says: only the store knows.
    let mut taken = component("fit-connect", "Ein anderes");
    taken["id"] = json!("01980c2e-7a00-7000-8000-0000000fffff");
    let text = format!("{}\n{taken}\n", component("eins", "Eins"));
    let options = Options {
        atomic: true,
        ..Options::default()
    };
    let report = app.try_import(&text, options, &mut Silent::default());
    assert_eq!((report.created, report.refused), (0, 1), "{report}");
    assert_eq!(app.follow(), head);
}

#[test]
fn a_dry_run_tells_what_would_happen_and_writes_nothing() {
    let app = TestApp::own_sample();
    let head = app.follow();
    let text = format!(
        "{}\n{}\nkein json\n",
        component("eins", "Eins"),
        component("fit-connect", "Anders")
    );
    let options = Options {
        dry_run: true,
        ..Options::default()
    };
    let report = app.try_import(&text, options, &mut Silent::default());
    assert_eq!((report.created, report.updated, report.refused), (1, 1, 1), "{report}");
    assert_eq!(app.follow(), head);
    app.get("/v1/components/eins").expect(404);
}

#[test]
fn components_may_come_before_their_organisations() {
    let app = TestApp::empty();
    let report = app.import_text(verbundkatalog::sample::COMPONENTS);
    assert_eq!(report.created, 0);
    let both = format!(
        "{}{}",
        verbundkatalog::sample::COMPONENTS,
        verbundkatalog::sample::ORGANISATIONS
    );
    let report = app.import_text(&both);
    let count = |text: &str| text.lines().count() as u64;
    let (components, organisations) = (
        count(verbundkatalog::sample::COMPONENTS),
        count(verbundkatalog::sample::ORGANISATIONS),
    );
    assert_eq!(
        (report.refused, report.created),
        (0, components + organisations),
        "{report}"
    );
}

#[test]
fn two_records_with_the_same_slug_and_other_content_are_told_apart_from_one_twice() {
    let app = TestApp::own_sample();
    let (one, other) = (component("doppelt", "Eins"), component("doppelt", "Zwei"));
    let mut observer = Silent::default();
    let report = app.try_import(&format!("{one}\n{one}\n{other}\n"), Options::default(), &mut observer);
    assert_eq!(
        (report.created, report.unchanged, report.refused),
        (1, 1, 1),
        "{report}"
    );
    assert_eq!(observer.problems[0].code, "duplicate_record");
}

#[test]
fn an_unknown_successor_is_worth_a_word_but_no_refusal() {
    let app = TestApp::own_sample();
    let mut one = component("eins", "Eins");
    one["successor"] = json!("gibt-es-nicht");
    let mut observer = Silent::default();
    let report = app.try_import(&format!("{one}\n"), Options::default(), &mut observer);
    assert_eq!((report.created, report.warnings), (1, 1));
    assert_eq!(observer.problems[0].outcome, Outcome::Warning);
}
