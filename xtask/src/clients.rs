//! Salesforce clients of others against the local org.

use std::fs;

use crate::run::{root, step};
use crate::setup;

const FOLDER: &str = "tests/clients";
/// Below `target`, so that it is never committed and `cargo clean` takes it away.
const PYTHON: &str = "target/clients-python";

/// Installs jsforce and simple-salesforce as locked, and runs their tests.
pub(crate) fn all() -> Result<(), String> {
    step("Rust: the org", ".", &["cargo", "build", "-p", "tidegate", "--locked"])?;
    setup::npm(FOLDER)?;
    step("jsforce", FOLDER, &["npm", "test", "--silent"])?;
    python()?;
    let python = root().join(PYTHON).join("bin/python");
    let python = python.to_string_lossy();
    step("simple-salesforce", FOLDER, &[&python, "-m", "unittest", "--quiet"])
}

/// A virtual environment with the locked packages, made anew when the lock has changed.
fn python() -> Result<(), String> {
    let lock = root().join(FOLDER).join("requirements.txt");
    let stamp = root().join(PYTHON).join(".tidegate-lock");
    let wanted = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step("Python: an environment", ".", &["python3", "-m", "venv", "--clear", PYTHON])?;
    let pip = format!("{PYTHON}/bin/pip");
    let lock = lock.to_string_lossy();
    let install = [&pip, "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
    step("Python: packages", ".", &[&install[..], &["-r", &lock]].concat())?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}
