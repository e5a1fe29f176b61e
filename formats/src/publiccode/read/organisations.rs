//! Who stands behind the software. Persons are not read: the contacts of the standard are persons.

use domain::component::ExternalId;
use domain::organisation::{Organisation, OrganisationKind};
use domain::values::{Language, List, Localized, Slug, WebUrl};

use super::lookup::{Found, Reader};
use super::texts::line;
use super::{address, cut};
use crate::problem::quoted;
use crate::publiccode::uri;

/// Organisations that the file names, each once.
#[derive(Default)]
pub(super) struct Organisations {
    pub(super) records: Vec<(Slug, Organisation)>,
    /// Who publishes the software.
    pub(super) publisher: Option<Slug>,
    /// Who is contracted to maintain it.
    pub(super) contractors: Vec<Slug>,
}

/// What is known of one organisation.
struct Named<'a> {
    name: String,
    identifier: Option<String>,
    homepage: Option<WebUrl>,
    contracted: bool,
    found: Found<'a>,
}

/// Reads publisher and contractors.
pub(super) fn read(reader: &mut Reader<'_>, repository: Option<&WebUrl>, language: &Language) -> Organisations {
    let mut organisations = Organisations::default();
    if let Some(named) = publisher(reader, repository) {
        organisations.publisher = organisations.add(reader, named, language);
    }
    for named in contractors(reader) {
        let slug = organisations.add(reader, named, language);
        organisations.contractors.extend(slug);
    }
    organisations
}

/// The publisher: by the section of its own, else by the older keys, else by the address of the repository.
fn publisher<'a>(reader: &mut Reader<'a>, repository: Option<&WebUrl>) -> Option<Named<'a>> {
    let owner = older_name(reader);
    let italian = italian_office(reader);
    let section = reader.top(&["organisation", "organization"]).map(|found| {
        // Some files give the section as a list of one.
        match found.node.items() {
            Some(_) => reader.items(&found).into_iter().next().unwrap_or(found),
            None => found,
        }
    });
    if let Some(found) = section {
        let uri = reader.text_of(&found, &["uri", "url"]).map(|(uri, _)| uri.to_owned());
        let name = match found.node.text() {
            Some(text) => Some(text.trim().to_owned()),
            None => reader.text_of(&found, &["name"]).map(|(name, _)| name.to_owned()),
        };
        let identifier = uri.or_else(|| italian.as_ref().map(|(urn, _)| urn.clone()));
        let name = name.or_else(|| owner.as_ref().map(|(name, _)| (*name).to_owned()));
        let name = name.or_else(|| {
            let name = name_of(identifier.as_deref()?)?;
            reader.warn(
                "organisation_name_repaired",
                &found,
                format!("has no name; {} was taken from its URI.", quoted(&name)),
            );
            Some(name)
        });
        if let Some(name) = name {
            let homepage = homepage(identifier.as_deref());
            return Some(Named {
                name,
                identifier,
                homepage,
                contracted: false,
                found,
            });
        }
    }
    if let Some((name, found)) = owner {
        let identifier = italian.map(|(urn, _)| urn);
        return Some(Named {
            name: name.to_owned(),
            identifier,
            homepage: None,
            contracted: false,
            found,
        });
    }
    if let Some((urn, found)) = italian {
        let name = name_of(&urn)?;
        let detail = format!(
            "no organisation is named; {} was taken from the code of the office.",
            quoted(&name)
        );
        reader.warn("organisation_name_repaired", &found, detail);
        return Some(Named {
            name,
            identifier: Some(urn),
            homepage: None,
            contracted: false,
            found,
        });
    }
    let (host, path) = address::parts(repository?);
    let name = path
        .first()
        .filter(|_| path.len() > 1)
        .cloned()
        .unwrap_or_else(|| host.clone());
    let page = if path.len() > 1 {
        format!("https://{host}/{name}")
    } else {
        format!("https://{host}")
    };
    let found = reader.top(&["url"]).unwrap_or_else(|| reader.root.clone());
    let detail = format!(
        "no organisation is named; {} was taken from the address of the repository.",
        quoted(&name)
    );
    reader.warn("organisation_from_url", &found, detail);
    Some(Named {
        name,
        homepage: page.parse().ok(),
        identifier: Some(page),
        contracted: false,
        found,
    })
}

/// The publisher by the keys of older versions.
fn older_name<'a>(reader: &mut Reader<'a>) -> Option<(&'a str, Found<'a>)> {
    let legal = reader.top(&["legal"])?;
    // Some files point to another key instead of giving a name.
    let is_name =
        |(text, _): &(&str, Found<'_>)| !text.starts_with("legal/") && text.chars().any(char::is_alphanumeric);
    let owner = reader.text_of(&legal, &["repoOwner"]).filter(is_name);
    owner.or_else(|| reader.text_of(&legal, &["mainCopyrightOwner"]).filter(is_name))
}

/// The code of an Italian office in the section of older versions, as a URN.
fn italian_office<'a>(reader: &mut Reader<'a>) -> Option<(String, Found<'a>)> {
    let italy = reader.top(&["IT", "it"])?;
    let reuse = super::lookup::peek(&italy, &["riuso"])?;
    let found = super::lookup::peek(&reuse, &["codiceIPA"])?;
    let code = found.node.text()?.trim().to_lowercase();
    let urn = format!("urn:x-italian-pa:{code}");
    uri::is_urn(&urn).then_some((urn, found))
}

/// The companies that maintain the software by contract.
fn contractors<'a>(reader: &mut Reader<'a>) -> Vec<Named<'a>> {
    let Some(found) = reader
        .top(&["maintenance"])
        .and_then(|maintenance| reader.get(&maintenance, &["contractors"]))
    else {
        return Vec::new();
    };
    let mut named = Vec::new();
    for item in reader.items(&found) {
        let name = match item.node.text() {
            Some(text) => Some(text),
            None => reader.text_of(&item, &["name"]).map(|(name, _)| name),
        };
        let website = reader
            .text_of(&item, &["website"])
            .and_then(|(text, found)| super::links::web(reader, text, &found));
        if let Some(name) = name.filter(|name| !name.trim().is_empty()) {
            let name = name.trim().to_owned();
            named.push(Named {
                name,
                identifier: None,
                homepage: website,
                contracted: true,
                found: item,
            });
        }
    }
    named
}

impl Organisations {
    /// Adds a record unless it is there; `None` if no slug can be made of the name.
    fn add<'a>(&mut self, reader: &mut Reader<'a>, named: Named<'a>, language: &Language) -> Option<Slug> {
        let name = cut::one_line(named.name.trim_start_matches('@'));
        let slug = Slug::from_title(&name).or_else(|| Slug::from_title(&name_of(named.identifier.as_deref()?)?));
        let Some(slug) = slug else {
            reader.warn(
                "organisation_without_slug",
                &named.found,
                format!("{} cannot be used as a name.", quoted(&name)),
            );
            return None;
        };
        if self.records.iter().all(|(known, _)| *known != slug) {
            let title = Localized::single(language.clone(), line(reader, &named.found, &name)?);
            let kind = kind(&name, named.identifier.as_deref(), named.contracted);
            let organisation = Organisation {
                carriers: domain::values::List::default(),
                open_market_share: None,
                private_capital: None,
                kind,
                title,
                description: None,
                aliases: List::default(),
                states: List::default(),
                region_key: None,
                parent: None,
                review: None,
                delegates: List::default(),
                homepage: named.homepage,
                external_ids: List::collect(external_id(named.identifier.as_deref())),
                sources: List::default(),
            };
            self.records.push((slug.clone(), organisation));
        }
        Some(slug)
    }
}

fn external_id(identifier: Option<&str>) -> Option<ExternalId> {
    let identifier = identifier?;
    let catalogue = if identifier.to_ascii_lowercase().starts_with("urn:x-italian-pa:") {
        "ipa"
    } else {
        "publiccode"
    };
    Some(ExternalId {
        catalogue: catalogue.parse().ok()?,
        id: identifier.parse().ok()?,
        url: homepage(Some(identifier)),
    })
}

fn homepage(identifier: Option<&str>) -> Option<WebUrl> {
    identifier.and_then(|identifier| identifier.parse().ok())
}

/// A name that can be read from an identifier: the last part of a URN, the last part of a path, or a host.
fn name_of(identifier: &str) -> Option<String> {
    let name = if identifier.to_ascii_lowercase().starts_with("urn:") {
        identifier.rsplit(':').next()?.to_owned()
    } else {
        let (host, path) = address::parts(&address::meant(identifier)?.url);
        path.last().cloned().unwrap_or(host)
    };
    (!name.is_empty()).then_some(name)
}

/// Words in names that tell the kind of a body; the first that fits decides.
const KINDS: &[(OrganisationKind, &[&str])] = &[
    (
        OrganisationKind::Company,
        &[
            "gmbh", "ag", "se", "kg", "ug", "ltd", "inc", "llc", "srl", "spa", "scarl", "bv", "sarl", "sas", "ab", "oy",
        ],
    ),
    (
        OrganisationKind::Academia,
        &[
            "universität",
            "hochschule",
            "university",
            "università",
            "université",
            "universiteit",
        ],
    ),
    (
        OrganisationKind::Foreign,
        &[
            "comune",
            "regione",
            "provincia",
            "ministero",
            "ministère",
            "agenzia",
            "gemeente",
            "commune",
            "azienda",
        ],
    ),
    (
        OrganisationKind::Ministry,
        &[
            "bundesministerium",
            "ministerium",
            "staatsministerium",
            "staatskanzlei",
            "senatsverwaltung",
        ],
    ),
    (
        OrganisationKind::Municipality,
        &[
            "stadt",
            "landeshauptstadt",
            "gemeinde",
            "landkreis",
            "kreis",
            "hansestadt",
        ],
    ),
    (
        OrganisationKind::ItProvider,
        &[
            "dataport",
            "dvz",
            "itzbund",
            "informationstechnikzentrum",
            "akdb",
            "komm.one",
            "regio",
            "ekom21",
            "itdz",
        ],
    ),
    (
        OrganisationKind::CivilSociety,
        &["foundation", "stiftung", "verein", "e.v", "association", "fondazione"],
    ),
    (
        OrganisationKind::Community,
        &["community", "contributors", "gemeinschaft"],
    ),
];

fn kind(name: &str, identifier: Option<&str>, contracted: bool) -> OrganisationKind {
    if identifier.is_some_and(|identifier| identifier.starts_with("urn:x-italian-pa:")) {
        return OrganisationKind::Foreign;
    }
    let joined = name
        .to_lowercase()
        .replace("s.r.l", "srl")
        .replace("s.p.a", "spa")
        .replace("b.v", "bv");
    let words: Vec<&str> = joined
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')'))
        .map(|word| word.trim_end_matches('.'))
        .collect();
    let known = KINDS
        .iter()
        .find(|(_, signs)| words.iter().any(|word| signs.contains(word)));
    known.map_or(
        if contracted {
            OrganisationKind::Company
        } else {
            OrganisationKind::Other
        },
        |(kind, _)| *kind,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_told_by_signs_that_are_certain() {
        for (name, expected) in [
            ("aitema GmbH", OrganisationKind::Company),
            ("Sober Lemus S.r.l.", OrganisationKind::Company),
            ("Comune di Venezia", OrganisationKind::Foreign),
            ("University of Rome Tor Vergata", OrganisationKind::Academia),
            ("Informationstechnikzentrum Bund", OrganisationKind::ItProvider),
            ("Stadt Musterstadt", OrganisationKind::Municipality),
            ("The Document Foundation", OrganisationKind::CivilSociety),
            ("Geonovum", OrganisationKind::Other),
        ] {
            assert_eq!(kind(name, None, false), expected, "{name}");
        }
        assert_eq!(
            kind("r_puglia", Some("urn:x-italian-pa:r_puglia"), false),
            OrganisationKind::Foreign
        );
        assert_eq!(kind("Conduction", None, true), OrganisationKind::Company);
    }

    #[test]
    fn a_name_can_be_read_from_an_identifier() {
        assert_eq!(name_of("urn:x-italian-pa:r_puglia").as_deref(), Some("r_puglia"));
        assert_eq!(
            name_of("https://github.com/agroscope-ch").as_deref(),
            Some("agroscope-ch")
        );
        assert_eq!(name_of("https://www.geonovum.nl/").as_deref(), Some("www.geonovum.nl"));
        assert_eq!(name_of("foo"), None);
    }
}
