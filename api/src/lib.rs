//! The service: HTTP, command line, settings.

pub mod auth;
pub mod body;
pub mod check;
pub mod config;
pub mod conventions;
pub mod diff;
pub mod etag;
pub mod feed;
pub mod hex;
pub mod import;
pub mod jobs;
pub mod limits;
pub mod openapi;
pub mod params;
pub mod problem;
pub mod records;
pub mod render;
pub mod request_id;
pub mod review;
pub mod routes;
pub mod sample;
pub mod server;
pub mod state;
pub mod suggest;
pub mod system;
pub mod writes;
