//! `POST /v1/components/match`.

use serde_json::{Value, json};
use tests::TestApp;

use super::{adoption, body, catalogue, component, texts, with};

fn ask(app: &TestApp, body: &Value) -> Value {
    app.post("/v1/components/match", body).expect(200).json()
}

fn slugs(answer: &Value) -> Vec<&str> {
    texts(&answer["candidates"], "slug")
}

/// `slug need verdict` of all candidates.
fn verdicts(answer: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for candidate in answer["candidates"].as_array().unwrap() {
        for need in candidate["needs"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            all.push(format!(
                "{} {} {}",
                text(&candidate["slug"]),
                text(&need["need"]),
                text(&need["verdict"])
            ));
        }
    }
    all
}

#[test]
fn what_fails_a_must_is_no_candidate_and_what_is_unknown_stays_behind_what_is_met() {
    let open = json!({ "licence": "EUPL-1.2" });
    let app = catalogue(&[
        component("unbekannt", "haus", json!({})),
        component("geschlossen", "haus", json!({ "licence": "LicenseRef-geschlossen" })),
        component("andere-art", "haus", with(open.clone(), json!({ "kind": "ai_tool" }))),
        component("offen", "haus", open.clone()),
        component(
            "offen-als-dienst",
            "haus",
            with(open.clone(), json!({ "deployment": ["saas"] })),
        ),
        component(
            "offen-selbst",
            "haus",
            with(open, json!({ "deployment": ["self_hosted"], "levels": ["municipal"] })),
        ),
    ]);
    let answer = ask(
        &app,
        &json!({
            "must": { "kind": "platform", "licence": "EUPL-1.2" },
            "should": { "deployment": ["saas", "shared_instance"] },
            "may": { "levels": "municipal" },
        }),
    );
    // Each must that is met counts 16, one that may be met 4; a should 8 and 2; a may 2 and 0.
    // 32 + 8 + 0, 32 + 2 + 0, 32 + 0 + 2: of equals, the one that was there first; 20 + 2 + 0.
    assert_eq!(
        slugs(&answer),
        ["offen-als-dienst", "offen", "offen-selbst", "unbekannt"]
    );
    assert_eq!(answer["total"], 4);
    assert_eq!(answer["asOf"], app.store().head().unwrap().0);
    let needs = |candidate: usize| answer["candidates"][candidate]["needs"].clone();
    let need = |level: &str, need: &str, verdict: &str, values: &[&str]| json!({ "level": level, "need": need, "verdict": verdict, "values": values });
    assert_eq!(
        needs(0),
        json!([
            need("must", "kind", "met", &["platform"]),
            need("must", "licence", "met", &["EUPL-1.2"]),
            need("should", "deployment", "met", &["saas"]),
            need("may", "levels", "unknown", &[]),
        ])
    );
    assert_eq!(
        needs(2),
        json!([
            need("must", "kind", "met", &["platform"]),
            need("must", "licence", "met", &["EUPL-1.2"]),
            need("should", "deployment", "not_met", &["self_hosted"]),
            need("may", "levels", "met", &["municipal"]),
        ])
    );
    assert_eq!(needs(3)[1], need("must", "licence", "unknown", &[]));
    let counts: Vec<(i64, i64)> = answer["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["met"].as_i64().unwrap(), c["unknown"].as_i64().unwrap()))
        .collect();
    assert_eq!(counts, [(3, 1), (2, 2), (3, 0), (1, 3)]);
}

#[test]
fn a_limit_shortens_the_list_and_not_its_total() {
    let records: Vec<Value> = (0..12)
        .map(|i| component(&format!("eins-{i:02}"), "haus", json!({})))
        .collect();
    let app = catalogue(&records);
    let kind = json!({ "must": { "kind": "platform" } });
    let answer = ask(&app, &kind);
    assert_eq!((slugs(&answer).len(), &answer["total"]), (10, &json!(12)));
    let answer = ask(&app, &with(kind.clone(), json!({ "limit": 2 })));
    assert_eq!(
        (slugs(&answer), &answer["total"]),
        (vec!["eins-00", "eins-01"], &json!(12))
    );
    let answer = ask(&app, &with(kind, json!({ "limit": 50 })));
    assert_eq!(slugs(&answer).len(), 12);
}

#[test]
fn an_overdue_one_comes_after_its_equals_and_one_that_is_live_in_more_states_before() {
    let app = catalogue(&[
        body("mv", "state", &["DE-MV"]),
        body("sh", "state", &["DE-SH"]),
        component("alt", "haus", json!({ "nextReviewOn": "2026-11-22" })),
        component("still", "haus", json!({ "nextReviewOn": "2026-11-23" })),
        component("ein-land", "haus", json!({})),
        component("zwei-laender", "haus", json!({})),
        adoption("alt", "mv", "live"),
        adoption("ein-land", "mv", "live"),
        adoption("still", "mv", "pilot"),
        adoption("zwei-laender", "mv", "live"),
        adoption("zwei-laender", "sh", "live"),
    ]);
    let answer = ask(&app, &json!({ "must": { "kind": "platform" } }));
    assert_eq!(slugs(&answer), ["zwei-laender", "ein-land", "still", "alt"]);
    let told: Vec<(i64, bool)> = answer["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["liveStates"].as_i64().unwrap(), c["overdue"].as_bool().unwrap()))
        .collect();
    assert_eq!(told, [(2, false), (1, false), (0, false), (1, true)]);
}

#[test]
fn a_protection_need_is_met_by_a_higher_one() {
    let with_need = |slug: &str, need: &str| component(slug, "haus", json!({ "protection": { "integrity": need } }));
    let app = catalogue(&[
        with_need("normal", "normal"),
        with_need("hoch", "high"),
        with_need("sehr-hoch", "very_high"),
        component(
            "offen-gelassen",
            "haus",
            json!({ "protection": { "availability": "very_high" } }),
        ),
    ]);
    let must = |need: Value| json!({ "must": { "protection.integrity": need } });
    let answer = ask(&app, &must(json!("high")));
    assert_eq!(slugs(&answer), ["hoch", "sehr-hoch", "offen-gelassen"]);
    assert_eq!(answer["candidates"][1]["needs"][0]["values"], json!(["very_high"]));
    assert_eq!(answer["candidates"][2]["needs"][0]["verdict"], "unknown");
    assert_eq!(
        slugs(&ask(&app, &must(json!("very_high")))),
        ["sehr-hoch", "offen-gelassen"]
    );
    // Any of both is as good as the lower one.
    assert_eq!(slugs(&ask(&app, &must(json!(["very_high", "normal"])))).len(), 4);
    let shall_not = json!({ "must": { "protection.integrity.not": "high" } });
    assert_eq!(slugs(&ask(&app, &shall_not)), ["normal", "sehr-hoch", "offen-gelassen"]);
}

#[test]
fn what_says_nothing_does_not_meet_that_it_is_none_of_these_and_is_known_to_be_absent() {
    let app = catalogue(&[
        component("frei", "haus", json!({ "licence": "EUPL-1.2" })),
        component("geschlossen", "haus", json!({ "licence": "LicenseRef-geschlossen" })),
        component("ohne", "haus", json!({})),
    ]);
    let shall_not = ask(&app, &json!({ "must": { "licence.not": "LicenseRef-geschlossen" } }));
    let expected = ["frei licence.not met", "ohne licence.not unknown"];
    assert_eq!(verdicts(&shall_not), expected);
    let present = ask(&app, &json!({ "should": { "licence.exists": true } }));
    let expected = [
        "frei licence.exists met",
        "geschlossen licence.exists met",
        "ohne licence.exists not_met",
    ];
    assert_eq!(verdicts(&present), expected);
}

#[test]
fn a_text_alone_must_be_found_and_beside_needs_it_ranks() {
    let named =
        |slug: &str, title: &str, more: Value| component(slug, "haus", with(json!({ "title": { "de": title } }), more));
    let app = catalogue(&[
        named("archiv", "Archivdienst", json!({ "licence": "EUPL-1.2" })),
        named("bauantrag", "Bauantrag online", json!({ "licence": "EUPL-1.2" })),
        named("wohngeld", "Wohngeld", json!({ "licence": "LicenseRef-geschlossen" })),
    ]);
    let alone = ask(&app, &json!({ "text": "Bauantrag" }));
    assert_eq!((slugs(&alone), &alone["total"]), (vec!["bauantrag"], &json!(1)));
    assert_eq!(verdicts(&alone), ["bauantrag text met"]);
    let beside = ask(&app, &json!({ "text": "Bauantrag", "must": { "licence": "EUPL-1.2" } }));
    assert_eq!(slugs(&beside), ["bauantrag", "archiv"]);
    assert_eq!(verdicts(&beside)[2..], ["archiv licence met", "archiv text not_met"]);
    assert_eq!(slugs(&ask(&app, &json!({ "text": "Quittenbrot" }))), [""; 0]);
    // A hit of the text does not outweigh a must.
    let other = ask(&app, &json!({ "text": "Wohngeld", "must": { "licence": "EUPL-1.2" } }));
    assert_eq!(slugs(&other), ["archiv", "bauantrag"]);
}

#[test]
fn needs_across_speak_of_the_records_about_a_component() {
    let app = catalogue(&[
        body("mv", "state", &["DE-MV"]),
        body("sh", "state", &["DE-SH"]),
        component("in-mv", "haus", json!({})),
        component("in-sh", "haus", json!({})),
        component("in-mv-erprobt", "haus", json!({})),
        component("nirgends", "haus", json!({})),
        adoption("in-mv", "mv", "live"),
        adoption("in-mv", "sh", "ended"),
        adoption("in-sh", "sh", "live"),
        adoption("in-mv-erprobt", "mv", "pilot"),
    ]);
    let answer = ask(&app, &json!({ "must": { "adoptions.liveIn": "DE-MV" } }));
    assert_eq!(answer["total"], 3);
    assert_eq!(
        verdicts(&answer),
        [
            "in-mv adoptions.liveIn met",
            "in-mv-erprobt adoptions.liveIn unknown",
            "nirgends adoptions.liveIn unknown",
        ]
    );
    assert_eq!(answer["candidates"][0]["needs"][0]["values"], json!(["DE-MV"]));
    let answer = ask(&app, &json!({ "should": { "adoptions.liveIn": "DE-MV" } }));
    assert_eq!(slugs(&answer), ["in-mv", "in-mv-erprobt", "nirgends", "in-sh"]);
    assert_eq!(
        answer["candidates"][3]["needs"][0],
        json!({ "level": "should", "need": "adoptions.liveIn", "verdict": "not_met", "values": ["DE-SH"] })
    );
    let many = ask(&app, &json!({ "must": { "adoptions.liveStates.gte": 1 } }));
    assert_eq!(slugs(&many), ["in-mv", "in-sh"]);
}

#[test]
fn needs_of_one_noun_are_met_by_one_record_as_in_the_list() {
    let app = catalogue(&[
        body("mv", "state", &["DE-MV"]),
        body("sh", "state", &["DE-SH"]),
        component("beides-in-einer", "haus", json!({})),
        component("auf-zwei-verteilt", "haus", json!({})),
        component("ohne", "haus", json!({})),
        adoption("beides-in-einer", "mv", "live"),
        adoption("auf-zwei-verteilt", "mv", "pilot"),
        adoption("auf-zwei-verteilt", "sh", "live"),
    ]);
    let list = app
        .get("/v1/components?adoptions.state=DE-MV&adoptions.stage=live")
        .expect(200);
    assert_eq!(list.slugs(), ["beides-in-einer"]);
    let both = json!({ "adoptions.state": "DE-MV", "adoptions.stage": "live" });
    assert_eq!(slugs(&ask(&app, &json!({ "must": both }))), ["beides-in-einer", "ohne"]);
    let answer = ask(&app, &json!({ "should": both }));
    assert_eq!(slugs(&answer), ["beides-in-einer", "ohne", "auf-zwei-verteilt"]);
    assert_eq!(answer["candidates"][2]["met"], 0);
    // Of two levels, each is asked by itself.
    let apart = ask(
        &app,
        &json!({ "must": { "adoptions.state": "DE-MV" }, "should": { "adoptions.stage": "live" } }),
    );
    assert_eq!(apart["candidates"][1]["met"], 2);
}

#[test]
fn each_candidate_tells_whether_the_asking_body_may_have_it() {
    let app = catalogue(&[
        body("stadt", "municipality", &["DE-MV"]),
        with(
            body("dienst", "it_provider", &["DE-MV"]),
            json!({ "carriers": ["stadt"], "openMarketShare": 3, "privateCapital": false }),
        ),
        with(
            body("fremd", "it_provider", &["DE-SH"]),
            json!({ "carriers": ["haus"], "openMarketShare": 3, "privateCapital": false }),
        ),
        component(
            "vom-fremden",
            "fremd",
            json!({ "legalBasis": [{ "type": "in_house" }] }),
        ),
        component("ohne-angaben", "fremd", json!({})),
        component(
            "vom-eigenen",
            "dienst",
            json!({ "legalBasis": [{ "type": "in_house" }] }),
        ),
        component(
            "offen",
            "fremd",
            json!({ "licence": "EUPL-1.2", "repository": "https://example.org/offen" }),
        ),
    ]);
    let question = json!({ "must": { "kind": "platform" }, "organisation": "stadt" });
    let answer = ask(&app, &question);
    // What the body may have comes first, what it may not have last.
    assert_eq!(slugs(&answer), ["vom-eigenen", "offen", "ohne-angaben", "vom-fremden"]);
    let last = |candidate: usize| answer["candidates"][candidate]["needs"][1].clone();
    let need = |verdict: &str, values: [&str; 2]| json!({ "level": "should", "need": "organisation", "verdict": verdict, "values": values });
    assert_eq!(last(0), need("met", ["yes", "in_house"]));
    assert_eq!(last(1), need("met", ["yes", "open_licence"]));
    assert_eq!(last(2), need("unknown", ["unclear", "open_licence"]));
    assert_eq!(last(3), need("not_met", ["no", "no_ground"]));
    let counted: Vec<&Value> = answer["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["met"])
        .collect();
    assert_eq!(counted, [2, 2, 1, 1]);
    let id = app.get("/v1/organisations/stadt").expect(200).json()["id"].clone();
    assert_eq!(ask(&app, &with(question, json!({ "organisation": id }))), answer);
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_where() {
    let app = catalogue(&[]);
    let wrong = json!({
        "text": 5,
        "texte": "x",
        "must": { "kind": "plattform", "sort": "title", "adoptions.liveIn": "DE-XX" },
        "should": [],
        "may": { "gibtsNicht": "x", "licence": {} },
        "organisation": 3,
        "limit": 51,
    });
    let errors = app.post("/v1/components/match", &wrong).expect(400).errors();
    assert_eq!(
        errors,
        [
            "/limit: out_of_range",
            "/may/gibtsNicht: unknown_parameter",
            "/may/licence: wrong_type",
            "/must/adoptions.liveIn: unknown_state",
            "/must/kind: unknown_value",
            "/must/sort: not_possible",
            "/organisation: wrong_type",
            "/should: wrong_type",
            "/text: wrong_type",
            "/texte: unknown_field",
        ]
    );
    for (body, expected) in [
        (json!({}), ": required"),
        (json!({ "must": {} }), ": required"),
        (json!([]), ": wrong_type"),
        (json!({ "limit": 0, "text": "x" }), "/limit: out_of_range"),
        (json!({ "limit": 1.5, "text": "x" }), "/limit: out_of_range"),
        (
            json!({ "text": "x", "organisation": "gibtsnicht" }),
            "/organisation: unknown_organisation",
        ),
    ] {
        let errors = app.post("/v1/components/match", &body).expect(400).errors();
        assert_eq!(errors, [expected], "{body}");
    }
    app.post("/v1/components/match?limit=3", &json!({ "text": "x" }))
        .expect(400);
}

#[test]
fn a_body_that_was_withdrawn_asks_for_nothing() {
    let app = catalogue(&[
        body("weg", "municipality", &["DE-MV"]),
        component("eins", "haus", json!({})),
    ]);
    app.import(&[with(
        body("weg", "municipality", &["DE-MV"]),
        json!({ "publication": "withdrawn" }),
    )]);
    let question = json!({ "must": { "kind": "platform" }, "organisation": "weg" });
    let errors = app.post("/v1/components/match", &question).expect(400).errors();
    assert_eq!(errors, ["/organisation: withdrawn"]);
}
