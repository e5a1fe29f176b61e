//! Databases for tests: each test gets an empty one of its own, on SQLite and on PostgreSQL, with the schema of this
//! version.
//!
//! A PostgreSQL server is taken from `VERBUNDKATALOG_TEST_POSTGRES_URL` (a role that may create databases), or else
//! started from the installed binaries: one private server for all test processes of a user, see `server.rs`. Where there
//! is neither, tests on PostgreSQL are left out and one line says so; with `VERBUNDKATALOG_REQUIRE_POSTGRES=1` they fail
//! instead.

#![allow(clippy::expect_used, reason = "a test that has no database fails")]

mod database;
mod heartbeat;
mod server;

pub use database::{TestDb, for_each_database};
