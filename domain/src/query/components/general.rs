//! What every component is, where it stands, and who stands behind it.

use super::super::field;
use super::{
    CATALOGUE, CodeList, Component, Datum, FieldKind, Kind, LANGUAGE, LEIKA, Level, Lifecycle, OrganisationKind, Out,
    Spec, State, StateStage, Subject, Theme, codes, day, keys, words,
};
use crate::access::Sight;

fn states(s: Subject<'_, Component>, stage: Option<StateStage>, out: Out<'_>) {
    for offer in &s.record.value.states {
        if stage.is_none() || offer.stage == stage {
            out(Datum::Key(offer.state.code()));
        }
    }
}

pub(super) fn identity() -> Vec<Spec> {
    let [created_at, updated_at] = field::times();
    vec![
        field::id(),
        field::slug(),
        field::title("Titel", "Title"),
        created_at,
        updated_at,
        field::publication(),
        Spec::new("revision", "Revision", "Revision", FieldKind::Integer, |s, out| {
            out(Datum::Number(s.record.revision.0));
        })
        .sort(),
        Spec::code::<Kind>("kind", |s, out| out(Datum::Key(s.record.value.kind.code()))).sort(),
        Spec::new(
            "externalIds",
            "In anderen Katalogen",
            "In other catalogues",
            CATALOGUE,
            |s, out| {
                keys(s.record.value.external_ids.iter().map(|e| &e.catalogue), out);
            },
        )
        .many()
        .facet(),
        Spec::new(
            "externalIds.id",
            "Kennung in einem anderen Katalog",
            "Identifier in another catalogue",
            words("opendesk"),
            |s, out| {
                keys(s.record.value.external_ids.iter().map(|e| &e.id), out);
            },
        )
        .many(),
        Spec::new(
            "provenance.format",
            "Übernommen aus dem Format",
            "Taken over from the format",
            words("publiccode.yml"),
            |s, out| {
                keys(s.record.value.provenance.iter().filter_map(|p| p.format.as_ref()), out);
            },
        )
        .facet(),
        Spec::new(
            "provenance.source",
            "Übernommen aus",
            "Taken over from",
            words("https://example.org/repo"),
            |s, out| {
                keys(s.record.value.provenance.iter().map(|p| &p.source), out);
            },
        )
        .facet(),
    ]
}

pub(super) fn life() -> Vec<Spec> {
    vec![
        Spec::code::<Lifecycle>("lifecycle", |s, out| codes(&s.record.value.lifecycle, out)).sort(),
        Spec::new(
            "productiveSince",
            "Produktiv seit",
            "Productive since",
            FieldKind::Day,
            |s, out| {
                day(s.record.value.productive_since, out);
            },
        )
        .sort(),
        Spec::new(
            "deprecatedOn",
            "Abgekündigt am",
            "Deprecated on",
            FieldKind::Day,
            |s, out| {
                day(s.record.value.deprecated_on, out);
            },
        )
        .sort(),
        Spec::new("endsOn", "Endet am", "Ends on", FieldKind::Day, |s, out| {
            day(s.record.value.ends_on, out);
        })
        .sort(),
        Spec::new(
            "successor",
            "Nachfolger",
            "Successor",
            FieldKind::Component,
            |s, out| {
                keys(&s.record.value.successor, out);
            },
        ),
        Spec::new(
            "verifiedOn",
            "Bestätigt am",
            "Verified on",
            FieldKind::Day,
            |s, out| {
                day(s.record.value.verified_on, out);
            },
        )
        .sort(),
        Spec::new(
            "nextReviewOn",
            "Nächste Prüfung am",
            "Next review on",
            FieldKind::Day,
            |s, out| {
                day(s.record.value.next_review_on, out);
            },
        )
        .sort(),
        field::lapsed("Bestätigung überfällig", "Review overdue"),
    ]
}

pub(super) fn organisations() -> Vec<Spec> {
    let role = |name, de, en, extract| Spec::new(name, de, en, FieldKind::Organisation, extract).many().facet();
    vec![
        Spec::new(
            "owner",
            "Verantwortliche Organisation",
            "Owner",
            FieldKind::Organisation,
            |s, out| {
                out(Datum::Key(s.record.value.owner.as_str()));
            },
        )
        .facet()
        .sort(),
        // Of a hidden organisation nobody feels its kind or state, in no answer to a filter.
        Spec::code::<OrganisationKind>("owner.kind", |s, out| {
            codes(
                s.directory
                    .seen_organisation(&s.record.value.owner, &Sight::Public)
                    .map(|o| &o.kind),
                out,
            );
        }),
        Spec::code::<State>("owner.state", |s, out| {
            codes(
                s.directory
                    .seen_organisation(&s.record.value.owner, &Sight::Public)
                    .into_iter()
                    .flat_map(|o| o.states.iter()),
                out,
            );
        })
        .named("Land der verantwortlichen Organisation", "State of the owner")
        .many(),
        role("supplier", "Lieferant", "Supplier", |s, out| {
            keys(s.record.value.roles.iter().flat_map(|r| r.supplier.iter()), out);
        }),
        role("operator", "Betreiber", "Operator", |s, out| {
            keys(s.record.value.roles.iter().flat_map(|r| r.operator.iter()), out);
        }),
        role("seller", "Verkäufer", "Seller", |s, out| {
            keys(s.record.value.roles.iter().flat_map(|r| r.seller.iter()), out);
        }),
        role("contactOffice", "Kontaktstelle", "Contact office", |s, out| {
            keys(s.record.value.roles.iter().flat_map(|r| r.contact_office.iter()), out);
        }),
    ]
}

pub(super) fn place() -> Vec<Spec> {
    vec![
        Spec::code::<Level>("levels", |s, out| codes(&s.record.value.levels, out)).many(),
        Spec::code::<State>("states", |s, out| states(s, None, out))
            .named("Land", "State")
            .many(),
        Spec::code::<State>("states.planned", |s, out| states(s, Some(StateStage::Planned), out))
            .named("Geplant in", "Planned in")
            .many(),
        Spec::code::<State>("states.pilot", |s, out| states(s, Some(StateStage::Pilot), out))
            .named("Pilot in", "Pilot in")
            .many(),
        Spec::code::<State>("states.available", |s, out| states(s, Some(StateStage::Available), out))
            .named("Verfügbar in", "Available in")
            .many(),
        Spec::new(
            "services",
            "Leistung (LeiKa)",
            "Service (LeiKa key)",
            LEIKA,
            |s, out| {
                keys(&s.record.value.services, out);
            },
        )
        .many()
        .facet(),
        Spec::new("ozgIds", "OZG-Leistung", "OZG service", words("10278"), |s, out| {
            keys(&s.record.value.ozg_ids, out);
        })
        .many()
        .facet(),
        Spec::code::<Theme>("themes", |s, out| codes(&s.record.value.themes, out)).many(),
        Spec::new("tags", "Schlagwort", "Tag", words("formulare"), |s, out| {
            keys(&s.record.value.tags, out);
        })
        .many()
        .facet(),
        Spec::new("languages", "Sprache", "Language", LANGUAGE, |s, out| {
            keys(&s.record.value.languages, out);
        })
        .many()
        .facet(),
    ]
}
