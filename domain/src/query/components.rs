//! What queries can speak of in components.

use std::sync::LazyLock;

use super::field::{Datum, FieldKind, FieldSpec, Queryable, Subject, TextPlace, thousandths};
use crate::code_list::CodeList;
use crate::component::{
    AiActClass, AiRole, Component, DataProtectionRole, Deployment, Details, Kind, LegalBasisType, Level, Lifecycle,
    OzgMaturity, ProtectionNeed, ServiceModel, StateStage, Tenancy, Theme,
};
use crate::fault::Invalid;
use crate::organisation::OrganisationKind;
use crate::stored::Stored;
use crate::values::{Day, Language, LeikaKey, Slug, State};

type Out<'o> = &'o mut dyn FnMut(Datum<'_>);
type Spec = FieldSpec<Component>;

fn keys<'v, I: IntoIterator<Item = &'v V>, V: AsKey + 'v + ?Sized>(values: I, out: Out<'_>) {
    for value in values {
        out(Datum::Key(value.as_key()));
    }
}

/// Values that are their own key in the index.
trait AsKey {
    fn as_key(&self) -> &str;
}

impl AsKey for Slug {
    fn as_key(&self) -> &str {
        self.as_str()
    }
}

impl AsKey for LeikaKey {
    fn as_key(&self) -> &str {
        self.as_str()
    }
}

impl AsKey for Language {
    fn as_key(&self) -> &str {
        self.as_str()
    }
}

impl<const MAX: usize> AsKey for crate::values::Line<MAX> {
    fn as_key(&self) -> &str {
        self.as_str()
    }
}

impl AsKey for crate::values::WebUrl {
    fn as_key(&self) -> &str {
        self.as_str()
    }
}

fn codes<'v, I: IntoIterator<Item = &'v C>, C: CodeList>(values: I, out: Out<'_>) {
    for value in values {
        out(Datum::Key(value.code()));
    }
}

fn flag(value: Option<bool>, out: Out<'_>) {
    if let Some(value) = value {
        out(Datum::Key(if value { "true" } else { "false" }));
    }
}

fn day(value: Option<Day>, out: Out<'_>) {
    if let Some(value) = value {
        out(Datum::Number(value.number()));
    }
}

fn states(s: Subject<'_, Component>, stage: Option<StateStage>, out: Out<'_>) {
    for offer in &s.record.value.states {
        if stage.is_none() || offer.stage == stage {
            out(Datum::Key(offer.state.code()));
        }
    }
}

macro_rules! details {
    ($s:expr, $variant:ident) => {
        match &$s.record.value.details {
            Some(Details::$variant(details)) => Some(details),
            _ => None,
        }
    };
}

/// Any word of 1 to 200 characters; compared as it stands.
fn word(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err(Invalid::new(
            "invalid_value",
            "Give 1 to 200 characters without control characters.",
        ));
    }
    Ok(text.to_owned())
}

const fn words(example: &'static str) -> FieldKind {
    FieldKind::Keyword { parse: word, example }
}

const LEIKA: FieldKind = FieldKind::Keyword {
    parse: |s| s.parse::<LeikaKey>().map(|k| k.to_string()),
    example: "99094003140000",
};
const LANGUAGE: FieldKind = FieldKind::Keyword {
    parse: |s| s.parse::<Language>().map(|l| l.to_string()),
    example: "de",
};
const CATALOGUE: FieldKind = FieldKind::Keyword {
    parse: |s| s.parse::<Slug>().map(|l| l.to_string()),
    example: "dvc",
};

static FIELDS: LazyLock<Vec<FieldSpec<Component>>> = LazyLock::new(|| {
    [
        identity(),
        life(),
        organisations(),
        place(),
        reuse(),
        safety(),
        operation(),
        intelligence(),
        online(),
        assembly(),
    ]
    .into_iter()
    .flatten()
    .collect()
});

fn identity() -> Vec<Spec> {
    vec![
        Spec::new("id", "Kennung", "Identifier", FieldKind::Identity, |_, _| {}),
        Spec::new("slug", "Kurzname", "Slug", FieldKind::Identity, |s, out| {
            out(Datum::Key(s.record.slug.as_str()));
        })
        .sort(),
        Spec::new("title", "Titel", "Title", FieldKind::Text, |s, out| {
            if let Some(title) = s.record.value.title.best("de") {
                out(Datum::Key(title.as_str()));
            }
        })
        .sort(),
        Spec::new("createdAt", "Angelegt am", "Created at", FieldKind::Moment, |s, out| {
            out(Datum::Number(s.record.created_at.micros()));
        })
        .sort(),
        Spec::new(
            "updatedAt",
            "Geändert am",
            "Updated at",
            FieldKind::Moment,
            |s, out| {
                out(Datum::Number(s.record.updated_at.micros()));
            },
        )
        .sort(),
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

fn life() -> Vec<Spec> {
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
    ]
}

fn organisations() -> Vec<Spec> {
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
        Spec::code::<OrganisationKind>("owner.kind", |s, out| {
            codes(s.directory.organisation(&s.record.value.owner).map(|o| &o.kind), out);
        }),
        Spec::code::<State>("owner.state", |s, out| {
            codes(
                s.directory
                    .organisation(&s.record.value.owner)
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

fn place() -> Vec<Spec> {
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

fn reuse() -> Vec<Spec> {
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

fn safety() -> Vec<Spec> {
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

/// Of cloud services, platforms and infrastructure.
fn operation() -> Vec<Spec> {
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

/// Of AI tools.
fn intelligence() -> Vec<Spec> {
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

/// Of online services.
fn online() -> Vec<Spec> {
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

/// Of building blocks.
fn assembly() -> Vec<Spec> {
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

impl Queryable for Component {
    fn fields() -> &'static [FieldSpec<Self>] {
        &FIELDS
    }

    fn members() -> &'static [&'static str] {
        static MEMBERS: LazyLock<Vec<&'static str>> = LazyLock::new(super::field::members::<Component>);
        &MEMBERS
    }

    fn localized() -> &'static [&'static str] {
        static LOCALIZED: LazyLock<Vec<&'static str>> = LazyLock::new(super::field::localized::<Component>);
        &LOCALIZED
    }

    fn texts(record: &Stored<Self>) -> Vec<(TextPlace, &str)> {
        let value = &record.value;
        let mut texts: Vec<(TextPlace, &str)> = Vec::with_capacity(16);
        texts.extend(value.title.iter().map(|(_, t)| (TextPlace::Title, t.as_str())));
        texts.extend(value.aliases.iter().map(|t| (TextPlace::Alias, t.as_str())));
        texts.extend(value.tags.iter().map(|t| (TextPlace::Tag, t.as_str())));
        texts.extend(value.summary.iter().map(|(_, t)| (TextPlace::Summary, t.as_str())));
        texts.extend(
            value
                .description
                .iter()
                .flat_map(crate::values::Localized::iter)
                .map(|(_, t)| (TextPlace::Description, t.as_str())),
        );
        texts.extend(value.interfaces.iter().map(|i| (TextPlace::Other, i.name.as_str())));
        texts.extend(
            value
                .interfaces
                .iter()
                .filter_map(|i| i.standard.as_ref())
                .map(|t| (TextPlace::Other, t.as_str())),
        );
        texts
    }
}
