//! Platforms, infrastructure and building blocks: what readers of any entry look for, then what only their kind has.

use super::row::{Row, Section, row, section};
use crate::attestation::AttestationScheme as A;
use crate::statement::Citation;

const IDENTITY: [Row; 6] = [
    row(
        "entry/title",
        "Name und Kurzbeschreibung",
        "Name and summary",
        &["/title", "/summary"],
    )
    .also(&["/aliases"]),
    row("entry/description", "Beschreibung", "Description", &["/description"]),
    row("entry/lifecycle", "Lebensphase", "Stage of life", &["/lifecycle"]).also(&[
        "/productiveSince",
        "/deprecatedOn",
        "/endsOn",
        "/successor",
    ]),
    row(
        "entry/levels",
        "Verwaltungsebenen",
        "Levels of government",
        &["/levels"],
    ),
    row(
        "entry/states",
        "Länder, in denen sie angeboten wird",
        "States in which it is offered",
        &["/states"],
    ),
    row("entry/verified", "Zuletzt bestätigt", "Last verified", &["/verifiedOn"]).also(&["/nextReviewOn"]),
];

const ROLES: [Row; 3] = [
    row("entry/operator", "Betreiber", "Operator", &["/roles/operator"]).also(&["/roles/seller"]),
    row("entry/supplier", "Lieferant", "Supplier", &["/roles/supplier"]),
    row("entry/contact", "Kontakt", "Contact", &["/contacts"]),
];

const REUSE: [Row; 6] = [
    row(
        "entry/legal-basis",
        "Rechtsgrundlage der Nachnutzung",
        "Legal ground of reuse",
        &["/legalBasis"],
    ),
    row(
        "entry/deployment",
        "Bereitstellungsformen",
        "Forms of deployment",
        &["/deployment"],
    ),
    row(
        "entry/requirements",
        "Anschlussbedingungen",
        "Connection conditions",
        &["/requirements"],
    ),
    row("entry/licence", "Lizenz", "Licence", &["/licence"]),
    row("entry/repository", "Quelltext", "Code", &["/repository"]).attested(&[A::OpencodeBadge]),
    row(
        "entry/documentation",
        "Dokumentation",
        "Documentation",
        &["/documentation"],
    ),
];

const TRUST: [Row; 6] = [
    row(
        "entry/interfaces",
        "Schnittstellen und Standards",
        "Interfaces and standards",
        &["/interfaces"],
    ),
    row("entry/protection", "Schutzbedarf", "Protection need", &["/protection"]),
    row(
        "entry/security",
        "Nachweis der Informationssicherheit",
        "Attestation of information security",
        &[],
    )
    .attested(&[
        A::BsiC5Type1,
        A::BsiC5Type2,
        A::Iso27001Grundschutz,
        A::Iso27001,
        A::PenetrationTest,
    ]),
    row(
        "entry/personal-data",
        "Verarbeitung personenbezogener Daten",
        "Processing of personal data",
        &["/dataProtection/personalData"],
    ),
    row(
        "entry/accessibility",
        "Barrierefreiheit (BITV 2.0)",
        "Accessibility (BITV 2.0)",
        &[],
    )
    .attested(&[A::Bitv]),
    row(
        "entry/sovereignty",
        "Digitale Souveränität, je Kriterium",
        "Digital sovereignty, by criterion",
        &[],
    )
    .attested(&[A::Sovereignty]),
];

const OF_PLATFORM: [Row; 4] = [
    row(
        "platform/capabilities",
        "Fähigkeiten",
        "Capabilities",
        &["/details/capabilities"],
    ),
    row("platform/tenancy", "Mandantenmodell", "Tenancy", &["/details/tenancy"]),
    row(
        "platform/apis",
        "Schnittstellen für Entwickler",
        "Interfaces for developers",
        &["/details/apis"],
    ),
    row(
        "platform/developer-portal",
        "Portal für Entwickler",
        "Portal for developers",
        &["/details/developerPortal"],
    ),
];

const OF_INFRASTRUCTURE: [Row; 4] = [
    row(
        "infrastructure/locations",
        "Standorte",
        "Places",
        &["/details/locations"],
    ),
    row(
        "infrastructure/availability",
        "Verfügbarkeitsklasse",
        "Availability class",
        &["/details/availabilityClass"],
    ),
    row(
        "infrastructure/capacity",
        "Kapazität",
        "Capacity",
        &["/details/capacity"],
    ),
    row(
        "infrastructure/recovery",
        "Wiederanlauf erprobt",
        "Recovery tested",
        &[],
    )
    .attested(&[A::DisasterRecoveryTest]),
];

const OF_BUILDING_BLOCK: [Row; 2] = [
    row(
        "building-block/packaging",
        "Lieferformen",
        "Packaging",
        &["/details/packaging"],
    ),
    row(
        "building-block/runtimes",
        "Sprachen und Laufzeitumgebungen",
        "Languages and runtimes",
        &["/details/runtimes"],
    ),
];

const CATALOGUE: Citation = Citation::untraced("Angaben, die Leserinnen und Leser des Katalogs suchen");

const fn list(de: &'static str, en: &'static str, own: &'static [Row]) -> [Section; 5] {
    [
        section("Eintrag", "Entry", CATALOGUE, &IDENTITY),
        section("Zuständigkeit", "Responsibility", CATALOGUE, &ROLES),
        section("Nachnutzung", "Reuse", CATALOGUE, &REUSE),
        section("Technik und Vertrauen", "Technology and trust", CATALOGUE, &TRUST),
        section(de, en, CATALOGUE, own),
    ]
}

/// The list of a platform.
pub(super) static PLATFORM: [Section; 5] = list("Plattform", "Platform", &OF_PLATFORM);
/// The list of infrastructure.
pub(super) static INFRASTRUCTURE: [Section; 5] = list("Infrastruktur", "Infrastructure", &OF_INFRASTRUCTURE);
/// The list of a building block.
pub(super) static BUILDING_BLOCK: [Section; 5] = list("Baustein", "Building block", &OF_BUILDING_BLOCK);
