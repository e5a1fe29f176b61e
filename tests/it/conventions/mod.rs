//! What holds for every address.

mod codings;
mod headers;
mod hostile;
mod methods;
