//! What an instance does beside answering requests. Each job does its work once in a function that tests can call; the
//! loops here only sleep.

use std::time::Duration;

use actix_web::rt::time::sleep;
use actix_web::web;
use domain::limits;
use domain::store::StoreError;
use domain::values::Timestamp;

use crate::state::App;

/// How often the view looks for what other instances wrote: they see each other's writes within a second.
const FOLLOW: Duration = Duration::from_millis(500);
/// How often kept answers are looked through for those that are too old.
const FORGET: Duration = Duration::from_mins(10);
/// How often the keys of outside issuers are looked at: a key that they withdraw is refused within a minute.
const REFRESH: Duration = Duration::from_secs(30);

/// Starts all jobs; they end with the runtime.
pub fn start(app: &web::Data<App>) {
    actix_web::rt::spawn(follow(app.clone()));
    actix_web::rt::spawn(forget(app.clone()));
    actix_web::rt::spawn(refresh(app.clone()));
}

/// Brings in what other instances and imports write.
async fn follow(app: web::Data<App>) {
    let mut level = true;
    loop {
        sleep(FOLLOW).await;
        let followed = web::block({
            let app = app.clone();
            move || app.follow()
        })
        .await;
        match followed {
            Ok(Ok(_)) => level = true,
            Ok(Err(error)) => {
                // Said once for each outage, not once a second.
                if std::mem::replace(&mut level, false) {
                    tracing::warn!(%error, "the view cannot follow the log; answers go on from memory");
                }
            }
            Err(_) => return,
        }
    }
}

/// Forgets answers that nobody asks for again.
async fn forget(app: web::Data<App>) {
    loop {
        let forgotten = web::block({
            let app = app.clone();
            move || forget_once(&app)
        })
        .await;
        match forgotten {
            Ok(Ok(0)) => {}
            Ok(Ok(count)) => tracing::debug!(count, "answers to idempotency keys are forgotten"),
            Ok(Err(error)) => tracing::debug!(%error, "old answers could not be forgotten; tried again later"),
            Err(_) => return,
        }
        sleep(FORGET).await;
    }
}

/// Forgets the answers that were kept for longer than [`limits::KEY_HOURS`]; answers how many.
///
/// # Errors
/// If the store does not answer.
pub fn forget_once(app: &App) -> Result<usize, StoreError> {
    let kept_for = limits::KEY_HOURS * 3600 * 1_000_000;
    let before = Timestamp::from_micros(app.clock.now().micros() - kept_for);
    app.store.forget_answers(before)
}

/// Keeps the keys of outside issuers up to date.
async fn refresh(app: web::Data<App>) {
    loop {
        app.auth.refresh(&*app.clock).await;
        sleep(REFRESH).await;
    }
}
