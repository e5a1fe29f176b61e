//! Files that mean harm, and files that were broken on the way: an answer within a second, never a panic.

#![allow(clippy::format_collect, clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::time::{Duration, Instant};

use formats::publiccode::{Options, check, read};
use formats::yaml::MAX_BYTES;
use proptest::prelude::*;

/// Reads and checks, and complains if it takes long.
fn survive(bytes: &[u8]) {
    let start = Instant::now();
    let outcome = read(bytes, &Options::default());
    let verdict = check(bytes);
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "took {:?} for {} bytes",
        start.elapsed(),
        bytes.len()
    );
    if outcome.component.is_none() {
        assert!(!outcome.problems.is_empty() && !verdict.is_valid());
    }
}

#[test]
fn large_and_nested_files_are_answered_in_bounded_time() {
    let fill = |unit: &str| unit.repeat(MAX_BYTES / unit.len());
    let nested: String = (0..400).map(|level| " ".repeat(level) + "a:\n").collect();
    let anchors: String = (0..20_000).map(|n| format!("a{n}: &a{n} x\n")).collect();
    let wide: String = (0..30_000).map(|n| format!("k{n}: 1\n")).collect();
    let deep_anchors = (0..30)
        .map(|level| format!("{}a: &a{level}\n", " ".repeat(level)))
        .collect::<String>()
        + &format!("{}x: {}", " ".repeat(30), "y ".repeat(100_000));
    for text in [
        fill("["),
        fill("{"),
        fill("- "),
        fill("-\n"),
        fill("? "),
        fill("&a "),
        fill("a: &a\n"),
        fill("!!str "),
        fill("a"),
        fill("a: b\n"),
        fill("\"\\u00e4"),
        fill("'"),
        fill("# comment\n"),
        fill("%YAML 1.2\n"),
        fill("---\n"),
        fill("\n"),
        fill("\t"),
        fill("a: |\n  b\n"),
        fill("publiccodeYmlVersion: \"0\"\n"),
        format!(
            "publiccodeYmlVersion: \"0\"\nname: {}",
            fill("x").get(100..).unwrap_or_default()
        ),
        format!(
            "publiccodeYmlVersion: \"0\"\nlegal:\n  license: {}",
            "(".repeat(500_000)
        ),
        format!(
            "publiccodeYmlVersion: \"0\"\nlegal:\n  license: {}",
            "MIT OR ".repeat(60)
        ),
        format!("publiccodeYmlVersion: \"0\"\nplatforms: [{}]", "web, ".repeat(40_000)),
        nested,
        anchors,
        format!("publiccodeYmlVersion: \"0\"\n{wide}"),
        deep_anchors,
    ] {
        survive(text.as_bytes());
    }
}

#[test]
fn the_number_of_problems_stays_small_whatever_the_file() {
    let wide: String = (0..30_000).map(|n| format!("k{n}: 1\n")).collect();
    let verdict = check(format!("publiccodeYmlVersion: \"0\"\n{wide}").as_bytes());
    assert!(verdict.errors.len() <= formats::problem::MAX_PROBLEMS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        survive(&bytes);
    }

    #[test]
    fn arbitrary_yaml_like_text_is_survived(text in "([a-zé]{1,5}|: |\n|\n  |- |\\[|\\]|\\{|\\}|&a |\\*a|<<|\"|'|\\||>|#|!!str |0|,){0,120}") {
        survive(text.as_bytes());
    }

    #[test]
    fn arbitrary_values_under_known_keys_are_survived(
        key in prop::sample::select(vec![
            "name", "url", "releaseDate", "description", "legal", "organisation", "maintenance", "localisation",
            "dependsOn", "de", "IT", "platforms", "categories", "supports", "intendedAudience", "softwareType",
        ]),
        value in "(\\[\\]|\\{\\}|\\PC{0,20}|\\[[a-z, ]{0,10}\\]|\\{[a-z]{1,8}: [a-z\\[\\]]{0,5}\\}|true|1\\.0|~){1}",
    ) {
        survive(format!("publiccodeYmlVersion: \"0\"\nsoftwareType: library\nname: x\nurl: https://e.org/a/b\n{key}: {value}\n").as_bytes());
        survive(format!("softwareType: library\n{key}:\n  {key}: {value}\n  de: {value}\n").as_bytes());
    }
}

/// Breaks real files in the ways in which files break: lost, doubled, swapped and changed bytes and lines.
#[test]
fn broken_real_files_are_survived() {
    let mut seed: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % u64::try_from(below.max(1)).unwrap()).unwrap()
    };
    let Some(files) = support::entries("real") else { return };
    for (_, _, bytes) in files {
        for _ in 0..12 {
            let mut broken = bytes.clone();
            for _ in 0..=random(4) {
                let (from, to) = (random(broken.len()), random(broken.len()));
                let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 200));
                match random(5) {
                    0 => drop(broken.drain(from..to)),
                    1 => {
                        let copy: Vec<u8> = broken.get(from..to).unwrap_or_default().to_vec();
                        broken.splice(from..from, copy);
                    }
                    2 => broken.truncate(to),
                    3 => broken
                        .iter_mut()
                        .skip(from)
                        .take(1)
                        .for_each(|byte| *byte = byte.wrapping_add(37)),
                    _ => {
                        let junk = [
                            &b"\t"[..],
                            b": ",
                            b"- ",
                            b"\n",
                            b"[",
                            b"{",
                            b"&a ",
                            b"*a",
                            b"\"",
                            b"\0",
                            b"\xff",
                        ];
                        let junk = junk.get(random(junk.len())).copied().unwrap_or_default();
                        broken.splice(from..from, junk.iter().copied());
                    }
                }
            }
            survive(&broken);
        }
    }
}
