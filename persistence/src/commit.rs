//! The one way to write: records, their earlier slugs, and the log, in one transaction.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use domain::code_list::CodeList;
use domain::event::{EventType, Origin, Sequence};
use domain::id::Id;
use domain::store::{Expected, KeptAnswer, StoreError, Write};
use domain::values::{Revision, Slug, Timestamp};

use crate::answer;
use crate::db::{Conn, on_each};
use crate::error::Failure;
use crate::event::{self, NewEvent};
use crate::record::{CHUNK, NewRecord};
use crate::schema::{events, feed_head, records, slugs};

/// Writes of one kind about different records, each with its position in the commit.
type Run<'a> = Vec<(usize, &'a Write)>;

/// Revision and slug of the records that are there.
type Found<'a> = HashMap<(&'a str, Id), (i64, String)>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Insert,
    Update,
    Purge,
}

/// Applies `writes` within a transaction, logs them and keeps the answer; answers the sequence of the last event.
pub(crate) fn apply(
    c: &mut Conn,
    writes: &[Write],
    origin: &Origin,
    now: Timestamp,
    answer: Option<&KeptAnswer>,
) -> Result<Sequence, Failure> {
    if let Some(answer) = answer {
        // First of all: who repeats a request shall hear that, and not that its own effect stands in the way. Whoever
        // sends the same key meanwhile waits here.
        answer::keep(c, answer, writes, now)?;
    }
    if writes.is_empty() {
        return Ok(Sequence(event::head(c)?));
    }
    for (kind, run) in runs(writes) {
        match kind {
            Kind::Insert => insert(c, &run)?,
            Kind::Update => update(c, &run)?,
            Kind::Purge => purge(c, &run, answer)?,
        }
    }
    log(c, writes, origin, now)
}

/// Refuses what is a fault of the caller, whatever the database holds.
pub(crate) fn check(writes: &[Write], origin: &Origin, answer: Option<&KeptAnswer>) -> Result<(), StoreError> {
    let refuse = |index: usize, why: &str| Err(StoreError::Refused(format!("write {index}: {why}")));
    for (index, write) in writes.iter().enumerate() {
        // SQLite would keep it and PostgreSQL would not.
        if write.record.document.contains('\0') {
            return refuse(index, "the document holds a NUL character");
        }
        match write.expected {
            Expected::Absent if write.event_type == EventType::Purged => {
                return refuse(index, "what is purged must be there before");
            }
            Expected::Revision(expected) if write.record.revision <= expected => {
                return refuse(index, "the revision must grow");
            }
            _ => {}
        }
    }
    let said = [&origin.actor, &origin.token_id, &origin.request_id, &origin.comment];
    if said.into_iter().flatten().any(|text| text.contains('\0')) {
        return Err(StoreError::Refused("the origin holds a NUL character".to_owned()));
    }
    answer.map_or(Ok(()), answer::check)
}

/// Cuts the writes, in their order, into runs that one statement each can make.
fn runs(writes: &[Write]) -> Vec<(Kind, Run<'_>)> {
    let mut runs: Vec<(Kind, Run<'_>)> = Vec::new();
    let mut seen: HashSet<(&str, Id)> = HashSet::new();
    for (index, write) in writes.iter().enumerate() {
        let kind = match (write.event_type, write.expected) {
            (EventType::Purged, _) => Kind::Purge,
            (_, Expected::Absent) => Kind::Insert,
            (_, Expected::Revision(_)) => Kind::Update,
        };
        let record = (write.noun, write.record.id);
        match runs.last_mut() {
            Some((last, run)) if *last == kind && run.len() < CHUNK && !seen.contains(&record) => {
                run.push((index, write));
            }
            _ => {
                seen.clear();
                runs.push((kind, vec![(index, write)]));
            }
        }
        seen.insert(record);
    }
    runs
}

fn insert(c: &mut Conn, run: &Run<'_>) -> Result<(), Failure> {
    let rows: Vec<NewRecord<'_>> = run.iter().map(|(_, write)| NewRecord::from(*write)).collect();
    let written: Vec<(String, String)> = on_each!(c, c => diesel::insert_into(records::table)
        .values(&rows)
        .on_conflict_do_nothing()
        .returning((records::noun, records::id))
        .get_results(c))?;
    if let Some(index) = first_missing(run, &written) {
        return Err(StoreError::Taken { index }.into());
    }
    refuse_earlier_slugs(c, run)
}

/// Position of the first write of which the database did not answer that it was made.
fn first_missing(run: &Run<'_>, written: &[(String, String)]) -> Option<usize> {
    if written.len() == run.len() {
        return None;
    }
    let written: HashSet<(&str, &str)> = written.iter().map(|(noun, id)| (noun.as_str(), id.as_str())).collect();
    run.iter()
        .find(|(_, write)| !written.contains(&(write.noun, write.record.id.to_string().as_str())))
        .map(|(index, _)| *index)
}

/// Refuses slugs that other records had before. Asked after the slugs were taken: then nobody else can give them away.
fn refuse_earlier_slugs(c: &mut Conn, run: &[(usize, &Write)]) -> Result<(), Failure> {
    let claimed: Vec<&str> = run.iter().map(|(_, write)| write.record.slug.as_str()).collect();
    let earlier: Vec<(String, String, String)> = slugs::table.filter(slugs::slug.eq_any(claimed)).load(c)?;
    if earlier.is_empty() {
        return Ok(());
    }
    let owners: HashMap<(&str, &str), &str> = earlier
        .iter()
        .map(|(noun, slug, id)| ((noun.as_str(), slug.as_str()), id.as_str()))
        .collect();
    for (index, write) in run {
        let owner = owners.get(&(write.noun, write.record.slug.as_str()));
        if owner.is_some_and(|id| *id != write.record.id.to_string()) {
            return Err(StoreError::Taken { index: *index }.into());
        }
    }
    Ok(())
}

fn update(c: &mut Conn, run: &Run<'_>) -> Result<(), Failure> {
    let found = look(c, run)?;
    refuse_stale(run, &found)?;
    let renamed: Vec<(usize, &Write, &str)> = run
        .iter()
        .filter_map(|(index, write)| {
            let (_, slug) = found.get(&(write.noun, write.record.id))?;
            (slug != write.record.slug.as_str()).then_some((*index, *write, slug.as_str()))
        })
        .collect();
    refuse_held_slugs(c, &renamed)?;
    for (_, write, old) in &renamed {
        rename(c, write, old)?;
    }
    let written = match c {
        Conn::Sqlite(c) => update_each(c, run)?,
        Conn::Postgres(c) => update_together(c, run)?,
    };
    if first_missing(run, &written).is_some() {
        // Another transaction came between: look once more, and say what is there now.
        let found = look(c, run)?;
        refuse_stale(run, &found)?;
        return Err(StoreError::Unavailable("a record changed twice meanwhile".to_owned()).into());
    }
    let renamed: Vec<(usize, &Write)> = renamed.iter().map(|(index, write, _)| (*index, *write)).collect();
    if renamed.is_empty() {
        Ok(())
    } else {
        refuse_earlier_slugs(c, &renamed)
    }
}

/// What is there of the records that a run is about.
fn look<'a>(c: &mut Conn, run: &Run<'a>) -> Result<Found<'a>, Failure> {
    let mut found = HashMap::with_capacity(run.len());
    let mut nouns: Vec<&'a str> = run.iter().map(|(_, write)| write.noun).collect();
    nouns.sort_unstable();
    nouns.dedup();
    for noun in nouns {
        let of_noun = run.iter().filter(|(_, write)| write.noun == noun);
        let ids: Vec<String> = of_noun.map(|(_, write)| write.record.id.to_string()).collect();
        let rows: Vec<(String, i64, String)> = records::table
            .filter(records::noun.eq(noun).and(records::id.eq_any(ids)))
            .select((records::id, records::revision, records::slug))
            .load(c)?;
        for (id, revision, slug) in rows {
            let id = id
                .parse()
                .map_err(|_| StoreError::Corrupt(format!("records, {noun} {id}: the id is none")))?;
            found.insert((noun, id), (revision, slug));
        }
    }
    Ok(found)
}

fn refuse_stale(run: &Run<'_>, found: &Found<'_>) -> Result<(), StoreError> {
    for (index, write) in run {
        let current = found
            .get(&(write.noun, write.record.id))
            .map(|(revision, _)| Revision(*revision));
        if current.map(Expected::Revision) != Some(write.expected) {
            return Err(StoreError::Stale { index: *index, current });
        }
    }
    Ok(())
}

/// Refuses new slugs that another record has now, or that two writes of the run claim.
fn refuse_held_slugs(c: &mut Conn, renamed: &[(usize, &Write, &str)]) -> Result<(), Failure> {
    if renamed.is_empty() {
        return Ok(());
    }
    let claimed: Vec<&str> = renamed.iter().map(|(_, write, _)| write.record.slug.as_str()).collect();
    let mut held: HashSet<(String, String)> = records::table
        .filter(records::slug.eq_any(claimed))
        .select((records::noun, records::slug))
        .load(c)?
        .into_iter()
        .collect();
    for (index, write, _) in renamed {
        if !held.insert((write.noun.to_owned(), write.record.slug.to_string())) {
            return Err(StoreError::Taken { index: *index }.into());
        }
    }
    Ok(())
}

/// Keeps the old slug for the record; where the new one was its own before, it is current again.
fn rename(c: &mut Conn, write: &Write, old: &str) -> QueryResult<()> {
    let id = write.record.id.to_string();
    let own = slugs::noun
        .eq(write.noun)
        .and(slugs::slug.eq(write.record.slug.as_str()))
        .and(slugs::id.eq(&id));
    diesel::delete(slugs::table.filter(own)).execute(c)?;
    diesel::insert_into(slugs::table)
        .values((slugs::noun.eq(write.noun), slugs::slug.eq(old), slugs::id.eq(&id)))
        .execute(c)?;
    Ok(())
}

fn expected(write: &Write) -> i64 {
    match write.expected {
        Expected::Absent => 0,
        Expected::Revision(revision) => revision.0,
    }
}

/// SQLite is in the process: a prepared statement for each record is the fastest.
fn update_each(c: &mut SqliteConnection, run: &Run<'_>) -> QueryResult<Vec<(String, String)>> {
    let mut written = Vec::with_capacity(run.len());
    for (_, write) in run {
        let record = &write.record;
        let id = record.id.to_string();
        let guard = records::noun
            .eq(write.noun)
            .and(records::id.eq(&id))
            .and(records::revision.eq(expected(write)));
        let rows = diesel::update(records::table.filter(guard))
            .set((
                records::slug.eq(record.slug.as_str()),
                records::revision.eq(record.revision.0),
                records::publication.eq(record.publication.code()),
                records::owner.eq(record.owner.as_ref().map(Slug::as_str)),
                records::party.eq(record.party.as_ref().map(Slug::as_str)),
                records::visibility.eq(record.visibility.code()),
                records::published_at.eq(record.published_at.map(Timestamp::micros)),
                records::created_at.eq(record.created_at.micros()),
                records::updated_at.eq(record.updated_at.micros()),
                records::document.eq(&*record.document),
            ))
            .execute(c)?;
        if rows == 1 {
            written.push((write.noun.to_owned(), id));
        }
    }
    Ok(written)
}

#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = Text)]
    noun: String,
    #[diesel(sql_type = Text)]
    id: String,
}

/// PostgreSQL is a round trip away: one statement for all records, with the same guard.
fn update_together(c: &mut PgConnection, run: &Run<'_>) -> QueryResult<Vec<(String, String)>> {
    fn all<'a, T>(run: &[(usize, &'a Write)], of: impl Fn(&'a Write) -> T) -> Vec<T> {
        run.iter().map(|(_, write)| of(write)).collect()
    }
    let rows: Vec<Written> = diesel::sql_query(
        "UPDATE records AS r SET slug = v.slug, revision = v.revision, publication = v.publication, owner = v.owner, \
         party = v.party, visibility = v.visibility, published_at = v.published_at, created_at = v.created_at, \
         updated_at = v.updated_at, document = v.document \
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         AS v (noun, id, expected, slug, revision, publication, owner, party, visibility, published_at, created_at, \
         updated_at, document) \
         WHERE r.noun = v.noun AND r.id = v.id AND r.revision = v.expected RETURNING r.noun, r.id",
    )
    .bind::<Array<Text>, _>(all(run, |w| w.noun))
    .bind::<Array<Text>, _>(all(run, |w| w.record.id.to_string()))
    .bind::<Array<BigInt>, _>(all(run, expected))
    .bind::<Array<Text>, _>(all(run, |w| w.record.slug.as_str()))
    .bind::<Array<BigInt>, _>(all(run, |w| w.record.revision.0))
    .bind::<Array<Text>, _>(all(run, |w| w.record.publication.code()))
    .bind::<Array<Nullable<Text>>, _>(all(run, |w| w.record.owner.as_ref().map(Slug::as_str)))
    .bind::<Array<Nullable<Text>>, _>(all(run, |w| w.record.party.as_ref().map(Slug::as_str)))
    .bind::<Array<Text>, _>(all(run, |w| w.record.visibility.code()))
    .bind::<Array<Nullable<BigInt>>, _>(all(run, |w| w.record.published_at.map(Timestamp::micros)))
    .bind::<Array<BigInt>, _>(all(run, |w| w.record.created_at.micros()))
    .bind::<Array<BigInt>, _>(all(run, |w| w.record.updated_at.micros()))
    .bind::<Array<Text>, _>(all(run, |w| &*w.record.document))
    .load(c)?;
    Ok(rows.into_iter().map(|row| (row.noun, row.id)).collect())
}

/// Removes records with their earlier slugs, what the log says of them beyond that they were there, and the answers
/// about them: what is purged is nowhere any more.
fn purge(c: &mut Conn, run: &Run<'_>, answer: Option<&KeptAnswer>) -> Result<(), Failure> {
    refuse_stale(run, &look(c, run)?)?;
    for (index, write) in run {
        let id = write.record.id.to_string();
        let guard = records::noun
            .eq(write.noun)
            .and(records::id.eq(&id))
            .and(records::revision.eq(expected(write)));
        if diesel::delete(records::table.filter(guard)).execute(c)? == 0 {
            refuse_stale(run, &look(c, run)?)?;
            return Err(StoreError::Stale {
                index: *index,
                current: None,
            }
            .into());
        }
        event::erase(c, write)?;
        answer::forget_about(c, &id, answer)?;
    }
    Ok(())
}

/// Raises the counter, last of all, and writes the events with the numbers that gives them: whoever raised it first
/// commits first, so that a reader never sees a number before a smaller one.
fn log(c: &mut Conn, writes: &[Write], origin: &Origin, now: Timestamp) -> Result<Sequence, Failure> {
    let count = i64::try_from(writes.len()).unwrap_or(i64::MAX);
    let head: i64 = on_each!(c, c => diesel::update(feed_head::table)
        .set(feed_head::seq.eq(feed_head::seq + count))
        .returning(feed_head::seq)
        .get_result(c))?;
    let purged: HashMap<(&str, Id), i64> = writes
        .iter()
        .zip(head - count + 1..)
        .filter(|(write, _)| write.event_type == EventType::Purged)
        .map(|(write, sequence)| ((write.noun, write.record.id), sequence))
        .collect();
    for (chunk, first) in writes.chunks(CHUNK).zip((head - count + 1..).step_by(CHUNK)) {
        let rows: Vec<NewEvent<'_>> = chunk
            .iter()
            .zip(first..)
            .map(|(write, sequence)| {
                let event = NewEvent::new(sequence, write, origin, now);
                let purge = purged.get(&(write.noun, write.record.id));
                // What the same commit purges later on must not get into the log either.
                if purge.is_some_and(|purge| *purge > sequence) {
                    event.erased()
                } else {
                    event
                }
            })
            .collect();
        on_each!(c, c => diesel::insert_into(events::table).values(&rows).execute(c))?;
    }
    Ok(Sequence(head))
}
