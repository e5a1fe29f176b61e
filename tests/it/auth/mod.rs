//! Who asks: tokens, clients, keys.

mod me;
