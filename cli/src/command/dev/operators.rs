//! How operators reach the server of a `dev` that runs: by a file in the project that says where it
//! listens for them, and with which token. It is there for as long as `dev` runs.

use std::fs;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use tidegate_server::RunningServer;
use tidegate_server::config::OperatorConfig;

use crate::failure::Failure;

/// Below the project's folder: the address on one line, the token on the next.
const FILE: &str = ".tidegate/dev/operators";

/// The store of a `dev`, below the project's folder.
pub(in crate::command) const STORE: &str = ".tidegate/dev/tidegate.db";

/// A token that nobody can guess.
pub(super) fn token() -> SecretString {
    let random: [u8; 32] = rand::random();
    SecretString::from(random.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// A listener on this machine alone.
pub(super) fn listener(token: &SecretString) -> OperatorConfig {
    OperatorConfig {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        chosen: true,
        token: Some(token.clone()),
    }
}

/// The file, which goes when `dev` ends.
pub(super) struct Door {
    path: PathBuf,
}

impl Door {
    pub(super) fn open(
        root: &Path,
        server: &RunningServer,
        token: &SecretString,
    ) -> Result<Self, Failure> {
        let door = Self { path: root.join(FILE) };
        let Some(address) = server.operator_address() else { return Ok(door) };
        let text = format!("{address}\n{}\n", token.expose_secret());
        // One that a `dev` left behind which was killed may be anybody's to read.
        let _ = fs::remove_file(&door.path);
        let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&door.path);
        made.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
            Failure::world(format!("`{}` cannot be written: {error}", door.path.display()), "")
        })?;
        Ok(door)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Where a `dev` that runs in this project listens for operators, and the token that it takes.
pub(in crate::command) fn of(root: &Path) -> Option<(String, SecretString)> {
    let text = fs::read_to_string(root.join(FILE)).ok()?;
    let (address, token) = text.trim_end().split_once('\n')?;
    Some((address.to_owned(), SecretString::from(token)))
}
