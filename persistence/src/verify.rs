//! The integrity check: the database's own, the log against itself, and each record against the log. It reads everything
//! once, a page at a time, in one snapshot: writes may go on meanwhile.

use diesel::result::{Error, QueryResult};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use domain::client::Client;
use domain::event::{Event, Sequence};
use domain::store::{Finding, Record, StoreError};
use serde::de::IgnoredAny;

use crate::db::{Begin, Conn, Connections, transaction};
use crate::error::{Failure, store_error};
use crate::{client, event, record};

/// Rows that are held in memory at once.
const PAGE: i64 = 100;
/// Findings of one kind: who has that many needs a backup, not a longer list.
const FINDINGS: usize = 1000;

/// The state of the record that the last event about it tells.
const RECORDS_AND_LOG: &str = "
    SELECT 'records, ' || r.noun || ' ' || r.id AS place,
        CASE WHEN e.sequence IS NULL THEN 'no event tells of it'
             WHEN e.type = 'purged' THEN 'was purged by event ' || e.sequence || ', and is still there'
             ELSE 'differs from event ' || e.sequence || ', the last about it, in:'
                || CASE WHEN e.revision <> r.revision THEN ' revision' ELSE '' END
                || CASE WHEN e.slug <> r.slug THEN ' slug' ELSE '' END
                || CASE WHEN e.publication <> r.publication THEN ' publication' ELSE '' END
                || CASE WHEN e.owner IS DISTINCT FROM r.owner THEN ' owner' ELSE '' END
                || CASE WHEN e.party IS DISTINCT FROM r.party THEN ' party' ELSE '' END
                || CASE WHEN e.visibility <> r.visibility THEN ' visibility' ELSE '' END
                || CASE WHEN e.document IS DISTINCT FROM r.document THEN ' document' ELSE '' END
        END AS detail
    FROM records AS r LEFT JOIN events AS e ON e.sequence =
        (SELECT max(l.sequence) FROM events AS l WHERE l.noun = r.noun AND l.subject = r.id)
    WHERE e.sequence IS NULL OR e.type = 'purged' OR e.revision <> r.revision OR e.slug <> r.slug
        OR e.publication <> r.publication OR e.owner IS DISTINCT FROM r.owner
        OR e.party IS DISTINCT FROM r.party OR e.visibility <> r.visibility
        OR e.document IS DISTINCT FROM r.document
    ORDER BY r.noun, r.id LIMIT 1000";

const LOST_RECORDS: &str = "
    SELECT 'events, sequence ' || e.sequence AS place,
        'tells of ' || e.noun || ' ' || e.subject || ', which is not there and was not purged' AS detail
    FROM events AS e
    WHERE e.type <> 'purged'
        AND NOT EXISTS (SELECT 1 FROM records AS r WHERE r.noun = e.noun AND r.id = e.subject)
        AND NOT EXISTS (SELECT 1 FROM events AS n
            WHERE n.noun = e.noun AND n.subject = e.subject AND n.sequence > e.sequence)
    ORDER BY e.sequence LIMIT 1000";

const PUBLISHED: &str = "
    SELECT 'records, ' || noun || ' ' || id AS place, 'is published, and it is not known since when' AS detail
    FROM records WHERE publication = 'published' AND published_at IS NULL
    ORDER BY noun, id LIMIT 1000";

/// What a purge removes.
const REMAINS: &str = "
    SELECT 'events, sequence ' || e.sequence AS place,
        'still tells who wrote ' || e.noun || ' ' || e.subject || ', or what; event ' || p.sequence || ' purged it'
        AS detail
    FROM events AS p JOIN events AS e ON e.noun = p.noun AND e.subject = p.subject AND e.sequence < p.sequence
    WHERE p.type = 'purged' AND (e.document IS NOT NULL OR e.actor IS NOT NULL OR e.token_id IS NOT NULL
        OR e.request_id IS NOT NULL OR e.comment IS NOT NULL)
    ORDER BY e.sequence LIMIT 1000";

const SLUGS: &str = "
    SELECT 'slugs, ' || s.noun || ' ' || s.slug AS place,
        CASE WHEN o.id IS NULL THEN 'points to ' || s.id || ', which is not there'
             ELSE 'points to ' || s.id || ', but ' || r.id || ' has the slug now' END AS detail
    FROM slugs AS s LEFT JOIN records AS r ON r.noun = s.noun AND r.slug = s.slug
        LEFT JOIN records AS o ON o.noun = s.noun AND o.id = s.id
    WHERE r.id IS NOT NULL OR o.id IS NULL
    ORDER BY s.noun, s.slug LIMIT 1000";

type Check = fn(&mut Conn, &mut Vec<Finding>) -> QueryResult<()>;

/// Checks everything.
pub(crate) fn run(connections: &Connections) -> Result<Vec<Finding>, StoreError> {
    connections.lent(|connection| {
        let mut findings = Vec::new();
        match transaction(connection, Begin::Snapshot, |c| check(c, &mut findings)).map_err(StoreError::from) {
            // SQLite may also find that it cannot even begin, or end, in a damaged file.
            Err(StoreError::Corrupt(detail)) => findings.push(finding("database", detail)),
            result => result?,
        }
        Ok(findings)
    })
}

fn check(c: &mut Conn, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    if let Conn::Postgres(c) = c {
        sql_query("SET LOCAL statement_timeout = 0").execute(c)?;
    }
    let checks: [Check; 9] = [
        database,
        log,
        records,
        |c, findings| queried(c, RECORDS_AND_LOG, findings),
        |c, findings| queried(c, LOST_RECORDS, findings),
        |c, findings| queried(c, PUBLISHED, findings),
        |c, findings| queried(c, REMAINS, findings),
        |c, findings| queried(c, SLUGS, findings),
        clients,
    ];
    for check in checks {
        match check(c, findings).map_err(store_error) {
            // What cannot be read is what is looked for. On SQLite the other checks still can be made; a PostgreSQL
            // ends the transaction.
            Err(StoreError::Corrupt(detail)) if matches!(c, Conn::Sqlite(_)) => {
                findings.push(finding("database", detail));
            }
            result => result?,
        }
    }
    Ok(())
}

fn finding(place: impl Into<String>, detail: impl Into<String>) -> Finding {
    Finding {
        place: place.into(),
        detail: detail.into(),
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = Text)]
    detail: String,
}

fn queried(c: &mut Conn, sql: &str, findings: &mut Vec<Finding>) -> QueryResult<()> {
    let rows: Vec<Row> = sql_query(sql).load(c)?;
    findings.extend(rows.into_iter().map(|row| finding(row.place, row.detail)));
    Ok(())
}

/// SQLite's own checks; a PostgreSQL server checks its pages itself.
fn database(c: &mut Conn, findings: &mut Vec<Finding>) -> QueryResult<()> {
    if matches!(c, Conn::Sqlite(_)) {
        let pages = "SELECT 'database' AS place, integrity_check AS detail FROM pragma_integrity_check \
                     WHERE integrity_check <> 'ok'";
        let keys = "SELECT \"table\" AS place, 'row ' || coalesce(rowid, '') || ' points to nothing in ' || parent \
                    AS detail FROM pragma_foreign_key_check WHERE \"table\" <> 'slugs' LIMIT 1000";
        queried(c, pages, findings)?;
        queried(c, keys, findings)?;
    }
    Ok(())
}

/// The log has every sequence from 1 to the head once, and each event can be read.
fn log(c: &mut Conn, findings: &mut Vec<Finding>) -> QueryResult<()> {
    let head = match event::head(c) {
        Err(Error::NotFound) => {
            findings.push(finding("feed_head", "its row is missing"));
            None
        }
        head => Some(head?),
    };
    let most = findings.len() + FINDINGS;
    let mut last = 0;
    loop {
        let rows = event::page(c, Sequence(last), PAGE)?;
        if rows.is_empty() || findings.len() >= most {
            break;
        }
        for row in rows {
            let (sequence, place) = (row.sequence, format!("events, sequence {}", row.sequence));
            if sequence != last + 1 {
                let gap = if sequence == last + 2 {
                    format!("events, sequence {}", last + 1)
                } else {
                    format!("events, sequences {} to {}", last + 1, sequence - 1)
                };
                findings.push(finding(gap, "missing"));
            }
            last = sequence;
            check_json(&place, row.document.as_deref(), findings);
            check_row(&place, Event::try_from(row), findings);
        }
    }
    if head.is_some_and(|head| head != last) && findings.len() < most {
        let head = head.unwrap_or_default();
        findings.push(finding(
            "feed_head",
            format!("says {head}, but the last event is {last}"),
        ));
    }
    Ok(())
}

/// Every record can be read.
fn records(c: &mut Conn, findings: &mut Vec<Finding>) -> QueryResult<()> {
    let most = findings.len() + FINDINGS;
    for noun in record::nouns(c)? {
        let mut after = String::new();
        loop {
            let rows = record::page(c, &noun, &after, PAGE)?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            for row in rows {
                let place = format!("records, {} {}", row.noun, row.id);
                check_json(&place, Some(&row.document), findings);
                check_row(&place, Record::try_from(row), findings);
            }
            if findings.len() >= most {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Every registered client can be read.
fn clients(c: &mut Conn, findings: &mut Vec<Finding>) -> QueryResult<()> {
    for row in client::all(c)? {
        let place = row.place();
        check_row(&place, Client::try_from(row), findings);
    }
    Ok(())
}

fn check_row<T>(place: &str, row: Result<T, StoreError>, findings: &mut Vec<Finding>) {
    if let Err(error) = row {
        let text = match error {
            StoreError::Corrupt(text) => text,
            other => other.to_string(),
        };
        // The place stands before the text already.
        let detail = text
            .strip_prefix(place)
            .map_or(text.as_str(), |rest| rest.trim_start_matches(": "));
        findings.push(finding(place, detail));
    }
}

fn check_json(place: &str, document: Option<&str>, findings: &mut Vec<Finding>) {
    if let Some(Err(error)) = document.map(serde_json::from_str::<IgnoredAny>) {
        findings.push(finding(place, format!("the document is no JSON: {error}")));
    }
}
