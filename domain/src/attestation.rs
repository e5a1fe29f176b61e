//! Attestations: dated claims with evidence. They are never put together into one score.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::code_list;
use crate::component::{Component, Note, Sources};
use crate::fault::{Faults, Invalid};
use crate::id::Id;
use crate::organisation::Organisation;
use crate::related::{Around, Related, Visibility, check_period, record_slug};
use crate::stored::{Document, Reference};
use crate::values::{Day, Line, List, Slug, WebUrl};

/// What a claim is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum AttestationScheme {
    BsiC5Type1,
    BsiC5Type2,
    Iso27001Grundschutz,
    Iso27001,
    DvcMaturity,
    Bitv,
    OpencodeBadge,
    Sovereignty,
    EfaRequirements,
    AiActClass,
    Fria,
    Dpia,
    PenetrationTest,
    DisasterRecoveryTest,
    ExitTest,
    Other,
}
code_list!(AttestationScheme, "attestation-scheme", "Grundlage eines Nachweises", "Scheme of an attestation";
    BsiC5Type1 = "bsi_c5_type1", "BSI C5, Typ 1", "BSI C5, type 1";
    BsiC5Type2 = "bsi_c5_type2", "BSI C5, Typ 2", "BSI C5, type 2";
    Iso27001Grundschutz = "iso_27001_grundschutz", "ISO 27001 auf der Basis von IT-Grundschutz", "ISO 27001 on the basis of IT-Grundschutz";
    Iso27001 = "iso_27001", "ISO/IEC 27001", "ISO/IEC 27001";
    DvcMaturity = "dvc_maturity", "Reifegrad der Deutschen Verwaltungscloud", "Maturity in Deutsche Verwaltungscloud";
    Bitv = "bitv", "Barrierefreiheit (BITV 2.0)", "Accessibility (BITV 2.0)";
    OpencodeBadge = "opencode_badge", "openCode-Badge", "openCode badge";
    Sovereignty = "sovereignty", "Kriterium digitaler Souveränität", "Criterion of digital sovereignty";
    EfaRequirements = "efa_requirements", "EfA-Mindestanforderungen", "Minimum requirements of Einer für Alle";
    AiActClass = "ai_act_class", "Risikoklasse nach KI-Verordnung", "Risk class under the AI Act";
    Fria = "fria", "Grundrechte-Folgenabschätzung (Art. 27 KI-Verordnung)", "Fundamental rights impact assessment (Art. 27 AI Act)";
    Dpia = "dpia", "Datenschutz-Folgenabschätzung (Art. 35 DSGVO)", "Data protection impact assessment (Art. 35 GDPR)";
    PenetrationTest = "penetration_test", "Penetrationstest", "Penetration test";
    DisasterRecoveryTest = "disaster_recovery_test", "Wiederanlauftest", "Disaster recovery test";
    ExitTest = "exit_test", "Erprobter Wechsel des Anbieters", "Tested exit";
    Other = "other_scheme", "Andere", "Other";
);

/// SHA-256 of a file, as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sha256(Box<str>);

impl Sha256 {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        let lower = text.to_ascii_lowercase();
        if lower.len() == 64 && lower.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(lower.into()))
        } else {
            Err(Invalid::new(
                "invalid_hash",
                "Is no SHA-256; give its 64 hexadecimal digits.",
            ))
        }
    }
}

crate::text_value!(Sha256, Sha256::parse, |o| o
    .min_length(Some(64))
    .max_length(Some(64))
    .pattern(Some("^[0-9a-fA-F]{64}$"))
    .description(Some("SHA-256 of the file, in hexadecimal digits."))
    .examples(["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]));

/// The document that a claim rests on.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Evidence {
    /// Where it lies.
    pub url: WebUrl,
    /// What the file was when it was recorded, so that a later one can be told from it.
    #[deserr(default)]
    pub sha256: Option<Sha256>,
}

/// A dated claim about a component: what a client writes.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Attestation {
    /// Slug of the component.
    pub component: Slug,
    /// Its name among the attestations of the component.
    pub key: Slug,
    /// What the claim is measured by.
    pub scheme: AttestationScheme,
    /// Version of the scheme, such as `2020` of C5.
    #[deserr(default)]
    pub scheme_version: Option<Line<60>>,
    /// The criterion within the scheme.
    #[deserr(default)]
    pub criterion: Option<Line<200>>,
    /// What was found, in the words of the scheme: a level, a class, `fulfilled` …
    #[deserr(default)]
    pub value: Option<Line<200>>,
    /// What was looked at, and what was not.
    #[deserr(default)]
    pub scope: Option<Note>,
    /// What the document says in short; of an impact assessment, so that the next body can start from it.
    #[deserr(default)]
    pub summary: Option<Note>,
    /// Who issued it.
    #[deserr(default)]
    pub issuer: Option<Line<200>>,
    /// First day for which it holds.
    #[deserr(default)]
    pub valid_from: Option<Day>,
    /// Last day for which it holds.
    #[deserr(default)]
    pub valid_until: Option<Day>,
    /// The document.
    #[deserr(default)]
    pub document: Option<Evidence>,
    /// Slug of the organisation that recorded it; the owner of the component, where it is left out.
    #[deserr(default)]
    pub recorded_by: Option<Slug>,
    /// Who sees it.
    #[deserr(default)]
    #[serde(default)]
    #[schema(default = "public", required = false)]
    pub visibility: Visibility,
    /// Where the statements of this entry come from.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub sources: Sources,
}

impl Document for Attestation {
    const NOUN: &'static str = "attestation";
    const LAPSED: &'static str = "expired";

    fn title(&self) -> &str {
        self.key.as_str()
    }

    fn owner<'a>(&'a self, _: &'a Slug) -> Option<&'a Slug> {
        self.recorded_by.as_ref()
    }

    fn visibility(&self) -> Visibility {
        self.visibility
    }

    fn lapses_on(&self) -> Option<Day> {
        self.valid_until
    }

    fn references(&self) -> Vec<Reference<'_>> {
        std::iter::once(Reference::to::<Component>("/component", &self.component))
            .chain(
                self.recorded_by
                    .iter()
                    .map(|slug| Reference::to::<Organisation>("/recordedBy", slug)),
            )
            .collect()
    }

    fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        check_period(self.valid_from, self.valid_until, &mut faults);
        faults
    }
}

impl Related for Attestation {
    fn component(&self) -> &Slug {
        &self.component
    }

    fn settle(&mut self, before: Option<&Self>, around: &Around<'_>) -> Faults {
        around.record(&mut self.recorded_by, before.map(|before| &before.recorded_by))
    }
}

/// The slug of an attestation: one for each key of a component.
pub fn slug_of(component: Id, key: &Slug) -> Option<Slug> {
    record_slug(component, key.as_str())
}
