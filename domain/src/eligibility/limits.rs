//! What an offer itself says of who may order, and when.

use super::verdict::{Check, Verdict};
use super::{Case, EligibilityAnswer, Need, bodies};
use crate::code_list::CodeList;
use crate::offer::{Offer, OpenTo};
use crate::text;
use crate::values::Slug;

/// The offer's own word on the asking body: yes, where nothing limits.
pub(super) fn limits(case: &Case<'_>, offer: &Offer) -> Verdict {
    let mut check = Check::default();
    let key = &offer.key;
    if let Some(from) = offer.valid_from.filter(|day| *day > case.today) {
        check.failed(text!(
            "Das Angebot „{key}“ gilt erst ab {from}.",
            "The offer `{key}` holds from {from} on only."
        ));
    }
    if let Some(until) = offer.valid_until.filter(|day| *day < case.today) {
        check.failed(text!(
            "Das Angebot „{key}“ galt bis {until}.",
            "The offer `{key}` held until {until}."
        ));
    }
    let any = OpenTo::default();
    let open = offer.open_to.as_ref().unwrap_or(&any);
    let is_public = bodies::is_public(case, case.document);
    sector(case, offer, open, is_public, &mut check);
    // Levels tell public bodies apart; a private one has none.
    if is_public != Some(false) {
        levels(case, offer, open, &mut check);
    }
    states(case, offer, open, &mut check);
    members(case, offer, open, &mut check);
    if let Some(note) = open.note.as_ref().and_then(|note| note.best("de")) {
        let short: String = note.chars().take(500).collect();
        let detail = text!(
            "Das Angebot „{key}“ stellt eine Bedingung in freiem Text, die zu prüfen ist: {short}",
            "The offer `{key}` sets a condition in free text, which has to be checked: {short}"
        );
        check.needs(Need::of_offer(offer, "/openTo/note", detail));
    }
    check.verdict()
}

fn sector(case: &Case<'_>, offer: &Offer, open: &OpenTo, is_public: Option<bool>, check: &mut Check) {
    let key = &offer.key;
    if open.private == Some(true) {
        return;
    }
    match is_public {
        Some(true) => {}
        Some(false) => check.failed(text!(
            "Das Angebot „{key}“ steht nur öffentlichen Stellen offen.",
            "The offer `{key}` is open to public bodies only."
        )),
        None => check.needs(bodies::kind_need(case.asker)),
    }
}

fn levels(case: &Case<'_>, offer: &Offer, open: &OpenTo, check: &mut Check) {
    if open.levels.is_empty() {
        return;
    }
    let (asker, key) = (case.asker, &offer.key);
    let named: Vec<&str> = open.levels.iter().map(|l| l.label().de).collect();
    let (named, named_en) = (named.join(", "), join_en(open));
    match bodies::level(case.document.kind) {
        Some(level) if open.levels.contains(&level) => {}
        Some(_) => check.failed(text!(
            "Das Angebot „{key}“ gilt nur für diese Ebenen: {named}.",
            "The offer `{key}` is for these levels only: {named_en}."
        )),
        None => {
            let detail = text!(
                "Zu welcher Verwaltungsebene „{asker}“ gehört, sagt die Art der Organisation nicht; das Angebot „{key}“ gilt für: {named}.",
                "To which level of government `{asker}` belongs, its kind does not tell; the offer `{key}` is for: {named_en}."
            );
            check.needs(Need::of_organisation(asker, "/kind", detail));
        }
    }
}

fn join_en(open: &OpenTo) -> String {
    let named: Vec<&str> = open.levels.iter().map(|l| l.label().en).collect();
    named.join(", ")
}

fn states(case: &Case<'_>, offer: &Offer, open: &OpenTo, check: &mut Check) {
    if open.states.is_empty() {
        return;
    }
    let (asker, key) = (case.asker, &offer.key);
    let named: Vec<&str> = open.states.iter().map(|s| s.code()).collect();
    let named = named.join(", ");
    let mine = bodies::states(case.document);
    let is_federal = bodies::level(case.document.kind) == Some(crate::component::Level::Federal);
    if mine.iter().any(|state| open.states.contains(state)) {
        return;
    }
    if !mine.is_empty() || is_federal {
        check.failed(text!(
            "Das Angebot „{key}“ gilt nur in diesen Ländern: {named}.",
            "The offer `{key}` is for these states only: {named}."
        ));
    } else {
        let detail = text!(
            "Zu welchem Land „{asker}“ gehört, ist nicht bekannt; das Angebot „{key}“ gilt in: {named}.",
            "To which state `{asker}` belongs is not known; the offer `{key}` is for: {named}."
        );
        check.needs(Need::of_organisation(asker, "/states", detail));
    }
}

fn members(case: &Case<'_>, offer: &Offer, open: &OpenTo, check: &mut Check) {
    if open.members_of.is_empty() {
        return;
    }
    let (asker, key) = (case.asker, &offer.key);
    let answers: Vec<(&Slug, Option<bool>)> = open
        .members_of
        .iter()
        .map(|slug| (slug, bodies::is_member(case, slug)))
        .collect();
    if answers.iter().any(|(_, is_member)| *is_member == Some(true)) {
        return;
    }
    let unknown: Vec<&Slug> = answers
        .iter()
        .filter(|(_, m)| m.is_none())
        .map(|(slug, _)| *slug)
        .collect();
    if unknown.is_empty() {
        check.failed(text!(
            "Das Angebot „{key}“ gilt nur für Mitglieder oder Träger bestimmter Organisationen; „{asker}“ gehört nicht dazu.",
            "The offer `{key}` is for members or carriers of certain organisations only; `{asker}` is none of them."
        ));
    }
    for slug in unknown.into_iter().take(5) {
        let detail = text!(
            "Ob „{asker}“ Mitglied oder Träger von „{slug}“ ist, weiß der Katalog nicht; das Angebot „{key}“ verlangt es.",
            "Whether `{asker}` is a member or a carrier of `{slug}`, the catalogue does not know; the offer `{key}` asks for it."
        );
        check.needs(Need::of_organisation(slug, "/carriers", detail));
    }
}

/// Whether the offer names the asking body among those it is for, and by more than saying nothing.
pub(super) fn names_asker(case: &Case<'_>, offer: &Offer) -> bool {
    offer.open_to.as_ref().is_some_and(|open| {
        let limited = !open.states.is_empty() || !open.members_of.is_empty();
        limited && limits(case, offer).answer == EligibilityAnswer::Yes
    })
}
