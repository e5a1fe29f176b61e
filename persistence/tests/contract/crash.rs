//! A process that is killed in the middle of a write.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use domain::event::Sequence;
use domain::store::Store;
use testdb::for_each_database;

use crate::support::*;

const URL: &str = "VERBUNDKATALOG_TEST_CRASH_URL";

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    for_each_database(|db| {
        let mut acknowledged = 0;
        for round in 0..3_u64 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args([
                    "--exact",
                    "crash::writes_until_it_is_killed",
                    "--ignored",
                    "--nocapture",
                ])
                .env(URL, db.url())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut told = 0;
            while told < 10 {
                let line = lines.next().unwrap().unwrap();
                told += i64::from(line.contains("committed "));
                acknowledged = acknowledged.max(sequence(&line).unwrap_or(0));
            }
            std::thread::sleep(Duration::from_millis(round * 7));
            child.kill().unwrap();
            child.wait().unwrap();
            for line in lines.map_while(Result::ok) {
                acknowledged = acknowledged.max(sequence(&line).unwrap_or(0));
            }
            let store = open(db);
            let Sequence(head) = store.head().unwrap();
            assert!(head >= acknowledged, "{acknowledged} was acknowledged, {head} is there");
            assert_eq!(head % 3, 0, "a commit has three writes");
            assert_eq!(store.verify().unwrap(), []);
        }
    });
}

fn sequence(line: &str) -> Option<i64> {
    line.split_once("committed ")?.1.trim().parse().ok()
}

/// The child of the test above.
#[test]
#[ignore = "runs until it is killed"]
fn writes_until_it_is_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    let store = persistence::open(&url, &persistence::Options::default()).unwrap();
    for n in u32::try_from(store.head().unwrap().0).unwrap().. {
        let mut writes: Vec<_> = (0..3).map(|k| create(n * 3 + k)).collect();
        for write in &mut writes {
            write.record.document = serde_json::to_string(&"x".repeat(20_000)).unwrap().into();
        }
        let Sequence(head) = commit(&store, &writes).unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "committed {head}").unwrap();
        out.flush().unwrap();
    }
}
