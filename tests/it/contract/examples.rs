use serde_json::{Value, json};
use tests::contract::{self, Records};
use tests::{TestApp, url};

/// A value as a parameter of a URL.
fn written(example: &Value) -> String {
    match example {
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(","),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn example(parameter: &Value) -> Option<&Value> {
    parameter.get("example").or_else(|| parameter["schema"].get("example"))
}

#[test]
fn every_example_of_a_parameter_is_valid_and_accepted() {
    let app = TestApp::sample();
    let mut replayed = 0;
    for operation in contract::operations().iter().filter(|o| o.method == "GET") {
        let path = operation.example_path();
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
            app.get(&url(&path, &given)).expect(200);
            replayed += 1;
        }
    }
    assert!(replayed > 200, "{replayed}");
}

#[test]
fn every_example_of_a_body_is_valid_and_accepted() {
    let app = TestApp::sample();
    let mut replayed = 0;
    for operation in contract::operations() {
        for content in operation.spec["requestBody"]["content"]
            .as_object()
            .into_iter()
            .flatten()
        {
            let (media_type, content) = content;
            let examples = content["examples"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(_, e)| &e["value"]);
            for body in examples.chain(content.get("example")) {
                contract::validate(&format!("{operation}"), &content["schema"], body, Records::Whole);
                assert_eq!(media_type, "application/json");
                app.post(&operation.example_path(), body).expect(200);
                replayed += 1;
            }
        }
    }
    assert!(replayed > 0);
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
    for path in ["/v1/components", "/v1/organisations"] {
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
