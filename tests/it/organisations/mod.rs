//! `/v1/organisations`.

mod write;

use serde_json::json;
use tests::sample::{counts, organisations, slugs, values};
use tests::{Answer, TestApp, url};

#[test]
fn organisations_are_listed_filtered_and_counted_as_a_plain_scan_does() {
    let app = TestApp::sample();
    let list = app
        .get("/v1/organisations?limit=200&facets=kind,states,parent")
        .expect(200);
    assert_eq!(list.total(), organisations().len() as u64);
    for field in ["kind", "states", "parent"] {
        let expected = counts(organisations(), field, |_| true);
        for value in list.json()["facets"][field].as_array().unwrap() {
            assert_eq!(
                value["count"],
                expected[value["value"].as_str().unwrap()],
                "{field} {value}"
            );
        }
    }
    let found = app.get("/v1/organisations?states=DE-SH&limit=200").expect(200);
    let expected = slugs(organisations(), |o| values(o, "states").contains("DE-SH"));
    assert_eq!(
        found.slugs().into_iter().collect::<std::collections::BTreeSet<_>>(),
        expected
    );
}

#[test]
fn pages_of_organisations_are_the_list_in_one_go() {
    let app = TestApp::sample();
    for list in [
        "/v1/organisations",
        "/v1/organisations?sort=-kind,slug",
        "/v1/organisations?q=stadt",
    ] {
        let ids = |pages: Vec<Answer>| pages.iter().flat_map(|p| p.strings("id")).collect::<Vec<_>>();
        assert_eq!(ids(app.walk(list, 9)), ids(app.walk(list, 200)), "{list}");
    }
}

#[test]
fn an_organisation_is_answered_by_slug_and_by_id_whole_or_in_part() {
    let app = TestApp::sample();
    let by_slug = app.get("/v1/organisations/dataport").expect(200);
    let id = by_slug.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        app.get(&format!("/v1/organisations/{id}")).expect(200).body,
        by_slug.body
    );
    let part = app
        .get("/v1/organisations/dataport?fields=slug,title&lang=en")
        .expect(200)
        .json();
    assert_eq!(part["slug"], "dataport");
    assert!(part["title"].is_string());
    app.get_with("/v1/organisations/dataport", &[("if-none-match", "\"r1\"")])
        .expect(304);
    app.get("/v1/organisations/fit-connect").expect(404);
    app.get("/v1/organisations/dataport?limit=1").expect(400);
}

#[test]
fn an_organisation_that_changes_takes_its_components_along() {
    let app = TestApp::own_sample();
    let mut dataport = organisations()
        .iter()
        .find(|o| o["slug"] == "dataport")
        .unwrap()
        .clone();
    let owned = app.get("/v1/components?owner=dataport&limit=0").expect(200).total();
    assert!(owned > 0);
    let path = url(
        "/v1/components",
        &[("owner", "dataport"), ("owner.kind", "community"), ("limit", "0")],
    );
    assert_eq!(app.get(&path).expect(200).total(), 0);
    dataport["kind"] = json!("community");
    dataport["title"] = json!({ "de": "Datenhafen" });
    app.import(&[dataport]);
    assert_eq!(app.get(&path).expect(200).total(), owned);
    let facets = app
        .get("/v1/components?owner=dataport&facets=owner&limit=0&lang=de")
        .expect(200)
        .json();
    let labels: Vec<&serde_json::Value> = facets["facets"]["owner"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|v| v["value"] == "dataport")
        .collect();
    assert_eq!(labels[0]["label"], "Datenhafen");
}

#[test]
fn a_withdrawn_organisation_leaves_its_tombstone_and_a_renamed_one_its_address() {
    let app = TestApp::own_sample();
    let mut akdb = organisations().iter().find(|o| o["slug"] == "akdb").unwrap().clone();
    let id = app.get("/v1/organisations/akdb").expect(200).json()["id"].clone();
    akdb["id"] = id;
    akdb["slug"] = json!("akdb-neu");
    app.import(&[akdb.clone()]);
    assert_eq!(
        app.get("/v1/organisations/akdb").expect(308).header("location"),
        "/v1/organisations/akdb-neu"
    );
    akdb["publication"] = json!("withdrawn");
    app.import(&[akdb]);
    app.get("/v1/organisations/akdb-neu").expect(410);
    app.get("/v1/organisations/akdb").expect(308);
}
