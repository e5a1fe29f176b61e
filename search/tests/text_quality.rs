//! Search quality over judged queries, if the directory of the test data is given in `VERBUNDKATALOG_TESTDATA`.
#![allow(clippy::print_stdout, reason = "says that it was left out")]

use std::error::Error;
use std::path::{Path, PathBuf};

use search::text::quality::{JudgedQuery, Quality};
use search::text::{Place, TextIndex};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Document {
    id: String,
    title: String,
    summary: String,
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Box<dyn Error>> {
    Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
}

fn quality(documents: &[Document], queries: &[JudgedQuery]) -> Quality {
    let mut index = TextIndex::new();
    for (number, document) in (0_u32..).zip(documents) {
        let texts = [
            (Place::Title, document.title.as_str()),
            (Place::Summary, document.summary.as_str()),
        ];
        index.insert(number, u128::from(number), TextIndex::analyse(&texts));
    }
    let judge = |judged: &JudgedQuery| {
        let plan = index.plan(&judged.query);
        let hits = index.top(&plan, &index.matches(&plan), None, 10);
        let hits = hits.iter().filter_map(|(number, _)| documents.get(*number as usize));
        Quality::of(&judged.relevant, hits.map(|d| d.id.as_str()))
    };
    Quality::mean(&queries.iter().map(judge).collect::<Vec<_>>())
}

#[test]
fn nine_of_ten_expected_documents_are_among_the_first_ten_hits() -> Result<(), Box<dyn Error>> {
    let Some(data) = std::env::var_os("VERBUNDKATALOG_TESTDATA") else {
        println!("left out: VERBUNDKATALOG_TESTDATA is not set");
        return Ok(());
    };
    let data = PathBuf::from(data).join("search-quality");
    let documents: Vec<Document> = read(&data.join("documents.json"))?;
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    for list in [
        data.join("queries.json"),
        own.join("held_out_queries.json"),
        own.join("held_out_queries_2.json"),
    ] {
        let quality = quality(&documents, &read::<Vec<JudgedQuery>>(&list)?);
        assert!(
            quality.recall >= 0.95 && quality.ndcg >= 0.92,
            "{}: {quality:?}",
            list.display()
        );
    }
    Ok(())
}
