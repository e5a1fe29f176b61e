//! The shapes of answers, for the document: handlers write them as text.

use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::change::Change;
use domain::code_list::Label;
use domain::component::Component;
use domain::event::Sequence;
use domain::id::Id;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::query::Queryable;
use domain::relation::Relation;
use domain::stored::Publication;
use domain::values::{Revision, Slug, Timestamp};
use serde::Serialize;

use crate::review::ChangeDetail;
use std::borrow::Cow;
use std::collections::BTreeMap;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// The flat object of a record: what the catalogue knows of it, then what was written.
fn record<T: ToSchema + Queryable>() -> RefOr<Schema> {
    let mut builder = ObjectBuilder::new().description(Some(format!(
        "A {} as the catalogue keeps it.",
        T::name().to_lowercase()
    )));
    let known: [(&str, Cow<'static, str>); 6] = [
        ("id", Id::name()),
        ("slug", Slug::name()),
        ("revision", Revision::name()),
        ("publication", Publication::name()),
        ("createdAt", Timestamp::name()),
        ("updatedAt", Timestamp::name()),
    ];
    for (name, schema) in known {
        if name != "publication" || T::HAS_PUBLICATION {
            builder = builder.property(name, Ref::from_schema_name(schema)).required(name);
        }
    }
    if T::HAS_PUBLICATION {
        builder = builder.property("publishedAt", Ref::from_schema_name(Timestamp::name()));
    }
    if !T::LAPSED.is_empty() {
        let mark = ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::Boolean)
            .description(Some("True where the last day on which it counts is past; absent else."));
        builder = builder.property(T::LAPSED, mark);
    }
    if let RefOr::T(Schema::Object(written)) = T::schema() {
        for (name, schema) in written.properties {
            builder = builder.property(name, schema);
        }
        for name in written.required {
            builder = builder.required(name);
        }
    }
    for name in T::includes() {
        builder = builder.property(*name, included(name));
    }
    builder.into()
}

/// Records about an item, where `include` asks for them.
fn included(plural: &str) -> Schema {
    let mut letters = plural.trim_end_matches('s').chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    let noun: String = first.into_iter().chain(letters).collect();
    let items = utoipa::openapi::schema::ArrayBuilder::new()
        .items(Ref::from_schema_name(format!("{noun}Record")))
        .max_items(Some(domain::limits::INCLUDED));
    let total = ObjectBuilder::new()
        .schema_type(utoipa::openapi::Type::Integer)
        .description(Some("How many there are; `items` may be a part of them."))
        .minimum(Some(0))
        .maximum(Some(4_294_967_295_i64));
    ObjectBuilder::new()
        .description(Some(format!(
            "The first {plural} that the caller sees, where `include` asks for them. All of them only where there are `total` \
             items."
        )))
        .property("items", items)
        .required("items")
        .property("total", total)
        .required("total")
        .into()
}

fn record_schemas<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    T::schemas(schemas);
    schemas.extend([
        (Id::name().into_owned(), Id::schema()),
        (Slug::name().into_owned(), Slug::schema()),
        (Revision::name().into_owned(), Revision::schema()),
        (Publication::name().into_owned(), Publication::schema()),
        (Timestamp::name().into_owned(), Timestamp::schema()),
    ]);
}

/// A record as the catalogue keeps it.
#[derive(Debug)]
pub struct RecordOf<T>(std::marker::PhantomData<fn() -> T>);

impl<T: ToSchema + Queryable> PartialSchema for RecordOf<T> {
    fn schema() -> RefOr<Schema> {
        record::<T>()
    }
}

impl<T: ToSchema + Queryable> ToSchema for RecordOf<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Record", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        record_schemas::<T>(schemas);
    }
}

/// A component as the catalogue keeps it.
pub type ComponentRecord = RecordOf<Component>;
/// An organisation as the catalogue keeps it.
pub type OrganisationRecord = RecordOf<Organisation>;
/// A proposed change as the catalogue keeps it.
pub type ChangeRecord = RecordOf<Change>;
/// An adoption as the catalogue keeps it.
pub type AdoptionRecord = RecordOf<Adoption>;
/// An offer as the catalogue keeps it.
pub type OfferRecord = RecordOf<Offer>;
/// An attestation as the catalogue keeps it.
pub type AttestationRecord = RecordOf<Attestation>;
/// A relation as the catalogue keeps it.
pub type RelationRecord = RecordOf<Relation>;

/// A record of either noun.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
pub enum AnyRecord {
    /// A component.
    Component(ComponentRecord),
    /// An organisation.
    Organisation(OrganisationRecord),
}

/// One value of a facet.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetCount {
    /// The value as filters take it.
    #[schema(max_length = 500, example = "platform")]
    pub value: String,
    /// What people call it, per language, or as a plain string where `lang` is given; absent where the value says it all.
    #[schema(schema_with = label_schema)]
    pub label: Option<BTreeMap<String, String>>,
    /// Entries with this value that satisfy all filters on other fields.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 41)]
    pub count: i64,
    /// Whether a filter of the query asks for it.
    pub selected: bool,
}

fn label_schema() -> Schema {
    let text = || {
        ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .max_length(Some(200))
    };
    utoipa::openapi::schema::OneOfBuilder::new()
        .item(text())
        .item(
            ObjectBuilder::new()
                .additional_properties(Some(text()))
                .max_properties(Some(30)),
        )
        .into()
}

/// A word of the query that nothing was found for, and the one searched for instead.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueryCorrection {
    /// As it was given.
    #[schema(max_length = 500, example = "umfagen")]
    pub from: String,
    /// As it was searched for.
    #[schema(max_length = 500, example = "umfragen")]
    pub to: String,
}

macro_rules! list {
    ($(#[$doc:meta])* $name:ident, $record:ident) => {
        $(#[$doc])*
        #[derive(Debug, ToSchema)]
        #[schema(rename_all = "camelCase")]
        #[allow(dead_code, reason = "only its schema is used")]
        pub struct $name {
            /// The entries of the page, in the order of `sort`; with `fields` or `lang`, parts of them.
            #[schema(max_items = 200)]
            items: Vec<$record>,
            /// How many entries satisfy the query; exact.
            #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 186)]
            total: i64,
            /// The next page: its address, or its cursor where the query came as JSON; null on the last page.
            #[schema(max_length = 20000, format = "uri-reference")]
            next: Option<String>,
            /// The page before: its address, or its cursor where the query came as JSON; null on the first page.
            #[schema(max_length = 20000, format = "uri-reference")]
            prev: Option<String>,
            /// The last event that this answer includes.
            as_of: Sequence,
            /// Counts by field, where `facets` asks for them: the most frequent values first, up to 200.
            #[serde(default)]
            facets: BTreeMap<String, Vec<FacetCount>>,
            /// Words of `q` that were not known, and those searched for instead.
            #[serde(default)]
            #[schema(max_items = 100)]
            corrections: Vec<QueryCorrection>,
        }
    };
}

list!(
    /// A page of components.
    ComponentList,
    ComponentRecord
);
list!(
    /// A page of proposed changes.
    ChangeList,
    ChangeRecord
);
list!(
    /// A page of organisations.
    OrganisationList,
    OrganisationRecord
);
list!(
    /// A page of adoptions.
    AdoptionList,
    AdoptionRecord
);
list!(
    /// A page of offers.
    OfferList,
    OfferRecord
);
list!(
    /// A page of attestations.
    AttestationList,
    AttestationRecord
);
list!(
    /// A page of relations.
    RelationList,
    RelationRecord
);

/// What a write would do, as `dryRun` answers it.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
pub struct WritePreview {
    /// Always true: nothing was changed.
    #[schema(example = true)]
    dry_run: bool,
    /// The status that the write would be answered with.
    #[schema(minimum = 200, maximum = 299, example = 200)]
    status: i32,
    /// The record as it would be.
    #[schema(value_type = Object)]
    record: serde_json::Value,
    /// What would differ from the record as it is.
    diff: DocumentDiff,
    /// What its readers would miss or find twice; no reason to refuse it.
    #[schema(max_items = 1000)]
    problems: Vec<crate::writes::Warning>,
    /// Other records that name this one, and would be rewritten or left with a loose end.
    #[schema(max_items = 200)]
    affected: Vec<crate::writes::Affected>,
    /// How many there are.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 3)]
    affected_total: i64,
    /// What and who is concerned, where the write sets, moves or takes back the end of a public component, or withdraws it.
    #[serde(default)]
    reach: Option<search::answers::Impact>,
}

/// What differs between two documents.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct DocumentDiff {
    /// As JSON Patch (RFC 6902).
    #[schema(schema_with = patch_schema)]
    patch: serde_json::Value,
    /// As a list, in the order of the documents.
    #[schema(max_items = 10000)]
    changes: Vec<crate::diff::Difference>,
}

/// JSON Patch (RFC 6902).
pub fn patch_schema() -> Schema {
    utoipa::openapi::schema::ArrayBuilder::new()
        .items(ObjectBuilder::new().description(Some("An operation.")))
        .max_items(Some(20_000))
        .description(Some("JSON Patch (RFC 6902)."))
        .into()
}

macro_rules! written {
    ($(#[$doc:meta])* $name:ident, $record:ident) => {
        $(#[$doc])*
        #[derive(Debug, ToSchema)]
        #[serde(untagged)]
        #[allow(dead_code, clippy::large_enum_variant, reason = "only its schema is used")]
        pub enum $name {
            /// The record as it is now.
            Record($record),
            /// The record as it would be.
            Preview(WritePreview),
        }
    };
}

written!(
    /// A component that was written, or with `dryRun` what would be written.
    ComponentWritten,
    ComponentRecord
);
written!(
    /// A change that was written, or with `dryRun` what would be written.
    ChangeWritten,
    ChangeDetail
);
written!(
    /// An organisation that was written, or with `dryRun` what would be written.
    OrganisationWritten,
    OrganisationRecord
);

written!(
    /// An adoption that was written, or with `dryRun` what would be written.
    AdoptionWritten,
    AdoptionRecord
);
written!(
    /// An offer that was written, or with `dryRun` what would be written.
    OfferWritten,
    OfferRecord
);
written!(
    /// An attestation that was written, or with `dryRun` what would be written.
    AttestationWritten,
    AttestationRecord
);
written!(
    /// A relation that was written, or with `dryRun` what would be written.
    RelationWritten,
    RelationRecord
);

macro_rules! answered {
    ($(#[$doc:meta])* $name:ident, $answer:ty) => {
        $(#[$doc])*
        #[derive(Debug, ToSchema)]
        #[schema(rename_all = "camelCase")]
        #[allow(dead_code, reason = "only its schema is used")]
        pub struct $name {
            /// The answer.
            #[serde(flatten)]
            answer: $answer,
            /// The last event that this answer includes.
            as_of: Sequence,
        }
    };
}

answered!(
    /// Where relations lead.
    WalkAnswer,
    search::answers::Walk
);
answered!(
    /// What and who is concerned if a component ends.
    ImpactAnswer,
    search::answers::Impact
);
answered!(
    /// Components side by side.
    ComparisonAnswer,
    search::answers::Comparison
);
answered!(
    /// Who has what, and where.
    CoverageAnswer,
    search::answers::Coverage
);
answered!(
    /// Whether a body may obtain a component.
    EligibilityOfComponent,
    domain::eligibility::Eligibility
);
answered!(
    /// Shares of cost.
    CostShareAnswer,
    domain::cost_share::CostShare
);
answered!(
    /// The file of a component.
    DossierAnswer,
    domain::dossier::Dossier
);
answered!(
    /// How much there is.
    StatisticsAnswer,
    search::answers::Statistics
);

/// Components that may do, the best first.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
pub struct MatchAnswer {
    /// The candidates.
    #[schema(max_items = 50)]
    candidates: Vec<search::answers::Candidate>,
    /// How many components do not fail a need that must be met.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 12)]
    total: i64,
    /// The last event that this answer includes.
    as_of: Sequence,
}

/// Components most like one, the most alike first.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
pub struct Similar {
    /// The components.
    #[schema(max_items = 50)]
    items: Vec<ComponentRecord>,
    /// The last event that this answer includes.
    as_of: Sequence,
}

/// A completion of what someone types.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// The completed text.
    #[schema(max_length = 500, example = "Verwaltungscloud")]
    pub text: String,
    /// Whether it is the name of a component or a word of the catalogue.
    #[schema(max_length = 10, pattern = "^(name|word)$", example = "name")]
    pub kind: &'static str,
}

/// Completions, the best first.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct Suggestions {
    /// The completions.
    #[schema(max_items = 20)]
    items: Vec<Suggestion>,
}

/// A code with its labels.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct Code {
    /// The code as documents and filters use it.
    #[schema(max_length = 60, example = "productive")]
    code: String,
    /// What people call it.
    label: Label,
}

/// A code list.
#[derive(Debug, ToSchema)]
#[schema(as = Vocabulary)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct VocabularyBody {
    /// Its name in addresses.
    #[schema(max_length = 60, example = "lifecycle")]
    name: String,
    /// What it is about.
    title: Label,
    /// Its codes, in their natural order.
    #[schema(max_items = 200)]
    items: Vec<Code>,
}

/// Something with a name, a title and an address.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct NamedLink {
    /// Its name in addresses.
    #[schema(max_length = 60, example = "lifecycle")]
    name: String,
    /// What it is about.
    title: Label,
    /// Its address.
    #[schema(max_length = 200, format = "uri-reference", example = "/v1/vocabularies/lifecycle")]
    url: String,
}

/// All code lists.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct VocabularyIndex {
    /// The code lists, by name.
    #[schema(max_items = 200)]
    items: Vec<NamedLink>,
}

/// All schemas of documents.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct SchemaIndex {
    /// The schemas.
    #[schema(max_items = 200)]
    items: Vec<NamedLink>,
}

/// A type of problem.
#[derive(Debug, ToSchema)]
#[schema(as = ProblemType)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct ProblemPage {
    /// What the `type` of such a problem is.
    #[serde(rename = "type")]
    #[schema(max_length = 200, format = "uri-reference", example = "/v1/problems/not-found")]
    problem_type: String,
    /// Its last part.
    #[schema(max_length = 60, example = "not-found")]
    slug: String,
    /// Stable machine-readable code.
    #[schema(max_length = 60, example = "not_found")]
    code: String,
    /// The HTTP status that it comes with.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    status: i32,
    /// Its name.
    title: Label,
    /// What it means and what to do about it.
    meaning: Label,
}

/// All types of problems.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct ProblemIndex {
    /// The types.
    #[schema(max_items = 100)]
    items: Vec<ProblemPage>,
}

/// A version of the API.
#[derive(Debug, ToSchema)]
#[schema(as = Version)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct Release {
    /// Its number.
    #[schema(max_length = 20, example = "0.1.0")]
    version: String,
    /// Day of its release; absent while it is not released.
    #[serde(default)]
    #[schema(max_length = 10, format = Date, example = "2026-11-23")]
    date: String,
    /// What it changed.
    #[schema(max_items = 200, schema_with = changes_schema)]
    changes: Vec<String>,
}

fn changes_schema() -> Schema {
    utoipa::openapi::schema::ArrayBuilder::new()
        .items(
            ObjectBuilder::new()
                .schema_type(utoipa::openapi::Type::String)
                .max_length(Some(2000)),
        )
        .max_items(Some(200))
        .description(Some("What it changed."))
        .into()
}

/// The versions of the API, the newest first.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct Changelog {
    /// The versions.
    #[schema(max_items = 1000)]
    items: Vec<Release>,
}

/// State of health.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct Health {
    /// Always `ok` where there is an answer.
    #[schema(max_length = 20, example = "ok")]
    status: String,
}

/// What this instance answers from.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
pub struct Status {
    /// Version of the API and of the software.
    #[schema(max_length = 20, example = "0.1.0")]
    version: String,
    /// The last event that answers include.
    as_of: Sequence,
    /// When answers were last known to include every event.
    level_at: Timestamp,
    /// Published components.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 186)]
    components: i64,
    /// Published organisations.
    #[schema(minimum = 0, maximum = 4_294_967_295_i64, example = 176)]
    organisations: i64,
}

/// Where everything is.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct Index {
    /// Name of the service.
    #[schema(max_length = 100, example = "Verbundkatalog")]
    title: String,
    /// Version of the API and of the software.
    #[schema(max_length = 20, example = "0.1.0")]
    version: String,
    /// Addresses by what is there.
    #[schema(schema_with = links_schema)]
    links: BTreeMap<String, String>,
}

fn links_schema() -> Schema {
    let address = ObjectBuilder::new()
        .schema_type(utoipa::openapi::Type::String)
        .max_length(Some(200));
    ObjectBuilder::new()
        .additional_properties(Some(address))
        .max_properties(Some(40))
        .description(Some("Addresses by what is there."))
        .into()
}
