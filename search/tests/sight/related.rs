//! What is said of components, for everybody, for members, and for those whom it concerns.

use bench::generate::Generator;
use domain::access::Sight;
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::id::Id;
use domain::offer::Offer;
use domain::query::{Given, Queryable, parse};
use domain::related::Visibility;
use domain::relation::Relation;
use domain::stored::{Document, Publication};
use search::{About, Answer, Table, View};
use serde_json::{Value, json};

use crate::catalogue::{Catalogue, WORD, ask, changed, of, today};

/// About components.
const QUESTIONS: &[&str] = &[
    "adoptions.stage=live&facets=adoptions.stage,adoptions.state,adoptions.organisation&limit=5",
    "adoptions.stage=live&adoptions.organisation=organisation-2&facets=adoptions.operator",
    "adoptions.organisation.not=organisation-2&limit=3&sort=-adoptions.liveStates",
    "adoptions.operator.all=organisation-0,organisation-1&facets=adoptions.organisation.kind",
    "adoptions.verifiedOn.exists=false&sort=adoptions.liveStates,title",
    "adoptions.since.gte=2026-01-01&facets=adoptions.stale,adoptions.confirmed,adoptions.liveIn",
    "adoptions.stale=true&facets=adoptions.stage&limit=2",
    "sort=-adoptions.liveStates&limit=7",
    "adoptions.liveStates.gte=1&facets=adoptions.state,owner",
    "adoptions.stage.exists=false",
    "offers.provider=organisation-2&facets=offers.level,offers.cost,offers.contract",
    "offers.level.exists=false&limit=4",
    "offers.expired=false&facets=offers.provider,offers.state,offers.membersOf",
    "facets=offers.expired,offers.seller&limit=0",
    "attestations.value=zyprellamodul&facets=attestations.value",
    "attestations.scheme.not=dpia&facets=attestations.scheme,attestations.criterion",
    "attestations.validUntil.lte=2026-07-03&facets=attestations.expired",
    "attestations.validFrom.exists=true&attestations.scheme.exists=true&limit=9",
    "relations.type=depends_on&facets=relations.dependsOn,relations.target",
    "relations.target.exists=false&facets=relations.type",
    "q=Verwaltungscloud&adoptions.stage=live&facets=relations.type,offers.level&limit=3",
    "q=Zyprellamodul&facets=adoptions.stage",
];

/// About what is said of them.
const OF_EACH: &[&str] = &[
    "q=Zyprellamodul",
    "q=Zyprella&facets=component,publication",
    "q=Zyprellamodull&limit=2",
    "q=Verfahren Antrag&sort=-score,component",
    "facets=component,publication&limit=3",
    "sort=-updatedAt,component&limit=4",
];

/// Sixty components of which something public is said.
fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new();
    let mut generator = Generator::new(11, 60);
    let slugs: Vec<String> = catalogue.components.iter().map(|r| r.slug.to_string()).collect();
    for number in 0..90 {
        let (component, target) = (&slugs[number * 7 % 40], &slugs[(number * 7 + 5) % 60]);
        catalogue.say::<Adoption>(
            Publication::Published,
            among_three(generator.adoption(component, today())),
        );
        let offer = among_three(generator.offer(component, number, today()));
        catalogue.say::<Offer>(Publication::Published, offer);
        let attestation = among_three(generator.attestation(component, number, today()));
        catalogue.say::<Attestation>(Publication::Published, attestation);
        let relation = among_three(generator.relation(component, target, today()));
        catalogue.say::<Relation>(Publication::Published, relation);
    }
    catalogue
}

/// The document with bodies of which the catalogue knows.
fn among_three(mut document: Value) -> Value {
    for member in ["organisation", "operator", "provider", "recordedBy"] {
        if let Some(slug) = document.get(member).and_then(Value::as_str) {
            let number: usize = slug.trim_start_matches("organisation-").parse().unwrap();
            document[member] = json!(format!("organisation-{}", number % 3));
        }
    }
    document
}

/// Adds what only some see: of each noun, in each state, for members and for parties; organisation 2 says it, and
/// organisation 1 operates half of what it adopts.
fn add_hidden(catalogue: &mut Catalogue) {
    let slugs: Vec<String> = catalogue.components.iter().map(|r| r.slug.to_string()).collect();
    let cases = [
        (Publication::Draft, "public"),
        (Publication::InReview, "members"),
        (Publication::Withdrawn, "public"),
        (Publication::Published, "members"),
        (Publication::Published, "parties"),
    ];
    for (number, (publication, visibility)) in cases.into_iter().cycle().take(30).enumerate() {
        // Of some of these nothing else is said.
        let component = &slugs[30 + number];
        let text = json!({ "de": format!("{WORD} mit Antrag und Verfahren.") });
        let operator = ["organisation-1", "organisation-2"][number % 2];
        catalogue.say::<Adoption>(
            publication,
            json!({
                "component": component, "organisation": "organisation-2", "operator": operator,
                "stage": "live", "since": "2026-06-01", "verifiedOn": "2026-06-01", "expiresOn": "2026-06-20",
                "confirmation": { "stage": "live" }, "localName": WORD, "note": text, "visibility": visibility,
            }),
        );
        catalogue.say::<Offer>(
            publication,
            json!({
                "component": component, "key": format!("verdeckt-{number}"), "provider": "organisation-2",
                "plan": { "de": WORD }, "contract": { "basis": "framework_contract", "seller": "organisation-1" },
                "openTo": { "levels": ["federal"], "states": ["DE-SL"], "membersOf": ["organisation-0"] },
                "cost": { "model": "per_case", "note": text }, "validUntil": "2026-06-20", "visibility": visibility,
            }),
        );
        catalogue.say::<Attestation>(
            publication,
            json!({
                "component": component, "key": format!("verdeckt-{number}"), "scheme": "exit_test",
                "criterion": WORD, "value": "zyprellamodul", "issuer": WORD, "summary": text,
                "validFrom": "2026-01-01", "validUntil": "2026-06-20", "recordedBy": "organisation-2",
                "visibility": visibility,
            }),
        );
        // A published relation is there for everybody.
        if publication != Publication::Published {
            catalogue.say::<Relation>(
                publication,
                json!({
                    "component": component, "type": "replaces", "target": "zyprellamodul", "note": text,
                    "recordedBy": "organisation-2",
                }),
            );
        }
    }
}

/// The same without what someone does not see.
fn seen_by(catalogue: &Catalogue, sight: &Sight) -> Catalogue {
    let mut seen = Catalogue::new();
    for (noun, records) in &catalogue.said {
        let is_own = |slug: &domain::values::Slug| match sight {
            Sight::Public => false,
            Sight::Of(own) => own.contains(slug),
            Sight::All => true,
        };
        let is_seen = |r: &&domain::store::Record| {
            let is_told = match r.visibility {
                Visibility::Public => true,
                Visibility::Members => *sight != Sight::Public,
                Visibility::Parties => false,
            };
            r.publication == Publication::Published && is_told || r.owner.iter().chain(&r.party).any(is_own)
        };
        seen.said
            .insert(noun, records.iter().filter(is_seen).cloned().collect());
    }
    seen
}

fn list<T: Queryable>(table: &Table<T>, view: &View, text: &str, sight: &Sight) -> Answer {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let given: Vec<Given> = pairs.map(|(name, value)| Given::from_url(name, value)).collect();
    table.answer(&parse::<T>(&given).unwrap(), sight, view).unwrap()
}

/// What a list answers, with cursors, and what is said of each component.
fn told<T: About>(table: &Table<T>, view: &View, sight: &Sight) -> Vec<String> {
    // Relations are seen by all who see anything of them.
    let visibility = T::field("visibility").map(|_| "facets=visibility&limit=0");
    let questions = OF_EACH.iter().copied().chain(visibility);
    let answers = questions.map(|text| format!("{text}: {:?}", list(table, view, text, sight)));
    let mut components: Vec<Id> = view.components().entries().map(|entry| entry.id).collect();
    components.sort_unstable();
    let about = components.into_iter().map(|id| {
        let about: Vec<Id> = view.about::<T>(id, sight).iter().map(|entry| entry.id).collect();
        format!("{id}: {about:?}")
    });
    answers.chain(about).collect()
}

fn suggested(view: &View, typed: &str) -> Vec<String> {
    let texts = [
        view.components().text(),
        view.adoptions().text(),
        view.offers().text(),
        view.attestations().text(),
        view.relations().text(),
    ];
    texts
        .iter()
        .map(|text| format!("{:?}", text.suggest(typed, 20)))
        .collect()
}

#[test]
fn what_is_said_and_not_seen_leaves_no_trace_in_any_answer() {
    let mut everything = catalogue();
    add_hidden(&mut everything);
    let with = everything.view();
    let readers = [
        Sight::Public,
        // A member whom nothing of it concerns, and one who operates what is adopted.
        of(&["organisation-0"]),
        of(&["organisation-1"]),
        of(&["organisation-0", "organisation-1"]),
    ];
    let mut live = Vec::new();
    for sight in &readers {
        let without = seen_by(&everything, sight).view();
        assert!(without.adoptions().len() < with.adoptions().len());
        for text in QUESTIONS {
            let (expected, found) = (ask(&without, text, sight), ask(&with, text, sight));
            assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{text} for {sight:?}");
        }
        assert_eq!(
            told(with.adoptions(), &with, sight),
            told(without.adoptions(), &without, sight)
        );
        assert_eq!(
            told(with.offers(), &with, sight),
            told(without.offers(), &without, sight)
        );
        assert_eq!(
            told(with.attestations(), &with, sight),
            told(without.attestations(), &without, sight)
        );
        assert_eq!(
            told(with.relations(), &with, sight),
            told(without.relations(), &without, sight)
        );
        live.push(ask(&with, "adoptions.stage=live&limit=0", sight).total);
    }
    // Each of them sees another catalogue.
    assert!(live[0] < live[1] && live[1] < live[2] && live[2] == live[3], "{live:?}");
    let public = seen_by(&everything, &Sight::Public).view();
    for typed in ["Zyp", "Zyprellamodul", "Zyprellamodull", "Modul", "Verwal", "Antrag"] {
        assert_eq!(suggested(&with, typed), suggested(&public, typed), "{typed}");
    }
}

/// How many components and adoptions are found, and whether the adoption is said of its component.
type Felt = (u64, u64, bool);

#[test]
fn an_adoption_is_felt_by_those_whom_its_visibility_means_and_by_no_other() {
    let mut catalogue = Catalogue::new();
    let component = catalogue.components[7].clone();
    let document = json!({
        "component": component.slug, "organisation": "organisation-2", "operator": "organisation-1",
        "stage": "live", "localName": WORD, "expiresOn": "2026-06-20",
    });
    catalogue.say::<Adoption>(Publication::Draft, document);
    let mut body: Value = serde_json::from_str(&catalogue.organisations[2].document).unwrap();
    body["states"] = json!(["DE-MV", "DE-SH"]);
    catalogue.organisations[2].document = body.to_string().into();
    let mut record = catalogue.said[Adoption::NOUN][0].clone();
    let mut view = catalogue.view();
    let felt = |view: &View, sight: &Sight| -> Felt {
        let across = "adoptions.stage=live&adoptions.state=DE-MV&adoptions.stale=true&facets=adoptions.liveIn";
        let answer = ask(view, across, sight);
        assert_eq!(answer.facets[0].values.len() as u64, 2 * answer.total);
        let none = ask(view, "adoptions.stage.exists=false&limit=0", sight).total;
        assert_eq!(none + answer.total, 60);
        let text = list(view.adoptions(), view, "q=Zyprellamodul", sight).total;
        assert_eq!(list(view.adoptions(), view, "stale=true", sight).total, text);
        (
            answer.total,
            text,
            !view.about::<Adoption>(component.id, sight).is_empty(),
        )
    };
    let mut step = |publication: Publication, visibility: &str| -> Vec<bool> {
        let mut document: Value = serde_json::from_str(&record.document).unwrap();
        document["visibility"] = json!(visibility);
        record.document = document.to_string().into();
        record.publication = publication;
        record.visibility = record.read::<Adoption>().unwrap().value.visibility;
        let event = changed(&view, Adoption::NOUN, &record);
        record.revision = event.revision;
        view.apply(&event).unwrap();
        let readers = [
            Sight::Public,
            of(&["organisation-0"]),
            of(&["organisation-1"]),
            of(&["organisation-2"]),
            Sight::All,
        ];
        let felt = readers.map(|sight| match felt(&view, &sight) {
            (1, 1, true) => true,
            (0, 0, false) => false,
            other => panic!("{other:?} for {sight:?}"),
        });
        // What is counted for all to sort by, and what is suggested, is what everybody may know.
        for sight in [Sight::Public, Sight::All] {
            let counted = ask(&view, "adoptions.liveStates.gte=2&limit=0", &sight).total;
            assert_eq!(counted == 1, felt[0]);
        }
        let suggested = view.adoptions().text().suggest("Zyprella", 5);
        assert_eq!(suggested.is_empty(), !felt[0]);
        felt.to_vec()
    };
    let everybody = [true; 5];
    let members = [false, true, true, true, true];
    let parties = [false, false, true, true, true];
    assert_eq!(step(Publication::Draft, "public"), parties);
    assert_eq!(step(Publication::Published, "public"), everybody);
    assert_eq!(step(Publication::Published, "members"), members);
    assert_eq!(step(Publication::Published, "parties"), parties);
    assert_eq!(step(Publication::InReview, "members"), parties);
    assert_eq!(step(Publication::Published, "members"), members);
    assert_eq!(step(Publication::Published, "public"), everybody);
    assert_eq!(step(Publication::Withdrawn, "public"), parties);
    let mut purged = changed(&view, Adoption::NOUN, &record);
    purged.document = None;
    view.apply(&purged).unwrap();
    assert_eq!(felt(&view, &Sight::All), (0, 0, false));
    assert_eq!(ask(&view, "adoptions.liveStates=0&limit=0", &Sight::All).total, 60);
}

/// Else a filter on its state would tell what a hidden organisation's record says.
#[test]
fn what_a_hidden_body_is_stands_in_no_answer_to_what_it_adopts() {
    let answers = |states: Value, kind: &str| {
        let mut catalogue = catalogue();
        let body = &mut catalogue.organisations[2];
        let mut document: Value = serde_json::from_str(&body.document).unwrap();
        (document["states"], document["kind"]) = (states, json!(kind));
        body.document = document.to_string().into();
        body.publication = Publication::Draft;
        let view = catalogue.view();
        let mut answers = Vec::new();
        for sight in [Sight::Public, of(&["organisation-0"])] {
            for text in QUESTIONS {
                answers.push(format!("{:?}", ask(&view, text, &sight)));
            }
            let text = "facets=state,liveIn,organisation.kind&limit=0";
            answers.push(format!("{:?}", list(view.adoptions(), &view, text, &sight)));
        }
        answers
    };
    assert_eq!(answers(json!(["DE-SL"]), "state"), answers(json!([]), "it_provider"));
}
