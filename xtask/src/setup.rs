//! What the tests need beside Rust: Chromium and Node.js from Debian's packages, and the browser
//! tests' packages from npm.

use crate::run::{root, step, works};

/// Installs what is missing, saying what.
pub(crate) fn everything() -> Result<(), String> {
    debian()?;
    npm("messenger")?;
    npm("tests/browser")
}

fn debian() -> Result<(), String> {
    let wanted = [
        ("chromium", works(&["chromium", "--version"])),
        ("nodejs", works(&["node", "--version"])),
        ("npm", works(&["npm", "--version"])),
    ];
    let missing: Vec<&str> =
        wanted.iter().filter(|(_, there)| !there).map(|(package, _)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let apt: &[&str] = if works(&["sh", "-c", "test \"$(id -u)\" = 0"]) {
        &["apt-get"]
    } else if works(&["sudo", "-n", "true"]) {
        &["sudo", "-n", "apt-get"]
    } else {
        return Err(format!(
            "the browser tests need Debian's packages {0}; run `sudo apt-get install {0}` first",
            missing.join(" ")
        ));
    };
    step("Debian: package lists", ".", &[apt, &["update", "-q"]].concat())?;
    let install = [apt, &["install", "-y", "-q", "--no-install-recommends"], &missing].concat();
    step("Debian: what the browser tests need", ".", &install)
}

/// Installs a folder's npm packages unless they are there as locked.
pub(crate) fn npm(folder: &str) -> Result<(), String> {
    let lock = root().join(folder).join("package-lock.json");
    let stamp = root().join(folder).join("node_modules/.tidegate-lock");
    let wanted = std::fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"];
    step(&format!("npm: {folder}"), folder, &install)?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}
