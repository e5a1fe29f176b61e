//! Files of made-up components: full, empty and in part, for each list.

use serde_json::{Value, json};

use super::*;
use crate::code_list::CodeList;
use crate::id::Id;
use crate::values::{Revision, Timestamp};
use DossierStatus::{Missing, NotApplicable, Present};

fn stored<T: serde::de::DeserializeOwned>(name: &str, base: Value, more: Value) -> Stored<T> {
    let (Value::Object(mut base), Value::Object(more)) = (base, more) else {
        panic!("objects expected")
    };
    base.extend(more);
    let now = Timestamp::from_micros(0);
    Stored {
        id: Id::from_u128(1),
        slug: name.parse().unwrap(),
        revision: Revision::FIRST,
        publication: Publication::Published,
        published_at: Some(now),
        created_at: now,
        updated_at: now,
        value: serde_json::from_value(Value::Object(base)).unwrap(),
    }
}

fn component(kind: &str, more: Value) -> Stored<Component> {
    let base = json!({"kind": kind, "title": {"de": "Probe"}, "summary": {"de": "Probe"}, "owner": "somebody"});
    stored("probe", base, more)
}

fn attestation(key: &str, scheme: &str, more: Value) -> Stored<Attestation> {
    stored(key, json!({"component": "probe", "key": key, "scheme": scheme}), more)
}

fn of(component: &Stored<Component>, attestations: &[Stored<Attestation>]) -> Dossier {
    dossier(component, attestations, "2026-07-01".parse().unwrap())
}

fn item<'a>(dossier: &'a Dossier, reference: &str) -> &'a DossierItem {
    let mut items = dossier.sections.iter().flat_map(|s| &s.items);
    items.find(|item| item.reference == reference).unwrap()
}

fn statuses(dossier: &Dossier, section: usize) -> Vec<DossierStatus> {
    dossier.sections[section].items.iter().map(|i| i.status).collect()
}

fn with(mut all: Value, name: &str, value: Value) -> Value {
    all[name] = value;
    all
}

fn note(text: &str) -> Value {
    json!({"de": text})
}

fn everything() -> Value {
    let url = "https://example.org/x";
    json!({
        "description": note("Lang"), "aliases": ["Andere"], "lifecycle": "productive", "productiveSince": "2025-01-01",
        "roles": {"supplier": ["a"], "operator": ["b"], "seller": ["c"]},
        "contacts": [{"role": "reuse", "name": "Stelle", "email": "stelle@example.org"}],
        "levels": ["state"], "states": [{"state": "DE-SH", "stage": "available"}], "services": ["99012345678901"],
        "ozgIds": ["10001"], "legalBasis": [{"type": "open_licence"}], "deployment": ["saas"], "licence": "EUPL-1.2",
        "repository": url, "documentation": url, "homepage": url,
        "interfaces": [{"name": "Schnittstelle", "standard": "REST"}],
        "requirements": [{"text": note("Muss sein"), "level": "must"}],
        "protection": {"confidentiality": "high", "integrity": "high", "availability": "normal"},
        "dataProtection": {"personalData": true, "thirdCountryTransfer": false, "processingContract": url},
        "verifiedOn": "2026-06-01",
    })
}

fn full_ai_tool() -> Value {
    let assessment = json!({"summary": note("Kurz"), "url": "https://example.org/a", "assessedOn": "2026-02-01"});
    let details = json!({
        "kind": "ai_tool", "purpose": note("Zweck"), "role": "provider", "aiActClass": "high_risk",
        "aiActReasoning": note("Weil"), "annexIiiPoint": "5(a)", "article6Exemption": false,
        "euDatabaseUrl": "https://example.org/eu", "models": [{"name": "Modell"}], "dataUsed": note("Daten"),
        "humanOversight": note("Aufsicht"), "automationLevel": "2", "fria": assessment, "dpia": assessment,
    });
    with(everything(), "details", details)
}

/// What only attestations can fill, each by its name.
fn attested(references: &[&str]) -> Vec<Stored<Attestation>> {
    let numbered = references.iter().enumerate();
    numbered
        .map(|(i, r)| attestation(&format!("a{i}"), "other_scheme", json!({"criterion": r})))
        .collect()
}

const BY_ATTESTATION: [&str; 14] = [
    "ai-act/annex-viii/a/2",
    "ai-act/annex-viii/a/3",
    "ai-act/annex-viii/a/8",
    "ai-act/annex-viii/a/9",
    "ai-act/annex-viii/a/11",
    "ai-act/annex-viii/c/2",
    "sh-iteg/6",
    "sh-iteg/9",
    "sh-iteg/10",
    "sh-iteg/12",
    "ai-act/art-27/1/a",
    "ai-act/art-27/1/b",
    "ai-act/art-27/1/c",
    "ai-act/art-27/1/d",
];

#[test]
fn the_file_of_an_ai_tool_follows_annex_viii() {
    let dossier = of(&component("ai_tool", json!({})), &[]);
    let references =
        |section: usize| -> Vec<&str> { dossier.sections[section].items.iter().map(|i| i.reference).collect() };
    let a: Vec<String> = (1..=13).map(|n| format!("ai-act/annex-viii/a/{n}")).collect();
    let c: Vec<String> = (1..=5).map(|n| format!("ai-act/annex-viii/c/{n}")).collect();
    assert_eq!(references(0), a);
    assert_eq!(references(1), c);
    // Of an empty one, there is its name; the URL is optional.
    let expected: Vec<DossierStatus> = (1..=13)
        .map(|n| match n {
            4 => Present,
            13 => NotApplicable,
            _ => Missing,
        })
        .collect();
    assert_eq!(statuses(&dossier, 0), expected);
    assert_eq!(dossier.missing, 11 + 5 + 5 + 3 + 7 + 8);
}

#[test]
fn the_file_of_an_ai_tool_can_be_full() {
    let tool = component("ai_tool", full_ai_tool());
    let before = of(&tool, &[]);
    assert_eq!(before.missing, 15, "what only attestations fill");
    let mut attestations = attested(&BY_ATTESTATION);
    attestations.push(attestation(
        "measures",
        "fria",
        json!({"criterion": "ai-act/art-27/1/f"}),
    ));
    let dossier = of(&tool, &attestations);
    assert_eq!(dossier.missing, 0);
    assert!(
        dossier
            .sections
            .iter()
            .flat_map(|s| &s.items)
            .all(|i| i.status == Present)
    );
    assert_eq!(item(&before, "ai-act/annex-viii/c/4").as_of, "2026-02-01".parse().ok());
    assert_eq!(item(&dossier, "ai-act/annex-viii/a/5").as_of, "2026-06-01".parse().ok());
    assert_eq!(
        item(&dossier, "ai-act/annex-viii/c/4").values.len(),
        1,
        "what names another item counts there only"
    );
    assert_eq!(item(&dossier, "ai-act/annex-viii/a/10").values, [json!("DE")]);
}

#[test]
fn what_is_not_high_risk_needs_no_registration() {
    let details = json!({"kind": "ai_tool", "aiActClass": "minimal"});
    let more =
        json!({"details": details, "states": [{"state": "DE-MV"}], "contacts": [{"role": "general", "name": "X"}]});
    let dossier = of(&component("ai_tool", more), &[]);
    assert_eq!(item(&dossier, "ai-act/annex-viii/a/1").status, NotApplicable);
    assert_eq!(item(&dossier, "ai-act/art-27").status, NotApplicable);
    assert_eq!(item(&dossier, "ai-act/class").status, Present);
    assert_eq!(item(&dossier, "ai-act/class/reasoning").status, Missing);
    assert_eq!(
        item(&dossier, "sh-iteg/5").status,
        NotApplicable,
        "known to be offered elsewhere"
    );
    assert_eq!(
        item(&dossier, "gdpr/art-35").status,
        Missing,
        "Art. 35 GDPR does not ask for the class"
    );
}

#[test]
fn a_claim_under_article_6_3_keeps_its_point_of_annex_iii() {
    let details = json!({"kind": "ai_tool", "aiActClass": "minimal", "article6Exemption": true});
    let dossier = of(&component("ai_tool", json!({"details": details})), &[]);
    assert_eq!(item(&dossier, "ai-act/annex-iii").status, Missing);
    assert_eq!(item(&dossier, "ai-act/art-6/3").values, [json!(true)]);
    assert_eq!(item(&dossier, "ai-act/annex-viii/a/11").status, NotApplicable);
}

#[test]
fn an_incomplete_item_points_to_what_it_lacks() {
    let dossier = of(&component("ai_tool", json!({"roles": {"supplier": ["maker"]}})), &[]);
    let provider = item(&dossier, "ai-act/annex-viii/a/1");
    assert_eq!((provider.status, provider.pointer), (Missing, "/contacts"));
    assert_eq!(provider.values, [json!("maker")]);
}

#[test]
fn attestations_count_while_they_hold_and_are_published() {
    let tool = component("ai_tool", json!({}));
    let summary = json!({"summary": note("Kurz"), "validFrom": "2026-01-01", "validUntil": "2026-07-01"});
    let dossier = of(&tool, &[attestation("f", "fria", summary)]);
    let fria = item(&dossier, "ai-act/annex-viii/c/4");
    assert_eq!(
        (fria.status, fria.expired, fria.as_of),
        (Present, false, "2026-01-01".parse().ok())
    );
    assert_eq!(fria.values[0]["summary"]["de"], "Kurz");

    for (validity, expired) in [
        (json!({"validUntil": "2026-06-30"}), true),
        (json!({"validFrom": "2026-07-02"}), false),
    ] {
        let dossier = of(&tool, &[attestation("f", "fria", validity)]);
        let fria = item(&dossier, "ai-act/annex-viii/c/4");
        assert_eq!((fria.status, fria.expired, fria.as_of), (Missing, expired, None));
        assert_eq!(fria.values[0]["expired"], expired);
    }

    let mut draft = attestation("f", "fria", json!({}));
    draft.publication = Publication::Draft;
    assert_eq!(
        item(&of(&tool, &[draft]), "ai-act/annex-viii/c/4").values,
        Vec::<Value>::new()
    );
}

#[test]
fn an_attestation_can_say_that_an_item_need_not_be_filled() {
    let waiver = json!({"criterion": "ai-act/annex-viii/a/3", "value": "not_applicable"});
    let dossier = of(
        &component("ai_tool", json!({})),
        &[attestation("n", "other_scheme", waiver)],
    );
    assert_eq!(item(&dossier, "ai-act/annex-viii/a/3").status, NotApplicable);
    assert_eq!(item(&dossier, "ai-act/annex-viii/a/2").status, Missing);
}

#[test]
fn an_online_service_is_measured_by_the_eight_groups() {
    let requirement = |group: &str, level: &str| json!({"text": note("Text"), "level": level, "group": group});
    let groups = [
        "interface_design",
        "domain_logic",
        "user_account",
        "payment",
        "data_exchange",
        "routing",
        "legal_reuse",
        "organisation",
    ];
    let all: Vec<Value> = groups.iter().map(|g| requirement(g, "must")).collect();
    let details = json!({
        "kind": "online_service", "efa": true, "ozgMaturity": "3", "userAccounts": ["BundID"], "paymentComponents": ["ePayBL"],
    });
    let more = with(with(everything(), "requirements", json!(all)), "details", details);
    let attestations = [
        attestation("e", "efa_requirements", json!({})),
        attestation("b", "bitv", json!({})),
    ];
    let full = of(&component("online_service", more), &attestations);
    assert_eq!(full.missing, 0);
    assert_eq!(
        item(&full, "ozg/services").values,
        [json!({"leika": "99012345678901"}), json!({"ozg": "10001"})]
    );

    let empty = of(&component("online_service", json!({})), &[]);
    let mut expected = vec![Missing; 10];
    expected[8] = NotApplicable;
    assert_eq!(statuses(&empty, 0), expected);
    assert_eq!(empty.missing, 9 + 7 + 5);

    let some = json!([requirement("payment", "may"), requirement("payment", "must"), {"text": note("Frei"), "level": "should"}]);
    let partly = of(
        &component("online_service", json!({"requirements": some, "ozgIds": ["10001"]})),
        &[],
    );
    let payment = item(&partly, "efa/payment");
    let levels: Vec<&Value> = payment.values.iter().map(|v| &v["level"]).collect();
    assert_eq!(levels, ["must", "may"], "the most binding first");
    assert_eq!((payment.status, payment.pointer), (Present, "/requirements"));
    assert_eq!(item(&partly, "efa/other").status, Present);
    assert_eq!(item(&partly, "efa/routing").status, Missing);
    assert_eq!(
        item(&partly, "ozg/services").status,
        Present,
        "one of the two numbers is enough"
    );

    let no_efa = json!({"details": {"kind": "online_service", "efa": false}});
    let no_efa = of(&component("online_service", no_efa), &[]);
    assert!(statuses(&no_efa, 0).iter().all(|status| *status == NotApplicable));
}

#[test]
fn a_cloud_service_is_measured_by_the_list_of_the_administration_cloud() {
    let details = json!({
        "kind": "cloud_service", "serviceModel": "saas", "tenancy": "dedicated", "locations": ["Kiel"],
        "availabilityTarget": 99.5, "supportHours": note("9 bis 17 Uhr"), "rtoMinutes": 60, "rpoMinutes": 5,
        "orderUrl": "https://example.org/order",
        "maturity": {"scheme": "Testschema", "level": "erfüllt", "version": "1", "assessedOn": "2026-05-01", "evidenceUrl": "https://example.org/e"},
        "exit": {"exportFormats": ["CSV"], "noticeDays": 30, "tested": false},
    });
    let schemes = [
        "bsi_c5_type2",
        "iso_27001_grundschutz",
        "penetration_test",
        "disaster_recovery_test",
    ];
    let attestations: Vec<_> = schemes
        .iter()
        .zip(["a", "b", "c", "d"])
        .map(|(s, k)| attestation(k, s, json!({})))
        .collect();
    let service = component("cloud_service", with(everything(), "details", details.clone()));
    let full = of(&service, &attestations);
    assert_eq!(full.missing, 0);
    assert_eq!(
        item(&full, "dvc/exit/tested").values,
        [json!(false)],
        "a known no is an answer"
    );

    let empty = of(&component("cloud_service", json!({})), &[]);
    assert_eq!(empty.missing, 5 + 4 + 6 + 3 + 5 + 3 + 5);

    let expired = [attestation("a", "bsi_c5_type2", json!({"validUntil": "2026-06-30"}))];
    let partly = of(&component("cloud_service", json!({"details": details})), &expired);
    let c5 = item(&partly, "dvc/c5");
    assert_eq!((c5.status, c5.expired), (Missing, true));
    assert_eq!(statuses(&partly, 6), [Present; 5]);
    assert_eq!(statuses(&partly, 0), [Missing, Missing, Missing, Present, Missing]);
}

#[test]
fn other_kinds_have_the_general_list_and_their_own() {
    let url = "https://example.org/p";
    for (kind, own, details) in [
        (
            "platform",
            4,
            json!({"capabilities": ["X"], "tenancy": "dedicated", "apis": ["Y"], "developerPortal": url}),
        ),
        (
            "infrastructure",
            4,
            json!({"locations": ["Kiel"], "availabilityClass": "VK 2", "capacity": note("Viel")}),
        ),
        (
            "building_block",
            2,
            json!({"packaging": ["Container"], "runtimes": ["Rust"]}),
        ),
    ] {
        let empty = of(&component(kind, json!({})), &[]);
        assert_eq!(statuses(&empty, 0)[0], Present, "title and summary are always there");
        assert_eq!(empty.missing, 5 + 3 + 6 + 6 + own, "{kind}");

        let tagged = with(details, "kind", json!(kind));
        let schemes = ["iso_27001", "bitv", "sovereignty", "disaster_recovery_test"];
        let attestations: Vec<_> = schemes
            .iter()
            .zip(["a", "b", "c", "d"])
            .map(|(s, k)| attestation(k, s, json!({})))
            .collect();
        let full = of(
            &component(kind, with(everything(), "details", tagged.clone())),
            &attestations,
        );
        assert_eq!(full.missing, 0, "{kind}");

        let partly = of(&component(kind, json!({"details": tagged, "licence": "MIT"})), &[]);
        assert_eq!(item(&partly, "entry/licence").status, Present);
        let recovery = u32::from(kind == "infrastructure");
        assert_eq!(partly.missing, 5 + 3 + 5 + 6 + recovery, "{kind}");
    }
}

#[test]
fn references_are_unique_and_labels_and_pointers_within_their_limits() {
    for kind in Kind::ALL {
        let dossier = of(&component(kind.code(), json!({})), &[]);
        let items: Vec<_> = dossier.sections.iter().flat_map(|s| &s.items).collect();
        let mut references: Vec<&str> = items.iter().map(|i| i.reference).collect();
        references.sort_unstable();
        references.dedup();
        assert_eq!(references.len(), items.len());
        for item in items {
            let is_short = |text: &str| text.chars().count() <= 200;
            assert!(is_short(item.label.de) && is_short(item.label.en) && is_short(item.reference));
            assert!(item.pointer.starts_with('/'));
        }
    }
}
