use std::collections::BTreeSet;

use serde_json::json;
use tests::{Answer, TestApp, sample};

const LISTS: [&str; 14] = [
    "/v1/components",
    "/v1/components?sort=-title",
    "/v1/components?sort=slug",
    "/v1/components?sort=-slug",
    "/v1/components?sort=-updatedAt,title",
    "/v1/components?sort=productiveSince",
    "/v1/components?sort=-productiveSince,-id",
    "/v1/components?sort=kind,lifecycle",
    "/v1/components?sort=-id",
    "/v1/components?q=cloud",
    "/v1/components?q=digital%20verwaltung&sort=title",
    "/v1/components?q=open%20source&sort=score,-slug",
    "/v1/components?q=plattform&sort=lifecycle,-score",
    "/v1/components?kind.not=building_block&levels=state",
];

fn ids(pages: &[Answer]) -> Vec<String> {
    pages.iter().flat_map(|page| page.strings("id")).collect()
}

#[test]
fn pages_forward_and_back_are_the_list_in_one_go() {
    let app = TestApp::sample();
    for list in LISTS {
        let whole = ids(&app.walk(list, 200));
        assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), whole.len(), "{list}");
        for limit in [1, 7, 50] {
            if limit == 1 && whole.len() > 60 {
                continue;
            }
            let pages = app.walk(list, limit);
            assert_eq!(ids(&pages), whole, "{list} by {limit}");
            let mut back = vec![pages.last().unwrap().clone()];
            while let Some(prev) = back.last().unwrap().json()["prev"].as_str() {
                back.push(app.get(prev).expect(200));
            }
            back.reverse();
            assert_eq!(ids(&back), whole, "{list} back by {limit}");
            assert_eq!(back.len(), pages.len(), "{list} back by {limit}");
        }
    }
}

#[test]
fn the_page_size_may_change_on_the_way() {
    let app = TestApp::sample();
    let whole = ids(&app.walk("/v1/components", 200));
    let first = app.get("/v1/components?limit=10").expect(200);
    let next = first.json()["next"].as_str().unwrap().replace("limit=10", "limit=200");
    let rest = app.get(&next).expect(200);
    assert_eq!(ids(&[first, rest]), whole);
}

#[test]
fn a_walk_during_changes_neither_repeats_nor_skips_an_unchanged_entry() {
    for list in [
        "/v1/components",
        "/v1/components?sort=-updatedAt",
        "/v1/components?q=cloud",
        "/v1/components?sort=id",
    ] {
        let app = TestApp::own_sample();
        let before: Vec<String> = app.walk(list, 200).iter().flat_map(Answer::slugs).collect();
        let mut touched = BTreeSet::new();
        let mut seen: Vec<String> = Vec::new();
        let mut page = app
            .get(&format!("{list}{}limit=6", if list.contains('?') { '&' } else { '?' }))
            .expect(200);
        let mut step = 0;
        loop {
            seen.extend(page.slugs());
            // Some change, some come, and some go, on both sides of where the walk stands.
            app.clock.advance(1);
            let mut records = Vec::new();
            for at in [step * 5, step * 11 + 3] {
                let slug = &before[at % before.len()];
                let mut record = sample::components()
                    .iter()
                    .find(|c| c["slug"] == **slug)
                    .unwrap()
                    .clone();
                if at % 3 == 0 {
                    record["publication"] = json!("withdrawn");
                } else {
                    record["title"]["de"] = json!(format!("Zz Cloud {step} geändert"));
                }
                if touched.insert(slug.clone()) {
                    records.push(record);
                }
            }
            records.push(super::component(
                &format!("neu-{step}"),
                &format!("Aa neue Cloud {step}"),
            ));
            app.import(&records);
            step += 1;
            assert!(step < 500);
            let Some(next) = page.json()["next"].as_str().map(ToOwned::to_owned) else {
                break;
            };
            page = app.get(&next).expect(200);
        }
        let unchanged = |slug: &&String| !touched.contains(*slug) && !slug.starts_with("neu-");
        let seen: Vec<&String> = seen.iter().filter(unchanged).collect();
        let expected: Vec<&String> = before.iter().filter(unchanged).collect();
        assert!(expected.len() > 3, "{list} {}", before.len());
        assert_eq!(seen, expected, "{list}");
    }
}

#[test]
fn broken_and_foreign_cursors_are_refused() {
    let app = TestApp::sample();
    let next = app.get("/v1/components?limit=5&sort=title").expect(200).json()["next"]
        .as_str()
        .unwrap()
        .to_owned();
    let cursor = next.split("cursor=").nth(1).unwrap();
    let mut flipped = cursor.to_owned().into_bytes();
    flipped[4] = if flipped[4] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let half = &cursor[..cursor.len() / 2];
    for broken in [flipped.as_str(), half, "abc", "!!", "%00", "AAAA", &"A".repeat(5000)] {
        let errors = app
            .get(&format!("/v1/components?limit=5&sort=title&cursor={broken}"))
            .expect(400)
            .errors();
        assert_eq!(errors, ["cursor: invalid_cursor"], "{broken}");
    }
    for foreign in [
        "sort=-title",
        "sort=slug",
        "kind=platform",
        "q=cloud",
        "sort=title,id",
        "sort=title&tags=x",
    ] {
        let path = format!("/v1/components?limit=5&{foreign}&cursor={cursor}");
        let answer = app.get(&path);
        // `title` is completed by `id` anyway: this is the same question.
        if foreign == "sort=title,id" {
            let _same = answer.expect(200);
        } else {
            assert_eq!(answer.expect(400).errors(), ["cursor: invalid_cursor"], "{foreign}");
        }
    }
    app.get(&format!("/v1/organisations?cursor={cursor}")).expect(400);
    app.get(&format!("/v1/components?sort=title&cursor={cursor}&cursor={cursor}"))
        .expect(400);
}
