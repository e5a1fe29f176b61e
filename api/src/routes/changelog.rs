//! What each version of the API brought.

use actix_web::{HttpResponse, get};
use serde_json::{Value, json};

use crate::openapi::Changelog;
use crate::params::Params;
use crate::problem::Problem;

const CHANGELOG: &str = include_str!("../../../CHANGELOG.md");

/// Get the changelog
///
/// The versions of the API, the newest first, and what each of them changed.
#[utoipa::path(
    tag = "reference",
    operation_id = "getChangelog",
    responses((status = 200, description = "The versions.", body = Changelog))
)]
#[get("/v1/changelog")]
pub async fn get(params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    Ok(HttpResponse::Ok().json(json!({ "items": versions(CHANGELOG) })))
}

/// Reads the form of "Keep a Changelog": `## [1.2.3] - 2026-01-31`, then items.
fn versions(markdown: &str) -> Vec<Value> {
    let mut versions: Vec<(String, Option<String>, Vec<String>)> = Vec::new();
    for line in markdown.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let (version, date) = heading
                .split_once(" - ")
                .map_or((heading, None), |(v, d)| (v, Some(d.to_owned())));
            versions.push((version.trim_matches(['[', ']']).to_owned(), date, Vec::new()));
        } else if let Some((_, _, changes)) = versions.last_mut() {
            if let Some(item) = line.strip_prefix("- ") {
                changes.push(item.to_owned());
            } else if let (true, Some(last)) = (line.starts_with("  "), changes.last_mut()) {
                last.push(' ');
                last.push_str(line.trim());
            }
        }
    }
    let entry = |(version, date, changes): (String, Option<String>, Vec<String>)| {
        let mut entry = json!({ "version": version, "changes": changes });
        if let (Some(date), Some(members)) = (date, entry.as_object_mut()) {
            members.insert("date".to_owned(), date.into());
        }
        entry
    };
    versions.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_changelog_names_this_version() {
        assert_eq!(versions(CHANGELOG)[0]["version"], crate::conventions::API_VERSION);
        assert!(!versions(CHANGELOG)[0]["changes"].as_array().unwrap().is_empty());
    }
}
