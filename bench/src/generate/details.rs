//! What only one kind of component has.

use domain::code_list::CodeList;
use domain::component::{AiActClass, AiRole, Kind, OzgMaturity, ServiceModel, Tenancy};
use serde_json::{Value, json};

use super::text;
use super::words::PLACES;
use crate::random::Random;

/// Details of a kind.
pub(super) fn of(kind: Kind, random: &mut Random) -> Value {
    let mut details = match kind {
        Kind::CloudService => cloud_service(random),
        Kind::AiTool => ai_tool(random),
        Kind::Platform => json!({
            "capabilities": random.some(&["Formulare", "Nutzerkonto", "Bezahlung", "Postfach", "Register", "Suche"], 4),
            "tenancy": random.frequent(&Tenancy::codes()),
        }),
        Kind::OnlineService => json!({
            "efa": random.chance(60),
            "ozgMaturity": random.frequent(&OzgMaturity::codes()),
            "userAccounts": random.some(&["BundID", "MUK", "Servicekonto", "BayernID"], 2),
            "paymentComponents": random.some(&["ePayBL", "pmPayment", "GiroCheckout"], 1),
        }),
        Kind::Infrastructure => json!({
            "locations": random.some(&PLACES, 3),
            "availabilityClass": format!("VK {}", random.below(5)),
            "capacity": { "de": text(random, 80) },
        }),
        Kind::BuildingBlock => json!({
            "packaging": random.some(&["Container", "Helm-Chart", "Bibliothek", "Schema"], 2),
            "runtimes": random.some(&["Java", "TypeScript", "Python", "PHP", "Rust", "C#", "Go", "Kotlin"], 3),
        }),
    };
    if let Some(members) = details.as_object_mut() {
        members.insert("kind".to_owned(), json!(kind.code()));
        // Half of what could be known is not known.
        let names: Vec<String> = members.keys().filter(|n| *n != "kind").cloned().collect();
        for name in names {
            if random.chance(25) {
                members.remove(&name);
            }
        }
    }
    details
}

fn cloud_service(random: &mut Random) -> Value {
    let target = random.frequent(&[&99.5, &99.9, &99.0, &99.95, &98.0]);
    json!({
        "serviceModel": random.frequent(&ServiceModel::codes()),
        "tenancy": random.frequent(&Tenancy::codes()),
        "locations": random.some(&PLACES, 3),
        "availabilityTarget": target,
        "rtoMinutes": 15 * random.below(40),
        "rpoMinutes": 5 * random.below(30),
        "maturity": { "scheme": "DVC-Reifegrad", "level": format!("{}", 1 + random.below(4)) },
        "exit": { "exportFormats": random.some(&["CSV", "JSON", "OVF", "PDF/A"], 2), "tested": random.chance(40) },
    })
}

fn ai_tool(random: &mut Random) -> Value {
    let names = random.some(
        &[
            "Mistral Small",
            "Llama 3.3",
            "GPT-4.1",
            "Teuken 7B",
            "Whisper",
            "Qwen 3",
        ],
        2,
    );
    let models: Vec<Value> = names
        .into_iter()
        .map(|name| json!({ "name": name, "openWeights": name != "GPT-4.1" }))
        .collect();
    json!({
        "purpose": { "de": text(random, 120) },
        "role": random.frequent(&AiRole::codes()),
        "aiActClass": random.frequent(&[AiActClass::Minimal.code(), AiActClass::Transparency.code(), AiActClass::HighRisk.code()]),
        "models": models,
        "humanOversight": { "de": text(random, 100) },
    })
}
