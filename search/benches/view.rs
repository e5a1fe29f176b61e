//! The view at 10,000 and 100,000 components and, with `VERBUNDKATALOG_BENCH_MILLION=1`, at a million; five adoptions and
//! three relations to each, an attestation, and an offer to every other.
#![allow(clippy::print_stdout, reason = "it is a command")]
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark may stop where it stands"
)]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::hint::black_box;
use std::time::Instant;

use bench::generate::{Generator, id, record};
use bench::random::Random;
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, criterion_group, criterion_main};
use domain::access::Sight;
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::component::Component;
use domain::event::{Event, EventType, Origin, Sequence};
use domain::id::Id;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::query::{Given, Query, parse};
use domain::related::record_slug;
use domain::relation::{Direction, Relation, RelationType};
use domain::store::Record;
use domain::stored::{Document, Publication, Written};
use domain::values::{Day, State};
use search::View;
use search::answers::{By, CoverageAsk, WalkAsk};
use serde_json::{Value, json};

const QUERIES: &[(&str, &str)] = &[
    (
        "filtered page",
        "kind=platform&levels=municipal&themes=gove,econ&limit=20",
    ),
    (
        "narrow page",
        "kind=platform&levels=municipal&licence=MPL-2.0&states.available=DE-HH&limit=20",
    ),
    (
        "page by day, descending",
        "sort=-verifiedOn&lifecycle=productive&limit=20",
    ),
    ("text page", "q=Verwaltungscloud&limit=20"),
    ("text page under a filter", "q=Antrag Verfahren&kind=platform&limit=20"),
    (
        "five facets under a filter",
        "levels=municipal&deployment=saas&facets=kind,lifecycle,owner,tags,licence&limit=0",
    ),
    (
        "five facets of all",
        "facets=kind,lifecycle,owner,tags,services&limit=0",
    ),
    ("one filter across", "adoptions.state=DE-MV&limit=20"),
    (
        "two filters that one adoption meets",
        "adoptions.state=DE-MV&adoptions.stage=live&limit=20",
    ),
    ("none of, across", "adoptions.stage.not=live,pilot&limit=20"),
    ("a range across", "attestations.validUntil.lte=2026-09-30&limit=20"),
    (
        "a range of two ends across",
        "attestations.validUntil.gte=2025-12-01&attestations.validUntil.lte=2026-11-01&limit=20",
    ),
    (
        "a range and a scheme across",
        "attestations.scheme=iso_27001&attestations.validUntil.gte=2026-07-01&limit=20",
    ),
    (
        "filters on three nouns",
        "adoptions.state=DE-MV&offers.level=municipal&relations.type=depends_on&limit=20",
    ),
    (
        "three facets across",
        "facets=adoptions.state,adoptions.stage,relations.type&limit=0",
    ),
    (
        "three facets across under a filter",
        "kind=platform&levels=municipal&facets=adoptions.state,adoptions.stage,relations.type&limit=0",
    ),
    (
        "a facet across under a filter on the same noun",
        "adoptions.state=DE-MV&facets=adoptions.stage&limit=0",
    ),
    (
        "a facet across with a filter on itself",
        "adoptions.stage=live&facets=adoptions.stage&limit=0",
    ),
    (
        "five facets under two filters on adoptions",
        "adoptions.state=DE-MV,DE-HH&adoptions.stage=live,pilot&facets=adoptions.state,adoptions.stage,attestations.scheme,kind,lifecycle&limit=0",
    ),
    (
        "page by states in which it is live",
        "kind=platform&sort=-adoptions.liveStates&limit=20",
    ),
];

fn query(text: &str) -> Query {
    let pairs = text.split('&').filter_map(|p| p.split_once('='));
    parse::<Component>(
        &pairs
            .map(|(name, value)| Given::from_url(name, value))
            .collect::<Vec<_>>(),
    )
    .unwrap()
}

type Records = BTreeMap<&'static str, Vec<Record>>;

fn records(size: usize) -> Records {
    let mut generator = Generator::new(1, size);
    let organisations = (0..generator.organisation_count())
        .map(|n| record::<Organisation>(n, generator.organisation(n)))
        .collect();
    let components: Vec<Record> = (0..size)
        .map(|n| record::<Component>(n, generator.component(n)))
        .collect();
    let mut random = Random::new(2);
    // What one component is to many others is said of some far more often than of most.
    let mut of = |n: usize| match n % 3 {
        0 => components[random.zipf(size)].slug.to_string(),
        _ => components[random.below(size)].slug.to_string(),
    };
    let today = today();
    let ids: BTreeMap<String, Id> = components.iter().map(|c| (c.slug.to_string(), c.id)).collect();
    let adoptions = said::<Adoption>(&ids, size * 5, |n| generator.adoption(&of(n), today));
    let offers = said::<Offer>(&ids, size / 2, |n| generator.offer(&of(n), n, today));
    let attestations = said::<Attestation>(&ids, size, |n| generator.attestation(&of(n), n, today));
    let relations = said::<Relation>(&ids, size * 3, |n| {
        let (component, target) = (of(n), of(n + 1));
        let target = if component == target { "fit-connect" } else { &target };
        generator.relation(&component, target, today)
    });
    BTreeMap::from([
        (Organisation::NOUN, organisations),
        (Component::NOUN, components),
        (Adoption::NOUN, adoptions),
        (Offer::NOUN, offers),
        (Attestation::NOUN, attestations),
        (Relation::NOUN, relations),
    ])
}

/// Records about components; one in twenty is for members or for those whom it concerns.
fn said<T: Written>(ids: &BTreeMap<String, Id>, count: usize, mut document: impl FnMut(usize) -> Value) -> Vec<Record> {
    let mut say = |n: usize| {
        let mut document = document(n);
        // The service names them by the component's id; the number stands for what tells them apart.
        let component = ids.get(document["component"].as_str().unwrap()).copied();
        document["slug"] = json!(record_slug(component.unwrap_or(id::<Component>(0)), &n.to_string()).unwrap());
        if T::NOUN != Relation::NOUN && n.is_multiple_of(20) {
            document["visibility"] = json!(if n.is_multiple_of(40) { "members" } else { "parties" });
        }
        record::<T>(n, document)
    };
    (0..count).map(&mut say).collect()
}

fn today() -> Day {
    "2026-07-01".parse().unwrap()
}

fn view(criterion: &mut Criterion) {
    let mut sizes = vec![10_000, 100_000];
    if std::env::var_os("VERBUNDKATALOG_BENCH_MILLION").is_some_and(|v| v == "1") {
        sizes.push(1_000_000);
    }
    for size in sizes {
        let records = records(size);
        let components = &records[Component::NOUN];
        let begin = Instant::now();
        let (mut view, _) = View::build(Sequence::default(), usize::MAX, today(), |noun| {
            Ok::<_, Infallible>(records.get(noun).map_or(&[][..], Vec::as_slice))
        })
        .unwrap();
        println!("view/{size}: built in {:.2} s", begin.elapsed().as_secs_f64());
        let mut group = criterion.benchmark_group(format!("view/{size}"));
        group.sample_size(20);
        let slug = components[size / 2].slug.to_string();
        group.bench_function("get", |bencher| {
            bencher.iter(|| view.components().get(black_box(&slug)).cloned());
        });
        for (name, text) in QUERIES {
            let query = query(text);
            group.bench_function(*name, |bencher| {
                bencher.iter(|| {
                    view.components()
                        .answer(black_box(&query), &Sight::Public, &view)
                        .unwrap()
                });
            });
        }
        group.bench_function("walk of 50 pages of 200", |bencher| {
            bencher.iter(|| {
                let mut query = query("limit=200");
                for _ in 0..50 {
                    query.cursor = view.components().answer(&query, &Sight::Public, &view).unwrap().next;
                }
            });
        });
        answers(&mut group, &view, components);
        let mut sequence = view.as_of();
        let mut number = 0;
        group.bench_function("apply one event", |bencher| {
            bencher.iter_batched(
                || {
                    number = (number + 7919) % size;
                    sequence = Sequence(sequence.0 + 1);
                    rewritten(&components[number], &components[(number + 1) % size], sequence)
                },
                |event| view.apply(&event).unwrap(),
                BatchSize::PerIteration,
            );
        });
        let adoptions = &records[Adoption::NOUN];
        group.bench_function("apply one event about an adoption", |bencher| {
            bencher.iter_batched(
                || {
                    number = (number + 7919) % adoptions.len();
                    sequence = Sequence(sequence.0 + 1);
                    let other = &adoptions[(number + 1) % adoptions.len()];
                    let mut event = rewritten(&adoptions[number], other, sequence);
                    Adoption::NOUN.clone_into(&mut event.noun);
                    event
                },
                |event| view.apply(&event).unwrap(),
                BatchSize::PerIteration,
            );
        });
        hide(&mut view, components);
        for (who, sight) in [
            ("one organisation", Sight::Of(vec!["organisation-0".parse().unwrap()])),
            ("all", Sight::All),
        ] {
            for (name, text) in QUERIES {
                let query = query(text);
                group.bench_function(format!("{name}, with what {who} may see"), |bencher| {
                    bencher.iter(|| {
                        let answer = view.components().answer(black_box(&query), &sight, &view);
                        answer.unwrap()
                    });
                });
            }
        }
        group.finish();
    }
}

/// Questions that no single record answers.
fn answers(group: &mut BenchmarkGroup<'_, WallTime>, view: &View, components: &[Record]) {
    let all = query("");
    for (name, by, state) in [
        ("coverage by kind", By::Kind, None),
        ("coverage by service", By::Service, None),
        ("coverage by component", By::Component, None),
        ("coverage by kind in one state", By::Kind, Some(State::Saxony)),
    ] {
        let ask = CoverageAsk {
            by,
            components: &all,
            state,
            limit: 50,
            after: None,
        };
        group.bench_function(name, |bencher| {
            bencher.iter(|| view.coverage(black_box(&ask), &Sight::Public));
        });
    }
    let relations = |record: &&Record| {
        let ask = WalkAsk {
            direction: Direction::In,
            depth: 1,
            types: vec![RelationType::DependsOn],
            limit: usize::MAX,
        };
        view.walk(record.id, &ask, &Sight::Public).map(|walk| walk.items.len())
    };
    let hub = components.iter().max_by_key(relations).unwrap().id;
    group.bench_function("impact of the greatest hub, depth 5", |bencher| {
        bencher.iter(|| view.impact(black_box(hub), 5, &Sight::Public));
    });
}

/// Makes drafts of one record in fifty.
fn hide(view: &mut View, components: &[Record]) {
    for record in components.iter().step_by(50) {
        let sequence = Sequence(view.as_of().0 + 1);
        let mut event = rewritten(record, record, sequence);
        event.publication = Publication::Draft;
        view.apply(&event).unwrap();
    }
}

/// The record with the document of another.
fn rewritten(record: &Record, other: &Record, sequence: Sequence) -> Event {
    Event {
        sequence,
        time: record.updated_at,
        event_type: EventType::Updated,
        noun: "component".to_owned(),
        subject: record.id,
        slug: record.slug.clone(),
        revision: domain::values::Revision(1 + sequence.0),
        publication: record.publication,
        public: true,
        members: true,
        visibility: record.visibility,
        owner: record.owner.clone(),
        party: record.party.clone(),
        origin: Origin::default(),
        document: Some(other.document.clone()),
    }
}

criterion_group!(benches, view);
criterion_main!(benches);
