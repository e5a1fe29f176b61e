//! The operations of every noun below a component.

use std::marker::PhantomData;

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, guard, web};
use domain::access::{Caller, Scope};
use domain::code_list::CodeList;
use domain::component::Component;
use domain::fault::{Faults, push_token};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::query::Given;
use domain::relation::RelationType;
use domain::values::Slug;
use serde_json::Value;
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{OpenApi, RefOr};
use utoipa::{PartialSchema, ToSchema};
use utoipa_actix_web::OpenApiFactory;

use super::{Below, Named, Part, describe};
use crate::auth::scope::Needs;
use crate::auth::{Right, Who};
use crate::body::JsonBody;
use crate::params::Params;
use crate::problem::Problem;
use crate::records::{self, AskedBy, Resource};
use crate::state::App;
use crate::writes::{self, Order, Precondition, WriteOptions};

/// All operations of a noun.
#[derive(Debug)]
pub struct RelatedRoutes<T>(PhantomData<fn() -> T>);

/// All operations of a noun.
pub fn routes<T: Below>() -> RelatedRoutes<T> {
    RelatedRoutes(PhantomData)
}

/// Needs the scope that writing a noun needs.
struct Writes<T>(PhantomData<fn() -> T>);

impl<T: Below> Needs for Writes<T> {
    const SCOPE: Scope = T::SCOPE;
}

impl<T: Below> HttpServiceFactory for RelatedRoutes<T> {
    fn register(self, config: &mut AppService) {
        let below = describe::path_below::<T>();
        let one = describe::path_of_one::<T>();
        // One resource for each operation: what none of them takes is answered in one place for all addresses.
        let mut all = vec![
            web::resource(T::PATH).guard(guard::Get()).to(list::<T>),
            web::resource(T::PATH).guard(guard::Post()).to(create::<T>),
            web::resource(format!("{}/{{id}}", T::PATH))
                .guard(guard::Get())
                .to(get_by_id::<T>),
            web::resource(one.clone()).guard(guard::Get()).to(get::<T>),
            web::resource(one.clone()).guard(guard::Put()).to(put::<T>),
            web::resource(one.clone()).guard(guard::Patch()).to(patch::<T>),
            web::resource(one).guard(guard::Delete()).to(delete::<T>),
        ];
        if T::HAS_LIST_BELOW {
            all.push(web::resource(below).guard(guard::Get()).to(list_below::<T>));
        }
        for resource in all {
            resource.register(config);
        }
    }
}

impl<T: Below> OpenApiFactory for RelatedRoutes<T> {
    fn paths(&self) -> Paths {
        // The description is this crate's own; if it were none, every test of the document would fail.
        serde_json::from_value::<OpenApi>(describe::document::<T>())
            .map(|document| document.paths)
            .unwrap_or_default()
    }

    fn schemas(&self, schemas: &mut Vec<(String, RefOr<Schema>)>) {
        fn with<S: PartialSchema + ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            schemas.push((S::name().into_owned(), S::schema()));
            S::schemas(schemas);
        }
        with::<T>(schemas);
        with::<T::Record>(schemas);
        with::<T::List>(schemas);
        with::<T::Written>(schemas);
    }
}

async fn list<T: Below>(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    records::list::<T>(&app, &who.0, &request, &params.given(), AskedBy::Url).await
}

async fn create<T: Below>(
    app: web::Data<App>,
    right: Right<Writes<T>>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    writes::write::<T>(&app, right.into(), options, None, Order::Create(body.0)).await
}

async fn get_by_id<T: Below>(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    records::get::<T>(&app, &who.0, &request, &id, &params.given()).await
}

async fn list_below<T: Below>(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let place = match Place::find::<T>(&app, &who.0, &request, false).await? {
        Found::Here(place) => place,
        Found::Moved(response) => return Ok(response),
    };
    let mut given = params.given();
    if given.iter().any(|given| given.name == "component") {
        let mut faults = Faults::new();
        faults.add(
            "component",
            "contradiction",
            "Stands in the address already; leave it out.",
        );
        return Err(Problem::parameters(faults));
    }
    given.push(Given::from_url("component", &place.component.to_string()));
    records::list::<T>(&app, &who.0, &request, &given, AskedBy::Url).await
}

async fn get<T: Below>(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    match Place::find::<T>(&app, &who.0, &request, true).await? {
        Found::Here(place) => records::get::<T>(&app, &who.0, &request, place.slug.as_str(), &params.given()).await,
        Found::Moved(response) => Ok(response),
    }
}

async fn put<T: Below>(
    app: web::Data<App>,
    right: Right<Writes<T>>,
    request: HttpRequest,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    write::<T>(&app, right.into(), &request, options, body.0, Order::Put).await
}

async fn patch<T: Below>(
    app: web::Data<App>,
    right: Right<Writes<T>>,
    request: HttpRequest,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    write::<T>(&app, right.into(), &request, options, body.0, Order::Patch).await
}

async fn delete<T: Below>(
    app: web::Data<App>,
    right: Right<Writes<T>>,
    request: HttpRequest,
    options: WriteOptions,
) -> Result<HttpResponse, Problem> {
    let caller: Caller = right.into();
    match Place::find::<T>(&app, &caller, &request, true).await? {
        Found::Here(place) => {
            writes::write::<T>(&app, caller, options, Some(place.slug.to_string()), Order::Delete).await
        }
        Found::Moved(response) => Ok(response),
    }
}

async fn write<T: Below>(
    app: &web::Data<App>,
    caller: Caller,
    request: &HttpRequest,
    options: WriteOptions,
    body: Value,
    order: fn(Value) -> Order,
) -> Result<HttpResponse, Problem> {
    let place = match Place::find::<T>(app, &caller, request, true).await? {
        Found::Here(place) => place,
        Found::Moved(response) => return Ok(response),
    };
    let is_new = options.precondition == Some(Precondition::Absent);
    let body = place.complete(body)?;
    let missing = writes::write::<T>(app, caller, options, Some(place.slug.to_string()), order(body)).await;
    missing.map_err(|problem| {
        if is_new && problem.is(crate::problem::ProblemType::Conflict) && names(&problem, &place.slug) {
            return problem.detail("There is one at this address already, or was; change that.");
        }
        problem
    })
}

/// Where a record below a component stands.
struct Place {
    component: Id,
    /// Members of the document that the address says, with what it says there.
    members: Vec<(&'static str, Named)>,
    slug: Slug,
}

enum Found {
    Here(Place),
    Moved(HttpResponse),
}

impl Place {
    /// What an address names; `whole` where it names one record. What the caller may not know of is not there.
    async fn find<T: Below>(
        app: &web::Data<App>,
        caller: &Caller,
        request: &HttpRequest,
        whole: bool,
    ) -> Result<Found, Problem> {
        let text = |name: &str| request.match_info().get(name).unwrap_or_default().to_owned();
        let component = records::current::<Component>(app, caller, text("id")).await?;
        let mut moved = component.moved;
        let mut path = format!("{}/{}/{}", Component::PATH, component.slug, T::PLURAL);
        let mut members = Vec::new();
        for part in T::PARTS.iter().filter(|_| whole) {
            let given = text(part.member);
            let named = match part.part {
                Part::Organisation => {
                    let found = records::current::<Organisation>(app, caller, given).await?;
                    moved |= found.moved;
                    Named::of(&found)
                }
                Part::Component => {
                    let found = records::current::<Component>(app, caller, given).await?;
                    moved |= found.moved;
                    Named::of(&found)
                }
                Part::RelationType => {
                    let code = RelationType::from_code(&given.replace('-', "_")).ok_or_else(Problem::not_found)?;
                    Named {
                        id: None,
                        text: code.code().to_owned(),
                    }
                }
                Part::Name => Named {
                    id: None,
                    text: given.parse::<Slug>().map_err(|_| Problem::not_found())?.to_string(),
                },
            };
            path.push('/');
            path.push_str(&named.text.replace('_', "-"));
            members.push((part.member, named));
        }
        if moved {
            let base = app.limits.public_url.as_deref().unwrap_or_default();
            let query = request
                .uri()
                .query()
                .map(|query| format!("?{query}"))
                .unwrap_or_default();
            let location = format!("{base}{path}{query}");
            let mut response = HttpResponse::PermanentRedirect();
            return Ok(Found::Moved(
                response.insert_header((header::LOCATION, location)).finish(),
            ));
        }
        let slug = if whole {
            let parts: Vec<Named> = members.iter().map(|(_, named)| named.clone()).collect();
            T::slug_at(component.id, &parts).ok_or_else(Problem::not_found)?
        } else {
            component.slug.clone()
        };
        let id = component.id;
        members.push(("component", Named::of(&component)));
        Ok(Found::Here(Self {
            component: id,
            members,
            slug,
        }))
    }

    /// A body with what the address says already; what it says otherwise is a fault.
    fn complete(&self, mut body: Value) -> Result<Value, Problem> {
        let Some(object) = body.as_object_mut() else {
            return Ok(body);
        };
        let mut faults = Faults::new();
        for (member, named) in &self.members {
            let is_same = object.get(*member).is_none_or(|given| {
                let given = given.as_str().unwrap_or_default();
                given == named.text || named.id.is_some_and(|id| given.parse() == Ok(id))
            });
            if !is_same {
                let mut pointer = String::new();
                push_token(&mut pointer, member);
                let detail = format!("Is not what the address says, `{}`; leave it out.", named.text);
                faults.add(pointer, "mismatch", detail);
            }
            object.insert((*member).to_owned(), named.text.as_str().into());
        }
        faults.or_ok(()).map_err(Problem::document)?;
        Ok(body)
    }
}

/// Whether a problem speaks of a slug.
fn names(problem: &Problem, slug: &Slug) -> bool {
    problem.body().detail.contains(slug.as_str())
}
