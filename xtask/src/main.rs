//! The developers' commands: `cargo xtask test` sets up what the tests need and runs them all.
//!
//! No dependencies, so that it builds in a second on a machine that has nothing yet.

mod clients;
mod editors;
mod fuzz;
mod python;
mod run;
mod setup;
mod test;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND

  test       install what the tests need (saying what), then run all of them
  clients    install Salesforce clients and tools of others, then run their tests
  editors    package the extension for VS Code, install pytest-lsp, and run their tests
  fuzz       TARGET RUNS: run a fuzz target so many times (nightly Rust and cargo-fuzz)
  messenger  rebuild the web Messenger's bundle in messenger/dist
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => test::everything(),
        ["clients"] => clients::all(),
        ["editors"] => editors::all(),
        ["fuzz", target, runs] => fuzz::run(target, runs),
        ["messenger"] => test::rebuild_messenger(),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
