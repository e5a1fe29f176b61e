use serde_json::{Value, json};
use tests::access::{self, Request, Subject};
use tests::{Answer, TestApp, Token, contract, url};

use super::{ACTORS, Actor};

/// Words that stand in records which only some people see, and the organisations whose editors see them. Those who
/// review see all but what is purged.
const WORDS: [(&str, &[&str]); 14] = [
    ("quittenmus", &["fremd"]),
    ("quittenschlug", &["fremd"]),
    ("hagebuttentee", &["eigen", "vertretung"]),
    ("sanddornsaft", &["fremd"]),
    ("schlehenfeuer", &["fremd"]),
    ("holunderbluete", &["fremd"]),
    ("mispelkompott", &["fremd"]),
    ("berberitzen", &["fremd"]),
    ("kornelkirsche", &[]),
    // Of records about components: for members, for the parties, a draft, and one to what nobody knows yet.
    ("zimtstange", &["eigen", "fremd", "dritte", "vertretung", "leitstelle"]),
    ("muskatnuss", &["dritte", "fremd"]),
    ("ingwerknolle", &["eigen", "vertretung"]),
    ("kardamom", &["fremd"]),
    // Where the organisation is that nobody knows yet.
    ("de-sl", &["fremd"]),
];

fn sees(actor: &Actor, word: &str) -> bool {
    let (_, keepers) = WORDS.iter().find(|(known, _)| *known == word).unwrap();
    let reviews = actor.has("changes:approve") && !keepers.is_empty();
    reviews || actor.organisation.is_some_and(|own| keepers.contains(&own))
}

/// A component whose every text holds a word.
fn secret(slug: &str, owner: &str, word: &str) -> Value {
    let mut one = access::component(slug, owner);
    one["title"] = json!({ "de": format!("Dienst {word}") });
    one["summary"] = json!({ "de": format!("Handelt von {word}.") });
    one["aliases"] = json!([format!("Alias {word}")]);
    one["tags"] = json!(["gemeinsam", word]);
    one["repository"] = json!(format!("https://example.org/{word}"));
    one["roles"] = json!({ "operator": ["eigen"] });
    one
}

/// A catalogue with something hidden in every way.
fn world() -> TestApp {
    let app = TestApp::empty();
    let organisation = |slug: &str| json!({ "slug": slug, "kind": "it_provider", "title": { "de": slug } });
    let mut own = organisation("eigen");
    own["delegates"] = json!(["vertretung"]);
    let others = ["fremd", "dritte", "vertretung", "leitstelle"].map(organisation);
    app.import(&[&[own], &others[..]].concat());
    let admin = app.acting(&Token::admin().sign()).with("if-match", "*");
    let maker = app.acting(&Token::admin().sign());
    let make = |noun: &str, document: &Value| maker.post(&format!("/v1/{noun}s"), document).expect(201);
    make("component", &secret("dienst-quittenschlug", "fremd", "quittenmus"));
    make("component", &secret("dienst-eigen", "eigen", "hagebuttentee"));
    // An organisation that nobody knows yet owns something that everybody sees.
    let mut hidden = access::organisation("stelle-x", "fremd");
    hidden["title"] = json!({ "de": "Amt für sanddornsaft" });
    hidden["states"] = json!(["DE-SL"]);
    make("organisation", &hidden);
    make(
        "component",
        &access::published(access::component("von-stelle-x", "stelle-x")),
    );
    // Once a draft with other words; now public without them.
    make("component", &secret("werdegang", "fremd", "schlehenfeuer"));
    let clean = access::published(access::component("werdegang", "fremd"));
    admin.put("/v1/components/werdegang", &clean).expect(200);
    // Public once; now a tombstone, and changed since.
    make(
        "component",
        &access::published(secret("grabstein", "fremd", "holunderbluete")),
    );
    admin.delete("/v1/components/grabstein").expect(204);
    // A change of somebody else's record, by somebody else.
    make("component", &access::published(access::component("offen", "fremd")));
    let proposer = Token::of("fremd")
        .scopes(&[domain::access::Scope::ChangesWrite])
        .subject("proposer")
        .sign();
    let proposal = json!({ "record": "offen", "patch": { "tags": ["mispelkompott"] }, "note": "Wegen berberitzen." });
    app.acting(&proposer).post("/v1/changes", &proposal).expect(201);
    make("component", &secret("vorbei", "fremd", "kornelkirsche"));
    admin.delete("/v1/components/vorbei?purge=true").expect(204);
    make("component", &access::published(access::component("bekannt", "eigen")));
    let mut members = access::about("attestation", "bekannt", "eigen");
    members["visibility"] = json!("members");
    members["value"] = json!("Stufe zimtstange");
    make("attestation", &members);
    let mut parties = access::about("adoption", "offen", "dritte");
    parties["visibility"] = json!("parties");
    parties["localName"] = json!("Dienst muskatnuss");
    make("adoption", &parties);
    let mut draft = access::about("offer", "bekannt", "eigen");
    draft["publication"] = json!("draft");
    draft["plan"] = json!({ "de": "Angebot ingwerknolle" });
    make("offer", &draft);
    let mut hidden = access::about("relation", "offen", "fremd");
    hidden["target"] = json!("werk-kardamom");
    make("component", &access::component("werk-kardamom", "fremd"));
    make("relation", &hidden);
    app
}

/// All that can be asked about anything, and about those words.
fn questions(app: &TestApp, ids: &[String]) -> Vec<Request> {
    let mut asked = Vec::new();
    let mut ask = |id: &str, parameters: &[(&str, &str)]| {
        let operation = contract::operations().into_iter().find(|o| o.id() == id).unwrap();
        let nothing = Subject {
            key: String::new(),
            document: Value::Null,
        };
        let mut request = Request::of(&operation, &nothing);
        request.path = url(operation.path, parameters);
        asked.push(request);
    };
    for (id, facets) in [
        ("listComponents", "kind,owner,tags,owner.state,roles.operator"),
        ("listOrganisations", "kind,states"),
        ("listChanges", "state,noun"),
        ("listAdoptions", "organisation,stage"),
        ("listOffers", "provider"),
        ("listAttestations", "scheme"),
        ("listRelations", "type"),
        (
            "listComponents",
            "adoptions.organisation,adoptions.stage,attestations.scheme,relations.type",
        ),
    ] {
        ask(id, &[("limit", "200"), ("facets", facets)]);
        ask(id, &[("limit", "200"), ("sort", "-updatedAt")]);
        ask(id, &[("limit", "200"), ("lang", "de")]);
    }
    for parameters in [
        [("owner.state", "DE-SL")],
        [("owner", "stelle-x")],
        [("tags", "gemeinsam")],
    ] {
        ask(
            "listComponents",
            &[parameters[0], ("limit", "200"), ("facets", "owner,tags")],
        );
    }
    for (word, _) in WORDS {
        for id in [
            "listComponents",
            "listOrganisations",
            "listAdoptions",
            "listOffers",
            "listAttestations",
            "listRelations",
        ] {
            ask(id, &[("q", word), ("limit", "200")]);
            // Nor does a typo lead there.
            ask(id, &[("q", &word.replacen('e', "ee", 1)), ("limit", "200")]);
        }
        ask("suggestComponents", &[("q", &word[..4]), ("limit", "20")]);
    }
    for order in ["asc", "desc"] {
        ask("listEvents", &[("order", order), ("limit", "1000")]);
    }
    for subject in ["dienst-quittenschlug", "grabstein", "werdegang", "stelle-x", "offen"] {
        ask("listEvents", &[("subject", subject)]);
    }
    ask("listEvents", &[("organisation", "fremd,stelle-x"), ("limit", "1000")]);
    ask("getStatus", &[]);
    ask("getIndex", &[]);
    ask("getMe", &[]);
    // Everything about each record, and what a dry run says of the writes that touch it.
    for operation in contract::operations() {
        let Some(noun) = access::noun(&operation).filter(|_| operation.method == "GET") else {
            continue;
        };
        let keys = [
            "werdegang",
            "offen",
            "bekannt",
            "von-stelle-x",
            "stelle-x",
            "grabstein",
            "vorbei",
            "eigen",
            "fremd",
        ];
        for key in keys.into_iter().chain(ids.iter().map(String::as_str)) {
            let about = Subject {
                key: key.to_owned(),
                document: Value::Null,
            };
            let request = Request::of(&operation, &about);
            if noun != "change" && operation.path.contains("{revision}") {
                let mut second = request.clone();
                second.path = request.path.replace("/revisions/1", "/revisions/2");
                asked.push(second);
            }
            asked.push(request);
        }
    }
    let lines = asked.iter().filter(|r| r.path.starts_with("/v1/events"));
    let lines: Vec<Request> = lines
        .filter(|r| !r.path.contains("limit"))
        .map(|r| r.clone().with("accept", "application/x-ndjson"))
        .collect();
    asked.extend(lines);
    asked.extend(writes(app));
    asked
}

/// Writes that touch what is hidden, as dry runs.
fn writes(app: &TestApp) -> Vec<Request> {
    let mut all = Vec::new();
    for (id, key, body) in [
        ("patchOrganisation", "eigen", json!({ "slug": "eigener-name" })),
        ("deleteOrganisation", "dritte", Value::Null),
        (
            "patchComponent",
            "bekannt",
            json!({ "repository": "https://example.org/neu", "title": { "de": "Dienst" } }),
        ),
        ("createComponent", "", access::component("dienst-neu", "eigen")),
        (
            "createComponent",
            "",
            json!({
                "kind": "building_block", "owner": "eigen", "title": { "de": "Dienst quittenmus" },
                "summary": { "de": "Dasselbe." }, "repository": "https://example.org/quittenmus",
            }),
        ),
        (
            "proposeChange",
            "",
            json!({ "record": "werdegang", "patch": { "tags": ["a"] } }),
        ),
        (
            "proposeChange",
            "",
            json!({ "record": "grabstein", "patch": { "tags": ["a"] } }),
        ),
        (
            "searchComponents",
            "",
            json!({ "facets": ["owner", "tags"], "limit": 200 }),
        ),
    ] {
        let operation = contract::operations().into_iter().find(|o| o.id() == id).unwrap();
        let about = Subject {
            key: key.to_owned(),
            document: Value::Null,
        };
        let request = Request::of(&operation, &about);
        let request = if body.is_null() {
            request
        } else {
            request.sending(&body)
        };
        all.push(if operation.is_write() {
            request.asking("dryRun", "true")
        } else {
            request
        });
    }
    assert!(app.follow().0 > 0);
    all
}

/// Fails where an answer holds a word that somebody may not see, and did not say themselves.
fn look(actor: &Actor, request: &Request, answer: &Answer, found: &mut Vec<&'static str>) {
    let text = format!("{:?} {}", answer.headers, answer.text()).to_lowercase();
    let said = format!("{} {}", request.path, request.json().unwrap_or_default()).to_lowercase();
    for (word, _) in WORDS {
        if !text.contains(word) || said.contains(word) {
            continue;
        }
        assert!(sees(actor, word), "{} reads {word} at {request:?}: {text}", actor.name);
        found.push(word);
    }
    let json = if answer.media_type() == "application/json" {
        answer.json()
    } else {
        Value::Null
    };
    if let (Some(total), Some(items)) = (json["total"].as_u64(), json["items"].as_array()) {
        assert_eq!(total, items.len() as u64, "{} {request:?}", actor.name);
        for name in ["kind", "owner"] {
            // A facet leaves out the filters on its own field.
            let is_filtered = request.path.contains(&format!("{name}="));
            let Some(facet) = json["facets"][name].as_array().filter(|_| !is_filtered) else {
                continue;
            };
            let counted: u64 = facet.iter().map(|value| value["count"].as_u64().unwrap()).sum();
            assert_eq!(counted, total, "{} {request:?}: {json}", actor.name);
        }
        let asks_for_word = WORDS.iter().find(|(word, _)| said.contains(&word[..4]));
        if let Some((word, _)) = asks_for_word.filter(|(word, _)| !sees(actor, word)) {
            assert_eq!(total, 0, "{} finds {word}: {json}", actor.name);
        }
    }
}

#[test]
fn no_answer_names_what_is_hidden_from_whoever_asks() {
    let app = world();
    let all = app.acting(&Token::admin().sign());
    let ids: Vec<String> = ["components", "organisations", "changes"]
        .into_iter()
        .chain(["adoptions", "offers", "attestations", "relations"])
        .collect::<Vec<_>>()
        .iter()
        .flat_map(|noun| all.get(&format!("/v1/{noun}?limit=200")).expect(200).strings("id"))
        .collect();
    let questions = questions(&app, &ids);
    for actor in ACTORS.iter().filter(|actor| !actor.is_expired) {
        let token = actor.token();
        let mut found = Vec::new();
        for request in &questions {
            let request = request.clone().by(token.as_deref());
            let answer = request.send(&app);
            assert!(answer.status < 500, "{request:?}");
            look(actor, &request, &answer, &mut found);
        }
        // Where nobody finds anything, nothing was looked for; changes are for those with a scope alone.
        for (word, _) in WORDS {
            let is_change = ["mispelkompott", "berberitzen"].contains(&word);
            let can = sees(actor, word) && (!is_change || actor.has("changes:read") || actor.has("changes:approve"));
            assert!(found.contains(&word) == can, "{} never finds {word}", actor.name);
        }
    }
}

#[test]
fn who_proposed_a_change_learns_no_more_of_a_record_that_was_withdrawn_since() {
    let app = world();
    let proposer = Token::of("dritte")
        .scopes(&[domain::access::Scope::ChangesWrite, domain::access::Scope::ChangesRead])
        .sign();
    let acting = app.acting(&proposer).with("if-match", "*");
    let body = json!({ "record": "offen", "patch": { "aliases": ["Anders"] } });
    let change = app.acting(&proposer).post("/v1/changes", &body).expect(201).json();
    let path = format!("/v1/changes/{}", change["id"].as_str().unwrap());
    let owner = app.acting(&Token::admin().sign()).with("if-match", "*");
    let title = json!({ "title": { "de": "Nur noch intern" }, "aliases": ["Intern"] });
    owner.delete("/v1/components/offen").expect(204);
    owner.patch("/v1/components/offen", &title).expect(200);
    acting.get("/v1/components/offen").expect(410);
    for answer in [
        acting.get(&path).expect(200),
        acting.get(&format!("{path}/preview")).expect(404),
        acting.patch(&path, &json!({ "note": "Trotzdem" })).expect(409),
        acting.patch(&path, &json!({ "baseRevision": 3 })).expect(409),
        app.acting(&proposer).post("/v1/changes", &body).expect(409),
        acting.get("/v1/changes").expect(200),
        acting
            .put(&format!("{path}/state"), &json!({ "state": "submitted" }))
            .expect(200),
    ] {
        assert!(!answer.text().to_lowercase().contains("intern"), "{}", answer.text());
    }
    // Those who decide see it whole.
    let seen = owner.get(&format!("{path}/preview")).expect(200).text();
    assert!(seen.contains("Nur noch intern"), "{seen}");
}
