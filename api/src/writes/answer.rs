//! What a write answers.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use domain::code_list::CodeList;
use domain::id::Id;
use domain::publishing::{Gap, GapLevel};
use domain::values::Slug;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::diff::Diff;

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// The answer to a write, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenAnswer {
    /// Status.
    pub status: StatusCode,
    /// Where the record is.
    pub location: Option<String>,
    /// Tag of its revision.
    pub etag: Option<String>,
    /// JSON text; none says it all with its status.
    pub body: Option<String>,
    /// Whether it is the kept answer to an earlier request with the same key.
    pub replayed: bool,
}

impl WrittenAnswer {
    /// Of a dry run.
    pub fn of_preview(preview: &Preview) -> Self {
        Self {
            status: StatusCode::OK,
            location: None,
            etag: None,
            body: serde_json::to_string(preview).ok(),
            replayed: false,
        }
    }

    /// As HTTP; `minimal` leaves the body out (RFC 7240, section 4.2), but of a dry run, which is nothing else.
    pub fn respond(self, minimal: bool) -> HttpResponse {
        let minimal = minimal && self.etag.is_some();
        let status = match self.status {
            // `Location` says that something was made.
            StatusCode::OK | StatusCode::CREATED if minimal => StatusCode::NO_CONTENT,
            status => status,
        };
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        if self.replayed {
            response.insert_header((REPLAYED, "true"));
        }
        if minimal {
            response.insert_header((PREFERENCE_APPLIED, "return=minimal"));
        }
        match self.body {
            Some(body) if !minimal => response.content_type("application/json").body(body),
            _ => response.finish(),
        }
    }
}

/// Something about a record that is no reason to refuse it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// JSON pointer to the value; to where it is missing.
    #[schema(max_length = 1000, example = "/lifecycle")]
    pub pointer: String,
    /// `gap`, or `probable_duplicate`.
    #[schema(max_length = 60, pattern = "^[a-z][a-z0-9_]*$", example = "gap")]
    pub code: &'static str,
    /// Whether it prevents that a proposed change is published: `must` does, `should` does not.
    #[schema(max_length = 10, pattern = "^(must|should)$", example = "must")]
    pub level: &'static str,
    /// Why it matters.
    #[schema(
        max_length = 2000,
        example = "Readers must know whether it is in use, planned or ending."
    )]
    pub detail: String,
    /// The other record, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Slug>,
}

impl Warning {
    /// Whether it prevents that a change is published.
    pub fn is_gap_that_prevents(&self) -> bool {
        self.code == "gap" && self.level == GapLevel::Must.code()
    }

    /// Whether it names a probable duplicate.
    pub fn is_duplicate(&self) -> bool {
        self.code == "probable_duplicate"
    }
}

impl From<Gap> for Warning {
    fn from(gap: Gap) -> Self {
        Self {
            pointer: gap.pointer.to_owned(),
            code: "gap",
            level: gap.level.code(),
            detail: gap.why.to_owned(),
            other: None,
        }
    }
}

/// Another record that a write changes or concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Affected {
    /// Its noun.
    #[schema(max_length = 30, example = "component")]
    pub noun: &'static str,
    /// Identifier.
    pub id: Id,
    /// Human key.
    pub slug: Slug,
    /// JSON pointers to what names this record.
    #[schema(schema_with = pointers_schema)]
    pub pointers: Vec<String>,
}

fn pointers_schema() -> utoipa::openapi::schema::Schema {
    let pointer = utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::Type::String)
        .max_length(Some(1000))
        .examples(["/successor"]);
    utoipa::openapi::schema::ArrayBuilder::new()
        .items(pointer)
        .max_items(Some(100))
        .description(Some("JSON pointers to what names this record."))
        .into()
}

/// What a write would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Always true: nothing was changed.
    pub dry_run: bool,
    /// The status that the write would be answered with.
    pub status: u16,
    /// The record as it would be.
    pub record: Value,
    /// What would differ from the record as it is.
    pub diff: Diff,
    /// What its readers would miss or find twice; no reason to refuse it.
    pub problems: Vec<Warning>,
    /// Other records that name this one, and would be rewritten or left with a loose end; the first 200.
    pub affected: Vec<Affected>,
    /// How many there are.
    pub affected_total: usize,
    /// What and who is concerned, where the write sets, moves or takes back the end of a public component, or withdraws it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<search::answers::Impact>,
}
