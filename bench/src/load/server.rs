//! The two servers, each in a process of its own, so that its processor time can be told from that of the client.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::{App as Application, HttpResponse, HttpServer, web};
use anyhow::Context;
use bytes::Bytes;
use verbundkatalog::auth::Authenticator;
use verbundkatalog::server::{self, ServerOptions};
use verbundkatalog::state::{App, Limits};
use verbundkatalog::system::{SystemClock, SystemIds};

/// A running server; ends with this value.
pub(super) struct Server {
    child: Child,
    // Kept, so that the child can go on writing.
    _output: BufReader<ChildStdout>,
    pub(super) address: SocketAddr,
    /// From the start of the process to its first answer.
    pub(super) ready: Duration,
}

impl Server {
    /// Starts this program as a server, and waits for its first answer.
    pub(super) fn start(arguments: &[&str]) -> anyhow::Result<Self> {
        let begin = Instant::now();
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        let address = line
            .trim()
            .parse()
            .with_context(|| format!("the server said `{}`", line.trim()));
        let mut server = Self {
            child,
            _output: output,
            address: ([127, 0, 0, 1], 0).into(),
            ready: Duration::ZERO,
        };
        server.address = address?;
        super::client::Connection::open(server.address)?.get("/health/live", None)?;
        server.ready = begin.elapsed();
        Ok(server)
    }

    /// Processor time that the server has used, of all its threads.
    pub(super) fn processor_time(&self) -> anyhow::Result<Duration> {
        let mut nanos = 0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = std::fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
            nanos += text
                .split_whitespace()
                .next()
                .and_then(|n| n.parse::<u64>().ok())
                .unwrap_or(0);
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// Resident memory in MiB.
    pub(super) fn resident(&self) -> anyhow::Result<f64> {
        resident(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Resident memory of a process in MiB.
pub(crate) fn resident(process: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix("VmRSS:"))
        .context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

fn listener() -> std::io::Result<std::net::TcpListener> {
    server::bind(([127, 0, 0, 1], 0).into())
}

/// Serves a catalogue as `verbundkatalog serve` does.
pub(crate) fn catalogue(database: &str) -> anyhow::Result<bool> {
    let store = Arc::new(persistence::open(database, &persistence::Options::default())?);
    let app = web::Data::new(App::start(
        store,
        Arc::new(SystemClock),
        Arc::new(SystemIds),
        Limits::default(),
        Authenticator::none(),
    )?);
    let listener = listener()?;
    let address = listener.local_addr()?;
    actix_web::rt::System::new().block_on(async move {
        let server = server::serve(app.clone(), listener, &ServerOptions::default())?;
        println!("{address}");
        actix_web::rt::spawn(async move {
            loop {
                actix_web::rt::time::sleep(Duration::from_secs(1)).await;
                let app = app.clone();
                if let Ok(Err(error)) = web::block(move || app.follow()).await {
                    eprintln!("the view cannot follow the log: {error}");
                }
            }
        });
        server.await?;
        Ok(true)
    })
}

/// Serves bytes that are there already: what HTTP itself costs. A body is asked for by its number; an empty one is
/// answered as "not modified".
pub(crate) fn bare(bodies: &Path) -> anyhow::Result<bool> {
    let mut files: Vec<_> = std::fs::read_dir(bodies)?.collect::<Result<_, _>>()?;
    files.sort_by_key(|f| f.file_name().to_string_lossy().parse::<usize>().unwrap_or(usize::MAX));
    let bodies: Vec<Bytes> = files
        .iter()
        .map(|f| Ok(std::fs::read(f.path())?.into()))
        .collect::<std::io::Result<_>>()?;
    let bodies = web::Data::new(bodies);
    let listener = listener()?;
    let address = listener.local_addr()?;
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            Application::new()
                .app_data(bodies.clone())
                .route("/{number}", web::get().to(send))
                .default_service(web::to(|| async { "ok" }))
        })
        .workers(ServerOptions::default().workers)
        .listen(listener)?
        .run();
        println!("{address}");
        server.await?;
        Ok(true)
    })
}

async fn send(bodies: web::Data<Vec<Bytes>>, number: web::Path<usize>) -> HttpResponse {
    match bodies.get(*number) {
        Some(body) if body.is_empty() => HttpResponse::build(StatusCode::NOT_MODIFIED).finish(),
        Some(body) => HttpResponse::Ok().content_type("application/json").body(body.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}
