//! Rules that look at the component and the asking body's own use of it, whoever offers it.

use super::verdict::{Check, Verdict};
use super::{Case, Need};
use crate::adoption::{Adoption, AdoptionStage};
use crate::component::{Deployment, LegalBasisType, Lifecycle};
use crate::statement::Text;
use crate::stored::{Document, Publication};
use crate::text;

/// Nobody obtains what the catalogue does not show.
pub(super) fn not_public(case: &Case<'_>) -> Option<Verdict> {
    (case.component.publication != Publication::Published).then(|| {
        Verdict::no(Text::fixed(
            "Der Eintrag ist nicht veröffentlicht.",
            "The entry is not public.",
        ))
    })
}

/// Nobody obtains what has come to its end.
pub(super) fn ended(case: &Case<'_>) -> Option<Verdict> {
    let component = &case.component.value;
    if component.lifecycle == Some(Lifecycle::Retired) {
        return Some(Verdict::no(Text::fixed(
            "Die Komponente ist eingestellt.",
            "The component is retired.",
        )));
    }
    let ends_on = component.ends_on.filter(|day| *day < case.today)?;
    Some(Verdict::no(text!(
        "Die Komponente war zuletzt am {ends_on} nutzbar.",
        "The component could last be used on {ends_on}."
    )))
}

/// Of an idea there is nothing to obtain yet.
pub(super) fn idea(case: &Case<'_>) -> Option<Verdict> {
    (case.component.value.lifecycle == Some(Lifecycle::Idea)).then(|| {
        Verdict::no(Text::fixed(
            "Die Komponente ist erst eine Idee; es gibt noch nichts, was bezogen werden könnte.",
            "The component is no more than an idea; there is nothing to obtain yet.",
        ))
    })
}

/// Who has a contract on the component already may go on using it.
pub(super) fn existing_contract(case: &Case<'_>) -> Verdict {
    let judged = case.adoptions.iter().map(|adoption| judge_adoption(case, adoption));
    let best = judged.max_by_key(|verdict| (verdict.answer, verdict.applies));
    best.unwrap_or_else(|| {
        Verdict::absent(Text::fixed(
            "Der Katalog kennt keine eigene Nutzung dieser Komponente.",
            "The catalogue knows of no use of this component by the body itself.",
        ))
    })
}

fn judge_adoption(case: &Case<'_>, adoption: &Adoption) -> Verdict {
    use AdoptionStage as S;
    let need = |pointer, detail: Text| Need::of(Adoption::NOUN, &adoption.organisation, pointer, detail);
    if !matches!(adoption.stage, S::Contracted | S::Onboarding | S::Pilot | S::Live) {
        return Verdict::absent(Text::fixed(
            "Die eigene Nutzung hat noch oder nicht mehr die Stufe eines Vertrags.",
            "The body's own use has not, or no more, the stage of a contract.",
        ));
    }
    if let Some(ended) = adoption
        .contract
        .as_ref()
        .and_then(|c| c.ends_on)
        .filter(|day| *day < case.today)
    {
        return Verdict::no(text!(
            "Der bestehende Vertrag endete am {ended}.",
            "The existing contract ended on {ended}."
        ));
    }
    let mut check = Check::default();
    check.met(Text::fixed(
        "Die Stelle nutzt die Komponente bereits oder hat einen Vertrag darüber.",
        "The body uses the component already, or has a contract on it.",
    ));
    if adoption.stage == S::Pilot {
        let detail = Text::fixed(
            "Eine Erprobung ist noch kein Vertrag; zu klären ist, ob einer besteht.",
            "A trial is no contract yet; to be settled: whether there is one.",
        );
        check.needs(need("/contract", detail));
    }
    if let Some(expired) = adoption.expires_on.filter(|day| *day < case.today) {
        let detail = text!(
            "Die Angabe zur Nutzung galt nur bis {expired}; sie ist neu zu bestätigen.",
            "What was said of the use counted until {expired} only; it has to be verified again."
        );
        check.needs(need("/verifiedOn", detail));
    }
    check.verdict()
}

/// Whether every form in which it can be had is somebody else's running it.
fn is_service_only(forms: &[Deployment]) -> bool {
    let is_service = |form: &Deployment| matches!(form, Deployment::Saas | Deployment::SharedInstance);
    !forms.is_empty() && forms.iter().all(is_service)
}

/// What an open licence covers, anybody may run: the licence itself grants it.
pub(super) fn open_licence(case: &Case<'_>) -> Verdict {
    let component = &case.component.value;
    let slug = &case.component.slug;
    let named = component
        .legal_basis
        .iter()
        .any(|b| b.basis == LegalBasisType::OpenLicence);
    let mut check = Check::default();
    match &component.licence {
        Some(licence) if licence.is_open() => check.met(text!(
            "Die Lizenz {licence} ist offen: jede Stelle darf die Software nutzen, anpassen und betreiben.",
            "The licence {licence} is open: every body may use, change and run the software."
        )),
        Some(licence) => {
            return Verdict::no(text!(
                "Die Lizenz {licence} ist nicht durchgehend von OSI oder FSF als offen anerkannt.",
                "The licence {licence} is not throughout recognised as open by OSI or FSF."
            ));
        }
        None if !named && component.repository.is_none() && !component.legal_basis.is_empty() => {
            return Verdict::absent(Text::fixed(
                "Der Eintrag nennt andere Grundlagen der Nachnutzung und keine offene Lizenz.",
                "The entry names other grounds of reuse and no open licence.",
            ));
        }
        None if !named && component.repository.is_none() && is_service_only(&component.deployment) => {
            return Verdict::absent(Text::fixed(
                "Die Komponente ist nur als Dienst zu haben; der Eintrag nennt keine Lizenz und keinen Quelltext.",
                "The component can be had as a service only; the entry names no licence and no code.",
            ));
        }
        None => {
            let detail = Text::fixed(
                "Die Lizenz der Software ist nicht bekannt.",
                "The licence of the software is not known.",
            );
            let need = Need::of_component(slug, "/licence", detail.clone());
            if !named && component.repository.is_none() {
                return Verdict::unknown(detail, need);
            }
            check.needs(need);
        }
    }
    if component.repository.is_none() {
        let detail = Text::fixed(
            "Nicht bekannt ist, wo der Quelltext liegt.",
            "Where the code lies is not known.",
        );
        check.needs(Need::of_component(slug, "/repository", detail));
    }
    let without_operator =
        !component.deployment.is_empty() && component.deployment.iter().all(|form| *form == Deployment::CodeOnly);
    if without_operator {
        check.met(Text::fixed(
            "Es gibt nur den Quelltext: die Stelle muss die Software selbst betreiben oder einen Betreiber finden und ihn nach Vergaberecht beauftragen.",
            "There is the code only: the body has to run the software itself, or to find an operator and to commission it under procurement law.",
        ));
    }
    check.verdict()
}
