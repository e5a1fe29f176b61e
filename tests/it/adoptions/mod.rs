//! `/v1/adoptions`, and adoptions below a component.

mod address;
mod all_four;
mod steps;
mod visibility;
mod words;
mod write;

use domain::access::Scope;
use serde_json::{Value, json};
use tests::{Acting, TestApp, Token};

/// A catalogue in which `haus` keeps `baustein`, `grundlage` and the draft `entwurf`, with `lieferant` as a supplier, and
/// `amt` uses what it finds.
pub(crate) fn world() -> TestApp {
    let app = TestApp::empty();
    let organisation = |slug: &str| json!({ "slug": slug, "kind": "it_provider", "title": { "de": slug } });
    let component = |slug: &str| {
        let mut one = tests::access::component(slug, "haus");
        one["roles"] = json!({ "supplier": ["lieferant"] });
        one
    };
    let mut draft = component("entwurf");
    draft["publication"] = json!("draft");
    app.import(&[
        organisation("haus"),
        organisation("amt"),
        organisation("lieferant"),
        organisation("dritte"),
        component("baustein"),
        component("grundlage"),
        draft,
    ]);
    app
}

/// An editor of an organisation, who writes whatever is there.
pub(crate) fn editor<'a>(app: &'a TestApp, organisation: &str) -> Acting<'a> {
    let scopes = [Scope::ComponentsWrite, Scope::AdoptionsWrite, Scope::AttestationsWrite];
    app.acting(&Token::of(organisation).scopes(&scopes).sign())
}

/// The same, in whatever revision it is.
pub(crate) fn changing<'a>(app: &'a TestApp, organisation: &str) -> Acting<'a> {
    editor(app, organisation).with("if-match", "*")
}

pub(crate) fn admin(app: &TestApp) -> Acting<'_> {
    app.acting(&Token::admin().sign()).with("if-match", "*")
}

const ADOPTION: &str = "/v1/components/baustein/adoptions/amt";

fn adoption(stage: &str) -> Value {
    json!({ "component": "baustein", "organisation": "amt", "stage": stage })
}

/// A catalogue with an adoption by `amt` in a stage.
fn with_adoption(stage: &str) -> TestApp {
    let app = world();
    editor(&app, "amt").post("/v1/adoptions", &adoption(stage)).expect(201);
    app
}
