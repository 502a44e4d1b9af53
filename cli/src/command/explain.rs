//! `tidegate explain CODE`: a diagnostic's page.

use tidegate_diagnostics::codes;

use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The code, such as E0201; without one, all codes are listed
    code: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Some(wanted) = &arguments.code else {
        for code in codes::all() {
            anstream::println!("{}  {}", code.id(), code.title());
        }
        return Ok(());
    };
    let code = codes::find(wanted).ok_or_else(|| {
        Failure::usage(
            format!("there is no code `{}`", wanted.escape_debug()),
            "`tidegate explain` lists all codes",
        )
    })?;
    anstream::println!("{}", code.page().trim_end());
    Ok(())
}
