//! From a file to a component of the catalogue.
//!
//! What can be repaired with certainty is repaired, and each repair is told as a warning; what is left out on purpose is
//! told as a notice. Nothing is invented: a value whose meaning is not certain stays absent. Persons are not taken over.

mod address;
mod classification;
mod cut;
mod language;
mod links;
mod lookup;
mod organisations;
mod origin;
mod texts;

use domain::component::{Component, LegalBasis, LegalBasisType, Roles};
use domain::organisation::Organisation;
use domain::values::{Language, Licence, List, Slug, Timestamp, WebUrl};

use crate::problem::{Path, Place, Problem, Problems, Severity, quoted};
use crate::yaml::{self, Value};
use lookup::{Reader, peek};

/// What the reader is told about a file besides its bytes.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The catalogue, repository or file it comes from; without it, the address that the file states.
    pub source: Option<String>,
    /// When it was fetched.
    pub harvested_at: Option<Timestamp>,
    /// The organisation that keeps the entry; without it, the one that publishes the software.
    pub owner: Option<Slug>,
}

/// A component that was read, with the human key that its title suggests.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The suggested human key.
    pub slug: Slug,
    /// The component.
    pub component: Component,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The component; absent if the file was refused, and then there is an error among the problems.
    pub component: Option<Imported>,
    /// The organisations that the component names, each with its human key.
    pub organisations: Vec<(Slug, Organisation)>,
    /// Errors, repairs and omissions in the order of the file.
    pub problems: Vec<Problem>,
}

impl Outcome {
    fn refused(problems: Problems) -> Self {
        Self {
            component: None,
            organisations: Vec::new(),
            problems: problems.into_sorted(),
        }
    }
}

/// Reads a file of any version of the standard.
pub fn read(bytes: &[u8], options: &Options) -> Outcome {
    let document = match yaml::read(bytes) {
        Ok(document) => document,
        Err(refusal) => {
            let mut problems = Problems::default();
            problems.error(refusal.code, &Path::default(), refusal.place, refusal.detail);
            return Outcome::refused(problems);
        }
    };
    let Some(root) = &document.root else {
        return not_publiccode(Place::START, "the file is empty.");
    };
    if !matches!(root.value, Value::Map(_)) {
        return not_publiccode(
            root.place,
            &format!("the file must be a map of keys, but is {}.", root.kind()),
        );
    }
    let mut reader = Reader::new(root);
    for duplicate in &document.duplicates {
        let detail = format!(
            "the key {} stands twice in the same map; the first was read.",
            quoted(&duplicate.key)
        );
        reader.problems.warning(
            "duplicate_key",
            &Path::default().key(&duplicate.key),
            duplicate.place,
            detail,
        );
    }
    if !KEYS_OF_THE_STANDARD
        .iter()
        .any(|key| peek(&reader.root, &[key]).is_some())
    {
        return not_publiccode(root.place, "none of the keys of publiccode.yml is in the file.");
    }
    match component(&mut reader, options) {
        Some((component, organisations)) => {
            left_out(&mut reader);
            let problems = reader.problems.into_sorted();
            Outcome {
                component: Some(component),
                organisations,
                problems,
            }
        }
        None => Outcome::refused(reader.problems),
    }
}

/// Keys that other files do not have; one of them must be there.
const KEYS_OF_THE_STANDARD: &[&str] = &[
    "publiccodeYmlVersion",
    "publiccode-yaml-version",
    "developmentStatus",
    "softwareType",
    "legal",
    "maintenance",
    "localisation",
    "intendedAudience",
];

fn not_publiccode(place: Place, detail: &str) -> Outcome {
    let mut problems = Problems::default();
    problems.error("not_publiccode", &Path::default(), place, detail);
    Outcome::refused(problems)
}

fn component(reader: &mut Reader<'_>, options: &Options) -> Option<(Imported, Vec<(Slug, Organisation)>)> {
    let version = origin::version(reader);
    let repository = links::top(reader, &["url"]);
    let name = name(reader, repository.as_ref())?;
    let texts = texts::read(reader, &name)?;
    let language = texts.title.best_language();
    let organisations = organisations::read(reader, repository.as_ref(), &language);
    let owner = options.owner.clone().or_else(|| organisations.publisher.clone());
    let (Some(owner), Some(slug)) = (owner, slug(&name, repository.as_ref())) else {
        let detail =
            "neither an organisation nor the address of a repository is named; add ‘organisation’ with name and uri.";
        reader.problems.error(
            "no_organisation",
            &Path::default().key("organisation"),
            Place::START,
            detail,
        );
        return None;
    };
    let services = links::services(reader);
    let sorted = classification::read(reader, !services.leika.is_empty());
    let (licence, stated) = origin::licence(reader);
    let open = licence.as_ref().is_some_and(Licence::is_open);
    let suppliers = organisations
        .publisher
        .iter()
        .chain(&organisations.contractors)
        .cloned();
    let roles = Roles {
        supplier: List::collect(suppliers),
        ..Roles::default()
    };
    let sources = List::collect(stated.into_iter().chain(origin::release(reader, repository.as_ref())));
    let component = Component {
        no_successor_reason: None,
        kind: sorted.kind,
        title: texts.title,
        summary: texts.summary,
        description: texts.description,
        aliases: texts.aliases,
        lifecycle: sorted.lifecycle,
        productive_since: None,
        deprecated_on: None,
        ends_on: None,
        successor: None,
        owner,
        roles: (!roles.supplier.is_empty()).then_some(roles),
        contacts: List::default(),
        levels: sorted.levels,
        states: List::default(),
        services: services.leika,
        ozg_ids: services.ozg,
        themes: sorted.themes,
        tags: sorted.tags,
        languages: texts.languages,
        legal_basis: List::collect(open.then_some(LegalBasis {
            basis: LegalBasisType::OpenLicence,
            text: None,
            url: None,
        })),
        deployment: sorted.deployment,
        licence,
        documentation: links::documentation(reader),
        homepage: links::top(reader, &["landingURL"]),
        interfaces: links::interfaces(reader),
        requirements: links::requirements(reader),
        protection: None,
        data_protection: None,
        external_ids: List::collect(origin::external_id(reader, repository.as_ref())),
        sources,
        provenance: origin::provenance(reader, options, repository.as_ref(), version),
        verified_on: None,
        next_review_on: None,
        details: sorted.details,
        repository,
    };
    Some((Imported { slug, component }, organisations.records))
}

/// The name, or the last part of the repository's address; an error if there is neither.
fn name(reader: &mut Reader<'_>, repository: Option<&WebUrl>) -> Option<String> {
    let path = reader.root.path.key("name");
    if let Some(name) = reader
        .top(&["name", "title"])
        .and_then(|found| reader.text(&found))
        .map(cut::one_line)
        && !name.is_empty()
    {
        if repository.is_none() {
            let path = reader.root.path.key("url");
            reader.warn_missing(&path, "the address of the repository is missing or unusable.");
        }
        return Some(name);
    }
    let Some(repository) = repository else {
        let detail = "neither name nor url is given; the software cannot be told from others.";
        reader.problems.error("nameless", &path, reader.root.place, detail);
        return None;
    };
    let (host, segments) = address::parts(repository);
    let name = segments
        .last()
        .map_or(host, |last| last.trim_end_matches(".git").to_owned());
    reader.warn_missing(
        &path,
        format!("the name is missing; {} was taken from url.", quoted(&name)),
    );
    Some(name)
}

fn slug(name: &str, repository: Option<&WebUrl>) -> Option<Slug> {
    Slug::from_title(name).or_else(|| {
        let (host, segments) = address::parts(repository?);
        let last = segments.last().map(|last| last.trim_end_matches(".git").to_owned());
        last.as_deref()
            .and_then(Slug::from_title)
            .or_else(|| Slug::from_title(&host))
    })
}

/// Keys that say something which the catalogue does not take over, and why.
const LEFT_OUT: &[(&[&str], &str)] = &[
    (
        &["maintenance", "contacts"],
        "contacts are persons, and personal data is not taken over.",
    ),
    (
        &["usedBy"],
        "who uses the software is not taken over: an adoption is declared by the body itself.",
    ),
    (&["fundedBy"], "who pays for the software is not taken over."),
    (
        &["isBasedOn"],
        "what the software is based on is not taken over: relations link entries of the catalogue.",
    ),
    (&["roadmap"], "the roadmap is not taken over."),
];

/// Tells what was not taken over.
fn left_out(reader: &mut Reader<'_>) {
    for (keys, why) in LEFT_OUT {
        let mut found = Some(reader.root.clone());
        for key in *keys {
            found = found.and_then(|within| peek(&within, &[key]));
        }
        let says_something = |found: &lookup::Found<'_>| match &found.node.value {
            Value::Scalar(scalar) => !scalar.text.trim().is_empty() && scalar.text != "false",
            Value::List(items) => !items.is_empty(),
            Value::Map(entries) => !entries.is_empty(),
        };
        if let Some(found) = found.filter(says_something) {
            reader
                .problems
                .push(Severity::Notice, "left_out", &found.path, found.place, *why);
        }
    }
}

/// The language in which a name of the title's own text is to be understood.
trait BestLanguage {
    fn best_language(&self) -> Language;
}

impl BestLanguage for domain::component::Title {
    fn best_language(&self) -> Language {
        let languages = || self.iter().map(|(language, _)| language);
        let preferred = ["de", "en"]
            .iter()
            .find_map(|tag| languages().find(|language| language.as_str() == *tag));
        preferred
            .or_else(|| languages().next())
            .cloned()
            .unwrap_or_else(Language::german)
    }
}

#[cfg(test)]
mod tests;
