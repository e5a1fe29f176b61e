//! Cases worked by hand: who asks for what, and what the answer has to be. All bodies and components are made up.

use serde_json::{Value, json};

use super::{Case, Eligibility, EligibilityAnswer, EligibilityRule, Ground, Need, eligibility};
use crate::adoption::Adoption;
use crate::code_list::CodeList;
use crate::component::Component;
use crate::id::Id;
use crate::offer::Offer;
use crate::organisation::Organisation;
use crate::stored::{Publication, Stored};
use crate::values::{Revision, Slug, Timestamp};
use EligibilityAnswer::{No, Unclear, Yes};
use EligibilityRule as R;

pub(super) fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn read<T: serde::de::DeserializeOwned>(base: Value, more: Value) -> T {
    let (Value::Object(mut base), Value::Object(more)) = (base, more) else {
        panic!("objects expected")
    };
    base.extend(more);
    serde_json::from_value(Value::Object(base)).unwrap()
}

/// The bodies of all cases.
pub(super) fn world() -> Vec<(Slug, Organisation)> {
    let provider = |carriers: &[&str], share: Option<f64>, capital: Option<bool>| {
        let mut body = json!({"kind": "it_provider", "carriers": carriers});
        if let Some(share) = share {
            body["openMarketShare"] = json!(share);
        }
        if let Some(capital) = capital {
            body["privateCapital"] = json!(capital);
        }
        body
    };
    let both = ["state-a", "state-b"];
    [
        ("federation", json!({"kind": "federation"})),
        ("federal-office", json!({"kind": "federal_body"})),
        ("state-a", json!({"kind": "state", "states": ["DE-SH"]})),
        ("state-b", json!({"kind": "state", "states": ["DE-HH"]})),
        ("state-c", json!({"kind": "state", "states": ["DE-MV"]})),
        ("ministry-a", json!({"kind": "ministry", "states": ["DE-SH"]})),
        ("office-a", json!({"kind": "state_body", "states": ["DE-SH"]})),
        ("office-of-ministry-a", json!({"kind": "state_body", "parent": "ministry-of-a"})),
        ("ministry-of-a", json!({"kind": "ministry", "parent": "state-a"})),
        ("city-a", json!({"kind": "municipality", "regionKey": "01002000"})),
        ("city-c", json!({"kind": "municipality", "states": ["DE-MV"]})),
        ("union-a", json!({"kind": "municipal_association", "carriers": ["city-a", "city-a2"]})),
        ("joint", provider(&["state-a", "state-b", "union-a"], Some(5.0), Some(false))),
        ("at-the-limit", provider(&both, Some(20.0), Some(false))),
        ("mixed", provider(&both, Some(5.0), Some(true))),
        ("unknown-facts", provider(&both, None, None)),
        ("dark", provider(&[], None, None)),
        ("sole", provider(&["state-c"], Some(3.0), Some(false))),
        ("sister", provider(&["state-c"], Some(19.9), Some(false))),
        ("grandchild", provider(&["sole"], Some(0.0), Some(false))),
        ("cousin", provider(&both, Some(1.0), Some(false))),
        ("club", json!({"kind": "joint_institution", "carriers": ["joint", "city-c"], "openMarketShare": 0, "privateCapital": false})),
        ("company", json!({"kind": "company"})),
        ("town-works", json!({"kind": "company", "carriers": ["city-a"]})),
        ("ngo", json!({"kind": "civil_society"})),
        ("university", json!({"kind": "academia", "states": ["DE-SH"]})),
        ("somebody", json!({"kind": "other_body"})),
        ("institution", json!({"kind": "joint_institution"})),
    ]
    .into_iter()
    .map(|(name, body)| (slug(name), read(json!({"title": {"de": name}}), body)))
    .collect()
}

pub(super) fn component(more: Value) -> Stored<Component> {
    let base = json!({
        "kind": "platform", "title": {"de": "Probe"}, "summary": {"de": "Probe"}, "owner": "joint",
        "lifecycle": "productive", "roles": {"operator": ["joint"]}, "legalBasis": [{"type": "in_house"}],
    });
    let now = Timestamp::from_micros(0);
    Stored {
        id: Id::from_u128(1),
        slug: slug("probe"),
        revision: Revision::FIRST,
        publication: Publication::Published,
        published_at: Some(now),
        created_at: now,
        updated_at: now,
        value: read(base, more),
    }
}

pub(super) fn offer(more: Value) -> Offer {
    read(
        json!({"component": "probe", "key": "standard", "provider": "joint"}),
        more,
    )
}

pub(super) fn ask(
    bodies: &[(Slug, Organisation)],
    component: &Stored<Component>,
    asker: &str,
    offers: &[Offer],
    adoptions: &[Adoption],
) -> Eligibility {
    let find = |wanted: &Slug| bodies.iter().find(|(slug, _)| slug == wanted).map(|(_, body)| body);
    let asker = slug(asker);
    eligibility(&Case {
        component,
        asker: &asker,
        document: find(&asker).unwrap(),
        organisation: &find,
        offers: &offers.iter().collect::<Vec<_>>(),
        adoptions: &adoptions.iter().collect::<Vec<_>>(),
        today: "2026-07-01".parse().unwrap(),
    })
}

struct Worked {
    name: &'static str,
    asker: &'static str,
    component: Value,
    offers: Vec<Value>,
    adoption: Option<Value>,
    answer: EligibilityAnswer,
    rule: EligibilityRule,
    /// Record and pointer of a fact that the deciding ground has to ask for; `-` for one outside the catalogue.
    need: Option<&'static str>,
}

fn worked(name: &'static str, asker: &'static str, component: Value, answer: EligibilityAnswer, rule: R) -> Worked {
    Worked {
        name,
        asker,
        component,
        offers: Vec::new(),
        adoption: None,
        answer,
        rule,
        need: None,
    }
}

impl Worked {
    fn offer(mut self, offer: Value) -> Self {
        self.offers.push(offer);
        self
    }

    fn adoption(mut self, adoption: Value) -> Self {
        self.adoption = Some(adoption);
        self
    }

    fn needs(mut self, need: &'static str) -> Self {
        self.need = Some(need);
        self
    }
}

fn by(operator: &str) -> Value {
    json!({"roles": {"operator": [operator]}})
}

fn basis(basis: &str) -> Value {
    json!({"legalBasis": [{"type": basis}]})
}

fn code(licence: &str) -> Value {
    json!({"licence": licence, "repository": "https://example.org/code"})
}

fn dvc() -> Value {
    json!({"kind": "cloud_service", "externalIds": [{"catalogue": "dvc", "id": "1"}]})
}

fn efa() -> Value {
    json!({"kind": "online_service", "legalBasis": [{"type": "efa_contract"}]})
}

#[rustfmt::skip]
fn all() -> Vec<Worked> {
    vec![
        // The component itself.
        worked("A retired component is for nobody", "state-a", json!({"lifecycle": "retired"}), No, R::ComponentEnded),
        worked("A component past its last day is for nobody", "state-a", json!({"endsOn": "2026-06-30"}), No, R::ComponentEnded),
        worked("On its last day a component is still to be had", "state-a", json!({"endsOn": "2026-07-01"}), Yes, R::JointInHouse),
        worked("Of an idea there is nothing to obtain", "state-a", json!({"lifecycle": "idea"}), No, R::ComponentIdea),
        // Open licence.
        worked("Anybody may run code under an open licence", "company", code("EUPL-1.2"), Yes, R::OpenLicence),
        worked("Code only is enough for who can run it", "ngo", json!({"licence": "MIT", "repository": "https://example.org/c", "deployment": ["code_only"]}), Yes, R::OpenLicence),
        worked("An open licence without a place of the code leaves the place to be found", "company", json!({"licence": "EUPL-1.2"}), Unclear, R::OpenLicence).needs("probe /repository"),
        worked("Code without a licence leaves the licence to be found", "company", json!({"repository": "https://example.org/code"}), Unclear, R::OpenLicence).needs("probe /licence"),
        worked("A licence outside the open ones opens nothing", "company", code("LicenseRef-closed"), No, R::OpenLicence),
        worked("A choice of licences is open only where each way is", "company", code("EUPL-1.2 OR LicenseRef-closed"), Yes, R::OpenLicence),
        // EfA.
        worked("A state joins an EfA contract", "state-c", efa(), Yes, R::EfaContract),
        worked("A municipality joins an EfA contract", "city-c", efa(), Yes, R::EfaContract),
        worked("The EfA flag of the details is enough", "state-c", json!({"kind": "online_service", "legalBasis": [], "details": {"kind": "online_service", "efa": true}}), Yes, R::EfaContract),
        worked("The federation cannot join an EfA contract", "federal-office", efa(), No, R::EfaContract),
        worked("A company cannot join an EfA contract", "company", efa(), No, R::EfaContract),
        worked("An IT provider needs an in-house relation to a seller of the marketplace", "cousin", efa(), Unclear, R::EfaContract).needs("-"),
        worked("An offer on the ground of an EfA contract is one, whatever the entry says", "state-c", basis("purchase"), Yes, R::EfaContract).offer(json!({"contract": {"basis": "efa_contract"}})),
        // In-house, § 108 (1) to (5).
        worked("A carrier awards to the provider that it controls with others", "state-a", json!({}), Yes, R::JointInHouse),
        worked("A ministry is its state", "ministry-a", json!({}), Yes, R::JointInHouse),
        worked("An office is the state that its ministry is a part of", "office-of-ministry-a", json!({}), Yes, R::JointInHouse),
        worked("Of an office that names no parent it is to be settled whether it is a part of the state", "office-a", json!({}), Unclear, R::JointInHouse).needs("office-a /parent"),
        worked("A city that is a member of a carrier has to settle how far its control reaches", "city-a", json!({}), Unclear, R::JointInHouse).needs("-"),
        worked("Who carries nothing has no in-house ground", "city-c", json!({}), No, R::NoGround),
        worked("A sole carrier awards under paragraph 1", "state-c", by("sole"), Yes, R::InHouse),
        worked("Sole control reaches through a sole subsidiary (paragraph 2 sentence 2)", "state-c", by("grandchild"), Yes, R::InHouse),
        worked("At 20 of a hundred for the open market the exception ends", "state-a", by("at-the-limit"), No, R::JointInHouse),
        worked("Private capital excludes an in-house award", "state-a", by("mixed"), No, R::JointInHouse),
        worked("An unknown share of the market leaves it unclear", "state-a", by("unknown-facts"), Unclear, R::JointInHouse).needs("unknown-facts /openMarketShare"),
        worked("Unknown capital leaves it unclear", "state-b", by("unknown-facts"), Unclear, R::JointInHouse).needs("unknown-facts /privateCapital"),
        worked("Unknown carriers leave it unclear", "state-a", by("dark"), Unclear, R::InHouse).needs("dark /carriers"),
        worked("A provider without an entry leaves it unclear", "state-a", by("nowhere"), Unclear, R::InHouse).needs("nowhere /carriers"),
        worked("Unknown carriers are no question for a company", "company", by("dark"), No, R::NoGround),
        worked("A controlled provider awards to its carrier", "joint", json!({"owner": "state-a", "roles": {"operator": ["state-a"]}}), Yes, R::ReverseInHouse),
        worked("A provider awards to its sister under the same sole carrier", "sole", by("sister"), Yes, R::SisterInHouse),
        worked("Sisters under joint control have to settle it", "cousin", by("joint"), Unclear, R::SisterInHouse).needs("-"),
        worked("Who provides it has it", "joint", json!({}), Yes, R::OwnProvider),
        worked("A ministry has what its state provides", "ministry-of-a", by("state-a"), Yes, R::OwnProvider),
        worked("The seller decides on the in-house relation, not the provider", "state-c", json!({}), Yes, R::InHouse).offer(json!({"contract": {"seller": "sole"}})),
        // Membership.
        worked("Members of the provider order what is open to its members", "city-c", json!({}), Yes, R::JointInHouse).offer(json!({"provider": "club", "openTo": {"membersOf": ["club"]}})),
        worked("Members of a carrier order what the provider opens to them", "city-a", json!({}), Yes, R::Membership).offer(json!({"openTo": {"membersOf": ["union-a"]}})),
        worked("Who is no member stays outside", "city-c", json!({}), No, R::NoGround).offer(json!({"openTo": {"membersOf": ["union-a"]}})),
        worked("Membership somewhere else is no ground by itself", "city-c", json!({}), Unclear, R::Membership).offer(json!({"openTo": {"membersOf": ["club"]}})).needs("standard /contract/basis"),
        worked("Who the members are has to be known", "city-c", json!({}), Unclear, R::Membership).offer(json!({"openTo": {"membersOf": ["institution"]}})).needs("institution /carriers"),
        // Statute, agreement, cooperation.
        worked("A statute reaches whom the entry is meant for and offered to", "city-c", json!({"legalBasis": [{"type": "statute"}], "levels": ["municipal"], "states": [{"state": "DE-MV"}]}), Yes, R::Statute),
        worked("A statute leaves open whom it reaches", "city-c", basis("statute"), Unclear, R::Statute).needs("probe /legalBasis"),
        worked("What is only planned in a state does not reach it yet", "city-c", json!({"legalBasis": [{"type": "statute"}], "levels": ["municipal"], "states": [{"state": "DE-MV", "stage": "planned"}]}), Unclear, R::Statute).needs("probe /legalBasis"),
        worked("An agreement reaches the states that the offer names", "state-c", basis("administrative_agreement"), Yes, R::AdministrativeAgreement).offer(json!({"openTo": {"states": ["DE-MV"]}})),
        worked("Contracting authorities join a cooperation", "state-c", basis("cooperation"), Yes, R::Cooperation),
        worked("A company joins no cooperation", "company", basis("cooperation"), No, R::Cooperation),
        worked("A cooperation with a provider on the market is none", "state-c", json!({"legalBasis": [{"type": "cooperation"}], "roles": {"operator": ["at-the-limit"]}}), No, R::Cooperation),
        worked("A university may be a contracting authority", "university", basis("cooperation"), Unclear, R::Cooperation).needs("university /kind"),
        worked("Where no ground is named, it may be an open licence", "city-c", json!({"legalBasis": []}), Unclear, R::OpenLicence).needs("probe /licence"),
        worked("Where no ground is named and the code is closed, it may be a statute", "city-c", json!({"legalBasis": [], "licence": "LicenseRef-closed"}), Unclear, R::Statute).needs("probe /legalBasis"),
        // Framework contract and purchase.
        worked("Who a framework contract names calls off", "city-c", json!({}), Yes, R::FrameworkContract).offer(json!({"contract": {"basis": "framework_contract"}, "openTo": {"states": ["DE-MV"]}})),
        worked("A framework contract has to name who calls off", "city-c", json!({}), Unclear, R::FrameworkContract).offer(json!({"contract": {"basis": "framework_contract"}})).needs("standard /openTo"),
        worked("A public body buys by tender", "city-c", basis("purchase"), Unclear, R::Purchase).needs("-"),
        worked("A company buys where an offer is open to it", "company", basis("purchase"), Yes, R::Purchase).offer(json!({"openTo": {"private": true}})),
        worked("A company needs an offer to buy", "company", basis("purchase"), Unclear, R::Purchase).needs("-"),
        // Deutsche Verwaltungscloud.
        worked("A company is no customer of Deutsche Verwaltungscloud", "company", dvc(), No, R::Dvc),
        worked("A customer of Deutsche Verwaltungscloud proves its ground", "city-c", dvc(), Unclear, R::Dvc).needs("-"),
        worked("A provider on the market is excluded from Deutsche Verwaltungscloud", "city-c", json!({"kind": "cloud_service", "externalIds": [{"catalogue": "dvc", "id": "1"}], "roles": {"operator": ["at-the-limit"]}}), No, R::Dvc),
        worked("A carrier orders in Deutsche Verwaltungscloud in-house", "state-b", dvc(), Yes, R::JointInHouse),
        // Limits of offers.
        worked("A carrier outside the states of the offer is kept out", "state-a", json!({}), No, R::OfferLimits).offer(json!({"openTo": {"states": ["DE-HH"]}})),
        worked("A carrier of another level is kept out", "state-a", json!({}), No, R::OfferLimits).offer(json!({"openTo": {"levels": ["municipal"]}})),
        worked("An offer that ended keeps everybody out", "state-a", json!({}), No, R::OfferLimits).offer(json!({"validUntil": "2026-06-30"})),
        worked("An offer that has not begun keeps everybody out", "state-a", json!({}), No, R::OfferLimits).offer(json!({"validFrom": "2026-07-02"})),
        worked("An offer on its last day still holds", "state-a", json!({}), Yes, R::JointInHouse).offer(json!({"validUntil": "2026-07-01"})),
        worked("What is sold to public bodies only is not sold to a company", "company", basis("purchase"), No, R::OfferLimits).offer(json!({})),
        worked("A level that is not known has to be settled", "institution", efa(), Unclear, R::EfaContract).offer(json!({"openTo": {"levels": ["state"]}})).needs("institution /kind"),
        worked("A condition in free text has to be checked", "state-a", json!({}), Unclear, R::OfferLimits).offer(json!({"openTo": {"note": {"de": "Nur mit Anschluss an das Landesnetz."}}})).needs("standard /openTo/note"),
        worked("One offer that fits is enough", "state-a", json!({}), Yes, R::JointInHouse).offer(json!({"openTo": {"states": ["DE-HH"]}})).offer(json!({"key": "second", "openTo": {"states": ["DE-SH"]}})),
        // Existing contract.
        worked("Who uses it already may go on", "company", json!({}), Yes, R::ExistingContract).adoption(json!({"stage": "live"})),
        worked("A contract without a beginning of use is one", "company", json!({}), Yes, R::ExistingContract).adoption(json!({"stage": "contracted", "contract": {"endsOn": "2026-07-01"}})),
        worked("A contract that ended is none", "company", json!({}), No, R::ExistingContract).adoption(json!({"stage": "live", "contract": {"endsOn": "2026-06-30"}})),
        worked("A use that nobody verified any more has to be verified", "company", json!({}), Unclear, R::ExistingContract).adoption(json!({"stage": "live", "expiresOn": "2026-06-30"})).needs("company /verifiedOn"),
        worked("A trial is no contract yet", "company", json!({}), Unclear, R::ExistingContract).adoption(json!({"stage": "pilot"})).needs("company /contract"),
        worked("An interest is no contract", "company", json!({}), No, R::NoGround).adoption(json!({"stage": "interested"})),
        // Who asks.
        worked("A company that a city carries may be a contracting authority", "town-works", basis("cooperation"), Unclear, R::Cooperation).needs("town-works /kind"),
        worked("What sort of body somebody is has to be known", "somebody", basis("cooperation"), Unclear, R::Cooperation).needs("somebody /kind"),
        worked("Civil society has no in-house ground", "ngo", json!({}), No, R::NoGround),
    ]
}

fn is_asked_for(need: &Need, wanted: &str) -> bool {
    match (&need.record, need.pointer) {
        (Some(record), Some(pointer)) => format!("{record} {pointer}") == wanted,
        _ => wanted == "-",
    }
}

#[test]
fn every_case_is_answered_as_it_was_worked_by_hand() {
    let bodies = world();
    let mut wrong = Vec::new();
    for case in all() {
        let offers: Vec<Offer> = case.offers.into_iter().map(offer).collect();
        let adoption = case
            .adoption
            .map(|a| read::<Adoption>(json!({"component": "probe", "organisation": case.asker}), a));
        let answer = ask(
            &bodies,
            &component(case.component),
            case.asker,
            &offers,
            adoption.as_slice(),
        );
        let decides = |g: &&Ground| g.rule == answer.rule && g.answer == answer.answer;
        let is_needed = |wanted| {
            let mut needs = answer.grounds.iter().filter(decides).flat_map(|g| &g.needs);
            needs.any(|need| is_asked_for(need, wanted))
        };
        let fine = answer.answer == case.answer
            && answer.rule == case.rule
            && (case.answer == Unclear) == case.need.is_some()
            && case.need.is_none_or(is_needed);
        if !fine {
            wrong.push(format!("{}: {:?} {:?}", case.name, answer.answer, answer.rule));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_draft_is_for_nobody() {
    let mut draft = component(json!({}));
    draft.publication = Publication::Draft;
    let answer = ask(&world(), &draft, "state-a", &[], &[]);
    assert_eq!((answer.answer, answer.rule), (No, R::ComponentNotPublic));
}

#[test]
fn every_rule_has_one_place_in_the_table() {
    for code in EligibilityRule::ALL {
        let places = super::RULES.iter().filter(|rule| rule.code == *code).count();
        let judged_elsewhere = matches!(code, R::OfferLimits | R::NoGround);
        assert_eq!(places, usize::from(!judged_elsewhere), "{code:?}");
    }
}
