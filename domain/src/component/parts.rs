//! The parts of a component that all kinds have.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::{
    ContactRole, DataProtectionRoles, LegalBasisType, Note, OrganisationSlugs, Places, ProtectionNeed,
    RequirementGroup, RequirementLevel, StateStage,
};
use crate::fault::Faults;
use crate::values::{Day, Line, List, Slug, State, Timestamp, WebUrl};

/// Organisations by what they do for a component, each by its slug.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Roles {
    /// Supply the software (Softwarelieferant); may be private.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub supplier: OrganisationSlugs,
    /// Operate it (Softwarebetreiber).
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub operator: OrganisationSlugs,
    /// Sell it or hand on contracts for it.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub seller: OrganisationSlugs,
    /// Answer questions about it.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub contact_office: OrganisationSlugs,
}

/// An office to turn to. Mail addresses of persons do not belong here.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Contact {
    /// What it is good for.
    pub role: ContactRole,
    /// Name of the office.
    pub name: Line<200>,
    /// Its functional mail address.
    #[deserr(default)]
    pub email: Option<Email>,
    /// Its form or page.
    #[deserr(default)]
    pub url: Option<WebUrl>,
    /// Day on which the contact was last found to work.
    #[deserr(default)]
    pub verified_on: Option<Day>,
}

/// A mail address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(Box<str>);

impl Email {
    /// Longest address (RFC 5321).
    pub const MAX: usize = 254;

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, crate::fault::Invalid> {
        let fine = text.len() <= Self::MAX
            && text.split_once('@').is_some_and(|(local, host)| {
                (1..=64).contains(&local.len())
                    && host.contains('.')
                    && !host.contains('@')
                    && !host.starts_with('.')
                    && !host.ends_with('.')
                    && text
                        .bytes()
                        .all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b',' | b';'))
            });
        if fine {
            Ok(Self(text.into()))
        } else {
            Err(crate::fault::Invalid::new(
                "invalid_email",
                "Is no mail address; give one such as `nachnutzung@example.org`.",
            ))
        }
    }
}

crate::text_value!(Email, Email::parse, |o| o
    .format(Some(utoipa::openapi::SchemaFormat::Custom("email".to_owned())))
    .min_length(Some(5))
    .max_length(Some(Email::MAX))
    .description(Some("Functional mail address of an office."))
    .examples(["nachnutzung@example.org"]));

/// How far a component is offered in a state.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct StateOffer {
    /// The state, `DE-…`; the first two digits of AGS and ARS are accepted, too.
    pub state: State,
    /// How far; absent where only the state is known.
    #[deserr(default)]
    pub stage: Option<StateStage>,
}

/// A legal ground of reuse.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct LegalBasis {
    /// Which ground.
    #[serde(rename = "type")]
    #[deserr(rename = "type")]
    pub basis: LegalBasisType,
    /// What it says.
    #[deserr(default)]
    pub text: Option<Note>,
    /// Where it is written.
    #[deserr(default)]
    pub url: Option<WebUrl>,
}

/// An interface that other systems use.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Interface {
    /// Its name.
    pub name: Line<200>,
    /// The standard it follows, such as `XBau`, `OSCI`, `REST`, `OIDC`.
    #[deserr(default)]
    pub standard: Option<Line<100>>,
    /// Version of the standard or of the interface.
    #[deserr(default)]
    pub version: Option<Line<60>>,
    /// Its specification.
    #[deserr(default)]
    pub specification: Option<WebUrl>,
}

/// A condition for connecting to a component or running it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Requirement {
    /// What is required.
    pub text: Note,
    /// How binding it is.
    pub level: RequirementLevel,
    /// The group of the EfA minimum requirements that it belongs to.
    #[deserr(default)]
    pub group: Option<RequirementGroup>,
}

/// Protection need (Schutzbedarf) by basic value.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Protection {
    /// Vertraulichkeit.
    #[deserr(default)]
    pub confidentiality: Option<ProtectionNeed>,
    /// Integrität.
    #[deserr(default)]
    pub integrity: Option<ProtectionNeed>,
    /// Verfügbarkeit.
    #[deserr(default)]
    pub availability: Option<ProtectionNeed>,
}

/// What a component does with personal data.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct DataProtection {
    /// Whether it processes personal data.
    #[deserr(default)]
    pub personal_data: Option<bool>,
    /// Roles of the provider under the GDPR.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub roles: DataProtectionRoles,
    /// Where data is processed.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub locations: Places,
    /// Whether data reaches third countries (GDPR, chapter V).
    #[deserr(default)]
    pub third_country_transfer: Option<bool>,
    /// The data protection impact assessment (Art. 35 GDPR) to start from.
    #[deserr(default)]
    pub dpia: Option<WebUrl>,
    /// The contract for processing on behalf (Art. 28 GDPR, AVV).
    #[deserr(default)]
    pub processing_contract: Option<WebUrl>,
}

/// The same component in another catalogue.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct ExternalId {
    /// The other catalogue: `dvc`, `efa`, `opencode`, `maki`, `pvog`, `publiccode` …
    pub catalogue: Slug,
    /// Its identifier there.
    pub id: Line<500>,
    /// Its page there.
    #[deserr(default)]
    pub url: Option<WebUrl>,
}

/// Where statements of an entry come from.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Source {
    /// The source as one would cite it.
    pub title: Line<500>,
    /// Its address.
    #[deserr(default)]
    pub url: Option<WebUrl>,
    /// Day of publication.
    #[deserr(default)]
    pub published_on: Option<Day>,
}

/// From where an entry was taken over.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Provenance {
    /// The catalogue, repository or file.
    pub source: Line<500>,
    /// When it was read there.
    #[deserr(default)]
    pub harvested_at: Option<Timestamp>,
    /// The format it had there, such as `publiccode.yml`.
    #[deserr(default)]
    pub format: Option<Line<60>>,
    /// Version of that format.
    #[deserr(default)]
    pub format_version: Option<Line<60>>,
}
