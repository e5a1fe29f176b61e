//! The service on a port of its own, over a database of its own.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, LazyLock, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web;
use domain::event::Sequence;
use domain::store::Store;
use parking_lot::Mutex;
use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::Value;
use testdb::TestDb;
use verbundkatalog::auth::Authenticator;
use verbundkatalog::import::{Format, Importer, Input, Line, Observer, Options, Report};
use verbundkatalog::server::{self, ServerOptions};
use verbundkatalog::state::{App, Limits};

use crate::{Answer, CountingIds, FailingStore, Failure, SetClock, contract, sample, tokens};

/// A running service.
pub struct TestApp {
    base: String,
    address: std::net::SocketAddr,
    state: web::Data<App>,
    store: Arc<FailingStore>,
    /// The one clock of service and imports.
    pub clock: Arc<SetClock>,
    import_ids: CountingIds,
    stop: ServerHandle,
    thread: Option<JoinHandle<()>>,
    /// Dropped last: the database goes when nobody uses it any more.
    db: Arc<TestDb>,
}

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_mins(1))
        .no_proxy()
        .build()
        .unwrap()
});

impl TestApp {
    /// The service over an empty SQLite database.
    pub fn empty() -> Self {
        Self::over(TestDb::sqlite(), Limits::default())
    }

    /// The service with the sample catalogue on SQLite, for a test that changes something.
    pub fn own_sample() -> Self {
        let app = Self::empty();
        app.import_sample();
        app
    }

    /// The service with the sample catalogue, shared by the tests that only read.
    pub fn sample() -> Arc<Self> {
        static SHARED: Mutex<Weak<TestApp>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock();
        if let Some(app) = shared.upgrade() {
            return app;
        }
        let app = Arc::new(Self::own_sample());
        *shared = Arc::downgrade(&app);
        app
    }

    /// The service with these records, given as JSON, after those of the sample catalogue's organisations.
    pub fn with(components: &[Value]) -> Self {
        let app = Self::empty();
        app.import_text(verbundkatalog::sample::ORGANISATIONS);
        app.import(components);
        app
    }

    /// The service over a database; it accepts the tokens of [`crate::Token`].
    pub fn over(db: TestDb, limits: Limits) -> Self {
        let auth = Authenticator::new(Some(tokens::built_in().clone()), Vec::new()).unwrap();
        Self::start(db, limits, auth)
    }

    /// The service with the sample catalogue on SQLite, which holds its clients to these limits.
    pub fn limited(limits: verbundkatalog::limits::Options) -> Self {
        let auth = Authenticator::new(Some(tokens::built_in().clone()), Vec::new()).unwrap();
        let options = ServerOptions {
            limits,
            ..Self::options()
        };
        let app = Self::start_with(TestDb::sqlite(), Limits::default(), auth, &options);
        app.import_sample();
        app
    }

    /// How services of tests behave; no rates are limited.
    pub fn options() -> ServerOptions {
        ServerOptions {
            workers: 1,
            shutdown_timeout: Duration::from_secs(1),
            ..ServerOptions::default()
        }
    }

    /// The service over a database, with these issuers.
    pub fn start(db: TestDb, limits: Limits, auth: Authenticator) -> Self {
        Self::start_with(db, limits, auth, &Self::options())
    }

    /// The same, with other options.
    pub fn start_with(db: TestDb, limits: Limits, auth: Authenticator, options: &ServerOptions) -> Self {
        Self::instance(Arc::new(db), 0xfff, limits, auth, options)
    }

    /// Another instance over the same database.
    #[must_use]
    pub fn beside(&self) -> Self {
        let auth = Authenticator::new(Some(tokens::built_in().clone()), Vec::new()).unwrap();
        Self::instance(self.db.clone(), 0xffe, Limits::default(), auth, &Self::options())
    }

    fn instance(db: Arc<TestDb>, maker: u16, limits: Limits, auth: Authenticator, options: &ServerOptions) -> Self {
        let database = persistence::open(db.url(), &persistence::Options::default()).unwrap();
        let store = Arc::new(FailingStore::new(Arc::new(database)));
        let clock = Arc::new(SetClock::default());
        let state = App::start(
            store.clone(),
            clock.clone(),
            Arc::new(CountingIds::new(maker)),
            limits,
            auth,
        )
        .unwrap();
        let state = web::Data::new(state);
        let listener = server::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn({
            let (state, options) = (state.clone(), options.clone());
            move || {
                actix_web::rt::System::new().block_on(async move {
                    let server = server::serve(state, listener, &options).unwrap();
                    tell.send(server.handle()).unwrap();
                    server.await.unwrap();
                });
            }
        });
        Self {
            base: format!("http://{address}"),
            address,
            state,
            store,
            clock,
            import_ids: CountingIds::new(1),
            stop: told.recv().unwrap(),
            thread: Some(thread),
            db,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    /// Imports the sample catalogue.
    pub fn import_sample(&self) {
        for (_, text) in verbundkatalog::sample::FILES {
            self.import_text(text);
        }
        let expected = i64::try_from(sample::len()).unwrap();
        assert_eq!(self.store.head().unwrap(), Sequence(expected));
    }

    /// Imports records given as JSON, and waits until the service answers with them.
    pub fn import(&self, records: &[Value]) -> Report {
        let report = self.import_text(&records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"));
        assert_eq!(report.refused, 0, "{report}");
        report
    }

    /// Imports NDJSON, and waits until the service answers with it.
    pub fn import_text(&self, ndjson: &str) -> Report {
        let report = self.try_import(ndjson, Options::default(), &mut Silent::default());
        self.follow();
        report
    }

    /// Imports NDJSON without more ado.
    pub fn try_import(&self, ndjson: &str, options: Options, observer: &mut dyn Observer) -> Report {
        let mut importer = Importer::new(&*self.store, &*self.clock, &self.import_ids, options, observer).unwrap();
        let input = Input {
            name: "test.ndjson".to_owned(),
            format: Format::Ndjson,
            reader: Box::new(Cursor::new(ndjson.to_owned())),
            bytes: Some(ndjson.len() as u64),
        };
        importer.read(input).unwrap();
        importer.finish().unwrap()
    }

    /// What the service knows, to step its work by hand.
    pub fn state(&self) -> &App {
        &self.state
    }

    /// Brings the service's view level with the log.
    pub fn follow(&self) -> Sequence {
        self.state.follow().unwrap()
    }

    /// Brings the service's view level with the log, where the database lets it.
    ///
    /// # Errors
    /// What the database answered.
    pub fn try_follow(&self) -> Result<Sequence, domain::store::StoreError> {
        self.state.follow()
    }

    /// The store that the service uses.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Lets every call on the database fail from now on, or work again.
    pub fn fail(&self, failure: Failure) {
        self.store.fail(failure);
    }

    /// Lets every call on the database take longer from now on.
    pub fn delay(&self, time: Duration) {
        self.store.delay(time);
    }

    /// Calls on the database so far, those of tests too.
    pub fn calls(&self) -> u64 {
        self.store.calls()
    }

    /// The database, to look past the service or do damage.
    pub fn db(&self) -> &TestDb {
        &self.db
    }

    /// `GET`, held against the document.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// `GET` with parameters that are encoded here.
    #[track_caller]
    pub fn query(&self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        self.get(&crate::url(path, parameters))
    }

    /// `GET` with headers.
    #[track_caller]
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "")
    }

    /// `POST` of JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], body.to_string())
    }

    /// Any request; the answer is held against the document.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
        let method_name = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.base);
        let mut request = CLIENT.request(method_name, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.into();
        if !body.is_empty() {
            request = request.body(body);
        }
        let response = request.send().unwrap();
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in response.headers() {
            let value = value.to_str().unwrap();
            all.entry(name.as_str().to_owned())
                .and_modify(|known| *known = format!("{known}, {value}"))
                .or_insert_with(|| value.to_owned());
        }
        let answer = Answer {
            status: response.status().as_u16(),
            headers: all,
            body: response.bytes().unwrap().to_vec(),
        };
        contract::check(method, path, &answer);
        answer
    }

    /// Sends bytes as they are, and reads until the service closes the connection. `path` says what the answer is held
    /// against.
    #[track_caller]
    pub fn raw(&self, method: &str, path: &str, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // Who refuses a request need not read it to its end.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = parse(&answer);
        contract::check(method, path, &answer);
        answer
    }

    /// `GET` of a target that no client library would send.
    #[track_caller]
    pub fn raw_get(&self, target: &str) -> Answer {
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        self.raw("GET", target, request.as_bytes())
    }

    /// All items of a list: pages of `limit` until there is no next one.
    #[track_caller]
    pub fn walk(&self, first: &str, limit: usize) -> Vec<Answer> {
        let separator = if first.contains('?') { '&' } else { '?' };
        let mut pages = vec![self.get(&format!("{first}{separator}limit={limit}")).expect(200)];
        while let Some(next) = pages.last().unwrap().json()["next"].as_str() {
            assert!(pages.len() < 2000, "{first} has no end");
            pages.push(self.get(next).expect(200));
        }
        pages
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The command is sent at once; there is nobody here to wait for its future.
        drop(self.stop.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn parse(answer: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(answer);
    let end = answer
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {text:?}"));
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        headers
            .entry(name.to_ascii_lowercase())
            .and_modify(|known| *known = format!("{known}, {}", value.trim()))
            .or_insert_with(|| value.trim().to_owned());
    }
    Answer {
        status,
        headers,
        body: answer[end + 4..].to_vec(),
    }
}

/// An observer of imports that only remembers.
#[derive(Debug, Default)]
pub struct Silent {
    /// What went wrong.
    pub problems: Vec<Line>,
    /// What was acknowledged.
    pub committed: Vec<Sequence>,
}

impl Observer for Silent {
    fn problem(&mut self, line: &Line) {
        self.problems.push(line.clone());
    }
    fn committed(&mut self, _: &Report, sequence: Sequence) {
        self.committed.push(sequence);
    }
    fn read(&mut self, _: u64) {}
}
