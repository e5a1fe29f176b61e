//! How the operations of every noun below a component are described.

use domain::code_list::CodeList;
use domain::relation::RelationType;
use domain::stored::Document;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Below, Part, PathPart};
use crate::openapi::WritePreview;

/// Address of the records below a component.
pub(crate) fn path_below<T: Below>() -> String {
    format!("/v1/components/{{id}}/{}", T::PLURAL)
}

/// Address of one record.
pub(crate) fn path_of_one<T: Below>() -> String {
    T::PARTS.iter().fold(path_below::<T>(), |mut path, part| {
        path.push_str("/{");
        path.push_str(part.member);
        path.push('}');
        path
    })
}

/// The operations as a document of their own.
pub(super) fn document<T: Below>() -> Value {
    let mut paths = serde_json::Map::new();
    paths.insert(T::PATH.to_owned(), json!({ "get": list::<T>(), "post": create::<T>() }));
    paths.insert(format!("{}/{{id}}", T::PATH), json!({ "get": get_by_id::<T>() }));
    paths.insert(
        path_of_one::<T>(),
        json!({ "get": get::<T>(), "put": put::<T>(), "patch": patch::<T>(), "delete": delete::<T>() }),
    );
    if T::HAS_LIST_BELOW {
        paths.insert(path_below::<T>(), json!({ "get": list_below::<T>() }));
    }
    json!({ "openapi": "3.1.0", "info": { "title": "", "version": "" }, "paths": paths })
}

/// The noun with its article.
fn a<T: Document>() -> String {
    let article = if T::NOUN.starts_with(['a', 'o']) { "an" } else { "a" };
    format!("{article} {}", T::NOUN)
}

/// The noun as it stands in names.
fn name<T: Below>() -> String {
    let mut letters = T::NOUN.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn plural<T: Below>() -> String {
    format!("{}s", name::<T>())
}

/// Name of the schema of a document whose address says a part of it.
pub(crate) fn at_address<T: Below>() -> String {
    format!("{}Below", T::name())
}

/// Name of the schema of what changes of a document.
pub(crate) fn patched(name: &str) -> String {
    format!("{name}Patch")
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn schema<S: ToSchema>() -> Value {
    reference(&S::name())
}

fn answer<S: ToSchema>(description: &str) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema::<S>() } } })
}

fn empty(description: &str) -> Value {
    json!({ "description": description })
}

fn operation<T: Below>(id: &str, summary: &str, description: &str, parameters: &[Value], responses: &Value) -> Value {
    json!({
        "tags": [T::PLURAL],
        "operationId": id,
        "summary": summary,
        "description": description,
        "parameters": parameters,
        "responses": responses,
    })
}

/// The same, for those who may write.
fn writing<T: Below>(mut operation: Value, body: Option<(&str, Value)>) -> Value {
    let Some(members) = operation.as_object_mut() else {
        return operation;
    };
    members.insert("security".to_owned(), json!([{ "bearer": [T::SCOPE.code()] }]));
    if let Some((media_type, content)) = body {
        let body = json!({
            "required": true,
            "description": format!("The {}.", T::NOUN),
            "content": { media_type: content },
        });
        members.insert("requestBody".to_owned(), body);
    }
    operation
}

fn component_parameter<T: Below>() -> Value {
    json!({
        "name": "id", "in": "path", "required": true,
        "description": "Id or slug of the component.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 100 },
        "example": T::EXAMPLE,
    })
}

fn part_parameter(part: &PathPart) -> Value {
    let schema = match part.part {
        Part::RelationType => {
            let types: Vec<String> = RelationType::ALL.iter().map(|one| one.key()).collect();
            json!({ "type": "string", "enum": types })
        }
        Part::Organisation | Part::Component | Part::Name => {
            json!({ "type": "string", "minLength": 1, "maxLength": 100 })
        }
    };
    json!({
        "name": part.member, "in": "path", "required": true,
        "description": part.description, "schema": schema, "example": part.example,
    })
}

fn place<T: Below>() -> Vec<Value> {
    let component = std::iter::once(component_parameter::<T>());
    component.chain(T::PARTS.iter().map(part_parameter)).collect()
}

fn list<T: Below>() -> Value {
    operation::<T>(
        &format!("list{}", plural::<T>()),
        &format!("List {}", T::PLURAL),
        &format!(
            "All {} that the caller may see and that satisfy every filter, of all components, one page at a time, with the \
             same query language as components. {}",
            T::PLURAL,
            T::ABOUT
        ),
        &[],
        &json!({
            "200": answer::<T::List>(&format!("A page of {}.", T::PLURAL)),
            "304": empty("Nothing changed since the answer with this `ETag`."),
        }),
    )
}

fn list_below<T: Below>() -> Value {
    operation::<T>(
        &format!("list{}OfComponent", plural::<T>()),
        &format!("List {} of a component", T::PLURAL),
        &format!(
            "The same as `GET {}?component=`, with all its parameters but `component`. {}",
            T::PATH,
            T::ABOUT
        ),
        &[component_parameter::<T>()],
        &json!({
            "200": answer::<T::List>(&format!("A page of {}.", T::PLURAL)),
            "304": empty("Nothing changed since the answer with this `ETag`."),
            "308": empty("The component was renamed; `Location` is the current address."),
        }),
    )
}

fn get_by_id<T: Below>() -> Value {
    let id = json!({
        "name": "id", "in": "path", "required": true,
        "description": format!("Id or slug of the {}.", T::NOUN),
        "schema": { "type": "string", "minLength": 1, "maxLength": 100 },
        "example": "01980c2e-7a00-7000-8000-000000000001",
    });
    operation::<T>(
        &format!("get{}ById", name::<T>()),
        &format!("Get {} by its id", a::<T>()),
        &format!("One {}, as lists and events name it: by its id.", T::NOUN),
        &[id],
        &json!({
            "200": answer::<T::Record>(&format!("The {}.", T::NOUN)),
            "304": empty("Not changed since the answer with this `ETag`."),
        }),
    )
}

fn get<T: Below>() -> Value {
    operation::<T>(
        &format!("get{}", name::<T>()),
        &format!("Get {}", a::<T>()),
        T::ABOUT,
        &place::<T>(),
        &json!({
            "200": answer::<T::Record>(&format!("The {}.", T::NOUN)),
            "304": empty("Not changed since the answer with this `ETag`."),
            "308": empty("A part of the address was renamed; `Location` is the current address."),
        }),
    )
}

fn create<T: Below>() -> Value {
    let [whole, _] = T::examples();
    let members: Vec<&str> = T::PARTS.iter().map(|part| part.member).collect();
    let operation = operation::<T>(
        &format!("create{}", name::<T>()),
        &format!("Create {}", a::<T>()),
        &format!(
            "A new {}; the document names the component and `{}`. {} Where the component is public, it is published at once, \
             for those whom `visibility` means, unless `publication` is `draft`. With an `Idempotency-Key` the request can be \
             sent again: it works once, and is answered alike for 24 hours.",
            T::NOUN,
            members.join("`, `"),
            T::WRITERS
        ),
        &[],
        &json!({
            "201": answer::<T::Record>(&format!("The {} as it was created.", T::NOUN)),
            "200": answer::<WritePreview>("With `dryRun`: what would have been created."),
            "204": empty("Done; `Prefer: return=minimal` asked for no body. `Location` names what was made."),
        }),
    );
    let mut document = whole.2;
    if let Some(members) = document.as_object_mut() {
        members.insert("component".to_owned(), T::EXAMPLE.into());
        for part in T::PARTS {
            let text = match part.part {
                Part::RelationType => part.new_example.replace('-', "_"),
                _ => part.new_example.to_owned(),
            };
            members.insert(part.member.to_owned(), text.into());
        }
    }
    writing::<T>(
        operation,
        Some((
            "application/json",
            json!({
                "schema": schema::<T>(),
                "examples": { whole.0: { "summary": whole.1, "value": document } },
            }),
        )),
    )
}

fn put<T: Below>() -> Value {
    let [whole, _] = T::examples();
    let operation = operation::<T>(
        &format!("put{}", name::<T>()),
        &format!("Replace or create {}", a::<T>()),
        &format!(
            "With `If-Match`, the whole document takes the place of the present one; what is left out is removed. With \
             `If-None-Match: *`, the {} is created here. What the address says may be left out of the document. {}",
            T::NOUN,
            T::WRITERS
        ),
        &place::<T>(),
        &json!({
            "200": answer::<T::Written>(&format!("The {} as it is now; with `dryRun`, as it would be.", T::NOUN)),
            "201": answer::<T::Record>(&format!("The {} as it was created.", T::NOUN)),
            "204": empty("Done; `Prefer: return=minimal` asked for no body."),
            "308": empty("A part of the address was renamed; `Location` is the current address."),
        }),
    );
    writing::<T>(
        operation,
        Some((
            "application/json",
            json!({
                "schema": reference(&at_address::<T>()),
                "examples": { whole.0: { "summary": whole.1, "value": whole.2 } },
            }),
        )),
    )
}

fn patch<T: Below>() -> Value {
    let [_, patch] = T::examples();
    let operation = operation::<T>(
        &format!("patch{}", name::<T>()),
        &format!("Change {}", a::<T>()),
        &format!(
            "A merge patch (RFC 7396): members that are named take the place of the present ones, null removes one, lists are \
             replaced whole. {}",
            T::WRITERS
        ),
        &place::<T>(),
        &json!({
            "200": answer::<T::Written>(&format!("The {} as it is now; with `dryRun`, as it would be.", T::NOUN)),
            "204": empty("Done; `Prefer: return=minimal` asked for no body."),
            "308": empty("A part of the address was renamed; `Location` is the current address."),
        }),
    );
    writing::<T>(
        operation,
        Some((
            "application/merge-patch+json",
            json!({
                "schema": reference(&patched(&T::name())),
                "examples": { patch.0: { "summary": patch.1, "value": patch.2 } },
            }),
        )),
    )
}

fn delete<T: Below>() -> Value {
    let mut parameters = place::<T>();
    parameters.push(json!({
        "name": "purge", "in": "query", "required": false,
        "description": "Remove the record with its history.",
        "schema": { "type": "boolean" }, "example": false,
    }));
    let operation = operation::<T>(
        &format!("delete{}", name::<T>()),
        &format!("Withdraw {}", a::<T>()),
        &format!(
            "The {} leaves the lists; its address answers 410 with a tombstone, and its history stays. It can be published \
             again. `purge=true` removes it with its history for good and needs the scope `admin`; the log keeps that this \
             happened.",
            T::NOUN
        ),
        &parameters,
        &json!({
            "200": answer::<WritePreview>("With `dryRun`: what would happen."),
            "204": empty("Done."),
            "308": empty("A part of the address was renamed; `Location` is the current address."),
        }),
    );
    writing::<T>(operation, None)
}
