use std::collections::BTreeMap;

use serde_json::Value;
use tests::sample::{components, counts, values};
use tests::{TestApp, url};

const FACETS: [&str; 7] = ["kind", "lifecycle", "owner", "levels", "themes", "tags", "deployment"];

fn facet(answer: &Value, field: &str) -> BTreeMap<String, u64> {
    answer["facets"][field]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| (v["value"].as_str().unwrap().to_owned(), v["count"].as_u64().unwrap()))
        .collect()
}

fn without_zero(counts: BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

#[test]
fn facets_count_what_a_plain_scan_counts() {
    let app = TestApp::sample();
    for field in FACETS {
        let answer = app
            .query("/v1/components", &[("facets", field), ("limit", "0")])
            .expect(200)
            .json();
        let expected = counts(components(), field, |_| true);
        let found = facet(&answer, field);
        // The most frequent values are listed, up to 200.
        assert_eq!(found.len(), expected.len().min(200), "{field}");
        for (value, count) in &found {
            assert_eq!(expected.get(value), Some(count), "{field} {value}");
        }
    }
}

#[test]
fn each_facet_ignores_the_filter_on_its_own_field_and_no_other() {
    let app = TestApp::sample();
    let parameters = [
        ("kind", "platform,cloud_service"),
        ("levels", "state"),
        ("facets", "kind,levels,lifecycle"),
        ("limit", "0"),
    ];
    let answer = app.get(&url("/v1/components", &parameters)).expect(200).json();
    let of_kind = |c: &Value| c["kind"] == "platform" || c["kind"] == "cloud_service";
    let of_level = |c: &Value| values(c, "levels").contains("state");
    assert_eq!(
        without_zero(facet(&answer, "kind")),
        counts(components(), "kind", of_level)
    );
    assert_eq!(
        without_zero(facet(&answer, "levels")),
        counts(components(), "levels", of_kind)
    );
    let both = |c: &Value| of_kind(c) && of_level(c);
    assert_eq!(
        without_zero(facet(&answer, "lifecycle")),
        counts(components(), "lifecycle", both)
    );
    let selected: Vec<&str> = answer["facets"]["kind"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|v| v["selected"] == true)
        .map(|v| v["value"].as_str().unwrap())
        .collect();
    assert_eq!(selected.len(), 2);
    assert_eq!(answer["total"], components().iter().filter(|c| both(c)).count());
}

#[test]
fn facets_of_a_text_query_count_its_matches() {
    let app = TestApp::sample();
    let path = url(
        "/v1/components",
        &[("q", "cloud"), ("facets", "kind"), ("limit", "200")],
    );
    let answer = app.get(&path).expect(200).json();
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for item in answer["items"].as_array().unwrap() {
        *expected.entry(item["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(!expected.is_empty());
    assert_eq!(without_zero(facet(&answer, "kind")), expected);
}

#[test]
fn codes_and_organisations_have_labels() {
    let app = TestApp::sample();
    let path = "/v1/components?facets=kind,owner&limit=0";
    let answer = app.get(path).expect(200).json();
    assert!(answer["facets"]["kind"][0]["label"]["de"].is_string());
    assert!(answer["facets"]["owner"][0]["label"]["de"].is_string());
    let answer = app.get(&format!("{path}&lang=en")).expect(200).json();
    assert!(answer["facets"]["kind"][0]["label"].is_string());
}

#[test]
fn every_documented_facet_counts_entries_that_its_filter_finds() {
    let app = TestApp::sample();
    let operation = tests::contract::operation("GET", "/v1/components").unwrap();
    let facets = operation.parameters().find(|p| p["name"] == "facets").unwrap();
    for name in facets["schema"]["items"]["enum"].as_array().unwrap() {
        let name = name.as_str().unwrap();
        let answer = app
            .query("/v1/components", &[("facets", name), ("limit", "0")])
            .expect(200)
            .json();
        for value in answer["facets"][name].as_array().unwrap().iter().take(5) {
            let escaped = value["value"].as_str().unwrap().replace(',', "\\,");
            let found = app
                .query("/v1/components", &[(name, &escaped), ("limit", "0")])
                .expect(200)
                .total();
            assert_eq!(value["count"], found, "{name}={escaped}");
        }
    }
}
