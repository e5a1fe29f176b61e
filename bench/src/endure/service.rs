//! The service as its users run it: the program itself, in a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, ensure};

/// A running service.
pub(crate) struct Service {
    folder: PathBuf,
    database: String,
    child: Child,
    address: SocketAddr,
    // Kept, so that the child can go on writing.
    _output: BufReader<ChildStdout>,
}

/// The program beside this one.
fn program() -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("verbundkatalog");
    ensure!(
        path.exists(),
        "build the service first, in the same profile: cargo build --release -p verbundkatalog"
    );
    Ok(path)
}

fn command(folder: &Path, database: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(program()?);
    command
        .current_dir(folder)
        .env("VERBUNDKATALOG_DATABASE_URL", database)
        .env("VERBUNDKATALOG_TOKEN_KEY", folder.join("token-key.pem"))
        .env("VERBUNDKATALOG_LOG", "error")
        .stdin(Stdio::null());
    for off in ["VERBUNDKATALOG_ANONYMOUS_RATE", "VERBUNDKATALOG_CLIENT_RATE"] {
        command.env(off, "0");
    }
    Ok(command)
}

impl Service {
    pub(crate) fn start(folder: &Path, database: &str) -> anyhow::Result<Self> {
        let mut child = command(folder, database)?
            .args(["serve", "--sample", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            let _ = child.wait();
            anyhow::bail!("the service said `{}`", line.trim());
        };
        Ok(Self {
            folder: folder.to_owned(),
            database: database.to_owned(),
            child,
            address,
            _output: output,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Resident memory in MiB.
    pub(crate) fn resident(&self) -> anyhow::Result<f64> {
        crate::load::server::resident(self.child.id())
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    pub(super) fn restart(&mut self) -> anyhow::Result<()> {
        *self = Self::start(&self.folder, &self.database)?;
        Ok(())
    }

    /// A token that may write components of an organisation of the sample catalogue.
    pub(super) fn token(&self) -> anyhow::Result<String> {
        let output = command(&self.folder, &self.database)?
            .args(["token", "--organisation", "dataport", "--scope", "components:write"])
            .output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `check` says of the database.
pub(super) fn check(folder: &Path, database: &str) -> anyhow::Result<String> {
    let output = command(folder, database)?.arg("check").output()?;
    Ok(String::from_utf8(output.stdout)?)
}
