//! Answers about components: where relations lead, whom an end concerns, who has what, what fits a need, who may have it
//! and what it would cost.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use domain::code_list::CodeList;
use domain::component::Component;
use domain::cost_share::{Ask, CostFormula, cost_share as shared, faults as cost_share_faults};
use domain::dossier::dossier as file;
use domain::fault::Faults;
use domain::organisation::Organisation;
use domain::query::{self, Given};
use domain::relation::{Direction, RelationType};
use domain::stored::{Document, Publication};
use domain::values::{Euros, State};
use search::answers::{By, CoverageAsk, MatchAsk, ROWS, WalkAsk};
use serde_json::json;

use crate::answers;
use crate::auth::Who;
use crate::body::JsonBody;
use crate::openapi::{
    ComparisonAnswer, CostShareAnswer, CoverageAnswer, DossierAnswer, EligibilityOfComponent, ImpactAnswer,
    MatchAnswer, StatisticsAnswer, WalkAnswer,
};
use crate::params::{self, Params};
use crate::problem::{Problem, ProblemType};
use crate::records::{self, Resource};
use crate::state::{self, App};

/// Relations further away than this are not walked.
const DEPTH: usize = 10;
const EDGES: usize = 1000;
const ROWS_DEFAULT: usize = 50;

/// Values between commas.
fn values(text: Option<&str>) -> Vec<&str> {
    let all = text.unwrap_or_default().split(',');
    all.map(str::trim).filter(|value| !value.is_empty()).collect()
}

/// The code of a list that a parameter names, or the default.
fn code<C: CodeList>(name: &str, text: Option<&str>, default: C, faults: &mut Faults) -> C {
    let Some(text) = text else { return default };
    match C::accept(text) {
        Ok(code) => code,
        Err(wrong) => {
            faults.push(wrong.at(name));
            default
        }
    }
}

/// Walk the relations of a component
///
/// Relations that start from the component (`out`), lead to it (`in`), or both, and those beyond them, up to `depth`
/// relations away; the nearest first, each once, also where they go round in a circle.
#[utoipa::path(
    tag = "relations",
    operation_id = "walkRelations",
    params(
        ("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "online-service-infrastruktur-osi"),
        ("direction" = inline(Option<Direction>), Query, description = "Which way to walk; `out` without it.", example = "in"),
        ("depth" = Option<i32>, Query, description = "How many relations away at the most; 1 without it.", minimum = 1, maximum = 10, example = 3),
        ("type" = Option<Vec<RelationType>>, Query, description = "Along relations of these types alone, with commas between.", style = Form, explode = false, min_items = 1, max_items = 6, example = json!(["depends_on", "part_of"])),
    ),
    responses(
        (status = 200, description = "The relations that were met.", body = WalkAnswer),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/components/{id}/relations")]
pub async fn relations(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let ([direction, depth, types], mut faults) = params.take(["direction", "depth", "type"]);
    let ask = WalkAsk {
        direction: code("direction", direction, Direction::Out, &mut faults),
        depth: params::number("depth", depth, 1, DEPTH, &mut faults),
        types: values(types)
            .into_iter()
            .map(|text| code("type", Some(text), RelationType::DependsOn, &mut faults))
            .collect(),
        limit: EDGES,
    };
    faults.or_ok(()).map_err(Problem::parameters)?;
    match answers::component(&app, &who.0, &request).await? {
        Err(moved) => Ok(moved),
        Ok(component) => {
            answers::answer(&app, &who.0, &request, move |view, sight| {
                view.walk(component.id, &ask, sight).ok_or_else(Problem::not_found)
            })
            .await
        }
    }
}

/// See whom the end of a component concerns
///
/// What and who is affected if the component ends: components that need it or are made of it, directly or not; bodies that
/// use it or one of these, by state; contracts; the offers that end with it, and what could be had instead. As far as the
/// caller sees it. Setting an end date (`endsOn`) shows the same, and tells each affected body in the log.
#[utoipa::path(
    tag = "components",
    operation_id = "getImpact",
    params(
        ("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "online-service-infrastruktur-osi"),
        ("depth" = Option<i32>, Query, description = "How many relations away at the most; 5 without it.", minimum = 1, maximum = 10, example = 5),
    ),
    responses(
        (status = 200, description = "What and who is affected.", body = ImpactAnswer),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/components/{id}/impact")]
pub async fn impact(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let ([depth], mut faults) = params.take(["depth"]);
    let depth = params::number("depth", depth, crate::ending::IMPACT_DEPTH, DEPTH, &mut faults);
    faults.or_ok(()).map_err(Problem::parameters)?;
    match answers::component(&app, &who.0, &request).await? {
        Err(moved) => Ok(moved),
        Ok(component) => {
            answers::answer(&app, &who.0, &request, move |view, sight| {
                view.impact(component.id, depth, sight).ok_or_else(Problem::not_found)
            })
            .await
        }
    }
}

/// Ask whether a body may obtain a component
///
/// Yes, no or unclear for the asking body, the rule that decides with its source, every rule that was looked at, and what
/// would make an unclear answer clear: open licence, EfA contract, in-house and cooperation rules (§§ 99, 108 GWB), terms of
/// Deutsche Verwaltungscloud, the limits of the offers. An estimate from the catalogue's data, and no legal advice.
#[utoipa::path(
    tag = "components",
    operation_id = "getEligibility",
    params(
        ("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "llmoin"),
        ("organisation" = String, Query, description = "Id or slug of the asking body.", min_length = 1, max_length = 100, example = "land-mecklenburg-vorpommern"),
    ),
    responses(
        (status = 200, description = "The answer with its grounds.", body = EligibilityOfComponent),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/components/{id}/eligibility")]
pub async fn eligibility(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let ([organisation], faults) = params.take(["organisation"]);
    let asker = asker(&app, &who, organisation, faults).await?;
    let component = match answers::component(&app, &who.0, &request).await? {
        Err(moved) => return Ok(moved),
        Ok(component) => component,
    };
    let tag = answers::Question::new(&request, &who.0.sight()).tag(&app.view());
    if let Some(unchanged) = answers::unchanged(&request, &tag, &who.0) {
        return Ok(unchanged);
    }
    let answer = answers::eligibility(&app, &who.0, component.id, (asker.id, &asker.slug)).await?;
    Ok(answers::respond(&answer, &tag, &who.0))
}

/// The body that a parameter names.
async fn asker(
    app: &web::Data<App>,
    who: &Who,
    key: Option<&str>,
    mut faults: Faults,
) -> Result<records::Current, Problem> {
    let Some(key) = key else {
        faults.add("organisation", "required", "Name the asking body by its slug or id.");
        return Err(Problem::parameters(faults));
    };
    match named::<Organisation>(app, who, key).await? {
        Ok(found) => {
            faults.or_ok(()).map_err(Problem::parameters)?;
            Ok(found)
        }
        Err((code, detail)) => {
            faults.add("organisation", code, detail);
            Err(Problem::parameters(faults))
        }
    }
}

/// The record that a question names by slug, id or earlier slug, or why it cannot speak of it: code and detail.
async fn named<T: Resource>(
    app: &web::Data<App>,
    who: &Who,
    key: &str,
) -> Result<Result<records::Current, (&'static str, String)>, Problem> {
    let short: String = key.chars().take(100).collect();
    let noun = T::NOUN;
    match records::current::<T>(app, &who.0, key.to_owned()).await {
        Ok(found) => {
            let view = app.view();
            let entry = T::table(&view).by_id(found.id);
            if entry.is_some_and(|entry| entry.publication != Publication::Withdrawn) {
                return Ok(Ok(found));
            }
            let detail = format!("The {noun} `{short}` was withdrawn; name another one.");
            Ok(Err(("withdrawn", detail)))
        }
        Err(problem) if problem.is(ProblemType::NotFound) => {
            let (code, list) = if noun == Organisation::NOUN {
                ("unknown_organisation", "/v1/organisations")
            } else {
                ("unknown_component", "/v1/components")
            };
            let detail = format!("No {noun} has the slug or id `{short}`; look for it by name: `GET {list}?q=`.");
            Ok(Err((code, detail)))
        }
        Err(problem) => Err(problem),
    }
}

/// Estimate what a share would cost
///
/// Shares of the states that reuse a component, by a formula, and what changes for the others when one more joins. Always
/// an estimate. `equal` needs no figures; other keys are configured with their year and source, and absent by default. The
/// formula `efa` is that of decision 2023/35 of the IT-Planungsrat: half the reusing states, a quarter the federation, a
/// quarter all states by the Königsteiner Schlüssel.
#[utoipa::path(
    tag = "components",
    operation_id = "getCostShare",
    params(
        ("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "digitale-baugenehmigung"),
        ("key" = Option<String>, Query, description = "`equal`, or the name of a configured key; `equal` without it.", min_length = 1, max_length = 100, example = "equal"),
        ("formula" = Option<CostFormula>, Query, description = "How to share; without it by the key.", example = "equal"),
        ("states" = Vec<State>, Query, description = "The states that reuse the component, with commas between.", style = Form, explode = false, min_items = 1, max_items = 16, example = json!(["DE-SH", "DE-HH", "DE-MV"])),
        ("amount" = Option<f64>, Query, description = "What is to be shared, in euros; without it there are only parts of a million.", minimum = 0, maximum = 100_000_000_000_u64, example = 1_200_000),
        ("joining" = Option<State>, Query, description = "One more state.", example = "DE-HB"),
    ),
    responses(
        (status = 200, description = "The shares.", body = CostShareAnswer),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/components/{id}/cost-share")]
pub async fn cost_share(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let given = params.take(["key", "formula", "states", "amount", "joining"]);
    let ([key, formula, states, amount, joining], mut faults) = given;
    let key = key.filter(|key| *key != "equal");
    let configured = key.and_then(|key| app.limits.cost_keys.iter().find(|known| known.name.as_str() == key));
    if let (Some(_), None) = (key, configured) {
        let names: Vec<&str> = app.limits.cost_keys.iter().map(|known| known.name.as_str()).collect();
        let detail = match names.as_slice() {
            [] => "No key is configured here; `equal` needs none. Whoever runs the service adds keys (`[[cost-key]]`)."
                .to_owned(),
            names => format!("Is no key; known: equal, {}.", names.join(", ")),
        };
        faults.add("key", "unknown_key", detail);
    }
    let usual = if key.is_some() {
        CostFormula::Key
    } else {
        CostFormula::Equal
    };
    let formula = code("formula", formula, usual, &mut faults);
    let mut state = |name: &str, text| match State::accept(text) {
        Ok(state) => Some(state),
        Err(wrong) => {
            faults.push(wrong.at(name));
            None
        }
    };
    let states: Vec<State> = values(states)
        .into_iter()
        .filter_map(|text| state("states", text))
        .collect();
    let joining = joining.and_then(|text| state("joining", text));
    let amount = amount.map(serde_json::from_str::<Euros>);
    if let Some(Err(_)) = amount {
        let detail = "Give an amount in euros from 0 to 100000000000 with at most two decimals.";
        faults.add("amount", "out_of_range", detail);
    }
    let ask = Ask {
        formula,
        key: configured,
        states: &states,
        amount: amount.and_then(Result::ok),
        joining,
    };
    // What cannot be read says nothing of what else it would need.
    let unread: Vec<String> = faults.iter().map(|fault| fault.pointer.clone()).collect();
    let is_unread = |name: &str| unread.iter().any(|unread| unread == name);
    for fault in as_parameters(cost_share_faults(&ask)) {
        let follows = is_unread(&fault.pointer) || fault.pointer == "key" && is_unread("formula");
        if !follows {
            faults.push(fault);
        }
    }
    faults.or_ok(()).map_err(Problem::parameters)?;
    if let Err(moved) = answers::component(&app, &who.0, &request).await? {
        return Ok(moved);
    }
    let share = shared(&ask).map_err(|faults| Problem::parameters(as_parameters(faults)))?;
    let tag = answers::Question::new(&request, &who.0.sight())
        .tag(&app.view())
        .with(&configured);
    if let Some(unchanged) = answers::unchanged(&request, &tag, &who.0) {
        return Ok(unchanged);
    }
    Ok(answers::respond(&share, &tag, &who.0))
}

/// Faults of members as faults of the parameters with their names.
fn as_parameters(faults: Faults) -> Faults {
    let mut all = Faults::new();
    for mut fault in faults {
        let name = fault.pointer.split('/').nth(1).unwrap_or_default().to_owned();
        fault.pointer = name;
        all.push(fault);
    }
    all
}

/// Get the file of a component
///
/// What readers of its kind have to find, in a fixed order, with what is there and what is missing. For AI tools in the
/// order of Annex VIII of the AI Act, with class, models, data, oversight, fundamental rights and data protection impact
/// assessments; for online services the EfA minimum requirements; for cloud services the list of Deutsche Verwaltungscloud;
/// a general list for others. What no member of the component holds, an attestation with the item's `reference` as its
/// `criterion` fills.
#[utoipa::path(
    tag = "components",
    operation_id = "getDossier",
    params(("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "llmoin")),
    responses(
        (status = 200, description = "The file.", body = DossierAnswer),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/components/{id}/dossier")]
pub async fn dossier(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    params.only([])?;
    let component = match answers::component(&app, &who.0, &request).await? {
        Err(moved) => return Ok(moved),
        Ok(component) => component,
    };
    let (entry, attestations, tag, today) = {
        let (view, sight) = (app.view(), who.0.sight());
        let entry = view.components().by_id(component.id).map(answers::hit);
        let about = view.about::<domain::attestation::Attestation>(component.id, &sight);
        let attestations: Vec<_> = about.into_iter().map(answers::hit).collect();
        (
            entry,
            attestations,
            answers::Question::new(&request, &sight).tag(&view),
            view.today(),
        )
    };
    if let Some(unchanged) = answers::unchanged(&request, &tag, &who.0) {
        return Ok(unchanged);
    }
    let entry = entry.ok_or_else(Problem::not_found)?;
    let read = answers::read::<Component>(&app, std::slice::from_ref(&entry)).await?;
    let attestations = answers::read(&app, &attestations).await?;
    let component = read.first().ok_or_else(Problem::not_found)?;
    Ok(answers::respond(&file(component, &attestations, today), &tag, &who.0))
}

/// Ask whether something exists already
///
/// Needs in, ranked components out, with the reason for each hit and miss. A need is a filter of `GET /v1/components`:
/// under `must` what cannot be done without, under `should` and `may` what counts for more or less. What fails a `must` is
/// no candidate; what the catalogue does not know stays, behind what meets it, and is told as `unknown`. A protection need
/// is met by a higher one, too. With `organisation` each candidate tells whether that body may obtain it. A `text` alone must
/// be found; beside needs it ranks.
#[utoipa::path(
    tag = "components",
    operation_id = "matchComponents",
    request_body(content = Object, description = "What is needed."),
    responses((status = 200, description = "Candidates, the best first.", body = MatchAnswer))
)]
#[post("/v1/components/match")]
pub async fn find(app: web::Data<App>, who: Who, params: Params, body: JsonBody) -> Result<HttpResponse, Problem> {
    params.only([])?;
    let mut wanted = answers::needs(body.0).map_err(Problem::document)?;
    let asker = match &wanted.organisation {
        None => None,
        Some(key) => {
            let found = named::<Organisation>(&app, &who, key).await?;
            Some(found.map_err(|(code, detail)| {
                let mut faults = Faults::new();
                faults.add("/organisation", code, detail);
                Problem::document(faults)
            })?)
        }
    };
    let sight = who.0.sight();
    let limit = wanted.limit;
    // Whether the body may have them orders them anew, so more are looked at than shown.
    let looked_at = if asker.is_some() { 3 * limit } else { limit };
    let (mut answer, as_of) = state::ask(&app, move |view| {
        let mut resolved = query::Query::default();
        for need in &mut wanted.needs {
            resolved.filters = vec![need.filter.clone()];
            view.resolve::<Component>(&mut resolved, &sight);
            if let Some(filter) = resolved.filters.pop() {
                need.filter = filter;
            }
        }
        let ask = MatchAsk {
            text: wanted.text.as_ref(),
            needs: &wanted.needs,
            limit: looked_at,
        };
        Ok((view.matching(&ask, &sight), view.as_of()))
    })
    .await?;
    if let Some(asker) = asker {
        answers::judge_candidates(&app, &who.0, (asker.id, &asker.slug), &mut answer.candidates).await?;
        answer.candidates.truncate(limit);
    }
    let candidates: Vec<_> = answer
        .candidates
        .into_iter()
        .map(|(_, _, candidate)| candidate)
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "candidates": candidates, "total": answer.total, "asOf": as_of })))
}

/// Compare components
///
/// Two to five components side by side, field by field and attestation by attestation. What is not known is null, and not
/// "no". There is no score.
#[utoipa::path(
    tag = "components",
    operation_id = "compareComponents",
    params(
        ("ids" = Vec<String>, Query, description = "Ids or slugs of the components, with commas between.", style = Form, explode = false, min_items = 2, max_items = 5, example = json!(["llmoin", "f13"])),
        ("collapse" = Option<bool>, Query, description = "Leave out what all of them say alike.", example = true),
    ),
    responses(
        (status = 200, description = "The components side by side.", body = ComparisonAnswer),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
    )
)]
#[get("/v1/components/compare")]
pub async fn compare(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let ([ids, collapse], mut faults) = params.take(["ids", "collapse"]);
    let collapse = match collapse {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            faults.add("collapse", "invalid_flag", "Give `true` or `false`.");
            false
        }
    };
    let keys = values(ids);
    if !(2..=5).contains(&keys.len()) {
        faults.add(
            "ids",
            "out_of_range",
            "Name two to five components, with commas between.",
        );
    }
    let mut components = Vec::new();
    for key in keys.iter().take(5) {
        match named::<Component>(&app, &who, key).await? {
            Ok(found) if components.contains(&found.id) => {
                faults.add("ids", "repeated", format!("`{}` is named more than once.", found.slug));
            }
            Ok(found) => components.push(found.id),
            Err((code, detail)) => faults.add("ids", code, detail),
        }
    }
    faults.or_ok(()).map_err(Problem::parameters)?;
    answers::answer(&app, &who.0, &request, move |view, sight| {
        view.compare(&components, collapse, sight)
            .ok_or_else(Problem::not_found)
    })
    .await
}

/// See who has what
///
/// A map of the 16 states, or with `state` of the municipalities and municipal associations of one state: for each kind,
/// administrative service or component, whether somebody there has it live, on trial or on the way, which components those
/// are (rivals stand side by side), and where nothing is known. Counts adoptions that the caller sees. All filters of
/// `GET /v1/components` choose the components that count.
#[utoipa::path(
    tag = "adoptions",
    operation_id = "getCoverage",
    params(
        ("by" = String, Query, description = "What the rows are: `kind`, `service` (LeiKa key) or `component`.", min_length = 4, max_length = 9, pattern = "^(kind|service|component)$", example = "kind"),
        ("state" = Option<State>, Query, description = "The columns are the bodies of this state.", example = "DE-MV"),
        ("limit" = Option<i32>, Query, description = "Rows at the most; 50 without it.", minimum = 1, maximum = 200, example = 10),
        ("after" = Option<String>, Query, description = "Rows after this one, as `next` of an earlier answer said.", min_length = 1, max_length = 100, example = "a"),
    ),
    responses(
        (status = 200, description = "The map.", body = CoverageAnswer),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
    )
)]
#[get("/v1/coverage")]
pub async fn coverage(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    const OWN: [&str; 4] = ["by", "state", "limit", "after"];
    const OF_LISTS: [&str; 6] = ["sort", "facets", "cursor", "fields", "lang", "include"];
    let (own, filters): (Params, Params) = params.split(&OWN);
    let ([by, state, limit, after], mut faults) = own.take(OWN);
    let by = match by {
        Some("kind") => By::Kind,
        Some("service") => By::Service,
        Some("component") => By::Component,
        given => {
            let code = if given.is_some() { "unknown_value" } else { "required" };
            faults.add("by", code, "Give what the rows are: `kind`, `service` or `component`.");
            By::Kind
        }
    };
    let state = state.map(|text| code("state", Some(text), State::SchleswigHolstein, &mut faults));
    let limit = params::number("limit", limit, ROWS_DEFAULT, ROWS, &mut faults);
    let given: Vec<Given> = filters.given();
    for parameter in given.iter().filter(|given| OF_LISTS.contains(&given.name.as_str())) {
        faults.add(
            &parameter.name,
            "not_possible",
            "Belongs to lists; only filters choose what counts here.",
        );
    }
    let filters: Vec<Given> = given
        .into_iter()
        .filter(|given| !OF_LISTS.contains(&given.name.as_str()))
        .collect();
    let mut components = query::parse::<Component>(&filters).unwrap_or_else(|wrong| {
        faults.extend(wrong);
        query::Query::default()
    });
    faults.or_ok(()).map_err(Problem::parameters)?;
    let after = after.map(str::to_owned);
    answers::answer(&app, &who.0, &request, move |view, sight| {
        view.resolve::<Component>(&mut components, sight);
        let ask = CoverageAsk {
            by,
            components: &components,
            state,
            limit,
            after: after.as_deref(),
        };
        Ok(view.coverage(&ask, sight))
    })
    .await
}

/// Count what there is
///
/// Components by kind, state and lifecycle; adoptions by stage and over time; how long it takes from the first interest to
/// live; overdue reviews and stale adoptions. As far as the caller sees them.
#[utoipa::path(
    tag = "components",
    operation_id = "getStatistics",
    responses(
        (status = 200, description = "The counts.", body = StatisticsAnswer),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
    )
)]
#[get("/v1/statistics")]
pub async fn statistics(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    params.only([])?;
    answers::answer(&app, &who.0, &request, |view, sight| Ok(view.statistics(sight))).await
}
