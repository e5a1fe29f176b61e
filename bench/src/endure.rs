//! A trial of the promise that nothing acknowledged is lost, altered or doubled: writers write, the service is killed or
//! its database disturbed, and at the end every acknowledged write is looked for.

mod ledger;
mod reader;
pub(crate) mod service;
mod writer;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use parking_lot::RwLock;

use ledger::Ledger;
use service::Service;
use writer::Writer;

/// What to try.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// `sqlite`, or the URL of an empty PostgreSQL database.
    #[arg(long, default_value = "sqlite")]
    database: String,
    /// Writers at once.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=512))]
    writers: u16,
    /// How often the service is killed (`kill -9`).
    #[arg(long, default_value_t = 0)]
    kills: u32,
    /// Acknowledged writes that there must be at least in the end; writing goes on until then.
    #[arg(long, default_value_t = 0)]
    acknowledged: u64,
    /// Seconds to write at least.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Readers at once, whose times are measured for some seconds without writers, and then beside them.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=64))]
    readers: u16,
    /// Seconds without an acknowledged write that are too many, where nothing is killed.
    #[arg(long, default_value_t = 30)]
    longest_pause: u64,
}

/// Writing never goes on for longer.
const MOST: Duration = Duration::from_mins(20);

/// How long readers are alone.
const QUIET: Duration = Duration::from_secs(5);

/// What all writers share.
pub(crate) struct Shared {
    /// The service that is there now.
    pub(crate) address: RwLock<std::net::SocketAddr>,
    /// Whether writing is over.
    pub(crate) done: AtomicBool,
    /// What was acknowledged.
    pub(crate) ledger: Ledger,
    /// Authorises the writers.
    pub(crate) token: String,
}

/// Runs the trial; true if nothing was lost, altered or doubled.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    let folder = tempfile::tempdir()?;
    let database = match options.database.as_str() {
        "sqlite" => format!("sqlite://{}", folder.path().join("endure.sqlite").display()),
        url => url.to_owned(),
    };
    let mut service = Service::start(folder.path(), &database)?;
    let token = service.token()?;
    let shared = Shared {
        address: RwLock::new(service.address()),
        done: AtomicBool::new(false),
        ledger: Ledger::default(),
        token,
    };
    let alone = AtomicBool::new(false);
    let quiet = std::thread::scope(|scope| {
        let reading = scope.spawn(|| reader::read(&shared, options.readers, &alone));
        if options.readers > 0 {
            std::thread::sleep(QUIET);
        }
        alone.store(true, Ordering::SeqCst);
        reading.join().unwrap_or_default()
    });
    let begin = Instant::now();
    let mut kills = 0;
    let mut busy = Vec::new();
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let reading = scope.spawn(|| reader::read(&shared, options.readers, &shared.done));
        for number in 0..options.writers {
            let shared = &shared;
            scope.spawn(move || Writer::new(shared, number).run());
        }
        // However the trial ends, the writers do.
        let result = disturb(options, &shared, &mut service, begin, &mut kills);
        shared.done.store(true, Ordering::SeqCst);
        busy = reading.join().unwrap_or_default();
        result
    })?;
    let elapsed = begin.elapsed();
    let found = shared.ledger.compare(service.address(), &shared.token)?;
    let pause = shared.ledger.longest_pause();
    let acknowledged = shared.ledger.acknowledged();
    println!("acknowledged writes          {acknowledged}");
    println!(
        "acknowledged a second        {}",
        acknowledged / elapsed.as_secs().max(1)
    );
    for (name, times) in [("reads without writers", &quiet), ("reads beside writers", &busy)] {
        if !times.is_empty() {
            let (p50, p99) = (reader::percentile(times, 50), reader::percentile(times, 99));
            let (p50, p99) = (p50.as_micros(), p99.as_micros());
            println!(
                "{name:<28} {} (half within {p50} µs, 99 of 100 within {p99} µs)",
                times.len()
            );
        }
    }
    println!("kills                        {kills}");
    println!("answers by status            {:?}", shared.ledger.statuses());
    println!("requests without an answer   {}", shared.ledger.unanswered());
    println!("longest pause                {} ms", pause.as_millis());
    println!("lost                         {}", found.lost);
    println!("altered                      {}", found.altered);
    println!("doubled                      {}", found.doubled);
    drop(service);
    let check = service::check(folder.path(), &database)?;
    println!("check                        {}", check.trim());
    let unexpected: Vec<u16> = shared
        .ledger
        .statuses()
        .into_keys()
        .filter(|status| !matches!(status, 200 | 201 | 409 | 412 | 503))
        .collect();
    ensure!(unexpected.is_empty(), "answers of other statuses: {unexpected:?}");
    let paused_too_long = options.kills == 0 && pause > Duration::from_secs(options.longest_pause);
    ensure!(
        !paused_too_long,
        "no write was acknowledged for {} ms",
        pause.as_millis()
    );
    Ok(found.is_clean() && check.starts_with("0 findings"))
}

fn disturb(
    options: &Options,
    shared: &Shared,
    service: &mut Service,
    begin: Instant,
    kills: &mut u32,
) -> anyhow::Result<()> {
    let mut random = begin.elapsed().subsec_nanos() | 1;
    loop {
        let enough = begin.elapsed() >= Duration::from_secs(options.seconds)
            && *kills >= options.kills
            && shared.ledger.acknowledged() >= options.acknowledged;
        if enough {
            return Ok(());
        }
        ensure!(begin.elapsed() < MOST, "the trial takes too long");
        if *kills >= options.kills {
            std::thread::sleep(Duration::from_millis(100));
            continue;
        }
        // Anywhere in the middle of writing.
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        std::thread::sleep(Duration::from_millis(300 + u64::from(random >> 16) % 1200));
        service.kill().context("kill")?;
        *kills += 1;
        service.restart()?;
        *shared.address.write() = service.address();
    }
}
