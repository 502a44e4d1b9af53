//! `tidegate dev`: a local org, pull, check, build, run, and again at each change.

mod identity;
mod local;
pub(super) mod operators;
mod page;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tidegate_compiler::analysis::{Analyzer, Checked, Inputs};
use tidegate_plan::model::Plan;
use tidegate_project::manifest::FileSize;
use tidegate_salesforce::client::Client;
use tidegate_schemas::catalog::Catalog;
use tidegate_server::RunningServer;
use tidegate_server::clock::Clock;
use tidegate_server::config::{
    EdgeConfig, IdentityAlgorithm, IdentityKey, MAX_FILE_MB, MessengerConfig, ServerConfig,
    StoreConfig,
};
use tidegate_server::effects::org::Org;
use tidegate_server::effects::salesforce::SalesforceOrg;
use tidegate_simulator::RunningOrg;
use tokio::net::TcpListener;

use crate::failure::Failure;
use crate::opened::Opened;
use crate::report;
use crate::serving::{self, Place};
use crate::watch::Changes;

use identity::Signer;
use page::Pages;

/// The local org can be changed while it runs; whoever does that wants to see it soon.
const ORG_CHECK: Duration = Duration::from_secs(10);

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The project's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// The port of the page to begin with; the runtime and the org take the next two. 0 takes free
    /// ones
    #[arg(long, default_value_t = 4700)]
    port: u16,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let opened = Opened::find(&arguments.folder)?;
    super::log_to_stderr("warn");
    super::asynchronous()?.block_on(async {
        let mut ending = serving::Ending::new();
        tokio::select! {
            done = Dev::new(opened, arguments.port).run() => done,
            () = ending.asked() => Ok(()),
        }
    })
}

/// One project under development.
struct Dev {
    opened: Opened,
    port: u16,
    analyzer: Analyzer,
    signer: Signer,
    operator_token: SecretString,
}

impl Dev {
    fn new(opened: Opened, port: u16) -> Self {
        let operator_token = operators::token();
        Self { opened, port, analyzer: Analyzer::new(), signer: Signer::new(), operator_token }
    }

    async fn run(mut self) -> Result<(), Failure> {
        let folder = self.opened.root.join(".tidegate/dev");
        let own = local::from_another_org(&self.opened);
        let (org, client) = local::start(self.address(2), &folder, own.as_ref()).await?;
        local::deploy(&org, &self.opened.manifest).await?;
        let catalog = Arc::new(local::catalog(&client, &self.opened, own).await?);
        let mut schema = local::Schema::of(&self.opened);
        let mut changes = Changes::of(&self.opened.root)?;
        let plan = loop {
            match self.build(&catalog) {
                Ok(plan) => break plan,
                Err(failure) => {
                    failure.report();
                    anstream::eprintln!("waiting for a change that mends it");
                    changes.next().await;
                }
            }
        };
        local::deploy_package(&org, &plan, &catalog, &self.opened.manifest);
        let pages = TcpListener::bind(self.address(0)).await.map_err(|error| port_taken(&error))?;
        let server = self.serve(&pages, client, &plan, Place::Local(org.url().to_owned())).await?;
        // Until the project is left, operators find the server by it.
        let _door = operators::Door::open(&self.opened.root, &server, &self.operator_token)?;
        self.welcome(pages, &org, &server, &plan)?;
        loop {
            changes.next().await;
            schema.tell_of_changes(&self.opened);
            self.again(&catalog, &org, &server).await;
        }
    }

    fn address(&self, offset: u16) -> SocketAddr {
        let port = if self.port == 0 { 0 } else { self.port.saturating_add(offset) };
        (Ipv4Addr::LOCALHOST, port).into()
    }

    /// Checks and compiles; what is wrong has been shown.
    fn build(&mut self, catalog: &Arc<Catalog>) -> Result<Plan, Failure> {
        self.opened = Opened::find(&self.opened.root)?;
        let inputs = Inputs {
            sources: self.opened.sources()?,
            catalog: Arc::clone(catalog),
            settings: self.opened.settings(),
        };
        let analysis = self.analyzer.check(&inputs);
        report::show_to_people(&analysis);
        let checked: Checked = analysis.checked().map_err(|_| Failure::Problems)?;
        Ok(checked.emit())
    }

    async fn again(&mut self, catalog: &Arc<Catalog>, org: &RunningOrg, server: &RunningServer) {
        let built = self.build(catalog);
        match built {
            Ok(plan) => match server.swap_plan(plan.encode()).await {
                Ok(_) => {
                    local::deploy_package(org, &plan, catalog, &self.opened.manifest);
                    anstream::eprintln!("built; new conversations use it");
                }
                Err(error) => anstream::eprintln!("error: {error}; the last good plan goes on"),
            },
            Err(failure) => {
                failure.report();
                anstream::eprintln!("the last good plan goes on");
            }
        }
    }

    async fn serve(
        &self,
        pages: &TcpListener,
        client: Client,
        plan: &Plan,
        place: Place,
    ) -> Result<RunningServer, Failure> {
        let port = pages.local_addr().map_err(|error| port_taken(&error))?.port();
        let key = IdentityKey {
            id: identity::KEY_ID.to_owned(),
            algorithm: IdentityAlgorithm::Hs256,
            key: SecretString::from(self.signer.secret().to_owned()),
        };
        let messenger = MessengerConfig {
            name: self.messenger(),
            origins: vec![format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")],
            identity: vec![key],
            max_file_mb: self.max_file_mb(),
        };
        let org: Arc<dyn Org> = Arc::new(SalesforceOrg::new(client));
        serving::start(ServerConfig {
            listen: self.address(1),
            operator: Some(operators::listener(&self.operator_token)),
            edge: EdgeConfig::wide(),
            store: StoreConfig::Sqlite(self.opened.root.join(operators::STORE)),
            plan: plan.encode(),
            messengers: vec![messenger],
            users: self.opened.manifest.user.clone(),
            country_header: None,
            channels: serving::channels(&self.opened.manifest, &org, &place)?,
            org,
            ai: serving::ai(&self.opened.manifest.ai)?,
            clock: Clock::of_the_machine(),
            any_org: false,
            org_check: ORG_CHECK,
        })
        .await
    }

    fn messenger(&self) -> String {
        let first = self.opened.manifest.messenger.keys().next();
        first.cloned().unwrap_or_else(|| "web".to_owned())
    }

    fn max_file_mb(&self) -> u8 {
        let first = self.opened.manifest.messenger.values().next();
        first.and_then(|section| section.max_file_mb).map_or(MAX_FILE_MB, FileSize::megabytes)
    }

    /// Serves the page to begin with, and says where everything is.
    fn welcome(
        &self,
        listener: TcpListener,
        org: &RunningOrg,
        server: &RunningServer,
        plan: &Plan,
    ) -> Result<(), Failure> {
        let address = listener.local_addr().map_err(|error| port_taken(&error))?;
        let visitors = local::visitors(org, plan);
        let router = page::router(Pages {
            project: self.opened.manifest.project.name.as_str().to_owned(),
            messenger: self.messenger(),
            runtime: server.url(),
            org: org.url().to_owned(),
            visitors,
            signer: self.signer.clone(),
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        anstream::println!("begin here    http://{address}/   choose who you are, and chat");
        anstream::println!("Messenger     {}/messenger/", server.url());
        anstream::println!("org           {}/   what arrives in Salesforce", org.url());
        anstream::println!("ready         edit a file, and the next conversation uses it");
        Ok(())
    }
}

fn port_taken(error: &std::io::Error) -> Failure {
    Failure::world(
        format!("the page to begin with cannot be served: {error}"),
        "is another `tidegate dev` running? `--port` takes other ports",
    )
}
