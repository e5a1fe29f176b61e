//! What a caller may not see changes no answer: each is asked in two catalogues that differ in hidden records alone.

use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::{adoption, body, catalogue, component, relation, with};

fn base() -> TestApp {
    catalogue(&[
        body("werk", "it_provider", &["DE-HH"]),
        body("mv", "state", &["DE-MV"]),
        body("sh", "state", &["DE-SH"]),
        body("hb", "state", &["DE-HB"]),
        with(
            body("rostock", "municipality", &["DE-MV"]),
            json!({ "regionKey": "13003000" }),
        ),
        component(
            "eins",
            "werk",
            json!({ "services": ["99107023000000"], "roles": { "operator": ["werk"] } }),
        ),
        component("zwei", "werk", json!({ "services": ["99107023000000"] })),
        component("tool", "werk", json!({ "kind": "ai_tool" })),
        relation("zwei", "depends_on", "eins"),
        adoption("eins", "mv", "pilot"),
        json!({ "component": "eins", "key": "dienst", "provider": "werk" }),
    ])
}

/// What members see: each of these changes every answer that speaks of it.
fn for_members() -> Vec<Value> {
    let members = json!({ "visibility": "members" });
    let went = json!([{ "stage": "interested", "on": "2025-01-01" }, { "stage": "live", "on": "2025-02-01" }]);
    vec![
        with(
            with(adoption("eins", "sh", "live"), members.clone()),
            json!({ "since": "2025-02-01", "milestones": went }),
        ),
        with(adoption("zwei", "rostock", "live"), members.clone()),
        with(
            json!({ "component": "eins", "key": "mitglieder", "provider": "werk", "openTo": { "states": ["DE-SH"] } }),
            members.clone(),
        ),
        with(
            json!({ "component": "tool", "key": "geheim", "scheme": "other_scheme", "criterion": "ai-act/annex-viii/a/11", "value": "ja" }),
            members,
        ),
    ]
}

/// What the parties alone see: the body `sh` or `hb`, and `werk`.
fn for_parties() -> Vec<Value> {
    let parties = json!({ "visibility": "parties" });
    let draft = json!({ "publication": "draft" });
    let went = json!([{ "stage": "interested", "on": "2024-01-01" }, { "stage": "live", "on": "2025-02-01" }]);
    vec![
        with(
            with(adoption("eins", "hb", "live"), parties.clone()),
            json!({ "since": "2025-02-01", "milestones": went }),
        ),
        with(
            with(adoption("zwei", "sh", "live"), parties.clone()),
            json!({ "expiresOn": "2026-01-01" }),
        ),
        with(
            json!({ "component": "eins", "key": "vertraulich", "provider": "werk", "openTo": { "states": ["DE-HB"] } }),
            parties.clone(),
        ),
        with(
            json!({ "component": "tool", "key": "vertraulich", "scheme": "other_scheme", "criterion": "ai-act/annex-viii/a/9", "value": "ja" }),
            parties.clone(),
        ),
        with(
            json!({ "component": "eins", "key": "entwurf", "scheme": "iso_27001" }),
            draft.clone(),
        ),
        component(
            "entwurf",
            "werk",
            with(
                draft.clone(),
                json!({ "services": ["99107023000000"], "tags": ["wohngeld"] }),
            ),
        ),
        with(body("stadt", "municipality", &["DE-MV"]), draft.clone()),
        with(relation("entwurf", "depends_on", "eins"), draft.clone()),
        with(relation("eins", "alternative_to", "zwei"), draft),
    ]
}

fn token(organisation: &str) -> String {
    Token::of(organisation).sign()
}

/// Every answer, as somebody gets it.
fn answers(app: &TestApp, token: Option<&str>) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<(&str, &str)> = bearer.iter().map(|b| ("authorization", b.as_str())).collect();
    for path in [
        "/v1/components/compare?ids=eins,tool",
        "/v1/coverage?by=kind",
        "/v1/coverage?by=service",
        "/v1/coverage?by=component",
        "/v1/coverage?by=component&adoptions.liveIn=DE-SH,DE-HB",
        "/v1/coverage?by=kind&state=DE-MV",
        "/v1/components/eins/impact",
        "/v1/components/eins/relations?direction=both&depth=3",
        "/v1/components/eins/eligibility?organisation=hb",
        "/v1/components/eins/eligibility?organisation=sh",
        "/v1/components/eins/cost-share?states=DE-SH,DE-HB&amount=10",
        "/v1/components/tool/dossier",
        "/v1/statistics",
        "/v1/components?sort=slug&include=relations,offers,attestations,adoptions",
        "/v1/components/eins?include=relations,offers,attestations,adoptions",
        "/v1/components/entwurf/impact",
        "/v1/components/entwurf/relations",
        "/v1/components/entwurf/dossier",
        "/v1/components/compare?ids=eins,entwurf",
        "/v1/components/eins/eligibility?organisation=stadt",
    ] {
        all.push((path.to_owned(), app.get_with(path, &headers)));
    }
    for body in [
        json!({ "must": { "adoptions.liveIn": "DE-SH" } }),
        json!({ "should": { "adoptions.liveIn": "DE-HB", "attestations.value": "ja", "offers.provider": "werk" } }),
        json!({ "must": { "services": "99107023000000" }, "organisation": "hb" }),
        json!({ "text": "wohngeld" }),
        json!({ "must": { "kind": "platform" }, "organisation": "stadt" }),
    ] {
        let mut headers = headers.clone();
        headers.push(("content-type", "application/json"));
        let answer = app.send("POST", "/v1/components/match", &headers, body.to_string());
        all.push((format!("match {body}"), answer));
    }
    all.into_iter()
        .map(|(asked, answer)| {
            let mut json = answer.json();
            // Which event was the last, and which request it was, are nobody's secret.
            for member in ["asOf", "instance"] {
                json.as_object_mut().unwrap().remove(member);
            }
            (asked, json!({ "status": answer.status, "body": json }))
        })
        .collect()
}

/// What differs between two catalogues for somebody.
fn differing(one: &TestApp, other: &TestApp, token: Option<&str>) -> Vec<String> {
    let both = answers(one, token).into_iter().zip(answers(other, token));
    both.filter(|(a, b)| a.1 != b.1).map(|(a, _)| a.0).collect()
}

#[test]
fn what_is_for_members_or_parties_changes_nothing_for_everybody() {
    let (plain, whole) = (base(), base());
    whole.import(&for_members());
    whole.import(&for_parties());
    assert_eq!(differing(&plain, &whole, None), [""; 0]);
    // A token that stands for nobody in the catalogue opens nothing.
    let stranger = token("gibtsnicht");
    assert_eq!(differing(&plain, &whole, Some(&stranger)), [""; 0]);
}

#[test]
fn what_is_for_parties_changes_nothing_for_other_members() {
    let (plain, whole) = (base(), base());
    plain.import(&for_members());
    whole.import(&for_members());
    whole.import(&for_parties());
    for member in ["mv", "haus", "rostock"] {
        assert_eq!(differing(&plain, &whole, Some(&token(member))), [""; 0], "{member}");
    }
}

#[test]
fn those_who_may_see_it_are_answered_with_it() {
    let (plain, with_members, whole) = (base(), base(), base());
    with_members.import(&for_members());
    whole.import(&for_members());
    whole.import(&for_parties());
    let member = differing(&plain, &with_members, Some(&token("mv")));
    let party = differing(&with_members, &whole, Some(&token("werk")));
    let count = |all: &[String], part: &str| all.iter().filter(|asked| asked.contains(part)).count();
    // Otherwise the two tests above would show nothing.
    for part in [
        "compare",
        "by=kind",
        "by=service",
        "by=component",
        "state=DE-MV",
        "impact",
        "organisation=hb",
        "dossier",
        "statistics",
        "?sort=slug&include",
        "eins?include",
        "match",
    ] {
        assert!(count(&member, part) > 0, "{part} for members: {member:#?}");
    }
    for part in [
        "compare",
        "by=kind",
        "by=service",
        "by=component",
        "impact",
        "eins/relations",
        "organisation=hb",
        "dossier",
        "statistics",
        "?sort=slug&include",
        "eins?include",
        "match",
        "entwurf/",
    ] {
        assert!(count(&party, part) > 0, "{part} for parties: {party:#?}");
    }
    // A party sees its own, and not what another one has.
    let hb = answers(&whole, Some(&token("hb")));
    let impact = hb
        .iter()
        .find(|(asked, _)| asked == "/v1/components/eins/impact")
        .unwrap();
    let seen = super::texts(&impact.1["body"]["adoptions"], "organisation");
    assert_eq!(seen, ["mv", "sh", "hb", "rostock"]);
}

#[test]
fn what_was_withdrawn_changes_nothing_even_for_those_who_still_see_it() {
    let (plain, whole) = (base(), base());
    let withdrawn = for_members().into_iter().chain(for_parties());
    let withdrawn = withdrawn.map(|record| with(record, json!({ "publication": "withdrawn" })));
    whole.import(&withdrawn.collect::<Vec<_>>());
    for who in [token("werk"), token("sh"), Token::admin().sign()] {
        let mut differing = differing(&plain, &whole, Some(&who));
        // An address of its own, a list, and a filter of lists speak of the withdrawn record itself.
        let of_records = ["entwurf", "stadt", "?sort=", "adoptions.liveIn"];
        differing.retain(|asked| !of_records.iter().any(|part| asked.contains(part)));
        assert_eq!(differing, [""; 0]);
    }
}
