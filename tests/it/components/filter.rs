use std::collections::BTreeSet;

use serde_json::Value;
use tests::sample::{components, organisations, slugs, values};
use tests::{TestApp, url};

fn found(app: &TestApp, parameters: &[(&str, &str)]) -> BTreeSet<String> {
    let mut all = parameters.to_vec();
    all.extend([("limit", "200"), ("fields", "slug")]);
    let answer = app.get(&url("/v1/components", &all)).expect(200);
    let slugs: BTreeSet<String> = answer.slugs().into_iter().collect();
    assert_eq!(slugs.len() as u64, answer.total(), "{parameters:?}");
    slugs
}

/// Fields whose values stand in the document under the same path.
const PLAIN: [&str; 9] = [
    "kind",
    "lifecycle",
    "owner",
    "levels",
    "themes",
    "tags",
    "deployment",
    "licence",
    "successor",
];

#[test]
fn any_of_the_values_is_what_a_plain_scan_finds() {
    let app = TestApp::sample();
    for field in PLAIN {
        let all: BTreeSet<&str> = components().iter().flat_map(|c| values(c, field)).collect();
        for value in &all {
            let expected = slugs(components(), |c| values(c, field).contains(value));
            assert_eq!(found(&app, &[(field, value)]), expected, "{field}={value}");
        }
        let two: Vec<&str> = all.iter().take(2).copied().collect();
        let expected = slugs(components(), |c| two.iter().any(|v| values(c, field).contains(v)));
        assert_eq!(found(&app, &[(field, &two.join(","))]), expected, "{field}={two:?}");
    }
}

#[test]
fn none_of_the_values_is_what_a_plain_scan_finds() {
    let app = TestApp::sample();
    for field in PLAIN {
        let all: BTreeSet<&str> = components().iter().flat_map(|c| values(c, field)).collect();
        let two: Vec<&str> = all.iter().rev().take(2).copied().collect();
        let expected = slugs(components(), |c| !two.iter().any(|v| values(c, field).contains(v)));
        assert_eq!(
            found(&app, &[(&format!("{field}.not"), &two.join(","))]),
            expected,
            "{field}.not={two:?}"
        );
    }
}

#[test]
fn all_of_the_values_is_what_a_plain_scan_finds() {
    let app = TestApp::sample();
    for field in ["levels", "themes", "tags", "deployment"] {
        for record in components().iter().take(60) {
            let two: Vec<&str> = values(record, field).into_iter().take(2).collect();
            if two.is_empty() {
                continue;
            }
            let expected = slugs(components(), |c| two.iter().all(|v| values(c, field).contains(v)));
            assert_eq!(
                found(&app, &[(&format!("{field}.all"), &two.join(","))]),
                expected,
                "{field}.all={two:?}"
            );
        }
    }
}

#[test]
fn presence_and_absence_are_what_a_plain_scan_finds() {
    let app = TestApp::sample();
    for field in PLAIN
        .into_iter()
        .chain(["productiveSince", "verifiedOn", "repository", "endsOn"])
    {
        for present in [true, false] {
            let expected = slugs(components(), |c| values(c, field).is_empty() != present);
            let name = format!("{field}.exists");
            assert_eq!(
                found(&app, &[(&name, &present.to_string())]),
                expected,
                "{name}={present}"
            );
        }
    }
}

#[test]
fn bounds_include_their_ends() {
    let app = TestApp::sample();
    for field in [
        "productiveSince",
        "verifiedOn",
        "nextReviewOn",
        "deprecatedOn",
        "endsOn",
    ] {
        let all: BTreeSet<&str> = components().iter().flat_map(|c| values(c, field)).collect();
        for day in all.iter().filter(|d| d.len() == 10).take(10) {
            let compare = |c: &Value, holds: &dyn Fn(&str) -> bool| values(c, field).iter().any(|v| holds(v));
            let from = slugs(components(), |c| compare(c, &|v| v >= *day));
            assert_eq!(
                found(&app, &[(&format!("{field}.gte"), day)]),
                from,
                "{field}.gte={day}"
            );
            let to = slugs(components(), |c| compare(c, &|v| v <= *day));
            assert_eq!(found(&app, &[(&format!("{field}.lte"), day)]), to, "{field}.lte={day}");
            let on = slugs(components(), |c| compare(c, &|v| v == *day));
            assert_eq!(found(&app, &[(field, day)]), on, "{field}={day}");
        }
    }
}

#[test]
fn a_day_means_all_of_it_for_a_moment() {
    let app = TestApp::sample();
    let all = components().len();
    assert_eq!(found(&app, &[("updatedAt", "2026-11-23")]).len(), all);
    assert_eq!(found(&app, &[("updatedAt.lte", "2026-11-23")]).len(), all);
    assert_eq!(found(&app, &[("updatedAt.gte", "2026-11-23")]).len(), all);
    assert_eq!(found(&app, &[("updatedAt.lte", "2026-11-22")]).len(), 0);
    assert_eq!(
        found(&app, &[("updatedAt.gte", "2026-11-23T10:30:00+01:00")]).len(),
        all
    );
    assert_eq!(
        found(&app, &[("updatedAt.gte", "2026-11-23T09:30:00.000001Z")]).len(),
        0
    );
}

#[test]
fn filters_reach_into_the_owning_organisation() {
    let app = TestApp::sample();
    let kind_of = |c: &Value| {
        let owner = organisations().iter().find(|o| o["slug"] == c["owner"]).unwrap();
        owner["kind"].as_str().unwrap().to_owned()
    };
    let expected = slugs(components(), |c| kind_of(c) == "it_provider");
    assert!(!expected.is_empty());
    assert_eq!(found(&app, &[("owner.kind", "it_provider")]), expected);
    let owned_in = |state: &str| {
        slugs(components(), |c| {
            let owner = organisations().iter().find(|o| o["slug"] == c["owner"]).unwrap();
            values(owner, "states").contains(state)
        })
    };
    assert_eq!(found(&app, &[("owner.state", "DE-SH")]), owned_in("DE-SH"));
    assert_eq!(found(&app, &[("owner.state", "13")]), owned_in("DE-MV"));
}

#[test]
fn an_organisation_is_named_by_slug_or_id() {
    let app = TestApp::sample();
    let id = app.get("/v1/organisations/dataport").expect(200).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let by_slug = found(&app, &[("owner", "dataport")]);
    assert!(!by_slug.is_empty());
    assert_eq!(found(&app, &[("owner", &id)]), by_slug);
    assert_eq!(found(&app, &[("owner", "gibt-es-nicht")]).len(), 0);
}

#[test]
fn filters_on_different_fields_all_hold() {
    let app = TestApp::sample();
    let expected = slugs(components(), |c| {
        c["kind"] == "building_block" && values(c, "levels").contains("municipal") && values(c, "lifecycle").is_empty()
    });
    let parameters = [
        ("kind", "building_block"),
        ("levels", "municipal"),
        ("lifecycle.exists", "false"),
    ];
    assert_eq!(found(&app, &parameters), expected);
}

#[test]
fn a_comma_within_a_value_is_written_with_a_backslash() {
    let app = TestApp::sample();
    let two = app
        .query("/v1/components", &[("interfaces.standard", "REST,JMS")])
        .expect(200)
        .total();
    assert!(two > 0);
    let one = app
        .query("/v1/components", &[("interfaces.standard", "REST\\,JMS")])
        .expect(200)
        .total();
    assert_eq!(one, 0);
}

#[test]
fn every_documented_filter_is_known_and_narrows() {
    let app = TestApp::sample();
    let operation = tests::contract::operation("GET", "/v1/components").unwrap();
    let all = components().len() as u64;
    for parameter in operation
        .parameters()
        .filter(|p| p["name"].as_str().unwrap().ends_with(".exists"))
    {
        let name = parameter["name"].as_str().unwrap();
        let count = |flag| {
            app.query("/v1/components", &[(name, flag), ("limit", "0")])
                .expect(200)
                .total()
        };
        assert_eq!(count("true") + count("false"), all, "{name}");
    }
}
