//! Kind, lifecycle, themes, tags and forms of deployment.

use domain::component::{
    BuildingBlockDetails, Deployment, Deployments, Details, Kind, Level, Levels, Lifecycle, Tags, Theme, Themes,
};
use domain::values::List;

use super::cut::one_line;
use super::lookup::{Reader, plain};
use crate::problem::quoted;

/// Where the component belongs.
pub(super) struct Classification {
    pub(super) kind: Kind,
    pub(super) details: Option<Details>,
    pub(super) lifecycle: Option<Lifecycle>,
    pub(super) levels: Levels,
    pub(super) themes: Themes,
    pub(super) tags: Tags,
    pub(super) deployment: Deployments,
}

/// What `softwareType` says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Software {
    /// Runs by itself.
    Standalone,
    /// Is a part of something else.
    Part,
    Unknown,
}

/// Words for each stage, in the form of [`plain`]; the first of each is the standard's.
const STAGES: &[(Lifecycle, &[&str])] = &[
    (
        Lifecycle::Idea,
        &["concept", "idea", "planned", "planning", "konzept", "idee"],
    ),
    (
        Lifecycle::Development,
        &[
            "development",
            "indevelopment",
            "prealpha",
            "wip",
            "entwicklung",
            "inentwicklung",
        ],
    ),
    (Lifecycle::Pilot, &["beta", "alpha", "pilot", "testing", "preview"]),
    (
        Lifecycle::Productive,
        &[
            "stable",
            "production",
            "productive",
            "released",
            "mature",
            "active",
            "produktiv",
            "stabil",
        ],
    ),
    (
        Lifecycle::Retired,
        &[
            "obsolete",
            "deprecated",
            "archived",
            "abandoned",
            "unmaintained",
            "retired",
            "inactive",
            "veraltet",
        ],
    ),
];

/// The types of software with their spellings in all versions, in the form of [`plain`], and how each is delivered.
const SOFTWARE: &[(&str, &[&str], Software, &str)] = &[
    (
        "standalone/web",
        &["standaloneweb", "web", "webapp"],
        Software::Standalone,
        "web application",
    ),
    (
        "standalone/backend",
        &["standalonebackend", "backend"],
        Software::Standalone,
        "backend service",
    ),
    (
        "standalone/desktop",
        &["standalonedesktop", "desktop"],
        Software::Standalone,
        "desktop application",
    ),
    (
        "standalone/mobile",
        &["standalonemobile", "mobile"],
        Software::Standalone,
        "mobile application",
    ),
    (
        "standalone/iot",
        &["standaloneiot", "iot"],
        Software::Standalone,
        "IoT software",
    ),
    (
        "standalone/other",
        &["standaloneother", "standalone"],
        Software::Standalone,
        "application",
    ),
    ("addon", &["addon", "softwareaddon", "plugin"], Software::Part, "add-on"),
    ("library", &["library"], Software::Part, "library"),
    (
        "configurationFiles",
        &["configurationfiles"],
        Software::Part,
        "configuration files",
    ),
];

/// Fields of work by the theme they belong to; fields that belong to several are kept as tags only.
const THEMES: &[(&str, Theme)] = &[
    ("agriculture", Theme::Agriculture),
    ("culture", Theme::Education),
    ("education", Theme::Education),
    ("emergency-services", Theme::Justice),
    ("employment", Theme::Society),
    ("energy", Theme::Energy),
    ("environment", Theme::Environment),
    ("finance-and-economic-development", Theme::Economy),
    ("foreign-affairs", Theme::International),
    ("government", Theme::Government),
    ("healthcare", Theme::Health),
    ("justice", Theme::Justice),
    ("local-authorities", Theme::Regions),
    ("manufacturing", Theme::Economy),
    ("research", Theme::Science),
    ("science-and-technology", Theme::Science),
    ("security", Theme::Justice),
    ("society", Theme::Society),
    ("sport", Theme::Education),
    ("transportation", Theme::Transport),
    ("welfare", Theme::Society),
];

/// Reads everything that sorts the component in.
pub(super) fn read(reader: &mut Reader<'_>, covers_services: bool) -> Classification {
    let lifecycle = lifecycle(reader);
    let (software, packaging) = software(reader);
    let categories = words(reader, "categories");
    let platforms = words(reader, "platforms");
    let scopes = scopes(reader);
    let kind = match software {
        Software::Standalone if covers_services => Kind::OnlineService,
        Software::Standalone if categories.iter().any(|category| category == "cloud-management") => Kind::Platform,
        _ => Kind::BuildingBlock,
    };
    let details = packaging
        .filter(|_| kind == Kind::BuildingBlock)
        .and_then(|packaging| packaging.parse().ok())
        .map(|line| {
            Details::BuildingBlock(BuildingBlockDetails {
                packaging: List::collect([line]),
                runtimes: List::default(),
            })
        });
    let running = matches!(
        lifecycle,
        None | Some(Lifecycle::Pilot | Lifecycle::Productive | Lifecycle::Deprecated)
    );
    let usable = running && software == Software::Standalone;
    let deployment = if usable {
        Deployment::SelfHosted
    } else {
        Deployment::CodeOnly
    };
    let themes = scopes
        .iter()
        .filter_map(|scope| THEMES.iter().find(|(name, _)| name == scope).map(|(_, theme)| *theme));
    let levels = scopes
        .iter()
        .any(|scope| scope == "local-authorities")
        .then_some(Level::Municipal);
    let free: Vec<String> = ["tags", "freeTags", "keywords"]
        .iter()
        .flat_map(|key| words(reader, key))
        .collect();
    let supports = supports(reader);
    let all = categories
        .iter()
        .chain(&scopes)
        .chain(&free)
        .chain(&supports)
        .chain(&platforms);
    Classification {
        kind,
        details,
        lifecycle,
        levels: List::collect(levels),
        themes: List::collect(themes),
        tags: List::collect(all.filter(|tag| *tag != "other").filter_map(|tag| tag.parse().ok())),
        deployment: List::collect([deployment]),
    }
}

fn lifecycle(reader: &mut Reader<'_>) -> Option<Lifecycle> {
    let Some((text, found)) = reader
        .top(&["developmentStatus"])
        .and_then(|found| Some((reader.text(&found)?, found)))
    else {
        let path = reader.root.path.key("developmentStatus");
        reader.warn_missing(&path, "is missing; where the software stands in its life is left open.");
        return None;
    };
    let Some((stage, words)) = STAGES.iter().find(|(_, words)| words.contains(&plain(text).as_str())) else {
        reader.warn(
            "unknown_value",
            &found,
            format!("{} is no stage of development; it was left open.", quoted(text)),
        );
        return None;
    };
    if words.first() != Some(&text) {
        let standard = words.first().unwrap_or(&"");
        reader.warn(
            "value_repaired",
            &found,
            format!("{} was read as ‘{standard}’.", quoted(text)),
        );
    }
    Some(*stage)
}

fn software(reader: &mut Reader<'_>) -> (Software, Option<&'static str>) {
    let Some((text, found)) = reader
        .top(&["softwareType"])
        .and_then(|found| Some((reader.text(&found)?, found)))
    else {
        let path = reader.root.path.key("softwareType");
        reader.warn_missing(&path, "is missing; the entry becomes a building block.");
        return (Software::Unknown, None);
    };
    let Some((name, _, software, packaging)) = SOFTWARE
        .iter()
        .find(|(_, words, ..)| words.contains(&plain(text).as_str()))
    else {
        let detail = format!(
            "{} is no type of software; the entry becomes a building block.",
            quoted(text)
        );
        reader.warn("unknown_value", &found, detail);
        return (Software::Unknown, None);
    };
    if *name != text {
        reader.warn(
            "value_repaired",
            &found,
            format!("{} was read as ‘{name}’.", quoted(text)),
        );
    }
    (*software, Some(packaging))
}

/// The words of a list at the top of the file, in lower case; a single text is split at commas.
fn words(reader: &mut Reader<'_>, key: &str) -> Vec<String> {
    let found = reader.top(&[key]);
    let texts = found.map(|found| reader.texts(&found)).unwrap_or_default();
    let split = texts.iter().flat_map(|(text, _)| text.split(','));
    split
        .map(|word| one_line(&word.to_lowercase()))
        .filter(|word| !word.is_empty())
        .collect()
}

fn scopes(reader: &mut Reader<'_>) -> Vec<String> {
    let Some(found) = reader
        .top(&["intendedAudience"])
        .and_then(|audience| reader.get(&audience, &["scope"]))
    else {
        return Vec::new();
    };
    reader
        .texts(&found)
        .iter()
        .map(|(text, _)| one_line(&text.to_lowercase()))
        .collect()
}

/// The short names of standards and rules that the software says it meets.
fn supports(reader: &mut Reader<'_>) -> Vec<String> {
    let found = reader.top(&["supports"]);
    let texts = found.map(|found| reader.texts(&found)).unwrap_or_default();
    texts
        .iter()
        .filter_map(|(text, _)| text.strip_prefix("alias:"))
        .map(str::to_lowercase)
        .collect()
}
