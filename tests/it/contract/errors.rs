use domain::access::{Scope, Scopes};
use domain::client::Client;
use domain::clock::Clock;
use domain::code_list::CodeList;
use serde_json::{Value, json};
use testdb::TestDb;
use tests::access::{self, Request, Subject};
use tests::contract::{self, Operation};
use tests::tokens::ISSUER;
use tests::{Failure, TestApp, Token};
use verbundkatalog::auth::NewSecret;
use verbundkatalog::state::Limits;

/// Operations that answer from the program alone: nothing in them can fail, but the document leaves room for it.
fn needs_no_database(operation: &Operation) -> bool {
    let asked = [
        "/v1/adoptions",
        "/v1/offers",
        "/v1/attestations",
        "/v1/relations",
        "/v1/components",
        "/v1/organisations",
        "/v1/changes",
        "/v1/events",
        "/v1/token",
        "/health/ready",
    ];
    !asked.iter().any(|path| operation.path.starts_with(path)) || operation.id() == "suggestComponents"
}

/// What takes a slow client or many of them is provoked where those are tested.
fn needs_a_crowd(operation: &Operation, status: u16) -> bool {
    // Only two who declare the same adoption at the same moment get in each other's way.
    let is_race = operation.id() == "putAdoption" && status == 409;
    matches!(status, 408 | 429) || is_race
}

/// A service without bodies in memory: every record comes from the database.
struct Provoked {
    app: TestApp,
    admin: String,
    form: String,
}

impl Provoked {
    fn new() -> Self {
        let limits = Limits {
            body_bytes: 0,
            ..Limits::default()
        };
        let app = TestApp::over(TestDb::sqlite(), limits);
        app.import_sample();
        let new = NewSecret::make().unwrap();
        let client = Client {
            id: "melder".parse().unwrap(),
            organisation: "dataport".parse().unwrap(),
            scopes: Scopes::read("components:write"),
            secret_hash: new.hash,
            created_at: app.clock.now(),
            expires_at: None,
        };
        app.store().put_client(&client).unwrap();
        // A list of nothing asks no database.
        access::fresh(&app, "change");
        Self {
            app,
            admin: Token::admin().subject("admin").sign(),
            form: format!(
                "grant_type=client_credentials&client_id=melder&client_secret={}",
                new.secret
            ),
        }
    }

    /// A record of its own for a write, and one of the sample for a read.
    fn subject(&self, operation: &Operation) -> Subject {
        match access::noun(operation) {
            Some(noun) if operation.is_write() || !matches!(noun, "component" | "organisation") => {
                access::fresh(&self.app, noun)
            }
            Some("component") => named("fit-connect"),
            _ => named("dataport"),
        }
    }

    /// A valid request of somebody who may do everything.
    fn valid(&self, operation: &Operation, subject: &Subject) -> Request {
        let request = Request::of(operation, subject);
        match operation.id() {
            "createToken" => request.carrying("application/x-www-form-urlencoded", &*self.form),
            _ => request.by(Some(&self.admin)),
        }
    }

    /// The status that an operation answers when it is asked for this one.
    fn provoke(&self, operation: &Operation, status: u16) -> u16 {
        let app = &self.app;
        let subject = match status {
            308 | 410 => access::fresh(app, access::noun(operation).unwrap()),
            _ => self.subject(operation),
        };
        let request = self.valid(operation, &subject);
        let answers = |request: &Request| request.send(app).status;
        let failing = |failure| {
            // The newest events come from memory; a name that nobody has is looked up.
            let is_answer = operation.method == "GET" && access::noun(operation) == Some("component");
            let request = match operation.id() {
                "listEvents" => request.clone().asking("organisation", "niemand"),
                "matchComponents" => request
                    .clone()
                    .sending(&json!({ "text": "a", "organisation": "niemand" })),
                "compareComponents" => {
                    let mut request = request.clone();
                    request.path = format!("{}?ids=llmoin,niemand", operation.path);
                    request
                }
                "listComponents" | "getComponent" | "similarComponents" => request.clone(),
                _ if is_answer && !operation.path.contains("/revisions") => self.valid(operation, &named("niemand")),
                _ => request.clone(),
            };
            app.fail(failure);
            let status = answers(&request);
            app.fail(Failure::None);
            status
        };
        match status {
            // What is written is answered with another status, but for a dry run.
            200 if matches!(operation.method, "POST" | "DELETE") && operation.is_write() => {
                answers(&request.asking("dryRun", "true"))
            }
            201 if operation.method == "PUT" => answers(&self.creation(operation)),
            200 | 201 => answers(&request),
            204 => answers(&request.with("prefer", "return=minimal")),
            304 => {
                let tag = request.send(app).header("etag").to_owned();
                answers(&request.with("if-none-match", &tag))
            }
            308 => {
                self.rename(operation, &subject);
                answers(&request)
            }
            400 => answers(&request.asking("nix", "1")),
            401 => answers(&request.by(Some("falsch"))),
            403 => answers(&request.by(Some(&Token::of("dataport").sign()))),
            404 => answers(&self.valid(&nowhere(operation), &named("nix"))),
            406 => answers(&request.with("accept", "text/turtle")),
            409 => answers(&self.conflict(operation, &subject)),
            410 => {
                let admin = app.acting(&self.admin).with("if-match", "*");
                admin
                    .delete(&access::address(access::noun(operation).unwrap(), &subject))
                    .expect(204);
                // Those who keep the record still see it.
                answers(&request.by(None))
            }
            412 => answers(&request.with("if-match", "\"r99\"")),
            413 => {
                let limit = if operation.id() == "writeComponents" {
                    16 << 20
                } else {
                    1 << 20
                };
                answers(&request.carrying(media_type(operation), "x".repeat(limit + 1)))
            }
            414 => answers(&request.asking(&"x".repeat(9000), "1")),
            415 => answers(&request.carrying("text/plain", "x")),
            422 => {
                let request = request.with("idempotency-key", &format!("key of {operation}"));
                answers(&request);
                answers(&request.asking("dryRun", "false"))
            }
            428 => answers(&request.without("if-match")),
            500 => failing(Failure::Damage),
            503 => failing(Failure::Outage),
            other => panic!("{operation}: nobody knows how to provoke {other}"),
        }
    }

    /// Renames the record that an operation is about, or the component that is part of its address.
    fn rename(&self, operation: &Operation, subject: &Subject) {
        let admin = self.app.acting(&self.admin).with("if-match", "*");
        let body = json!({ "slug": access::fresh_slug("umbenannt") });
        let address = match (access::noun(operation).unwrap(), subject.document["component"].as_str()) {
            (_, Some(component)) => format!("/v1/components/{component}"),
            (noun, None) => access::address(noun, subject),
        };
        admin.patch(&address, &body).expect(200);
    }

    fn creation(&self, operation: &Operation) -> Request {
        let slug = access::fresh_slug("angelegt");
        let document = match access::noun(operation).unwrap() {
            "component" => access::component(&slug, "dataport"),
            "organisation" => access::organisation(&slug, "dataport"),
            noun => access::about(noun, &access::fresh(&self.app, "component").key, "dataport"),
        };
        let request = self.valid(operation, &Subject { key: slug, document });
        request.without("if-match").with("if-none-match", "*")
    }

    /// A request to make a record where there is one that its sender does not see.
    fn hidden(&self, operation: &Operation) -> Request {
        let noun = access::noun(operation).unwrap();
        let owner = if noun == "offer" { "provider" } else { "recordedBy" };
        let component = access::fresh(&self.app, "component").key;
        let admin = self.app.acting(&self.admin).with("if-match", "*");
        let roles = json!({ "roles": { "supplier": ["fitko"] } });
        admin.patch(&format!("/v1/components/{component}"), &roles).expect(200);
        let mut document = access::about(noun, &component, "fitko");
        document["publication"] = json!("draft");
        let admin = self.app.acting(&self.admin);
        admin.post(&format!("/v1/{noun}s"), &document).expect(201);
        document[owner] = json!("dataport");
        let scopes: Vec<Scope> = operation.scopes().into_iter().filter_map(Scope::from_code).collect();
        let request = self.valid(
            operation,
            &Subject {
                key: component,
                document,
            },
        );
        let editor = Token::of("dataport").scopes(&scopes).sign();
        request.without("if-match").with("if-none-match", "*").by(Some(&editor))
    }

    fn conflict(&self, operation: &Operation, subject: &Subject) -> Request {
        let request = self.valid(operation, subject);
        let with = |name: &str, value: Value| {
            let mut body = request.json().unwrap();
            body[name] = value;
            request.clone().sending(&body)
        };
        match operation.id() {
            "putComponent" | "patchComponent" => with("slug", json!("fit-connect")),
            "putOrganisation" | "patchOrganisation" => with("slug", json!("fitko")),
            "putOffer" | "putAttestation" | "putRelation" => self.hidden(operation),
            "deleteOrganisation" => self.valid(operation, &named("dataport")),
            "putChangeState" => with("state", json!("published")),
            "amendChange" => {
                let admin = self.app.acting(&self.admin).with("if-match", "*");
                let path = format!("/v1/changes/{}/state", subject.key);
                admin.put(&path, &json!({ "state": "submitted" })).expect(200);
                request
            }
            // Another request with the same key is on its way.
            _ => {
                let key = format!("running {operation}");
                let name = (format!("{ISSUER}|admin"), key.clone());
                self.app.state().running_keys.lock().insert(name);
                request.with("idempotency-key", &key)
            }
        }
    }
}

fn named(key: &str) -> Subject {
    Subject {
        key: key.to_owned(),
        document: json!({}),
    }
}

/// The same operation at an address that leads nowhere.
fn nowhere(operation: &Operation) -> Operation {
    let path = ["{name}", "{kind}", "{slug}"]
        .iter()
        .fold(operation.path.to_owned(), |path, name| path.replace(name, "nix"));
    Operation {
        path: path.leak(),
        ..*operation
    }
}

fn media_type(operation: &Operation) -> &'static str {
    let content = operation.spec["requestBody"]["content"].as_object().unwrap();
    content.keys().next().unwrap()
}

#[test]
fn every_documented_status_of_every_operation_can_be_met() {
    let provoked = Provoked::new();
    let mut met = 0;
    let mut missed = Vec::new();
    for operation in contract::operations() {
        for status in operation.statuses() {
            if matches!(status, 500 | 503) && needs_no_database(&operation) || needs_a_crowd(&operation, status) {
                continue;
            }
            let found = provoked.provoke(&operation, status);
            if found != status {
                missed.push(format!("{operation}: {found} instead of {status}"));
            }
            met += 1;
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(met > 350, "{met}");
}
