//! Components: the catalogue's entries.

mod codes;
mod details;

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

pub use codes::*;
pub use details::*;

use crate::fault::Faults;
use crate::stored::Document;
use crate::values::{Day, Language, LeikaKey, Licence, Line, List, Localized, Prose, Slug, State, Timestamp, WebUrl};

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

impl Document for Component {
    const NOUN: &'static str = "component";

    fn title(&self) -> &str {
        self.title.best("de").map_or("", |t| t.as_str())
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
