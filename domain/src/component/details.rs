//! What only one kind of component has: a union tagged by `kind`.

use deserr::{Deserr, IntoValue, Map, Value, ValuePointerRef};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::{AiActClass, AiRole, Kind, Names, Note, OzgMaturity, Places, ServiceModel, Tenancy};
use crate::code_list::CodeList;
use crate::fault::{Faults, pointer};
use crate::values::{Day, LeikaKey, Line, List, Number, Percent, WebUrl};

/// A duration in minutes, up to a year.
pub type Minutes = Number<0, 525_600>;
/// A period in days, up to ten years.
pub type Days = Number<0, 3650>;
/// AI models.
pub type AiModels = List<AiModel, 40>;
/// `LeiKa` keys of an online service.
pub type ServiceKeys = List<LeikaKey, 500>;
/// Interfaces by name.
pub type Apis = List<Line<200>, 60>;

/// What only one kind of component has. `kind` tells which, and equals the component's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Details {
    /// Of a cloud service.
    CloudService(CloudServiceDetails),
    /// Of an AI tool.
    AiTool(AiToolDetails),
    /// Of a platform.
    Platform(PlatformDetails),
    /// Of an online service.
    OnlineService(OnlineServiceDetails),
    /// Of infrastructure.
    Infrastructure(InfrastructureDetails),
    /// Of a building block.
    BuildingBlock(BuildingBlockDetails),
}

impl Details {
    /// The kind they belong to.
    pub fn kind(&self) -> Kind {
        match self {
            Self::CloudService(_) => Kind::CloudService,
            Self::AiTool(_) => Kind::AiTool,
            Self::Platform(_) => Kind::Platform,
            Self::OnlineService(_) => Kind::OnlineService,
            Self::Infrastructure(_) => Kind::Infrastructure,
            Self::BuildingBlock(_) => Kind::BuildingBlock,
        }
    }
}

impl Deserr<Faults> for Details {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef<'_>) -> Result<Self, Faults> {
        let Value::Map(mut map) = value else {
            return Err(DetailsObject::deserialize_from_value::<V>(value, at)
                .err()
                .unwrap_or_default());
        };
        let Some(kind) = map.remove("kind") else {
            let mut faults = Faults::new();
            let known = Kind::codes().join(", ");
            faults.add(
                pointer(at.push_key("kind")),
                "required",
                format!("Add the field `kind`: one of {known}."),
            );
            return Err(faults);
        };
        let kind = Kind::deserialize_from_value(kind.into_value(), at.push_key("kind"))?;
        let rest = Value::<V>::Map(map);
        Ok(match kind {
            Kind::CloudService => Self::CloudService(Deserr::deserialize_from_value(rest, at)?),
            Kind::AiTool => Self::AiTool(Deserr::deserialize_from_value(rest, at)?),
            Kind::Platform => Self::Platform(Deserr::deserialize_from_value(rest, at)?),
            Kind::OnlineService => Self::OnlineService(Deserr::deserialize_from_value(rest, at)?),
            Kind::Infrastructure => Self::Infrastructure(Deserr::deserialize_from_value(rest, at)?),
            Kind::BuildingBlock => Self::BuildingBlock(Deserr::deserialize_from_value(rest, at)?),
        })
    }
}

/// Only there to word the fault where details are no object.
#[derive(Deserr)]
#[deserr(error = Faults)]
struct DetailsObject {}

/// What only a cloud service has.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct CloudServiceDetails {
    /// Service model.
    #[deserr(default)]
    pub service_model: Option<ServiceModel>,
    /// How customers are kept apart.
    #[deserr(default)]
    pub tenancy: Option<Tenancy>,
    /// Where it is operated.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub locations: Places,
    /// Promised availability, share of a hundred.
    #[deserr(default)]
    pub availability_target: Option<Percent>,
    /// Hours in which support answers.
    #[deserr(default)]
    pub support_hours: Option<Note>,
    /// Recovery time objective in minutes.
    #[deserr(default)]
    pub rto_minutes: Option<Minutes>,
    /// Recovery point objective in minutes.
    #[deserr(default)]
    pub rpo_minutes: Option<Minutes>,
    /// Maturity as a named scheme states it; never a grade of this catalogue's own.
    #[deserr(default)]
    pub maturity: Option<Maturity>,
    /// Where to order it.
    #[deserr(default)]
    pub order_url: Option<WebUrl>,
    /// How to leave it again.
    #[deserr(default)]
    pub exit: Option<ExitFacts>,
}

/// Maturity as a named scheme states it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Maturity {
    /// The scheme, such as `DVC-Reifegrad`.
    pub scheme: Line<100>,
    /// The level in the scheme's own words.
    pub level: Line<60>,
    /// Version of the scheme.
    #[deserr(default)]
    pub version: Option<Line<60>>,
    /// Day of the assessment.
    #[deserr(default)]
    pub assessed_on: Option<Day>,
    /// Where it can be checked.
    #[deserr(default)]
    pub evidence_url: Option<WebUrl>,
}

/// How to leave a service again.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct ExitFacts {
    /// Formats in which data can be taken along.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub export_formats: Names,
    /// Notice period in days.
    #[deserr(default)]
    pub notice_days: Option<Days>,
    /// Whether leaving was tried.
    #[deserr(default)]
    pub tested: Option<bool>,
}

/// What only an AI tool has.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct AiToolDetails {
    /// Intended purpose (AI Act, Art. 3 no. 12).
    #[deserr(default)]
    pub purpose: Option<Note>,
    /// Role of the owner under the AI Act.
    #[deserr(default)]
    pub role: Option<AiRole>,
    /// Risk class under the AI Act.
    #[deserr(default)]
    pub ai_act_class: Option<AiActClass>,
    /// Why it has this class.
    #[deserr(default)]
    pub ai_act_reasoning: Option<Note>,
    /// Point of Annex III that it falls under, such as `5(a)`.
    #[deserr(default)]
    pub annex_iii_point: Option<Line<20>>,
    /// Whether the provider claims the exemption of Art. 6(3).
    #[deserr(default)]
    pub article6_exemption: Option<bool>,
    /// Its entry in the EU database (Art. 71).
    #[deserr(default)]
    pub eu_database_url: Option<WebUrl>,
    /// Models that it uses.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub models: AiModels,
    /// Data that it uses.
    #[deserr(default)]
    pub data_used: Option<Note>,
    /// How people oversee it (Art. 14 and 26).
    #[deserr(default)]
    pub human_oversight: Option<Note>,
    /// Automation level under state law, such as Schleswig-Holstein's ITEG, in that law's words.
    #[deserr(default)]
    pub automation_level: Option<Line<120>>,
    /// Fundamental rights impact assessment (Art. 27).
    #[deserr(default)]
    pub fria: Option<Assessment>,
    /// Data protection impact assessment (Art. 35 GDPR).
    #[deserr(default)]
    pub dpia: Option<Assessment>,
}

/// A model that an AI tool uses.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct AiModel {
    /// Its name.
    pub name: Line<120>,
    /// Its version.
    #[deserr(default)]
    pub version: Option<Line<60>>,
    /// Where it runs.
    #[deserr(default)]
    pub location: Option<Line<200>>,
    /// Whether its weights are open.
    #[deserr(default)]
    pub open_weights: Option<bool>,
}

/// An impact assessment that another body may start from.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Assessment {
    /// Its result in short.
    #[deserr(default)]
    pub summary: Option<Note>,
    /// The document.
    #[deserr(default)]
    pub url: Option<WebUrl>,
    /// Day on which it was made.
    #[deserr(default)]
    pub assessed_on: Option<Day>,
}

/// What only a platform has.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct PlatformDetails {
    /// What it offers to those who build on it.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub capabilities: Names,
    /// How tenants are kept apart.
    #[deserr(default)]
    pub tenancy: Option<Tenancy>,
    /// Its interfaces by name.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub apis: Apis,
    /// Its portal for developers.
    #[deserr(default)]
    pub developer_portal: Option<WebUrl>,
}

/// What only an online service has.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct OnlineServiceDetails {
    /// Whether it was built for reuse by all states ("Einer für Alle").
    #[deserr(default)]
    pub efa: Option<bool>,
    /// Maturity after the OZG model.
    #[deserr(default)]
    pub ozg_maturity: Option<OzgMaturity>,
    /// User accounts that it works with.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub user_accounts: Names,
    /// Payment components that it works with.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub payment_components: Names,
}

/// What only infrastructure has.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct InfrastructureDetails {
    /// Where it stands.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub locations: Places,
    /// Availability class in the words of its scheme (such as BSI VK 0 to 5 or EN 50600).
    #[deserr(default)]
    pub availability_class: Option<Line<60>>,
    /// What is known of its capacity.
    #[deserr(default)]
    pub capacity: Option<Note>,
}

/// What only a building block has.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct BuildingBlockDetails {
    /// Forms in which it is delivered: container, library, Helm chart, schema …
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub packaging: Names,
    /// Programming languages and runtimes.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub runtimes: Names,
}
