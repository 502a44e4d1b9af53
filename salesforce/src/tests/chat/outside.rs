//! What an org names elsewhere is fetched from addresses that are everybody's, whatever their names say.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::host::{Host, Reply};
use crate::chat::{ChatClient, ChatError, ChatSettings, Deployment, Outside};
use crate::client::{Reach, Transport};
use crate::error::Error;

/// Every name is this address's.
struct Always(SocketAddr);

impl Resolve for Always {
    fn resolve(&self, _name: Name) -> Resolving {
        let found: Addrs = Box::new([self.0].into_iter());
        Box::pin(async move { Ok(found) })
    }
}

/// Asks a host by a name that leads to it, past names that need not be looked at.
async fn asked(host: &Host, unseen: &[&str]) -> Result<u16, Error> {
    let address: SocketAddr =
        host.url.trim_start_matches("http://").parse().expect("an address of a host");
    let unseen = unseen.iter().map(|name| (*name).to_owned()).collect();
    let transport = Transport::reaching(Reach {
        here: true,
        headers: HeaderMap::new(),
        connect_timeout: Duration::from_secs(5),
        timeout: None,
        max_answer: 100,
        names: Some(Arc::new(Outside::through(Arc::new(Always(address)), unseen))),
    });
    let transport = transport.expect("a transport");
    let url = format!("http://files.example.test:{}/file", address.port());
    let answer = transport.open(transport.http.request(Method::GET, url)).await?;
    Ok(answer.status().as_u16())
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_asked_nothing() {
    let host = Host::answering(|_| Reply::Page(200, "secret")).await;
    let refused = asked(&host, &[]).await;
    let Err(Error::NotSent { what }) = refused else { panic!("{refused:?}") };
    assert!(what.contains("an address that is not everybody's"), "{what}");
    assert_eq!(host.seen().len(), 0);
}

/// The sabotage twin: without the look, it is asked. A proxy is, whatever its address.
#[tokio::test]
async fn where_nobody_looks_a_name_leads_anywhere() {
    let host = Host::answering(|_| Reply::Page(200, "secret")).await;
    assert_eq!(asked(&host, &["FILES.example.test"]).await.ok(), Some(200));
}

#[tokio::test]
async fn numbers_that_are_not_everybodys_are_asked_nothing() {
    let host = Host::answering(|_| Reply::Moved("https://169.254.169.254/latest/meta-data")).await;
    let elsewhere = Deployment {
        scrt: "https://acme.my.salesforce-scrt.com".parse().expect("a host"),
        ..host.client().deployment().clone()
    };
    let elsewhere = ChatClient::new(ChatSettings::new(elsewhere)).expect("a client");
    for address in [
        "https://10.0.0.1/file",
        "https://[::ffff:169.254.169.254]/file",
        "https://[fd00:ec2::254]/file",
        "https://100.64.0.1/file",
        host.url.as_str(),
    ] {
        let refused = elsewhere.download(address, 7).await;
        assert!(matches!(refused, Err(ChatError::Unaskable { .. })), "{address}: {refused:?}");
    }
    // Nor behind a move, nor where the org itself is on this machine.
    for address in [format!("{}/moved", host.url), "http://127.0.0.1:9/file".to_owned()] {
        let refused = host.client().download(&address, 7).await;
        assert!(matches!(refused, Err(ChatError::Unaskable { .. })), "{address}: {refused:?}");
    }
    assert_eq!(host.seen().len(), 1, "the org itself is asked");
}
