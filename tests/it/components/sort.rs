use serde_json::Value;
use tests::{TestApp, contract};

fn sort_keys() -> Vec<String> {
    let operation = contract::operation("GET", "/v1/components").unwrap();
    let sort = operation.parameters().find(|p| p["name"] == "sort").unwrap();
    let keys = sort["schema"]["items"]["enum"].as_array().unwrap();
    keys.iter().map(|k| k.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_sort_key_orders_the_whole_list_both_ways_with_missing_values_last() {
    let app = TestApp::sample();
    for key in sort_keys()
        .iter()
        .filter(|k| !k.ends_with("score") && !k.starts_with('-'))
    {
        let list = |key: &str| {
            let answer = app
                .query("/v1/components", &[("sort", key), ("limit", "200")])
                .expect(200);
            answer.json()["items"].as_array().unwrap().clone()
        };
        let (up, down) = (list(key), list(&format!("-{key}")));
        assert_eq!(up.len(), down.len());
        let value = |item: &Value| match key.as_str() {
            // Their order is that of a dictionary, or of a code list.
            "title" | "kind" | "lifecycle" => item[key.as_str()].clone(),
            key => item
                .pointer(&format!("/{}", key.replace('.', "/")))
                .cloned()
                .unwrap_or_default(),
        };
        let present = |items: &[Value]| items.iter().take_while(|i| !value(i).is_null()).count();
        let (with, with_too) = (present(&up), present(&down));
        assert_eq!(with, with_too, "{key}");
        assert!(
            up.iter().chain(&down).filter(|i| value(i).is_null()).count() == 2 * (up.len() - with),
            "{key}"
        );
        // Groups of equal values come in the opposite order; within a group, ids ascend.
        let groups = |items: &[Value]| {
            let mut groups: Vec<(Value, Vec<String>)> = Vec::new();
            for item in &items[..with] {
                let id = item["id"].as_str().unwrap().to_owned();
                match groups.last_mut() {
                    Some((v, ids)) if *v == value(item) => ids.push(id),
                    _ => groups.push((value(item), vec![id])),
                }
            }
            groups
        };
        let (mut ups, downs) = (groups(&up), groups(&down));
        assert!(ups.iter().all(|(_, ids)| ids.is_sorted()), "{key}");
        if key == "title" {
            assert_eq!(ups.len(), downs.len());
        } else {
            ups.reverse();
            assert_eq!(ups, downs, "{key}");
        }
        if key.ends_with("On") || key.ends_with("At") || key.ends_with("Since") {
            let texts: Vec<String> = up[..with]
                .iter()
                .map(|i| value(i).as_str().unwrap().to_owned())
                .collect();
            assert!(texts.is_sorted(), "{key}: {texts:?}");
        }
    }
}

#[test]
fn titles_sort_as_in_a_german_dictionary() {
    let records: Vec<Value> = [
        "Öffnung",
        "Ofen",
        "Zebra",
        "öde",
        "Apfel",
        "ähnlich",
        "Straße",
        "Strasse 2",
        "1a",
    ]
    .iter()
    .enumerate()
    .map(|(i, title)| super::component(&format!("c{i}"), title))
    .collect();
    let app = TestApp::with(&records);
    let list = app.get("/v1/components?sort=title&lang=de").expect(200);
    assert_eq!(
        list.strings("title"),
        [
            "1a",
            "ähnlich",
            "Apfel",
            "öde",
            "Ofen",
            "Öffnung",
            "Straße",
            "Strasse 2",
            "Zebra"
        ]
    );
}

#[test]
fn several_sort_keys_decide_one_after_the_other() {
    let app = TestApp::sample();
    let list = app.get("/v1/components?sort=owner,-slug&limit=200").map_or_slugs();
    let mut expected = list.clone();
    expected.sort_by(|(a, s), (b, t)| a.cmp(b).then(t.cmp(s)));
    assert_eq!(list, expected);
}

trait Pairs {
    fn map_or_slugs(self) -> Vec<(String, String)>;
}

impl Pairs for tests::Answer {
    fn map_or_slugs(self) -> Vec<(String, String)> {
        if self.status == 400 {
            // Not every catalogue field is a sort key; the answer names those that are.
            return Vec::new();
        }
        self.strings("owner").into_iter().zip(self.slugs()).collect()
    }
}

#[test]
fn without_a_sort_key_titles_decide_and_with_a_text_the_score() {
    let app = TestApp::sample();
    let ids = |path: &str| app.get(path).expect(200).strings("id");
    assert_eq!(
        ids("/v1/components?limit=200"),
        ids("/v1/components?sort=title&limit=200")
    );
    assert_eq!(
        ids("/v1/components?q=cloud&limit=200"),
        ids("/v1/components?q=cloud&sort=-score&limit=200")
    );
    let mut rising = ids("/v1/components?q=cloud&sort=score,-id&limit=200");
    rising.reverse();
    assert_eq!(rising, ids("/v1/components?q=cloud&limit=200"));
}
