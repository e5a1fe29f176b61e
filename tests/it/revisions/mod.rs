//! `/v1/components/{id}/revisions` and `/v1/organisations/{id}/revisions`.

use domain::access::Scope;
use serde_json::{Value, json};
use tests::{Answer, TestApp, Token};

use crate::events::{editor, patch};

fn numbers(answer: &Answer) -> Vec<i64> {
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["revision"].as_i64().unwrap()).collect()
}

/// A record that was a draft (1, 2), published (3, 4), withdrawn (5) and published again (6).
fn record() -> TestApp {
    let app = TestApp::with(&[]);
    let token = editor("dataport").subject("wer-auch-immer").sign();
    let who = app.acting(&token).with("change-comment", "begruendung-geheim");
    let mut one = crate::components::component("werdegang", "Werdegang");
    one["publication"] = json!("draft");
    one["tags"] = json!(["geheim-eins"]);
    who.post("/v1/components", &one).expect(201);
    let path = "/v1/components/werdegang";
    for change in [
        json!({"tags": ["geheim-zwei"]}),
        json!({"tags": ["drei"], "publication": "published"}),
        json!({"tags": ["drei", "vier"], "title": {"de": "Werdegang, neu"}}),
    ] {
        app.clock.advance(60);
        patch(&who, path, &change);
    }
    who.clone().with("if-match", "*").delete(path).expect(204);
    patch(&who, path, &json!({"publication": "published"}));
    app
}

const PATH: &str = "/v1/components/werdegang/revisions";

#[test]
fn everybody_reads_the_revisions_in_which_it_was_published() {
    let app = record();
    let list = app.get(PATH).expect(200);
    assert_eq!(numbers(&list), [6, 4, 3]);
    assert_eq!(list.json()["asOf"], app.store().head().unwrap().0);
    let first = app.get(&format!("{PATH}/3")).expect(200);
    assert_eq!(first.header("etag"), "\"r3\"");
    assert_eq!(first.header("cache-control"), "public, max-age=3600");
    assert_eq!(first.json()["tags"], json!(["drei"]));
    app.get_with(&format!("{PATH}/3"), &[("if-none-match", "\"r3\"")])
        .expect(304);
    assert_eq!(
        app.get(&format!("{PATH}/6")).expect(200).json(),
        app.get("/v1/components/werdegang").json()
    );
    for hidden in ["1", "2", "5", "7", "0", "03", "x", "-1", "9999999999999999999"] {
        app.get(&format!("{PATH}/{hidden}")).expect(404);
        app.get(&format!("{PATH}/{hidden}/diff")).expect(404);
    }
    for known in ["", "/3", "/4", "/6", "/3/diff", "/4/diff", "/6/diff"] {
        let text = app.get(&format!("{PATH}{known}")).expect(200).text();
        for secret in ["geheim", "wer-auch-immer"] {
            assert!(!text.contains(secret), "{known}: {text}");
        }
    }
}

#[test]
fn insiders_read_all_revisions_and_auditors_who_made_them() {
    let app = record();
    let token = editor("dataport").sign();
    let own = app.acting(&token);
    let list = own.get(PATH).expect(200);
    assert_eq!(numbers(&list), [6, 5, 4, 3, 2, 1]);
    assert!(!list.text().contains("geheim") && !list.text().contains("wer-auch-immer"));
    assert_eq!(
        own.get(&format!("{PATH}/1")).expect(200).json()["tags"],
        json!(["geheim-eins"])
    );
    assert_eq!(
        own.get(&format!("{PATH}/1")).header("cache-control"),
        "private, max-age=3600"
    );
    let auditor = Token::of("dataport").scopes(&[Scope::AuditRead]).sign();
    let list = app.acting(&auditor).get(PATH).expect(200).json();
    assert_eq!(list["items"][5]["comment"], "begruendung-geheim");
    assert!(list["items"][5]["actor"].as_str().unwrap().ends_with("|wer-auch-immer"));
    // Others see who wrote what everybody sees, and nothing else.
    let stranger = Token::of("akdb").scopes(&[Scope::AuditRead]).sign();
    let list = app.acting(&stranger).get(PATH).expect(200);
    assert_eq!(numbers(&list), [6, 4, 3]);
    app.acting(&stranger).get(&format!("{PATH}/1")).expect(404);
}

#[test]
fn pages_go_back_to_the_first_revision() {
    let app = record();
    let bearer = format!("Bearer {}", editor("dataport").sign());
    for (headers, all) in [
        (vec![], vec![6, 4, 3]),
        (vec![("authorization", bearer.as_str())], vec![6, 5, 4, 3, 2, 1]),
    ] {
        for limit in 1..=7 {
            let mut found = Vec::new();
            let mut next = Some(format!("{PATH}?limit={limit}"));
            while let Some(address) = next {
                let page = app.get_with(&address, &headers).expect(200);
                found.extend(numbers(&page));
                next = page.json()["next"].as_str().map(str::to_owned);
            }
            assert_eq!(found, all, "{limit}");
        }
    }
    assert_eq!(numbers(&app.get(&format!("{PATH}?before=4")).expect(200)), [3]);
    assert_eq!(numbers(&app.get(&format!("{PATH}?before=99")).expect(200)), [6, 4, 3]);
    let wrong = app.get(&format!("{PATH}?before=x&limit=0&nix=1")).expect(400);
    assert_eq!(
        wrong.errors(),
        ["before: out_of_range", "limit: out_of_range", "nix: unknown_parameter"]
    );
}

#[test]
fn any_two_revisions_can_be_compared() {
    let app = record();
    let diff = app.get(&format!("{PATH}/4/diff")).expect(200).json();
    assert_eq!((&diff["from"], &diff["to"]), (&json!(3), &json!(4)));
    assert_eq!(
        diff["changes"],
        json!([
            {"pointer": "/title/de", "before": "Werdegang", "after": "Werdegang, neu"},
            {"pointer": "/tags", "before": ["drei"], "after": ["drei", "vier"]},
        ])
    );
    assert_eq!(diff["patch"].as_array().unwrap().len(), 2);
    let back = app.get(&format!("{PATH}/3/diff?from=4")).expect(200).json();
    assert_eq!(back["changes"][0]["after"], "Werdegang");
    assert_eq!(
        app.get(&format!("{PATH}/6/diff?from=6")).expect(200).json()["changes"],
        json!([])
    );
    // The first one that somebody sees is compared with nothing.
    let first = app.get(&format!("{PATH}/3/diff")).expect(200).json();
    assert_eq!(first.get("from"), None);
    assert!(
        first["changes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|c| c.get("before").is_none())
    );
    for hidden in ["1", "5", "99"] {
        let wrong = app.get(&format!("{PATH}/4/diff?from={hidden}")).expect(400);
        assert_eq!(wrong.errors(), ["from: unknown_revision"]);
    }
    let token = editor("dataport").sign();
    let own = app.acting(&token).get(&format!("{PATH}/3/diff")).expect(200).json();
    assert_eq!(own["from"], 2);
    assert!(own["changes"].to_string().contains("geheim-zwei"));
}

#[test]
fn a_hidden_record_has_no_revisions_and_a_withdrawn_one_is_gone() {
    let app = record();
    let token = editor("dataport").sign();
    let mut draft = crate::components::component("entwurf", "Entwurf");
    draft["publication"] = json!("draft");
    app.import(&[draft]);
    let who = app.acting(&token).with("if-match", "*");
    let same = |a: &Answer, b: &Answer| {
        let without = |answer: &Answer| {
            let mut body = answer.json();
            body.as_object_mut().unwrap().remove("instance");
            body
        };
        assert_eq!((a.status, without(a)), (b.status, without(b)));
    };
    let all = |slug: &str| ["", "/1", "/1/diff"].map(|rest| app.get(&format!("/v1/components/{slug}/revisions{rest}")));
    for (hidden, missing) in all("entwurf").iter().zip(all("gibt-es-nicht")) {
        same(hidden, &missing);
        assert_eq!(hidden.status, 404);
    }
    who.get("/v1/components/entwurf/revisions/1").expect(200);
    who.delete("/v1/components/werdegang").expect(204);
    for gone in all("werdegang") {
        assert_eq!(gone.expect(410).json()["tombstone"]["slug"], "werdegang");
    }
    assert_eq!(who.get(PATH).expect(200).json()["items"].as_array().unwrap().len(), 7);
    let admin = Token::admin().sign();
    let purge = "/v1/components/werdegang?purge=true";
    app.acting(&admin).with("if-match", "*").delete(purge).expect(204);
    for purged in all("werdegang") {
        purged.expect(404);
    }
    app.acting(&admin).get(PATH).expect(404);
}

#[test]
fn a_record_that_was_purged_and_made_again_begins_anew() {
    let app = record();
    let admin = Token::admin().sign();
    let admin = app.acting(&admin);
    let mut one = admin.get("/v1/components/werdegang").expect(200).json();
    admin
        .clone()
        .with("if-match", "*")
        .delete("/v1/components/werdegang?purge=true")
        .expect(204);
    one.as_object_mut()
        .unwrap()
        .retain(|name, _| !["revision", "createdAt", "updatedAt", "publishedAt"].contains(&name.as_str()));
    app.import(&[one]);
    assert_eq!(numbers(&admin.get(PATH).expect(200)), [1]);
    assert_eq!(numbers(&app.get(PATH).expect(200)), [1]);
    admin.get(&format!("{PATH}/4")).expect(404);
}

#[test]
fn an_earlier_slug_leads_to_the_revisions_of_the_current_one() {
    let app = record();
    let token = editor("dataport").sign();
    patch(
        &app.acting(&token),
        "/v1/components/werdegang",
        &json!({"slug": "umbenannt"}),
    );
    let moved = app.get(&format!("{PATH}/4/diff?from=3")).expect(308);
    assert_eq!(
        moved.header("location"),
        "/v1/components/umbenannt/revisions/4/diff?from=3"
    );
    app.get(moved.header("location")).expect(200);
    let diff = app.get("/v1/components/umbenannt/revisions/7/diff").expect(200).json();
    assert_eq!(
        diff["changes"],
        json!([{"pointer": "/slug", "before": "werdegang", "after": "umbenannt"}])
    );
}

#[test]
fn organisations_have_revisions_too() {
    let app = TestApp::with(&[]);
    let token = editor("dataport").sign();
    let path = "/v1/organisations/dataport";
    patch(
        &app.acting(&token),
        path,
        &json!({"homepage": "https://neu.example.org/"}),
    );
    let list = app.get(&format!("{path}/revisions")).expect(200);
    assert_eq!(numbers(&list), [2, 1]);
    let diff = app.get(&format!("{path}/revisions/2/diff")).expect(200).json();
    assert_eq!(diff["changes"][0]["pointer"], "/homepage");
    let now: Value = app.get(path).expect(200).json();
    assert_eq!(app.get(&format!("{path}/revisions/2")).expect(200).json(), now);
}
