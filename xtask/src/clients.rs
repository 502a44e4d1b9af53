//! Salesforce clients of others against the local org, and tools of others against what is emitted.

use crate::python;
use crate::run::{root, step};
use crate::setup;

const FOLDER: &str = "tests/clients";

/// Installs what is locked, and runs their tests.
pub(crate) fn all() -> Result<(), String> {
    step("Rust: the org", ".", &["cargo", "build", "-p", "tidegate", "--locked"])?;
    setup::npm(FOLDER)?;
    step("jsforce, source library, flow scanner", FOLDER, &["npm", "test", "--silent"])?;
    let environment = python::environment(FOLDER, "target/clients-python")?;
    let python = root().join(environment).join("bin/python");
    let python = python.to_string_lossy();
    step("simple-salesforce", FOLDER, &[&python, "-m", "unittest", "--quiet"])
}
