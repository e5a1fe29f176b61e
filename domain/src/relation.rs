//! Relations: typed edges between two components.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::code_list;
use crate::code_list::CodeList;
use crate::component::{Component, Note, Sources};
use crate::fault::Faults;
use crate::id::Id;
use crate::organisation::Organisation;
use crate::related::{Around, Related, record_slug};
use crate::stored::{Document, Reference};
use crate::values::{Day, Line, List, Slug};

/// What one component is to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum RelationType {
    DependsOn,
    PartOf,
    BasedOn,
    IntegratesWith,
    AlternativeTo,
    Replaces,
}
code_list!(RelationType, "relation-type", "Art der Beziehung", "Type of relation";
    DependsOn = "depends_on", "Setzt voraus", "Depends on";
    PartOf = "part_of", "Ist Teil von", "Is part of";
    BasedOn = "based_on", "Beruht auf", "Is based on";
    IntegratesWith = "integrates_with", "Ist angebunden an", "Integrates with";
    AlternativeTo = "alternative_to", "Ist Alternative zu", "Is an alternative to";
    Replaces = "replaces", "Ersetzt", "Replaces";
);

/// Which way to walk along relations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Direction {
    #[default]
    Out,
    In,
    Both,
}
code_list!(Direction, "relation-direction", "Richtung von Beziehungen", "Direction of relations";
    Out = "out", "Von der Komponente aus", "From the component";
    In = "in", "Zur Komponente hin", "To the component";
    Both = "both", "Beides", "Both";
);

impl RelationType {
    /// Whether the end of the target touches the source: it needs the target, or is made of it.
    pub fn carries_an_end(self) -> bool {
        matches!(
            self,
            Self::DependsOn | Self::PartOf | Self::BasedOn | Self::IntegratesWith
        )
    }

    /// The type in a path and in a key: with hyphens.
    pub fn key(self) -> String {
        self.code().replace('_', "-")
    }
}

/// An edge from one component to another: what a client writes.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Relation {
    /// Slug of the component that the relation starts from.
    pub component: Slug,
    /// What the component is to the target.
    #[serde(rename = "type")]
    #[deserr(rename = "type")]
    pub relation: RelationType,
    /// Slug of the component that it leads to.
    pub target: Slug,
    /// Day from which it holds.
    #[deserr(default)]
    pub since: Option<Day>,
    /// Version of the target that it is about.
    #[deserr(default)]
    pub version: Option<Line<60>>,
    /// What there is to say about it.
    #[deserr(default)]
    pub note: Option<Note>,
    /// Slug of the organisation that recorded it; the owner of the component, where it is left out.
    #[deserr(default)]
    pub recorded_by: Option<Slug>,
    /// Where the statement comes from.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub sources: Sources,
}

impl Document for Relation {
    const NOUN: &'static str = "relation";

    fn title(&self) -> &str {
        self.component.as_str()
    }

    fn owner<'a>(&'a self, _: &'a Slug) -> Option<&'a Slug> {
        self.recorded_by.as_ref()
    }

    fn references(&self) -> Vec<Reference<'_>> {
        let ends = [
            Reference::to::<Component>("/component", &self.component),
            Reference::to::<Component>("/target", &self.target),
        ];
        let by = self.recorded_by.iter();
        ends.into_iter()
            .chain(by.map(|slug| Reference::to::<Organisation>("/recordedBy", slug)))
            .collect()
    }

    fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        if self.component == self.target {
            faults.add(
                "/target",
                "self_reference",
                "A component has no relation to itself; name another one.",
            );
        }
        faults
    }
}

impl Related for Relation {
    const TARGET: Option<&'static str> = Some("target");

    fn component(&self) -> &Slug {
        &self.component
    }

    fn settle(&mut self, before: Option<&Self>, around: &Around<'_>) -> Faults {
        around.record(&mut self.recorded_by, before.map(|before| &before.recorded_by))
    }
}

/// The slug of a relation: one for each type between two components.
pub fn slug_of(component: Id, relation: RelationType, target: Id) -> Option<Slug> {
    record_slug(component, &format!("{}-{}", relation.key(), target.hex()))
}
