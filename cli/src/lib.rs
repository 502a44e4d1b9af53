//! The `tidegate` command: one file a verb, and how diagnostics are shown.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 clean, 1
//! problems in the user's input, 2 wrong usage or a failure of ours, 3 the world's (network, login,
//! org, disk).

mod command;
mod drift;
mod failure;
mod opened;
mod org_login;
mod page;
pub mod rehearsals;
pub mod render;
mod report;
mod serving;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "tidegate", version, about = "Support conversations for Salesforce, from git.")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Begin a new project
    Init(command::init::Arguments),
    /// Read the org's metadata into the project's schema/
    Pull(command::pull::Arguments),
    /// Check a project's sources against the pulled metadata
    Check(command::check::Arguments),
    /// Bring sources into the one canonical style
    Fmt(command::fmt::Arguments),
    /// Change what is synced
    Sync(command::sync::Arguments),
    /// Play the tests of a project
    Test(command::test::Arguments),
    /// Tell in plain English what a workflow, or the whole project, does
    Tell(command::tell::Arguments),
    /// Draw a workflow as a picture
    Graph(command::graph::Arguments),
    /// Measure how good the AI is at what the project asks of it
    Ai(command::ai::Arguments),
    /// Say what became different in what a project does
    Diff(command::diff::Arguments),
    /// Compile a project to its plan
    Build(command::build::Arguments),
    /// Write what a plan needs in its org, for the org's admin to deploy
    Emit(command::emit::Arguments),
    /// Show a plan in readable form
    Inspect(command::inspect::Arguments),
    /// Serve the Messenger and create Cases by a plan
    Run(command::run::Arguments),
    /// Develop: a local org, pull, check, build, run, and again at each change
    Dev(command::dev::Arguments),
    /// Run a local Salesforce org, until interrupted
    Org(command::org::Arguments),
    /// Show what could not be done in Salesforce, mend it, send it again
    DeadLetters(command::dead_letters::Arguments),
    /// Serve an editor on standard input and output (the Language Server Protocol)
    Lsp(command::lsp::Arguments),
    /// Show the page of a diagnostic's code
    Explain(command::explain::Arguments),
    /// Print the completions of a shell
    Completions(command::completions::Arguments),
}

/// Runs the command that the process's arguments name.
pub fn main() -> ExitCode {
    let verb = Arguments::parse().verb;
    let done = match verb {
        Verb::Init(arguments) => command::init::run(&arguments),
        Verb::Sync(arguments) => command::sync::run(&arguments),
        Verb::Pull(arguments) => command::pull::run(&arguments),
        Verb::Check(arguments) => command::check::run(&arguments),
        Verb::Fmt(arguments) => command::fmt::run(&arguments),
        Verb::Test(arguments) => command::test::run(&arguments),
        Verb::Tell(arguments) => command::tell::run(&arguments),
        Verb::Graph(arguments) => command::graph::run(&arguments),
        Verb::Ai(arguments) => command::ai::run(&arguments),
        Verb::Diff(arguments) => command::diff::run(&arguments),
        Verb::Build(arguments) => command::build::run(&arguments),
        Verb::Emit(arguments) => command::emit::run(&arguments),
        Verb::Inspect(arguments) => command::inspect::run(&arguments),
        Verb::Run(arguments) => command::run::run(&arguments),
        Verb::Dev(arguments) => command::dev::run(&arguments),
        Verb::Org(arguments) => command::org::run(&arguments),
        Verb::DeadLetters(arguments) => command::dead_letters::run(&arguments),
        Verb::Lsp(arguments) => command::lsp::run(&arguments),
        Verb::Explain(arguments) => command::explain::run(&arguments),
        Verb::Completions(arguments) => {
            command::completions::run(&arguments, Arguments::command());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
