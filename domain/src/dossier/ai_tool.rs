//! AI tools: the order of Annex VIII of the AI Act, then what states and the catalogue ask for beyond it.

use serde_json::{Value, json};

use super::row::{Row, Section, row, section};
use crate::attestation::AttestationScheme as A;
use crate::component::{AiActClass, AiToolDetails, Component, Details};
use crate::statement::Citation;
use crate::values::State;

const AI_ACT: &str = "https://eur-lex.europa.eu/eli/reg/2024/1689/oj";
const GDPR: &str = "https://eur-lex.europa.eu/eli/reg/2016/679/oj";

fn details(component: &Component) -> Option<&AiToolDetails> {
    match &component.details {
        Some(Details::AiTool(details)) => Some(details),
        _ => None,
    }
}

/// Registration, FRIA and their items are for high-risk systems (Art. 27 and 49); while the class is not known, they may
/// be due.
fn may_be_high_risk(component: &Component) -> bool {
    details(component).is_none_or(|d| {
        matches!(d.ai_act_class, None | Some(AiActClass::HighRisk)) && d.article6_exemption != Some(true)
    })
}

/// A point of Annex III is named by who is high-risk by it, or claims not to be in spite of it.
fn may_be_in_annex_iii(component: &Component) -> bool {
    may_be_high_risk(component) || details(component).is_some_and(|d| d.article6_exemption == Some(true))
}

/// The law of Schleswig-Holstein; due wherever the component is not known to be offered elsewhere only.
fn may_be_in_sh(component: &Component) -> bool {
    component.states.is_empty() || component.states.iter().any(|s| s.state == State::SchleswigHolstein)
}

/// What is offered in a German state is available in the Member State Germany.
fn member_states(component: &Component) -> Vec<Value> {
    if component.states.is_empty() {
        Vec::new()
    } else {
        vec![json!("DE")]
    }
}

const A: [Row; 13] = [
    row(
        "ai-act/annex-viii/a/1",
        "1. Name, Anschrift und Kontaktdaten des Anbieters",
        "1. Name, address and contact details of the provider",
        &["/roles/supplier", "/contacts"],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/2",
        "2. Person, die im Namen des Anbieters meldet",
        "2. Person who submits on behalf of the provider",
        &[],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/3",
        "3. Bevollmächtigter",
        "3. Authorised representative",
        &[],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/4",
        "4. Handelsname und eindeutige Angaben zur Identifizierung",
        "4. Trade name and unambiguous references for identification",
        &["/title", "/slug"],
    )
    .also(&["/aliases", "/externalIds"])
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/5",
        "5. Zweckbestimmung, unterstützte Komponenten und Funktionen",
        "5. Intended purpose, supported components and functions",
        &["/details/purpose"],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/6",
        "6. Verwendete Informationen (Daten, Eingaben) und Funktionslogik",
        "6. Information used (data, inputs) and operating logic",
        &["/details/dataUsed", "/description"],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/7",
        "7. Status des KI-Systems",
        "7. Status of the AI system",
        &["/lifecycle"],
    )
    .also(&["/productiveSince", "/endsOn"])
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/8",
        "8. Art, Nummer und Ablaufdatum der Bescheinigung, notifizierte Stelle",
        "8. Type, number and expiry date of the certificate, notified body",
        &[],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/9",
        "9. Scan der Bescheinigung",
        "9. Scanned copy of the certificate",
        &[],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/10",
        "10. Mitgliedstaaten, in denen das System in Verkehr oder Betrieb ist",
        "10. Member States in which the system is on the market or in service",
        &[],
    )
    .at("/states")
    .taking(member_states)
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/11",
        "11. EU-Konformitätserklärung (Art. 47)",
        "11. EU declaration of conformity (Art. 47)",
        &[],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/12",
        "12. Elektronische Betriebsanleitung",
        "12. Electronic instructions for use",
        &["/documentation"],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/a/13",
        "13. URL für weitere Informationen (freiwillig)",
        "13. URL for additional information (optional)",
        &["/homepage"],
    )
    .when(may_be_high_risk)
    .optional(),
];

const C: [Row; 5] = [
    row(
        "ai-act/annex-viii/c/1",
        "1. Name, Anschrift und Kontaktdaten des Betreibers",
        "1. Name, address and contact details of the deployer",
        &["/roles/operator", "/contacts"],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/c/2",
        "2. Person, die im Namen des Betreibers meldet",
        "2. Person who submits on behalf of the deployer",
        &[],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/c/3",
        "3. URL des Eintrags des Anbieters in der EU-Datenbank",
        "3. URL of the provider's entry in the EU database",
        &["/details/euDatabaseUrl"],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/c/4",
        "4. Zusammenfassung der Grundrechte-Folgenabschätzung",
        "4. Summary of the fundamental rights impact assessment",
        &["/details/fria/summary"],
    )
    .attested(&[A::Fria])
    .dated("/details/fria/assessedOn")
    .when(may_be_high_risk),
    row(
        "ai-act/annex-viii/c/5",
        "5. Zusammenfassung der Datenschutz-Folgenabschätzung",
        "5. Summary of the data protection impact assessment",
        &["/details/dpia/summary"],
    )
    .attested(&[A::Dpia])
    .dated("/details/dpia/assessedOn")
    .when(may_be_high_risk),
];

const CLASS: [Row; 5] = [
    row("ai-act/class", "Risikoklasse", "Risk class", &["/details/aiActClass"]).attested(&[A::AiActClass]),
    row(
        "ai-act/class/reasoning",
        "Begründung der Einstufung",
        "Reasoning of the class",
        &["/details/aiActReasoning"],
    ),
    row(
        "ai-act/annex-iii",
        "Nummer des Anhangs III",
        "Point of Annex III",
        &["/details/annexIiiPoint"],
    )
    .when(may_be_in_annex_iii),
    row(
        "ai-act/art-6/3",
        "Ausnahme nach Art. 6 Abs. 3 beansprucht",
        "Exemption of Art. 6(3) claimed",
        &["/details/article6Exemption"],
    )
    .when(may_be_in_annex_iii),
    row(
        "ai-act/role",
        "Rolle der führenden Organisation",
        "Role of the owner",
        &["/details/role"],
    ),
];

const SYSTEM: [Row; 3] = [
    row(
        "ai/models",
        "Modelle mit Version und Ort",
        "Models with version and location",
        &["/details/models"],
    )
    .source("Angaben, die Leserinnen und Leser von KI-Registern suchen", None),
    row("ai/data", "Verwendete Daten", "Data used", &["/details/dataUsed"])
        .source("Art. 10 KI-Verordnung", Some(AI_ACT)),
    row(
        "ai/oversight",
        "Menschliche Aufsicht",
        "Human oversight",
        &["/details/humanOversight"],
    )
    .source("Art. 14 und 26 Abs. 2 KI-Verordnung", Some(AI_ACT)),
];

const STATE_LAW: [Row; 7] = [
    row(
        "sh-iteg/5",
        "Automationsstufe (§§ 3 und 5)",
        "Automation level (§§ 3 and 5)",
        &["/details/automationLevel"],
    )
    .when(may_be_in_sh),
    row("sh-iteg/6", "Transparenz (§ 6)", "Transparency (§ 6)", &[]).when(may_be_in_sh),
    row(
        "sh-iteg/7",
        "Menschliche Aufsicht (§ 7)",
        "Human oversight (§ 7)",
        &["/details/humanOversight"],
    )
    .when(may_be_in_sh),
    row(
        "sh-iteg/8",
        "Datengrundlage (§ 8)",
        "Data basis (§ 8)",
        &["/details/dataUsed"],
    )
    .when(may_be_in_sh),
    row(
        "sh-iteg/9",
        "Beherrschbarkeit und Risiko (§ 9)",
        "Control and risk (§ 9)",
        &[],
    )
    .when(may_be_in_sh),
    row(
        "sh-iteg/10",
        "Sicherheit, Robustheit und Resilienz (§ 10)",
        "Security, robustness and resilience (§ 10)",
        &[],
    )
    .when(may_be_in_sh),
    row("sh-iteg/12", "KI-Rüge (§ 12)", "Complaint about AI (§ 12)", &[]).when(may_be_in_sh),
];

const ASSESSMENTS: [Row; 8] = [
    row(
        "ai-act/art-27",
        "Grundrechte-Folgenabschätzung: Dokument",
        "Fundamental rights impact assessment: document",
        &["/details/fria/url"],
    )
    .also(&["/details/fria/summary", "/details/fria/assessedOn"])
    .attested(&[A::Fria])
    .dated("/details/fria/assessedOn")
    .when(may_be_high_risk),
    row(
        "ai-act/art-27/1/a",
        "a) Verfahren, in denen das System eingesetzt wird",
        "(a) Processes in which the system is used",
        &[],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/art-27/1/b",
        "b) Zeitraum und Häufigkeit des Einsatzes",
        "(b) Period and frequency of use",
        &[],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/art-27/1/c",
        "c) Betroffene Personen und Gruppen",
        "(c) Persons and groups affected",
        &[],
    )
    .when(may_be_high_risk),
    row("ai-act/art-27/1/d", "d) Schadensrisiken", "(d) Risks of harm", &[]).when(may_be_high_risk),
    row(
        "ai-act/art-27/1/e",
        "e) Umsetzung der menschlichen Aufsicht",
        "(e) Implementation of human oversight",
        &["/details/humanOversight"],
    )
    .when(may_be_high_risk),
    row(
        "ai-act/art-27/1/f",
        "f) Maßnahmen im Schadensfall, Leitung und Beschwerden",
        "(f) Measures if risks materialise, governance and complaints",
        &[],
    )
    .when(may_be_high_risk),
    row(
        "gdpr/art-35",
        "Datenschutz-Folgenabschätzung: Dokument",
        "Data protection impact assessment: document",
        &["/details/dpia/url"],
    )
    .also(&["/details/dpia/assessedOn", "/dataProtection/dpia"])
    .attested(&[A::Dpia])
    .dated("/details/dpia/assessedOn")
    .source("Art. 35 DSGVO", Some(GDPR)),
];

/// The list of an AI tool.
pub(super) static SECTIONS: [Section; 6] = [
    section(
        "Registrierung durch den Anbieter (Anhang VIII Abschnitt A)",
        "Registration by the provider (Annex VIII section A)",
        Citation::at("Verordnung (EU) 2024/1689, Anhang VIII Abschnitt A", AI_ACT),
        &A,
    ),
    section(
        "Registrierung durch den Betreiber (Anhang VIII Abschnitt C)",
        "Registration by the deployer (Annex VIII section C)",
        Citation::at("Verordnung (EU) 2024/1689, Anhang VIII Abschnitt C", AI_ACT),
        &C,
    ),
    section(
        "Einstufung",
        "Class",
        Citation::at("Verordnung (EU) 2024/1689, Art. 5, 6 und 50, Anhang III", AI_ACT),
        &CLASS,
    ),
    section(
        "System und Aufsicht",
        "System and oversight",
        Citation::at("Verordnung (EU) 2024/1689", AI_ACT),
        &SYSTEM,
    ),
    section(
        "Landesrecht Schleswig-Holstein",
        "State law of Schleswig-Holstein",
        Citation::untraced("IT-Einsatz-Gesetz Schleswig-Holstein (ITEG) vom 16. März 2022, GVOBl. S. 285"),
        &STATE_LAW,
    ),
    section(
        "Folgenabschätzungen",
        "Impact assessments",
        Citation::at("Verordnung (EU) 2024/1689, Art. 27 Abs. 1", AI_ACT),
        &ASSESSMENTS,
    ),
];
