//! From the events of the parser to the tree.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{Document, Duplicate, Entry, MAX_DEPTH, MAX_NODES, MAX_TEXT, Node, Place, Refusal, Scalar, Value};

/// A list or a map that is not closed yet.
struct Frame {
    place: Place,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        seen: HashSet<String>,
        key: Option<(String, Place)>,
        merged: Vec<Node>,
    },
}

#[derive(Default)]
struct Builder {
    frames: Vec<Frame>,
    root: Option<Node>,
    duplicates: Vec<Duplicate>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    text: usize,
}

/// Reads the one document of a text.
pub(super) fn document(text: &str) -> Result<Document, Refusal> {
    let mut options = Options::default();
    options.block_nesting_limit = MAX_DEPTH * 2;
    options.flow_nesting_limit = MAX_DEPTH * 2;
    let mut builder = Builder::default();
    let mut documents = 0;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| syntax(&error))?;
        let place = start(&span);
        match event {
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    let detail = "the file holds more than one YAML document; keep only one.";
                    return refuse("several_documents", place, detail);
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                builder.scalar(text, style, anchor, tag.as_deref(), place)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                known_tag(tag.as_deref(), place)?;
                builder.open(anchor, place, Content::List(Vec::new()))?;
            }
            Event::MappingStart(_, anchor, tag) => {
                known_tag(tag.as_deref(), place)?;
                let map = Content::Map {
                    entries: vec![],
                    seen: HashSet::new(),
                    key: None,
                    merged: vec![],
                };
                builder.open(anchor, place, map)?;
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close()?,
            Event::Alias(anchor) => builder.alias(anchor, place)?,
            _ => {}
        }
    }
    Ok(Document {
        root: builder.root.filter(|root| !root.is_null()),
        duplicates: builder.duplicates,
    })
}

impl Builder {
    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        place: Place,
    ) -> Result<(), Refusal> {
        let plain = style == ScalarStyle::Plain;
        let plain = match known_tag(tag, place)? {
            Some("str") => false,
            Some(_) => true,
            None => plain,
        };
        self.spend(1, text.len(), place)?;
        let node = Node {
            place,
            value: Value::Scalar(Scalar {
                text: text.into_owned(),
                plain,
            }),
        };
        self.add(node, anchor)
    }

    fn open(&mut self, anchor: usize, place: Place, content: Content) -> Result<(), Refusal> {
        if self.frames.len() >= MAX_DEPTH {
            return refuse(
                "too_deep",
                place,
                format!("the file is nested more than {MAX_DEPTH} levels deep."),
            );
        }
        if matches!(
            self.frames.last(),
            Some(Frame {
                content: Content::Map { key: None, .. },
                ..
            })
        ) {
            return refuse("key_not_text", place, "a key must be a text, not a list or a map.");
        }
        self.spend(1, 0, place)?;
        self.frames.push(Frame { place, anchor, content });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Refusal> {
        let Some(Frame { place, anchor, content }) = self.frames.pop() else {
            return Ok(());
        };
        let value = match content {
            Content::List(items) => Value::List(items),
            Content::Map {
                entries, seen, merged, ..
            } => Value::Map(merge(entries, seen, merged)?),
        };
        self.add(Node { place, value }, anchor)
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<(), Refusal> {
        let Some(node) = self.anchors.get(&anchor) else {
            return refuse("alias", place, "the alias stands inside the value that it names.");
        };
        let node = Node { place, ..node.clone() };
        let (nodes, text) = weight(&node);
        self.spend(nodes, text, place)?;
        self.add(node, 0)
    }

    /// Puts a finished node into the list or map that is open.
    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Refusal> {
        if anchor != 0 {
            let (nodes, text) = weight(&node);
            self.spend(nodes, text, node.place)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.frames.last_mut().map(|frame| &mut frame.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map {
                entries,
                seen,
                key,
                merged,
            }) => match key.take() {
                None => match node.value {
                    Value::Scalar(scalar) => *key = Some((scalar.text, node.place)),
                    _ => return refuse("key_not_text", node.place, "a key must be a text, not a list or a map."),
                },
                Some((name, _)) if name == "<<" => match node.value {
                    Value::List(items) => merged.extend(items),
                    _ => merged.push(node),
                },
                Some((name, place)) => {
                    if seen.insert(name.clone()) {
                        entries.push(Entry { key: name, place, node });
                    } else {
                        self.duplicates.push(Duplicate { key: name, place });
                    }
                }
            },
        }
        Ok(())
    }

    fn spend(&mut self, nodes: usize, text: usize, place: Place) -> Result<(), Refusal> {
        self.nodes += nodes;
        self.text += text;
        if self.nodes > MAX_NODES || self.text > MAX_TEXT {
            return refuse(
                "too_large",
                place,
                "the file holds too many values, or its aliases expand to too many.",
            );
        }
        Ok(())
    }
}

/// Adds the keys of merged maps that the map does not have itself; the first of several wins.
fn merge(mut entries: Vec<Entry>, mut seen: HashSet<String>, merged: Vec<Node>) -> Result<Vec<Entry>, Refusal> {
    for node in merged {
        let Value::Map(others) = node.value else {
            return refuse("merge_key", node.place, "‘<<’ must name a map or a list of maps.");
        };
        for entry in others {
            if seen.insert(entry.key.clone()) {
                entries.push(entry);
            }
        }
    }
    Ok(entries)
}

/// How many nodes and bytes of text a tree has.
fn weight(node: &Node) -> (usize, usize) {
    let children: Vec<(usize, usize)> = match &node.value {
        Value::Scalar(scalar) => vec![(0, scalar.text.len())],
        Value::List(items) => items.iter().map(weight).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|entry| {
                let (nodes, text) = weight(&entry.node);
                (nodes + 1, text + entry.key.len())
            })
            .collect(),
    };
    children
        .into_iter()
        .fold((1, 0), |sum, child| (sum.0 + child.0, sum.1 + child.1))
}

/// The name of a tag of the core schema; any other tag is refused, because it asks for more than data.
fn known_tag(tag: Option<&Tag>, place: Place) -> Result<Option<&str>, Refusal> {
    match tag {
        None => Ok(None),
        Some(tag) if tag.suffix().is_empty() => Ok(Some("str")),
        Some(tag) => {
            let detail = || {
                format!(
                    "the tag {} is not supported; remove it.",
                    crate::problem::quoted(&tag.original())
                )
            };
            tag.core_suffix().map(Some).ok_or_else(|| Refusal {
                code: "tag",
                place,
                detail: detail(),
            })
        }
    }
}

fn start(span: &Span) -> Place {
    place(&span.start)
}

fn place(marker: &Marker) -> Place {
    Place {
        line: marker.line().max(1),
        column: marker.col() + 1,
    }
}

fn syntax(error: &ScanError) -> Refusal {
    let detail = format!("the file is not valid YAML: {}.", error.info().trim_end_matches('.'));
    Refusal {
        code: "yaml_syntax",
        place: place(error.marker()),
        detail,
    }
}

fn refuse<T>(code: &'static str, place: Place, detail: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        code,
        place,
        detail: detail.into(),
    })
}
