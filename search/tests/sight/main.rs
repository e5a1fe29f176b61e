//! Who sees what: hidden records are found by their organisations, and leave no trace for anybody else.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail where it stands"
)]

mod catalogue;
mod references;
mod related;

use bench::generate::query_text;
use bench::random::Random;
use domain::access::Sight;
use domain::component::Component;
use domain::id::Id;
use domain::query::Query;
use domain::store::Record;
use domain::stored::{Document, Publication};
use search::{Answer, BadCursor, FacetLabel, Table, View};

use catalogue::{Catalogue, WORD, ask, changed, of, query, slug};

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
            let answer = view.components().answer(&query, reader, &view);
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
    assert!(view.components().answer(&query, &turned, &view).is_ok());
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
