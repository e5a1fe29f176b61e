//! What everybody may do, as the design says it: written apart from the service's own decision, to be held against it.

use domain::related::Visibility;

use super::Actor;
use super::world::{Case, Life, Proposed, Side, State, Whose};

/// Organisations whose editors act for the owner of a record: the owner itself, and those that it delegated to.
fn keepers(noun: &str, state: State) -> &'static [&'static str] {
    match (noun, state) {
        // A body below another one is kept by that, too.
        (_, State::Record(Side::Own, _)) => &["eigen", "vertretung"],
        (_, State::Record(Side::Foreign, _)) => &["fremd"],
        (_, State::Record(Side::Reviewed, _)) => &["gruendlich", "eigen"],
        _ => &[],
    }
}

impl Actor {
    fn is_admin(&self) -> bool {
        self.has("admin")
    }

    fn is_one_of(&self, organisations: &[&str]) -> bool {
        self.organisation.is_some_and(|own| organisations.contains(&own))
    }

    /// Whether a token with one of these scopes was shown.
    fn needs(&self, scopes: &[&str]) -> Result<(), u16> {
        match self.scopes {
            None => Err(401),
            Some(_) if scopes.iter().any(|scope| self.has(scope)) => Ok(()),
            Some(_) => Err(403),
        }
    }

    /// Whether they are one of those whom a visibility means: members act for an organisation of the catalogue.
    fn is_meant(&self, visibility: Visibility) -> bool {
        match visibility {
            Visibility::Public => true,
            Visibility::Members => self.organisation.is_some() || self.has("changes:approve"),
            Visibility::Parties => self.has("changes:approve"),
        }
    }

    /// Whoever keeps a record, or reviews all of them, sees it whatever its state.
    fn is_insider(&self, case: &Case) -> bool {
        let parties = match case.state {
            State::About(whose, ..) => [owners(whose), operators(case.noun, whose)].concat(),
            _ => keepers(case.noun, case.state).to_vec(),
        };
        self.has("changes:approve") || self.is_one_of(&parties)
    }

    /// Whether they may know that the record is there.
    pub(crate) fn knows_of(&self, case: &Case) -> bool {
        match case.state {
            State::Missing | State::Purged => false,
            State::Record(_, Life::Draft | Life::Dropped) | State::About(_, _, Life::Draft | Life::Dropped) => {
                self.is_insider(case)
            }
            State::About(_, visibility, _) => self.is_insider(case) || self.is_meant(visibility),
            // Before it is submitted, a proposal is a matter of its authors.
            State::Change(proposed, is_submitted) => {
                let (authors, owners) = parties(proposed);
                self.has("changes:approve") || self.is_one_of(authors) || is_submitted && self.is_one_of(owners)
            }
            _ => true,
        }
    }

    fn finds(&self, case: &Case) -> Result<(), u16> {
        if self.knows_of(case) { Ok(()) } else { Err(404) }
    }
}

/// Those who act for the body that declared, offered or recorded something.
fn owners(whose: Whose) -> &'static [&'static str] {
    match whose {
        Whose::Own => &["eigen", "vertretung"],
        Whose::Operated | Whose::Foreign => &["fremd"],
    }
}

/// Those who act for the operator of what is adopted. Who owns the component has no part in what others say of it.
fn operators(noun: &str, whose: Whose) -> &'static [&'static str] {
    match whose {
        _ if noun != "adoption" => &[],
        Whose::Own => &["fremd"],
        Whose::Operated => &["eigen", "vertretung"],
        Whose::Foreign => &["dritte"],
    }
}

/// Those who act for the organisation that proposes a change, and for the one that owns the record.
fn parties(proposed: Proposed) -> (&'static [&'static str], &'static [&'static str]) {
    const OWN: &[&str] = &["eigen", "vertretung"];
    const FOREIGN: &[&str] = &["fremd"];
    match proposed {
        Proposed::ByOwn => (OWN, FOREIGN),
        Proposed::AboutOwn => (FOREIGN, OWN),
        Proposed::Foreign => (FOREIGN, FOREIGN),
    }
}

/// The status that somebody is answered with.
pub(crate) fn expected(actor: &Actor, case: &Case) -> u16 {
    // A token that is no good is refused, whatever it was shown for.
    if actor.is_expired {
        return 401;
    }
    let id = case.operation.id();
    let decided = match (id, case.noun) {
        // Here clients show a secret of their own, and nobody in the matrix has one.
        ("createToken", _) => Err(401),
        ("getMe", _) => actor.scopes.map(|_| 200).ok_or(401),
        ("listChanges", _) => actor
            .needs(&["changes:read", "changes:write", "changes:approve"])
            .map(|()| 200),
        ("createComponent" | "createOrganisation", noun) => create(actor, noun, case),
        ("proposeChange", _) => propose(actor, case),
        (_, "change") => review(actor, id, case),
        (_, "adoption" | "offer" | "attestation" | "relation") if case.operation.method != "GET" => say(actor, case),
        (_, noun) if !noun.is_empty() && (case.operation.method != "GET") => write(actor, noun, case),
        (_, noun) if !noun.is_empty() => read(actor, case),
        _ => Ok(200),
    };
    decided.unwrap_or_else(|refused| refused)
}

fn read(actor: &Actor, case: &Case) -> Result<u16, u16> {
    actor.finds(case)?;
    match case.state {
        // A tombstone is left of what was public; nothing is like a tombstone.
        State::Record(_, Life::Withdrawn) if !actor.is_insider(case) => match case.operation.id() {
            "similarComponents" => Err(404),
            // What was said of it is still there.
            "listAdoptionsOfComponent" | "listOffersOfComponent" | "listAttestationsOfComponent" => Ok(200),
            _ => Err(410),
        },
        State::About(_, _, Life::Withdrawn) if !actor.is_insider(case) => Err(410),
        _ => Ok(200),
    }
}

/// Writes of records about components. Each side of an adoption writes its own words; everything else is its owner's.
fn say(actor: &Actor, case: &Case) -> Result<u16, u16> {
    let scope = match case.noun {
        "adoption" => "adoptions:write",
        "attestation" => "attestations:write",
        _ => "components:write",
    };
    actor.needs(&[scope])?;
    let (whose, is_there) = match case.state {
        State::About(whose, ..) => (whose, true),
        _ => (Whose::Own, false),
    };
    let is_owner = actor.is_admin() || actor.is_one_of(owners(whose));
    if case.operation.method == "POST" || case.variant == "create" {
        return match () {
            () if case.variant == "create" && is_there && actor.knows_of(case) => Err(412),
            () if is_owner => Ok(201),
            () => Err(403),
        };
    }
    actor.finds(case)?;
    let may = match case.variant {
        "purge" => actor.is_admin(),
        "confirm" => actor.is_admin() || actor.is_one_of(operators(case.noun, whose)),
        _ => is_owner,
    };
    match case.operation.method {
        _ if !may => Err(403),
        "DELETE" => Ok(204),
        _ => Ok(200),
    }
}

fn create(actor: &Actor, noun: &str, case: &Case) -> Result<u16, u16> {
    actor.needs(&[&format!("{noun}s:write")])?;
    let makers: &[&str] = match case.state {
        // A new body belongs to the one above it.
        State::Record(side, _) => keepers("component", State::Record(side, Life::Draft)),
        _ => &[],
    };
    if !actor.is_admin() && !actor.is_one_of(makers) {
        return Err(403);
    }
    // What is public at once is so in the way that those want who have the say on it.
    let is_reviewed = case.state == State::Record(Side::Reviewed, Life::Published);
    if is_reviewed && !actor.is_admin() {
        Err(403)
    } else {
        Ok(201)
    }
}

fn propose(actor: &Actor, case: &Case) -> Result<u16, u16> {
    actor.needs(&["changes:write"])?;
    actor.finds(case)?;
    match case.state {
        // Of what was withdrawn others see a tombstone, and none of what they could change.
        State::Record(_, Life::Withdrawn) if !actor.is_insider(case) => Err(409),
        _ => Ok(201),
    }
}

fn write(actor: &Actor, noun: &str, case: &Case) -> Result<u16, u16> {
    actor.needs(&[&format!("{noun}s:write")])?;
    if case.variant == "create" {
        return create_there(actor, case);
    }
    actor.finds(case)?;
    if case.variant == "purge" && !actor.is_admin() {
        return Err(403);
    }
    if !actor.is_admin() {
        if !actor.is_one_of(keepers(noun, case.state)) {
            return Err(403);
        }
        if case.state == State::Record(Side::Reviewed, Life::Published) {
            return Err(403);
        }
        // Those who keep an organisation do not hand that on. It ends by its own word, or of the one that it is a part of.
        let is_itself = case.state == State::Record(Side::Own, Life::Published) && actor.is_one_of(&["eigen"])
            || case.state == State::Record(Side::Foreign, Life::Published);
        let is_below = !matches!(case.state, State::Record(_, Life::Published));
        let ends = noun == "organisation" && case.operation.method == "DELETE" && !is_below;
        let governs = case.variant == "govern" || ends;
        if governs && !is_itself {
            return Err(403);
        }
    }
    let owns_entries = noun == "organisation" && matches!(case.state, State::Record(_, Life::Published));
    match case.operation.method {
        "DELETE" if owns_entries => Err(409),
        "DELETE" => Ok(204),
        _ => Ok(200),
    }
}

/// `PUT` with `If-None-Match: *`.
fn create_there(actor: &Actor, case: &Case) -> Result<u16, u16> {
    let is_there = !matches!(case.state, State::Missing | State::Purged);
    if is_there && actor.finds(case).is_ok() {
        return Err(412);
    }
    let side = match case.state {
        State::Record(side, _) => side,
        _ => Side::Own,
    };
    if !actor.is_admin() && !actor.is_one_of(keepers("component", State::Record(side, Life::Draft))) {
        return Err(403);
    }
    // That a name is taken cannot be hidden from those who might have had it.
    if is_there { Err(409) } else { Ok(201) }
}

fn review(actor: &Actor, id: &str, case: &Case) -> Result<u16, u16> {
    match id {
        "getChange" | "previewChange" => actor.needs(&["changes:read", "changes:write", "changes:approve"])?,
        _ => actor.needs(&["changes:write", "changes:approve"])?,
    }
    let State::Change(proposed, is_submitted) = case.state else {
        return Err(404);
    };
    actor.finds(case)?;
    let (authors, owners) = parties(proposed);
    let reviews_all = actor.has("changes:approve");
    let is_author = actor.is_admin() || actor.is_one_of(authors) && actor.has("changes:write");
    // Where the owner asks for no review, its editors decide.
    let decides = reviews_all || actor.is_one_of(owners) && actor.has("components:write") && actor.has("changes:write");
    match id {
        "amendChange" if !is_author => Err(403),
        "amendChange" if is_submitted => Err(409),
        "putChangeState" if is_submitted && !decides => Err(403),
        "putChangeState" if !is_submitted && !is_author => Err(403),
        "commentOnChange" => Ok(201),
        _ => Ok(200),
    }
}
