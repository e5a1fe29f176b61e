//! The keys of the standard, as data: which there are, what shape their values have and which rules hold for them.
//!
//! Rules that look at several keys at once (contacts and contractors by kind of maintenance, `it` beside `IT`) stand in
//! [`super::check`].

use super::vocabulary::{DEVELOPMENT_STATUS, ITALIAN_EXTENSION_VERSIONS, MAINTENANCE_TYPES, SOFTWARE_TYPES};

/// A map with known keys.
pub(super) type Section = &'static [Field];

/// One key of a section.
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) presence: Presence,
    pub(super) shape: Shape,
    /// What to do instead, if the key is deprecated.
    pub(super) deprecated: Option<&'static str>,
}

/// Whether a key must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Optional,
    /// Must be there and not empty.
    Required,
    /// A section that is looked into even if it is missing, because something in it is required.
    Section,
}

/// The shape of a value.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Text(Rule),
    Bool,
    List(&'static Shape),
    /// A list of texts, or one text alone.
    OneOrMany(Rule),
    Section(Section),
    /// A map whose keys are languages.
    ByLanguage(Section),
}

/// What a text must be.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    Any,
    OneOf(&'static [&'static str]),
    Length { min: usize, max: usize },
    Url,
    HttpUrl,
    Video,
    Logo,
    Screenshot,
    RelativePath,
    Date,
    Email,
    MediaType,
    Licence,
    Language,
    Country,
    Category,
    Scope,
    OrganisationUri,
    ItalianOffice,
    Supports,
}

const DROP: Option<&str> = Some("It can be dropped.");

const fn field(key: &'static str, presence: Presence, shape: Shape) -> Field {
    Field {
        key,
        presence,
        shape,
        deprecated: None,
    }
}

const fn optional(key: &'static str, shape: Shape) -> Field {
    field(key, Presence::Optional, shape)
}

const fn required(key: &'static str, shape: Shape) -> Field {
    field(key, Presence::Required, shape)
}

const fn deprecated(key: &'static str, shape: Shape, instead: Option<&'static str>) -> Field {
    Field {
        key,
        presence: Presence::Optional,
        shape,
        deprecated: instead,
    }
}

const TEXT: Shape = Shape::Text(Rule::Any);
const TEXTS: Shape = Shape::List(&TEXT);
const HTTP_URL: Shape = Shape::Text(Rule::HttpUrl);
const COUNTRIES: Shape = Shape::List(&Shape::Text(Rule::Country));
const MEDIA_TYPES: Shape = Shape::List(&Shape::Text(Rule::MediaType));
const DEPENDENCIES: Shape = Shape::List(&Shape::Section(DEPENDENCY));

/// The whole file, without its version, which is looked at first.
pub(super) const ROOT: Section = &[
    required("publiccodeYmlVersion", TEXT),
    required("name", TEXT),
    optional("applicationSuite", TEXT),
    required("url", Shape::Text(Rule::Url)),
    optional("landingURL", HTTP_URL),
    optional("isBasedOn", Shape::OneOrMany(Rule::Url)),
    optional("softwareVersion", TEXT),
    optional("releaseDate", Shape::Text(Rule::Date)),
    optional("logo", Shape::Text(Rule::Logo)),
    deprecated("monochromeLogo", Shape::Text(Rule::Logo), Some("Use ‘logo’ instead.")),
    optional("organisation", Shape::Section(ORGANISATION)),
    deprecated("inputTypes", MEDIA_TYPES, DROP),
    deprecated("outputTypes", MEDIA_TYPES, DROP),
    required("platforms", TEXTS),
    optional("categories", Shape::List(&Shape::Text(Rule::Category))),
    optional("usedBy", TEXTS),
    optional("fundedBy", Shape::List(&Shape::Section(ORGANISATION))),
    optional("roadmap", HTTP_URL),
    required("developmentStatus", Shape::Text(Rule::OneOf(DEVELOPMENT_STATUS))),
    required("softwareType", Shape::Text(Rule::OneOf(SOFTWARE_TYPES))),
    optional("supports", Shape::List(&Shape::Section(SUPPORT))),
    optional("intendedAudience", Shape::Section(AUDIENCE)),
    required("description", Shape::ByLanguage(DESCRIPTION)),
    field("legal", Presence::Section, Shape::Section(LEGAL)),
    field("maintenance", Presence::Section, Shape::Section(MAINTENANCE)),
    field("localisation", Presence::Section, Shape::Section(LOCALISATION)),
    optional("dependsOn", Shape::Section(DEPENDS_ON)),
    optional("IT", Shape::Section(ITALY)),
    deprecated(
        "it",
        Shape::Section(ITALY),
        Some("Lower-case country codes will be removed: write ‘IT’."),
    ),
    deprecated(
        "de",
        Shape::Section(GERMANY),
        Some("Country sections will be removed; the keys of administrative services in it are still read."),
    ),
];

const ORGANISATION: Section = &[
    optional("name", TEXT),
    required("uri", Shape::Text(Rule::OrganisationUri)),
];

const SUPPORT: Section = &[required("id", Shape::Text(Rule::Supports))];

const AUDIENCE: Section = &[
    optional("scope", Shape::List(&Shape::Text(Rule::Scope))),
    optional("countries", COUNTRIES),
    optional("unsupportedCountries", COUNTRIES),
];

const DESCRIPTION: Section = &[
    optional("localisedName", TEXT),
    deprecated("genericName", Shape::Text(Rule::Length { min: 0, max: 35 }), DROP),
    required("shortDescription", Shape::Text(Rule::Length { min: 0, max: 150 })),
    required("longDescription", Shape::Text(Rule::Length { min: 150, max: 10_000 })),
    optional("documentation", HTTP_URL),
    optional("apiDocumentation", HTTP_URL),
    required("features", TEXTS),
    optional("screenshots", Shape::List(&Shape::Text(Rule::Screenshot))),
    optional("videos", Shape::List(&Shape::Text(Rule::Video))),
    optional("awards", TEXTS),
];

const LEGAL: Section = &[
    required("license", Shape::Text(Rule::Licence)),
    optional("mainCopyrightOwner", TEXT),
    deprecated("repoOwner", TEXT, Some("Use ‘organisation.name’ instead.")),
    deprecated("authorsFile", Shape::Text(Rule::RelativePath), DROP),
];

const MAINTENANCE: Section = &[
    required("type", Shape::Text(Rule::OneOf(MAINTENANCE_TYPES))),
    optional("contractors", Shape::List(&Shape::Section(CONTRACTOR))),
    optional("contacts", Shape::List(&Shape::Section(CONTACT))),
];

const CONTRACTOR: Section = &[
    required("name", TEXT),
    optional("email", Shape::Text(Rule::Email)),
    optional("website", HTTP_URL),
    required("until", Shape::Text(Rule::Date)),
];

const CONTACT: Section = &[
    required("name", TEXT),
    optional("email", Shape::Text(Rule::Email)),
    optional("affiliation", TEXT),
    optional("phone", TEXT),
];

const LOCALISATION: Section = &[
    required("localisationReady", Shape::Bool),
    required("availableLanguages", Shape::List(&Shape::Text(Rule::Language))),
];

const DEPENDS_ON: Section = &[
    optional("open", DEPENDENCIES),
    optional("proprietary", DEPENDENCIES),
    optional("hardware", DEPENDENCIES),
];

const DEPENDENCY: Section = &[
    required("name", TEXT),
    optional("versionMin", TEXT),
    optional("versionMax", TEXT),
    optional("optional", Shape::Bool),
    optional("version", TEXT),
];

const ITALY: Section = &[
    optional(
        "countryExtensionVersion",
        Shape::Text(Rule::OneOf(ITALIAN_EXTENSION_VERSIONS)),
    ),
    deprecated("conforme", Shape::Section(CONFORME), DROP),
    optional("riuso", Shape::Section(RIUSO)),
    optional("piattaforme", Shape::Section(PIATTAFORME)),
];

const CONFORME: Section = &[
    optional("lineeGuidaDesign", Shape::Bool),
    optional("modelloInteroperabilita", Shape::Bool),
    optional("misureMinimeSicurezza", Shape::Bool),
    optional("gdpr", Shape::Bool),
];

const RIUSO: Section = &[deprecated(
    "codiceIPA",
    Shape::Text(Rule::ItalianOffice),
    Some("Use ‘organisation.uri’ with the value urn:x-italian-pa: and this code."),
)];

const PIATTAFORME: Section = &[
    optional("spid", Shape::Bool),
    optional("pagopa", Shape::Bool),
    optional("cie", Shape::Bool),
    optional("anpr", Shape::Bool),
    optional("io", Shape::Bool),
];

const GERMANY: Section = &[
    required("countryExtensionVersion", TEXT),
    optional("leika", Shape::List(&Shape::Section(LEIKA))),
];

const LEIKA: Section = &[
    optional("themenfeld", TEXT),
    optional("lebenslage", TEXT),
    optional("ozg-id", TEXT),
    required("leika-id", TEXT),
];
