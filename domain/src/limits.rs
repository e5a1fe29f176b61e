//! Limits of documents and requests: one constant each, used by the validation and by the schema.
//! Limits of single fields stand in the field's type (`Line<200>`, `List<Tag, 40>`).

/// Bytes of a JSON request body or of one NDJSON line.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Nesting of arrays and objects in a JSON body.
pub const JSON_DEPTH: usize = 32;
/// Values in a JSON body: each item, each member, each array and object.
pub const JSON_VALUES: usize = 100_000;
/// Bytes of a request's path and query together.
pub const URL_BYTES: usize = 8 * 1024;
/// Characters of the full-text query `q`.
pub const QUERY_CHARS: usize = 500;
/// Values of one filter.
pub const FILTER_VALUES: usize = 200;
/// Filters of one query.
pub const FILTERS: usize = 60;
/// Items of one page at the most.
pub const PAGE_ITEMS: usize = 200;
/// Items of one page where the client names no `limit`.
pub const PAGE_DEFAULT: usize = 50;
/// Facets of one query.
pub const FACETS: usize = 20;
/// Records about an item that are answered with it.
pub const INCLUDED: usize = 50;
/// Records about the items of one page, all together, that are answered with it.
pub const INCLUDED_OF_PAGE: usize = 2000;
/// Values listed of one facet, the most frequent first; selected ones are always listed.
pub const FACET_VALUES: usize = 200;
/// Sort keys of one query.
pub const SORT_KEYS: usize = 4;
/// Characters of a pagination cursor.
pub const CURSOR_CHARS: usize = 4096;
/// Suggestions of one answer at the most.
pub const SUGGESTIONS: usize = 20;
/// Similar components of one answer at the most.
pub const SIMILAR: usize = 50;
/// Bytes of the body of a request about many records.
pub const BATCH_BYTES: usize = 16 * 1024 * 1024;
/// Values in the JSON of a request about many records.
pub const BATCH_VALUES: usize = 500_000;
/// Records of one request about many.
pub const BATCH_ITEMS: usize = 1000;
/// Characters of an idempotency key.
pub const KEY_CHARS: usize = 255;
/// Hours that the answer to a request with an idempotency key is kept.
pub const KEY_HOURS: i64 = 24;
/// Characters of the comment on a write.
pub const COMMENT_CHARS: usize = 500;
/// Records that one rename may rewrite.
pub const RENAME_RECORDS: usize = 10_000;
/// Bodies that the end of a component, or all ends of one commit, are told to.
pub const NOTICES: usize = 20_000;
/// Components and adoptions that are looked at, in all, for the bodies that see more of what an end concerns than others do.
pub const NOTICE_STEPS: usize = 4_000_000;
/// Other records that a dry run lists.
pub const AFFECTED: usize = 200;
