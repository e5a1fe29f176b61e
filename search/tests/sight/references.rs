//! Who names whom, who keeps whose entries, and what is proposed.

use bench::generate::{Generator, record};
use domain::access::Sight;
use domain::change::Change;
use domain::component::Component;
use domain::id::Id;
use domain::organisation::{Organisation, ReviewPolicy};
use domain::query::{Given, Queryable, parse};
use domain::store::Record;
use domain::stored::{Document, Publication};
use search::View;
use serde_json::{Value, json};

use crate::catalogue::{Catalogue, WORD, changed, of, slug};

#[test]
fn delegators_and_review_follow_the_documents_of_organisations() {
    let catalogue = Catalogue::new();
    let mut view = catalogue.view();
    let keeper = slug("organisation-0");
    assert!(view.delegators(&keeper).is_empty());
    assert_eq!(view.review_of(&keeper), ReviewPolicy::Direct);
    let mut organisations = catalogue.organisations.clone();
    let mut write = |view: &mut View, number: usize, name: &str, members: Value| {
        let record: &mut Record = &mut organisations[number];
        let mut document: Value = serde_json::from_str(&record.document).unwrap();
        for (member, value) in members.as_object().unwrap() {
            document[member] = value.clone();
        }
        record.document = document.to_string().into();
        (record.slug, record.owner) = (slug(name), Some(slug(name)));
        let event = changed(view, Organisation::NOUN, record);
        record.revision = event.revision;
        view.apply(&event).unwrap();
    };
    write(
        &mut view,
        2,
        "organisation-2",
        json!({ "delegates": ["organisation-0"], "review": "four_eyes" }),
    );
    write(
        &mut view,
        1,
        "organisation-1",
        json!({ "delegates": ["organisation-0", "organisation-2"] }),
    );
    assert_eq!(
        view.delegators(&keeper),
        [slug("organisation-1"), slug("organisation-2")]
    );
    assert_eq!(view.delegators(&slug("organisation-2")), [slug("organisation-1")]);
    assert_eq!(view.review_of(&slug("organisation-2")), ReviewPolicy::FourEyes);
    write(&mut view, 1, "umbenannt", json!({ "delegates": ["organisation-0"] }));
    assert_eq!(view.delegators(&keeper), [slug("organisation-2"), slug("umbenannt")]);
    assert!(view.delegators(&slug("organisation-2")).is_empty());
    let renamed = catalogue.organisations[1].id;
    assert_eq!(view.organisation_key("umbenannt"), Some(slug("umbenannt")));
    assert_eq!(view.organisation_key(&renamed.to_string()), Some(slug("umbenannt")));
    assert_eq!(view.organisation_key("organisation-1"), None);
    write(
        &mut view,
        2,
        "organisation-2",
        json!({ "delegates": [], "review": null }),
    );
    assert_eq!(view.delegators(&keeper), [slug("umbenannt")]);
    assert_eq!(view.review_of(&slug("organisation-2")), ReviewPolicy::Direct);
    let mut purged = changed(&view, Organisation::NOUN, &catalogue.organisations[1]);
    (purged.document, purged.slug) = (None, slug("umbenannt"));
    view.apply(&purged).unwrap();
    assert!(view.delegators(&keeper).is_empty());
}

/// A proposed change of an organisation about a record of another.
fn proposal() -> Record {
    let document = json!({
        "state": "submitted",
        "noun": "component",
        "operation": "update",
        "recordSlug": "entwurf-1001",
        "title": { "de": format!("{WORD} besser") },
        "owner": "organisation-2",
        "organisation": "organisation-1",
        "patch": {},
        "authors": ["issuer|subject"],
    });
    let value: Change = serde_json::from_value(document.clone()).unwrap();
    let id: Id = "01980c2e-7a00-7000-8000-0000000000ff".parse().unwrap();
    let time = record::<Organisation>(0, Generator::new(1, 1).organisation(0)).created_at;
    Record {
        id,
        slug: slug("vorschlag-1"),
        revision: domain::values::Revision::FIRST,
        publication: Publication::Draft,
        owner: value.owner(&slug("vorschlag-1")).cloned(),
        party: value.party().cloned(),
        visibility: value.visibility(),
        published_at: None,
        created_at: time,
        updated_at: time,
        document: document.to_string().into(),
    }
}

#[test]
fn all_that_names_a_record_is_found_whatever_its_publication() {
    let mut catalogue = Catalogue::new();
    let draft = catalogue.add(1001, Publication::Draft, "organisation-2", None, WORD);
    let mut successor: Value = serde_json::from_str(&catalogue.components[0].document).unwrap();
    successor["successor"] = json!("entwurf-1001");
    catalogue.components[0].document = successor.to_string().into();
    let mut parent: Value = serde_json::from_str(&catalogue.organisations[0].document).unwrap();
    (parent["parent"], parent["delegates"]) = (json!("organisation-2"), json!(["organisation-1"]));
    catalogue.organisations[0].document = parent.to_string().into();
    catalogue.changes.push(proposal());
    let view = catalogue.view();
    let first = (Component::NOUN, catalogue.components[0].id);
    let zeroth = (Organisation::NOUN, catalogue.organisations[0].id);
    let change = (Change::NOUN, catalogue.changes[0].id);
    assert_eq!(view.referring(Component::NOUN, &slug("entwurf-1001")), [first]);
    let found = view.referring(Organisation::NOUN, &slug("organisation-2"));
    assert!(found.contains(&(Component::NOUN, draft)) && found.contains(&zeroth) && found.contains(&change));
    let found = view.referring(Organisation::NOUN, &slug("organisation-1"));
    assert!(!found.contains(&(Component::NOUN, draft)) && found.contains(&zeroth) && found.contains(&change));
    assert!(view.referring(Component::NOUN, &slug("organisation-2")).is_empty());
}

#[test]
fn a_proposed_change_is_seen_by_its_parties_and_shows_no_publication() {
    let mut catalogue = Catalogue::new();
    catalogue.changes.push(proposal());
    let built = catalogue.view();
    catalogue.changes.clear();
    let mut followed = catalogue.view();
    let mut event = changed(&followed, Change::NOUN, &proposal());
    event.revision = proposal().revision;
    followed.apply(&event).unwrap();
    for view in [&built, &followed] {
        let given = [Given::from_url("q", WORD)];
        let found = |sight: &Sight| {
            let query = parse::<Change>(&given).unwrap();
            view.changes().answer(&query, sight, view).unwrap().items
        };
        assert!(found(&Sight::Public).is_empty() && found(&of(&["organisation-0"])).is_empty());
        for sight in [of(&["organisation-1"]), of(&["organisation-2"]), Sight::All] {
            let body = found(&sight).pop().unwrap().body.unwrap();
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["state"], "submitted");
            assert!(body.get("publication").is_none());
        }
        assert!(Change::field("publication").is_none());
    }
}
