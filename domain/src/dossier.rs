//! The file of a component: what readers of its kind have to find, in the order of the list that asks for it, with what
//! is there and what is missing.

mod ai_tool;
mod cloud_service;
mod general;
mod online_service;
mod row;

#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::Value;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::attestation::Attestation;
use crate::code_list;
use crate::code_list::Label;
use crate::component::{Component, Kind};
use crate::statement::{Citation, Text};
use crate::stored::{Publication, Stored};
use crate::values::{Day, Slug};
use row::{File, Section};

/// Whether something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum DossierStatus {
    Present,
    Missing,
    NotApplicable,
}
code_list!(DossierStatus, "dossier-status", "Stand einer Angabe im Dossier", "State of an item of a dossier";
    Present = "present", "Vorhanden", "Present";
    Missing = "missing", "Fehlt, ist unvollständig oder abgelaufen", "Missing, incomplete or expired";
    NotApplicable = "not_applicable", "Nicht einschlägig", "Not applicable";
);

/// One thing that the list asks for.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DossierItem {
    /// Stable name of the item. An attestation whose `criterion` is this name fills it, whatever its scheme; one with
    /// the value `not_applicable` says that it need not be filled.
    #[schema(max_length = 100, example = "ai-act/annex-viii/a/5")]
    pub reference: &'static str,
    /// What is asked for.
    pub label: Label,
    /// Whether it is there.
    pub status: DossierStatus,
    /// What is there: values of the component, then attestations as objects with `attestation`, `scheme`, `criterion`,
    /// `value`, `summary`, `issuer`, `document`, `validFrom`, `validUntil` and `expired`. The first 600.
    #[schema(value_type = Vec<Value>, max_items = 600)]
    pub values: Vec<Value>,
    /// JSON pointer (RFC 6901) to where in the component it is filled, or would be; `/attestations`, where only an
    /// attestation can.
    #[schema(max_length = 200, example = "/details/purpose")]
    pub pointer: &'static str,
    /// What asks for it, where that is not the source of the section.
    pub source: Option<Citation>,
    /// The day as of which it is there: of the latest attestation, or of the assessment, or on which the entry was
    /// confirmed.
    pub as_of: Option<Day>,
    /// Whether an attestation in `values` has expired.
    pub expired: bool,
}

/// Items that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DossierSection {
    /// What it is about.
    pub title: Label,
    /// What asks for it.
    pub source: Citation,
    /// Its items, in the order of the source.
    #[schema(max_items = 40)]
    pub items: Vec<DossierItem>,
}

/// The file of a component.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dossier {
    /// Slug of the component.
    pub component: Slug,
    /// Its kind, which decides on the list.
    pub kind: Kind,
    /// The day for which it holds.
    pub answered_on: Day,
    /// How many items are missing.
    #[schema(minimum = 0, maximum = 500, example = 7)]
    pub missing: u32,
    /// The sections, in order.
    #[schema(max_items = 20)]
    pub sections: Vec<DossierSection>,
    /// What this file is not.
    pub notice: Text,
}

/// What every file says of itself.
pub const NOTICE: Text = Text::fixed(
    "Zusammenstellung aus den Angaben des Katalogs. Sie ersetzt weder eine Registrierung noch eine Prüfung durch die verantwortliche Stelle.",
    "Put together from the catalogue's data. It replaces neither a registration nor a check by the body that is responsible.",
);

/// The file of a component by its kind. Attestations count while they are published and hold today.
pub fn dossier(component: &Stored<Component>, attestations: &[Stored<Attestation>], today: Day) -> Dossier {
    let kind = component.value.kind;
    let list: &[Section] = match kind {
        Kind::AiTool => &ai_tool::SECTIONS,
        Kind::OnlineService => &online_service::SECTIONS,
        Kind::CloudService => &cloud_service::SECTIONS,
        Kind::Platform => &general::PLATFORM,
        Kind::Infrastructure => &general::INFRASTRUCTURE,
        Kind::BuildingBlock => &general::BUILDING_BLOCK,
    };
    let file = File {
        component: &component.value,
        json: serde_json::to_value(component).unwrap_or_default(),
        attestations: attestations
            .iter()
            .filter(|a| a.publication == Publication::Published)
            .map(|a| &a.value)
            .collect(),
        list,
        today,
    };
    let sections: Vec<DossierSection> = list.iter().map(|section| file.section(section)).collect();
    let items = sections.iter().flat_map(|section| &section.items);
    let missing = items.filter(|item| item.status == DossierStatus::Missing).count();
    Dossier {
        component: component.slug.clone(),
        kind,
        answered_on: today,
        missing: u32::try_from(missing).unwrap_or(u32::MAX),
        sections,
        notice: NOTICE,
    }
}
