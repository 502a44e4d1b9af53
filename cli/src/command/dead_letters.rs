//! `tidegate dead-letters`: what could not be done in Salesforce, and what becomes of it.

mod desk;
mod fields;
mod screen;

use std::path::PathBuf;

use clap::ValueEnum;
use tidegate_server::dead_letters::{Letter, Summary};

use crate::failure::Failure;
use crate::opened::Opened;
use desk::Desk;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The project whose tidegate.toml says where the server is
    #[arg(long, value_name = "FOLDER", default_value = ".", global = true)]
    project: PathBuf,
    /// The store of a server that has ended, where it is not the one that tidegate.toml names
    #[arg(long, value_name = "FILE", global = true)]
    store: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Show all, the latest last
    List {
        /// How they are written
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// Show one with its request and its answer. These hold a customer's data
    Show {
        /// Its id, or how that begins
        id: String,
        /// How it is written
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// Change what would be sent. It is sent by `resend`
    Mend {
        /// Its id, or how that begins
        id: String,
        /// Set a field, as `Origin=Web` or `OwnerId=queue Tier_2`; an owner is `queue NAME`, `user NAME` or an id
        #[arg(long, value_name = "FIELD=VALUE", required_unless_present = "unset")]
        set: Vec<String>,
        /// Leave a field out
        #[arg(long, value_name = "FIELD")]
        unset: Vec<String>,
    },
    /// Send again. Where it had been done after all, nothing is done twice
    Resend(Resend),
    /// Give one up for good
    Drop {
        /// Its id, or how that begins
        id: String,
        /// Why, for whoever asks later
        #[arg(long, value_name = "REASON")]
        because: String,
    },
}

#[derive(Debug, clap::Args)]
struct Resend {
    /// Its id, or how that begins
    #[arg(conflicts_with_all = ["all", "code"])]
    id: Option<String>,
    /// All of them, in the order in which they were given up
    #[arg(long)]
    all: bool,
    /// Of these, those with this error code
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// JSON
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if let What::Resend(Resend { id: None, all: false, .. }) = &arguments.what {
        return Err(Failure::usage(
            "it is not said which dead letters are sent again",
            "write `resend ID` for one, `resend --all` for all, or `resend --all --code CODE` for \
             those with this error code",
        ));
    }
    let opened = Opened::find(&arguments.project)?;
    super::asynchronous()?.block_on(async {
        let desk = Desk::find(&opened, arguments.store.as_deref()).await?;
        match &arguments.what {
            What::List { format } => list(&desk, *format).await,
            What::Show { id, format } => {
                let letter = desk.show(&find(&desk, id).await?).await?;
                show(&letter, *format)
            }
            What::Mend { id, set, unset } => {
                let letter = desk.show(&find(&desk, id).await?).await?;
                let changes = fields::changes(&opened, &letter, set, unset)?;
                let mended = desk.mend(&letter.summary, &changes).await?;
                anstream::print!("{}", screen::mended(&letter, &mended));
                Ok(())
            }
            What::Resend(resend) => send_again(&desk, resend).await,
            What::Drop { id, because } => {
                let summary = find(&desk, id).await?;
                desk.drop(&summary, because).await?;
                anstream::println!("{} was dropped", screen::short(&summary));
                Ok(())
            }
        }
    })
}

async fn list(desk: &Desk, format: Format) -> Result<(), Failure> {
    let all = desk.list().await?;
    match format {
        Format::Json => json(&all)?,
        Format::Human if all.is_empty() => anstream::eprintln!("there are no dead letters"),
        Format::Human => anstream::print!("{}", screen::table(&all)),
    }
    Ok(())
}

fn show(letter: &Letter, format: Format) -> Result<(), Failure> {
    match format {
        Format::Json => json(letter),
        Format::Human => {
            anstream::print!("{}", screen::whole(letter));
            Ok(())
        }
    }
}

fn json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::usage(format!("this cannot be written as JSON: {error}"), ""))?;
    anstream::println!("{text}");
    Ok(())
}

async fn send_again(desk: &Desk, resend: &Resend) -> Result<(), Failure> {
    let which = match &resend.id {
        Some(id) => vec![find(desk, id).await?],
        None => {
            let all = desk.list().await?;
            let wanted = |one: &Summary| resend.code.as_ref().is_none_or(|code| one.code == *code);
            all.into_iter().filter(wanted).collect()
        }
    };
    for summary in &which {
        desk.resend(summary).await?;
        anstream::println!("{} is sent again", screen::short(summary));
    }
    match which.len() {
        0 => anstream::eprintln!("there is no such dead letter; nothing was sent"),
        _ if desk.is_store() => anstream::eprintln!("it goes when the server is started"),
        _ => anstream::eprintln!("what is refused again comes back: `tidegate dead-letters list`"),
    }
    Ok(())
}

/// The one whose id begins so.
async fn find(desk: &Desk, id: &str) -> Result<Summary, Failure> {
    let wanted = id.trim().to_ascii_lowercase();
    let mut fitting: Vec<Summary> = desk.list().await?;
    fitting.retain(|one| one.id.to_string().starts_with(&wanted));
    let see = "`tidegate dead-letters list` shows them all";
    if fitting.len() > 1 {
        let ids: Vec<String> = fitting.iter().map(|one| one.id.to_string()).collect();
        let message = format!("several dead letters begin with `{}`", id.escape_debug());
        return Err(Failure::input(message, format!("write more of one of {}", ids.join(", "))));
    }
    fitting.pop().ok_or_else(|| {
        Failure::input(format!("there is no dead letter `{}`", id.escape_debug()), see)
    })
}
