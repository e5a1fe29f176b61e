use serde_json::{Value, json};
use tests::contract::{self, Operation, Records, written};
use tests::{TestApp, Token, access, url};

/// The id of the document's examples, which no catalogue holds.
const NOBODY: &str = "01980c2e-7a00-7000-8000-000000000001";

fn example(parameter: &Value) -> Option<&Value> {
    parameter.get("example").or_else(|| parameter["schema"].get("example"))
}

/// The path of a document's example, with the id of a record that is there.
fn example_path(app: &TestApp, operation: &Operation, change: &str) -> String {
    let path = operation.example_path();
    let about = access::noun(operation).filter(|noun| access::ABOUT.contains(noun));
    match about.filter(|_| path.contains(NOBODY)) {
        Some(noun) => path.replace(NOBODY, &app.get(&format!("/v1/{noun}s?limit=1")).strings("id")[0]),
        None => path.replace(NOBODY, change),
    }
}

#[test]
fn every_example_of_a_parameter_is_valid_and_accepted() {
    let app = TestApp::own_sample();
    let admin = Token::admin().sign();
    let change = access::fresh(&app, "change").key;
    let mut replayed = 0;
    for operation in contract::operations().iter().filter(|o| o.method == "GET") {
        let path = example_path(&app, operation, &change);
        let scoped = !operation.is_public();
        let in_query: Vec<&Value> = operation.parameters().filter(|p| p["in"] == "query").collect();
        let required: Vec<(&str, String)> = in_query
            .iter()
            .filter(|p| p["required"] == true)
            .map(|p| (p["name"].as_str().unwrap(), written(example(p).unwrap())))
            .collect();
        for parameter in in_query {
            let name = parameter["name"].as_str().unwrap();
            let Some(example) = example(parameter) else { continue };
            contract::validate(
                &format!("{operation} {name}"),
                &parameter["schema"],
                example,
                Records::Whole,
            );
            let mut given = required.clone();
            given.retain(|(n, _)| *n != name);
            given.push((name, written(example)));
            let given: Vec<(&str, &str)> = given.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let target = url(&path, &given);
            let answer = if scoped {
                app.acting(&admin).get(&target)
            } else {
                app.get(&target)
            };
            answer.expect(200);
            replayed += 1;
        }
    }
    assert!(replayed > 200, "{replayed}");
}

/// The change that an example of a body is about, in a state that the example can be used in.
fn change_for(app: &TestApp, example: &Value) -> String {
    let change = access::fresh(app, "change").key;
    let is_decision = example["state"].is_string() && example["state"] != "submitted";
    if is_decision {
        let admin = app.acting(&Token::admin().sign()).with("if-match", "*");
        let path = format!("/v1/changes/{change}/state");
        admin.put(&path, &json!({ "state": "submitted" })).expect(200);
    }
    change
}

#[test]
fn every_example_of_a_body_is_valid_and_accepted() {
    let admin = Token::admin().sign();
    let mut replayed = 0;
    for operation in contract::operations() {
        let contents = operation.spec["requestBody"]["content"].as_object();
        let is_form = operation.id() == "createToken";
        for (media_type, content) in contents.into_iter().flatten().filter(|_| !is_form) {
            let examples = content["examples"].as_object();
            let examples = examples.unwrap_or_else(|| panic!("{operation} shows no example"));
            for (name, example) in examples {
                let body = &example["value"];
                contract::validate(&format!("{operation} {name}"), &content["schema"], body, Records::Whole);
                // Each on a catalogue of its own: what one example makes is in the way of the next.
                let app = TestApp::own_sample();
                let mut path = operation.example_path();
                if path.contains(NOBODY) {
                    path = path.replace(NOBODY, &change_for(&app, body));
                }
                let mut acting = app.acting(&admin).with("content-type", media_type);
                if matches!(operation.method, "PUT" | "PATCH") {
                    acting = acting.with("if-match", "*");
                }
                let answer = acting.send(operation.method, &path, body.to_string());
                let what = format!("{operation} {name}: {}", answer.text());
                assert!(matches!(answer.status, 200 | 201), "{what}");
                assert_eq!(answer.json().get("failed").unwrap_or(&json!(0)), 0, "{what}");
                replayed += 1;
            }
        }
    }
    assert!(replayed >= 18, "{replayed}");
}

#[test]
fn every_example_of_an_answer_is_valid() {
    let mut seen = 0;
    for operation in contract::operations() {
        for status in operation.statuses() {
            let response = operation.response(status).unwrap();
            for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                if let Some(example) = content.get("example") {
                    let what = format!("{operation} {status} {media_type}");
                    contract::validate(&what, &content["schema"], example, Records::Whole);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn every_example_of_a_schema_is_valid() {
    fn walk(place: &str, schema: &Value) {
        match schema {
            Value::Object(object) => {
                let is_schema = object.contains_key("type") || object.contains_key("$ref");
                if is_schema && let Some(example) = object.get("example") {
                    let mut schema = object.clone();
                    schema.remove("example");
                    contract::validate(place, &json!(schema), example, Records::Whole);
                }
                object
                    .iter()
                    .filter(|(name, _)| *name != "example")
                    .for_each(|(name, v)| walk(&format!("{place}/{name}"), v));
            }
            Value::Array(items) => items.iter().for_each(|v| walk(place, v)),
            _ => {}
        }
    }
    walk("schemas", &contract::document()["components"]["schemas"]);
}

#[test]
fn every_value_that_a_parameter_lists_is_accepted() {
    let app = TestApp::sample();
    let about = access::ABOUT.map(|noun| format!("/v1/{noun}s"));
    for path in ["/v1/components", "/v1/organisations"]
        .into_iter()
        .chain(about.iter().map(String::as_str))
    {
        let operation = contract::operation("GET", path).unwrap();
        for parameter in operation.parameters() {
            let name = parameter["name"].as_str().unwrap();
            let schema = &parameter["schema"];
            let listed = schema["items"]["enum"].as_array().or(schema["enum"].as_array());
            let Some(listed) = listed.filter(|l| !l.is_empty()) else {
                continue;
            };
            let most = usize::try_from(schema["maxItems"].as_u64().unwrap_or(1)).unwrap();
            // `score` needs a text, and a key may stand only once.
            let values: Vec<String> = listed
                .iter()
                .map(written)
                .filter(|v| !v.starts_with('-') || name != "sort")
                .collect();
            for some in values.chunks(most.min(20)) {
                let joined = some.join(",");
                app.get(&url(path, &[(name, joined.as_str()), ("q", "a"), ("limit", "0")]))
                    .expect(200);
            }
        }
    }
}
