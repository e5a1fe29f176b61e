//! `/v1/events`.

mod concurrency;
mod copy;
mod filter;
mod many;
mod page;
mod stream;
mod visibility;

use std::io::{BufRead, BufReader};
use std::time::Duration;

use domain::access::Scope;
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use tests::{Acting, Answer, TestApp, Token};

/// Somebody who writes for an organisation.
pub(crate) fn editor(organisation: &str) -> Token {
    Token::of(organisation).scopes(&[Scope::ComponentsWrite, Scope::OrganisationsWrite])
}

/// Sequences of the events of a page.
pub(crate) fn places(answer: &Answer) -> Vec<i64> {
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(place).collect()
}

pub(crate) fn place(event: &Value) -> i64 {
    event["id"].as_str().unwrap().parse().unwrap()
}

/// All events that somebody sees, by pages.
pub(crate) fn walk(app: &TestApp, first: &str, headers: &[(&str, &str)]) -> Vec<Value> {
    let mut all = Vec::new();
    let mut next = Some(first.to_owned());
    while let Some(address) = next {
        let page = app.get_with(&address, headers).expect(200).json();
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        next = page["next"].as_str().map(str::to_owned);
    }
    all
}

/// Changes a record whatever its revision.
#[track_caller]
pub(crate) fn patch(who: &Acting<'_>, path: &str, change: &Value) -> Answer {
    who.clone().with("if-match", "*").patch(path, change).expect(200)
}

/// A catalogue with records in every state, and what nobody but insiders may read of them.
pub(crate) fn world() -> TestApp {
    let app = TestApp::with(&[]);
    let token = editor("dataport").subject("wer-auch-immer").sign();
    let who = app
        .acting(&token)
        .with("change-comment", "begruendung-geheim")
        .with("x-request-id", "anfrage-0815");
    let make = |slug: &str, publication: &str, tag: &str| {
        let mut one = crate::components::component(slug, &format!("Eintrag {slug}"));
        one["publication"] = json!(publication);
        one["tags"] = json!([tag]);
        who.post("/v1/components", &one).expect(201);
    };
    let change = |slug: &str, change: &Value| {
        app.clock.advance(1);
        patch(&who, &format!("/v1/components/{slug}"), change);
    };
    make("offen", "published", "alt");
    make("entwurf", "draft", "nur-entwurf");
    make("werdegang", "draft", "nur-vorher");
    make("zurueck", "published", "nur-solange-oeffentlich");
    make("weg", "published", "nur-bis-zur-loeschung");
    change("offen", &json!({"tags": ["neu"]}));
    change("werdegang", &json!({"tags": ["sichtbar"], "publication": "published"}));
    change("werdegang", &json!({"tags": ["sichtbar", "noch-mehr"]}));
    change("entwurf", &json!({"tags": ["noch-ein-entwurf"]}));
    who.clone()
        .with("if-match", "*")
        .delete("/v1/components/zurueck")
        .expect(204);
    let admin = Token::admin().sign();
    app.acting(&admin)
        .with("if-match", "*")
        .delete("/v1/components/weg?purge=true")
        .expect(204);
    app
}

/// Texts of [`world`] that nobody without a token may ever read.
pub(crate) const SECRETS: [&str; 9] = [
    "wer-auch-immer",
    "begruendung-geheim",
    "anfrage-0815",
    "nur-entwurf",
    "noch-ein-entwurf",
    "nur-vorher",
    "nur-solange-oeffentlich",
    "nur-bis-zur-loeschung",
    "entwurf",
];

/// One message of a stream; one without data only tells a place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Message {
    pub(crate) id: Option<i64>,
    pub(crate) event: String,
    pub(crate) data: Option<Value>,
}

/// A reader of a stream of events.
pub(crate) struct Reader {
    lines: BufReader<Response>,
}

impl Reader {
    /// Begins to read.
    pub(crate) fn open(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Self {
        let client = Client::builder()
            .timeout(Duration::from_mins(1))
            .no_proxy()
            .build()
            .unwrap();
        let mut request = client
            .get(format!("http://{}{path}", app.address()))
            .header("accept", "text/event-stream")
            .header("accept-encoding", "gzip");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().unwrap();
        assert_eq!(response.status(), 200);
        let headers = response.headers();
        assert_eq!(headers["content-type"], "text/event-stream");
        assert!(
            headers
                .get("content-encoding")
                .is_none_or(|coding| coding == "identity")
        );
        Self {
            lines: BufReader::new(response),
        }
    }

    /// The next message; none at the end.
    pub(crate) fn message(&mut self) -> Option<Message> {
        let mut message = Message::default();
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            let line = line.trim_end_matches('\n');
            match line.split_once(": ") {
                _ if line.is_empty() => return Some(message),
                Some(("id", id)) => message.id = Some(id.parse().unwrap()),
                Some(("event", event)) => event.clone_into(&mut message.event),
                Some(("data", data)) => message.data = Some(serde_json::from_str(data).unwrap()),
                Some(("retry" | "", _)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next event.
    pub(crate) fn event(&mut self) -> Value {
        loop {
            let message = self.message().expect("the stream goes on");
            if let Some(event) = message.data {
                assert_eq!(message.id, Some(place(&event)));
                assert_eq!(message.event, event["type"]);
                return event;
            }
        }
    }
}
