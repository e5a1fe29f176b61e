//! Questions that no single record answers. What is in the answers the tests hold; here only that there is one.

use std::collections::{BTreeMap, BTreeSet};

use bench::generate::query_text;
use bench::random::Random;
use domain::code_list::CodeList;
use domain::component::{Deployment, Kind, Level, ProtectionNeed};
use domain::values::State;
use serde_json::json;

use super::case::{Case, Expected};
use super::cases::Material;
use super::client::Request;

/// Answers that are looked at of each kind.
const CHECKED: usize = 20;
/// Requests of one round that take a millisecond or so each, and of those that take longer.
const SOME: usize = 200;
const FEW: usize = 20;

/// Where no budget is set.
const ANY: f64 = f64::INFINITY;

fn case(name: &'static str, budget: f64, member: &'static str, each: usize, requests: Vec<Request>) -> Case {
    Case {
        name,
        budget,
        growth: 1.0,
        ratio: None,
        each,
        expected: requests.iter().take(CHECKED).map(|_| Expected::Told(member)).collect(),
        requests,
        status: 200,
    }
}

impl Material {
    /// All questions.
    pub(super) fn questions(&self, random: &mut Random, rounds: usize) -> Vec<Case> {
        let get = |path: String| Request::get(path);
        let states = State::codes();
        let hub = self.hub();
        let mut several = |each: usize, ask: &mut dyn FnMut(&mut Random) -> Request| -> Vec<Request> {
            (0..each * rounds).map(|_| ask(random)).collect()
        };
        let slug = |random: &mut Random| self.row(random).slug.to_string();
        let coverage = |query: &str| format!("/v1/coverage?by={query}");
        let by_kind = several(FEW, &mut |_| get(coverage("kind")));
        let by_service = several(FEW, &mut |_| get(coverage("service")));
        let by_component = several(FEW, &mut |random| {
            get(format!("{}&after={}", coverage("component&limit=50"), slug(random)))
        });
        let by_body = several(FEW, &mut |random| {
            get(format!("{}&state={}", coverage("kind"), random.one(&states)))
        });
        let of_any = several(SOME, &mut |random| {
            get(format!("/v1/components/{}/impact?depth=5", slug(random)))
        });
        let of_hub = several(FEW, &mut |_| get(format!("/v1/components/{hub}/impact?depth=5")));
        let matching = several(SOME, &mut needs);
        let compared = several(SOME, &mut |random| {
            let mut five = BTreeSet::new();
            while five.len() < 5 {
                five.insert(slug(random));
            }
            let five: Vec<String> = five.into_iter().collect();
            get(format!("/v1/components/compare?ids={}", five.join(",")))
        });
        let counted = several(FEW, &mut |_| get("/v1/statistics".to_owned()));
        let eligible = several(SOME, &mut |random| {
            let body = random.one(&states).to_lowercase();
            get(format!(
                "/v1/components/{}/eligibility?organisation=land-{body}",
                slug(random)
            ))
        });
        let walked = several(SOME, &mut |random| {
            get(format!("/v1/components/{}/relations?depth=5", slug(random)))
        });
        let walked_both = several(SOME, &mut |random| {
            get(format!(
                "/v1/components/{}/relations?depth=5&direction=both",
                slug(random)
            ))
        });
        vec![
            case("coverage by kind", 20.0, "rows", FEW, by_kind),
            case("coverage by service", 20.0, "rows", FEW, by_service),
            case("coverage by component, 50 rows", 20.0, "rows", FEW, by_component),
            case("coverage by kind, bodies of a state", 20.0, "rows", FEW, by_body),
            case("impact, depth 5", 20.0, "dependants", SOME, of_any),
            case("impact of the greatest hub, depth 5", 20.0, "dependants", FEW, of_hub),
            case("match: six needs, text and body", 10.0, "candidates", SOME, matching),
            case("compare five", ANY, "rows", SOME, compared),
            case("statistics", ANY, "byKind", FEW, counted),
            case("eligibility", ANY, "answer", SOME, eligible),
            case("walk, depth 5", ANY, "items", SOME, walked),
            case("walk both ways, depth 5", ANY, "items", SOME, walked_both),
        ]
    }

    /// The component that most others depend on.
    fn hub(&self) -> &str {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &self.rows {
            for key in row.needed() {
                *counts.entry(key).or_default() += 1;
            }
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        most.map_or("", |(slug, _)| slug)
    }
}

/// What a body needs: six things, a text, and who it is.
fn needs(random: &mut Random) -> Request {
    let text = query_text(random);
    let state = random.one(&State::codes()).to_owned();
    let body = json!({
        "text": text,
        "organisation": format!("land-{}", random.one(&State::codes()).to_lowercase()),
        "must": { "kind": random.frequent(&Kind::codes()), "levels": random.frequent(&Level::codes()) },
        "should": { "adoptions.state": state, "adoptions.stage": "live", "deployment": random.frequent(&Deployment::codes()) },
        "may": { "protection.confidentiality": random.one(&ProtectionNeed::codes()) },
    });
    Request::post("/v1/components/match", &body)
}
