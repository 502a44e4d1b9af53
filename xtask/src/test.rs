//! All tests, in the order in which they fail fastest.

use crate::run::step;
use crate::setup;

/// Installs what is missing, then runs everything.
pub(crate) fn everything() -> Result<(), String> {
    setup::everything()?;
    step(
        "Rust: build",
        ".",
        &["cargo", "build", "--workspace", "--lib", "--bins", "--tests", "--locked"],
    )?;
    step("Rust: tests", ".", &["cargo", "test", "--workspace", "--locked", "--no-fail-fast"])?;
    step("Messenger: tests", "messenger", &["npm", "test", "--silent"])?;
    step(
        "Messenger: the bundle is the one that its sources give",
        "messenger",
        &["npm", "run", "--silent", "check"],
    )?;
    step("Browser: tests", "tests/browser", &["npm", "test", "--silent"])
}

/// Rebuilds `messenger/dist`.
pub(crate) fn rebuild_messenger() -> Result<(), String> {
    setup::everything()?;
    step("Messenger: build", "messenger", &["npm", "run", "build"])
}
