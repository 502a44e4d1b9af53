//! Python packages of tests, in environments of their own.

use std::fs;

use crate::run::{root, step};

/// A virtual environment with the packages that a folder's `requirements.txt` locks, made anew when
/// that has changed. It lies below `target`, so that it is never committed and `cargo clean` takes
/// it away.
pub(crate) fn environment(folder: &str, at: &'static str) -> Result<&'static str, String> {
    let lock = root().join(folder).join("requirements.txt");
    let stamp = root().join(at).join(".tidegate-lock");
    let wanted = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(at);
    }
    step("Python: an environment", ".", &["python3", "-m", "venv", "--clear", at])?;
    let pip = format!("{at}/bin/pip");
    let lock = lock.to_string_lossy();
    let install = [&pip, "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
    step("Python: packages", ".", &[&install[..], &["-r", &lock]].concat())?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(at)
}
