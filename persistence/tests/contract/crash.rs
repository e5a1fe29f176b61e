//! A process that is killed in the middle of its writes.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use domain::event::{Origin, Sequence};
use domain::store::Store;
use testdb::for_each_database;

use crate::support::*;

const URL: &str = "VERBUNDKATALOG_TEST_CRASH_URL";

/// Starts a child of this test program that writes until it is killed, kills it a moment after it told of `told` commits,
/// and answers all that it told of.
fn told_before_the_kill(child: &str, url: &str, told: usize, moment: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", child, "--ignored", "--nocapture"])
        .env(URL, url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut commits = Vec::new();
    let commit = |line: &str| line.split_once("committed ").map(|(_, rest)| rest.trim().to_owned());
    while commits.len() < told {
        commits.extend(commit(&lines.next().unwrap().unwrap()));
    }
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
    commits.extend(lines.map_while(Result::ok).filter_map(|line| commit(&line)));
    commits
}

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    for_each_database(|db| {
        for round in 0..3_u64 {
            let child = "crash::writes_until_it_is_killed";
            let commits = told_before_the_kill(child, db.url(), 10, Duration::from_millis(round * 7));
            let acknowledged: i64 = commits.iter().map(|text| text.parse().unwrap()).max().unwrap();
            let store = open(db);
            let Sequence(head) = store.head().unwrap();
            assert!(head >= acknowledged, "{acknowledged} was acknowledged, {head} is there");
            assert_eq!(head % 3, 0, "a commit has three writes");
            assert_eq!(store.verify().unwrap(), []);
        }
    });
}

#[test]
fn sixteen_writers_that_are_killed_lose_nothing_that_one_of_them_acknowledged() {
    for_each_database(|db| {
        for round in 0..5_u64 {
            let child = "crash::sixteen_write_until_they_are_killed";
            let commits = told_before_the_kill(child, db.url(), 60, Duration::from_millis(round * 3));
            let store = open(db);
            let events = all_events(&store);
            for commit in commits {
                let (sequence, record) = commit.split_once(' ').unwrap();
                let sequence: usize = sequence.parse().unwrap();
                let event = events.get(sequence - 1).expect("an acknowledged event is there");
                assert_eq!(event.subject.to_string(), record, "event {sequence} is another one's");
                assert!(store.kept_answer(CLIENT, record).unwrap().is_some());
            }
            assert_eq!(store.verify().unwrap(), []);
        }
    });
}

/// The child of the first test.
#[test]
#[ignore = "runs until it is killed"]
fn writes_until_it_is_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    let store = persistence::open(&url, &persistence::Options::default()).unwrap();
    for n in u32::try_from(store.head().unwrap().0).unwrap().. {
        let writes: Vec<_> = (0..3).map(|k| long(n * 3 + k)).collect();
        let Sequence(head) = commit(&store, &writes).unwrap();
        tell(&format!("committed {head}"));
    }
}

/// The child of the second.
#[test]
#[ignore = "runs until it is killed"]
fn sixteen_write_until_they_are_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    let store = persistence::open(&url, &persistence::Options::default()).unwrap();
    let head = u32::try_from(store.head().unwrap().0).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..16 {
            let store = &store;
            scope.spawn(move || {
                for n in 0.. {
                    let write = long(head * 1000 + n * 16 + writer);
                    let record = write.record.id.to_string();
                    let kept = answer(&record, "");
                    let Sequence(sequence) = store
                        .commit_once(&[write], &Origin::default(), now(), Some(&kept))
                        .unwrap();
                    tell(&format!("committed {sequence} {record}"));
                }
            });
        }
    });
}

fn long(n: u32) -> domain::store::Write {
    let mut write = create(n);
    write.record.document = serde_json::to_string(&"x".repeat(20_000)).unwrap().into();
    write
}

/// In one piece, so that a kill leaves no half of a line.
fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}
