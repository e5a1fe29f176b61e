//! `GET /v1/coverage`.

use serde_json::{Value, json};
use tests::TestApp;

use super::{adoption, body, catalogue, component, texts, with};

const WOHNGELD: &str = "99107023000000";
const BAUANTRAG: &str = "99012070000000";

fn ask(app: &TestApp, query: &str) -> Value {
    app.get(&format!("/v1/coverage?{query}")).expect(200).json()
}

fn keys(answer: &Value) -> Vec<&str> {
    texts(&answer["rows"], "key")
}

fn row<'v>(answer: &'v Value, key: &str) -> &'v Value {
    let rows = answer["rows"].as_array().unwrap();
    let found = rows.iter().find(|row| row["key"] == key);
    found.unwrap_or_else(|| panic!("no row {key}: {:?}", keys(answer)))
}

fn cell(status: &str, [live, pilot, planned]: [u32; 3], components: &[&str]) -> Value {
    json!({ "status": status, "live": live, "pilot": pilot, "planned": planned, "components": components })
}

/// What a row has in a state.
#[track_caller]
fn holds(row: &Value, state: &str, expected: Value) {
    let cells = row["states"].as_array().unwrap();
    assert_eq!(cells.len(), 16);
    let found = cells.iter().find(|cell| cell["state"] == state).unwrap();
    assert_eq!(*found, with(expected, json!({ "state": state })));
}

/// Two rivals for one service, of two kinds, in four states; one body has two states.
fn app() -> TestApp {
    let service = |key: &str, kind: &str| json!({ "kind": kind, "services": [key] });
    catalogue(
        &[
            body("mv", "state", &["DE-MV"]),
            body("sh", "state", &["DE-SH"]),
            body("hh", "state", &["DE-HH"]),
            body("nord", "joint_institution", &["DE-SH", "DE-HB"]),
            component("alpha", "haus", service(WOHNGELD, "online_service")),
            component("beta", "haus", service(WOHNGELD, "online_service")),
            component(
                "gamma",
                "haus",
                json!({ "kind": "platform", "services": [WOHNGELD, BAUANTRAG], "tags": ["neu"] }),
            ),
            component("ungenutzt", "haus", json!({ "kind": "ai_tool" })),
            adoption("alpha", "mv", "live"),
            adoption("alpha", "sh", "pilot"),
            adoption("beta", "mv", "pilot"),
            adoption("beta", "nord", "live"),
            adoption("beta", "hh", "ended"),
            adoption("gamma", "mv", "interested"),
            adoption("gamma", "hh", "declined"),
        ]
        .map(|record| match record["stage"].as_str() {
            Some("declined") => with(record, json!({ "reason": { "de": "Zu teuer." } })),
            _ => record,
        }),
    )
}

#[test]
fn by_kind_each_state_shows_how_far_the_furthest_is_and_which_rivals_stand_there() {
    let app = app();
    let answer = ask(&app, "by=kind");
    assert_eq!(keys(&answer), ["ai_tool", "online_service", "platform"]);
    assert_eq!(answer["total"], 3);
    assert_eq!(answer["asOf"], app.store().head().unwrap().0);
    assert!(answer.get("next").is_none() && answer.get("bodiesTotal").is_none());
    let services = row(&answer, "online_service");
    // Live covers a trial, a trial what is planned; what ended covers nothing.
    holds(services, "DE-MV", cell("live", [1, 1, 0], &["alpha", "beta"]));
    holds(services, "DE-SH", cell("live", [1, 1, 0], &["beta", "alpha"]));
    holds(services, "DE-HB", cell("live", [1, 0, 0], &["beta"]));
    holds(services, "DE-HH", cell("none", [0, 0, 0], &[]));
    let gaps = services["gaps"].as_array().unwrap();
    assert_eq!(gaps.len(), 13);
    assert!(gaps.contains(&json!("DE-HH")) && !gaps.contains(&json!("DE-SH")));
    assert_eq!(
        services["components"],
        json!([
            { "slug": "beta", "title": "Eintrag beta", "live": 2 },
            { "slug": "alpha", "title": "Eintrag alpha", "live": 1 },
        ])
    );
    assert_eq!(services["componentsTotal"], 2);
    let platforms = row(&answer, "platform");
    holds(platforms, "DE-MV", cell("planned", [0, 0, 1], &["gamma"]));
    assert_eq!(
        platforms["components"],
        json!([{ "slug": "gamma", "title": "Eintrag gamma", "live": 0 }])
    );
    // What is only planned is no rival yet.
    assert_eq!(platforms["componentsTotal"], 0);
    let nowhere = row(&answer, "ai_tool");
    assert_eq!(nowhere["gaps"].as_array().unwrap().len(), 16);
    assert_eq!(nowhere["components"], json!([]));
}

#[test]
fn by_service_a_component_counts_for_each_of_its_keys() {
    let answer = ask(&app(), "by=service");
    assert_eq!(keys(&answer), [BAUANTRAG, WOHNGELD]);
    holds(
        row(&answer, WOHNGELD),
        "DE-MV",
        cell("live", [1, 1, 1], &["alpha", "beta", "gamma"]),
    );
    holds(row(&answer, BAUANTRAG), "DE-MV", cell("planned", [0, 0, 1], &["gamma"]));
    assert_eq!(row(&answer, WOHNGELD)["componentsTotal"], 2);
}

#[test]
fn by_component_filters_of_the_list_choose_the_rows() {
    let app = app();
    assert_eq!(
        keys(&ask(&app, "by=component")),
        ["alpha", "beta", "gamma", "ungenutzt"]
    );
    assert_eq!(keys(&ask(&app, "by=component&kind=online_service")), ["alpha", "beta"]);
    assert_eq!(keys(&ask(&app, "by=component&adoptions.liveIn=DE-HB")), ["beta"]);
    assert_eq!(keys(&ask(&app, "by=component&q=gamma")), ["gamma"]);
    assert_eq!(
        keys(&ask(&app, "by=component&tags.exists=false&kind.not=ai_tool")),
        ["alpha", "beta"]
    );
    let one = ask(&app, "by=service&tags=neu");
    assert_eq!(keys(&one), [BAUANTRAG, WOHNGELD]);
    // Others with the same key do not count any more.
    holds(row(&one, WOHNGELD), "DE-MV", cell("planned", [0, 0, 1], &["gamma"]));
    assert_eq!(ask(&app, "by=kind&tags=gibtsnicht")["rows"], json!([]));
}

#[test]
fn pages_go_on_after_the_row_that_was_named() {
    let app = app();
    let whole = ask(&app, "by=component");
    for limit in [1, 2, 3, 4] {
        let mut rows = Vec::new();
        let mut after = String::new();
        loop {
            let page = ask(&app, &format!("by=component&limit={limit}{after}"));
            assert_eq!(page["total"], 4);
            assert!(page["rows"].as_array().unwrap().len() <= limit);
            rows.extend(page["rows"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
            assert!(rows.len() < 5, "{limit}");
        }
        assert_eq!(json!(rows), whole["rows"], "{limit}");
    }
    assert_eq!(ask(&app, "by=component&after=zzz")["rows"], json!([]));
}

#[test]
fn with_a_state_the_columns_are_its_municipalities_and_associations_with_and_without() {
    let app = app();
    app.import(&[
        with(body("rostock", "municipality", &[]), json!({ "regionKey": "13003000" })),
        with(
            body("amt", "municipal_association", &["DE-MV"]),
            json!({ "regionKey": "130735253" }),
        ),
        body("schwerin", "municipality", &["DE-MV"]),
        with(body("kiel", "municipality", &[]), json!({ "regionKey": "01002000" })),
        with(
            body("entwurf", "municipality", &["DE-MV"]),
            json!({ "publication": "draft" }),
        ),
    ]);
    app.import(&[
        adoption("alpha", "rostock", "pilot"),
        adoption("beta", "rostock", "contracted"),
        adoption("alpha", "amt", "live"),
        adoption("beta", "schwerin", "ended"),
        adoption("alpha", "kiel", "live"),
    ]);
    let answer = ask(&app, "by=kind&state=DE-MV");
    // The state itself is none of its bodies.
    assert_eq!(answer["bodiesTotal"], 3);
    let services = row(&answer, "online_service");
    assert_eq!(
        services["bodies"],
        json!([
            with(cell("live", [1, 0, 0], &["alpha"]), json!({ "organisation": "amt" })),
            with(
                cell("pilot", [0, 1, 1], &["alpha", "beta"]),
                json!({ "organisation": "rostock" })
            ),
        ])
    );
    assert_eq!(services["bodiesWithout"], json!(["schwerin"]));
    assert_eq!(
        services["components"][0],
        json!({ "slug": "alpha", "title": "Eintrag alpha", "live": 1 })
    );
    assert_eq!((&services["states"], &services["gaps"]), (&json!([]), &json!([])));
    assert_eq!(
        row(&answer, "ai_tool")["bodiesWithout"],
        json!(["amt", "rostock", "schwerin"])
    );
    assert_eq!(ask(&app, "by=kind&state=13"), answer);
    // On the map of states they count for theirs.
    holds(
        row(&ask(&app, "by=component"), "alpha"),
        "DE-SH",
        cell("live", [1, 0, 0], &["alpha"]),
    );
}

#[test]
fn everything_that_is_wrong_with_the_parameters_is_told_at_once() {
    let app = app();
    let errors = |query: &str| app.get(&format!("/v1/coverage?{query}")).expect(400).errors();
    assert_eq!(errors(""), ["by: required"]);
    assert_eq!(
        errors("by=land&state=DE-XX&limit=201&sort=title&include=offers&kind=plattform&gibtsNicht=1"),
        [
            "by: unknown_value",
            "gibtsNicht: unknown_parameter",
            "include: not_possible",
            "kind: unknown_value",
            "limit: out_of_range",
            "sort: not_possible",
            "state: unknown_state",
        ]
    );
    assert_eq!(errors("by=kind&by=service"), ["by: repeated"]);
}
