use domain::access::Scope;
use serde_json::Value;
use tests::{TestApp, Token};

use super::{SECRETS, walk};

/// The text of all that somebody reads of the log, in all forms but the stream.
fn all(app: &TestApp, token: Option<&str>) -> (Vec<Value>, String) {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<(&str, &str)> = bearer.iter().map(|b| ("authorization", b.as_str())).collect();
    let events = walk(app, "/v1/events?limit=50", &headers);
    let mut lines = headers.clone();
    lines.push(("accept", "application/x-ndjson"));
    let text = app.get_with("/v1/events", &lines).expect(200).text();
    (events, text)
}

#[test]
fn everybody_reads_what_is_public_and_nothing_of_who_wrote_or_what_was_hidden() {
    let app = super::world();
    let (events, text) = all(&app, None);
    let dump = Value::from(events.clone()).to_string();
    for secret in SECRETS {
        assert!(!dump.contains(secret) && !text.contains(secret), "{secret}");
    }
    for member in ["actor", "tokenid", "requestid", "comment", "party"] {
        assert!(events.iter().all(|event| event.get(member).is_none()), "{member}");
    }
    let of = |slug: &str| events.iter().filter(|e| e["slug"] == slug).collect::<Vec<_>>();
    assert_eq!(of("offen").len(), 2);
    assert!(of("offen")[1]["data"]["patch"].to_string().contains("neu"));
    // What it was before it was published is nobody's business, not even as a difference.
    assert_eq!(of("werdegang").len(), 2);
    assert!(of("werdegang")[0]["data"].get("patch").is_none());
    assert!(of("werdegang")[1]["data"]["patch"].to_string().contains("noch-mehr"));
    for gone in ["zurueck", "weg"] {
        assert_eq!(of(gone).len(), 2);
        assert!(
            of(gone)
                .iter()
                .all(|e| e["data"].as_object().unwrap().keys().eq(["tombstone"]))
        );
    }
}

#[test]
fn insiders_read_their_drafts_and_auditors_who_wrote_them() {
    let app = super::world();
    let head = usize::try_from(app.store().head().unwrap().0).unwrap();
    let (events, text) = all(&app, Some(&super::editor("dataport").sign()));
    assert_eq!(events.len(), head);
    assert!(text.contains("noch-ein-entwurf") && text.contains("nur-solange-oeffentlich"));
    for secret in &SECRETS[..3] {
        assert!(!text.contains(secret), "{secret}");
    }
    let auditor = Token::of("dataport").scopes(&[Scope::AuditRead]).sign();
    let (events, text) = all(&app, Some(&auditor));
    assert_eq!(events.len(), head);
    let change = events.iter().rfind(|e| e["slug"] == "entwurf").unwrap();
    assert_eq!(change["comment"], "begruendung-geheim");
    assert_eq!(change["requestid"], "anfrage-0815");
    assert!(change["actor"].as_str().unwrap().ends_with("|wer-auch-immer"));
    assert_eq!(change["data"]["before"]["tags"][0], "nur-entwurf");
    assert_eq!(change["data"]["after"]["tags"][0], "noch-ein-entwurf");
    // What was purged is gone for everybody.
    assert!(!text.contains("nur-bis-zur-loeschung"));
}

#[test]
fn auditors_of_others_see_who_wrote_what_is_public_and_no_drafts() {
    let app = super::world();
    let (public, _) = all(&app, None);
    let (events, text) = all(&app, Some(&Token::of("akdb").scopes(&[Scope::AuditRead]).sign()));
    assert_eq!(events.len(), public.len());
    assert!(text.contains("wer-auch-immer"));
    for secret in &SECRETS[3..] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn administrators_see_everything() {
    let app = super::world();
    let (events, text) = all(&app, Some(&Token::admin().sign()));
    assert_eq!(events.len(), usize::try_from(app.store().head().unwrap().0).unwrap());
    assert!(text.contains("noch-ein-entwurf") && text.contains("begruendung-geheim"));
}
