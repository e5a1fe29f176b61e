use serde_json::json;
use testdb::TestDb;
use tests::contract::{self, Operation};
use tests::{Failure, TestApp, url};
use verbundkatalog::state::Limits;

/// Operations that answer from the program alone: nothing in them can fail, but the document leaves room for it.
fn needs_no_database(operation: &Operation) -> bool {
    let path = operation.path;
    !(path.starts_with("/v1/components") || path.starts_with("/v1/organisations") || path == "/health/ready")
        || path == "/v1/components/suggest"
}

/// A service without bodies in memory: every record comes from the database.
struct Provoked {
    app: TestApp,
}

impl Provoked {
    fn new() -> Self {
        let app = TestApp::over(
            TestDb::sqlite(),
            Limits {
                body_bytes: 0,
                ..Limits::default()
            },
        );
        app.import_sample();
        for (list, slug) in [("components", "activemq"), ("organisations", "akdb")] {
            let all = if list == "components" {
                tests::sample::components()
            } else {
                tests::sample::organisations()
            };
            let mut record = all.iter().find(|r| r["slug"] == slug).unwrap().clone();
            record["id"] = app.get(&format!("/v1/{list}/{slug}")).expect(200).json()["id"].clone();
            record["slug"] = json!(format!("{slug}-neu"));
            app.import(&[record]);
            let last = all.last().unwrap();
            let mut gone = last.clone();
            gone["publication"] = json!("withdrawn");
            app.import(&[gone]);
        }
        Self { app }
    }

    /// The status that an operation answers when it is asked for this one.
    fn provoke(&self, operation: &Operation, status: u16) -> u16 {
        let app = &self.app;
        let mut path = operation.example_path();
        if path.ends_with("/suggest") {
            path.push_str("?q=a");
        }
        let send = |path: &str, headers: &[(&str, &str)]| {
            if operation.method == "POST" {
                let mut all = vec![("content-type", "application/json")];
                all.extend(headers);
                app.send("POST", path, &all, "{}").status
            } else {
                app.send(operation.method, path, headers, "").status
            }
        };
        let failing = |failure| {
            app.fail(failure);
            let answer = send(&path, &[]);
            app.fail(Failure::None);
            answer
        };
        let other = |slug: &str| operation.path.replace("{id}", slug);
        let all = if path.contains("organisations") {
            ("akdb", tests::sample::organisations())
        } else {
            ("activemq", tests::sample::components())
        };
        match status {
            200 => send(&path, &[]),
            304 => {
                let tag = app.get(&path).header("etag").to_owned();
                send(&path, &[("if-none-match", &tag)])
            }
            308 => send(&other(all.0), &[]),
            400 => send(&url(&path.replace("?q=a", ""), &[("nix", "1")]), &[]),
            404 => send(
                &operation
                    .path
                    .replace("{id}", "nix")
                    .replace("{name}", "nix")
                    .replace("{kind}", "nix")
                    .replace("{slug}", "nix"),
                &[],
            ),
            406 => send(&path, &[("accept", "text/turtle")]),
            410 => send(&other(all.1.last().unwrap()["slug"].as_str().unwrap()), &[]),
            413 => {
                app.send(
                    "POST",
                    &path,
                    &[("content-type", "application/json")],
                    "x".repeat(1024 * 1024 + 1),
                )
                .status
            }
            414 => send(&format!("{path}?{}", "x".repeat(9000)), &[]),
            415 => app.send("POST", &path, &[("content-type", "text/plain")], "x").status,
            500 => failing(Failure::Damage),
            503 => failing(Failure::Outage),
            other => panic!("{operation}: nobody knows how to provoke {other}"),
        }
    }
}

#[test]
fn every_documented_status_of_every_operation_can_be_met() {
    let provoked = Provoked::new();
    let mut met = 0;
    for operation in contract::operations() {
        for status in operation.statuses() {
            if status == 500 && needs_no_database(&operation) {
                continue;
            }
            assert_eq!(provoked.provoke(&operation, status), status, "{operation}");
            met += 1;
        }
    }
    assert!(met > 100, "{met}");
}
