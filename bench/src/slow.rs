//! A trial of patience: very many clients that hold connections with half a request, and what the others notice.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;

use crate::endure::service::Service;
use crate::load::client::Connection;

/// What to try.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Slow clients at once; who is closed comes back at once.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=8000))]
    clients: u16,
    /// Seconds that they go on.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=300))]
    seconds: u64,
    /// Longest time of the others' requests, in milliseconds: 99 of 100 must be faster.
    #[arg(long, default_value_t = 1000)]
    longest: u64,
}

/// How long the others are alone, before and after.
const QUIET: Duration = Duration::from_secs(5);
/// Longer than any limit of the service lets a slow client stay.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often a client that drips sends a byte.
const DRIP: Duration = Duration::from_millis(500);

/// Ways to be slow: a name, what is sent at first, and what drips thereafter.
const WAYS: [(&str, &str, &str); 7] = [
    ("says nothing", "", ""),
    ("half a head", "GET /v1/components HTTP/1.1\r\nHost: x\r\n", ""),
    ("a dripping head", "GET /v1/components HTTP/1.1\r\nX: ", "x"),
    (
        "half a head after an answer",
        "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/comp",
        "",
    ),
    (
        "half a body",
        "POST /v1/components/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
        "",
    ),
    (
        "a dripping body",
        "POST /v1/components/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{",
        " ",
    ),
    (
        "reads no answers",
        "GET /v1/components?limit=200 HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/components?limit=200 HTTP/1.1\r\nHost: x\r\n\r\n\
         GET /v1/components?limit=200 HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/components?limit=200 HTTP/1.1\r\nHost: x\r\n\r\n",
        "",
    ),
];

struct Slow {
    stream: TcpStream,
    way: usize,
    since: Instant,
}

impl Slow {
    fn open(address: SocketAddr, way: usize) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(10))?;
        stream.set_nonblocking(true)?;
        if let Some((_, first, _)) = WAYS.get(way) {
            // What does not fit now is not said at all: slow is slow.
            let _ = stream.write(first.as_bytes());
        }
        Ok(Self {
            stream,
            way,
            since: Instant::now(),
        })
    }

    /// Drips, and tells whether the service has closed.
    fn is_closed(&mut self) -> bool {
        let (name, _, drop) = WAYS.get(self.way).copied().unwrap_or_default();
        let sent = drop.is_empty()
            || !matches!(self.stream.write(drop.as_bytes()), Err(e) if e.kind() != ErrorKind::WouldBlock);
        if name == "reads no answers" {
            // The end is only seen behind what was not read; a byte more tells of it.
            return matches!(self.stream.write(b"\r\n"), Err(e) if e.kind() != ErrorKind::WouldBlock);
        }
        let mut waste = [0; 4096];
        loop {
            match self.stream.read(&mut waste) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return !sent,
                Err(_) => return true,
            }
        }
    }
}

/// Times of the others' requests.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn at(&self, share: f64) -> Duration {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        let place = (self.0.len() as f64 * share) as usize;
        self.0
            .get(place.min(self.0.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    }

    fn report(&self, when: &str, resident: f64) {
        println!(
            "others {when:<7} {:>7} requests, p50 {:>7.2} ms, p99 {:>7.2} ms, longest {:>7.2} ms; the service has {resident:.0} MiB",
            self.0.len(),
            self.at(0.5).as_secs_f64() * 1e3,
            self.at(0.99).as_secs_f64() * 1e3,
            self.at(1.0).as_secs_f64() * 1e3,
        );
    }
}

/// Asks as two well-behaved clients do, one of which connects anew each time, until it is told to stop.
fn others(address: SocketAddr, done: &AtomicBool) -> anyhow::Result<Times> {
    let ask = |anew: bool| -> anyhow::Result<Vec<Duration>> {
        let mut times = Vec::new();
        let mut connection = Connection::open(address)?;
        while !done.load(Ordering::Relaxed) {
            for path in ["/v1/components/fit-connect", "/v1/components?q=cloud&facets=kind"] {
                let begin = Instant::now();
                if anew {
                    connection = Connection::open(address)?;
                }
                let answer = connection.get(path, None)?;
                ensure!(answer.status == 200, "{path} answered {}", answer.status);
                times.push(begin.elapsed());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(times)
    };
    let mut all = std::thread::scope(|scope| -> anyhow::Result<Vec<Duration>> {
        let threads = [true, false].map(|anew| scope.spawn(move || ask(anew)));
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(|_| anyhow::anyhow!("a client gave up"))??);
        }
        Ok(all)
    })?;
    all.sort_unstable();
    Ok(Times(all))
}

fn others_for(address: SocketAddr, time: Duration) -> anyhow::Result<Times> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| others(address, &done));
        std::thread::sleep(time);
        done.store(true, Ordering::Relaxed);
        asking.join().map_err(|_| anyhow::anyhow!("the others gave up"))?
    })
}

/// How long slow clients of each way held a connection.
#[derive(Default)]
struct Held([Vec<Duration>; WAYS.len()]);

impl Held {
    /// Looks at all of them once, and takes out who was closed.
    fn look(&mut self, slow: &mut Vec<Slow>) {
        slow.retain_mut(|one| {
            let closed = one.is_closed();
            if closed && let Some(times) = self.0.get_mut(one.way) {
                times.push(one.since.elapsed());
            }
            !closed
        });
    }

    fn report(&mut self) {
        for ((name, ..), times) in WAYS.iter().zip(&mut self.0) {
            times.sort_unstable();
            let at = |place: usize| times.get(place).map_or(0.0, Duration::as_secs_f64);
            println!(
                "slow: {name:<28} {:>6} closed, after {:>4.1} s at the earliest, {:>4.1} s mostly, {:>4.1} s at the latest",
                times.len(),
                at(0),
                at(times.len() / 2),
                at(times.len().saturating_sub(1)),
            );
        }
    }
}

/// Runs the trial; true if the others were served in time and every slow client was closed.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    let folder = tempfile::tempdir()?;
    let database = format!("sqlite://{}", folder.path().join("slow.sqlite").display());
    let service = Service::start(folder.path(), &database)?;
    let address = service.address();
    ensure!(address.ip().is_loopback(), "{address} is not this machine");
    let before = others_for(address, QUIET)?;
    before.report("before", service.resident()?);

    let (mut slow, mut held, mut most) = (Vec::new(), Held::default(), 0.0_f64);
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let during = std::thread::scope(|scope| -> anyhow::Result<Times> {
        let asking = scope.spawn(|| others_for(address, Duration::from_secs(options.seconds)));
        let mut next = 0;
        while Instant::now() < end {
            while slow.len() < usize::from(options.clients) {
                slow.push(Slow::open(address, next % WAYS.len()).context("a slow client cannot connect")?);
                next += 1;
            }
            std::thread::sleep(DRIP);
            held.look(&mut slow);
            most = most.max(service.resident()?);
        }
        asking.join().map_err(|_| anyhow::anyhow!("the others gave up"))?
    })?;
    during.report("during", most);

    let left = Instant::now() + PATIENCE;
    while !slow.is_empty() && Instant::now() < left {
        std::thread::sleep(DRIP);
        held.look(&mut slow);
    }
    let after = others_for(address, QUIET)?;
    after.report("after", service.resident()?);
    held.report();
    println!("slow: {} never closed", slow.len());
    Ok(slow.is_empty() && during.at(0.99) < Duration::from_millis(options.longest))
}
