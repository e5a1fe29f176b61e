//! A copy that began as a list and was kept by the feed is what the list is later.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::{editor, walk};

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

type Copy = BTreeMap<String, Value>;

/// The whole list, and as of which event; nobody writes meanwhile.
fn list(app: &TestApp, headers: &[(&str, &str)]) -> (Copy, i64) {
    let mut copy = Copy::new();
    let mut next = Some("/v1/components?limit=3&sort=slug".to_owned());
    let mut as_of = 0;
    while let Some(address) = next {
        let page = app.get_with(&address, headers).expect(200).json();
        for item in page["items"].as_array().unwrap() {
            copy.insert(item["id"].as_str().unwrap().to_owned(), item.clone());
        }
        as_of = page["asOf"].as_i64().unwrap();
        next = page["next"].as_str().map(str::to_owned);
    }
    (copy, as_of)
}

/// What `data` tells to do.
fn apply(copy: &mut Copy, event: &Value) {
    let id = event["subject"].as_str().unwrap().to_owned();
    let data = &event["data"];
    let Some(after) = data.get("after") else {
        assert_eq!(data["tombstone"]["id"], id);
        copy.remove(&id);
        return;
    };
    if let (Some(patch), Some(known)) = (data.get("patch"), copy.get(&id))
        && known["revision"].as_i64() == event["revision"].as_i64().map(|r| r - 1)
    {
        let mut patched = known.clone();
        for step in patch.as_array().unwrap() {
            follow(&mut patched, step);
        }
        assert_eq!(patched, *after, "{event}");
    }
    copy.insert(id, after.clone());
}

/// One step of a JSON Patch on members of objects and on lists.
fn follow(document: &mut Value, step: &Value) {
    let pointer = step["path"].as_str().unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(object) => match step["op"].as_str().unwrap() {
            "remove" => drop(object.remove(name)),
            _ => drop(object.insert(name.to_owned(), step["value"].clone())),
        },
        Value::Array(items) => match (step["op"].as_str().unwrap(), name.parse::<usize>().unwrap()) {
            ("remove", at) => drop(items.remove(at)),
            ("add", at) => items.insert(at, step["value"].clone()),
            (_, at) => items[at] = step["value"].clone(),
        },
        other => panic!("{other}"),
    }
}

/// One thing that may happen to some record; whatever is refused did not happen.
fn something_happens(app: &TestApp, editor: &str, admin: &str, dice: &mut Dice, step: usize) {
    let slug = format!("eintrag-{}", dice.below(12));
    let path = format!("/v1/components/{slug}");
    let who = app.acting(editor).with("if-match", "*");
    app.clock.advance(1);
    match dice.below(12) {
        0..4 => {
            let mut one = crate::components::component(&slug, &format!("Eintrag {step}"));
            one["publication"] = json!(["draft", "published", "in_review"][dice.below(3)]);
            app.acting(editor).post("/v1/components", &one);
        }
        4..7 => drop(who.patch(
            &path,
            &json!({"tags": [format!("t-{step}"), format!("u-{}", dice.below(3))]}),
        )),
        7..9 => drop(who.patch(&path, &json!({"publication": "published"}))),
        9 => drop(who.delete(&path)),
        10 => drop(who.patch(&path, &json!({"slug": format!("neu-{step}")}))),
        _ => {
            let purge = format!("{path}?purge=true");
            app.acting(admin).with("if-match", "*").delete(&purge);
        }
    }
}

#[test]
fn a_list_and_the_feed_since_then_are_the_list_of_later() {
    let app = TestApp::with(&[]);
    let (editor, admin) = (editor("dataport").sign(), Token::admin().sign());
    let own = format!("Bearer {editor}");
    let own = [("authorization", own.as_str())];
    let mut dice = Dice(7);
    for round in 0..12 {
        let before: Vec<(Copy, i64)> = [&[] as &[_], &own].iter().map(|headers| list(&app, headers)).collect();
        for step in 0..20 {
            something_happens(&app, &editor, &admin, &mut dice, round * 100 + step);
        }
        for (headers, (mut copy, as_of)) in [&[] as &[_], &own].iter().zip(before) {
            let feed = format!("/v1/events?noun=component&after={as_of}&limit=4");
            for event in walk(&app, &feed, headers) {
                apply(&mut copy, &event);
            }
            let (later, _) = list(&app, headers);
            assert_eq!(copy, later, "round {round}, {headers:?}");
        }
    }
    // From nothing, too.
    for headers in [&[] as &[_], &own] {
        let mut copy = Copy::new();
        for event in walk(&app, "/v1/events?noun=component", headers) {
            apply(&mut copy, &event);
        }
        assert_eq!(copy, list(&app, headers).0);
        assert!(copy.len() > 3, "{}", copy.len());
    }
    // All sorts of things happened, or this would prove little.
    for kind in ["created", "updated", "published", "withdrawn", "purged"] {
        let found = walk(&app, &format!("/v1/events?noun=component&type={kind}"), &own);
        assert!(found.len() > 3, "{kind}: {}", found.len());
    }
}
