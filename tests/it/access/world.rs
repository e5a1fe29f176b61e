//! A catalogue with records in every state, and the requests about them.

mod about;

use std::collections::HashMap;

use domain::code_list::CodeList;
use domain::related::Visibility;
use serde_json::{Value, json};
use tests::access::{self, ABOUT, Request, Subject};
use tests::contract::{self, Operation};
use tests::{TestApp, Token};

pub(crate) use about::Whose;
use about::{about, meant};

/// Whose record it is, seen from the editor of `eigen`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Own,
    Foreign,
    /// Of `gruendlich`, which has its public entries reviewed, and delegated them to `eigen`.
    Reviewed,
}

impl Side {
    pub(crate) fn organisation(self) -> &'static str {
        match self {
            Self::Own => "eigen",
            Self::Foreign => "fremd",
            Self::Reviewed => "gruendlich",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Life {
    Published,
    Draft,
    /// Withdrawn after it was public.
    Withdrawn,
    /// Withdrawn without ever having been public.
    Dropped,
}

impl Life {
    fn text(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Draft => "draft",
            Self::Withdrawn => "withdrawn, was public",
            Self::Dropped => "withdrawn, never public",
        }
    }
}

/// Who proposes what about whose record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Proposed {
    ByOwn,
    AboutOwn,
    Foreign,
}

/// What an operation meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    /// It is about no record.
    Alone,
    Record(Side, Life),
    /// A record about a component, for these readers.
    About(Whose, Visibility, Life),
    Change(Proposed, bool),
    Missing,
    Purged,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Alone => f.write_str("-"),
            Self::Missing => f.write_str("missing"),
            Self::Purged => f.write_str("purged"),
            Self::Record(side, life) => write!(f, "{} {}", format!("{side:?}").to_lowercase(), life.text()),
            Self::About(whose, readers, life) => {
                let whose = format!("{whose:?}").to_lowercase();
                write!(f, "{whose} {}, {}", life.text(), readers.code())
            }
            Self::Change(proposed, is_submitted) => {
                let whose = match proposed {
                    Proposed::ByOwn => "own about foreign",
                    Proposed::AboutOwn => "foreign about own",
                    Proposed::Foreign => "foreign about foreign",
                };
                write!(f, "{whose}, {}", if *is_submitted { "submitted" } else { "draft" })
            }
        }
    }
}

/// One line of the matrix: an operation, how it is asked for, and what it meets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) operation: Operation,
    /// `create`, `purge`, `govern`, a noun, or nothing special.
    pub(crate) variant: &'static str,
    pub(crate) noun: &'static str,
    pub(crate) state: State,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = format!("{} {}", self.operation.id(), self.variant);
        write!(f, "{:30} {:40}", name.trim_end(), self.state.to_string())
    }
}

const SIDES: [Side; 2] = [Side::Own, Side::Foreign];

/// Every line of the matrix.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for operation in contract::operations() {
        let noun = access::noun(&operation).unwrap_or_default();
        let mut add = |variant, noun, states: &[State]| {
            cases.extend(states.iter().map(|state| Case {
                operation,
                variant,
                noun,
                state: *state,
            }));
        };
        match (operation.id(), noun) {
            ("createComponent", _) => add("", "component", &intended()),
            ("createOrganisation", _) => {
                add("", "organisation", &intended());
                add("", "organisation", &[State::Alone]);
            }
            ("createAdoption", _) => add("", "adoption", &meant("adoption")),
            ("createOffer", _) => add("", "offer", &meant("offer")),
            ("createAttestation", _) => add("", "attestation", &meant("attestation")),
            ("createRelation", _) => add("", "relation", &meant("relation")),
            (id, noun) if ABOUT.contains(&noun) => {
                let states = about(noun);
                add("", noun, &states);
                match operation.method {
                    "PUT" => add("create", noun, &states),
                    "DELETE" => add("purge", noun, &states),
                    _ => {}
                }
                if id == "patchAdoption" {
                    add("confirm", noun, &states);
                }
            }
            ("proposeChange", _) => {
                add("component", "component", &records("component"));
                add("organisation", "organisation", &records("organisation"));
            }
            (_, "change") => add("", noun, &changes()),
            (_, "component" | "organisation") => {
                let states = records(noun);
                add("", noun, &states);
                match operation.method {
                    "PUT" => add("create", noun, &states),
                    "DELETE" => add("purge", noun, &states),
                    "PATCH" if noun == "organisation" => add("govern", noun, &states),
                    _ => {}
                }
            }
            _ => add("", "", &[State::Alone]),
        }
    }
    cases
}

fn records(noun: &str) -> Vec<State> {
    let lives = [Life::Published, Life::Draft, Life::Withdrawn, Life::Dropped];
    let mut all = vec![State::Record(Side::Reviewed, Life::Published)];
    if noun == "component" {
        all.push(State::Record(Side::Reviewed, Life::Draft));
    }
    all.extend(
        lives
            .iter()
            .flat_map(|life| SIDES.map(|side| State::Record(side, *life))),
    );
    all.extend([State::Missing, State::Purged]);
    all
}

fn changes() -> Vec<State> {
    let all = [Proposed::ByOwn, Proposed::AboutOwn, Proposed::Foreign];
    let states = all
        .iter()
        .flat_map(|one| [false, true].map(|submitted| State::Change(*one, submitted)));
    states.chain([State::Missing]).collect()
}

/// States that a new record may be meant for.
fn intended() -> Vec<State> {
    let lives = [Life::Draft, Life::Published];
    let sides = [Side::Own, Side::Foreign, Side::Reviewed];
    sides
        .iter()
        .flat_map(|side| lives.map(|life| State::Record(*side, life)))
        .collect()
}

/// The catalogue.
pub(crate) struct World {
    pub(crate) app: TestApp,
    admin: String,
    known: HashMap<(&'static str, State), Subject>,
}

impl World {
    pub(crate) fn new() -> Self {
        let app = TestApp::empty();
        let organisation = |slug: &str, more: Value| {
            let mut one = json!({ "slug": slug, "kind": "it_provider", "title": { "de": slug } });
            one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            one
        };
        app.import(&[
            organisation("eigen", json!({ "delegates": ["vertretung"] })),
            organisation("fremd", json!({})),
            organisation("gruendlich", json!({ "review": "reviewed", "delegates": ["eigen"] })),
            organisation("dritte", json!({})),
            organisation("vertretung", json!({})),
            organisation("leitstelle", json!({})),
            // Asks in the examples of the document.
            organisation("land-mecklenburg-vorpommern", json!({})),
            access::component("llmoin", "dritte"),
            access::component("f13", "dritte"),
            access::component(access::TARGET, "dritte"),
        ]);
        let mut world = Self {
            app,
            admin: Token::admin().sign(),
            known: HashMap::new(),
        };
        for noun in ["component", "organisation", "change"].into_iter().chain(ABOUT) {
            let states = match noun {
                "change" => changes(),
                "component" | "organisation" => records(noun),
                noun => about(noun),
            };
            for state in states {
                let subject = world.make(noun, state);
                world.known.insert((noun, state), subject);
            }
        }
        world
    }

    /// The record in a state that all who only look share.
    pub(crate) fn subject(&self, noun: &'static str, state: State) -> Subject {
        self.known.get(&(noun, state)).cloned().unwrap_or_else(nothing)
    }

    /// A record of its own in a state.
    pub(crate) fn make(&self, noun: &str, state: State) -> Subject {
        if ABOUT.contains(&noun) {
            return self.make_about(noun, state);
        }
        let slug = access::fresh_slug("geheimnis");
        let State::Record(side, life) = state else {
            return match state {
                State::Change(proposed, is_submitted) => self.propose(proposed, is_submitted),
                State::Purged => self.purged(noun, &slug),
                State::Missing if noun == "change" => Subject {
                    key: "01980c2e-7a00-7000-8000-eee000000001".to_owned(),
                    document: Value::Null,
                },
                _ => Subject {
                    document: document(noun, &slug, Side::Own),
                    key: slug,
                },
            };
        };
        // Those who act for themselves are there from the beginning.
        if noun == "organisation" && life == Life::Published {
            let path = format!("/v1/organisations/{}", side.organisation());
            return Subject {
                key: side.organisation().to_owned(),
                document: self.app.get(&path).expect(200).json(),
            };
        }
        let mut document = document(noun, &slug, side);
        let is_public = matches!(life, Life::Published | Life::Withdrawn);
        document["publication"] = json!(if is_public { "published" } else { "draft" });
        let admin = self.app.acting(&self.admin).with("if-match", "*");
        let path = format!("/v1/{noun}s");
        self.app.acting(&self.admin).post(&path, &document).expect(201);
        let path = format!("{path}/{slug}");
        if matches!(life, Life::Withdrawn | Life::Dropped) {
            admin.delete(&path).expect(204);
        }
        Subject {
            document: admin.get(&path).expect(200).json(),
            key: slug,
        }
    }

    fn purged(&self, noun: &str, slug: &str) -> Subject {
        let admin = self.app.acting(&self.admin).with("if-match", "*");
        let document = document(noun, slug, Side::Own);
        self.app
            .acting(&self.admin)
            .post(&format!("/v1/{noun}s"), &access::published(document.clone()))
            .expect(201);
        admin.delete(&format!("/v1/{noun}s/{slug}?purge=true")).expect(204);
        Subject {
            key: slug.to_owned(),
            document,
        }
    }

    fn propose(&self, proposed: Proposed, is_submitted: bool) -> Subject {
        let (by, about) = match proposed {
            Proposed::ByOwn => ("eigen", Side::Foreign),
            Proposed::AboutOwn => ("fremd", Side::Own),
            Proposed::Foreign => ("fremd", Side::Foreign),
        };
        let record = self.make("component", State::Record(about, Life::Published));
        // Somebody else of the organisation than those in the matrix.
        let token = Token::of(by)
            .scopes(&[domain::access::Scope::ChangesWrite])
            .subject("proposer")
            .sign();
        let body = json!({
            "record": record.key, "patch": { "tags": ["geheimnis"] },
            "state": if is_submitted { "submitted" } else { "draft" },
        });
        let document = self.app.acting(&token).post("/v1/changes", &body).expect(201).json();
        Subject {
            key: document["id"].as_str().unwrap().to_owned(),
            document,
        }
    }
}

/// The request of a line of the matrix.
pub(crate) fn request(world: &World, case: &Case, subject: &Subject) -> Request {
    if let ("POST", State::About(whose, visibility, life)) = (case.operation.method, case.state) {
        let document = world.document_about(case.noun, whose, visibility, life);
        return Request::of(&case.operation, &nothing()).sending(&document);
    }
    let request = Request::of(&case.operation, subject);
    let with = |name: &str, value: Value| {
        let mut body = request.json().unwrap();
        body[name] = value;
        request.clone().sending(&body)
    };
    match (case.operation.id(), case.variant, case.state) {
        ("createComponent" | "createOrganisation", _, State::Record(side, life)) => {
            let mut body = document(case.noun, &access::fresh_slug("neu"), side);
            body["publication"] = json!(if life == Life::Published { "published" } else { "draft" });
            request.sending(&body)
        }
        ("createOrganisation", ..) => {
            let mut body = document(case.noun, &access::fresh_slug("neu"), Side::Own);
            body.as_object_mut().unwrap().remove("parent");
            request.sending(&body)
        }
        (_, "create", _) => {
            let body = if ABOUT.contains(&case.noun) {
                request.clone()
            } else {
                with("publication", json!("draft"))
            };
            body.without("if-match").with("if-none-match", "*")
        }
        (_, "confirm", _) => request.sending(&json!({ "confirmation": { "stage": "live" } })),
        (_, "purge", _) => request.asking("purge", "true"),
        (_, "govern", _) => request.sending(&json!({ "delegates": ["leitstelle"] })),
        ("proposeChange", noun, _) => with("noun", json!(noun)),
        ("putChangeState", _, State::Change(_, true)) => with("state", json!("approved")),
        _ => request,
    }
}

/// A draft that belongs to a side, or that it keeps.
fn document(noun: &str, slug: &str, side: Side) -> Value {
    if noun == "component" {
        return access::component(slug, side.organisation());
    }
    access::organisation(slug, side.organisation())
}

fn nothing() -> Subject {
    Subject {
        key: String::new(),
        document: Value::Null,
    }
}
