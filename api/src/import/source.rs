//! Where records come from: files, folders, standard input. Memory stays flat whatever comes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use domain::limits;
use domain::values::Slug;

use super::ImportError;
use super::draft::{self, Found};
use super::report::{Line, Outcome, Place};

/// A format that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON document a line.
    Ndjson,
    /// publiccode.yml, versions 0.1 to 0.7.
    Publiccode,
}

/// Something to read.
pub struct Input {
    /// Its name in reports.
    pub name: String,
    /// Its format.
    pub format: Format,
    /// Its bytes.
    pub reader: Box<dyn Read>,
    /// How many bytes, where that is known.
    pub bytes: Option<u64>,
}

impl Input {
    /// A text that is in memory.
    pub fn text(name: &str, format: Format, text: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            format,
            reader: Box::new(text.as_bytes()),
            bytes: Some(text.len() as u64),
        }
    }
}

fn format_of(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "ndjson" | "jsonl" | "json" => Some(Format::Ndjson),
        "yml" | "yaml" => Some(Format::Publiccode),
        _ => None,
    }
}

/// What the paths of a command line name: files as they are, of folders the files with a known ending, `-` standard input.
///
/// # Errors
/// A path that cannot be read, or whose format nobody can tell, with the reason.
pub fn inputs(paths: &[PathBuf], format: Option<Format>) -> Result<Vec<Input>, String> {
    let mut all = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let reader: Box<dyn Read> = Box::new(io::stdin());
            let format = format.unwrap_or(Format::Ndjson);
            all.push(Input {
                name: "-".to_owned(),
                format,
                reader,
                bytes: None,
            });
        } else if path.is_dir() {
            let mut files = Vec::new();
            walk(path, &mut files).map_err(|error| format!("{}: {error}", path.display()))?;
            let wanted = |file: &PathBuf| format_of(file).is_some_and(|found| format.is_none_or(|f| f == found));
            files.retain(wanted);
            files.sort();
            for file in files {
                all.push(open(&file, format_of(&file).or(format))?);
            }
        } else {
            all.push(open(path, format.or_else(|| format_of(path)))?);
        }
    }
    Ok(all)
}

fn open(path: &Path, format: Option<Format>) -> Result<Input, String> {
    let name = path.display().to_string();
    let format = format.ok_or_else(|| format!("{name}: the ending tells no format; name one with --format"))?;
    let file = File::open(path).map_err(|error| format!("{name}: {error}"))?;
    let bytes = file.metadata().ok().map(|m| m.len());
    Ok(Input {
        name,
        format,
        reader: Box::new(file),
        bytes,
    })
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // Links are not followed: a link to its own folder would never end.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Calls `take` with what is found, record by record, and the bytes read for it.
pub(super) fn read(
    input: Input,
    owner: Option<&Slug>,
    take: &mut dyn FnMut(u64, Vec<Found>) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let name: Arc<str> = input.name.into();
    match input.format {
        Format::Ndjson => read_lines(input.reader, &name, take),
        Format::Publiccode => {
            let place = Place { file: name, line: 1 };
            let mut text = Vec::new();
            // One byte more than is allowed tells that there is too much, without reading the rest.
            let most = formats::yaml::MAX_BYTES as u64 + 1;
            let found = match input.reader.take(most).read_to_end(&mut text) {
                Ok(_) => draft::from_publiccode(&text, &place, owner),
                Err(error) => vec![unreadable(place, &error)],
            };
            take(text.len() as u64, found)
        }
    }
}

fn unreadable(place: Place, error: &io::Error) -> Found {
    let detail = format!("Cannot be read: {error}.");
    Found::Problem(Line {
        place,
        pointer: String::new(),
        code: "unreadable",
        detail,
        outcome: Outcome::Refused,
    })
}

fn read_lines(
    reader: Box<dyn Read>,
    name: &Arc<str>,
    take: &mut dyn FnMut(u64, Vec<Found>) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let mut reader = BufReader::with_capacity(256 * 1024, reader);
    let mut text = Vec::new();
    for line in 1.. {
        let place = Place {
            file: name.clone(),
            line,
        };
        text.clear();
        match next_line(&mut reader, &mut text) {
            Ok(None) => return Ok(()),
            Ok(Some(bytes)) => {
                let content = text
                    .strip_prefix("\u{FEFF}".as_bytes())
                    .filter(|_| line == 1)
                    .unwrap_or(&text);
                let content = content.trim_ascii();
                let found = if bytes > limits::BODY_BYTES as u64 {
                    let detail = format!(
                        "The line has {bytes} bytes; a record has at most {}.",
                        limits::BODY_BYTES
                    );
                    let outcome = Outcome::Refused;
                    vec![Found::Problem(Line {
                        place,
                        pointer: String::new(),
                        code: "too_large",
                        detail,
                        outcome,
                    })]
                } else if content.is_empty() {
                    Vec::new()
                } else {
                    draft::from_json(content, &place)
                };
                take(bytes, found)?;
            }
            Err(error) => {
                take(0, vec![unreadable(place, &error)])?;
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Reads to the end of a line, keeping no more of it than a record may have. Answers the bytes of the line.
fn next_line(reader: &mut impl BufRead, text: &mut Vec<u8>) -> io::Result<Option<u64>> {
    let mut bytes = 0_u64;
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok((bytes > 0).then_some(bytes));
        }
        let end = buffer.iter().position(|b| *b == b'\n');
        let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        let room = (limits::BODY_BYTES + 1).saturating_sub(text.len());
        text.extend_from_slice(part.get(..part.len().min(room)).unwrap_or_default());
        let used = part.len() + usize::from(end.is_some());
        bytes += used as u64;
        reader.consume(used);
        if end.is_some() {
            return Ok(Some(bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_any_length_takes_no_more_memory_than_a_record_may_have() {
        let long = io::repeat(b'x').take(50 * 1024 * 1024).chain(&b"\n{}\n"[..]);
        let mut reader = BufReader::new(long);
        let mut text = Vec::new();
        assert_eq!(next_line(&mut reader, &mut text).unwrap(), Some(50 * 1024 * 1024 + 1));
        assert!(text.len() <= limits::BODY_BYTES + 1);
        text.clear();
        assert_eq!(next_line(&mut reader, &mut text).unwrap(), Some(3));
        assert_eq!(text, b"{}");
        assert_eq!(next_line(&mut reader, &mut text).unwrap(), None);
    }
}
