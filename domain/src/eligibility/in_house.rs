//! § 108 (1) to (5) GWB: awards to whom one controls, to who controls one, and among those whom the same body controls.

use super::bodies::{self, Control};
use super::verdict::{Check, Verdict};
use super::{Look, Need};
use crate::organisation::{Organisation, OrganisationKind};
use crate::statement::Text;
use crate::text;
use crate::values::Slug;

/// Share of activity on the open market from which on the exceptions of § 108 GWB do not hold (paragraph 1 no. 2,
/// paragraph 4 no. 2: more than 80 of a hundred for the controllers; paragraph 6 no. 3: less than 20 on the open market).
pub(super) const MARKET_LIMIT: f64 = 20.0;

/// The asking body must be a contracting authority (§ 99 no. 1 to 3 GWB).
pub(super) fn authority(look: &Look<'_, '_>, slug: &Slug, body: Option<&Organisation>, check: &mut Check) {
    let Some(body) = body else {
        check.needs(Need::of_organisation(slug, "", bodies::no_entry(slug)));
        return;
    };
    match bodies::is_public(look.case, body) {
        Some(true) => check.met(text!(
            "„{slug}“ ist nach der Art der Organisation öffentlicher Auftraggeber (§ 99 GWB).",
            "`{slug}` is a contracting authority by its kind (§ 99 GWB)."
        )),
        Some(false) => check.failed(text!(
            "„{slug}“ ist kein öffentlicher Auftraggeber nach § 99 Nr. 1 bis 3 GWB.",
            "`{slug}` is no contracting authority under § 99 no. 1 to 3 GWB."
        )),
        None => check.needs(bodies::kind_need(slug)),
    }
}

/// Less than 20 of a hundred of the activity may be for the open market.
pub(super) fn market(slug: &Slug, body: Option<&Organisation>, check: &mut Check) {
    if body.is_some_and(|b| bodies::is_territorial(b.kind)) {
        return;
    }
    match body.and_then(|b| b.open_market_share).map(crate::values::Percent::get) {
        Some(share) if share < MARKET_LIMIT => check.met(text!(
            "„{slug}“ leistet {share} % seiner Tätigkeit für andere als seine Träger, weniger als 20 %.",
            "`{slug}` does {share} % of its work for others than its carriers, less than 20 %."
        )),
        Some(share) => check.failed(text!(
            "„{slug}“ leistet {share} % seiner Tätigkeit für andere als seine Träger; zulässig sind weniger als 20 %.",
            "`{slug}` does {share} % of its work for others than its carriers; less than 20 % are allowed."
        )),
        None => {
            let detail = text!(
                "Der Anteil der Tätigkeit von „{slug}“ am offenen Markt ist nicht bekannt; er muss unter 20 % liegen.",
                "The share of the work of `{slug}` for the open market is not known; it must be below 20 %."
            );
            check.needs(Need::of_organisation(slug, "/openMarketShare", detail));
        }
    }
}

/// No private capital may hold a direct share of who is awarded.
pub(super) fn capital(slug: &Slug, body: Option<&Organisation>, check: &mut Check) {
    if body.is_some_and(|b| bodies::is_territorial(b.kind)) {
        return;
    }
    match body.and_then(|b| b.private_capital) {
        Some(false) => check.met(text!(
            "An „{slug}“ ist kein privates Kapital beteiligt.",
            "No private capital holds a share of `{slug}`."
        )),
        Some(true) => check.failed(text!(
            "An „{slug}“ ist privates Kapital beteiligt; unschädlich wäre das nur bei gesetzlich vorgeschriebener, nicht beherrschender Beteiligung.",
            "Private capital holds a share of `{slug}`; only a share that a law prescribes and that does not control would be harmless."
        )),
        None => {
            let detail = text!(
                "Ob an „{slug}“ privates Kapital beteiligt ist, ist nicht bekannt; es darf keines sein.",
                "Whether private capital holds a share of `{slug}` is not known; there must be none."
            );
            check.needs(Need::of_organisation(slug, "/privateCapital", detail));
        }
    }
}

/// § 108 (1) and (2): the asking body alone controls who is awarded.
pub(super) fn sole(look: &Look<'_, '_>) -> Verdict {
    let many = look.body.is_some_and(|b| b.carriers.len() > 1);
    if many {
        let slug = look.partner;
        return Verdict::absent(text!(
            "„{slug}“ hat mehrere Träger; keiner kontrolliert allein.",
            "`{slug}` has several carriers; none controls it alone."
        ));
    }
    controlled(look)
}

/// § 108 (4) and (5): the asking body controls who is awarded together with others.
pub(super) fn joint(look: &Look<'_, '_>) -> Verdict {
    let one = look.body.is_some_and(|b| b.carriers.len() == 1);
    if one {
        let slug = look.partner;
        return Verdict::absent(text!(
            "„{slug}“ hat nur einen Träger; gemeinsame Kontrolle besteht nicht.",
            "`{slug}` has one carrier only; there is no joint control."
        ));
    }
    controlled(look)
}

fn controlled(look: &Look<'_, '_>) -> Verdict {
    let mut check = Check::default();
    let (asker, partner) = (look.case.asker, look.partner);
    match bodies::control(look.case, partner, look.body) {
        Control::Held(carrier) => check.met(held(asker, partner, carrier)),
        Control::Possible(need) => check.needs(need),
        Control::Unknown(need) => {
            if bodies::is_public(look.case, look.case.document) == Some(false) {
                return Verdict::absent(no_control(asker, partner));
            }
            let detail = text!(
                "Ob „{asker}“ den Vertragspartner „{partner}“ mit kontrolliert, ist nicht bekannt.",
                "Whether `{asker}` has a share in the control of the contracting party `{partner}` is not known."
            );
            return Verdict::unknown(detail, need);
        }
        Control::None => return Verdict::absent(no_control(asker, partner)),
    }
    authority(look, asker, Some(look.case.document), &mut check);
    market(partner, look.body, &mut check);
    capital(partner, look.body, &mut check);
    check.verdict()
}

fn held(asker: &Slug, partner: &Slug, carrier: &Slug) -> Text {
    if asker == carrier {
        text!(
            "„{asker}“ ist Träger von „{partner}“.",
            "`{asker}` is a carrier of `{partner}`."
        )
    } else {
        text!(
            "„{asker}“ handelt für „{carrier}“, Träger von „{partner}“, oder kontrolliert ihn allein.",
            "`{asker}` acts for `{carrier}`, a carrier of `{partner}`, or controls it alone."
        )
    }
}

fn no_control(asker: &Slug, partner: &Slug) -> Text {
    text!(
        "„{asker}“ gehört nicht zu den Trägern von „{partner}“.",
        "`{asker}` is not among the carriers of `{partner}`."
    )
}

/// § 108 (3) sentence 1: a controlled body awards to who controls it, alone or, by the place of paragraph 4 after
/// paragraph 3, together with others.
pub(super) fn reverse(look: &Look<'_, '_>) -> Verdict {
    let (asker, partner) = (look.case.asker, look.partner);
    if !look.case.document.carriers.contains(partner) {
        return Verdict::absent(text!(
            "„{partner}“ gehört nicht zu den Trägern von „{asker}“.",
            "`{partner}` is not among the carriers of `{asker}`."
        ));
    }
    let mut check = Check::default();
    check.met(text!(
        "„{partner}“ ist Träger von „{asker}“.",
        "`{partner}` is a carrier of `{asker}`."
    ));
    authority(look, asker, Some(look.case.document), &mut check);
    authority(look, partner, look.body, &mut check);
    market(asker, Some(look.case.document), &mut check);
    capital(partner, look.body, &mut check);
    check.verdict()
}

/// § 108 (3) sentence 1: two bodies that the same contracting authority controls. Paragraph 3 refers to sole control
/// (paragraph 1) only: under joint control it stays to be settled.
pub(super) fn sister(look: &Look<'_, '_>) -> Verdict {
    let (asker, partner, document) = (look.case.asker, look.partner, look.case.document);
    let theirs = look.body.map(|b| &b.carriers).filter(|c| !c.is_empty());
    let shared = |c: &&Slug| theirs.is_some_and(|all| all.contains(c));
    let Some(carrier) = document.carriers.iter().find(shared) else {
        let gap = if document.carriers.is_empty() {
            can_be_carried(document.kind).then_some(asker)
        } else {
            theirs.is_none().then_some(partner)
        };
        let Some(gap) = gap else {
            return Verdict::absent(text!(
                "„{asker}“ und „{partner}“ haben keinen gemeinsamen Träger.",
                "`{asker}` and `{partner}` share no carrier."
            ));
        };
        let detail = text!(
            "Der Katalog weiß nicht, wer „{gap}“ trägt.",
            "The catalogue does not know who carries `{gap}`."
        );
        return Verdict::unknown(detail.clone(), Need::of_organisation(gap, "/carriers", detail));
    };
    let mut check = Check::default();
    check.met(text!(
        "„{carrier}“ trägt „{asker}“ und „{partner}“.",
        "`{carrier}` carries both `{asker}` and `{partner}`."
    ));
    if document.carriers.len() > 1 || theirs.is_some_and(|c| c.len() > 1) {
        check.needs(Need::outside(text!(
            "Zu klären ist, ob „{carrier}“ beide allein kontrolliert: § 108 Abs. 3 GWB verweist nur auf Absatz 1, und mindestens eine der beiden Stellen hat mehrere Träger.",
            "To be settled: whether `{carrier}` controls both alone: § 108 (3) GWB refers to paragraph 1 only, and at least one of the two has several carriers."
        )));
    }
    authority(look, asker, Some(document), &mut check);
    authority(look, carrier, (look.case.organisation)(carrier), &mut check);
    market(asker, Some(document), &mut check);
    market(partner, look.body, &mut check);
    capital(partner, look.body, &mut check);
    check.verdict()
}

fn can_be_carried(kind: OrganisationKind) -> bool {
    use OrganisationKind as K;
    matches!(kind, K::ItProvider | K::JointInstitution | K::MunicipalAssociation)
}

/// What belongs to the asking body itself needs no contract.
pub(super) fn own(look: &Look<'_, '_>) -> Verdict {
    let (asker, partner) = (look.case.asker, look.partner);
    if bodies::own_person(look.case).contains(&partner) {
        Verdict::yes(text!(
            "„{partner}“ ist „{asker}“ selbst oder die Körperschaft, deren Teil „{asker}“ ist; ein Vertrag ist nicht nötig.",
            "`{partner}` is `{asker}` itself, or the body that `{asker}` is a part of; no contract is needed."
        ))
    } else {
        Verdict::absent(text!(
            "„{asker}“ und „{partner}“ sind verschiedene Stellen.",
            "`{asker}` and `{partner}` are different bodies."
        ))
    }
}
