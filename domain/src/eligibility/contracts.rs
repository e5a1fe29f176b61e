//! Rules on contracts that an offer or an entry names as the ground of reuse.

use super::verdict::{Check, Verdict};
use super::{Look, Need, bodies, in_house, limits};
use crate::code_list::CodeList;
use crate::component::{Details, Kind, LegalBasisType, StateStage};
use crate::organisation::OrganisationKind;
use crate::statement::Text;
use crate::text;

/// Whether a ground is named for what the asking body looks at: by the offer, or by the entry where the offer is silent.
enum Named {
    Yes,
    /// Other grounds are named.
    No,
    /// None is named at all.
    Unknown,
}

fn named(look: &Look<'_, '_>, basis: LegalBasisType) -> Named {
    let component = &look.case.component.value;
    match look.offer.and_then(|o| o.contract.as_ref()).and_then(|c| c.basis) {
        Some(named) if named == basis => Named::Yes,
        None if component.legal_basis.iter().any(|b| b.basis == basis) => Named::Yes,
        None if component.legal_basis.is_empty() => Named::Unknown,
        _ => Named::No,
    }
}

/// The answer where a ground is not named; none, where it is.
fn unless_named(look: &Look<'_, '_>, basis: LegalBasisType) -> Option<Verdict> {
    let label = basis.label();
    let (de, en) = (label.de, label.en);
    match named(look, basis) {
        Named::Yes => None,
        Named::No => Some(Verdict::absent(text!(
            "Angebot und Eintrag nennen andere Grundlagen, nicht diese: {de}.",
            "Offer and entry name other grounds, and not this one: {en}."
        ))),
        Named::Unknown => {
            let detail = text!(
                "Weder Angebot noch Eintrag nennen eine Grundlage der Nachnutzung; ob diese besteht, ist nicht bekannt: {de}.",
                "Neither offer nor entry names a ground of reuse; whether this one exists is not known: {en}."
            );
            let need = match look.offer {
                Some(offer) => Need::of_offer(offer, "/contract/basis", detail.clone()),
                None => Need::of_component(&look.case.component.slug, "/legalBasis", detail.clone()),
            };
            Some(Verdict::unknown(detail, need))
        }
    }
}

/// What the asking body's kind keeps it out of, before anything has to be known.
fn private_asker(look: &Look<'_, '_>) -> Option<Verdict> {
    let slug = look.case.asker;
    (bodies::is_public(look.case, look.case.document) == Some(false)).then(|| {
        Verdict::absent(text!(
            "„{slug}“ ist keine öffentliche Stelle.",
            "`{slug}` is no public body."
        ))
    })
}

/// Services of "Einer für Alle": states and their municipalities take part.
pub(super) fn efa(look: &Look<'_, '_>) -> Verdict {
    use OrganisationKind as K;
    let component = &look.case.component.value;
    let is_efa = match &component.details {
        Some(Details::OnlineService(details)) => details.efa,
        _ => None,
    };
    let silent_offer = look
        .offer
        .and_then(|o| o.contract.as_ref())
        .and_then(|c| c.basis)
        .is_none();
    if !(is_efa == Some(true) && silent_offer)
        && let Some(verdict) = unless_named(look, LegalBasisType::EfaContract)
    {
        // Only online services are built after this model; of others nothing needs to be asked.
        let cannot_be = component.kind != Kind::OnlineService || is_efa == Some(false);
        return if cannot_be {
            Verdict::absent(Text::fixed(
                "Der Eintrag ist kein Dienst nach „Einer für Alle“.",
                "The entry is no service after \"Einer für Alle\".",
            ))
        } else {
            private_asker(look).unwrap_or(verdict)
        };
    }
    let slug = look.case.asker;
    match look.case.document.kind {
        K::State | K::Ministry | K::StateBody => Verdict::yes(Text::fixed(
            "Länder können dem EfA-Nachnutzungsvertrag über den Marktplatz beitreten.",
            "States may join the EfA reuse contract by the marketplace.",
        )),
        K::Municipality | K::MunicipalAssociation => Verdict::yes(Text::fixed(
            "Kommunen nutzen EfA-Dienste über ihr Land oder im eigenen Namen über den Marktplatz; dort ist ein Inhouse-Verhältnis zu FITKO oder govdigital nötig.",
            "Municipalities use EfA services by way of their state, or in their own name by the marketplace, which asks for an in-house relation to FITKO or govdigital.",
        )),
        K::ItProvider | K::JointInstitution => {
            let detail = text!(
                "Der Marktplatz verlangt ein Inhouse-Verhältnis von „{slug}“ zu FITKO oder govdigital; der Katalog kennt es nicht.",
                "The marketplace asks for an in-house relation of `{slug}` to FITKO or govdigital; the catalogue does not know of it."
            );
            Verdict::unclear(detail.clone(), Need::outside(detail))
        }
        K::Academia | K::Other => {
            let need = bodies::kind_need(slug);
            Verdict::unclear(need.detail.clone(), need)
        }
        K::Federation | K::FederalBody | K::Company | K::CivilSociety | K::Community | K::Foreign => {
            Verdict::no(Text::fixed(
                "EfA-Nachnutzung steht Ländern, Kommunen und deren IT-Dienstleistern offen, nicht dem Bund und nicht Privaten.",
                "EfA reuse is open to states, municipalities and their IT providers, not to the federation and not to private bodies.",
            ))
        }
    }
}

/// The offer is open to members of an organisation that the contract is closed with, or that carries it.
pub(super) fn membership(look: &Look<'_, '_>) -> Option<Verdict> {
    let offer = look.offer?;
    let members_of = offer
        .open_to
        .as_ref()
        .map(|o| &o.members_of)
        .filter(|m| !m.is_empty())?;
    let basis = offer.contract.as_ref().and_then(|c| c.basis);
    // Every other ground has a rule of its own.
    if !matches!(basis, None | Some(LegalBasisType::InHouse)) {
        return None;
    }
    let asker = look.case.asker;
    let Some(of) = members_of
        .iter()
        .find(|slug| bodies::is_member(look.case, slug) == Some(true))
    else {
        let unknown = members_of
            .iter()
            .find(|slug| bodies::is_member(look.case, slug).is_none());
        return Some(match unknown {
            Some(of) => {
                let detail = text!(
                    "Ob „{asker}“ Mitglied oder Träger von „{of}“ ist, weiß der Katalog nicht.",
                    "Whether `{asker}` is a member or a carrier of `{of}`, the catalogue does not know."
                );
                let need = Need::of_organisation(of, "/carriers", detail.clone());
                private_asker(look).unwrap_or(Verdict::unknown(detail, need))
            }
            None => Verdict::absent(text!(
                "„{asker}“ ist bei keiner der Organisationen Mitglied, deren Mitgliedern das Angebot offensteht.",
                "`{asker}` is a member of none of the organisations to whose members the offer is open."
            )),
        });
    };
    let mut check = Check::default();
    check.met(text!(
        "Das Angebot steht Mitgliedern und Trägern von „{of}“ offen; „{asker}“ ist eines davon.",
        "The offer is open to members and carriers of `{of}`; `{asker}` is one of them."
    ));
    let carries = look.body.is_some_and(|b| b.carriers.contains(of));
    if of != look.partner && !carries {
        check.needs(Need::of_offer(
            offer,
            "/contract/basis",
            text!(
                "Zu klären ist, auf welcher Grundlage die Mitgliedschaft bei „{of}“ eine Beauftragung des Vertragspartners ohne Vergabeverfahren erlaubt.",
                "To be settled: on what ground membership of `{of}` allows to commission the contracting party without a procurement procedure."
            ),
        ));
    }
    in_house::authority(look, asker, Some(look.case.document), &mut check);
    in_house::market(look.partner, look.body, &mut check);
    in_house::capital(look.partner, look.body, &mut check);
    Some(check.verdict())
}

/// A statute or ordinance gives the component to the asking body, or obliges it.
pub(super) fn statute(look: &Look<'_, '_>) -> Verdict {
    by_scope(look, LegalBasisType::Statute)
}

/// Administrative agreements and state treaties bind their parties.
pub(super) fn agreement(look: &Look<'_, '_>) -> Verdict {
    by_scope(look, LegalBasisType::AdministrativeAgreement)
}

fn by_scope(look: &Look<'_, '_>, basis: LegalBasisType) -> Verdict {
    if let Some(verdict) = unless_named(look, basis) {
        return private_asker(look).unwrap_or(verdict);
    }
    let asker = look.case.asker;
    if reaches(look) {
        return Verdict::yes(text!(
            "Die Grundlage ist genannt, und Angebot oder Eintrag richten sich an Ebene und Land von „{asker}“.",
            "The ground is named, and offer or entry is meant for the level and the state of `{asker}`."
        ));
    }
    let detail = text!(
        "Die Grundlage ist genannt; ob „{asker}“ unter sie fällt oder ihr beigetreten ist, sagt der Katalog nicht.",
        "The ground is named; whether `{asker}` falls under it or has joined it, the catalogue does not say."
    );
    Verdict::unclear(
        detail.clone(),
        Need::of_component(&look.case.component.slug, "/legalBasis", detail),
    )
}

/// Whether the offer names the asking body, or the entry is meant for its level and offered in its state.
fn reaches(look: &Look<'_, '_>) -> bool {
    if look.offer.is_some_and(|offer| limits::names_asker(look.case, offer)) {
        return true;
    }
    let component = &look.case.component.value;
    let mine = bodies::states(look.case.document);
    let offered = component
        .states
        .iter()
        .any(|s| s.stage != Some(StateStage::Planned) && mine.contains(&s.state));
    let level = bodies::level(look.case.document.kind);
    offered && level.is_some_and(|level| component.levels.contains(&level))
}

/// § 108 (6) GWB: contracting authorities work together, by a contract, for public services of them all.
pub(super) fn cooperation(look: &Look<'_, '_>) -> Verdict {
    if let Some(verdict) = unless_named(look, LegalBasisType::Cooperation)
        && unless_named(look, LegalBasisType::AdministrativeAgreement).is_some()
    {
        return private_asker(look).unwrap_or(verdict);
    }
    let mut check = Check::default();
    check.met(Text::fixed(
        "Ein Vertrag über die Zusammenarbeit ist als Grundlage genannt; die Stelle muss ihm beitreten oder einen eigenen schließen.",
        "A contract on cooperation is named as the ground; the body has to join it, or to close one of its own.",
    ));
    let asker = look.case.asker;
    in_house::authority(look, asker, Some(look.case.document), &mut check);
    in_house::authority(look, look.partner, look.body, &mut check);
    in_house::market(asker, Some(look.case.document), &mut check);
    in_house::market(look.partner, look.body, &mut check);
    check.verdict()
}

/// Single orders under a framework contract are for those whom its award named.
pub(super) fn framework(look: &Look<'_, '_>) -> Verdict {
    if let Some(verdict) = unless_named(look, LegalBasisType::FrameworkContract) {
        return verdict;
    }
    let asker = look.case.asker;
    if look.offer.is_some_and(|offer| limits::names_asker(look.case, offer)) {
        return Verdict::yes(text!(
            "Das Angebot beruht auf einem Rahmenvertrag und nennt „{asker}“ unter den Berechtigten.",
            "The offer rests on a framework contract and has `{asker}` among those who may order."
        ));
    }
    let detail = text!(
        "Ein Rahmenvertrag ist genannt; zu klären ist, ob er „{asker}“ als abrufberechtigt nennt. Ohne das ist ein eigenes Vergabeverfahren nötig.",
        "A framework contract is named; to be settled: whether it names `{asker}` among those who may order. Without that, a procurement procedure of its own is needed."
    );
    let need = match look.offer {
        Some(offer) => Need::of_offer(offer, "/openTo", detail.clone()),
        None => Need::of_component(&look.case.component.slug, "/legalBasis", detail.clone()),
    };
    Verdict::unclear(detail, need)
}

/// What is bought on the market, contracting authorities put to tender; private bodies do not have to.
pub(super) fn purchase(look: &Look<'_, '_>) -> Verdict {
    if let Some(verdict) = unless_named(look, LegalBasisType::Purchase) {
        return verdict;
    }
    let asker = look.case.asker;
    match bodies::is_public(look.case, look.case.document) {
        Some(false) if look.offer.is_some() => Verdict::yes(text!(
            "Kauf oder Miete ist angeboten; „{asker}“ ist nicht an das Vergaberecht gebunden.",
            "Purchase or rent is offered; `{asker}` is not bound by procurement law."
        )),
        Some(false) => {
            let detail = text!(
                "Kauf oder Miete ist genannt; es fehlt ein Angebot, das „{asker}“ offensteht.",
                "Purchase or rent is named; an offer that is open to `{asker}` is missing."
            );
            Verdict::unclear(detail.clone(), Need::outside(detail))
        }
        _ => {
            let detail = text!(
                "Kauf oder Miete ist genannt; „{asker}“ muss dafür ein Vergabeverfahren durchführen, dessen Ausgang offen ist.",
                "Purchase or rent is named; `{asker}` has to run a procurement procedure for it, whose outcome is open."
            );
            Verdict::unclear(detail.clone(), Need::outside(detail))
        }
    }
}

/// Deutsche Verwaltungscloud: providers and customers are public bodies. Who is admitted still needs a ground for the
/// contract itself, which the customer has to prove.
pub(super) fn dvc(look: &Look<'_, '_>) -> Option<Verdict> {
    let component = &look.case.component.value;
    let listed = component.external_ids.iter().any(|id| id.catalogue.as_str() == "dvc");
    if component.kind != Kind::CloudService || !listed {
        return None;
    }
    let mut check = Check::default();
    let (asker, partner) = (look.case.asker, look.partner);
    in_house::authority(look, asker, Some(look.case.document), &mut check);
    in_house::authority(look, partner, look.body, &mut check);
    in_house::market(partner, look.body, &mut check);
    check.needs(Need::outside(text!(
        "„{asker}“ muss die vergaberechtliche Grundlage für den Vertrag mit „{partner}“ oder einem Vertragsmittler selbst prüfen und nachweisen.",
        "`{asker}` itself has to check and to prove the ground in procurement law for the contract with `{partner}` or a contract intermediary."
    )));
    Some(check.verdict())
}
