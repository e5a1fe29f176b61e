//! Scopes as types, so that the signature of a handler says what it needs.

use domain::access::Scope;

/// A scope that a handler needs.
pub trait Needs {
    /// Which.
    const SCOPE: Scope;
}

macro_rules! scopes {
    ($($scope:ident),* $(,)?) => {$(
        #[doc = concat!("Needs [`Scope::", stringify!($scope), "`].")]
        #[derive(Debug)]
        pub struct $scope;

        impl Needs for $scope {
            const SCOPE: Scope = Scope::$scope;
        }
    )*};
}

scopes!(
    ComponentsWrite,
    OrganisationsWrite,
    AdoptionsWrite,
    AttestationsWrite,
    ChangesRead,
    ChangesWrite,
    ChangesApprove,
    SubscriptionsWrite,
    SourcesWrite,
    AuditRead,
    Ops,
    Admin,
);
