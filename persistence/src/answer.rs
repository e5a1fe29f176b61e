//! Kept answers as rows: what makes a request that is sent twice work once.

use diesel::prelude::*;
use domain::store::{KeptAnswer, StoreError, Write};
use domain::values::Timestamp;

use crate::db::{Conn, on_each};
use crate::error::Failure;
use crate::schema::kept_answers;

/// A row as it is read.
#[derive(Queryable)]
pub(crate) struct AnswerRow {
    client: String,
    key: String,
    fingerprint: String,
    status: i32,
    location: Option<String>,
    etag: Option<String>,
    body: String,
    _about: String,
    _kept_at: i64,
}

impl TryFrom<AnswerRow> for KeptAnswer {
    type Error = StoreError;

    fn try_from(row: AnswerRow) -> Result<Self, StoreError> {
        let status = u16::try_from(row.status)
            .map_err(|_| StoreError::Corrupt(format!("kept_answers, {}: the status is none", row.key)))?;
        Ok(Self {
            client: row.client,
            key: row.key,
            fingerprint: row.fingerprint,
            status,
            location: row.location,
            etag: row.etag,
            body: row.body.into_boxed_str(),
        })
    }
}

/// A row as it is written.
#[derive(Insertable)]
#[diesel(table_name = kept_answers, treat_none_as_default_value = false)]
struct NewAnswer<'a> {
    client: &'a str,
    key: &'a str,
    fingerprint: &'a str,
    status: i32,
    location: Option<&'a str>,
    etag: Option<&'a str>,
    body: &'a str,
    about: String,
    kept_at: i64,
}

/// Refuses what SQLite would keep and PostgreSQL would not.
pub(crate) fn check(answer: &KeptAnswer) -> Result<(), StoreError> {
    let texts = [&answer.client, &answer.key, &answer.fingerprint];
    let texts = texts.into_iter().chain(&answer.location).chain(&answer.etag);
    if answer.body.contains('\0') || texts.into_iter().any(|text| text.contains('\0')) {
        return Err(StoreError::Refused(
            "the answer to keep holds a NUL character".to_owned(),
        ));
    }
    Ok(())
}

/// Keeps an answer with the writes that it tells of.
pub(crate) fn keep(c: &mut Conn, answer: &KeptAnswer, writes: &[Write], now: Timestamp) -> Result<(), Failure> {
    let mut ids: Vec<String> = writes.iter().map(|write| write.record.id.to_string()).collect();
    ids.sort_unstable();
    ids.dedup();
    let row = NewAnswer {
        client: &answer.client,
        key: &answer.key,
        fingerprint: &answer.fingerprint,
        status: i32::from(answer.status),
        location: answer.location.as_deref(),
        etag: answer.etag.as_deref(),
        body: &answer.body,
        about: ids.join(" "),
        kept_at: now.micros(),
    };
    // A conflict is no error to PostgreSQL, also where the other transaction commits only now.
    let kept = on_each!(c, c => diesel::insert_into(kept_answers::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if kept == 0 {
        Err(StoreError::Repeated.into())
    } else {
        Ok(())
    }
}

/// The answer under a client's key.
pub(crate) fn one(c: &mut Conn, client: &str, key: &str) -> QueryResult<Option<AnswerRow>> {
    kept_answers::table
        .filter(kept_answers::client.eq(client).and(kept_answers::key.eq(key)))
        .first(c)
        .optional()
}

/// Removes the answers that were kept before a moment.
pub(crate) fn forget(c: &mut Conn, before: Timestamp) -> QueryResult<usize> {
    diesel::delete(kept_answers::table.filter(kept_answers::kept_at.lt(before.micros()))).execute(c)
}

/// Removes the answers about a record, but for `own`: of requests that wrote it, and of those that wrote nothing and
/// name it.
pub(crate) fn forget_about(c: &mut Conn, id: &str, own: Option<&KeptAnswer>) -> QueryResult<()> {
    let names_it = format!("%{id}%");
    let wrote = kept_answers::about.like(&names_it);
    let told = kept_answers::about.eq("").and(kept_answers::body.like(&names_it));
    let (client, key) = own.map_or(("", ""), |own| (own.client.as_str(), own.key.as_str()));
    let others = kept_answers::client.ne(client).or(kept_answers::key.ne(key));
    diesel::delete(kept_answers::table.filter(others).filter(wrote.or(told))).execute(c)?;
    Ok(())
}
