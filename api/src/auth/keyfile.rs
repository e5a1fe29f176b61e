//! The file with the key of the built-in issuer.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use anyhow::Context;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

/// What a block of the file is called.
pub(super) const TAG: &str = "PRIVATE KEY";
/// Largest file that is read.
const MAX_BYTES: u64 = 64 * 1024;

/// A new P-256 key in PKCS#8 form, as PEM.
///
/// # Errors
/// If the system gives no random numbers.
pub(super) fn new_key() -> Result<String, String> {
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map_err(|_| "the system gives no random numbers".to_owned())?;
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    Ok(pem::encode_config(&pem::Pem::new(TAG, key.as_ref()), config))
}

/// The text of the file; where there is none, it is made with a new key.
///
/// # Errors
/// If it cannot be read or made, or if others may read it.
pub(super) fn read_or_make(path: &Path) -> anyhow::Result<String> {
    let place = || format!("setting `token-key`: {}", path.display());
    match File::open(path) {
        Ok(file) => read(file, path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(path).with_context(place)?;
            read(File::open(path).with_context(place)?, path)
        }
        Err(error) => Err(error).with_context(place),
    }
}

fn read(file: File, path: &Path) -> anyhow::Result<String> {
    let place = || format!("setting `token-key`: {}", path.display());
    // Of the file that was opened, not of the path: that may lead elsewhere a moment later.
    private(&file.metadata().with_context(place)?).map_err(|why| anyhow::anyhow!("{} {why}", place()))?;
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text).with_context(place)?;
    Ok(text)
}

/// As PostgreSQL has it for keys: 0600, or 0640 where the file is root's and a group was let in on purpose.
#[cfg(unix)]
fn private(of: &fs::Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    let mode = of.mode() & 0o777;
    let others = if of.uid() == 0 { 0o037 } else { 0o077 };
    if mode & others == 0 {
        return Ok(());
    }
    Err(format!(
        "may be read or changed by others (mode {mode:04o}): whoever reads it can sign tokens. Run `chmod 600` on it, and \
         take a new key if others can have seen this one"
    ))
}

#[cfg(not(unix))]
fn private(_: &fs::Metadata) -> Result<(), String> {
    Ok(())
}

/// Makes the file whole or not at all; of several instances that start at once, one makes it.
fn make(path: &Path) -> anyhow::Result<()> {
    let key = new_key().map_err(anyhow::Error::msg)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut random = [0; 8];
    SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    let mut name = path.file_name().context("is no name of a file")?.to_owned();
    name.push(format!(".{:016x}.new", u64::from_ne_bytes(random)));
    let beside = path.with_file_name(name);
    let written = write(&beside, key.as_bytes()).and_then(|()| match fs::hard_link(&beside, path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // A file system without links.
        Err(_) if !path.exists() => fs::rename(&beside, path).map(|()| true),
        Err(error) => Err(error),
    });
    // After a link, the second name is left over; after a rename, there is nothing.
    let _ = fs::remove_file(&beside);
    if written? {
        tracing::info!(file = %path.display(), "a new key for tokens was made");
    }
    Ok(())
}

fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn a_new_file_is_for_its_owner_alone_and_the_only_one() {
        let folder = folder();
        let path = folder.path().join("deep/er/key.pem");
        let text = read_or_make(&path).unwrap();
        assert!(text.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_or_make(&path).unwrap(), text);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_may_read_or_change_is_refused() {
        let folder = folder();
        let path = folder.path().join("key.pem");
        read_or_make(&path).unwrap();
        for mode in [0o644, 0o604, 0o660, 0o620, 0o602, 0o666, 0o777] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = read_or_make(&path).unwrap_err().to_string();
            assert!(
                error.contains(&format!("{mode:04o}")) && error.contains("chmod 600"),
                "{error}"
            );
            assert!(!error.contains("PRIVATE"), "{error}");
        }
        for mode in [0o600, 0o400] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(read_or_make(&path).is_ok());
        }
    }

    #[test]
    fn of_many_who_start_at_once_all_get_the_same_key() {
        let folder = folder();
        let path = folder.path().join("key.pem");
        let texts: Vec<String> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..16).map(|_| scope.spawn(|| read_or_make(&path).unwrap())).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(texts.iter().all(|text| *text == texts[0]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_where_nothing_can_be_made_is_named() {
        let folder = folder();
        fs::write(folder.path().join("file"), "x").unwrap();
        let error = format!("{:#}", read_or_make(&folder.path().join("file/key.pem")).unwrap_err());
        assert!(error.contains("token-key") && error.contains("key.pem"), "{error}");
    }
}
