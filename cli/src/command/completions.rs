//! `tidegate completions SHELL`: a script that lets a shell complete our verbs and options.

use clap::ValueEnum;
use clap_complete::Shell;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Supported,
}

/// The shells that a test tries, or reads the script for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Supported {
    /// `tidegate completions bash > ~/.local/share/bash-completion/completions/tidegate`
    Bash,
    /// `tidegate completions zsh > _tidegate`, in a folder of `$fpath`
    Zsh,
    /// `tidegate completions fish > ~/.config/fish/completions/tidegate.fish`
    Fish,
}

pub(crate) fn run(arguments: &Arguments, mut command: clap::Command) {
    let shell = match arguments.shell {
        Supported::Bash => Shell::Bash,
        Supported::Zsh => Shell::Zsh,
        Supported::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "tidegate", &mut script);
    anstream::print!("{}", String::from_utf8_lossy(&script));
}
