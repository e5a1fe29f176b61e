//! Probable duplicates: other components that look like the same thing, and why.

use std::collections::BTreeMap;

use domain::access::Sight;
use domain::code_list::CodeList;
use domain::component::Component;
use domain::id::Id;
use domain::publishing::GapLevel;
use domain::query::{self, Given};
use domain::values::{Line, Slug};
use search::View;
use search::text::fold;

use super::Warning;

/// Another component that may be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// Its slug.
    pub slug: Slug,
    /// What both have.
    pub reasons: Vec<Reason>,
}

/// A sign that two entries describe one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A title or an alias.
    Name(String),
    /// The repository.
    Repository(String),
    /// An identity in another catalogue.
    ExternalId(String),
    /// Most of the administrative services.
    Services(usize),
}

impl Reason {
    fn pointer(&self) -> &'static str {
        match self {
            Self::Name(_) => "/title",
            Self::Repository(_) => "/repository",
            Self::ExternalId(_) => "/externalIds",
            Self::Services(_) => "/services",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Name(name) => format!("goes by the name “{name}”, too"),
            Self::Repository(url) => format!("has the same repository {url}"),
            Self::ExternalId(id) => format!("has the same external id {id}"),
            Self::Services(count) => format!("covers the same {count} administrative services"),
        }
    }
}

impl From<Duplicate> for Warning {
    fn from(duplicate: Duplicate) -> Self {
        let reasons: Vec<String> = duplicate.reasons.iter().map(Reason::text).collect();
        Self {
            pointer: duplicate
                .reasons
                .first()
                .map_or_else(String::new, |reason| reason.pointer().to_owned()),
            code: "probable_duplicate",
            level: GapLevel::Should.code(),
            detail: format!("`{}` {}.", duplicate.slug, reasons.join("; ")),
            other: Some(duplicate.slug),
        }
    }
}

/// Components asked for by each sign.
const CANDIDATES: usize = 20;
/// Signs of one kind that are looked at.
const SIGNS: usize = 5;
/// Services that two entries share before that means something.
const SERVICES: usize = 2;

/// Public components that may be the same thing as this one, whose id is `own`.
pub fn find(component: &Component, own: Id, view: &View) -> Vec<Duplicate> {
    let mut found: BTreeMap<Slug, Vec<Reason>> = BTreeMap::new();
    let names = component.title.iter().map(|(_, title)| title.as_str());
    let names: Vec<&str> = names.chain(component.aliases.iter().map(Line::as_str)).collect();
    let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
    for name in names.iter().take(SIGNS) {
        let phrase = name.replace('"', " ");
        for other in ask(view, "q", &format!("\"{phrase}\"")) {
            if let Some(same) = same_name(&other, &folded) {
                add(&mut found, other.slug, Reason::Name(same));
            }
        }
    }
    if let Some(url) = &component.repository {
        for other in ask(view, "repository", &escaped(url.as_str())) {
            add(&mut found, other.slug, Reason::Repository(url.to_string()));
        }
    }
    for id in component.external_ids.iter().take(SIGNS) {
        for other in ask(view, "externalIds.id", &escaped(&id.id)) {
            let is_same = other
                .component
                .external_ids
                .iter()
                .any(|o| o.catalogue == id.catalogue && o.id == id.id);
            if is_same {
                add(
                    &mut found,
                    other.slug,
                    Reason::ExternalId(format!("{} {}", id.catalogue, id.id)),
                );
            }
        }
    }
    if let Some(first) = component
        .services
        .iter()
        .next()
        .filter(|_| component.services.len() >= SERVICES)
    {
        for other in ask(view, "services", &first.to_string()) {
            let theirs = &other.component.services;
            let shared = component.services.iter().filter(|key| theirs.contains(key)).count();
            // Most of what either covers, and of the same kind: an assistant and a form for one service are two things.
            let is_most = shared >= SERVICES && 2 * shared > theirs.len().max(component.services.len());
            if is_most && other.component.kind == component.kind {
                add(&mut found, other.slug, Reason::Services(shared));
            }
        }
    }
    // Under whatever name: it may be about to get another one.
    if let Some(own) = view.components().by_id(own).map(|entry| &entry.slug) {
        found.remove(own);
    }
    let duplicate = |(slug, mut reasons): (Slug, Vec<Reason>)| {
        reasons.sort();
        Duplicate { slug, reasons }
    };
    found.into_iter().map(duplicate).collect()
}

fn add(found: &mut BTreeMap<Slug, Vec<Reason>>, slug: Slug, reason: Reason) {
    let reasons = found.entry(slug).or_default();
    if !reasons.contains(&reason) {
        reasons.push(reason);
    }
}

struct Other {
    slug: Slug,
    component: Component,
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace(',', "\\,")
}

/// The first public components that a parameter finds.
fn ask(view: &View, name: &str, value: &str) -> Vec<Other> {
    let given = [Given::from_url(name, value)];
    // A sign that is no good question has no answer.
    let Ok(mut query) = query::parse::<Component>(&given) else {
        return Vec::new();
    };
    query.limit = CANDIDATES;
    let Ok(answer) = view.components().answer(&query, &Sight::Public, view) else {
        return Vec::new();
    };
    let read = |hit: &search::Hit| {
        let slug = view.components().by_id(hit.id)?.slug.clone();
        let component = read(hit.body.as_deref()?)?;
        Some(Other { slug, component })
    };
    answer.items.iter().filter_map(read).collect()
}

/// The document within a record's JSON.
fn read(body: &[u8]) -> Option<Component> {
    serde_json::from_slice(body).ok()
}

fn same_name(other: &Other, folded: &[String]) -> Option<String> {
    let titles = other.component.title.iter().map(|(_, title)| title.as_str());
    let mut names = titles.chain(other.component.aliases.iter().map(Line::as_str));
    names
        .find(|name| folded.iter().any(|f| *f == fold(name)))
        .map(ToOwned::to_owned)
}
