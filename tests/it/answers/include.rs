//! `include`: records about components that are answered with them.

use domain::access::Scope;
use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::{adoption, body, catalogue, component, relation, texts, with};

fn app() -> TestApp {
    catalogue(&[
        body("mv", "state", &["DE-MV"]),
        body("sh", "state", &["DE-SH"]),
        component("eins", "haus", json!({ "roles": { "operator": ["haus"] } })),
        component("zwei", "haus", json!({})),
        adoption("eins", "mv", "live"),
        with(adoption("eins", "sh", "pilot"), json!({ "visibility": "members" })),
        relation("eins", "depends_on", "zwei"),
        json!({ "component": "eins", "key": "dienst", "provider": "haus", "plan": { "de": "Dienst", "en": "Service" } }),
        json!({ "component": "eins", "key": "iso", "scheme": "iso_27001" }),
    ])
}

#[test]
fn a_record_comes_with_what_was_asked_for_and_nothing_else() {
    let app = app();
    let plain = app.get("/v1/components/eins").expect(200).json();
    let answer = app
        .get("/v1/components/eins?include=relations,offers,attestations,adoptions")
        .expect(200)
        .json();
    let mut rest = answer.clone();
    for (name, path) in [
        ("relations", "/v1/components/eins/relations/depends-on/zwei"),
        ("offers", "/v1/components/eins/offers/dienst"),
        ("attestations", "/v1/components/eins/attestations/iso"),
        ("adoptions", "/v1/components/eins/adoptions/mv"),
    ] {
        let one = app.get(path).expect(200).json();
        assert_eq!(answer[name], json!({ "items": [one], "total": 1 }), "{name}");
        rest.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(rest, plain);
    let offers = app.get("/v1/components/eins?include=offers").expect(200).json();
    assert!(offers.get("offers").is_some() && offers.get("adoptions").is_none());
    // Who has none has an empty list; a relation belongs to where it starts.
    let none = app
        .get("/v1/components/zwei?include=relations,offers")
        .expect(200)
        .json();
    assert_eq!(none["relations"], json!({ "items": [], "total": 0 }));
    assert_eq!(none["offers"], json!({ "items": [], "total": 0 }));
}

#[test]
fn a_list_and_a_search_come_with_them_too() {
    let app = app();
    let list = app
        .get("/v1/components?sort=slug&include=adoptions,offers")
        .expect(200)
        .json();
    let one = app
        .get("/v1/components/eins?include=adoptions,offers")
        .expect(200)
        .json();
    let two = app
        .get("/v1/components/zwei?include=offers,adoptions")
        .expect(200)
        .json();
    assert_eq!(list["items"], json!([one, two]));
    let body = json!({ "sort": "slug", "include": ["adoptions", "offers"] });
    let search = app.post("/v1/components/search", &body).expect(200).json();
    assert_eq!(search["items"], list["items"]);
    // Links of a page ask for the same.
    let page = app
        .get("/v1/components?sort=slug&limit=1&include=offers")
        .expect(200)
        .json();
    let next = app.get(page["next"].as_str().unwrap()).expect(200).json();
    assert_eq!(next["items"][0]["offers"]["total"], 0);
}

#[test]
fn fields_choose_of_the_component_and_a_language_speaks_in_both() {
    let app = app();
    let sparse = app
        .get("/v1/components/eins?fields=slug&include=offers")
        .expect(200)
        .json();
    let names: Vec<&String> = sparse.as_object().unwrap().keys().collect();
    assert_eq!(names, ["slug", "offers"]);
    assert_eq!(
        sparse["offers"]["items"][0]["plan"],
        json!({ "de": "Dienst", "en": "Service" })
    );
    let german = app.get("/v1/components/eins?lang=de&include=offers").expect(200);
    assert_eq!(german.header("content-language"), "de");
    let german = german.json();
    assert_eq!(
        (&german["title"], &german["offers"]["items"][0]["plan"]),
        (&json!("Eintrag eins"), &json!("Dienst"))
    );
    let list = app
        .get("/v1/components?fields=slug&lang=en&sort=slug&include=offers")
        .expect(200)
        .json();
    assert_eq!(list["items"][0]["offers"]["items"][0]["plan"], "Service");
    assert_eq!(
        list["items"][1],
        json!({ "slug": "zwei", "offers": { "items": [], "total": 0 } })
    );
}

#[test]
fn an_unknown_name_is_refused_and_so_is_a_noun_that_has_none() {
    let app = app();
    for path in ["/v1/components", "/v1/components/eins"] {
        let errors = app.get(&format!("{path}?include=offers,preise")).expect(400).errors();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].starts_with("include: unknown"), "{errors:?}");
    }
    app.get("/v1/organisations?include=adoptions").expect(400);
    app.get("/v1/organisations/mv?include=adoptions").expect(400);
}

#[test]
fn fifty_come_along_those_that_still_count_first_and_the_total_tells_of_the_others() {
    let app = catalogue(&[component("eins", "haus", json!({}))]);
    let attestation = |n: usize, until: &str| json!({ "component": "eins", "key": format!("a-{n:02}"), "scheme": "iso_27001", "validUntil": until });
    let expired = (0..10).map(|n| attestation(n, "2026-11-22"));
    let holds = (10..60).map(|n| attestation(n, "2026-11-23"));
    app.import(&expired.chain(holds).collect::<Vec<_>>());
    let path = "/v1/components/eins?include=attestations";
    let answer = app.get(path).expect(200).json();
    assert_eq!(answer["attestations"]["total"], 60);
    let keys = |answer: &Value| -> Vec<String> {
        let keys = texts(&answer["attestations"]["items"], "key").into_iter();
        keys.map(str::to_owned).collect()
    };
    let expected: Vec<String> = (10..60).map(|n| format!("a-{n:02}")).collect();
    assert_eq!(keys(&answer), expected);
    // When all of them have expired, they stand in the order in which they came.
    app.clock.advance(86_400);
    app.follow();
    let later = app.get(path).expect(200).json();
    let expected: Vec<String> = (0..50).map(|n| format!("a-{n:02}")).collect();
    assert_eq!(keys(&later), expected);
    assert_eq!(later["attestations"]["items"][0]["expired"], true);
}

#[test]
fn its_tag_changes_with_what_comes_along_and_is_no_precondition_of_a_write() {
    let app = app();
    let path = "/v1/components/eins?include=adoptions";
    let plain = app.get("/v1/components/eins").expect(200).header("etag").to_owned();
    let tag = app.get(path).expect(200).header("etag").to_owned();
    assert_ne!(tag, plain);
    app.get_with(path, &[("if-none-match", &tag)]).expect(304);
    app.get_with(path, &[("if-none-match", &plain)]).expect(200);
    let other = app
        .get("/v1/components/eins?include=offers")
        .expect(200)
        .header("etag")
        .to_owned();
    assert_ne!(tag, other);
    app.import(&[adoption("eins", "mv", "ended")]);
    let changed = app.get_with(path, &[("if-none-match", &tag)]).expect(200);
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(changed.json()["adoptions"]["items"][0]["stage"], "ended");
    // The component itself is the same.
    assert_eq!(app.get("/v1/components/eins").expect(200).header("etag"), plain);
    let token = Token::of("haus").scopes(&[Scope::ComponentsWrite]).sign();
    let mut document = component("eins", "haus", json!({}));
    document["tags"] = json!(["neu"]);
    let with_tag = app.acting(&token).with("if-match", changed.header("etag"));
    let refused = with_tag.put("/v1/components/eins", &document).expect(400);
    assert_eq!(refused.errors(), ["If-Match: partial_representation"]);
    assert!(refused.text().contains("include"), "{}", refused.text());
    // Nor can what came along be written back with the component.
    let whole = app.get(path).expect(200).json();
    let refused = app
        .acting(&token)
        .with("if-match", &plain)
        .put("/v1/components/eins", &whole)
        .expect(400);
    assert!(
        refused.errors().contains(&"/adoptions: unknown_field".to_owned()),
        "{:?}",
        refused.errors()
    );
    app.acting(&token)
        .with("if-match", &plain)
        .put("/v1/components/eins", &document)
        .expect(200);
    // A patch says itself what it changes: the revision in the tag is enough.
    let read = app.get(path).expect(200);
    let patched = app.acting(&token).with("if-match", read.header("etag"));
    patched
        .patch("/v1/components/eins", &json!({ "tags": ["neuer"] }))
        .expect(200);
    patched
        .patch("/v1/components/eins", &json!({ "tags": ["zu spät"] }))
        .expect(412);
}

#[test]
fn each_reader_gets_what_it_sees_and_a_tag_of_its_own() {
    let app = app();
    app.import(&[
        with(
            json!({ "component": "eins", "key": "intern", "provider": "haus" }),
            json!({ "visibility": "parties" }),
        ),
        with(
            json!({ "component": "eins", "key": "entwurf", "provider": "haus" }),
            json!({ "publication": "draft" }),
        ),
        with(
            json!({ "component": "eins", "key": "weg", "provider": "haus" }),
            json!({ "publication": "withdrawn" }),
        ),
    ]);
    let path = "/v1/components/eins?include=adoptions,offers";
    let public = app.get(path).expect(200);
    let as_one = |organisation: &str| app.acting(&Token::of(organisation).sign()).get(path).expect(200);
    let seen = |answer: &tests::Answer| {
        let json = answer.json();
        let list = |name: &str, member: &str| {
            let items = texts(&json[name]["items"], member);
            assert_eq!(json[name]["total"], items.len());
            items.join(" ")
        };
        format!("{} / {}", list("adoptions", "organisation"), list("offers", "key"))
    };
    assert_eq!(seen(&public), "mv / dienst");
    assert_eq!(seen(&as_one("mv")), "mv sh / dienst");
    // What was withdrawn comes along with nothing.
    assert_eq!(seen(&as_one("haus")), "mv sh / dienst intern entwurf");
    let tags = [public, as_one("mv"), as_one("haus")].map(|answer| answer.header("etag").to_owned());
    assert!(
        tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2],
        "{tags:?}"
    );
    let list = app
        .get("/v1/components?slug=eins&include=adoptions,offers")
        .expect(200)
        .text();
    for hidden in ["intern", "entwurf", "weg", "\"sh\""] {
        assert!(!list.contains(hidden), "{hidden}: {list}");
    }
}

#[test]
fn a_page_takes_two_thousand_as_many_of_each_as_of_the_others() {
    const BODIES: usize = 30;
    const COMPONENTS: usize = 100;
    let mut records: Vec<Value> = Vec::new();
    records.extend((0..BODIES).map(|n| body(&format!("stelle-{n}"), "state", &["DE-MV"])));
    for n in 0..COMPONENTS {
        let slug = format!("eintrag-{n:03}");
        records.push(component(&slug, "haus", json!({})));
        records.push(json!({ "component": slug, "key": "dienst", "provider": "haus" }));
        records.extend((0..BODIES).map(|n| adoption(&slug, &format!("stelle-{n}"), "live")));
    }
    // As well where the view keeps no bodies, and all come from the store.
    for body_bytes in [verbundkatalog::state::Limits::default().body_bytes, 0] {
        let limits = verbundkatalog::state::Limits {
            body_bytes,
            ..Default::default()
        };
        let app = TestApp::over(testdb::TestDb::sqlite(), limits);
        app.import(&[body("haus", "it_provider", &["DE-SH"])]);
        app.import(&records);
        let address = "/v1/components?sort=slug&include=adoptions,offers&limit";
        let page = app.get(&format!("{address}=100")).expect(200).json();
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["adoptions"]["items"].as_array().unwrap().len(), 19);
            assert_eq!(item["adoptions"]["total"], BODIES);
            assert_eq!(item["offers"]["items"][0]["component"], item["slug"]);
            let first = &item["adoptions"]["items"][18]["component"];
            assert_eq!(*first, item["slug"]);
        }
        let page = app.get(&format!("{address}=60")).expect(200).json();
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["adoptions"]["items"].as_array().unwrap().len(), BODIES);
        }
    }
}
