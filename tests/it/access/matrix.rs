use std::fmt::Write;

use tests::access::{Request, Subject};
use tests::{Answer, TestApp};

use super::ACTORS;
use super::rule::expected;
use super::world::{Case, Life, State, World, cases, request};

const GOLDEN: &str = include_str!("../golden/access_matrix.txt");

/// The status that a request is answered with, or would be if it were no dry run.
fn status(answer: &Answer) -> u16 {
    if answer.status != 200 || answer.media_type() != "application/json" {
        return answer.status;
    }
    let body = answer.json();
    let of_batch = body["items"][0]["status"]
        .as_u64()
        .filter(|_| body["succeeded"].is_u64());
    let of_dry_run = body["status"].as_u64().filter(|_| body["dryRun"] == true);
    let status = of_batch.or(of_dry_run).unwrap_or(200);
    u16::try_from(status).unwrap()
}

fn tokens() -> Vec<Option<String>> {
    ACTORS.iter().map(super::Actor::token).collect()
}

#[test]
fn everybody_may_do_what_the_matrix_says_and_nothing_else() {
    let world = World::new();
    let names: Vec<&str> = ACTORS.iter().map(|actor| actor.name).collect();
    let mut found = format!("{:30} {:40} {}\n", "operation", "record", names.join(" "));
    let mut wrong = Vec::new();
    let mut cells = 0;
    let tokens = tokens();
    for case in cases() {
        let subject = world.subject(case.noun, case.state);
        let mut line = case.to_string();
        for (actor, token) in ACTORS.iter().zip(&tokens) {
            let mut asked = request(&world, &case, &subject).by(token.as_deref());
            if case.operation.is_write() {
                asked = asked.asking("dryRun", "true");
            }
            let head = world.app.store().head().unwrap();
            let answer = asked.send(&world.app);
            assert_eq!(
                world.app.store().head().unwrap(),
                head,
                "{case}: a dry run wrote something"
            );
            let (is, should) = (status(&answer), expected(actor, &case));
            if is != should {
                wrong.push(format!("{case} {}: {is} instead of {should}", actor.name));
            }
            write!(line, " {is:<width$}", width = actor.name.len()).unwrap();
            cells += 1;
        }
        found.push_str(line.trim_end());
        found.push('\n');
    }
    assert!(wrong.is_empty(), "{} of {cells} differ: {wrong:#?}", wrong.len());
    assert!(cells > 2500, "{cells}");
    let place = concat!(env!("CARGO_TARGET_TMPDIR"), "/access_matrix.txt");
    if found != GOLDEN {
        std::fs::write(place, &found).unwrap();
        panic!("tests/it/golden/access_matrix.txt is another one; compare it with {place}");
    }
}

/// What is written for good is what a dry run foretold. Organisations that people act for stay as they are.
fn is_tried(case: &Case) -> bool {
    let stands_for_people = case.noun == "organisation" && matches!(case.state, State::Record(_, Life::Published));
    case.operation.is_write() && (!stands_for_people || case.operation.method == "POST")
}

#[test]
fn what_a_dry_run_foretells_comes_true() {
    let world = World::new();
    let tokens = tokens();
    let mut tried = 0;
    let mut wrong = Vec::new();
    for case in cases().into_iter().filter(is_tried) {
        for (actor, token) in ACTORS.iter().zip(&tokens) {
            let should = expected(actor, &case);
            // What is refused changes nothing, so that those who are refused share their records.
            let is_refused = should >= 400;
            let subject = if is_refused {
                world.subject(case.noun, case.state)
            } else {
                world.make(case.noun, case.state)
            };
            let asked = request(&world, &case, &subject).by(token.as_deref());
            let head = world.app.store().head().unwrap();
            let answer = asked.send(&world.app);
            let after = world.app.store().head().unwrap();
            // To withdraw what is withdrawn is no change.
            let is_idle = case.operation.method == "DELETE"
                && case.variant != "purge"
                && matches!(
                    case.state,
                    State::Record(_, Life::Withdrawn | Life::Dropped)
                        | State::About(_, _, Life::Withdrawn | Life::Dropped)
                );
            if status(&answer) != should || (after == head) != (is_refused || is_idle) {
                let events = after.0 - head.0;
                wrong.push(format!(
                    "{case} {}: {} instead of {should}, {events} events",
                    actor.name,
                    status(&answer)
                ));
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {tried} differ: {wrong:#?}", wrong.len());
    assert!(tried > 1000, "{tried}");
}

/// Tokens that nobody should accept.
fn bad_tokens() -> Vec<String> {
    let expired = ACTORS.iter().find(|actor| actor.is_expired).unwrap().token().unwrap();
    let good = tests::Token::admin().sign();
    let (start, signature) = good.rsplit_once('.').unwrap();
    let other: String = signature.chars().rev().collect();
    vec![
        expired,
        "garbage".to_owned(),
        format!("{start}."),
        format!("{start}.{other}"),
    ]
}

#[test]
fn a_bad_token_is_refused_by_every_operation() {
    let app = TestApp::empty();
    let nothing = Subject {
        key: "nichts".to_owned(),
        document: serde_json::json!({}),
    };
    let mut refused = 0;
    for operation in tests::contract::operations() {
        for token in bad_tokens() {
            let answer = Request::of(&operation, &nothing)
                .by(Some(&token))
                .send(&app)
                .expect(401);
            assert!(!answer.header("www-authenticate").is_empty(), "{operation}");
            assert!(!answer.text().contains(&token), "{operation} repeats the token");
            refused += 1;
        }
    }
    assert!(refused > 150, "{refused}");
}
