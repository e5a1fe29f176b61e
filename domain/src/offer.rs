//! Offers: one provider's terms for obtaining a component.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::code_list;
use crate::component::{Component, LegalBasisType, Levels, Note, OrganisationSlugs, Sources, Title};
use crate::fault::Faults;
use crate::id::Id;
use crate::organisation::{Organisation, OrganisationStates};
use crate::related::{Around, Related, Visibility, check_period, no_part, record_slug};
use crate::stored::{Document, Reference};
use crate::values::{Day, Euros, Line, List, Number, Percent, Slug, WebUrl};

/// How the cost of an offer comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum CostModel {
    Free,
    PerUser,
    PerCase,
    Flat,
    CostShare,
}
code_list!(CostModel, "cost-model", "Kostenmodell", "Cost model";
    Free = "free", "Kostenfrei", "Free of charge";
    PerUser = "per_user", "Je Nutzerin oder Nutzer", "Per user";
    PerCase = "per_case", "Je Vorgang", "Per case";
    Flat = "flat", "Pauschal", "Flat";
    CostShare = "cost_share", "Umlage nach einem Schlüssel", "Share by a key";
);

/// What a cost is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum CostBlock {
    Build,
    Run,
    Evolve,
}
code_list!(CostBlock, "cost-block", "Kostenblock", "Block of cost";
    Build = "build", "Erstentwicklung und Einführung", "First development and introduction";
    Run = "run", "Betrieb und Pflege", "Operation and maintenance";
    Evolve = "evolve", "Weiterentwicklung", "Further development";
);

/// What an amount is paid for each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum CostUnit {
    Once,
    Year,
    Month,
    UserMonth,
    UserYear,
    Case,
}
code_list!(CostUnit, "cost-unit", "Bezug eines Betrags", "What an amount is per";
    Once = "once", "Einmalig", "Once";
    Year = "year", "Im Jahr", "A year";
    Month = "month", "Im Monat", "A month";
    UserMonth = "user_month", "Je Nutzerin oder Nutzer im Monat", "Per user and month";
    UserYear = "user_year", "Je Nutzerin oder Nutzer im Jahr", "Per user and year";
    Case = "case", "Je Vorgang", "Per case";
);

/// One amount of a cost.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct CostItem {
    /// What it is for.
    pub block: CostBlock,
    /// The amount, without value added tax.
    #[deserr(default)]
    pub amount: Option<Euros>,
    /// What the amount is per.
    #[deserr(default)]
    pub per: Option<CostUnit>,
    /// What there is to say about it.
    #[deserr(default)]
    pub note: Option<Note>,
}

/// Amounts of a cost.
pub type CostItems = List<CostItem, 20>;

/// What an offer costs.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Cost {
    /// How it comes about.
    pub model: CostModel,
    /// Name of the key that it is shared by, as `cost-share` takes it.
    #[deserr(default)]
    pub key: Option<Slug>,
    /// Its amounts.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub items: CostItems,
    /// The day as of which this was so.
    #[deserr(default)]
    pub as_of: Option<Day>,
    /// What there is to say about it.
    #[deserr(default)]
    pub note: Option<Note>,
}

/// The contract of an offer.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct OfferContract {
    /// On what legal ground it is made.
    #[deserr(default)]
    pub basis: Option<LegalBasisType>,
    /// The model contract, such as `EVB-IT Cloud`.
    #[deserr(default)]
    pub form: Option<Line<100>>,
    /// Its terms.
    #[deserr(default)]
    pub terms: Option<WebUrl>,
    /// Slug of the organisation that closes the contract, where that is not the provider.
    #[deserr(default)]
    pub seller: Option<Slug>,
    /// Notice period in days.
    #[deserr(default)]
    pub notice_days: Option<Number<0, 3650>>,
}

/// Who may order. What is left out does not limit.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct OpenTo {
    /// Bodies of these levels of government.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub levels: Levels,
    /// Bodies of these states.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub states: OrganisationStates,
    /// Members or carriers of one of these organisations, by slug.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub members_of: OrganisationSlugs,
    /// Whether bodies outside public administration may, too; only public ones, where it is left out.
    #[deserr(default)]
    pub private: Option<bool>,
    /// What else one must be or have.
    #[deserr(default)]
    pub note: Option<Note>,
}

/// What a provider promises of a service.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct ServiceLevel {
    /// Availability, share of a hundred.
    #[deserr(default)]
    pub availability: Option<Percent>,
    /// Hours in which support answers.
    #[deserr(default)]
    pub support_hours: Option<Line<200>>,
    /// Longest time to restore the service (RTO), in minutes.
    #[deserr(default)]
    pub recovery_time_minutes: Option<crate::component::Minutes>,
    /// Longest period whose data may be lost (RPO), in minutes.
    #[deserr(default)]
    pub recovery_point_minutes: Option<crate::component::Minutes>,
}

/// How one orders.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Ordering {
    /// Where.
    #[deserr(default)]
    pub url: Option<WebUrl>,
    /// The functional mail address of the office that takes orders.
    #[deserr(default)]
    pub email: Option<crate::component::Email>,
    /// The steps.
    #[deserr(default)]
    pub note: Option<Note>,
}

/// One provider's terms for obtaining a component: what a client writes.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, ToSchema)]
#[serde(rename_all = "camelCase")]
#[deserr(error = Faults, rename_all = camelCase, deny_unknown_fields)]
pub struct Offer {
    /// Slug of the component.
    pub component: Slug,
    /// Its name among the offers of the component.
    pub key: Slug,
    /// Slug of the organisation that offers: the component's owner, or a supplier, operator or seller of it.
    pub provider: Slug,
    /// What it is called.
    #[deserr(default)]
    pub plan: Option<Title>,
    /// The contract.
    #[deserr(default)]
    pub contract: Option<OfferContract>,
    /// Who may order.
    #[deserr(default)]
    pub open_to: Option<OpenTo>,
    /// What is promised of the service.
    #[deserr(default)]
    pub service_level: Option<ServiceLevel>,
    /// What it costs.
    #[deserr(default)]
    pub cost: Option<Cost>,
    /// How one orders.
    #[deserr(default)]
    pub ordering: Option<Ordering>,
    /// First day on which it can be had.
    #[deserr(default)]
    pub valid_from: Option<Day>,
    /// Last day on which it can be ordered.
    #[deserr(default)]
    pub valid_until: Option<Day>,
    /// Who sees it.
    #[deserr(default)]
    #[serde(default)]
    #[schema(default = "public", required = false)]
    pub visibility: Visibility,
    /// Where the statements of this entry come from.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub sources: Sources,
}

impl Document for Offer {
    const NOUN: &'static str = "offer";
    const LAPSED: &'static str = "expired";

    fn title(&self) -> &str {
        let plan = self.plan.as_ref().and_then(|plan| plan.best("de"));
        plan.map_or(self.key.as_str(), |plan| plan.as_str())
    }

    fn owner<'a>(&'a self, _: &'a Slug) -> Option<&'a Slug> {
        Some(&self.provider)
    }

    fn visibility(&self) -> Visibility {
        self.visibility
    }

    fn lapses_on(&self) -> Option<Day> {
        self.valid_until
    }

    fn references(&self) -> Vec<Reference<'_>> {
        let mut all = vec![
            Reference::to::<Component>("/component", &self.component),
            Reference::to::<Organisation>("/provider", &self.provider),
        ];
        let seller = self.contract.as_ref().and_then(|contract| contract.seller.as_ref());
        all.extend(seller.map(|slug| Reference::to::<Organisation>("/contract/seller", slug)));
        let members_of = self.open_to.iter().flat_map(|open| open.members_of.iter().enumerate());
        all.extend(members_of.map(|(i, slug)| Reference::to::<Organisation>(format!("/openTo/membersOf/{i}"), slug)));
        all
    }

    fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        check_period(self.valid_from, self.valid_until, &mut faults);
        if let Some(cost) = &self.cost
            && cost.model == CostModel::Free
        {
            for (i, item) in cost.items.iter().enumerate() {
                if item.amount.is_some_and(|amount| amount.cents() > 0) {
                    let detail = "What is free has no amount; choose another model, or take the amount away.";
                    faults.add(format!("/cost/items/{i}/amount"), "contradiction", detail);
                }
            }
        }
        faults
    }
}

impl Related for Offer {
    fn component(&self) -> &Slug {
        &self.component
    }

    fn settle(&mut self, before: Option<&Self>, around: &Around<'_>) -> Faults {
        let mut faults = Faults::new();
        let is_kept = before.is_some_and(|before| before.provider == self.provider);
        if !is_kept && !around.has_part(&self.provider) {
            faults.add("/provider", "not_in_role", no_part(&self.provider));
        }
        faults
    }
}

/// The slug of an offer: one for each key of a component.
pub fn slug_of(component: Id, key: &Slug) -> Option<Slug> {
    record_slug(component, key.as_str())
}
