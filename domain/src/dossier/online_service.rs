//! Online services: the minimum requirements of "Einer für Alle", then what OZG portals ask for.

use serde_json::{Value, json};

use super::row::{Row, Section, row, section};
use crate::attestation::AttestationScheme as A;
use crate::component::{Component, Details, RequirementGroup as G};
use crate::statement::Citation;

/// Only who is known to be no EfA service is free of its requirements.
fn may_be_efa(component: &Component) -> bool {
    !matches!(&component.details, Some(Details::OnlineService(d)) if d.efa == Some(false))
}

/// Requirements of a group, the most binding first.
fn of_group(component: &Component, group: Option<G>) -> Vec<Value> {
    let mut found: Vec<_> = component.requirements.iter().filter(|r| r.group == group).collect();
    found.sort_by_key(|r| r.level);
    found
        .iter()
        .map(|r| json!({"level": r.level, "text": r.text}))
        .collect()
}

/// A service is named by its `LeiKa` key or by the number of the OZG implementation catalogue.
fn services(component: &Component) -> Vec<Value> {
    let keys = component.services.iter().map(|key| json!({"leika": key}));
    keys.chain(component.ozg_ids.iter().map(|id| json!({"ozg": id})))
        .collect()
}

const fn group(reference: &'static str, de: &'static str, en: &'static str, take: fn(&Component) -> Vec<Value>) -> Row {
    row(reference, de, en, &[])
        .at("/requirements")
        .taking(take)
        .when(may_be_efa)
}

const EFA: [Row; 10] = [
    group(
        "efa/interface-design",
        "Oberflächengestaltung",
        "Interface design",
        |c| of_group(c, Some(G::InterfaceDesign)),
    ),
    group("efa/domain-logic", "Fachlichkeit", "Domain logic", |c| {
        of_group(c, Some(G::DomainLogic))
    }),
    group("efa/user-account", "Nutzerkonto", "User account", |c| {
        of_group(c, Some(G::UserAccount))
    }),
    group("efa/payment", "Bezahlung", "Payment", |c| of_group(c, Some(G::Payment))),
    group(
        "efa/data-exchange",
        "Datenaustauschstandard",
        "Data exchange standard",
        |c| of_group(c, Some(G::DataExchange)),
    ),
    group("efa/routing", "Routing und Transport", "Routing and transport", |c| {
        of_group(c, Some(G::Routing))
    }),
    group("efa/legal-reuse", "Rechtliche Nachnutzung", "Legal reuse", |c| {
        of_group(c, Some(G::LegalReuse))
    }),
    group("efa/organisation", "Organisation", "Organisation", |c| {
        of_group(c, Some(G::Organisation))
    }),
    group(
        "efa/other",
        "Anforderungen ohne Gruppe",
        "Requirements without a group",
        |c| of_group(c, None),
    )
    .optional(),
    row(
        "efa/fulfilled",
        "Nachweis der EfA-Mindestanforderungen",
        "Attestation of the minimum requirements",
        &[],
    )
    .attested(&[A::EfaRequirements])
    .when(may_be_efa),
];

const OZG: [Row; 7] = [
    row(
        "ozg/services",
        "Leistungen (LeiKa-Schlüssel oder OZG-Nummer)",
        "Services (LeiKa key or OZG number)",
        &[],
    )
    .at("/services")
    .taking(services),
    row(
        "ozg/maturity",
        "OZG-Reifegrad",
        "OZG maturity",
        &["/details/ozgMaturity"],
    )
    .source(
        "OZG-Leitfaden 11.2.1.3: EfA-Dienste erreichen mindestens Reifegrad 3",
        Some("https://leitfaden.ozg-umsetzung.de/11.2.1.3-Finanzielle-Dimension_40370253.html"),
    ),
    row(
        "ozg/efa",
        "Nach „Einer für Alle“ entwickelt",
        "Built after \"Einer für Alle\"",
        &["/details/efa"],
    ),
    row(
        "ozg/user-accounts",
        "Angebundene Nutzerkonten",
        "User accounts connected",
        &["/details/userAccounts"],
    ),
    row(
        "ozg/payment",
        "Angebundene Bezahlkomponenten",
        "Payment components connected",
        &["/details/paymentComponents"],
    ),
    row(
        "ozg/interfaces",
        "Schnittstellen und Standards",
        "Interfaces and standards",
        &["/interfaces"],
    ),
    row(
        "ozg/states",
        "Länder, in denen der Dienst angeboten wird",
        "States in which the service is offered",
        &["/states"],
    ),
];

const OPERATION: [Row; 5] = [
    row("service/operator", "Betreiber", "Operator", &["/roles/operator"]),
    row("service/contact", "Kontakt", "Contact", &["/contacts"]),
    row(
        "service/legal-basis",
        "Rechtsgrundlage der Nachnutzung",
        "Legal ground of reuse",
        &["/legalBasis"],
    ),
    row(
        "service/data-protection",
        "Verarbeitung personenbezogener Daten",
        "Processing of personal data",
        &["/dataProtection/personalData"],
    )
    .also(&["/dataProtection/processingContract", "/dataProtection/dpia"]),
    row(
        "service/accessibility",
        "Barrierefreiheit (BITV 2.0)",
        "Accessibility (BITV 2.0)",
        &[],
    )
    .attested(&[A::Bitv]),
];

/// The list of an online service.
pub(super) static SECTIONS: [Section; 3] = [
    section(
        "EfA-Mindestanforderungen",
        "Minimum requirements of \"Einer für Alle\"",
        Citation::at(
            "EfA-Mindestanforderungen (FITKO): Muss, Soll und Kann in acht Gruppen",
            "https://docs.fitko.de/fit/policies/efa-mindestanforderungen/",
        ),
        &EFA,
    ),
    section(
        "Leistungen und Reifegrad",
        "Services and maturity",
        Citation::untraced("Onlinezugangsgesetz (OZG) mit Umsetzungskatalog; Leistungskatalog (LeiKa)"),
        &OZG,
    ),
    section(
        "Betrieb und Nachnutzung",
        "Operation and reuse",
        Citation::untraced("Angaben des Katalogs"),
        &OPERATION,
    ),
];
