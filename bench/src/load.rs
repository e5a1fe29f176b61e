//! One run: import, serve, check every kind of answer, measure, print.

mod across;
mod case;
mod cases;
pub(crate) mod client;
mod questions;
pub(crate) mod server;

use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bench::generate::Catalogue;
use clap::Args;
use domain::clock::Clock;
use domain::component::Component;
use domain::event::Sequence;
use domain::store::Store;
use domain::stored::Document;
use serde_json::Value;
use verbundkatalog::import::{self, Format, Importer, Input, Line, Observer, Outcome, Report};
use verbundkatalog::state::all_records;
use verbundkatalog::system::{SystemClock, SystemIds};

use case::Case;
use cases::Material;
use client::{Connection, Request, ask_all};
use server::Server;

/// Connections of the client.
const CONNECTIONS: usize = 4;
/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Components to import.
    #[arg(long, default_value_t = 10_000)]
    entries: usize,
    /// Rounds, in which the catalogue and the bare handler take turns.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=50))]
    rounds: u8,
    /// `sqlite`, or the URL of an empty database; one that an earlier run filled with as many components is measured as it
    /// is.
    #[arg(long, default_value = "sqlite")]
    database: String,
}

struct Refusals(u64);

impl Observer for Refusals {
    fn problem(&mut self, line: &Line) {
        self.0 += u64::from(line.outcome == Outcome::Refused);
        if line.outcome == Outcome::Refused && self.0 <= 5 {
            eprintln!("{line}");
        }
    }
    fn committed(&mut self, _: &Report, _: Sequence) {}
    fn read(&mut self, _: u64) {}
}

/// Runs all; true if every budget was met.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    let folder = tempfile::tempdir()?;
    let url = match options.database.as_str() {
        "sqlite" => format!("sqlite://{}", folder.path().join("load.db").display()),
        url => url.to_owned(),
    };
    let store = persistence::open(&url, &persistence::Options::default())?;
    let mut sheet = Sheet::new(options);
    let catalogue = |url: &str| Server::start(&["catalogue", "--database", url]);

    if store.head()? == Sequence::default() {
        fill(&store, &catalogue(&url)?, options.entries, &mut sheet)?;
    }
    let server = catalogue(&url)?;
    let large = options.entries > 10_000;
    sheet.line(
        "ready, full",
        ms(server.ready),
        if large { 3000.0 } else { 300.0 },
        "ms",
    );
    sheet.line(
        "memory, full",
        server.resident()?,
        if large { 700.0 } else { 90.0 },
        "MiB",
    );

    let view = verbundkatalog::state::build(&store, usize::MAX, SystemClock.now().day())?;
    let components = all_records(&store, Component::NOUN)?;
    ensure!(
        components.len() == options.entries,
        "there are {} components",
        components.len()
    );
    let said = across::said(&store, view.directory())?;
    let material = Material::new(view, &components, said)?;
    drop(components);
    let rounds = usize::from(options.rounds);
    let cases = material.cases(rounds);
    drop(material);
    let bodies = folder.path().join("bodies");
    std::fs::create_dir(&bodies)?;
    let mut answers: Vec<Vec<usize>> = Vec::new();
    let mut written = 0;
    for case in &cases {
        answers.push(check(case, &server, &bodies, &mut written)?);
    }
    let bare = Server::start(&["bare", "--bodies", &bodies.to_string_lossy()])?;
    for (case, numbers) in cases.iter().zip(&answers) {
        let (ours, theirs) = measure(case, numbers, &server, &bare, rounds)?;
        sheet.case(case, options.entries, ours, theirs);
    }
    walk(&server, options.entries, &mut sheet)?;
    sheet.line(
        "memory, after all requests",
        server.resident()?,
        if large { 700.0 } else { 90.0 },
        "MiB",
    );
    Ok(sheet.is_fine)
}

/// Imports a generated catalogue while a server follows the log.
fn fill(store: &dyn Store, server: &Server, entries: usize, sheet: &mut Sheet) -> anyhow::Result<()> {
    sheet.line("ready, empty", ms(server.ready), 50.0, "ms");
    sheet.line("memory, empty", server.resident()?, 40.0, "MiB");
    let (records, stored, readable) = import(store, server, entries)?;
    Sheet::note("records", records, "in all");
    #[allow(clippy::cast_precision_loss, reason = "a rate")]
    let rate = |time: Duration| records as f64 / time.as_secs_f64();
    sheet.at_least("import, stored", rate(stored), 6000.0, "records/s");
    sheet.at_least("import, until readable elsewhere", rate(readable), 6000.0, "records/s");
    Ok(())
}

/// Imports as `verbundkatalog import` does; answers the time until all is stored, and until a running server that
/// follows the log has it all.
fn import(store: &dyn Store, server: &Server, entries: usize) -> anyhow::Result<(usize, Duration, Duration)> {
    let (mut text, mut records) = (String::new(), 0);
    Catalogue::write(1, entries, &mut |document| {
        text.push_str(&document.to_string());
        text.push('\n');
        records += 1;
    });
    let begin = Instant::now();
    let mut refusals = Refusals(0);
    let mut importer = Importer::new(
        store,
        &SystemClock,
        &SystemIds,
        import::Options::default(),
        &mut refusals,
    )?;
    importer.read(Input {
        name: "generated".to_owned(),
        format: Format::Ndjson,
        bytes: Some(text.len() as u64),
        reader: Box::new(Cursor::new(text.into_bytes())),
    })?;
    let report = importer.finish()?;
    let stored = begin.elapsed();
    ensure!(report.refused == 0, "generated entries were refused: {report}");
    let mut connection = Connection::open(server.address)?;
    let head = store.head()?.0;
    while begin.elapsed() < Duration::from_mins(30) {
        let status: Value = serde_json::from_slice(&connection.get("/v1/status", None)?.body)?;
        if status.get("asOf").and_then(Value::as_i64) == Some(head) {
            return Ok((records, stored, begin.elapsed()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    anyhow::bail!("the server does not follow the log")
}

/// Checks the first answers of a case and keeps their bytes for the bare handler; answers their numbers.
fn check(case: &Case, server: &Server, bodies: &Path, written: &mut usize) -> anyhow::Result<Vec<usize>> {
    let mut connection = Connection::open(server.address)?;
    let mut numbers = Vec::new();
    for (request, expected) in case.requests.iter().zip(&case.expected) {
        let answer = connection.ask(request)?;
        ensure!(
            answer.status == case.status,
            "{} answered {}",
            request.path,
            answer.status
        );
        let body = if case.status == 304 { &[][..] } else { &answer.body };
        ensure!(expected.is(body), "{} is answered wrongly", request.path);
        ensure!(
            request.body.is_some() || answer.tag.is_some(),
            "{} has no tag",
            request.path
        );
        std::fs::write(bodies.join(written.to_string()), body)?;
        numbers.push(*written);
        *written += 1;
    }
    Ok(numbers)
}

/// Milliseconds of processor time for a request of the catalogue and of the bare handler, which take turns; the median of
/// all rounds.
fn measure(
    case: &Case,
    numbers: &[usize],
    server: &Server,
    bare: &Server,
    rounds: usize,
) -> anyhow::Result<(f64, f64)> {
    let plain: Vec<Request> = numbers
        .iter()
        .cycle()
        .take(case.each)
        .map(|n| Request::get(format!("/{n}")))
        .collect();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for part in case.requests.chunks(case.each).take(rounds) {
        ours.push(spent(server, part, case.status)?);
        theirs.push(spent(bare, &plain, case.status)?);
    }
    #[allow(clippy::cast_precision_loss, reason = "a number of requests")]
    let each = |mut times: Vec<Duration>| {
        times.sort_unstable();
        let (below, above) = (times.get((times.len() - 1) / 2), times.get(times.len() / 2));
        let both = below.zip(above).map(|(a, b)| *a + *b).unwrap_or_default();
        ms(both) / 2.0 / case.each as f64
    };
    Ok((each(ours), each(theirs)))
}

fn spent(server: &Server, requests: &[Request], status: u16) -> anyhow::Result<Duration> {
    let before = server.processor_time()?;
    ask_all(server.address, CONNECTIONS, requests, status)?;
    Ok(server.processor_time()?.saturating_sub(before))
}

/// Reads the whole list, then compares its first page with its last.
fn walk(server: &Server, entries: usize, sheet: &mut Sheet) -> anyhow::Result<()> {
    let mut connection = Connection::open(server.address)?;
    let mut path = "/v1/components?limit=200".to_owned();
    let mut pages = Vec::new();
    let mut met = 0;
    let (begin, before) = (Instant::now(), server.processor_time()?);
    loop {
        let answer = connection.get(&path, None)?;
        ensure!(answer.status == 200, "{path} answered {}", answer.status);
        pages.push(std::mem::take(&mut path));
        let body: Value = serde_json::from_slice(&answer.body)?;
        met += body.get("items").and_then(Value::as_array).map_or(0, Vec::len);
        match body.get("next").and_then(Value::as_str) {
            Some(next) => next.clone_into(&mut path),
            None => break,
        }
    }
    let (wall, processor) = (begin.elapsed(), server.processor_time()?.saturating_sub(before));
    ensure!(met == entries, "the walk met {met} of {entries}");
    #[allow(clippy::cast_precision_loss, reason = "a rate")]
    let rate = |time: Duration| entries as f64 / time.as_secs_f64();
    sheet.at_least(
        "walk of all pages, processor time",
        rate(processor),
        20_000.0,
        "entries/s",
    );
    Sheet::note(
        "walk of all pages, elapsed with a client that parses",
        rate(wall),
        "entries/s",
    );
    // The last page may be short: the last full one is compared.
    let last = pages.iter().rev().nth(1).or(pages.last()).context("no page")?;
    let first = pages.first().context("no page")?;
    let (mut at_first, mut at_last) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..6 {
        at_first += spent(server, &vec![Request::get(first); 100], 200)?;
        at_last += spent(server, &vec![Request::get(last); 100], 200)?;
    }
    sheet.line(
        "last page : first page",
        at_last.as_secs_f64() / at_first.as_secs_f64(),
        1.1,
        "x",
    );
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// What is printed.
struct Sheet {
    is_fine: bool,
}

impl Sheet {
    fn new(options: &Options) -> Self {
        println!(
            "{} entries, {}\n",
            options.entries,
            options.database.split(':').next().unwrap_or_default()
        );
        println!("| what | measured | bare | ratio | budget | |");
        println!("| --- | --- | --- | --- | --- | --- |");
        Self { is_fine: true }
    }

    fn verdict(&mut self, fine: bool) -> &'static str {
        self.is_fine &= fine;
        if fine { "ok" } else { "short" }
    }

    fn case(&mut self, case: &Case, entries: usize, ours: f64, bare: f64) {
        let (ratio, budget) = (ours / bare, case.budget_at(entries));
        let verdict = self.verdict(ours <= budget && case.ratio.is_none_or(|most| ratio <= most));
        let time = budget.is_finite().then(|| format!("{budget:.3} ms"));
        let times = case.ratio.map(|most| format!("{most:.1} x"));
        let budgets: Vec<String> = time.into_iter().chain(times).collect();
        let budgets = budgets.join(", ");
        println!(
            "| {} | {ours:.4} ms | {bare:.4} ms | {ratio:.2} | {budgets} | {verdict} |",
            case.name
        );
    }

    fn line(&mut self, name: &str, measured: f64, budget: f64, unit: &str) {
        let verdict = self.verdict(measured <= budget);
        println!("| {name} | {measured:.2} {unit} | | | {budget} {unit} | {verdict} |");
    }

    fn at_least(&mut self, name: &str, measured: f64, budget: f64, unit: &str) {
        let verdict = self.verdict(measured >= budget);
        println!("| {name} | {measured:.0} {unit} | | | {budget} {unit} | {verdict} |");
    }

    fn note(name: &str, measured: impl std::fmt::Display, unit: &str) {
        println!("| {name} | {measured:.0} {unit} | | | | |");
    }
}
