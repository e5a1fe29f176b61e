//! The integrity check.
use crate::db::Connections;
use domain::store::{Finding, StoreError};
pub(crate) fn run(_connections: &Connections) -> Result<Vec<Finding>, StoreError> {
    Ok(Vec::new())
}
