//! Organisations: the bodies that own, supply, operate and use components.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::code_list;
use crate::component::{ExternalIds, Names, Note, Sources, Title};
use crate::fault::Faults;
use crate::stored::{Document, Reference};
use crate::values::{List, Percent, RegionKey, Slug, State, WebUrl};

/// What sort of body an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum OrganisationKind {
    ItProvider,
    Federation,
    FederalBody,
    State,
    Ministry,
    StateBody,
    Municipality,
    MunicipalAssociation,
    JointInstitution,
    Company,
    CivilSociety,
    Academia,
    Community,
    Foreign,
    Other,
}
code_list!(OrganisationKind, "organisation-kind", "Art der Organisation", "Kind of organisation";
    ItProvider = "it_provider", "Öffentlicher IT-Dienstleister", "Public IT provider";
    Federation = "federation", "Bund", "Federation";
    FederalBody = "federal_body", "Bundesbehörde oder -einrichtung", "Federal body";
    State = "state", "Land", "State";
    Ministry = "ministry", "Ministerium oder Senatsverwaltung", "Ministry";
    StateBody = "state_body", "Landesbehörde oder -einrichtung", "Body of a state";
    Municipality = "municipality", "Gemeinde, Stadt oder Landkreis", "Municipality or district";
    MunicipalAssociation = "municipal_association", "Amt, Zweckverband oder kommunaler Verband", "Municipal association";
    JointInstitution = "joint_institution", "Gemeinsame Einrichtung von Bund, Ländern oder Kommunen", "Joint institution";
    Company = "company", "Unternehmen", "Company";
    CivilSociety = "civil_society", "Zivilgesellschaft", "Civil society";
    Academia = "academia", "Wissenschaft", "Academia";
    Community = "community", "Offene Entwicklungsgemeinschaft", "Open source community";
    Foreign = "foreign_body", "Öffentliche Stelle außerhalb Deutschlands", "Public body outside Germany";
    Other = "other_body", "Andere", "Other";
);

/// How an organisation wants changes of its public entries to come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum ReviewPolicy {
    #[default]
    Direct,
    Reviewed,
    FourEyes,
}
code_list!(ReviewPolicy, "review-policy", "Prüfung von Änderungen", "Review of changes";
    Direct = "direct", "Redaktion veröffentlicht selbst", "Editors publish by themselves";
    Reviewed = "reviewed", "Nur über geprüfte Änderungen", "By approved changes only";
    FourEyes = "four_eyes", "Nur über Änderungen, die jemand anderes geprüft hat", "By changes that somebody else approved";
);

/// Organisations that may keep another one's entries.
pub type Delegates = List<Slug, 20>;

/// Bodies that carry an organisation.
pub type Carriers = List<Slug, 500>;

/// States of an organisation.
pub type OrganisationStates = List<State, 16>;

/// A body: what a client writes.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Organisation {
    /// What sort of body it is.
    pub kind: OrganisationKind,
    /// Its name.
    pub title: Title,
    /// What it does.
    #[deserr(default)]
    pub description: Option<Note>,
    /// Names that it is known by elsewhere.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub aliases: Names,
    /// States that it belongs to, or that carry it.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub states: OrganisationStates,
    /// Its regional key (AGS or ARS), where it governs a region.
    #[deserr(default)]
    pub region_key: Option<RegionKey>,
    /// Slug of the organisation that it is a part of.
    #[deserr(default)]
    pub parent: Option<Slug>,
    /// Slugs of the bodies that carry it, or are members of it: who controls it jointly (§ 108 (4) GWB).
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub carriers: Carriers,
    /// Share of its activity that serves others than those who control it (§ 108 (1) no. 2 GWB: below 20 for in-house
    /// awards).
    #[deserr(default)]
    pub open_market_share: Option<Percent>,
    /// Whether private capital holds a direct share of it (§ 108 (1) no. 3 GWB).
    #[deserr(default)]
    pub private_capital: Option<bool>,
    /// How it wants changes of its public entries to come about; without it, its editors publish by themselves.
    #[deserr(default)]
    pub review: Option<ReviewPolicy>,
    /// Slugs of organisations whose editors may keep its entries too, such as the body that it is a part of.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub delegates: Delegates,
    /// Its page.
    #[deserr(default)]
    pub homepage: Option<WebUrl>,
    /// The same body in other registers.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub external_ids: ExternalIds,
    /// Where the statements of this entry come from.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub sources: Sources,
}

impl Document for Organisation {
    const NOUN: &'static str = "organisation";

    fn title(&self) -> &str {
        self.title.best("de").map_or("", |t| t.as_str())
    }

    /// An organisation is its own tenant.
    fn owner<'a>(&'a self, slug: &'a Slug) -> Option<&'a Slug> {
        Some(slug)
    }

    /// The one that it is a part of sees and keeps it.
    fn party(&self) -> Option<&Slug> {
        self.parent.as_ref()
    }

    fn references(&self) -> Vec<Reference<'_>> {
        let organisation = |pointer: String, slug| Reference {
            pointer,
            noun: Self::NOUN,
            slug,
        };
        let parent = self.parent.iter().map(|slug| organisation("/parent".to_owned(), slug));
        let delegates = self.delegates.iter().enumerate();
        let carriers = self.carriers.iter().enumerate();
        parent
            .chain(delegates.map(|(i, slug)| organisation(format!("/delegates/{i}"), slug)))
            .chain(carriers.map(|(i, slug)| organisation(format!("/carriers/{i}"), slug)))
            .collect()
    }

    fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        if let Some(key) = &self.region_key
            && let Some(state) = key.state()
            && !self.states.is_empty()
            && !self.states.contains(&state)
        {
            faults.add(
                "/regionKey",
                "state_mismatch",
                format!(
                    "Lies in {}, which `states` does not name; correct one of them.",
                    crate::code_list::CodeList::code(state)
                ),
            );
        }
        faults
    }
}
