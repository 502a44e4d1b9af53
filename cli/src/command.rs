//! The verbs, a file each: `Arguments`, and `run`.

pub(crate) mod ai;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod dead_letters;
pub(crate) mod dev;
pub(crate) mod diff;
pub(crate) mod emit;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod lsp;
pub(crate) mod org;
pub(crate) mod pull;
pub(crate) mod run;
pub(crate) mod sync;
pub(crate) mod tell;
pub(crate) mod test;

use tidegate_compiler::analysis::Checked;
use tidegate_diagnostics::printable;

use crate::failure::Failure;

/// What verbs that talk to a network run in.
pub(crate) fn asynchronous() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("no threads can be started: {error}"), ""))
}

/// Logs go to standard error; `RUST_LOG` says how much, else `usually`.
pub(crate) fn log_to_stderr(usually: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usually));
    // Another subscriber is there only in tests.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

/// A workflow was named that the project does not have.
fn no_workflow(checked: &Checked, name: &str) -> Failure {
    const NEAR: f64 = 0.7;
    let names = checked.analysis().program.workflows.iter().map(|workflow| &workflow.name);
    let near = names
        .clone()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(near, _)| *near > NEAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    let help = match near {
        Some((_, near)) => format!("did you mean `{near}`?"),
        None => {
            let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            format!("the project has {}", all.join(", "))
        }
    };
    Failure::usage(format!("there is no workflow `{}`", printable(name)), help)
}
