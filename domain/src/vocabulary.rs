//! All code lists by name.

use crate::access::Scope;
use crate::adoption::{AdoptionStage, Coverage, Side};
use crate::attestation::AttestationScheme;
use crate::batch::BatchOperation;
use crate::change::{ChangeNoun, ChangeOperation, ChangeState};
use crate::code_list::{CodeList, Label};
use crate::component as c;
use crate::cost_share::{CostFormula, CostPayer};
use crate::dossier::DossierStatus;
use crate::eligibility::{EligibilityAnswer, EligibilityRule};
use crate::event::EventType;
use crate::notice::EndTurn;
use crate::offer::{CostBlock, CostModel, CostUnit};
use crate::organisation::{OrganisationKind, ReviewPolicy};
use crate::publishing::GapLevel;
use crate::related::Visibility;
use crate::relation::{Direction, RelationType};
use crate::stored::Publication;
use crate::values::State;

/// A code list as data.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// Its name in addresses.
    pub name: &'static str,
    /// What it is about.
    pub title: Label,
    /// Codes with their labels, in order.
    pub codes: Vec<(&'static str, Label)>,
}

fn of<C: CodeList>() -> Vocabulary {
    Vocabulary {
        name: C::NAME,
        title: C::TITLE,
        codes: C::ALL.iter().map(|v| (v.code(), v.label())).collect(),
    }
}

/// All code lists, by name.
pub fn all() -> Vec<Vocabulary> {
    let mut all = vec![
        of::<c::Kind>(),
        of::<c::Lifecycle>(),
        of::<c::Level>(),
        of::<c::StateStage>(),
        of::<c::Theme>(),
        of::<c::LegalBasisType>(),
        of::<c::Deployment>(),
        of::<c::ContactRole>(),
        of::<c::RequirementLevel>(),
        of::<c::RequirementGroup>(),
        of::<c::ProtectionNeed>(),
        of::<c::DataProtectionRole>(),
        of::<c::ServiceModel>(),
        of::<c::Tenancy>(),
        of::<c::AiRole>(),
        of::<c::AiActClass>(),
        of::<c::OzgMaturity>(),
        of::<OrganisationKind>(),
        of::<State>(),
        of::<Publication>(),
        of::<EventType>(),
        of::<ReviewPolicy>(),
        of::<Scope>(),
        of::<ChangeNoun>(),
        of::<ChangeOperation>(),
        of::<ChangeState>(),
        of::<GapLevel>(),
        of::<BatchOperation>(),
        of::<AdoptionStage>(),
        of::<Side>(),
        of::<Coverage>(),
        of::<AttestationScheme>(),
        of::<CostModel>(),
        of::<CostBlock>(),
        of::<CostUnit>(),
        of::<RelationType>(),
        of::<Direction>(),
        of::<Visibility>(),
        of::<EligibilityAnswer>(),
        of::<EligibilityRule>(),
        of::<CostFormula>(),
        of::<CostPayer>(),
        of::<DossierStatus>(),
        of::<EndTurn>(),
    ];
    all.sort_by_key(|v| v.name);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{FieldKind, Queryable};

    #[test]
    fn every_code_list_that_a_filter_uses_is_published() {
        let names: Vec<&str> = all().iter().map(|v| v.name).collect();
        for spec in c::Component::fields() {
            if let FieldKind::Code { vocabulary, .. } = spec.field.kind {
                assert!(names.contains(&vocabulary), "{vocabulary}");
            }
        }
    }

    #[test]
    fn codes_are_snake_case_or_official_and_stand_once() {
        for vocabulary in all() {
            let mut codes: Vec<&str> = vocabulary.codes.iter().map(|(code, _)| *code).collect();
            let count = codes.len();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), count, "{}", vocabulary.name);
        }
    }
}
