use domain::access::Scope;
use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::{admin, changing, editor, world};

/// Three live adoptions of `baustein`, each for other eyes: of `amt` for all, of `lieferant` for members, of `dritte` for
/// the parties; `haus` operates all of them.
fn catalogue() -> TestApp {
    let app = world();
    for (body, visibility) in [("amt", "public"), ("lieferant", "members"), ("dritte", "parties")] {
        let adoption = json!({
            "component": "baustein", "organisation": body, "stage": "live",
            "visibility": visibility, "localName": format!("Wort von {body}"),
        });
        editor(&app, body).post("/v1/adoptions", &adoption).expect(201);
    }
    app
}

fn eyes() -> [(&'static str, Option<String>, &'static [&'static str]); 6] {
    let reviewer = Token::of("lieferant").scopes(&[Scope::ChangesApprove]);
    [
        ("anonymous", None, &["amt"]),
        ("nobody", Some(Token::of_nobody().sign()), &["amt"]),
        ("a member", Some(Token::of("amt").sign()), &["amt", "lieferant"]),
        (
            "the party",
            Some(Token::of("haus").sign()),
            &["amt", "dritte", "lieferant"],
        ),
        (
            "the owner",
            Some(Token::of("dritte").sign()),
            &["amt", "dritte", "lieferant"],
        ),
        ("a reviewer", Some(reviewer.sign()), &["amt", "dritte", "lieferant"]),
    ]
}

fn get(app: &TestApp, token: Option<&String>, path: &str) -> tests::Answer {
    match token {
        Some(token) => app.acting(token).get(path),
        None => app.get(path),
    }
}

#[test]
fn lists_counts_facets_and_records_hold_what_their_reader_may_see() {
    let app = catalogue();
    for (name, token, seen) in eyes() {
        let ask = |path: &str| get(&app, token.as_ref(), path);
        for list in ["/v1/adoptions", "/v1/components/baustein/adoptions"] {
            let list = ask(&format!("{list}?facets=organisation,stage&sort=organisation")).expect(200);
            let mut bodies = list.strings("organisation");
            bodies.sort();
            assert_eq!(bodies, seen, "{name}");
            assert_eq!(list.total(), seen.len() as u64, "{name}");
            let facets = &list.json()["facets"];
            assert_eq!(facets["organisation"].as_array().unwrap().len(), seen.len(), "{name}");
            assert_eq!(facets["stage"][0]["count"], seen.len(), "{name}");
        }
        for body in ["amt", "lieferant", "dritte"] {
            let path = format!("/v1/components/baustein/adoptions/{body}");
            ask(&path).expect(if seen.contains(&body) { 200 } else { 404 });
            let found = ask(&format!("/v1/components?adoptions.organisation={body}")).expect(200);
            assert_eq!(found.total(), u64::from(seen.contains(&body)), "{name} {body}");
            let counted = ask(&format!("/v1/adoptions?q=Wort+{body}&limit=0&organisation={body}")).expect(200);
            assert_eq!(counted.total(), u64::from(seen.contains(&body)), "{name} {body}");
        }
        let facet = ask("/v1/components?facets=adoptions.organisation&limit=0")
            .expect(200)
            .json();
        let values = facet["facets"]["adoptions.organisation"].as_array().unwrap();
        assert_eq!(values.len(), seen.len(), "{name}: {facet}");
        let ids = admin(&app).get("/v1/adoptions?sort=organisation").expect(200);
        for (id, body) in ids.strings("id").iter().zip(ids.strings("organisation")) {
            let status = if seen.contains(&body.as_str()) { 200 } else { 404 };
            ask(&format!("/v1/adoptions/{id}")).expect(status);
        }
    }
}

#[test]
fn the_log_tells_of_what_its_reader_may_see_in_pages_and_lines() {
    let app = catalogue();
    for (name, token, seen) in eyes() {
        let page = get(&app, token.as_ref(), "/v1/events?noun=adoption").expect(200).json();
        assert_eq!(page["items"].as_array().unwrap().len(), seen.len(), "{name}");
        let mut headers = vec![("accept".to_owned(), "application/x-ndjson".to_owned())];
        headers.extend(
            token
                .iter()
                .map(|t| ("authorization".to_owned(), format!("Bearer {t}"))),
        );
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let lines = app.get_with("/v1/events?noun=adoption", &headers).expect(200).text();
        assert_eq!(lines.lines().count(), seen.len(), "{name}");
        for body in ["lieferant", "dritte"] {
            let text = page.to_string();
            let is_named = text.contains(&format!("Wort von {body}")) || lines.contains(&format!("Wort von {body}"));
            assert!(!is_named || seen.contains(&body), "{name} {body}");
        }
    }
}

#[test]
fn what_becomes_hidden_is_told_once_more_without_its_words() {
    let app = catalogue();
    let path = "/v1/components/baustein/adoptions/amt";
    let close = json!({ "visibility": "parties", "localName": "Nur unter uns" });
    changing(&app, "amt").patch(path, &close).expect(200);
    app.get(path).expect(404);
    assert_eq!(app.get("/v1/adoptions").expect(200).total(), 0);
    changing(&app, "amt")
        .patch(path, &json!({ "localName": "Immer noch unter uns" }))
        .expect(200);
    let log = app.get("/v1/events?noun=adoption").expect(200).json();
    assert!(!log.to_string().contains("unter uns"), "{log}");
    let of_amt = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["revision"] != Value::Null)
        .count();
    // The catalogue's copy elsewhere learns that it is gone: two events of it, and nothing of the third.
    assert_eq!(log["items"].as_array().unwrap().len(), 2, "{of_amt} {log}");
    let insiders = editor(&app, "haus").get("/v1/events?noun=adoption").expect(200).text();
    assert!(insiders.contains("Immer noch unter uns"));
}
