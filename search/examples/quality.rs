//! Prints the search quality over judged queries: `cargo run --release -p search --example quality [queries.json]`.
//!
//! Reads `search-quality/documents.json` and `queries.json` below the directory in `VERBUNDKATALOG_TESTDATA`; a further list
//! of queries over the same documents may be given.
#![allow(clippy::print_stdout, reason = "it is a command")]

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use search::text::quality::{JudgedQuery, Quality};
use search::text::{Place, TextIndex};
use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    id: String,
    title: String,
    summary: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::var("VERBUNDKATALOG_TESTDATA")?).join("search-quality");
    let documents: Vec<Document> = serde_json::from_str(&fs::read_to_string(directory.join("documents.json"))?)?;
    let mut index = TextIndex::new();
    for (number, document) in (0_u32..).zip(&documents) {
        let texts = [
            (Place::Title, document.title.as_str()),
            (Place::Summary, document.summary.as_str()),
        ];
        index.insert(number, u128::from(number), TextIndex::analyse(&texts));
    }
    let mut lists = vec![directory.join("queries.json")];
    lists.extend(std::env::args().skip(1).map(PathBuf::from));
    for list in lists {
        let queries: Vec<JudgedQuery> = serde_json::from_str(&fs::read_to_string(&list)?)?;
        let mut all = Vec::new();
        for judged in &queries {
            let plan = index.plan(&judged.query);
            let matches = index.matches(&plan);
            let hits: Vec<&str> = index
                .top(&plan, &matches, None, 10)
                .iter()
                .filter_map(|(number, _)| documents.get(*number as usize).map(|d| d.id.as_str()))
                .collect();
            let quality = Quality::of(&judged.relevant, hits.iter().copied());
            let marked: Vec<String> = hits
                .iter()
                .map(|h| {
                    if judged.relevant.iter().any(|r| r == h) {
                        format!("*{h}")
                    } else {
                        (*h).to_owned()
                    }
                })
                .collect();
            let missed: Vec<&str> = judged
                .relevant
                .iter()
                .map(String::as_str)
                .filter(|r| !hits.contains(r))
                .collect();
            println!(
                "{:.2} {:.2} {:>3} {:<34} {}{}",
                quality.recall,
                quality.ndcg,
                matches.len(),
                judged.query,
                marked.join(" "),
                if missed.is_empty() {
                    String::new()
                } else {
                    format!("  MISSED {}", missed.join(" "))
                },
            );
            for correction in &plan.corrections {
                println!("               {} -> {}", correction.from, correction.to);
            }
            all.push(quality);
        }
        let mean = Quality::mean(&all);
        println!(
            "{}: recall@10 {:.3}, nDCG@10 {:.3} over {} queries\n",
            list.display(),
            mean.recall,
            mean.ndcg,
            all.len()
        );
    }
    Ok(())
}
