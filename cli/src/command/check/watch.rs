//! `tidegate check --watch`: the check again at each change.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tidegate_compiler::analysis::{Analyzer, Inputs};
use tidegate_schemas::catalog::Catalog;

use crate::failure::Failure;
use crate::opened::Opened;
use crate::report::{self, Format};
use crate::serving::Ending;
use crate::watch::Changes;

/// Clears the screen and what was scrolled away, and begins at its top.
const CLEAR: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";

/// Checks until it is interrupted; what is wrong, also with the manifest, waits to be mended.
pub(super) fn run(folder: &Path, format: Format) -> Result<(), Failure> {
    let root = Opened::root(folder)?;
    crate::command::asynchronous()?.block_on(async {
        let mut ending = Ending::new();
        // Watched before it is read: no change between the two is missed.
        let mut changes = Changes::of(&root)?;
        let mut round = Rounds { root, format, analyzer: Analyzer::new(), catalog: None };
        loop {
            round.check()?;
            tokio::select! {
                () = changes.next() => {}
                () = ending.asked() => return Ok(()),
            }
        }
    })
}

/// One check after another, of which each does only what changed anew.
struct Rounds {
    root: PathBuf,
    format: Format,
    analyzer: Analyzer,
    catalog: Option<Arc<Catalog>>,
}

impl Rounds {
    fn check(&mut self) -> Result<(), Failure> {
        if self.format == Format::Human && std::io::stdout().is_terminal() {
            report::print(CLEAR)?;
        }
        let begun = Instant::now();
        match self.inputs() {
            Ok(inputs) => {
                let analysis = self.analyzer.check(&inputs);
                let took = begun.elapsed().as_millis();
                report::show(&analysis, self.format, &self.root);
                anstream::eprintln!("checked in {took} ms; waiting for a change");
            }
            Err(failure) => {
                failure.report();
                anstream::eprintln!("waiting for a change that mends it");
            }
        }
        Ok(())
    }

    fn inputs(&mut self) -> Result<Inputs, Failure> {
        let opened = Opened::find(&self.root)?;
        let read = opened.catalog()?;
        // The same one as before keeps what was learned from it.
        let known = self.catalog.take().filter(|known| **known == read);
        let catalog = Arc::clone(self.catalog.insert(known.unwrap_or_else(|| Arc::new(read))));
        Ok(Inputs { sources: opened.sources()?, catalog, settings: opened.settings() })
    }
}
