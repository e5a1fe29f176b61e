//! Who asks: tokens, clients, keys.

mod attacks;
mod clients;
mod forge;
mod issuer;
mod issuers;
mod me;
mod tokens;
