//! `GET /v1/statistics`.

use serde_json::{Value, json};
use tests::{TestApp, Token};

use super::{adoption, body, catalogue, component, with};

fn ask(app: &TestApp) -> Value {
    app.get("/v1/statistics").expect(200).json()
}

fn went(component: &str, organisation: &str, interested: &str, live: &str) -> Value {
    let milestones = json!([{ "stage": "interested", "on": interested }, { "stage": "live", "on": live }]);
    with(
        adoption(component, organisation, "live"),
        json!({ "since": live, "milestones": milestones }),
    )
}

fn app() -> TestApp {
    catalogue(&[
        body("mv", "state", &["DE-MV"]),
        body("sh", "state", &["DE-SH"]),
        component(
            "eins",
            "haus",
            json!({ "lifecycle": "productive", "nextReviewOn": "2026-11-23", "states": [{ "state": "DE-MV" }, { "state": "DE-SH" }] }),
        ),
        component(
            "zwei",
            "haus",
            json!({ "lifecycle": "productive", "nextReviewOn": "2026-11-22", "states": [{ "state": "DE-SH" }] }),
        ),
        component("drei", "haus", json!({ "kind": "ai_tool" })),
        component("entwurf", "haus", json!({ "publication": "draft" })),
        // 30, 61 and 365 days: half of them took no longer than 61.
        with(
            went("eins", "mv", "2025-01-01", "2025-01-31"),
            json!({ "expiresOn": "2026-11-22" }),
        ),
        with(
            went("eins", "sh", "2025-03-01", "2025-05-01"),
            json!({ "expiresOn": "2026-11-23" }),
        ),
        with(
            went("zwei", "mv", "2024-01-31", "2025-01-30"),
            json!({ "confirmation": { "stage": "live", "by": "haus", "on": "2025-02-01" } }),
        ),
        // Without both days, and what went back to the beginning, tells nothing.
        with(adoption("zwei", "sh", "live"), json!({ "since": "2025-05-31" })),
        adoption("drei", "mv", "live"),
        with(adoption("drei", "sh", "pilot"), json!({ "since": "2025-05-31" })),
    ])
}

#[test]
fn counts_are_those_worked_by_hand() {
    let app = app();
    let count = |value: &str, count: u64| json!({ "value": value, "count": count });
    let expected = json!({
        "components": 3,
        "byKind": [count("platform", 2), count("ai_tool", 1)],
        "byState": [count("DE-SH", 2), count("DE-MV", 1)],
        "byLifecycle": [count("productive", 2)],
        "overdueReviews": 1,
        "withoutReview": 1,
        "adoptions": 6,
        "byStage": [count("live", 5), count("pilot", 1)],
        "staleAdoptions": 1,
        "confirmedAdoptions": 1,
        "liveByMonth": [
            { "month": "2025-01", "live": 2, "total": 2 },
            { "month": "2025-05", "live": 2, "total": 4 },
        ],
        "medianDaysToLive": 61,
        "adoptionsWithBothDays": 3,
        "asOf": app.store().head().unwrap().0,
    });
    assert_eq!(ask(&app), expected);
    assert_eq!(
        app.get("/v1/statistics?by=kind").expect(400).errors(),
        ["by: unknown_parameter"]
    );
}

#[test]
fn what_is_overdue_or_stale_grows_with_the_days() {
    let app = app();
    let tag = app.get("/v1/statistics").expect(200).header("etag").to_owned();
    app.get_with("/v1/statistics", &[("if-none-match", &tag)]).expect(304);
    app.clock.advance(86_400);
    app.follow();
    // No event was written, and the answer is another one.
    let answer = app
        .get_with("/v1/statistics", &[("if-none-match", &tag)])
        .expect(200)
        .json();
    assert_eq!(
        (&answer["overdueReviews"], &answer["staleAdoptions"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(answer["withoutReview"], 1);
    assert_eq!(answer["asOf"], app.store().head().unwrap().0);
}

#[test]
fn without_both_days_there_is_no_median_and_an_empty_catalogue_counts_nothing() {
    let app = catalogue(&[]);
    let answer = ask(&app);
    assert!(answer.get("medianDaysToLive").is_none());
    for number in [
        "components",
        "adoptions",
        "overdueReviews",
        "withoutReview",
        "adoptionsWithBothDays",
    ] {
        assert_eq!(answer[number], 0, "{number}");
    }
    for list in ["byKind", "byStage", "liveByMonth"] {
        assert_eq!(answer[list], json!([]), "{list}");
    }
}

#[test]
fn what_was_withdrawn_counts_for_nobody() {
    let app = app();
    let admin = Token::admin().sign();
    let who = app.acting(&admin).with("if-match", "*");
    who.delete("/v1/components/eins/adoptions/mv").expect(204);
    who.delete("/v1/components/drei").expect(204);
    let public = ask(&app);
    assert_eq!(public["components"], 2);
    assert_eq!(public["staleAdoptions"], 0);
    let seen = app.acting(&admin).get("/v1/statistics").expect(200).json();
    // The draft is the one thing that others do not see.
    assert_eq!(seen["components"], 3);
    assert_eq!(seen["withoutReview"], 1);
    for member in [
        "adoptions",
        "byStage",
        "staleAdoptions",
        "liveByMonth",
        "adoptionsWithBothDays",
        "medianDaysToLive",
    ] {
        assert_eq!(seen[member], public[member], "{member}");
    }
}

#[test]
fn a_step_through_the_api_is_counted_from_interest_to_live() {
    let app = catalogue(&[body("mv", "state", &["DE-MV"]), component("eins", "haus", json!({}))]);
    let token = Token::of("mv").scopes(&[domain::access::Scope::AdoptionsWrite]).sign();
    let path = "/v1/components/eins/adoptions/mv";
    app.acting(&token)
        .with("if-none-match", "*")
        .put(path, &json!({ "stage": "interested" }))
        .expect(201);
    app.clock.advance(40 * 86_400);
    let who = app.acting(&token).with("if-match", "*");
    who.patch(path, &json!({ "stage": "live" })).expect(200);
    let answer = ask(&app);
    assert_eq!(
        (&answer["medianDaysToLive"], &answer["adoptionsWithBothDays"]),
        (&json!(40), &json!(1))
    );
    assert_eq!(
        answer["liveByMonth"],
        json!([{ "month": "2027-01", "live": 1, "total": 1 }])
    );
    assert_eq!(answer["byStage"], json!([{ "value": "live", "count": 1 }]));
}
