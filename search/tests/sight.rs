//! Who sees what: hidden records are found by their organisations, and leave no trace for anybody else.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail where it stands"
)]

use std::convert::Infallible;

use bench::generate::{Generator, query_text, record};
use bench::random::Random;
use domain::access::Sight;
use domain::change::Change;
use domain::component::Component;
use domain::event::{Event, EventType, Origin, Sequence};
use domain::id::Id;
use domain::organisation::{Organisation, ReviewPolicy};
use domain::query::{Given, Query, Queryable, parse};
use domain::store::Record;
use domain::stored::{Document, Publication};
use domain::values::Slug;
use search::{Answer, BadCursor, FacetLabel, Table, View};
use serde_json::{Value, json};

/// A word that no other record has, at the end of which another one would go on.
const WORD: &str = "Zyprellamodul";

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn of(names: &[&str]) -> Sight {
    Sight::Of(names.iter().map(|name| slug(name)).collect())
}

fn query(text: &str) -> Query {
    let pairs = text.split('&').filter_map(|p| p.split_once('='));
    let given: Vec<Given> = pairs.map(|(name, value)| Given::from_url(name, value)).collect();
    parse::<Component>(&given).unwrap()
}

fn ask(view: &View, text: &str, sight: &Sight) -> Answer {
    view.components().answer(&query(text), sight, view.directory()).unwrap()
}

/// Some published components of organisations 0 to 2, and those organisations.
struct Catalogue {
    organisations: Vec<Record>,
    components: Vec<Record>,
    changes: Vec<Record>,
}

impl Catalogue {
    fn new() -> Self {
        let mut generator = Generator::new(5, 60);
        let organisations = (0..3).map(|n| record::<Organisation>(n, generator.organisation(n)));
        let organisations = organisations.collect();
        let components = (0..60).map(|n| {
            let mut document = generator.component(n);
            document["owner"] = json!(format!("organisation-{}", n % 3));
            record::<Component>(n, document)
        });
        Self {
            organisations,
            components: components.collect(),
            changes: Vec::new(),
        }
    }

    /// A component that is not public.
    fn add(&mut self, number: usize, publication: Publication, owner: &str, party: Option<&str>, word: &str) -> Id {
        let document = json!({
            "slug": format!("entwurf-{number}"),
            "kind": "platform",
            "title": { "de": format!("{word} für Verwaltungscloud") },
            "summary": { "de": format!("Ein {word} mit Antrag und Verfahren.") },
            "owner": owner,
            "tags": [word.to_lowercase(), "wahlen"],
            "lifecycle": "idea",
        });
        let mut record = record::<Component>(number, document);
        record.publication = publication;
        record.published_at = record.published_at.filter(|_| publication == Publication::Withdrawn);
        record.party = party.map(slug);
        let id = record.id;
        self.components.push(record);
        self.components.sort_by_key(|r| r.id);
        id
    }

    fn view(&self) -> View {
        let records = |noun| {
            Ok::<_, Infallible>(match noun {
                Organisation::NOUN => self.organisations.as_slice(),
                Component::NOUN => self.components.as_slice(),
                Change::NOUN => self.changes.as_slice(),
                _ => &[],
            })
        };
        let (view, damaged) = View::build(Sequence(1), usize::MAX, records).unwrap();
        assert!(damaged.is_empty());
        view
    }
}

/// The next event, about a record that was changed.
fn changed(view: &View, noun: &str, record: &Record) -> Event {
    Event {
        sequence: Sequence(view.as_of().0 + 1),
        time: record.updated_at,
        event_type: EventType::Updated,
        noun: noun.to_owned(),
        subject: record.id,
        slug: record.slug.clone(),
        revision: record.revision.next(),
        publication: record.publication,
        public: record.publication == Publication::Published,
        owner: record.owner.clone(),
        party: record.party.clone(),
        origin: Origin::default(),
        document: Some(record.document.clone()),
    }
}

fn ids(answer: &Answer) -> Vec<Id> {
    answer.items.iter().map(|hit| hit.id).collect()
}

const QUESTIONS: &[&str] = &[
    "q=Zyprellamodul&facets=tags,owner,publication",
    "q=Zyprellamodu&facets=tags",
    "q=Zyprella",
    "q=Zyprellamodull",
    "q=\"Zyprellamodul für\"",
    "q=Modul",
    "q=Verwaltungscloud&facets=tags,lifecycle,publication&limit=3",
    "q=Antrag Verfahren&sort=-score,title&limit=5",
    "q=Verwaltungscloudd&limit=2",
    "facets=tags,owner,kind,lifecycle,publication&limit=4",
    "lifecycle=idea&sort=title&facets=lifecycle",
    "sort=-updatedAt&limit=7",
];

#[test]
fn a_foreign_draft_leaves_no_trace_in_any_answer() {
    let mut without = Catalogue::new();
    without.add(1000, Publication::Draft, "organisation-1", None, "Quondex");
    let mut with = Catalogue::new();
    with.add(1000, Publication::Draft, "organisation-1", None, "Quondex");
    for (number, publication) in [
        (1001, Publication::Draft),
        (1002, Publication::InReview),
        (1003, Publication::Withdrawn),
    ] {
        with.add(number, publication, "organisation-2", None, WORD);
    }
    let (without, with) = (without.view(), with.view());
    let mut random = Random::new(3);
    let random: Vec<String> = (0..40)
        .map(|_| format!("q={}&limit=3", query_text(&mut random)))
        .collect();
    for sight in [Sight::Public, of(&["organisation-0"]), of(&["organisation-1"])] {
        for text in QUESTIONS.iter().copied().chain(random.iter().map(String::as_str)) {
            // With scores, weights and words in the cursors.
            let (expected, found) = (ask(&without, text, &sight), ask(&with, text, &sight));
            assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{text} for {sight:?}");
        }
        assert!(ask(&with, "q=Zyprellamodul", &sight).items.is_empty());
        for entry in with.components().entries() {
            let similar = |view: &View| {
                let similar = view.components().similar(entry.slug.as_str(), &sight, 50);
                similar.iter().map(|entry| entry.id).collect::<Vec<_>>()
            };
            if Table::<Component>::sees(entry, &sight) {
                assert_eq!(similar(&with), similar(&without));
            }
        }
    }
    for typed in ["Zyp", "Zyprellamodul", "Zyprellamodull", "Zypr", "Modul", "Quon"] {
        let suggest = |view: &View| view.components().text().suggest(typed, 20);
        assert_eq!(suggest(&with), suggest(&without), "{typed}");
        assert!(
            suggest(&with)
                .iter()
                .all(|s| !s.text.contains("Zyp") && !s.text.contains("Quon"))
        );
    }
}

#[test]
fn those_of_owner_and_party_and_who_sees_all_find_what_is_hidden() {
    let mut catalogue = Catalogue::new();
    let draft = catalogue.add(1001, Publication::Draft, "organisation-2", Some("organisation-1"), WORD);
    let withdrawn = catalogue.add(1002, Publication::Withdrawn, "organisation-2", None, WORD);
    let view = catalogue.view();
    let found = |text: &str, sight: &Sight| ids(&ask(&view, text, sight));
    let nobody = of(&["organisation-0"]);
    let (owner, party) = (of(&["organisation-2"]), of(&["organisation-1"]));
    let both = of(&["organisation-0", "organisation-2"]);
    for text in [
        "q=Zyprellamodul",
        "q=zyprellam",
        "q=\"Zyprellamodul mit\"",
        "tags=zyprellamodul",
        "lifecycle=idea&tags=zyprellamodul&q=Zyprellamodul&sort=title",
    ] {
        assert!(found(text, &Sight::Public).is_empty(), "{text}");
        assert!(found(text, &nobody).is_empty(), "{text}");
        assert_eq!(found(text, &party), [draft], "{text}");
        for sight in [&owner, &both, &Sight::All] {
            assert_eq!(found(text, sight), [draft, withdrawn], "{text} for {sight:?}");
        }
    }
    let answer = ask(&view, "q=Zyprellamodull", &owner);
    assert!(
        answer.corrections.is_empty(),
        "only words of public records correct others"
    );
    let counted = |sight: &Sight| {
        let answer = ask(&view, "facets=publication&limit=0", sight);
        let counts = answer.facets[0].values.iter().map(|v| (v.value.to_string(), v.count));
        (answer.total, counts.collect::<Vec<_>>())
    };
    let count = |name: &str, count| (name.to_owned(), count);
    assert_eq!(counted(&Sight::Public), (60, vec![count("published", 60)]));
    assert_eq!(counted(&party), (61, vec![count("published", 60), count("draft", 1)]));
    let all = vec![count("published", 60), count("draft", 1), count("withdrawn", 1)];
    assert_eq!(counted(&Sight::All), (62, all));
    let entry = view.components().by_id(draft).unwrap();
    assert!(Table::<Component>::sees(entry, &owner) && Table::<Component>::sees(entry, &party));
    assert!(!Table::<Component>::sees(entry, &Sight::Public) && !Table::<Component>::sees(entry, &nobody));
}

#[test]
fn a_record_becomes_visible_and_hidden_again_with_its_publication_and_its_party() {
    let mut catalogue = Catalogue::new();
    let id = catalogue.add(1001, Publication::Draft, "organisation-2", None, WORD);
    let mut record = catalogue.components.iter().find(|r| r.id == id).unwrap().clone();
    let mut view = catalogue.view();
    let mut step = |change: &dyn Fn(&mut Record)| {
        change(&mut record);
        let event = changed(&view, Component::NOUN, &record);
        record.revision = event.revision;
        view.apply(&event).unwrap();
        let found = |sight: &Sight| ask(&view, "q=Zyprellamodul", sight).total == 1;
        let is_suggested = !view.components().text().suggest("Zyprella", 5).is_empty();
        assert_eq!(is_suggested, found(&Sight::Public));
        (
            found(&Sight::Public),
            found(&of(&["organisation-1"])),
            found(&of(&["organisation-2"])),
            found(&Sight::All),
        )
    };
    assert_eq!(
        step(&|r| r.publication = Publication::InReview),
        (false, false, true, true)
    );
    assert_eq!(
        step(&|r| r.party = Some(slug("organisation-1"))),
        (false, true, true, true)
    );
    assert_eq!(
        step(&|r| r.publication = Publication::Published),
        (true, true, true, true)
    );
    assert_eq!(
        step(&|r| r.publication = Publication::Withdrawn),
        (false, true, true, true)
    );
    assert_eq!(step(&|r| r.party = None), (false, false, true, true));
    assert_eq!(
        step(&|r| r.owner = Some(slug("organisation-1"))),
        (false, true, false, true)
    );
    let mut purged = changed(&view, Component::NOUN, &record);
    purged.document = None;
    view.apply(&purged).unwrap();
    assert_eq!(ask(&view, "q=Zyprellamodul", &Sight::All).total, 0);
    assert_eq!(ask(&view, "limit=0", &Sight::All).total, 60);
}

#[test]
fn a_cursor_is_bound_to_what_its_reader_sees() {
    let mut catalogue = Catalogue::new();
    catalogue.add(1001, Publication::Draft, "organisation-2", None, WORD);
    let view = catalogue.view();
    let sights = [
        Sight::Public,
        of(&["organisation-1"]),
        of(&["organisation-1", "organisation-2"]),
        Sight::All,
    ];
    for (at, sight) in sights.iter().enumerate() {
        let next = ask(&view, "q=Verwaltungscloud&limit=1", sight).next.unwrap();
        let query = Query {
            cursor: Some(next),
            ..query("q=Verwaltungscloud&limit=1")
        };
        for (other, reader) in sights.iter().enumerate() {
            let answer = view.components().answer(&query, reader, view.directory());
            match answer {
                Ok(_) => assert_eq!(at, other),
                Err(BadCursor) => assert_ne!(at, other),
            }
        }
    }
    // The order of a caller's organisations means nothing.
    let next = ask(&view, "limit=1", &sights[2]).next;
    let query = Query {
        cursor: next,
        ..query("limit=1")
    };
    let turned = of(&["organisation-2", "organisation-1"]);
    assert!(view.components().answer(&query, &turned, view.directory()).is_ok());
}

#[test]
fn the_name_of_a_hidden_organisation_is_told_to_insiders_only() {
    let mut catalogue = Catalogue::new();
    catalogue.organisations[2].publication = Publication::Draft;
    let view = catalogue.view();
    let label = |sight: &Sight| {
        let answer = ask(&view, "owner=organisation-2&facets=owner&limit=0", sight);
        let values = &answer.facets[0].values;
        values
            .iter()
            .find(|v| &*v.value == "organisation-2")
            .unwrap()
            .label
            .clone()
    };
    assert_eq!(label(&Sight::Public), FacetLabel::Plain);
    assert_eq!(label(&of(&["organisation-1"])), FacetLabel::Plain);
    assert!(matches!(label(&of(&["organisation-2"])), FacetLabel::Title(_)));
    assert!(matches!(label(&Sight::All), FacetLabel::Title(_)));
}

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
    for view in [built, followed] {
        let given = [Given::from_url("q", WORD)];
        let found = |sight: &Sight| {
            let query = parse::<Change>(&given).unwrap();
            view.changes().answer(&query, sight, view.directory()).unwrap().items
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
