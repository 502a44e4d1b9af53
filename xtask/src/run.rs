//! Running commands, and saying so.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Runs a command in a folder of the workspace and says what, and how long it took.
pub(crate) fn step(what: &str, folder: &str, command: &[&str]) -> Result<(), String> {
    eprintln!("\n==> {what}\n    {}", command.join(" "));
    let begun = Instant::now();
    let mut process = prepare(folder, command)?;
    let status = process.status().map_err(|error| format!("`{}`: {error}", command.join(" ")))?;
    eprintln!("    {:.1} s", begun.elapsed().as_secs_f32());
    if status.success() { Ok(()) } else { Err(format!("`{}`: {status}", command.join(" "))) }
}

/// Whether a command can be started and succeeds, quietly.
pub(crate) fn works(command: &[&str]) -> bool {
    let Ok(mut process) = prepare(".", command) else { return false };
    let quiet = process.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn prepare(folder: &str, command: &[&str]) -> Result<Command, String> {
    let (program, arguments) = command.split_first().ok_or("an empty command")?;
    let mut process = Command::new(program);
    process.args(arguments).current_dir(root().join(folder));
    Ok(process)
}
