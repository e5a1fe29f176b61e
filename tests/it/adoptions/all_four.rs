//! What holds of adoptions, offers, attestations and relations alike.

use serde_json::{Value, json};
use tests::Answer;

use super::{admin, changing, editor, world};

const NOUNS: [&str; 4] = ["adoptions", "offers", "attestations", "relations"];

/// A record of each noun about a component, that an organisation with a part in it writes.
fn about(noun: &str, component: &str, organisation: &str) -> Value {
    match noun {
        "adoptions" => json!({ "component": component, "organisation": organisation, "stage": "live" }),
        "offers" => json!({ "component": component, "key": "dienst", "provider": organisation }),
        "attestations" => json!({ "component": component, "key": "dsfa", "scheme": "dpia" }),
        "relations" => json!({ "component": component, "type": "depends_on", "target": "grundlage" }),
        other => panic!("no such noun: {other}"),
    }
}

/// Last part of the address of such a record.
fn place(noun: &str, organisation: &str) -> String {
    match noun {
        "adoptions" => organisation.to_owned(),
        "offers" => "dienst".to_owned(),
        "attestations" => "dsfa".to_owned(),
        "relations" => "depends-on/grundlage".to_owned(),
        other => panic!("no such noun: {other}"),
    }
}

/// The answer without what is another one in every answer.
fn sameness(answer: &Answer) -> String {
    let id = answer.header("x-request-id");
    assert!(!id.is_empty());
    format!("{} {}", answer.status, answer.text().replace(id, "…"))
}

#[test]
fn a_hidden_target_is_answered_like_one_that_is_missing() {
    let hidden = world();
    let missing = world();
    admin(&missing).delete("/v1/components/entwurf?purge=true").expect(204);
    let mut relation = about("relations", "baustein", "lieferant");
    relation["target"] = json!("entwurf");
    let mut with_slug = relation.clone();
    with_slug["slug"] = json!("meine");
    let mut drafted = with_slug.clone();
    drafted["publication"] = json!("draft");
    for body in [&relation, &with_slug, &drafted] {
        for path in ["/v1/relations", "/v1/relations?dryRun=true"] {
            let ask = |app| editor(app, "lieferant").post(path, body);
            let (one, other) = (ask(&hidden), ask(&missing));
            assert_eq!(one.status, 400, "{}", one.text());
            assert_eq!(sameness(&one), sameness(&other), "{body}");
        }
        let path = "/v1/components/baustein/relations/depends-on/entwurf";
        let ask = |app| editor(app, "lieferant").with("if-none-match", "*").put(path, body);
        let (one, other) = (ask(&hidden), ask(&missing));
        assert!(matches!(one.status, 400 | 404), "{}", one.text());
        assert_eq!(sameness(&one), sameness(&other), "{body}");
    }
    // A hidden component at the other end, too.
    for noun in NOUNS {
        for slug in [None, Some("meine")] {
            let mut body = about(noun, "entwurf", "lieferant");
            if let Some(slug) = slug {
                body["slug"] = json!(slug);
            }
            let ask = |app| editor(app, "lieferant").post(&format!("/v1/{noun}"), &body);
            let (one, other) = (ask(&hidden), ask(&missing));
            assert!(matches!(one.status, 400 | 403), "{}", one.text());
            assert_eq!(sameness(&one), sameness(&other), "{body}");
        }
    }
}

#[test]
fn an_organisation_that_a_record_names_is_not_purged() {
    for noun in NOUNS {
        let app = world();
        let body = about(noun, "baustein", "lieferant");
        let made = editor(&app, "lieferant")
            .post(&format!("/v1/{noun}"), &body)
            .expect(201);
        let purge = "/v1/organisations/lieferant?purge=true";
        let is_refused = || {
            for path in [purge, "/v1/organisations/lieferant?purge=true&dryRun=true"] {
                let refused = admin(&app).delete(path).expect(409).json();
                let detail = refused["detail"].as_str().unwrap();
                assert!(detail.contains(noun) && detail.contains("purge them first"), "{detail}");
            }
        };
        is_refused();
        // A tombstone names it, too.
        let path = made.header("location").to_owned();
        changing(&app, "lieferant").delete(&path).expect(204);
        is_refused();
        admin(&app).delete(&format!("{path}?purge=true")).expect(204);
        admin(&app).delete(purge).expect(204);
    }
    // The operator is named, even where it is nothing else.
    let app = world();
    let roles = json!({ "roles": { "operator": ["dritte"] } });
    changing(&app, "haus")
        .patch("/v1/components/baustein", &roles)
        .expect(200);
    let body = about("adoptions", "baustein", "amt");
    let made = editor(&app, "amt").post("/v1/adoptions", &body).expect(201).json();
    assert_eq!(made["operator"], "dritte");
    admin(&app).delete("/v1/organisations/dritte?purge=true").expect(409);
}

#[test]
fn a_filter_by_the_id_of_a_hidden_component_never_shows_its_name() {
    let app = world();
    let entwurf = admin(&app).get("/v1/components/entwurf").expect(200).json();
    let id = entwurf["id"].as_str().unwrap();
    for noun in NOUNS {
        let made = editor(&app, "haus")
            .post(&format!("/v1/{noun}"), &about(noun, "entwurf", "haus"))
            .expect(201);
        assert_eq!(made.json()["publication"], "draft");
        editor(&app, "haus")
            .post(&format!("/v1/{noun}"), &about(noun, "baustein", "haus"))
            .expect(201);
        let path = format!("/v1/{noun}?component={id}&facets=component");
        for answer in [app.get(&path), editor(&app, "amt").get(&path)] {
            let answer = answer.expect(200);
            assert_eq!(answer.total(), 0);
            assert!(!answer.text().contains("entwurf"), "{noun}: {}", answer.text());
        }
        // Its owner knows it by its name.
        let owners = editor(&app, "haus").get(&path).expect(200);
        assert!(owners.text().contains("entwurf"), "{}", owners.text());
    }
    let mut to = about("relations", "baustein", "haus");
    to["target"] = json!("entwurf");
    editor(&app, "haus").post("/v1/relations", &to).expect(201);
    for path in [
        format!("/v1/relations?target={id}&facets=target"),
        format!("/v1/components?relations.dependsOn={id}&facets=relations.dependsOn"),
    ] {
        let answer = app.get(&path);
        assert!(!answer.text().contains("entwurf"), "{path}: {}", answer.text());
    }
}

#[test]
fn the_location_of_what_was_made_is_its_address_below_the_component() {
    let app = world();
    for noun in NOUNS {
        let lieferant = editor(&app, "lieferant");
        let made = lieferant
            .post(&format!("/v1/{noun}"), &about(noun, "baustein", "lieferant"))
            .expect(201);
        let location = made.header("location").to_owned();
        let place = place(noun, "lieferant");
        assert_eq!(location, format!("/v1/components/baustein/{noun}/{place}"));
        assert_eq!(app.get(&location).expect(200).json()["id"], made.json()["id"]);
        let patch = json!({ "sources": [{ "title": "Quelle", "url": "https://example.org/quelle" }] });
        let changed = changing(&app, "lieferant").patch(&location, &patch).expect(200).json();
        assert_eq!((&changed["id"], &changed["revision"]), (&made.json()["id"], &json!(2)));
    }
}

#[test]
fn who_recorded_it_is_the_writer_that_has_a_role_and_stays_so() {
    for noun in ["attestations", "relations"] {
        let app = world();
        let list = format!("/v1/{noun}");
        let path = format!("/v1/components/baustein/{noun}/{}", place(noun, ""));
        let made = editor(&app, "lieferant")
            .post(&list, &about(noun, "baustein", ""))
            .expect(201)
            .json();
        assert_eq!(made["recordedBy"], "lieferant", "{noun}");
        let mut whole = about(noun, "baustein", "");
        whole["sources"] = json!([{ "title": "Quelle", "url": "https://example.org/quelle" }]);
        let kept = changing(&app, "lieferant").put(&path, &whole).expect(200).json();
        assert_eq!(
            (&kept["recordedBy"], &kept["revision"]),
            (&json!("lieferant"), &json!(2))
        );
        // Whoever edits it, it does not change hands by saying nothing.
        whole["sources"] = json!([{ "title": "Quelle", "url": "https://example.org/andere" }]);
        let kept = admin(&app).put(&path, &whole).expect(200).json();
        assert_eq!(
            (&kept["recordedBy"], &kept["revision"]),
            (&json!("lieferant"), &json!(3))
        );
        let kept = changing(&app, "lieferant")
            .patch(&path, &json!({ "recordedBy": null }))
            .expect(200)
            .json();
        assert_eq!(kept["recordedBy"], "lieferant");
        changing(&app, "haus")
            .put(&path, &about(noun, "baustein", ""))
            .expect(403);
        // Without a role of the writer, it is the owner's, and not for others to write.
        let grundlage = match noun {
            "relations" => json!({ "component": "grundlage", "type": "depends_on", "target": "baustein" }),
            _ => about(noun, "grundlage", ""),
        };
        editor(&app, "dritte").post(&list, &grundlage).expect(403);
        let made = app
            .acting(&tests::Token::admin().sign())
            .post(&list, &grundlage)
            .expect(201)
            .json();
        assert_eq!(made["recordedBy"], "haus", "{noun}");
    }
}
