use std::collections::BTreeMap;

use serde_json::Value;
use tests::access::{ABOUT, Request, Subject, fresh_slug};
use tests::{Answer, Failure};

use super::rule::expected;
use super::world::{Case, Life, Side, State, World, cases, request};
use super::{ACTORS, Actor};

/// Ids that no record has.
const NO_ID: &str = "01980c2e-7a00-7000-8000-eee000000002";
const NO_CHANGE: &str = "change-01980c2e7a0070008000eee000000002";

/// All that somebody can tell one answer from another by.
fn seen(answer: Answer) -> (u16, BTreeMap<String, String>, Vec<u8>) {
    let mut headers = answer.headers;
    headers.remove("date");
    (answer.status, headers, answer.body)
}

/// The names of a record, each with one of the same form that leads nowhere.
fn names(case: &Case, subject: &Subject) -> Vec<(Subject, Subject)> {
    let text = |name: &str| subject.document[name].as_str().unwrap().to_owned();
    let under = |key: String| Subject { key, ..subject.clone() };
    if ABOUT.contains(&case.noun) && case.operation.path.starts_with("/v1/components/") {
        // One part of its address is another.
        let mut nowhere = subject.clone();
        let (part, other) = match case.noun {
            "adoption" => ("organisation", "leitstelle".to_owned()),
            "relation" => ("type", "part_of".to_owned()),
            _ => ("key", fresh_slug("nichts")),
        };
        nowhere.document[part] = other.into();
        return vec![(subject.clone(), nowhere)];
    }
    let nowhere = if case.noun == "change" {
        NO_CHANGE.to_owned()
    } else {
        fresh_slug("geheimnis")
    };
    vec![
        (under(text("slug")), under(nowhere)),
        (under(text("id")), under(NO_ID.to_owned())),
    ]
}

/// The request, and the ways in which it could be asked otherwise.
fn ways(request: &Request, case: &Case) -> Vec<Request> {
    let mut ways = vec![request.clone()];
    if case.operation.method == "GET" {
        ways.push(request.clone().with("if-none-match", "\"r1\""));
        ways.push(request.clone().with("if-none-match", "*"));
        let mut head = request.clone();
        head.method = "HEAD";
        ways.push(head);
    } else {
        ways.push(request.clone().with("if-match", "\"r99\""));
        ways.push(request.clone().without("if-match"));
    }
    if case.operation.is_write() {
        ways = ways
            .into_iter()
            .flat_map(|one| [one.clone().asking("dryRun", "true"), one])
            .collect();
    }
    ways
}

#[test]
fn what_is_hidden_is_answered_as_what_is_missing_byte_for_byte() {
    let world = World::new();
    let head = world.app.store().head().unwrap();
    let mut compared = 0;
    let is_about_one = |case: &Case| !matches!(case.state, State::Alone | State::Missing | State::Purged);
    let hidden = cases()
        .into_iter()
        .filter(is_about_one)
        .filter(|case| !case.operation.id().starts_with("create"));
    for case in hidden {
        let subject = world.subject(case.noun, case.state);
        // To make a record under a name that is taken is the one way to learn that it is; see below.
        let told = |actor: &Actor| actor.is_expired || actor.knows_of(&case) || expected(actor, &case) == 409;
        for actor in ACTORS.iter().filter(|actor| !told(actor)) {
            let token = actor.token();
            for (there, nowhere) in names(&case, &subject) {
                let ask = |about: &Subject| {
                    let asked = request(&world, &case, about).by(token.as_deref());
                    ways(&asked.with("x-request-id", "the-same"), &case)
                };
                // Who may do nothing of the kind anyway is refused before anything is looked at.
                let is_refused = matches!(expected(actor, &case), 401 | 403);
                let asked = ask(&there).into_iter().zip(ask(&nowhere));
                for (way, (to_hidden, to_missing)) in asked.take(if is_refused { 1 } else { 9 }).enumerate() {
                    let failures = [Failure::None, Failure::Outage];
                    for failure in failures.into_iter().take(if way < 2 { 2 } else { 1 }) {
                        world.app.fail(failure);
                        let one = seen(to_hidden.send(&world.app));
                        let other = seen(to_missing.send(&world.app));
                        world.app.fail(Failure::None);
                        assert_eq!(one, other, "{case} {}, {failure:?}: {to_hidden:?}", actor.name);
                        compared += 1;
                    }
                }
            }
        }
    }
    assert_eq!(world.app.store().head().unwrap(), head);
    assert!(compared > 3000, "{compared}");
}

#[test]
fn a_name_that_is_taken_is_told_only_to_those_who_might_have_had_it() {
    let world = World::new();
    let editor = ACTORS.iter().find(|actor| actor.name == "editor").unwrap().token();
    let mut told = 0;
    let is_whole = |case: &Case| case.variant == "create" && !ABOUT.contains(&case.noun);
    for case in cases().into_iter().filter(is_whole) {
        let mut subject = world.subject(case.noun, case.state);
        if !matches!(case.state, State::Record(Side::Foreign, Life::Draft | Life::Dropped)) {
            continue;
        }
        // One's own record under a name that somebody else's draft has.
        let own = if case.noun == "component" { "owner" } else { "parent" };
        subject.document[own] = "eigen".into();
        let asked = request(&world, &case, &subject).by(editor.as_deref());
        for asked in [asked.clone().asking("dryRun", "true"), asked] {
            let problem: Value = asked.send(&world.app).expect(409).json();
            // Whose it is, and in which state, is not told.
            let text = problem["errors"][0]["detail"].as_str().unwrap();
            assert!(text.contains("once did"), "{text}");
            assert!(problem.get("currentRevision").is_none());
            told += 1;
        }
    }
    assert_eq!(told, 8);
}
