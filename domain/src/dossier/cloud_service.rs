//! Cloud services: what Deutsche Verwaltungscloud and its customers ask for.

use super::row::{Row, Section, row, section};
use crate::attestation::AttestationScheme as A;
use crate::statement::Citation;

const ROLES: [Row; 5] = [
    row(
        "dvc/supplier",
        "Softwarelieferant",
        "Supplier of the software",
        &["/roles/supplier"],
    ),
    row(
        "dvc/operator",
        "Softwarebetreiber (öffentliche Stelle)",
        "Operator of the software (a public body)",
        &["/roles/operator"],
    ),
    row("dvc/contact", "Kontakt", "Contact", &["/contacts"]),
    row("dvc/order", "Bestellung", "Ordering", &["/details/orderUrl"]),
    row(
        "dvc/legal-basis",
        "Rechtsgrundlage der Nachnutzung",
        "Legal ground of reuse",
        &["/legalBasis"],
    ),
];

const SERVICE: [Row; 4] = [
    row(
        "dvc/service-model",
        "Servicemodell",
        "Service model",
        &["/details/serviceModel"],
    ),
    row("dvc/tenancy", "Mandantenmodell", "Tenancy", &["/details/tenancy"]),
    row(
        "dvc/locations",
        "Standorte des Betriebs",
        "Places of operation",
        &["/details/locations"],
    ),
    row("dvc/interfaces", "Schnittstellen", "Interfaces", &["/interfaces"]),
];

const SECURITY: [Row; 6] = [
    row(
        "dvc/protection/confidentiality",
        "Schutzbedarf: Vertraulichkeit",
        "Protection need: confidentiality",
        &["/protection/confidentiality"],
    )
    .source("BSI-Standard 200-2", None),
    row(
        "dvc/protection/integrity",
        "Schutzbedarf: Integrität",
        "Protection need: integrity",
        &["/protection/integrity"],
    )
    .source("BSI-Standard 200-2", None),
    row(
        "dvc/protection/availability",
        "Schutzbedarf: Verfügbarkeit",
        "Protection need: availability",
        &["/protection/availability"],
    )
    .source("BSI-Standard 200-2", None),
    row(
        "dvc/c5",
        "Testat nach BSI C5 (Typ 1 oder 2)",
        "Attestation after BSI C5 (type 1 or 2)",
        &[],
    )
    .attested(&[A::BsiC5Type1, A::BsiC5Type2]),
    row(
        "dvc/iso-27001",
        "Zertifikat nach ISO 27001 (auch auf der Basis von IT-Grundschutz)",
        "Certificate after ISO 27001 (or on the basis of IT-Grundschutz)",
        &[],
    )
    .attested(&[A::Iso27001Grundschutz, A::Iso27001]),
    row("dvc/penetration-test", "Penetrationstest", "Penetration test", &[]).attested(&[A::PenetrationTest]),
];

const PRIVACY: [Row; 3] = [
    row(
        "dvc/personal-data",
        "Verarbeitung personenbezogener Daten",
        "Processing of personal data",
        &["/dataProtection/personalData"],
    )
    .also(&["/dataProtection/roles", "/dataProtection/locations"]),
    row(
        "dvc/third-countries",
        "Übermittlung in Drittländer",
        "Transfer to third countries",
        &["/dataProtection/thirdCountryTransfer"],
    )
    .source("Kapitel V DSGVO", Some("https://eur-lex.europa.eu/eli/reg/2016/679/oj")),
    row(
        "dvc/processing-contract",
        "Vertrag zur Auftragsverarbeitung",
        "Contract for processing on behalf",
        &["/dataProtection/processingContract"],
    )
    .source("Art. 28 DSGVO", Some("https://eur-lex.europa.eu/eli/reg/2016/679/oj")),
];

const LEVEL: [Row; 5] = [
    row(
        "dvc/availability",
        "Zugesagte Verfügbarkeit",
        "Promised availability",
        &["/details/availabilityTarget"],
    ),
    row(
        "dvc/support",
        "Servicezeiten",
        "Support hours",
        &["/details/supportHours"],
    ),
    row(
        "dvc/rto",
        "Wiederanlaufzeit (RTO)",
        "Recovery time (RTO)",
        &["/details/rtoMinutes"],
    ),
    row(
        "dvc/rpo",
        "Höchster Datenverlust (RPO)",
        "Recovery point (RPO)",
        &["/details/rpoMinutes"],
    ),
    row("dvc/recovery-test", "Wiederanlauf erprobt", "Recovery tested", &[]).attested(&[A::DisasterRecoveryTest]),
];

const EXIT: [Row; 3] = [
    row(
        "dvc/exit/formats",
        "Formate zur Mitnahme der Daten",
        "Formats to take data along",
        &["/details/exit/exportFormats"],
    ),
    row(
        "dvc/exit/notice",
        "Kündigungsfrist in Tagen",
        "Notice period in days",
        &["/details/exit/noticeDays"],
    ),
    row(
        "dvc/exit/tested",
        "Wechsel erprobt",
        "Exit tested",
        &["/details/exit/tested"],
    )
    .attested(&[A::ExitTest]),
];

const MATURITY: [Row; 5] = [
    row(
        "dvc/maturity/scheme",
        "Grundlage der Einstufung",
        "Scheme",
        &["/details/maturity/scheme"],
    )
    .attested(&[A::DvcMaturity]),
    row(
        "dvc/maturity/level",
        "Stufe in den Worten der Grundlage",
        "Level in the words of the scheme",
        &["/details/maturity/level"],
    )
    .attested(&[A::DvcMaturity]),
    row(
        "dvc/maturity/version",
        "Fassung der Grundlage",
        "Version of the scheme",
        &["/details/maturity/version"],
    ),
    row(
        "dvc/maturity/assessed-on",
        "Tag der Einstufung",
        "Day of the assessment",
        &["/details/maturity/assessedOn"],
    ),
    row(
        "dvc/maturity/evidence",
        "Nachweis",
        "Evidence",
        &["/details/maturity/evidenceUrl"],
    ),
];

const DVC_HELP: Citation = Citation::at(
    "Deutsche Verwaltungscloud, CSP-AGB 1.2 und Hilfe für Anbieter",
    "https://deutsche-verwaltungscloud.de/AGB",
);

/// The list of a cloud service.
pub(super) static SECTIONS: [Section; 7] = [
    section("Rollen und Bestellung", "Roles and ordering", DVC_HELP, &ROLES),
    section(
        "Dienst",
        "Service",
        Citation::untraced("Deutsche Verwaltungscloud-Strategie; ISO/IEC 22123-1"),
        &SERVICE,
    ),
    section(
        "Informationssicherheit",
        "Information security",
        Citation::untraced("BSI C5; ISO/IEC 27001; IT-Grundschutz"),
        &SECURITY,
    ),
    section(
        "Datenschutz",
        "Data protection",
        Citation::at(
            "Verordnung (EU) 2016/679 (DSGVO)",
            "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
        ),
        &PRIVACY,
    ),
    section(
        "Service-Level",
        "Service level",
        Citation::untraced("EVB-IT Cloud: zugesagte Eigenschaften des Dienstes"),
        &LEVEL,
    ),
    section(
        "Ausstieg",
        "Exit",
        Citation::untraced("Angaben des Katalogs: Wechsel des Anbieters"),
        &EXIT,
    ),
    section("Reifegrad", "Maturity", DVC_HELP, &MATURITY),
];
