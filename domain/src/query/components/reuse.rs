//! On what terms a component can be had, and what it protects.

use super::{
    DataProtectionRole, Datum, Deployment, FieldKind, LegalBasisType, ProtectionNeed, Spec, codes, flag, keys, words,
};

pub(super) fn reuse() -> Vec<Spec> {
    vec![
        Spec::code::<LegalBasisType>("legalBasis", |s, out| {
            codes(s.record.value.legal_basis.iter().map(|b| &b.basis), out);
        })
        .many(),
        Spec::code::<Deployment>("deployment", |s, out| codes(&s.record.value.deployment, out)).many(),
        Spec::new("licence", "Lizenz", "Licence", words("EUPL-1.2"), |s, out| {
            if let Some(licence) = &s.record.value.licence {
                let names = licence.identifiers();
                for name in &names {
                    out(Datum::Key(name));
                }
                if names.len() > 1 {
                    out(Datum::Key(licence.as_str()));
                }
            }
        })
        .many()
        .facet(),
        Spec::new(
            "licence.open",
            "Offene Lizenz",
            "Open licence",
            FieldKind::Flag,
            |s, out| {
                flag(
                    s.record.value.licence.as_ref().map(crate::values::Licence::is_open),
                    out,
                );
            },
        )
        .facet(),
        Spec::new(
            "repository",
            "Quelltext",
            "Repository",
            words("https://example.org/repo"),
            |s, out| {
                keys(&s.record.value.repository, out);
            },
        ),
        Spec::new(
            "interfaces.standard",
            "Standard der Schnittstelle",
            "Standard of an interface",
            words("XBau"),
            |s, out| {
                keys(
                    s.record.value.interfaces.iter().filter_map(|i| i.standard.as_ref()),
                    out,
                );
            },
        )
        .many()
        .facet(),
    ]
}

pub(super) fn safety() -> Vec<Spec> {
    vec![
        Spec::code::<ProtectionNeed>("protection.confidentiality", |s, out| {
            codes(
                s.record
                    .value
                    .protection
                    .iter()
                    .filter_map(|p| p.confidentiality.as_ref()),
                out,
            );
        })
        .named("Schutzbedarf Vertraulichkeit", "Protection need: confidentiality"),
        Spec::code::<ProtectionNeed>("protection.integrity", |s, out| {
            codes(
                s.record.value.protection.iter().filter_map(|p| p.integrity.as_ref()),
                out,
            );
        })
        .named("Schutzbedarf Integrität", "Protection need: integrity"),
        Spec::code::<ProtectionNeed>("protection.availability", |s, out| {
            codes(
                s.record.value.protection.iter().filter_map(|p| p.availability.as_ref()),
                out,
            );
        })
        .named("Schutzbedarf Verfügbarkeit", "Protection need: availability"),
        Spec::new(
            "dataProtection.personalData",
            "Personenbezogene Daten",
            "Personal data",
            FieldKind::Flag,
            |s, out| {
                flag(
                    s.record.value.data_protection.as_ref().and_then(|d| d.personal_data),
                    out,
                );
            },
        )
        .facet(),
        Spec::new(
            "dataProtection.thirdCountryTransfer",
            "Übermittlung in Drittländer",
            "Third-country transfer",
            FieldKind::Flag,
            |s, out| {
                flag(
                    s.record
                        .value
                        .data_protection
                        .as_ref()
                        .and_then(|d| d.third_country_transfer),
                    out,
                );
            },
        )
        .facet(),
        Spec::code::<DataProtectionRole>("dataProtection.roles", |s, out| {
            codes(s.record.value.data_protection.iter().flat_map(|d| d.roles.iter()), out);
        })
        .many(),
    ]
}
