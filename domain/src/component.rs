//! Components: the catalogue's entries.

mod codes;
mod details;
mod parts;

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

pub use codes::*;
pub use details::*;
pub use parts::*;

use crate::fault::Faults;
use crate::organisation::Organisation;
use crate::stored::{Document, Reference};
use crate::values::{Day, Language, LeikaKey, Licence, Line, List, Localized, Prose, Slug, WebUrl};

/// Text of one line in several languages.
pub type Title = Localized<Line<200>>;
/// Two or three sentences in several languages.
pub type Summary = Localized<Line<350>>;
/// Markdown in several languages.
pub type Description = Localized<Prose<20_000>>;
/// A note in several languages.
pub type Note = Localized<Prose<2000>>;
/// Names.
pub type Names = List<Line<200>, 40>;
/// Free tags.
pub type Tags = List<Line<60>, 40>;
/// Levels of government.
pub type Levels = List<Level, 3>;
/// Offers by state.
pub type StateOffers = List<StateOffer, 16>;
/// `LeiKa` keys.
pub type LeikaKeys = List<LeikaKey, 500>;
/// Identifiers of OZG services.
pub type OzgIds = List<Line<20>, 100>;
/// Themes.
pub type Themes = List<Theme, 13>;
/// Legal grounds.
pub type LegalBases = List<LegalBasis, 20>;
/// Forms of deployment.
pub type Deployments = List<Deployment, 4>;
/// Interfaces.
pub type Interfaces = List<Interface, 60>;
/// Connection conditions.
pub type Requirements = List<Requirement, 100>;
/// Contacts.
pub type Contacts = List<Contact, 20>;
/// Identities in other catalogues.
pub type ExternalIds = List<ExternalId, 40>;
/// Sources.
pub type Sources = List<Source, 40>;
/// Organisations by slug.
pub type OrganisationSlugs = List<Slug, 40>;
/// Roles under the GDPR.
pub type DataProtectionRoles = List<DataProtectionRole, 3>;
/// Places.
pub type Places = List<Line<120>, 60>;
/// Languages.
pub type Languages = List<Language, 60>;

/// A reusable component: what a client writes. What is not known is left out; unknown is not "no".
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Component {
    /// What the entry is.
    pub kind: Kind,
    /// The name; German required, unless the entry was taken over from elsewhere (`provenance`).
    pub title: Title,
    /// What it is, in one to three sentences; German required, unless the entry was taken over from elsewhere.
    pub summary: Summary,
    /// What it is, at length (Markdown).
    #[deserr(default)]
    pub description: Option<Description>,
    /// Names that it is known by elsewhere.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub aliases: Names,
    /// Where it stands in its life.
    #[deserr(default)]
    pub lifecycle: Option<Lifecycle>,
    /// First day of productive use.
    #[deserr(default)]
    pub productive_since: Option<Day>,
    /// Day on which its end was announced.
    #[deserr(default)]
    pub deprecated_on: Option<Day>,
    /// Last day on which it can be used.
    #[deserr(default)]
    pub ends_on: Option<Day>,
    /// Slug of the component that takes its place.
    #[deserr(default)]
    pub successor: Option<Slug>,
    /// Why nothing takes its place. An entry with an end names this or a successor.
    #[deserr(default)]
    pub no_successor_reason: Option<Note>,
    /// Slug of the organisation that keeps this entry and may edit it.
    pub owner: Slug,
    /// Who supplies, operates and sells it.
    #[deserr(default)]
    pub roles: Option<Roles>,
    /// Offices to turn to; no persons.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub contacts: Contacts,
    /// Levels of government that it is meant for.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub levels: Levels,
    /// States in which it is offered, and how far.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub states: StateOffers,
    /// Administrative services that it covers, by `LeiKa` key.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub services: LeikaKeys,
    /// Administrative services that it covers, by the number of the OZG implementation catalogue.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub ozg_ids: OzgIds,
    /// Fields of government work.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub themes: Themes,
    /// Free tags.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub tags: Tags,
    /// Languages that its users can work in.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub languages: Languages,
    /// On what legal grounds it may be reused.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub legal_basis: LegalBases,
    /// Forms in which it can be had. Code alone is not usable by most.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub deployment: Deployments,
    /// Licence of its code.
    #[deserr(default)]
    pub licence: Option<Licence>,
    /// Where its code lies.
    #[deserr(default)]
    pub repository: Option<WebUrl>,
    /// Its documentation.
    #[deserr(default)]
    pub documentation: Option<WebUrl>,
    /// Its page for people.
    #[deserr(default)]
    pub homepage: Option<WebUrl>,
    /// What other systems can talk to it with.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub interfaces: Interfaces,
    /// What one must bring to connect to it or to run it.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub requirements: Requirements,
    /// The protection need that it satisfies.
    #[deserr(default)]
    pub protection: Option<Protection>,
    /// What it does with personal data.
    #[deserr(default)]
    pub data_protection: Option<DataProtection>,
    /// The same thing in other catalogues.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub external_ids: ExternalIds,
    /// Where the statements of this entry come from.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub sources: Sources,
    /// From where and in which format the entry was taken over, if it was.
    #[deserr(default)]
    pub provenance: Option<Provenance>,
    /// Day on which the owner last confirmed the entry.
    #[deserr(default)]
    pub verified_on: Option<Day>,
    /// Day by which the owner means to confirm it again; an entry past it is overdue.
    #[deserr(default)]
    pub next_review_on: Option<Day>,
    /// What only this kind of component has; its `kind` is that of the component.
    #[deserr(default)]
    pub details: Option<Details>,
}

impl Document for Component {
    const NOUN: &'static str = "component";
    const LAPSED: &'static str = "overdue";

    fn title(&self) -> &str {
        self.title.best("de").map_or("", |t| t.as_str())
    }

    fn owner<'a>(&'a self, _: &'a Slug) -> Option<&'a Slug> {
        Some(&self.owner)
    }

    fn lapses_on(&self) -> Option<Day> {
        self.next_review_on
    }

    fn references(&self) -> Vec<Reference<'_>> {
        let successor = self.successor.iter().map(|slug| Reference {
            pointer: "/successor".to_owned(),
            noun: Self::NOUN,
            slug,
        });
        let organisations = self.organisations().map(|(pointer, slug)| Reference {
            pointer,
            noun: Organisation::NOUN,
            slug,
        });
        successor.chain(organisations).collect()
    }

    fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        if self.provenance.is_none() {
            for (field, missing) in [
                ("title", self.title.get("de").is_none()),
                ("summary", self.summary.get("de").is_none()),
            ] {
                if missing {
                    faults.add(
                        format!("/{field}/de"),
                        "required",
                        format!("Add the {field} in German (`de`)."),
                    );
                }
            }
        }
        if let Some(details) = &self.details
            && details.kind() != self.kind
        {
            faults.add(
                "/details/kind",
                "kind_mismatch",
                format!(
                    "Is `{}`, but the component is `{}`; give details of the component's own kind.",
                    crate::code_list::CodeList::code(details.kind()),
                    crate::code_list::CodeList::code(self.kind)
                ),
            );
        }
        let dates = [
            (
                "/deprecatedOn",
                self.productive_since,
                self.deprecated_on,
                "productiveSince",
            ),
            ("/endsOn", self.productive_since, self.ends_on, "productiveSince"),
            ("/endsOn", self.deprecated_on, self.ends_on, "deprecatedOn"),
        ];
        for (pointer, earlier, later, name) in dates {
            if let (Some(earlier), Some(later)) = (earlier, later)
                && later < earlier
            {
                faults.add(
                    pointer,
                    "wrong_order",
                    format!("Lies before `{name}` ({earlier}); correct one of them."),
                );
            }
        }
        for (i, offer) in self.states.iter().enumerate() {
            if self.states.iter().take(i).any(|s| s.state == offer.state) {
                faults.add(
                    format!("/states/{i}"),
                    "duplicate",
                    "This state stands in the list before; keep one.",
                );
            }
        }
        faults
    }
}

impl Component {
    /// Slugs of all organisations that the entry names, with the pointer to each.
    pub fn organisations(&self) -> impl Iterator<Item = (String, &Slug)> {
        let roles = self.roles.iter().flat_map(|r| {
            [
                ("supplier", &r.supplier),
                ("operator", &r.operator),
                ("seller", &r.seller),
                ("contactOffice", &r.contact_office),
            ]
        });
        std::iter::once(("/owner".to_owned(), &self.owner)).chain(roles.flat_map(|(name, list)| {
            list.iter()
                .enumerate()
                .map(move |(i, s)| (format!("/roles/{name}/{i}"), s))
        }))
    }
}
