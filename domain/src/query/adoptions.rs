//! What queries can speak of in adoptions.

use std::sync::LazyLock;

use super::field::{self, Datum, FieldKind, FieldSpec, Queryable, Subject, TextPlace};
use crate::access::Sight;
use crate::adoption::{Adoption, AdoptionStage, Count, Counts, Side};
use crate::code_list::CodeList;
use crate::organisation::{Organisation, OrganisationKind};
use crate::stored::Stored;
use crate::values::{RegionKey, State};

type Spec = FieldSpec<Adoption>;
type Out<'o> = &'o mut dyn FnMut(Datum<'_>);

/// The adopting body. Of a hidden one nobody feels its kind or state, in no answer to a filter.
fn body(s: Subject<'_, Adoption>) -> Option<&Organisation> {
    s.directory
        .seen_organisation(&s.record.value.organisation, &Sight::Public)
}

fn states(s: Subject<'_, Adoption>, out: Out<'_>) {
    let Some(body) = body(s) else { return };
    if body.states.is_empty() {
        let state = body.region_key.as_ref().and_then(RegionKey::state);
        if let Some(state) = state {
            out(Datum::Key(state.code()));
        }
    }
    for state in &body.states {
        out(Datum::Key(state.code()));
    }
}

fn count(name: &'static str, de: &'static str, en: &'static str, extract: super::field::Extract<Adoption>) -> Spec {
    Spec::new(name, de, en, FieldKind::Integer, extract).sort()
}

fn counted(s: Subject<'_, Adoption>, pick: fn(&Counts) -> Option<Count>, out: Out<'_>) {
    if let Some(count) = s.record.value.counts.as_ref().and_then(pick) {
        out(Datum::Number(count.get().into()));
    }
}

static FIELDS: LazyLock<Vec<Spec>> = LazyLock::new(|| {
    let [created_at, updated_at] = field::times();
    vec![
        field::id(),
        field::component(),
        field::usual(|s, out| {
            let value = &s.record.value;
            let is_stale = value.expires_on.is_some_and(|day| day < s.directory.today());
            out(Datum::Key(&format!(
                "{} {} {}",
                u8::from(is_stale),
                value.component,
                value.organisation
            )));
        }),
        field::organisation("organisation", "Nutzende Stelle", "Adopting body", |s, out| {
            out(Datum::Key(s.record.value.organisation.as_str()));
        }),
        Spec::code::<OrganisationKind>("organisation.kind", |s, out| {
            if let Some(body) = body(s) {
                out(Datum::Key(body.kind.code()));
            }
        }),
        Spec::new(
            "organisation.regionKey",
            "Regionalschlüssel der nutzenden Stelle",
            "Regional key of the adopting body",
            FieldKind::Keyword {
                parse: |s| s.parse::<RegionKey>().map(|k| k.to_string()),
                example: "130735253",
            },
            |s, out| {
                if let Some(key) = body(s).and_then(|body| body.region_key.as_ref()) {
                    out(Datum::Key(key.as_str()));
                }
            },
        ),
        Spec::code::<State>("state", states)
            .named("Land der nutzenden Stelle", "State of the adopting body")
            .many(),
        Spec::code::<AdoptionStage>("stage", |s, out| out(Datum::Key(s.record.value.stage.code()))).sort(),
        Spec::code::<State>("liveIn", |s, out| {
            if s.record.value.stage == AdoptionStage::Live {
                states(s, out);
            }
        })
        .named("In Betrieb in", "Live in")
        .many(),
        field::organisation("operator", "Betreiber", "Operator", |s, out| {
            if let Some(operator) = &s.record.value.operator {
                out(Datum::Key(operator.as_str()));
            }
        }),
        Spec::code::<Side>("nextActor", |s, out| {
            if let Some(side) = s.record.value.next_actor {
                out(Datum::Key(side.code()));
            }
        })
        .named("Als Nächstes am Zug", "Who acts next"),
        Spec::new(
            "confirmed",
            "Vom Betreiber bestätigt",
            "Confirmed by the operator",
            FieldKind::Flag,
            |s, out| {
                out(Datum::Key(if s.record.value.is_confirmed() { "true" } else { "false" }));
            },
        )
        .facet(),
        field::lapsed("Veraltet", "Stale"),
        field::day("since", "Stand erreicht am", "Stage reached on", |s, out| {
            if let Some(day) = s.record.value.since {
                out(Datum::Number(day.number()));
            }
        }),
        field::day("verifiedOn", "Zuletzt bestätigt am", "Last verified on", |s, out| {
            if let Some(day) = s.record.value.verified_on {
                out(Datum::Number(day.number()));
            }
        }),
        field::day("expiresOn", "Gilt bis", "Counts until", |s, out| {
            if let Some(day) = s.record.value.expires_on {
                out(Datum::Number(day.number()));
            }
        }),
        count(
            "daysToLive",
            "Tage vom Interesse bis zum Betrieb",
            "Days from interest to live",
            |s, out| {
                if let Some(days) = s.record.value.days_to_live() {
                    out(Datum::Number(days));
                }
            },
        ),
        count(
            "counts.eligible",
            "Berechtigte Stellen",
            "Eligible authorities",
            |s, out| {
                counted(s, |c| c.eligible, out);
            },
        ),
        count("counts.ready", "Vorbereitete Stellen", "Ready authorities", |s, out| {
            counted(s, |c| c.ready, out);
        }),
        count(
            "counts.connected",
            "Angebundene Stellen",
            "Connected authorities",
            |s, out| {
                counted(s, |c| c.connected, out);
            },
        ),
        count("counts.live", "Nutzende Stellen", "Authorities live", |s, out| {
            counted(s, |c| c.live, out);
        }),
        field::visibility(),
        field::publication(),
        created_at,
        updated_at,
    ]
});

impl Queryable for Adoption {
    fn fields() -> &'static [FieldSpec<Self>] {
        &FIELDS
    }

    fn members() -> &'static [&'static str] {
        static MEMBERS: LazyLock<Vec<&'static str>> = LazyLock::new(field::members::<Adoption>);
        &MEMBERS
    }

    fn localized() -> &'static [&'static str] {
        static LOCALIZED: LazyLock<Vec<&'static str>> = LazyLock::new(field::localized::<Adoption>);
        &LOCALIZED
    }

    /// Who has it how far, and where.
    fn together() -> &'static [(&'static str, &'static str)] {
        &[("state", "stage")]
    }

    /// What is stale comes last.
    fn order() -> &'static [&'static str] {
        &["usual"]
    }

    fn texts(record: &Stored<Self>) -> Vec<(TextPlace, &str)> {
        let value = &record.value;
        let mut texts: Vec<(TextPlace, &str)> = Vec::new();
        texts.extend(value.local_name.iter().map(|t| (TextPlace::Title, t.as_str())));
        let notes = value.note.iter().flat_map(crate::values::Localized::iter);
        texts.extend(notes.map(|(_, t)| (TextPlace::Description, t.as_str())));
        texts
    }
}
