//! Health, status, the index; outages and damage.

mod instances;

use domain::clock::Clock;
use domain::event::Sequence;
use serde_json::json;
use testdb::{TestDb, for_each_database};
use tests::{Failure, TestApp};
use verbundkatalog::state::Limits;

#[test]
fn the_index_leads_to_addresses_that_answer() {
    let app = TestApp::sample();
    let index = app.get("/").expect(200).json();
    for (name, path) in index["links"].as_object().unwrap() {
        let answer = app.get(path.as_str().unwrap());
        assert_eq!(answer.status, 200, "{name}");
    }
}

#[test]
fn the_status_tells_what_answers_include() {
    let app = TestApp::own_sample();
    let status = app.get("/v1/status").expect(200).json();
    assert_eq!(status["asOf"], tests::sample::len());
    assert_eq!(status["components"], tests::sample::components().len());
    assert_eq!(status["organisations"], tests::sample::organisations().len());
    assert_eq!(status["levelAt"], "2026-11-23T09:30:00.000000Z");
    app.clock.advance(5);
    app.follow();
    assert_eq!(
        app.get("/v1/status").expect(200).json()["levelAt"],
        "2026-11-23T09:30:05.000000Z"
    );
}

#[test]
fn reads_go_on_from_memory_while_the_database_is_away() {
    let app = TestApp::own_sample();
    let list = app.get("/v1/components?q=cloud&facets=kind").expect(200).body;
    app.fail(Failure::Outage);
    app.get("/health/live").expect(200);
    let ready = app.get("/health/ready").expect(503);
    assert_eq!(ready.header("retry-after"), "5");
    assert_eq!(app.get("/v1/components?q=cloud&facets=kind").expect(200).body, list);
    app.get("/v1/components/fit-connect").expect(200);
    app.get("/v1/components/fit-connect/similar").expect(200);
    // Whether an unknown slug is an earlier one, only the database knows.
    app.get("/v1/components/nie-gesehen").expect(503);
    assert!(app.try_follow().is_err());
    app.fail(Failure::None);
    app.get("/health/ready").expect(200);
    app.get("/v1/components/nie-gesehen").expect(404);
}

#[test]
fn a_stopped_database_server_is_an_outage_and_not_a_fault() {
    let Some(db) = TestDb::postgres() else { return };
    let app = TestApp::over(db, Limits::default());
    app.import_sample();
    assert!(app.db().stop());
    app.get("/health/ready").expect(503);
    app.get("/v1/components/fit-connect").expect(200);
    app.db().start();
    app.get("/health/ready").expect(200);
}

#[test]
fn a_damaged_row_is_a_fault_that_shows_nothing_of_itself() {
    let app = TestApp::over(
        TestDb::sqlite(),
        Limits {
            body_bytes: 0,
            ..Limits::default()
        },
    );
    app.import_sample();
    app.get("/v1/components/fit-connect").expect(200);
    app.db().execute(
        "PRAGMA ignore_check_constraints = ON; UPDATE records SET publication = 'nonsense' WHERE slug = 'fit-connect'",
    );
    let answer = app.get("/v1/components/fit-connect").expect(500);
    assert_eq!(answer.json()["code"], "internal");
    assert!(!answer.text().contains("nonsense"), "{}", answer.text());
    app.get("/v1/components?slug=fit-connect").expect(500);
    app.get("/v1/components/activemq").expect(200);
}

#[test]
fn a_view_that_keeps_no_bodies_answers_the_same_as_one_that_does() {
    let keeps = TestApp::sample();
    let reads = TestApp::over(
        TestDb::sqlite(),
        Limits {
            body_bytes: 0,
            ..Limits::default()
        },
    );
    reads.import_sample();
    for path in [
        "/v1/components?limit=200",
        "/v1/components?q=cloud&lang=de&fields=id,title",
        "/v1/components/fit-connect",
        "/v1/components/fit-connect/similar",
        "/v1/organisations?limit=200",
    ] {
        assert_eq!(
            keeps.get(path).expect(200).text(),
            reads.get(path).expect(200).text(),
            "{path}"
        );
    }
    reads.fail(Failure::Outage);
    reads.get("/v1/components").expect(503);
    reads.get("/v1/components/fit-connect/similar").expect(503);
    reads.get("/v1/components?limit=0&facets=kind").expect(200);
}

#[test]
fn links_begin_with_the_public_address_where_one_is_set() {
    let public_url = Some("https://katalog.example.org/api".to_owned());
    let app = TestApp::over(
        TestDb::sqlite(),
        Limits {
            public_url,
            ..Limits::default()
        },
    );
    app.import_sample();
    let list = app.get("/v1/components?limit=1").expect(200);
    let next = list.json()["next"].as_str().unwrap().to_owned();
    assert!(
        next.starts_with("https://katalog.example.org/api/v1/components?"),
        "{next}"
    );
    assert!(list.header("link").contains(&next));
}

#[test]
fn both_databases_answer_the_same_byte_for_byte() {
    let bodies = std::cell::RefCell::new(Vec::new());
    for_each_database(|db| {
        // The database of the closure is only borrowed; the service has one of its own of the same kind.
        let own = if db.is_postgres() {
            TestDb::postgres().unwrap()
        } else {
            TestDb::sqlite()
        };
        let app = TestApp::over(own, Limits::default());
        app.import_sample();
        let read = |path: &str| app.get(path).text();
        let before: Vec<String> = [
            "/v1/components?limit=200&facets=kind,owner,tags",
            "/v1/components?q=verwaltungscloud",
            "/v1/components/fit-connect",
            "/v1/organisations?limit=200&sort=-title",
            "/v1/status",
        ]
        .into_iter()
        .map(read)
        .collect();
        let again = app.import_text(verbundkatalog::sample::COMPONENTS);
        assert_eq!((again.created, again.updated), (0, 0), "{again}");
        app.clock.advance(1);
        app.import(&[crate::components::component("neu", "Neu"), {
            let mut gone = crate::components::component("fit-connect", "FIT-Connect");
            gone["publication"] = json!("withdrawn");
            gone
        }]);
        // One of the sample's bodies uses what is gone, and is told.
        let expected = i64::try_from(tests::sample::len()).unwrap() + 3;
        assert_eq!(app.follow(), Sequence(expected));
        assert_eq!(
            app.get("/v1/components?createdAt.gte=2026-11-23T09:30:01Z")
                .expect(200)
                .slugs(),
            ["neu"]
        );
        app.get("/v1/components/fit-connect").expect(410);
        assert_eq!(
            verbundkatalog::check::check(app.store(), app.clock.now().day()).unwrap(),
            []
        );
        bodies.borrow_mut().push((db.is_postgres(), before));
    });
    let bodies = bodies.into_inner();
    assert!(bodies.iter().all(|(_, answers)| *answers == bodies[0].1));
}

#[test]
fn a_service_follows_what_another_one_writes_to_the_same_database() {
    for_each_database(|db| {
        let own = if db.is_postgres() {
            TestDb::postgres().unwrap()
        } else {
            TestDb::sqlite()
        };
        let reader = TestApp::over(own, Limits::default());
        let writer = persistence::open(reader.db().url(), &persistence::Options::default()).unwrap();
        let (clock, ids) = (tests::SetClock::default(), tests::CountingIds::new(2));
        let mut observer = tests::Silent::default();
        let options = verbundkatalog::import::Options::default();
        let mut importer =
            verbundkatalog::import::Importer::new(&writer, &clock, &ids, options, &mut observer).unwrap();
        for (name, text) in verbundkatalog::sample::FILES {
            let input = verbundkatalog::import::Input::text(name, verbundkatalog::import::Format::Ndjson, text);
            importer.read(input).unwrap();
        }
        importer.finish().unwrap();
        assert_eq!(reader.get("/v1/components?limit=0").expect(200).total(), 0);
        reader.follow();
        assert_eq!(reader.get("/v1/components?limit=0").expect(200).total(), 196);
        let built = TestApp::sample();
        for list in [
            "/v1/components?limit=200&fields=slug&q=cloud",
            "/v1/components?limit=200&fields=slug&sort=title",
        ] {
            assert_eq!(
                reader.get(list).expect(200).slugs(),
                built.get(list).expect(200).slugs()
            );
        }
    });
}
