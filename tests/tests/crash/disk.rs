//! A disk that can lose power and fail: `tests/disk/disk.c`, put before the runtime.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::dice::Dice;

/// So much of a file reaches a disk whole, or not at all.
const SECTOR: usize = 512;

/// Milliseconds that a sync takes longer than it does, so that kills find some under way.
const SLOW: &str = "4";

/// What the runtime takes for a disk.
pub(crate) struct Disk {
    library: PathBuf,
    /// The folder whose files it watches. What lies there at the beginning is durable.
    root: PathBuf,
    kept: PathBuf,
    /// Syncs of files that end so are not made, and said to be done.
    lies: Option<&'static str>,
}

impl Disk {
    /// Builds it in a folder; watches what comes to be under `root`.
    pub(crate) fn new(folder: &Path, root: &Path, lies: Option<&'static str>) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("disk/disk.c");
        let library = folder.join("disk.so");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .status();
        assert!(built.expect("`cc` is there, as Rust itself needs it").success());
        let kept = folder.join("synced");
        for part in ["images", "names"] {
            std::fs::create_dir_all(kept.join(part)).unwrap();
        }
        Self { library, root: root.into(), kept, lies }
    }

    /// Puts it before a program.
    pub(crate) fn serve(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("DISK_ROOT", &self.root);
        command.env("DISK_KEPT", &self.kept).env("DISK_SLOW", SLOW);
        if let Some(lies) = self.lies {
            command.env("DISK_LIES", lies);
        }
    }

    /// `full` or `fail-sync`; see the source.
    pub(crate) fn fault(&self, fault: &str) {
        std::fs::write(self.kept.join(fault), "").unwrap();
    }

    pub(crate) fn mend(&self, fault: &str) {
        std::fs::remove_file(self.kept.join(fault)).unwrap();
    }

    /// How many operations failed.
    pub(crate) fn struck(&self) -> usize {
        std::fs::read_to_string(self.kept.join("struck")).unwrap_or_default().lines().count()
    }

    /// The power fails: of what was not synced, nothing is left; or, with dice, some sectors are
    /// and some are not. The runtime must be dead. Gives the bytes that were lost.
    pub(crate) fn lose_power(&self, dice: Option<&mut Dice>) -> u64 {
        let mut lost = 0;
        self.lose_in(&self.root.clone(), &mut { dice }, &mut lost);
        lost
    }

    fn lose_in(&self, folder: &Path, dice: &mut Option<&mut Dice>, lost: &mut u64) {
        let names: BTreeSet<String> = std::fs::read_to_string(self.of("names", folder))
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if !names.contains(&name) {
                *lost += gone(&path);
            } else if path.is_dir() {
                self.lose_in(&path, dice, lost);
            } else {
                let there = std::fs::read(&path).unwrap();
                let image = std::fs::read(self.of("images", &path)).unwrap_or_default();
                let left = match dice {
                    Some(dice) => torn(&image, &there, dice),
                    None => image,
                };
                // An index in memory, which is made anew and not worth a sync.
                if !name.ends_with("-shm") {
                    *lost += there.iter().zip(&left).filter(|(a, b)| a != b).count() as u64;
                    *lost += there.len().saturating_sub(left.len()) as u64;
                }
                std::fs::write(&path, left).unwrap();
            }
        }
    }

    fn of(&self, what: &str, path: &Path) -> PathBuf {
        self.kept.join(what).join(path.to_str().unwrap().replace('/', "%"))
    }
}

fn gone(path: &Path) -> u64 {
    if path.is_dir() {
        std::fs::remove_dir_all(path).unwrap();
        return 1;
    }
    let length = path.metadata().unwrap().len();
    std::fs::remove_file(path).unwrap();
    length
}

/// Each sector as it was synced, or as it was written since; so the end.
fn torn(image: &[u8], there: &[u8], dice: &mut Dice) -> Vec<u8> {
    let length = match dice.below(3) {
        0 => image.len(),
        1 => there.len(),
        _ => {
            let (low, high) = (image.len().min(there.len()), image.len().max(there.len()));
            low + dice.below(high - low + 1)
        }
    };
    let mut left = vec![0; length];
    for start in (0..length).step_by(SECTOR) {
        let end = (start + SECTOR).min(length);
        let from = if dice.one_in(2) { image } else { there };
        let known = from.get(start..end.min(from.len())).unwrap_or(&[]);
        left[start..start + known.len()].copy_from_slice(known);
    }
    left
}
