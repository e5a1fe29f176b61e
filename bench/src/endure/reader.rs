//! Readers beside the writers: what they feel of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Shared;
use crate::load::client::Connection;

/// What readers ask for, in turns: a record, a filtered page, a text.
const PATHS: [&str; 3] = [
    "/v1/components/fit-connect",
    "/v1/components?kind=platform&limit=20",
    "/v1/components?q=cloud&limit=20",
];
/// Between two requests of a reader, so that the readers alone do not use up the machine.
const PAUSE: Duration = Duration::from_millis(5);

/// Reads on so many connections until it is told to stop; answers how long each read took, the shortest first.
pub(super) fn read(shared: &Shared, readers: u16, stop: &AtomicBool) -> Vec<Duration> {
    let one = || {
        let mut times = Vec::new();
        let mut connection = None;
        for path in PATHS.iter().cycle() {
            if stop.load(Ordering::SeqCst) {
                break;
            }
            if connection.is_none() {
                connection = Connection::open(*shared.address.read()).ok();
            }
            let begin = Instant::now();
            match connection.as_mut().map(|open| open.get(path, None)) {
                Some(Ok(answer)) if answer.status == 200 => times.push(begin.elapsed()),
                _ => connection = None,
            }
            std::thread::sleep(PAUSE);
        }
        times
    };
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..readers).map(|_| scope.spawn(one)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_default())
            .collect()
    });
    times.sort_unstable();
    times
}

/// The time that so many hundredths of the reads were done within.
pub(super) fn percentile(times: &[Duration], hundredths: usize) -> Duration {
    let index = (times.len() * hundredths / 100).min(times.len().saturating_sub(1));
    times.get(index).copied().unwrap_or_default()
}
