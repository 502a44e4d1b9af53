//! Processes of the `tidegate` binary that a test starts, kills and starts again.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The binary beside this test's own; `cargo build` makes it.
pub fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("TIDEGATE") {
        return named.into();
    }
    let test = std::env::current_exe().expect("this test's own path");
    let folder = test.ancestors().nth(2).expect("target/PROFILE");
    let binary = folder.join("tidegate");
    assert!(binary.is_file(), "{} is not there: run `cargo build` first", binary.display());
    binary
}

/// A running process; killed without mercy when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts `tidegate` with these arguments and environment variables, and waits for the line of
    /// its standard output that begins with `ready`; gives what follows on that line.
    ///
    /// # Panics
    /// It ended before it was ready.
    pub fn start(arguments: &[&str], variables: &[(&str, &str)], ready: &str) -> (Self, String) {
        let mut command = Command::new(binary());
        command.args(arguments).envs(variables.iter().copied());
        Self::begin(command, ready)
    }

    /// Starts any program, and waits for its line that begins with `ready`, as above.
    ///
    /// # Panics
    /// It ended before it was ready.
    pub fn begin(mut command: Command, ready: &str) -> (Self, String) {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let output = child.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(output).lines();
        let told = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.trim().strip_prefix(ready).map(|rest| rest.trim().to_owned()));
        std::thread::spawn(move || lines.for_each(drop));
        let told = told.unwrap_or_else(|| panic!("{command:?} ended early"));
        (Self { child }, told)
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.end();
    }

    /// Asks it to end, as an operator does.
    ///
    /// # Panics
    /// `kill` is not there.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.expect("`kill`").success());
    }

    /// Waits until it has ended by itself; gives its exit code, where no signal ended it.
    ///
    /// # Panics
    /// It can't be waited for.
    pub fn wait(mut self) -> Option<i32> {
        self.child.wait().expect("a child").code()
    }

    fn end(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}
