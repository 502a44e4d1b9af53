//! The language server: Tide in editors.
//!
//! One loop owns the texts and applies the editor's changes in their order. Projects are checked on
//! one other thread, each time as they stand at that moment; while a check runs, changes gather, and
//! the newest state is the next that is checked. A question about a text is answered by what is
//! known of exactly that text.

mod client;
mod diagnostics;
mod features;
mod server;
mod text;
mod uri;
mod wire;
mod worker;
mod workspace;

#[cfg(test)]
mod tests;

use std::io::{self, Read, Write};

pub use lsp_server::Connection;

/// How a connection came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The client said goodbye as the protocol wants it.
    Properly,
    /// The client went away.
    Abruptly,
}

/// Serves the client at the other end of two streams until it goes.
///
/// # Errors
///
/// The output cannot be written, or no thread can be started.
pub fn serve_streams(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> io::Result<Ended> {
    let (connection, threads) = wire::connect(input, output);
    let ended = serve(connection)?;
    threads.join()?;
    Ok(ended)
}

/// Serves the client at the other end of a connection until it goes.
///
/// # Errors
///
/// No thread can be started.
pub fn serve(connection: Connection) -> io::Result<Ended> {
    let Ok((id, params)) = connection.initialize_start() else { return Ok(Ended::Abruptly) };
    let client = client::Client::of(&params);
    if connection.initialize_finish(id, client.served()).is_err() {
        return Ok(Ended::Abruptly);
    }
    server::Server::new(client, connection)?.run()
}
