//! How a verb fails, and the exit code for it.

use std::process::ExitCode;

/// Why a verb did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The user's input has problems, which have been shown already.
    #[error("")]
    Problems,
    /// The user's input has one problem that no source line can show.
    #[error("{message}")]
    Input {
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// The command was called wrongly, or failed by a fault of its own.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// The network, the org, a login or the disk.
    #[error("{message}")]
    World {
        /// What happened, and what was kept.
        message: String,
        /// What to do.
        help: String,
    },
}

impl Failure {
    pub(crate) fn input(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Input { message: message.into(), help: help.into() }
    }

    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: help.into() }
    }

    pub(crate) fn world(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::World { message: message.into(), help: help.into() }
    }

    /// Tells the user on standard error, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let (code, help) = match self {
            Self::Problems => return ExitCode::from(1),
            Self::Input { help, .. } => (1, help),
            Self::Usage { help, .. } => (2, help),
            Self::World { help, .. } => (3, help),
        };
        anstream::eprintln!("error: {self}");
        if !help.is_empty() {
            anstream::eprintln!("help: {help}");
        }
        ExitCode::from(code)
    }
}
