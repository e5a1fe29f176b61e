//! Clients of the built-in issuer.

use domain::access::{Scope, Scopes};
use domain::client::Client;
use domain::store::{Store, StoreError};
use domain::values::Timestamp;
use testdb::for_each_database;

use crate::support::*;

fn client(name: &str) -> Client {
    Client {
        id: slug(name),
        organisation: slug("stadt-beispielhausen"),
        scopes: Scopes::default().with(Scope::ComponentsWrite).with(Scope::AuditRead),
        secret_hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned(),
        created_at: now(),
        expires_at: None,
    }
}

#[test]
fn a_client_is_registered_replaced_and_removed() {
    for_each_database(|db| {
        let store = open(db);
        assert_eq!(store.clients().unwrap(), []);
        let (second, first) = (client("redaktion"), client("abgleich"));
        store.put_client(&second).unwrap();
        store.put_client(&first).unwrap();
        assert_eq!(store.client(&slug("redaktion")).unwrap(), Some(second.clone()));
        assert_eq!(store.client(&slug("niemand")).unwrap(), None);
        assert_eq!(store.clients().unwrap(), [first.clone(), second.clone()]);
        for expires_at in [Some(Timestamp::from_micros(now().micros() + 7)), None] {
            let changed = Client {
                organisation: slug("kreis-beispiel"),
                scopes: Scopes::default(),
                secret_hash: "anders".to_owned(),
                expires_at,
                ..second.clone()
            };
            store.put_client(&changed).unwrap();
            assert_eq!(store.clients().unwrap(), [first.clone(), changed]);
        }
        assert!(store.remove_client(&slug("redaktion")).unwrap());
        assert!(!store.remove_client(&slug("redaktion")).unwrap());
        assert_eq!(store.clients().unwrap(), [first]);
        assert_eq!(store.head().unwrap().0, 0, "the log does not tell of clients");
    });
}

#[test]
fn a_damaged_client_is_told_and_found() {
    for_each_database(|db| {
        let store = open(db);
        store.put_client(&client("redaktion")).unwrap();
        db.execute("UPDATE clients SET organisation = 'Kein Slug'");
        let result = store.client(&slug("redaktion"));
        assert!(
            matches!(&result, Err(StoreError::Corrupt(text)) if text.starts_with("clients, redaktion: ")),
            "{result:?}"
        );
        assert!(store.clients().is_err());
        let findings = store.verify().unwrap();
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].place, "clients, redaktion");
    });
}
