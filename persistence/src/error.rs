//! Every error of a database becomes one of the domain's here, and nowhere else.

use diesel::result::{DatabaseErrorKind as Kind, Error};
use domain::store::StoreError;

/// Why a database could not be opened or migrated. No message holds credentials.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL says no database.
    #[error("{0}; give `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`")]
    Url(&'static str),
    /// The database cannot be reached; trying again later may help.
    #[error("{place} cannot be opened: {reason}")]
    Unavailable {
        /// The database, without credentials.
        place: String,
        /// What the driver said, without credentials.
        reason: String,
    },
    /// The schema is older than this version; it must be migrated first.
    #[error("{place} lacks the migrations {}; migrate it first", names.join(", "))]
    Behind {
        /// The database, without credentials.
        place: String,
        /// The migrations that are missing.
        names: Vec<String>,
    },
    /// The schema was made by a later version.
    #[error("{place} was migrated by a later version ({}); use that version, or a backup", versions.join(", "))]
    Ahead {
        /// The database, without credentials.
        place: String,
        /// Versions of the migrations that this version does not know.
        versions: Vec<String>,
    },
    /// A migration failed; it left nothing behind.
    #[error("{place} could not be migrated: {reason}")]
    Migration {
        /// The database, without credentials.
        place: String,
        /// What went wrong.
        reason: String,
    },
}

/// Why a transaction was rolled back: by a rule of the store, or by the database.
#[derive(Debug)]
pub(crate) enum Failure {
    Store(StoreError),
    Database(Error),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl Failure {
    /// Whether the same transaction may succeed when it is run again: another one came between its statements.
    pub(crate) fn was_overtaken(&self) -> bool {
        matches!(
            self,
            Self::Database(Error::DatabaseError(
                Kind::UniqueViolation | Kind::SerializationFailure,
                _
            ))
        )
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error,
            Failure::Database(error) => store_error(error),
        }
    }
}

/// The one table of errors.
pub(crate) fn store_error(error: Error) -> StoreError {
    match error {
        Error::DatabaseError(kind, information) => {
            let text = information.message().trim().to_owned();
            match kind {
                // A standby that is not yet the primary refuses writes as read-only.
                Kind::ClosedConnection
                | Kind::UnableToSendCommand
                | Kind::SerializationFailure
                | Kind::ReadOnlyTransaction => StoreError::Unavailable(text),
                Kind::Unknown => unknown(text),
                _ => StoreError::Refused(text),
            }
        }
        Error::DeserializationError(reason) => StoreError::Corrupt(reason.to_string()),
        Error::NotFound => StoreError::Corrupt("feed_head: its row is missing".to_owned()),
        Error::RollbackErrorOnCommit { commit_error, .. } => store_error(*commit_error),
        Error::BrokenTransactionManager => StoreError::Unavailable("the connection broke in a transaction".to_owned()),
        other => StoreError::Refused(other.to_string()),
    }
}

/// Diesel hands on no code for these, only the text. SQLite's texts are always English. Of a PostgreSQL that speaks another
/// language a lost connection is noticed all the same; a timeout is told as a lasting fault, and nothing worse.
fn unknown(text: String) -> StoreError {
    const DAMAGED: [&str; 3] = ["malformed", "is not a database", "could not read block"];
    const PASSING: [&str; 13] = [
        "database is locked",
        "database table is locked",
        "disk I/O error",
        "database or disk is full",
        "unable to open database file",
        "deadlock detected",
        "due to statement timeout",
        "due to lock timeout",
        "terminating connection",
        "shutting down",
        "starting up",
        "out of memory",
        "No space left on device",
    ];
    if DAMAGED.iter().any(|known| text.contains(known)) {
        StoreError::Corrupt(text)
    } else if PASSING.iter().any(|known| text.contains(known)) {
        StoreError::Unavailable(text)
    } else {
        StoreError::Refused(text)
    }
}
