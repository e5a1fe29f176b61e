//! What only one kind of component has.

use super::{
    AiActClass, AiRole, Datum, Details, FieldKind, OzgMaturity, ServiceModel, Spec, Tenancy, codes, flag, keys,
    thousandths, words,
};

macro_rules! details {
    ($s:expr, $variant:ident) => {
        match &$s.record.value.details {
            Some(Details::$variant(details)) => Some(details),
            _ => None,
        }
    };
}

pub(super) fn operation() -> Vec<Spec> {
    vec![
        Spec::code::<ServiceModel>("details.serviceModel", |s, out| {
            codes(details!(s, CloudService).and_then(|d| d.service_model.as_ref()), out);
        }),
        Spec::code::<Tenancy>("details.tenancy", |s, out| {
            codes(details!(s, CloudService).and_then(|d| d.tenancy.as_ref()), out);
            codes(details!(s, Platform).and_then(|d| d.tenancy.as_ref()), out);
        }),
        Spec::new(
            "details.locations",
            "Standort",
            "Location",
            words("Hamburg"),
            |s, out| {
                keys(
                    details!(s, CloudService).into_iter().flat_map(|d| d.locations.iter()),
                    out,
                );
                keys(
                    details!(s, Infrastructure).into_iter().flat_map(|d| d.locations.iter()),
                    out,
                );
            },
        )
        .many()
        .facet(),
        Spec::new(
            "details.availabilityTarget",
            "Zugesagte Verfügbarkeit in Prozent",
            "Promised availability in per cent",
            FieldKind::Percent,
            |s, out| {
                if let Some(share) = details!(s, CloudService).and_then(|d| d.availability_target) {
                    out(Datum::Number(thousandths(share.get())));
                }
            },
        ),
        Spec::new(
            "details.rtoMinutes",
            "Wiederanlaufzeit (RTO) in Minuten",
            "Recovery time objective in minutes",
            FieldKind::Integer,
            |s, out| {
                if let Some(minutes) = details!(s, CloudService).and_then(|d| d.rto_minutes) {
                    out(Datum::Number(i64::from(minutes.get())));
                }
            },
        ),
        Spec::new(
            "details.rpoMinutes",
            "Datenverlustzeit (RPO) in Minuten",
            "Recovery point objective in minutes",
            FieldKind::Integer,
            |s, out| {
                if let Some(minutes) = details!(s, CloudService).and_then(|d| d.rpo_minutes) {
                    out(Datum::Number(i64::from(minutes.get())));
                }
            },
        ),
        Spec::new(
            "details.maturity.scheme",
            "Reifegradschema",
            "Maturity scheme",
            words("DVC-Reifegrad"),
            |s, out| {
                keys(
                    details!(s, CloudService)
                        .and_then(|d| d.maturity.as_ref())
                        .map(|m| &m.scheme),
                    out,
                );
            },
        )
        .facet(),
        Spec::new(
            "details.exit.tested",
            "Ausstieg erprobt",
            "Exit tested",
            FieldKind::Flag,
            |s, out| {
                flag(
                    details!(s, CloudService)
                        .and_then(|d| d.exit.as_ref())
                        .and_then(|e| e.tested),
                    out,
                );
            },
        )
        .facet(),
    ]
}

pub(super) fn intelligence() -> Vec<Spec> {
    vec![
        Spec::code::<AiRole>("details.role", |s, out| {
            codes(details!(s, AiTool).and_then(|d| d.role.as_ref()), out);
        }),
        Spec::code::<AiActClass>("details.aiActClass", |s, out| {
            codes(details!(s, AiTool).and_then(|d| d.ai_act_class.as_ref()), out);
        }),
        Spec::new("details.models", "KI-Modell", "AI model", words("GPT-4.1"), |s, out| {
            keys(
                details!(s, AiTool)
                    .into_iter()
                    .flat_map(|d| d.models.iter().map(|m| &m.name)),
                out,
            );
        })
        .many()
        .facet(),
        Spec::new(
            "details.models.openWeights",
            "Modell mit offenen Gewichten",
            "Model with open weights",
            FieldKind::Flag,
            |s, out| {
                for model in details!(s, AiTool).into_iter().flat_map(|d| d.models.iter()) {
                    flag(model.open_weights, out);
                }
            },
        )
        .many()
        .facet(),
    ]
}

pub(super) fn online() -> Vec<Spec> {
    vec![
        Spec::new(
            "details.efa",
            "Einer für Alle",
            "Built for reuse by all (EfA)",
            FieldKind::Flag,
            |s, out| {
                flag(details!(s, OnlineService).and_then(|d| d.efa), out);
            },
        )
        .facet(),
        Spec::code::<OzgMaturity>("details.ozgMaturity", |s, out| {
            codes(details!(s, OnlineService).and_then(|d| d.ozg_maturity.as_ref()), out);
        }),
        Spec::new(
            "details.userAccounts",
            "Nutzerkonto",
            "User account",
            words("BundID"),
            |s, out| {
                keys(
                    details!(s, OnlineService)
                        .into_iter()
                        .flat_map(|d| d.user_accounts.iter()),
                    out,
                );
            },
        )
        .many()
        .facet(),
        Spec::new(
            "details.paymentComponents",
            "Bezahlkomponente",
            "Payment component",
            words("ePayBL"),
            |s, out| {
                keys(
                    details!(s, OnlineService)
                        .into_iter()
                        .flat_map(|d| d.payment_components.iter()),
                    out,
                );
            },
        )
        .many()
        .facet(),
    ]
}

pub(super) fn assembly() -> Vec<Spec> {
    vec![
        Spec::new(
            "details.runtimes",
            "Laufzeitumgebung",
            "Runtime",
            words("Java"),
            |s, out| {
                keys(
                    details!(s, BuildingBlock).into_iter().flat_map(|d| d.runtimes.iter()),
                    out,
                );
            },
        )
        .many()
        .facet(),
    ]
}
