//! What the service answered.

use std::collections::BTreeMap;
use std::io::Read;

use serde_json::Value;

/// An answer whose form was held against the OpenAPI document.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers by their names in lower case; repeated ones are joined with commas.
    pub headers: BTreeMap<String, String>,
    /// The body as it came over the wire.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header, or the empty string.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(&name.to_ascii_lowercase()).map_or("", String::as_str)
    }

    /// The media type without its parameters.
    pub fn media_type(&self) -> &str {
        self.header("content-type").split(';').next().unwrap().trim()
    }

    /// The body without its content coding.
    pub fn decoded(&self) -> Vec<u8> {
        let mut plain = Vec::new();
        match self.header("content-encoding") {
            "" | "identity" => plain.clone_from(&self.body),
            "gzip" => {
                flate2::read::GzDecoder::new(&*self.body)
                    .read_to_end(&mut plain)
                    .unwrap();
            }
            "br" => {
                brotli_decompressor::Decompressor::new(&*self.body, 4096)
                    .read_to_end(&mut plain)
                    .unwrap();
            }
            "zstd" => plain = zstd::stream::decode_all(&*self.body).unwrap(),
            other => panic!("unknown coding {other}"),
        }
        plain
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.decoded()).expect("answers are UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.decoded()).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Fails unless the status is this one.
    #[allow(clippy::return_self_not_must_use, reason = "often the status is all that matters")]
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The slugs of the items of a list, in order.
    pub fn slugs(&self) -> Vec<String> {
        self.strings("slug")
    }

    /// A member of each of the items of a list, in order.
    pub fn strings(&self, member: &str) -> Vec<String> {
        let json = self.json();
        let items = json["items"].as_array().unwrap_or_else(|| panic!("no list: {json}"));
        items
            .iter()
            .map(|item| item[member].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Exact number of entries that satisfy the query of a list.
    pub fn total(&self) -> u64 {
        self.json()["total"].as_u64().expect("lists have a total")
    }

    /// `parameter or pointer: code` of all that is wrong, sorted.
    pub fn errors(&self) -> Vec<String> {
        let json = self.json();
        let mut errors: Vec<String> = json["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("no errors: {json}"))
            .iter()
            .map(|e| {
                let place = e["parameter"].as_str().or(e["pointer"].as_str()).unwrap();
                format!("{place}: {}", e["code"].as_str().unwrap())
            })
            .collect();
        errors.sort();
        errors
    }
}
