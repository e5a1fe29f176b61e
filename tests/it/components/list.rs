use serde_json::{Value, json};
use tests::{TestApp, sample, url};

#[test]
fn a_list_answers_pages_totals_and_the_last_event() {
    let app = TestApp::sample();
    let list = app.get("/v1/components").expect(200).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 50);
    assert_eq!(list["total"], sample::components().len());
    assert_eq!(list["asOf"], sample::len());
    assert!(list["next"].is_string());
    assert_eq!(list["prev"], Value::Null);
}

#[test]
fn every_record_of_the_sample_is_answered_as_it_stands_in_the_file() {
    let app = TestApp::sample();
    let list = app.get("/v1/components?limit=200").expect(200).json();
    for written in sample::components() {
        let items = list["items"].as_array().unwrap();
        let read = items.iter().find(|i| i["slug"] == written["slug"]).unwrap();
        for (name, value) in written.as_object().unwrap() {
            assert_eq!(&read[name], value, "{} {name}", written["slug"]);
        }
        assert_eq!(read["revision"], 1);
        assert_eq!(read["publication"], "published");
        assert_eq!(read["createdAt"], read["updatedAt"]);
    }
}

#[test]
fn limits_from_0_to_200_are_kept_exactly() {
    let app = TestApp::sample();
    let total = sample::components().len();
    for limit in [0, 1, 2, 49, 50, 199, 200] {
        let list = app.get(&format!("/v1/components?limit={limit}")).expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), limit.min(total));
        assert_eq!(list["total"], total);
        assert_eq!(list["next"].is_string(), limit > 0 && limit < total, "{limit}");
    }
    for limit in ["201", "-1", "+1", "1.0", "", "a", "99999999999999999999", "1,2", " 1"] {
        let errors = app.query("/v1/components", &[("limit", limit)]).expect(400).errors();
        assert!(errors[0].starts_with("limit: "), "{limit}: {errors:?}");
    }
}

#[test]
fn the_links_of_the_header_are_those_of_the_body() {
    let app = TestApp::sample();
    let first = app.get("/v1/components?limit=100&kind.not=platform").expect(200);
    let next = first.json()["next"].as_str().unwrap().to_owned();
    assert_eq!(first.header("link"), format!("<{next}>; rel=\"next\""));
    assert!(
        next.contains("kind.not=platform") && next.contains("limit=100"),
        "{next}"
    );
    let second = app.get(&next).expect(200);
    let prev = second.json()["prev"].as_str().unwrap().to_owned();
    assert!(second.header("link").contains(&format!("<{prev}>; rel=\"prev\"")));
}

#[test]
fn fields_answers_only_these_members_in_their_usual_form() {
    let app = TestApp::sample();
    let list = app
        .get("/v1/components?fields=title,id,owner&limit=3")
        .expect(200)
        .json();
    for item in list["items"].as_array().unwrap() {
        let names: Vec<&String> = item.as_object().unwrap().keys().collect();
        assert_eq!(names, ["id", "title", "owner"]);
        assert!(item["title"]["de"].is_string());
    }
}

#[test]
fn every_member_can_be_asked_for_alone() {
    let app = TestApp::sample();
    let parameters = tests::contract::operation("GET", "/v1/components").unwrap();
    let fields = parameters.parameters().find(|p| p["name"] == "fields").unwrap();
    for name in fields["schema"]["items"]["enum"].as_array().unwrap() {
        let name = name.as_str().unwrap();
        let list = app
            .query("/v1/components", &[("fields", name), ("limit", "200")])
            .expect(200)
            .json();
        for item in list["items"].as_array().unwrap() {
            assert!(item.as_object().unwrap().keys().all(|k| k == name), "{name}: {item}");
        }
    }
}

#[test]
fn lang_answers_every_text_as_a_plain_string_in_the_best_language() {
    fn no_texts_per_language(value: &Value, at: &str) {
        if let Value::Object(object) = value {
            assert!(
                !object.contains_key("de") && !object.contains_key("en"),
                "{at}: {value}"
            );
            object.iter().for_each(|(k, v)| no_texts_per_language(v, k));
        } else if let Value::Array(items) = value {
            for item in items {
                no_texts_per_language(item, at);
            }
        }
    }
    let app = TestApp::sample();
    for language in ["de", "en", "en-GB", "fr", "nds"] {
        let path = url(
            "/v1/components",
            &[("lang", language), ("limit", "200"), ("facets", "kind,owner,lifecycle")],
        );
        let list = app.get(&path).expect(200);
        assert_eq!(list.header("content-language"), language);
        no_texts_per_language(&list.json()["items"], language);
        no_texts_per_language(&list.json()["facets"], language);
    }
    let title = |language: &str| {
        let path = format!("/v1/components?slug=3-laender-cert-kooperation&lang={language}");
        app.get(&path).expect(200).json()["items"][0]["title"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(title("de"), "3-Länder-CERT-Kooperation");
    assert_eq!(title("en-GB"), "Three-state CERT cooperation");
    assert_eq!(title("fr"), "3-Länder-CERT-Kooperation");
}

#[test]
fn everything_that_is_wrong_with_a_query_is_named_at_once() {
    let app = TestApp::sample();
    let path = "/v1/components?kind=platfrom&kidn=x&limit=9999&sort=nothing,title,-title&facets=kind,kind,q&fields=nix&\
                lang=%21&updatedAt.gte=gestern&updatedAt.lte=2026-13-01&tags.exists=maybe&owner=A%20B&limit=3&q=x&q=y&\
                licence.gte=1&title=Cloud&cursor=abc";
    let answer = app.get(path).expect(400);
    let errors = answer.errors();
    for expected in [
        "kind: unknown_value",
        "kidn: unknown_parameter",
        "limit: out_of_range",
        "limit: repeated",
        "sort: unknown_value",
        "sort: repeated",
        "facets: repeated",
        "facets: unknown_value",
        "fields: unknown_value",
        "q: repeated",
        "tags.exists: invalid_flag",
        "licence.gte: unknown_parameter",
        "title: unknown_parameter",
    ] {
        assert!(errors.contains(&expected.to_owned()), "{expected} not in {errors:#?}");
    }
    for place in ["lang", "updatedAt.gte", "updatedAt.lte", "owner"] {
        assert!(
            errors.iter().any(|e| e.starts_with(&format!("{place}: "))),
            "{place} not in {errors:#?}"
        );
    }
    assert!(answer.text().contains("Did you mean `platform`?"));
    assert!(answer.text().contains("Did you mean `kind`?"));
}

#[test]
fn contradictory_filters_are_refused() {
    let app = TestApp::sample();
    for query in [
        "lifecycle=productive&lifecycle.exists=false",
        "updatedAt.gte=2026-02-01&updatedAt.lte=2026-01-01",
        "kind=platform&kind.not=platform",
        "sort=score",
        "sort=-score",
    ] {
        let errors = app.get(&format!("/v1/components?{query}")).expect(400).errors();
        assert!(
            errors.iter().all(|e| e.ends_with(": contradiction")),
            "{query}: {errors:?}"
        );
    }
}

#[test]
fn too_many_parameters_or_values_are_refused() {
    let app = TestApp::sample();
    let many: Vec<String> = (0..61).map(|i| format!("x{i}=1")).collect();
    app.get(&format!("/v1/components?{}", many.join("&"))).expect(400);
    let values: Vec<String> = (0..201).map(|i| format!("t{i}")).collect();
    let errors = app
        .get(&format!("/v1/components?tags={}", values.join(",")))
        .expect(400)
        .errors();
    assert_eq!(errors, ["tags: too_many"]);
}

#[test]
fn a_list_is_not_sent_again_while_nothing_changed() {
    let app = TestApp::own_sample();
    let path = "/v1/components?limit=3&facets=kind";
    let first = app.get(path).expect(200);
    let tag = first.header("etag").to_owned();
    let same = app.get_with(path, &[("if-none-match", &tag)]).expect(304);
    assert_eq!(same.header("etag"), tag);
    // Another question has another tag, even as of the same event.
    app.get_with("/v1/components?limit=4&facets=kind", &[("if-none-match", &tag)])
        .expect(200);
    for other in [
        "limit=4",
        "limit=3&lang=de",
        "limit=3&fields=id",
        "limit=3&facets=kind,owner",
        "limit=3",
    ] {
        assert_ne!(
            app.get(&format!("/v1/components?{other}")).header("etag"),
            tag,
            "{other}"
        );
    }
    app.import(&[super::component("neu", "Neu")]);
    let changed = app.get_with(path, &[("if-none-match", &tag)]).expect(200);
    assert_ne!(changed.header("etag"), tag);
    let as_of = |a: &tests::Answer| a.json()["asOf"].as_i64().unwrap();
    assert_eq!(as_of(&changed), as_of(&first) + 1);
    assert_eq!(changed.total(), first.total() + 1);
}

#[test]
fn an_empty_catalogue_answers_an_empty_list() {
    let app = TestApp::empty();
    let list = app.get("/v1/components?facets=kind&q=cloud").expect(200).json();
    assert_eq!(list["items"], json!([]));
    assert_eq!(list["total"], 0);
    assert_eq!(list["next"], Value::Null);
    assert_eq!(list["asOf"], 0);
}
