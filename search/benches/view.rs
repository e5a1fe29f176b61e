//! The view at 10,000 and 100,000 components and, with `VERBUNDKATALOG_BENCH_MILLION=1`, at a million.
#![allow(clippy::print_stdout, reason = "it is a command")]
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark may stop where it stands"
)]

use std::convert::Infallible;
use std::hint::black_box;
use std::time::Instant;

use bench::generate::{Generator, record};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::access::Sight;
use domain::component::Component;
use domain::event::{Event, EventType, Origin, Sequence};
use domain::organisation::Organisation;
use domain::query::{Given, Query, parse};
use domain::store::Record;
use domain::stored::{Document, Publication};
use search::View;

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

fn records(size: usize) -> (Vec<Record>, Vec<Record>) {
    let mut generator = Generator::new(1, size);
    let organisations = (0..generator.organisation_count())
        .map(|n| record::<Organisation>(n, generator.organisation(n)))
        .collect();
    let components = (0..size)
        .map(|n| record::<Component>(n, generator.component(n)))
        .collect();
    (organisations, components)
}

fn view(criterion: &mut Criterion) {
    let mut sizes = vec![10_000, 100_000];
    if std::env::var_os("VERBUNDKATALOG_BENCH_MILLION").is_some_and(|v| v == "1") {
        sizes.push(1_000_000);
    }
    for size in sizes {
        let (organisations, components) = records(size);
        let begin = Instant::now();
        let (mut view, _) = View::build(Sequence::default(), usize::MAX, "2026-07-01".parse().unwrap(), |noun| {
            Ok::<_, Infallible>(match noun {
                Component::NOUN => components.as_slice(),
                Organisation::NOUN => organisations.as_slice(),
                _ => &[],
            })
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
        hide(&mut view, &components);
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
