//! Notices: the log tells a body that a component which it uses, or builds on, is to end.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::component::{Component, Note};
use crate::organisation::Organisation;
use crate::related::Visibility;
use crate::stored::{Document, Reference};
use crate::values::{Day, List, Slug};

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
    /// Day on which the component ends; absent where it is retired without a day, or goes on after all.
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
        vec![
            Reference::to::<Component>("/component", &self.component),
            Reference::to::<Organisation>("/organisation", &self.organisation),
        ]
    }
}
