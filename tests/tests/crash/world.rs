//! An org, a project and runtimes, each a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_tests::process::{Process, binary};

use super::disk::Disk;
use super::kills::DRAIN;
use super::program::{Program, tide};

/// Which server is started.
#[derive(Debug, Clone)]
pub(crate) enum Runtime {
    /// The one that customers get.
    Whole,
    /// A binary of the tests with a protection removed.
    Sabotaged(&'static str),
}

/// The world around the runtime: outlives each of its kills.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) org: String,
    /// What the store's files lie on, where it can fail.
    pub(crate) disk: Option<Disk>,
    http: reqwest::Client,
    _org: Process,
}

impl World {
    pub(crate) fn new(program: &Program) -> Self {
        Self::of(&tide::source(program))
    }

    /// The same for a program as its source.
    pub(crate) fn of(source: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("disk")).unwrap();
        let data = folder.path().join("org");
        let arguments = ["org", "--port", "0", "--data", text(&data)];
        let (process, org) = Process::start(&arguments, &[], "the org answers at");
        let manifest = format!(
            "[project]\nname = \"crash\"\norg = \"local\"\n\n[org.local]\nlogin_url = \"{org}\"\n\
             login = {{ flow = \"client-credentials\", consumer_key_env = \"CRASH_KEY\", \
             consumer_secret_env = \"CRASH_SECRET\" }}\n\n[messenger.web]\n\n\
             [channel.live]\nurl = \"{org}\"\ndeployment = \"Web_Chat\"\n\
             parameters = {{ email = 80 }}\n\n\
             [server]\nstore = \"sqlite:disk/kept/tidegate.db\"\noperator_listen = \"off\"\n\n\
             [server.limits]\nconnections_per_address = 10000\n\
             conversations_per_minute = 100000\nmessages_per_minute = 100000\n"
        );
        std::fs::write(folder.path().join("tidegate.toml"), manifest).unwrap();
        let world = Self { folder, org, disk: None, http: reqwest::Client::new(), _org: process };
        world.run(&["pull", text(world.folder.path())]);
        world.build_source(source);
        world
    }

    /// Builds another program's plan in place of the one before.
    pub(crate) fn build(&self, program: &Program) {
        self.build_source(&tide::source(program));
    }

    fn build_source(&self, source: &str) {
        std::fs::write(self.folder.path().join("support.tide"), source).unwrap();
        self.run(&["build", text(self.folder.path())]);
    }

    /// The same on a disk that can lose power; see [`Disk::new`].
    pub(crate) fn on_a_disk(program: &Program, lies: Option<&'static str>) -> Self {
        let mut world = Self::new(program);
        let folder = world.folder.path();
        world.disk = Some(Disk::new(folder, &folder.join("disk"), lies));
        world
    }

    fn run(&self, arguments: &[&str]) {
        let done = Command::new(binary()).args(arguments).envs(variables()).output().unwrap();
        let said = [done.stdout, done.stderr].concat();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&said));
    }

    pub(crate) fn plan(&self) -> PathBuf {
        self.folder.path().join("crash.plan")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("disk/kept/tidegate.db")
    }

    /// Everything that the runtimes logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("runtime.log")).unwrap_or_default()
    }

    /// The command that runs a runtime on a free port; its log goes to a file.
    pub(crate) fn command(&self, runtime: &Runtime) -> Command {
        let mut command = match runtime {
            Runtime::Whole => {
                let mut command = Command::new(binary());
                command.arg("run").arg(self.plan()).args(["--listen", "127.0.0.1:0", "--project"]);
                command.arg(self.folder.path());
                command
            }
            Runtime::Sabotaged(program) => {
                let mut command = Command::new(program);
                command.arg(self.plan()).arg(self.store()).arg(&self.org);
                command
            }
        };
        let log = self.folder.path().join("runtime.log");
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        command.envs(variables()).stderr(Stdio::from(log));
        if let Some(disk) = &self.disk {
            disk.serve(&mut command);
        }
        command
    }

    /// Starts a runtime; gives its address too.
    pub(crate) fn start(&self, runtime: &Runtime) -> (Process, String) {
        Process::begin(self.command(runtime), "listening on")
    }

    pub(crate) async fn ask_org(&self, what: &str) -> Value {
        let path = format!("{}/__org/{what}", self.org);
        self.http.get(path).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn tell_org(&self, what: &str, body: Value) -> Value {
        let path = format!("{}/__org/{what}", self.org);
        self.http.post(path).json(&body).send().await.unwrap().json().await.unwrap()
    }

    /// Replaces the faults that are to come.
    pub(crate) async fn faults(&self, next: Value) {
        let told = self.tell_org("faults", json!({ "next": next })).await;
        assert!(told["next"].is_object(), "{told}");
    }

    /// Effects that wait, and dead letters, in the runtime's store.
    pub(crate) fn owed(&self) -> (u64, u64) {
        let store = rusqlite::Connection::open(self.store()).unwrap();
        store.busy_timeout(Duration::from_secs(5)).unwrap();
        let count = |table| {
            let query = format!("SELECT count(*) FROM {table}");
            store.query_row(&query, [], |row| row.get::<_, u32>(0).map(u64::from)).unwrap()
        };
        (count("outbox"), count("dead_letter"))
    }

    /// Waits until no effect waits any more.
    pub(crate) async fn until_nothing_is_owed(&self) {
        let waiting = async {
            while self.owed().0 > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(DRAIN, waiting).await.expect("nothing is owed");
    }
}

/// The connected app of a local org.
pub(crate) const APP: (&str, &str) = ("tidegate-local", "tidegate-local-secret");

fn variables() -> [(&'static str, &'static str); 3] {
    [("CRASH_KEY", APP.0), ("CRASH_SECRET", APP.1), ("RUST_LOG", "warn")]
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
