//! Records about components in every state.

use domain::code_list::CodeList;
use domain::related::Visibility;
use serde_json::{Value, json};
use tests::access::{self, Subject};

use super::{Life, State, World};

/// Whose record about a component it is: who declared, offered or recorded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    /// Of `eigen`, about a component that `fremd` owns and operates.
    Own,
    /// An adoption of `fremd`, of what `eigen` owns and operates.
    Operated,
    /// Of `fremd`, about a component that `dritte` owns and operates.
    Foreign,
}

impl Whose {
    pub(crate) fn owner(self) -> &'static str {
        match self {
            Self::Own => "eigen",
            Self::Operated | Self::Foreign => "fremd",
        }
    }

    /// Who owns and operates the component.
    pub(crate) fn operator(self) -> &'static str {
        match self {
            Self::Own => "fremd",
            Self::Operated => "eigen",
            Self::Foreign => "dritte",
        }
    }
}

/// Relations are public, all of them; only adoptions have an operator.
fn readers(noun: &str) -> (&'static [Whose], &'static [Visibility]) {
    use Visibility::{Members, Parties, Public};
    match noun {
        "adoption" => (
            &[Whose::Own, Whose::Operated, Whose::Foreign],
            &[Public, Members, Parties],
        ),
        "relation" => (&[Whose::Own, Whose::Foreign], &[Public]),
        _ => (&[Whose::Own, Whose::Foreign], &[Public, Members, Parties]),
    }
}

/// Every state of a record about a component.
pub(super) fn about(noun: &str) -> Vec<State> {
    let (whose, visibilities) = readers(noun);
    let mut all = Vec::new();
    for whose in whose {
        for visibility in visibilities {
            all.push(State::About(*whose, *visibility, Life::Published));
            all.push(State::About(*whose, *visibility, Life::Withdrawn));
        }
        all.push(State::About(*whose, Visibility::Public, Life::Draft));
        all.push(State::About(*whose, Visibility::Public, Life::Dropped));
    }
    all.extend([State::Missing, State::Purged]);
    all
}

/// States that a new record about a component may be meant for.
pub(super) fn meant(noun: &str) -> Vec<State> {
    let (whose, visibilities) = readers(noun);
    let mut all = Vec::new();
    for whose in whose {
        all.push(State::About(*whose, Visibility::Public, Life::Draft));
        all.extend(visibilities.iter().map(|v| State::About(*whose, *v, Life::Published)));
    }
    all
}

impl World {
    pub(super) fn make_about(&self, noun: &str, state: State) -> Subject {
        let (whose, visibility, life) = match state {
            State::About(whose, visibility, life) => (whose, visibility, life),
            _ => (Whose::Own, Visibility::Public, Life::Published),
        };
        let document = self.document_about(noun, whose, visibility, life);
        let maker = self.app.acting(&self.admin);
        let admin = maker.clone().with("if-match", "*");
        let mut subject = Subject {
            key: access::fresh_slug("geheimnis"),
            document,
        };
        if state == State::Missing {
            return subject;
        }
        let made = maker
            .post(&format!("/v1/{noun}s"), &subject.document)
            .expect(201)
            .json();
        made["id"].as_str().unwrap().clone_into(&mut subject.key);
        let address = access::address(noun, &subject);
        match (state, life) {
            (State::Purged, _) => {
                admin.delete(&format!("{address}?purge=true")).expect(204);
            }
            (_, Life::Withdrawn | Life::Dropped) => {
                admin.delete(&address).expect(204);
                subject.document = admin.get(&address).expect(200).json();
            }
            _ => subject.document = made,
        }
        subject
    }

    /// A document about a component of its own.
    pub(crate) fn document_about(&self, noun: &str, whose: Whose, visibility: Visibility, life: Life) -> Value {
        let mut component = access::component(&access::fresh_slug("gegenstand"), whose.operator());
        component["roles"] = json!({ "supplier": [whose.owner()] });
        let component = access::published(component);
        let maker = self.app.acting(&self.admin);
        maker.post("/v1/components", &component).expect(201);
        let mut document = access::about(noun, component["slug"].as_str().unwrap(), whose.owner());
        if noun != "relation" {
            document["visibility"] = json!(visibility.code());
        }
        let is_public = matches!(life, Life::Published | Life::Withdrawn);
        document["publication"] = json!(if is_public { "published" } else { "draft" });
        document
    }
}
