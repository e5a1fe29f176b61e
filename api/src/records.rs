//! Reading records of any noun: one way for lists and one for single records, with all conventions.

mod include;

use std::collections::HashMap;
use std::fmt::Write;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use domain::access::{Caller, Sight};
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::change::Change;
use domain::code_list::Label;
use domain::component::{Component, Title};
use domain::event::Sequence;
use domain::fault::Faults;
use domain::id::Id;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::query::{self, Given, Query, Queryable};
use domain::relation::Relation;
use domain::store::{Key, Record};
use domain::stored::Publication;
use domain::values::{Day, Slug};
use search::{Answer, FacetLabel, Hit, Table, View};
use serde::Serialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use self::include::Included;
use crate::etag;
use crate::problem::{Problem, ProblemType};
use crate::render::{self, Shape};
use crate::state::{App, db};

/// A noun with addresses of its own.
pub trait Resource: Queryable {
    /// Path of its list.
    const PATH: &'static str;
    /// Its table in the view.
    fn table(view: &View) -> &Table<Self>;
}

impl Resource for Component {
    const PATH: &'static str = "/v1/components";
    fn table(view: &View) -> &Table<Self> {
        view.components()
    }
}

impl Resource for Change {
    const PATH: &'static str = "/v1/changes";
    fn table(view: &View) -> &Table<Self> {
        view.changes()
    }
}

impl Resource for Organisation {
    const PATH: &'static str = "/v1/organisations";
    fn table(view: &View) -> &Table<Self> {
        view.organisations()
    }
}

impl Resource for Adoption {
    const PATH: &'static str = "/v1/adoptions";
    fn table(view: &View) -> &Table<Self> {
        view.adoptions()
    }
}

impl Resource for Offer {
    const PATH: &'static str = "/v1/offers";
    fn table(view: &View) -> &Table<Self> {
        view.offers()
    }
}

impl Resource for Attestation {
    const PATH: &'static str = "/v1/attestations";
    fn table(view: &View) -> &Table<Self> {
        view.attestations()
    }
}

impl Resource for Relation {
    const PATH: &'static str = "/v1/relations";
    fn table(view: &View) -> &Table<Self> {
        view.relations()
    }
}

/// Where the parameters of a query came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    /// The URL.
    Url,
    /// A JSON body.
    Body,
}

/// A cache may keep an answer, and asks each time whether it still holds. What a token widened is for its bearer alone.
pub fn cache(caller: &Caller) -> HeaderValue {
    HeaderValue::from_static(if caller.is_anonymous() {
        "public, no-cache"
    } else {
        "private, no-cache"
    })
}

/// Faults of parameters as faults of the members of a body that have their names.
pub fn as_members(faults: Faults) -> Faults {
    let mut all = Faults::new();
    for mut fault in faults {
        let name = std::mem::take(&mut fault.pointer);
        // What is wrong with no parameter in particular is wrong with the body.
        if !name.is_empty() {
            domain::fault::push_token(&mut fault.pointer, &name);
        }
        all.push(fault);
    }
    all
}

/// The members of a query as JSON: strings, numbers and flags stand for themselves, lists for several values.
pub(crate) fn given(body: Value) -> (Vec<Given>, Faults) {
    let mut faults = Faults::new();
    let Value::Object(members) = body else {
        faults.add(
            "",
            "wrong_type",
            "Give an object whose members are the parameters of `GET /v1/components`.",
        );
        return (Vec::new(), faults);
    };
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    let mut all = Vec::with_capacity(members.len());
    for (name, value) in members {
        let mut pointer = String::new();
        domain::fault::push_token(&mut pointer, &name);
        let items = match value {
            Value::Array(items) => items,
            value => vec![value],
        };
        let values: Vec<String> = items.iter().filter_map(scalar).collect();
        if values.is_empty() || values.len() < items.len() {
            faults.add(
                pointer,
                "wrong_type",
                "Give a string, a number, true or false, or a list of these.",
            );
        } else {
            all.push(Given { name, values });
        }
    }
    (all, faults)
}

/// Answers a query.
///
/// # Errors
/// Everything that is wrong with the parameters; the database, where the view does not keep a body.
pub async fn list<T: Resource>(
    app: &web::Data<App>,
    caller: &Caller,
    request: &HttpRequest,
    given: &[Given],
    by: AskedBy,
) -> Result<HttpResponse, Problem> {
    let refused = |faults: Faults| match by {
        AskedBy::Url => Problem::parameters(faults),
        AskedBy::Body => Problem::document(as_members(faults)),
    };
    let mut query = query::parse::<T>(given).map_err(refused)?;
    let sight = caller.sight();
    let (answer, mut included, as_of, tag) = {
        let view = app.view();
        let as_of = view.as_of();
        let tag = list_tag(view.moment(), &query, &sight);
        if by == AskedBy::Url && etag::is_known(request, &tag) {
            return Ok(not_modified(&tag, caller));
        }
        view.resolve::<T>(&mut query, &sight);
        let answer = T::table(&view).answer(&query, &sight, &view).map_err(|bad| {
            let mut faults = Faults::new();
            faults.add("cursor", "invalid_cursor", format!("Is not usable: {bad}."));
            refused(faults)
        })?;
        let ids = answer.items.iter().map(|hit| hit.id);
        let included = include::find(&view, ids, &query.includes, &sight);
        (answer, included, as_of, tag)
    };
    let shape = Shape::of::<T>(&query);
    let bodies = body_of_each::<T>(app, &answer.items).await?;
    include::read(app, &mut included).await?;
    let link = |cursor: &Option<String>| match by {
        AskedBy::Url => cursor.as_deref().map(|c| page_url::<T>(app, given, c)),
        AskedBy::Body => cursor.clone(),
    };
    let (next, prev) = (link(&answer.next), link(&answer.prev));
    let body = write_list(
        &answer,
        &bodies,
        &included,
        &shape,
        as_of,
        next.as_deref(),
        prev.as_deref(),
    );
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, cache(caller)));
    if by == AskedBy::Url {
        response.insert_header((header::ETAG, format!("\"{tag}\"")));
        let links: Vec<String> = [(next, "next"), (prev, "prev")]
            .into_iter()
            .filter_map(|(url, rel)| Some(format!("<{}>; rel=\"{rel}\"", url?)))
            .collect();
        if !links.is_empty() {
            response.insert_header((header::LINK, links.join(", ")));
        }
    }
    if let Some(language) = &query.language {
        response.insert_header((header::CONTENT_LANGUAGE, language.as_str()));
    }
    Ok(response.body(body))
}

/// Tag of a list: of which moment, which question, and what the caller sees.
fn list_tag(moment: (Sequence, Day, usize), query: &Query, sight: &Sight) -> String {
    let mut text = query.identity();
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "|{moment:?}|{:?}|{:?}|{}|{:?}|{:?}|{:?}|{sight:?}",
        query.facets, query.cursor, query.limit, query.members, query.language, query.includes
    );
    etag::of_answer(moment.0, &text)
}

/// Address of another page of the same list.
fn page_url<T: Resource>(app: &App, given: &[Given], cursor: &str) -> String {
    let mut parameters = form_urlencoded::Serializer::new(String::new());
    for parameter in given.iter().filter(|p| p.name != "cursor") {
        let values: Vec<String> = match parameter.name.as_str() {
            "q" => parameter.values.clone(),
            _ => parameter.values.iter().map(|v| v.replace(',', "\\,")).collect(),
        };
        parameters.append_pair(&parameter.name, &values.join(","));
    }
    parameters.append_pair("cursor", cursor);
    let base = app.limits.public_url.as_deref().unwrap_or_default();
    format!("{base}{}?{}", T::PATH, parameters.finish())
}

/// The bodies of records; those that the view does not keep come from the store.
///
/// # Errors
/// If the store is needed and does not answer.
pub async fn bodies<T: Resource>(app: &web::Data<App>, items: &[Hit]) -> Result<Vec<Bytes>, Problem> {
    let bodies = body_of_each::<T>(app, items).await?;
    Ok(bodies.into_iter().flatten().collect())
}

/// The same, each in its place; none where a record was purged meanwhile.
async fn body_of_each<T: Resource>(app: &web::Data<App>, items: &[Hit]) -> Result<Vec<Option<Bytes>>, Problem> {
    let missing: Vec<Id> = items
        .iter()
        .filter(|hit| hit.body.is_none())
        .map(|hit| hit.id)
        .collect();
    let records = if missing.is_empty() {
        Vec::new()
    } else {
        db(app, move |store| store.records_by_id(T::NOUN, &missing)).await?
    };
    let records: HashMap<Id, Record> = records.into_iter().map(|record| (record.id, record)).collect();
    let stored = |hit: &Hit| Some(search::marked_body::<T>(records.get(&hit.id)?, hit.has_lapsed));
    let body = |hit: &Hit| hit.body.clone().or_else(|| stored(hit));
    Ok(items.iter().map(body).collect())
}

fn write_list(
    answer: &Answer,
    bodies: &[Option<Bytes>],
    included: &[Vec<Included>],
    shape: &Shape,
    as_of: Sequence,
    next: Option<&str>,
    prev: Option<&str>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(bodies.iter().flatten().map(|b| b.len() + 1).sum::<usize>() + 1024);
    out.extend_from_slice(b"{\"items\":[");
    for (i, body) in bodies.iter().enumerate() {
        let Some(body) = body else { continue };
        if !out.ends_with(b"[") {
            out.push(b',');
        }
        render::write_item(&mut out, body, shape);
        include::write(&mut out, included.get(i).map_or(&[], Vec::as_slice), shape);
    }
    let rest = json!({ "total": answer.total, "next": next, "prev": prev, "asOf": as_of });
    out.extend_from_slice(b"],");
    append_members(&mut out, &rest);
    if !answer.facets.is_empty() {
        out.extend_from_slice(b",\"facets\":{");
        for (i, facet) in answer.facets.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            write_json(&mut out, facet.field);
            out.push(b':');
            let values: Vec<FacetItem<'_>> = facet.values.iter().map(|v| FacetItem::new(v, shape)).collect();
            write_json(&mut out, &values);
        }
        out.push(b'}');
    }
    if !answer.corrections.is_empty() {
        out.push(b',');
        append_members(&mut out, &json!({ "corrections": answer.corrections }));
    }
    out.push(b'}');
    out
}

/// The members of an object without its braces.
fn append_members(out: &mut Vec<u8>, object: &Value) {
    let text = object.to_string();
    out.extend_from_slice(text.get(1..text.len() - 1).unwrap_or_default().as_bytes());
}

/// Appends JSON.
fn write_json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Memory takes everything, and these values are all JSON.
    let _ = serde_json::to_writer(out, value);
}

/// A value of a facet as it is answered.
#[derive(Serialize)]
struct FacetItem<'a> {
    value: &'a str,
    count: u64,
    selected: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<ItemLabel<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ItemLabel<'a> {
    Code(&'a Label),
    Title(&'a Title),
    InOneLanguage(Value),
}

impl<'a> FacetItem<'a> {
    fn new(value: &'a search::FacetValue, shape: &Shape) -> Self {
        let label = match &value.label {
            FacetLabel::Code(label) => Some(ItemLabel::Code(label)),
            FacetLabel::Title(title) => Some(ItemLabel::Title(title)),
            FacetLabel::Plain => None,
        };
        let label = match label {
            Some(label) if !shape.is_whole() => Some(ItemLabel::InOneLanguage(shape.text(json!(label)))),
            label => label,
        };
        Self {
            value: &value.value,
            count: value.count,
            selected: value.selected,
            label,
        }
    }
}

/// A query of one record: only its shape can be asked for.
fn shape_query<T: Resource>(given: &[Given]) -> Result<Query, Faults> {
    let (known, others): (Vec<Given>, Vec<Given>) = given.iter().cloned().partition(|p| {
        let is_include = p.name == "include" && !T::includes().is_empty();
        is_include || matches!(p.name.as_str(), "fields" | "lang")
    });
    let mut faults = Faults::new();
    let names: &[&str] = if T::includes().is_empty() {
        &["fields", "lang"]
    } else {
        &["fields", "lang", "include"]
    };
    for parameter in others {
        let detail = domain::fault::unknown("parameter", &parameter.name, names);
        faults.add(&parameter.name, "unknown_parameter", detail);
    }
    match query::parse::<T>(&known) {
        Ok(query) => faults.or_ok(query),
        Err(more) => {
            faults.extend(more);
            Err(faults)
        }
    }
}

/// What a key leads to.
#[derive(Debug, Clone)]
pub struct Current {
    /// Identifier.
    pub id: Id,
    /// The current slug.
    pub slug: Slug,
    /// Whether the key is an earlier slug.
    pub moved: bool,
}

/// What a caller may know of under a slug, an id or an earlier slug.
///
/// # Errors
/// Not found; the database, where an earlier slug must be looked up.
pub async fn current<T: Resource>(app: &web::Data<App>, caller: &Caller, key: String) -> Result<Current, Problem> {
    let sight = caller.sight();
    let known = {
        let view = app.view();
        let entry = T::table(&view).get(&key);
        entry.map(|entry| (entry.id, entry.slug.clone(), entry.is_known(&sight)))
    };
    let found = match (known, key.parse::<Slug>()) {
        (Some((id, slug, true)), _) => Some((id, slug, false)),
        // What is hidden takes the way of what is missing, so that neither can be told from the other.
        (_, Ok(wanted)) => {
            let earlier = wanted.clone();
            let record = db(app, move |store| store.record(T::NOUN, &Key::Slug(earlier))).await?;
            let record = record.filter(|record| record.is_known(&sight));
            record.map(|record| (record.id, record.slug.clone(), record.slug != wanted))
        }
        (_, Err(_)) => None,
    };
    let (id, slug, moved) = found.ok_or_else(Problem::not_found)?;
    Ok(Current { id, slug, moved })
}

/// Answers one record by id or slug. An earlier slug leads to the current one.
///
/// # Errors
/// Not found, withdrawn, a wrong parameter; the database, where the view does not keep the body.
pub async fn get<T: Resource>(
    app: &web::Data<App>,
    caller: &Caller,
    request: &HttpRequest,
    key: &str,
    given: &[Given],
) -> Result<HttpResponse, Problem> {
    let query = shape_query::<T>(given).map_err(Problem::parameters)?;
    let sight = caller.sight();
    let entry = T::table(&app.view()).get(key).cloned();
    let entry = match entry {
        Some(entry) if Table::<T>::sees(&entry, &sight) => entry,
        Some(entry) if entry.publication == Publication::Withdrawn && entry.is_known(&sight) => {
            let tombstone = json!({ "id": entry.id, "slug": entry.slug, "revision": entry.revision });
            return Err(Problem::new(ProblemType::Withdrawn).with("tombstone", tombstone));
        }
        // What is hidden takes the way of what is missing, so that neither can be told from the other.
        _ => return moved::<T>(app, &sight, key).await,
    };
    let shape = Shape::of::<T>(&query);
    let mark = if entry.has_lapsed { ".past" } else { "" };
    let (mut included, moment) = {
        let view = app.view();
        let ids = std::iter::once(entry.id);
        let included = include::find(&view, ids, &query.includes, &sight);
        (included, view.moment())
    };
    let mut tag = format!("r{}{mark}{}", entry.revision.0, shape.tag());
    if !query.includes.is_empty() {
        // What is answered with a record changes with the log, and is not the same for everybody.
        let told_by = format!("{:?}|{sight:?}|{moment:?}", query.includes);
        tag = format!("{tag}-{}", etag::of_answer(moment.0, &told_by));
    }
    if etag::is_known(request, &tag) {
        return Ok(not_modified(&tag, caller));
    }
    let hit = Hit {
        id: entry.id,
        body: entry.body,
        has_lapsed: entry.has_lapsed,
    };
    let Some(body) = bodies::<T>(app, std::slice::from_ref(&hit)).await?.pop() else {
        return Err(Problem::not_found());
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/json")
        .insert_header((header::ETAG, format!("\"{tag}\"")))
        .insert_header((header::CACHE_CONTROL, cache(caller)));
    if let Some(language) = &query.language {
        response.insert_header((header::CONTENT_LANGUAGE, language.as_str()));
    }
    if shape.is_whole() && query.includes.is_empty() {
        return Ok(response.body(body));
    }
    include::read(app, &mut included).await?;
    let mut out = Vec::with_capacity(body.len());
    render::write_item(&mut out, &body, &shape);
    include::write(&mut out, included.first().map_or(&[], Vec::as_slice), &shape);
    Ok(response.body(out))
}

/// 308 from an earlier slug, or not found.
async fn moved<T: Resource>(app: &web::Data<App>, sight: &Sight, key: &str) -> Result<HttpResponse, Problem> {
    let Ok(slug) = key.parse::<Slug>() else {
        return Err(Problem::not_found());
    };
    let earlier = slug.clone();
    let found = db(app, move |store| store.record(T::NOUN, &Key::Slug(earlier))).await?;
    match found {
        Some(record) if record.slug != slug && record.is_known(sight) => Ok(HttpResponse::PermanentRedirect()
            .insert_header((header::LOCATION, address::<T>(app, &record.slug)))
            .finish()),
        _ => Err(Problem::not_found()),
    }
}

/// 308 to the same address with the current slug in place of the key that was asked for.
pub(crate) fn elsewhere<T: Resource>(app: &App, request: &HttpRequest, key: &str, slug: &Slug) -> HttpResponse {
    let rest = request
        .path()
        .strip_prefix(T::PATH)
        .and_then(|path| path.get(1 + key.len()..))
        .unwrap_or_default();
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let location = format!("{}{rest}{query}", address::<T>(app, slug));
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, location))
        .finish()
}

/// The address of a record.
pub fn address<T: Resource>(app: &App, slug: &Slug) -> String {
    let base = app.limits.public_url.as_deref().unwrap_or_default();
    format!("{base}{}/{slug}", T::PATH)
}

pub(crate) fn not_modified(tag: &str, caller: &Caller) -> HttpResponse {
    HttpResponse::NotModified()
        .insert_header((header::ETAG, format!("\"{tag}\"")))
        .insert_header((header::CACHE_CONTROL, cache(caller)))
        .finish()
}

/// Answers the records most like one.
///
/// # Errors
/// Not found; the database, where the view does not keep a body.
pub async fn similar<T: Resource>(
    app: &web::Data<App>,
    caller: &Caller,
    key: &str,
    limit: usize,
) -> Result<HttpResponse, Problem> {
    let sight = caller.sight();
    let (hits, as_of) = {
        let view = app.view();
        let table = T::table(&view);
        table
            .get(key)
            .filter(|entry| Table::<T>::sees(entry, &sight))
            .ok_or_else(Problem::not_found)?;
        let similar = table.similar(key, &sight, limit);
        let hits: Vec<Hit> = similar
            .into_iter()
            .map(|e| Hit {
                id: e.id,
                body: e.body.clone(),
                has_lapsed: e.has_lapsed,
            })
            .collect();
        (hits, view.as_of())
    };
    let bodies = bodies::<T>(app, &hits).await?;
    let mut out = b"{\"items\":[".to_vec();
    for (i, body) in bodies.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        out.extend_from_slice(body);
    }
    out.extend_from_slice(format!("],\"asOf\":{}}}", as_of.0).as_bytes());
    Ok(HttpResponse::Ok().content_type("application/json").body(out))
}
