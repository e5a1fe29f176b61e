use serde_json::{Value, json};
use tests::{Token, url};

use super::{patch, place, walk};

/// What the parameters mean, said once more and plainly.
fn wanted(event: &Value, parameters: &[(&str, &str)]) -> bool {
    parameters.iter().all(|(name, value)| {
        let one_of = |member: &str| value.split(',').any(|v| event[member] == v);
        match *name {
            "type" => value
                .split(',')
                .any(|v| event["type"].as_str().unwrap().ends_with(&format!(".{v}"))),
            "noun" => one_of("noun"),
            "subject" => event["subject"] == *value || event["slug"] == *value,
            "organisation" => one_of("owner") || one_of("party"),
            "after" => place(event) > value.parse().unwrap(),
            "before" => place(event) < value.parse().unwrap(),
            "from" => event["time"].as_str().unwrap() >= *value,
            "to" => event["time"].as_str().unwrap() <= *value,
            other => panic!("{other}"),
        }
    })
}

#[test]
fn filters_find_what_a_look_at_every_event_finds() {
    let app = super::world();
    let bearer = format!("Bearer {}", Token::admin().sign());
    let admin = [("authorization", bearer.as_str())];
    let time = "2026-11-23T09:30:03.000000Z";
    for headers in [&[] as &[(&str, &str)], &admin] {
        let all = walk(&app, "/v1/events?limit=1000", headers);
        let id = all.iter().find(|e| e["slug"] == "offen").unwrap()["subject"]
            .as_str()
            .unwrap()
            .to_owned();
        let cases: Vec<Vec<(&str, &str)>> = vec![
            vec![("type", "updated")],
            vec![("type", "created,withdrawn"), ("noun", "component")],
            vec![("noun", "organisation"), ("organisation", "dataport")],
            vec![("organisation", "dataport,akdb")],
            vec![("subject", "offen")],
            vec![("subject", &id)],
            vec![("subject", "werdegang"), ("type", "published,updated")],
            vec![("from", time)],
            vec![("to", time), ("noun", "component")],
            vec![("from", time), ("to", time)],
            vec![("after", "100"), ("before", "133"), ("type", "created")],
            vec![("type", "purged")],
        ];
        for parameters in cases {
            let expected: Vec<&Value> = all.iter().filter(|event| wanted(event, &parameters)).collect();
            for limit in ["2", "1000"] {
                let mut given = parameters.clone();
                given.push(("limit", limit));
                let found = walk(&app, &url("/v1/events", &given), headers);
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{given:?}");
            }
            let narrow = !parameters.iter().any(|(name, _)| matches!(*name, "type" | "subject"));
            assert!(!expected.is_empty() || !narrow, "{parameters:?}");
        }
    }
}

#[test]
fn a_record_and_an_organisation_are_found_by_the_names_they_had() {
    let app = super::world();
    let token = super::editor("dataport").sign();
    let admin = Token::admin().sign();
    patch(
        &app.acting(&token),
        "/v1/components/offen",
        &json!({"slug": "umbenannt"}),
    );
    let of = |subject: &str| {
        let found = walk(&app, &format!("/v1/events?noun=component&subject={subject}"), &[]);
        found.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(of("offen"), of("umbenannt"));
    assert_eq!(of("offen").len(), 3);
    let before = walk(&app, "/v1/events?organisation=dataport&limit=1000", &[]);
    patch(
        &app.acting(&admin),
        "/v1/organisations/dataport",
        &json!({"slug": "dataport-neu"}),
    );
    let after = walk(&app, "/v1/events?organisation=dataport-neu&limit=1000", &[]);
    assert!(after.len() > before.len());
    let ids = |events: &[Value]| events.iter().map(place).collect::<Vec<_>>();
    assert_eq!(ids(&after)[..before.len()], ids(&before));
}

#[test]
fn a_hidden_record_does_not_stand_before_a_public_one_of_the_same_name() {
    let app = super::world();
    let mut draft = crate::components::component("akdb", "Heißt wie eine Organisation");
    draft["publication"] = json!("draft");
    app.import(&[draft]);
    let nouns = |headers: &[(&str, &str)]| {
        let found = walk(&app, "/v1/events?subject=akdb", headers);
        found
            .iter()
            .map(|e| e["noun"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(nouns(&[]), ["organisation"]);
    let bearer = format!("Bearer {}", super::editor("dataport").sign());
    assert_eq!(nouns(&[("authorization", &bearer)]), ["component"]);
}
