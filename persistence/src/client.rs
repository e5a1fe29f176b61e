//! Clients of the built-in issuer as rows.

use diesel::prelude::*;
use domain::access::Scopes;
use domain::client::Client;
use domain::store::StoreError;
use domain::values::Timestamp;

use crate::db::{Conn, on_each};
use crate::error::Failure;
use crate::schema::clients;

/// A row as it is read.
#[derive(Queryable)]
pub(crate) struct ClientRow {
    id: String,
    organisation: String,
    scopes: String,
    secret_hash: String,
    created_at: i64,
    expires_at: Option<i64>,
}

impl ClientRow {
    /// Where the row is, for people.
    pub(crate) fn place(&self) -> String {
        format!("clients, {}", self.id)
    }
}

impl TryFrom<ClientRow> for Client {
    type Error = StoreError;

    fn try_from(row: ClientRow) -> Result<Self, StoreError> {
        let place = row.place();
        let corrupt = |what: &str| StoreError::Corrupt(format!("{place}: {what}"));
        Ok(Self {
            id: row.id.parse().map_err(|_| corrupt("the id is no slug"))?,
            organisation: row
                .organisation
                .parse()
                .map_err(|_| corrupt("the organisation is no slug"))?,
            scopes: Scopes::read(&row.scopes),
            secret_hash: row.secret_hash,
            created_at: Timestamp::from_micros(row.created_at),
            expires_at: row.expires_at.map(Timestamp::from_micros),
        })
    }
}

/// A row as it is written.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = clients, treat_none_as_default_value = false, treat_none_as_null = true)]
struct NewClient<'a> {
    id: &'a str,
    organisation: &'a str,
    scopes: String,
    secret_hash: &'a str,
    created_at: i64,
    expires_at: Option<i64>,
}

/// One client.
pub(crate) fn one(c: &mut Conn, id: &str) -> QueryResult<Option<ClientRow>> {
    clients::table.filter(clients::id.eq(id)).first(c).optional()
}

/// All clients, by id.
pub(crate) fn all(c: &mut Conn) -> QueryResult<Vec<ClientRow>> {
    clients::table.order(clients::id).load(c)
}

/// Writes a client, over the one with its id.
pub(crate) fn put(c: &mut Conn, client: &Client) -> Result<(), Failure> {
    if client.secret_hash.contains('\0') {
        return Err(StoreError::Refused("the hash of the secret holds a NUL character".to_owned()).into());
    }
    let row = NewClient {
        id: client.id.as_str(),
        organisation: client.organisation.as_str(),
        scopes: client.scopes.to_string(),
        secret_hash: &client.secret_hash,
        created_at: client.created_at.micros(),
        expires_at: client.expires_at.map(Timestamp::micros),
    };
    on_each!(c, c => diesel::insert_into(clients::table)
        .values(&row)
        .on_conflict(clients::id)
        .do_update()
        .set(&row)
        .execute(c))?;
    Ok(())
}

/// Removes a client; answers whether it was there.
pub(crate) fn remove(c: &mut Conn, id: &str) -> QueryResult<bool> {
    Ok(diesel::delete(clients::table.filter(clients::id.eq(id))).execute(c)? > 0)
}
