//! Telling when a project's files have changed.

use std::path::Path;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tidegate_project::sources;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::failure::Failure;

/// Editors write a file in several steps; changes this close together are one.
const QUIET: Duration = Duration::from_millis(150);

/// Watches a project.
pub(crate) struct Changes {
    _watcher: RecommendedWatcher,
    touched: UnboundedReceiver<()>,
}

impl Changes {
    /// Begins to watch.
    pub(crate) fn of(root: &Path) -> Result<Self, Failure> {
        let (tell, touched) = unbounded_channel();
        let folder = root.to_path_buf();
        let watched = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let counts = event.is_ok_and(|event| {
                !event.kind.is_access() && event.paths.iter().any(|path| is_input(&folder, path))
            });
            if counts {
                // The receiver is gone only when the command ends.
                let _ = tell.send(());
            }
        });
        let failed = |error: notify::Error| {
            Failure::world(format!("`{}` cannot be watched: {error}", root.display()), "")
        };
        let mut watcher = watched.map_err(failed)?;
        watcher.watch(root, RecursiveMode::Recursive).map_err(failed)?;
        Ok(Self { _watcher: watcher, touched })
    }

    /// Waits for the next change, and until it is over.
    pub(crate) async fn next(&mut self) {
        if self.touched.recv().await.is_none() {
            return std::future::pending().await;
        }
        while tokio::time::timeout(QUIET, self.touched.recv())
            .await
            .is_ok_and(|more| more.is_some())
        {}
    }
}

/// Sources, articles, the manifest and the pulled metadata; not what Tidegate itself writes.
fn is_input(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else { return false };
    let hidden = inside.iter().any(|part| part.to_string_lossy().starts_with('.'));
    let ending = inside.extension().unwrap_or_default();
    !hidden && (ending == "tide" || ending == "toml" || sources::is_article(root, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_check_reads_counts() {
        let root = Path::new("/p");
        assert!(is_input(root, Path::new("/p/a/b.tide")));
        assert!(is_input(root, Path::new("/p/tidegate.toml")));
        assert!(!is_input(root, Path::new("/p/.tidegate/dev.toml")));
        assert!(is_input(root, Path::new("/p/knowledge/invoices.md")));
        assert!(!is_input(root, Path::new("/p/README.md")));
        assert!(!is_input(root, Path::new("/p/support.plan")));
        assert!(!is_input(root, Path::new("/q/a.tide")));
    }
}
