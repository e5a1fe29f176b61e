//! A client that asks over and over on connections that stay open, one request at a time on each.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) path: String,
    /// Tag for `If-None-Match`.
    pub(super) tag: Option<String>,
    /// JSON that is posted.
    pub(super) body: Option<String>,
}

impl Request {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            tag: None,
            body: None,
        }
    }

    pub(super) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self {
            body: Some(body.to_string()),
            ..Self::get(path)
        }
    }
}

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(super) tag: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// A connection that stays open.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        Ok(Self {
            stream: BufReader::with_capacity(1 << 17, stream),
        })
    }

    pub(super) fn ask(&mut self, request: &Request) -> anyhow::Result<Answer> {
        match &request.body {
            None => self.get(&request.path, request.tag.as_deref()),
            Some(body) => self.send(
                "POST",
                &request.path,
                "Content-Type: application/json\r\n",
                body.as_bytes(),
            ),
        }
    }

    pub(crate) fn get(&mut self, path: &str, tag: Option<&str>) -> anyhow::Result<Answer> {
        let tag = tag.map(|t| format!("If-None-Match: {t}\r\n")).unwrap_or_default();
        self.send("GET", path, &tag, b"")
    }

    /// Any request; `headers` are whole lines.
    pub(crate) fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> anyhow::Result<Answer> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}").into_bytes();
        if method != "GET" {
            request.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(body);
        self.stream.get_mut().write_all(&request)?;
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            bail!("the server closed the connection");
        }
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .context("no status line")?;
        let mut answer = Answer {
            status,
            ..Answer::default()
        };
        let mut length = 0;
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                bail!("the server closed the connection");
            }
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "etag" => answer.tag = Some(value.to_owned()),
                _ => {}
            }
        }
        answer.body.resize(length, 0);
        if status != 304 && status != 204 {
            self.stream.read_exact(&mut answer.body)?;
        }
        Ok(answer)
    }
}

/// Asks all of `requests` on so many connections at once; every answer must have this status.
pub(super) fn ask_all(
    address: SocketAddr,
    connections: usize,
    requests: &[Request],
    status: u16,
) -> anyhow::Result<()> {
    let ask = |part: &[Request]| -> anyhow::Result<()> {
        let mut connection = Connection::open(address)?;
        for request in part {
            let answer = connection.ask(request)?;
            if answer.status != status {
                bail!("{} answered {}", request.path, answer.status);
            }
        }
        Ok(())
    };
    let share = requests.len().div_ceil(connections).max(1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = requests
            .chunks(share)
            .map(|part| scope.spawn(move || ask(part)))
            .collect();
        for thread in threads {
            thread
                .join()
                .map_err(|_| anyhow::anyhow!("a client thread panicked"))??;
        }
        Ok(())
    })
}
