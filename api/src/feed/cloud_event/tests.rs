use domain::component::Component;
use domain::event::Origin;
use domain::stored::Document;
use serde_json::json;

use super::*;

const MARKERS: [&str; 4] = ["wer-auch-immer", "token-4711", "anfrage-0815", "begruendung"];

fn event(revision: i64, publication: Publication, document: &Value) -> Event {
    Event {
        sequence: Sequence(40 + revision),
        time: Timestamp::from_micros(1_795_426_200_000_000 + revision),
        event_type: EventType::Updated,
        noun: Component::NOUN.to_owned(),
        subject: Id::from_u128(7),
        slug: "a".parse().unwrap(),
        revision: Revision(revision),
        publication,
        public: publication == Publication::Published,
        members: publication == Publication::Published,
        visibility: Visibility::Public,
        owner: Some("amt".parse().unwrap()),
        party: Some("kreis".parse().unwrap()),
        origin: Origin {
            actor: Some(MARKERS[0].to_owned()),
            token_id: Some(MARKERS[1].to_owned()),
            request_id: Some(MARKERS[2].to_owned()),
            comment: Some(MARKERS[3].to_owned()),
        },
        document: Some(document.to_string().into()),
    }
}

fn facts(publication: Publication) -> Facts {
    Facts {
        publication,
        visibility: Visibility::Public,
        created_at: Timestamp::from_micros(1_795_426_200_000_001),
        published_at: Some(Timestamp::from_micros(1_795_426_200_000_002)),
    }
}

fn of(organisation: &str, audits: bool) -> Viewer {
    Viewer {
        sight: Sight::Of(vec![organisation.parse().unwrap()]),
        audits,
    }
}

const PUBLIC: Viewer = Viewer {
    sight: Sight::Public,
    audits: false,
};

fn rendered(event: &Event, previous: Option<&Event>, facts: Option<&Facts>, viewer: &Viewer) -> Value {
    serde_json::to_value(render(event, previous, facts, viewer, "https://katalog.example")).unwrap()
}

#[test]
fn everybody_reads_the_record_and_what_changed_but_not_who_wrote() {
    let before = event(2, Publication::Published, &json!({"kind": "platform", "tags": ["x"]}));
    let after = event(3, Publication::Published, &json!({"kind": "platform"}));
    let facts = facts(Publication::Published);
    let told = rendered(&after, Some(&before), Some(&facts), &PUBLIC);
    assert_eq!(told["id"], "43");
    assert_eq!(told["sequence"], "0000000000000043");
    assert_eq!(told["type"], "org.verbundkatalog.component.updated");
    assert_eq!(told["source"], "https://katalog.example/v1/events");
    assert_eq!(told["data"]["after"]["kind"], "platform");
    assert_eq!(told["data"]["after"]["publishedAt"], "2026-11-23T09:30:00.000002Z");
    assert!(told["data"].get("before").is_none() && told["data"].get("tombstone").is_none());
    assert!(told.get("party").is_none());
    for marker in MARKERS {
        assert!(!told.to_string().contains(marker), "{told}");
    }
    let mut made = rendered(&before, None, Some(&facts), &PUBLIC)["data"]["after"].clone();
    let patch: json_patch::Patch = serde_json::from_value(told["data"]["patch"].clone()).unwrap();
    json_patch::patch(&mut made, &patch).unwrap();
    assert_eq!(made, told["data"]["after"]);
}

#[test]
fn a_draft_before_the_publication_stays_hidden_from_everybody_but_insiders() {
    let before = event(1, Publication::Draft, &json!({"kind": "platform", "geheim": true}));
    let after = event(2, Publication::Published, &json!({"kind": "platform"}));
    let facts = facts(Publication::Published);
    for stranger in [PUBLIC, of("fremd", false), of("fremd", true)] {
        let told = rendered(&after, Some(&before), Some(&facts), &stranger);
        assert!(told["data"]["after"].is_object());
        assert!(told["data"].get("patch").is_none(), "{told}");
        assert!(!told.to_string().contains("geheim"), "{told}");
    }
    for insider in ["amt", "kreis"] {
        let told = rendered(&after, Some(&before), Some(&facts), &of(insider, false));
        assert!(told["data"]["patch"].to_string().contains("geheim"), "{told}");
        assert!(told["data"].get("before").is_none());
        assert_eq!(told["party"], "kreis");
    }
}

#[test]
fn auditors_read_who_wrote_and_what_was_before() {
    let before = event(1, Publication::Draft, &json!({"kind": "platform"}));
    let after = event(2, Publication::Draft, &json!({"kind": "ai_tool"}));
    let facts = facts(Publication::Draft);
    let told = rendered(&after, Some(&before), Some(&facts), &of("amt", true));
    for (member, marker) in ["actor", "tokenid", "requestid", "comment"].iter().zip(MARKERS) {
        assert_eq!(told[*member], marker);
    }
    assert_eq!(told["data"]["before"]["kind"], "platform");
    assert_eq!(told["data"]["after"]["kind"], "ai_tool");
}

#[test]
fn what_was_withdrawn_or_purged_leaves_a_tombstone_in_all_its_events() {
    let published = event(2, Publication::Published, &json!({"kind": "platform"}));
    let mut withdrawn = event(3, Publication::Withdrawn, &json!({"kind": "platform"}));
    withdrawn.public = true;
    let now = facts(Publication::Withdrawn);
    let tombstone = |revision| json!({"tombstone": {"id": Id::from_u128(7), "slug": "a", "revision": revision}});
    assert_eq!(rendered(&published, None, Some(&now), &PUBLIC)["data"], tombstone(2));
    assert_eq!(
        rendered(&withdrawn, Some(&published), Some(&now), &PUBLIC)["data"],
        tombstone(3)
    );
    // Its own organisation still sees it, as with `GET`.
    let told = rendered(&withdrawn, Some(&published), Some(&now), &of("amt", false));
    assert_eq!(told["data"]["after"]["publication"], "withdrawn");
    let mut purged = withdrawn;
    purged.event_type = EventType::Purged;
    purged.document = None;
    for viewer in [PUBLIC, of("amt", true)] {
        assert_eq!(rendered(&purged, Some(&published), None, &viewer)["data"], tombstone(3));
    }
}

#[test]
fn a_proposed_change_does_not_tell_its_parties_who_wrote_it() {
    let document = json!({"state": "draft", "authors": [MARKERS[0]], "remarks": [{"by": MARKERS[0], "text": "gut"}]});
    let mut proposed = event(1, Publication::Draft, &document);
    proposed.noun = Change::NOUN.to_owned();
    let facts = facts(Publication::Draft);
    let told = rendered(&proposed, None, Some(&facts), &of("amt", false));
    assert_eq!(told["data"]["after"]["remarks"][0]["text"], "gut");
    assert!(!told.to_string().contains(MARKERS[0]), "{told}");
    let told = rendered(&proposed, None, Some(&facts), &of("amt", true));
    assert!(told["data"]["after"].to_string().contains(MARKERS[0]), "{told}");
}

#[test]
fn an_event_is_one_line_whatever_its_document_looks_like() {
    let mut pretty = event(1, Publication::Published, &json!({}));
    pretty.document = Some("{\n  \"kind\": \"platform\"\n}".into());
    let text = serde_json::to_string(&render(
        &pretty,
        None,
        Some(&facts(Publication::Published)),
        &PUBLIC,
        "",
    ))
    .unwrap();
    assert!(!text.contains('\n'), "{text}");
}
