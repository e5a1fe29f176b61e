//! Imports of records about components: in any order, held to what they name, and the same the second time.

use serde_json::{Value, json};
use tests::{Silent, TestApp};
use verbundkatalog::import::{Options, Outcome};

use crate::components::component;

fn organisation(slug: &str, carriers: &[&str]) -> Value {
    json!({ "slug": slug, "kind": "it_provider", "title": { "de": slug }, "carriers": carriers })
}

fn owned(slug: &str, owner: &str) -> Value {
    let mut one = component(slug, slug);
    one["owner"] = json!(owner);
    one
}

fn lines(records: &[Value]) -> String {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    lines.join("\n") + "\n"
}

/// One record of each noun about `baustein`, of and by `amt` and `haus`.
fn about() -> [Value; 4] {
    [
        json!({ "component": "baustein", "organisation": "amt", "stage": "live" }),
        json!({ "component": "baustein", "type": "depends_on", "target": "grundlage" }),
        json!({ "component": "baustein", "scheme": "dpia", "key": "c5" }),
        json!({ "component": "baustein", "provider": "haus", "key": "dienst", "cost": { "model": "free" } }),
    ]
}

fn around() -> [Value; 4] {
    [
        organisation("amt", &[]),
        organisation("haus", &["amt"]),
        owned("baustein", "haus"),
        owned("grundlage", "haus"),
    ]
}

#[test]
fn records_may_come_before_everything_that_they_name() {
    let app = TestApp::empty();
    let mut records: Vec<Value> = about().into();
    records.extend(around().into_iter().rev());
    let text = lines(&records);
    let report = app.import_text(&text);
    assert_eq!((report.created, report.refused), (8, 0), "{report}");
    for noun in ["adoptions", "relations", "attestations", "offers"] {
        let list = app.get(&format!("/v1/{noun}?component=baustein")).expect(200);
        assert_eq!(list.total(), 1, "{noun}");
        assert_eq!(list.json()["items"][0]["publication"], "published");
    }
    let report = app.import_text(&text);
    assert_eq!((report.unchanged, report.read), (8, 8), "{report}");
}

#[test]
fn an_imported_record_has_its_parties_and_no_day_that_nobody_named() {
    let app = TestApp::empty();
    app.import(&around());
    app.import(&about());
    let adoption = app.get("/v1/components/baustein/adoptions/amt").expect(200).json();
    assert_eq!(adoption["operator"], "haus");
    assert_eq!(adoption["nextActor"], "operator");
    for member in [
        "since",
        "verifiedOn",
        "expiresOn",
        "declaredBy",
        "milestones",
        "confirmation",
    ] {
        assert!(adoption.get(member).is_none(), "{member}: {adoption}");
    }
    let relation = app
        .get("/v1/components/baustein/relations/depends-on/grundlage")
        .expect(200);
    assert_eq!(relation.json()["recordedBy"], "haus");
    let attestation = app.get("/v1/components/baustein/attestations/c5").expect(200);
    assert_eq!(attestation.json()["recordedBy"], "haus");
}

#[test]
fn a_reference_that_nobody_knows_refuses_the_record_and_says_where() {
    let app = TestApp::empty();
    app.import(&around());
    let [adoption, relation, attestation, offer] = about();
    let with = |record: &Value, name: &str, value: &str| {
        let mut record = record.clone();
        record[name] = json!(value);
        record
    };
    let wrong = [
        (with(&adoption, "component", "fehlt"), "/component", "unknown_component"),
        (
            with(&adoption, "organisation", "fehlt"),
            "/organisation",
            "unknown_organisation",
        ),
        (
            with(&adoption, "operator", "fehlt"),
            "/operator",
            "unknown_organisation",
        ),
        (with(&relation, "target", "fehlt"), "/target", "unknown_component"),
        (with(&relation, "target", "baustein"), "/target", "self_reference"),
        (
            with(&attestation, "recordedBy", "fehlt"),
            "/recordedBy",
            "unknown_organisation",
        ),
        (with(&offer, "provider", "fehlt"), "/provider", "unknown_organisation"),
        (with(&offer, "slug", "meins"), "/slug", "mismatch"),
        (json!({ "component": "baustein" }), "", "wrong_type"),
    ];
    for (record, pointer, code) in wrong {
        let mut observer = Silent::default();
        let report = app.try_import(&lines(std::slice::from_ref(&record)), Options::default(), &mut observer);
        assert_eq!((report.created, report.refused), (0, 1), "{record}: {report}");
        assert_eq!(
            (observer.problems[0].pointer.as_str(), observer.problems[0].code),
            (pointer, code),
            "{record}"
        );
        assert_eq!(observer.problems[0].outcome, Outcome::Refused);
    }
}

#[test]
fn the_same_pair_with_other_content_is_refused_and_the_first_kept() {
    let app = TestApp::empty();
    app.import(&around());
    let [adoption, ..] = about();
    let mut other = adoption.clone();
    other["stage"] = json!("pilot");
    let mut observer = Silent::default();
    let text = lines(&[adoption.clone(), adoption, other]);
    let report = app.try_import(&text, Options::default(), &mut observer);
    assert_eq!(
        (report.created, report.unchanged, report.refused),
        (1, 1, 1),
        "{report}"
    );
    assert_eq!(observer.problems[0].code, "duplicate_record");
    assert_eq!(observer.problems[0].pointer, "/organisation");
    app.follow();
    let kept = app.get("/v1/components/baustein/adoptions/amt").expect(200).json();
    assert_eq!(kept["stage"], "live");
}

#[test]
fn what_is_about_a_draft_is_a_draft() {
    let app = TestApp::empty();
    let mut all: Vec<Value> = around().into();
    all[2]["publication"] = json!("draft");
    let mut published = about()[0].clone();
    published["publication"] = json!("published");
    all.push(published);
    all.extend(about().into_iter().skip(1));
    let mut observer = Silent::default();
    let report = app.try_import(&lines(&all), Options::default(), &mut observer);
    app.follow();
    // Each of them is told.
    assert_eq!((report.created, report.refused, report.warnings), (8, 0, 4), "{report}");
    assert!(observer.problems.iter().all(|p| p.code == "held_back"));
    let mut told: Vec<usize> = observer.problems.iter().map(|p| p.place.line).collect();
    told.sort_unstable();
    assert_eq!(told, [5, 6, 7, 8]);
    for noun in ["adoptions", "relations", "attestations", "offers"] {
        assert_eq!(app.get(&format!("/v1/{noun}")).expect(200).total(), 0, "{noun}");
    }
    let editor = app.acting(&tests::Token::of("haus").sign());
    let adoption = editor.get("/v1/components/baustein/adoptions/amt").expect(200).json();
    assert_eq!(adoption["publication"], "draft");
}

#[test]
fn organisations_may_name_others_that_come_later_and_each_other() {
    let app = TestApp::empty();
    let report = app.import(&[
        organisation("erste", &["zweite"]),
        organisation("zweite", &["dritte"]),
        organisation("dritte", &["erste"]),
    ]);
    assert_eq!(report.created, 3, "{report}");
    let mut observer = Silent::default();
    let text = lines(&[
        organisation("vierte", &["fuenfte"]),
        organisation("fuenfte", &["fehlt"]),
        organisation("sechste", &["sechste"]),
    ]);
    let report = app.try_import(&text, Options::default(), &mut observer);
    assert_eq!((report.created, report.refused), (0, 3), "{report}");
    let mut codes: Vec<&str> = observer.problems.iter().map(|problem| problem.code).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        ["self_reference", "unknown_organisation", "unknown_organisation"]
    );
    assert!(observer.problems.iter().all(|problem| problem.pointer == "/carriers/0"));
}

#[test]
fn a_dry_run_and_an_import_of_all_or_nothing_know_what_the_same_input_brings() {
    let app = TestApp::empty();
    let mut all: Vec<Value> = about().into();
    all.extend(around());
    let text = lines(&all);
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    let report = app.try_import(&text, dry, &mut Silent::default());
    assert_eq!((report.created, report.refused), (8, 0), "{report}");
    assert_eq!(app.follow().0, 0);
    let atomic = Options {
        atomic: true,
        ..Options::default()
    };
    let broken = format!(
        "{text}{}\n",
        json!({ "component": "fehlt", "organisation": "amt", "stage": "live" })
    );
    let report = app.try_import(&broken, atomic.clone(), &mut Silent::default());
    assert_eq!((report.created, report.refused, report.given_up), (0, 1, 8), "{report}");
    assert_eq!(app.follow().0, 0);
    let report = app.try_import(&text, atomic, &mut Silent::default());
    assert_eq!((report.created, report.refused), (8, 0), "{report}");
}

#[test]
fn many_records_cost_few_questions_to_the_database() {
    let app = TestApp::empty();
    app.import(&around());
    let mut all: Vec<Value> = (0..1500).map(|i| owned(&format!("viele-{i}"), "haus")).collect();
    all.extend((0..1500).map(|i| json!({ "component": format!("viele-{i}"), "organisation": "amt", "stage": "live" })));
    let before = app.calls();
    app.import(&all);
    assert!(app.calls() - before < 100, "{} calls", app.calls() - before);
    assert_eq!(app.get("/v1/adoptions?limit=0").expect(200).total(), 1500);
}

#[test]
fn what_names_an_entry_that_could_not_be_written_is_refused_with_it() {
    let app = TestApp::empty();
    app.import(&around());
    let admin = app.acting(&tests::Token::admin().sign()).with("if-match", "*");
    admin
        .patch("/v1/components/baustein", &json!({ "slug": "umbenannt" }))
        .expect(200);
    // The slug leads to the renamed one, and is nobody else's.
    let mut observer = Silent::default();
    let [adoption, ..] = about();
    let report = app.try_import(
        &lines(&[owned("baustein", "amt"), adoption]),
        Options::default(),
        &mut observer,
    );
    assert_eq!((report.created, report.refused), (0, 2), "{report}");
    assert!(
        observer.problems.iter().all(|problem| problem.code == "conflict"),
        "{:?}",
        observer.problems
    );
    app.follow();
    assert_eq!(app.get("/v1/adoptions").expect(200).total(), 0);
}
