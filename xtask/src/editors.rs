//! Editors: the extension for Visual Studio Code, and a client of others against the language server.

use crate::python;
use crate::run::{root, step};
use crate::setup;

const EXTENSION: &str = "editors/vscode";
const TESTS: &str = "tests/editors";

/// Tests and packages the extension, and runs pytest-lsp's client against the server.
pub(crate) fn all() -> Result<(), String> {
    setup::npm(EXTENSION)?;
    step("VS Code: the highlighting", EXTENSION, &["npm", "test", "--silent"])?;
    step("VS Code: the package", EXTENSION, &["npm", "run", "--silent", "package"])?;
    step("Rust: the language server", ".", &["cargo", "build", "-p", "tidegate", "--locked"])?;
    let environment = python::environment(TESTS, "target/editors-python")?;
    let pytest = root().join(environment).join("bin/pytest");
    let pytest = pytest.to_string_lossy();
    let quiet = ["-q", "-p", "no:cacheprovider", "--asyncio-mode=auto"];
    step("pytest-lsp", TESTS, &[&[&*pytest], &quiet[..]].concat())
}
