//! `tidegate lsp`: the language server, on standard input and output.

use std::io::IsTerminal as _;

use tidegate_lsp::Ended;

use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Standard input and output are meant; editors that say so are understood
    #[arg(long = "stdio")]
    _stdio: bool,
}

pub(crate) fn run(_arguments: &Arguments) -> Result<(), Failure> {
    if std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "`tidegate lsp` is started by an editor, which talks to it on standard input",
            "name it as the language server for `.tide` files, or install the extension below `editors/vscode`",
        ));
    }
    let ended = tidegate_lsp::serve_streams(std::io::stdin(), std::io::stdout());
    match ended {
        Ok(Ended::Properly) => Ok(()),
        Ok(Ended::Abruptly) => Err(Failure::usage("the editor went away without saying so", "")),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            Err(Failure::usage("the editor went away without saying so", ""))
        }
        Err(error) => Err(Failure::world(format!("the editor cannot be served: {error}"), "")),
    }
}
