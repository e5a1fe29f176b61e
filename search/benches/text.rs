//! The German full text at 10,000, 100,000 and (with `VERBUNDKATALOG_BENCH_LARGE` set) 1,000,000 documents of 3 to 4 KB.
#![allow(clippy::print_stdout, reason = "it is a command")]
#![allow(missing_docs, reason = "criterion's macros write undocumented functions")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use rayon::prelude::*;
use search::text::{DocTerms, Place, TextIndex};

const STEMS: &str = include_str!("../data/words.txt");
const MORE: &str = include_str!("../data/words-2.txt");
const COMPOUNDS: usize = 30_000;
const STOPS: &[&str] = &[
    "der", "die", "das", "und", "in", "von", "zu", "mit", "den", "für", "ist", "auf", "des", "im", "dem", "eine",
    "werden", "sich", "als", "auch", "an", "bei", "aus", "nach", "wird", "sowie", "über", "einer", "durch", "oder",
];
const QUERIES: &[(&str, &str)] = &[
    ("one frequent word", "Verwaltung"),
    ("one compound", "Verwaltungscloud"),
    ("two words", "Anträge zustellen"),
    ("three words", "elektronische Akten Archiv"),
    ("abbreviation", "KI"),
    ("synonyms", "Terminvereinbarung"),
    ("unfinished", "Barrierefr"),
    ("phrase", "\"Cloud Server\""),
];
const TYPOS: &[(&str, &str)] = &[("one error", "Umfagen"), ("two errors", "Bürgrebeteiligugn")];

/// Deterministic documents: words by a falling frequency, a third of them stop words, every fifth a compound, every ninth
/// inflected. About 35,000 different words: what German text of administration has in 10,000 descriptions.
struct Writer {
    words: Vec<&'static str>,
    compounds: Vec<String>,
    state: u64,
}

impl Writer {
    fn new() -> Self {
        let lines = STEMS.lines().chain(MORE.lines()).filter(|l| !l.starts_with('#'));
        let mut words: Vec<&'static str> = lines.flat_map(str::split_whitespace).collect();
        // Spread the subjects: the lists are sorted by subject.
        let n = words.len();
        for at in 0..n {
            words.swap(at, (at * 7_919 + 13) % n);
        }
        let mut writer = Self {
            words,
            compounds: Vec::new(),
            state: 0x2545_f491_4f6c_dd1d,
        };
        for _ in 0..COMPOUNDS {
            let compound = format!("{}{}", writer.word(), writer.word().to_lowercase());
            writer.compounds.push(compound);
        }
        writer
    }

    fn random(&mut self) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        #[allow(clippy::cast_precision_loss, reason = "a random number")]
        let unit = (self.state >> 11) as f64 / (1_u64 << 53) as f64;
        unit
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    fn below(&mut self, n: usize) -> usize {
        ((self.random() * n as f64) as usize).min(n.saturating_sub(1))
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    fn zipf(&mut self, n: usize) -> usize {
        ((n as f64).powf(self.random()) as usize).saturating_sub(1).min(n - 1)
    }

    fn word(&mut self) -> &'static str {
        let at = self.zipf(self.words.len());
        self.words.get(at).copied().unwrap_or("Amt")
    }

    fn text(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 40);
        while text.len() < bytes {
            match self.below(20) {
                0..=6 => text.push_str(STOPS.get(self.below(STOPS.len())).copied().unwrap_or("und")),
                7..=10 => {
                    let at = self.zipf(self.compounds.len());
                    text.push_str(self.compounds.get(at).map_or("Amt", String::as_str));
                }
                11 => {
                    let word = self.word();
                    let _ = write!(text, "{word}en");
                }
                _ => text.push_str(self.word()),
            }
            text.push_str(if self.below(12) == 0 { ". " } else { " " });
        }
        text
    }

    fn document(&mut self) -> Vec<(Place, String)> {
        let bytes = 2_600 + self.below(1_000);
        vec![
            (Place::Title, self.text(24)),
            (Place::Alias, self.text(8)),
            (Place::Tag, self.text(8)),
            (Place::Tag, self.text(8)),
            (Place::Summary, self.text(200)),
            (Place::Description, self.text(bytes)),
            (Place::Other, self.text(120)),
        ]
    }
}

fn read(texts: &[(Place, String)]) -> DocTerms {
    let texts: Vec<(Place, &str)> = texts.iter().map(|(place, text)| (*place, text.as_str())).collect();
    TextIndex::analyse(&texts)
}

/// Seconds of processor time of this process; a busy machine does not falsify them.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = |at: usize| {
        stat.split_whitespace()
            .nth(at)
            .and_then(|t| t.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (ticks(13) + ticks(14)) / 100.0
}

fn resident_mib() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm
        .split_whitespace()
        .nth(1)
        .and_then(|p| p.parse::<usize>().ok())
        .unwrap_or(0)
        >> 8
}

/// Builds an index in batches, as the service does, and prints what that takes.
fn build(count: u32) -> TextIndex {
    let mut writer = Writer::new();
    let mut index = TextIndex::new();
    let before = resident_mib();
    let (mut reading, mut inserting, mut wall, mut bytes) = (0.0, 0.0, 0.0, 0);
    for start in (0..count).step_by(10_000) {
        let texts: Vec<_> = (start..count.min(start + 10_000)).map(|_| writer.document()).collect();
        bytes += texts.iter().flatten().map(|(_, t)| t.len()).sum::<usize>();
        let begin = (processor_seconds(), Instant::now());
        let read: Vec<_> = texts
            .par_iter()
            .zip(start..start + 10_000)
            .map(|(texts, doc)| (doc, u128::from(doc), read(texts)))
            .collect();
        let middle = processor_seconds();
        index.build_bulk(read);
        reading += middle - begin.0;
        inserting += processor_seconds() - middle;
        wall += begin.1.elapsed().as_secs_f64();
    }
    let per = 1e6 / f64::from(count);
    println!(
        "{count} documents of {} bytes: processor time reading {:.1} µs, indexing {:.1} µs each; {:.2} s on {} threads; {} MiB, resident {} MiB",
        bytes / count as usize,
        reading * per,
        inserting * per,
        wall,
        rayon::current_num_threads(),
        index.heap_bytes() >> 20,
        resident_mib() - before,
    );
    index
}

fn text(criterion: &mut Criterion) {
    let mut sizes = vec![10_000, 100_000];
    if std::env::var_os("VERBUNDKATALOG_BENCH_LARGE").is_some() {
        sizes.push(1_000_000);
    }
    for size in sizes {
        let index = build(size);
        let mut group = criterion.benchmark_group(format!("text/{size}"));
        group.sample_size(20);
        for (name, query) in QUERIES.iter().chain(TYPOS) {
            let total = index.matches(&index.plan(query)).len();
            group.bench_function(format!("{name} ({total} hits)"), |bencher| {
                bencher.iter(|| {
                    let plan = index.plan(black_box(query));
                    let matches = index.matches(&plan);
                    index.top(&plan, &matches, None, 20)
                });
            });
        }
        group.bench_function("suggest", |bencher| {
            bencher.iter(|| index.suggest(black_box("verwal"), 10));
        });
        group.finish();
    }
}

criterion_group!(benches, text);
criterion_main!(benches);
