//! Notices: the log tells a body that a component which it uses, or builds on, is to end.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::code_list;
use crate::code_list::CodeList;
use crate::component::{Component, Lifecycle, Note};
use crate::fault::Faults;
use crate::organisation::Organisation;
use crate::related::Visibility;
use crate::stored::{Document, Publication, Reference};
use crate::values::{Day, List, Slug};

/// What becomes of a component.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum EndTurn {
    #[default]
    Ends,
    Retired,
    Withdrawn,
    GoesOn,
}
code_list!(EndTurn, "end-turn", "Was aus einer Komponente wird", "What becomes of a component";
    Ends = "ends", "Endet am genannten Tag", "Ends on the day that is named";
    Retired = "retired", "Außer Betrieb", "Retired";
    Withdrawn = "withdrawn", "Aus dem Katalog genommen", "Taken out of the catalogue";
    GoesOn = "goes_on", "Geht doch weiter", "Goes on after all";
);

/// What those who use a component were told of its end, or are to be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct End<'a> {
    /// How it ends.
    pub turn: EndTurn,
    /// The day, where there is one.
    pub ends_on: Option<Day>,
    /// What takes its place.
    pub successor: Option<&'a Slug>,
    /// Why nothing does.
    pub no_successor_reason: Option<&'a Note>,
}

impl<'a> End<'a> {
    /// The end that a component in a state of publication has for others; none where it goes on, or where they never knew
    /// of it. Whoever was told of its end is told nothing by its withdrawal.
    pub fn of(component: &'a Component, publication: Publication, was_public: bool) -> Option<Self> {
        let turn = match publication {
            Publication::Published => None,
            Publication::Withdrawn if was_public => Some(EndTurn::Withdrawn),
            Publication::Withdrawn | Publication::Draft | Publication::InReview => return None,
        };
        let is_retired = component.lifecycle == Some(Lifecycle::Retired);
        let own = match component.ends_on {
            _ if is_retired => Some(EndTurn::Retired),
            Some(_) => Some(EndTurn::Ends),
            None => None,
        };
        Some(Self {
            turn: own.or(turn)?,
            ends_on: component.ends_on,
            successor: component.successor.as_ref(),
            no_successor_reason: component.no_successor_reason.as_ref(),
        })
    }
}

/// What is wrong with a document that sets the end of a component, or moves it, and does not say what takes its place.
/// Documents are taken as JSON: the fault is told beside all others, also of what cannot be read.
pub fn end_faults(before: Option<&Value>, after: &Value) -> Faults {
    let member = |document: &Value, name: &str| document.get(name).filter(|value| !value.is_null()).cloned();
    // Its day, whether it is retired, and whether it says what comes then.
    let end = |document: &Value| {
        let day = member(document, "endsOn");
        let is_retired = member(document, "lifecycle").is_some_and(|code| code == Lifecycle::Retired.code());
        let is_explained = ["successor", "noSuccessorReason"]
            .iter()
            .any(|name| member(document, name).is_some());
        (day.is_some() || is_retired).then_some((day, is_retired, is_explained))
    };
    let mut faults = Faults::new();
    let set = end(after);
    let is_left_open = set.as_ref().is_some_and(|(.., is_explained)| !is_explained);
    if is_left_open && set != before.and_then(end) {
        let detail = "Name the component that takes its place, or say in `noSuccessorReason` why none does: those who use it \
                      are told.";
        faults.add("/successor", "required", detail);
    }
    faults
}

/// Slugs of components.
pub type ComponentSlugs = List<Slug, 200>;

/// That a component ends, told to one body. Only the catalogue writes it; the log is where it is read.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Slug of the component that ends.
    pub component: Slug,
    /// Slug of the body that it is told to.
    pub organisation: Slug,
    /// What becomes of the component.
    #[serde(default)]
    #[schema(required = true)]
    pub turn: EndTurn,
    /// Day on which the component ends; absent where none is named, or it goes on after all.
    pub ends_on: Option<Day>,
    /// Slug of the component to turn to.
    pub successor: Option<Slug>,
    /// Why there is none.
    pub no_successor_reason: Option<Note>,
    /// What the body uses of it: the component itself, or components that need it. The first 200.
    pub uses: ComponentSlugs,
    /// The body's own components that need it. The first 200.
    pub own_components: ComponentSlugs,
}

impl Document for Notice {
    const NOUN: &'static str = "notice";

    fn title(&self) -> &str {
        self.component.as_str()
    }

    fn owner<'a>(&'a self, _: &'a Slug) -> Option<&'a Slug> {
        Some(&self.organisation)
    }

    /// What a body uses may be nobody else's business.
    fn visibility(&self) -> Visibility {
        Visibility::Parties
    }

    fn references(&self) -> Vec<Reference<'_>> {
        let mut all = vec![
            Reference::to::<Component>("/component", &self.component),
            Reference::to::<Organisation>("/organisation", &self.organisation),
        ];
        let successor = self.successor.iter();
        all.extend(successor.map(|slug| Reference::to::<Component>("/successor", slug)));
        for (member, slugs) in [("uses", &self.uses), ("ownComponents", &self.own_components)] {
            let places = slugs.iter().enumerate();
            all.extend(places.map(|(i, slug)| Reference::to::<Component>(format!("/{member}/{i}"), slug)));
        }
        all
    }
}
