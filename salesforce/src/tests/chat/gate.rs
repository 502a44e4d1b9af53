//! Many visitors who want tokens at a time.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;

use super::host::{Host, Reply, token};
use crate::chat::{ChatError, Clock as _, Rate, Token};

const GUEST: &str = "v2/iamessage/UNAUTH/NA/uid:6d";

fn rate(requests: usize, longest_wait: u64) -> Rate {
    let span = Duration::from_secs(60);
    Rate { requests, span, longest_wait: Duration::from_secs(longest_wait) }
}

#[tokio::test]
async fn who_comes_first_is_served_first_and_who_would_wait_too_long_is_told_so() {
    let host = Host::answering(|_| token("t", GUEST)).await;
    let client = Arc::new(host.client_at(rate(1, 190)));
    client.guest_token(None).await.expect("a token");
    let (served, mut order) = tokio::sync::mpsc::unbounded_channel();
    for number in 1..=3 {
        let (client, served) = (Arc::clone(&client), served.clone());
        tokio::spawn(async move {
            client.guest_token(None).await.expect("a token");
            served.send(number).expect("somebody who hears it");
        });
        // Each has its place before the next one comes.
        host.clock.asleep(number).await;
    }
    let refused = client.guest_token(None).now_or_never().expect("an answer at once");
    assert_eq!(refused.map(drop), Err(ChatError::Crowded { wait: Duration::from_secs(240) }));
    for number in 1..=3 {
        assert_eq!(order.recv().now_or_never(), None);
        host.clock.advance(Duration::from_secs(60));
        assert_eq!(order.recv().await, Some(number));
    }
    assert_eq!(host.seen().len(), 4);
}

#[tokio::test]
async fn whoever_gives_up_takes_nobodys_place() {
    let host = Host::answering(|_| token("t", GUEST)).await;
    let client = host.client_at(rate(1, 60));
    client.guest_token(None).await.expect("a token");
    {
        let mut gives_up = Box::pin(client.guest_token(None));
        assert!((&mut gives_up).now_or_never().is_none());
        let too_many = client.guest_token(None).now_or_never().expect("an answer at once");
        assert!(matches!(too_many, Err(ChatError::Crowded { .. })));
    }
    let mut waits = Box::pin(client.guest_token(None));
    assert!((&mut waits).now_or_never().is_none());
    host.clock.advance(Duration::from_secs(60));
    waits.await.expect("a token");
}

#[tokio::test]
async fn a_refusal_for_many_keeps_all_away_for_a_while() {
    let refuse = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let refusing = Arc::clone(&refuse);
    let host = Host::answering(move |_| {
        if refusing.swap(false, std::sync::atomic::Ordering::SeqCst) {
            Reply::Patience("20")
        } else {
            token("t", GUEST)
        }
    })
    .await;
    let client = host.client();
    let refused = client.guest_token(None).await.expect_err("a refusal");
    let limited = ChatError::RateLimited { retry_after: Some(Duration::from_secs(20)) };
    assert_eq!(refused, limited);
    let mut waits = Box::pin(client.guest_token(None));
    assert!((&mut waits).now_or_never().is_none());
    host.clock.advance(Duration::from_secs(19));
    assert!((&mut waits).now_or_never().is_none());
    assert_eq!(host.seen().len(), 1);
    host.clock.advance(Duration::from_secs(1));
    waits.await.expect("a token");
    // Renewals are counted apart, by the org and here.
    refuse.store(true, std::sync::atomic::Ordering::SeqCst);
    client.guest_token(None).await.expect_err("a refusal");
    assert!(client.guest_token(None).now_or_never().is_none(), "new tokens wait");
    let token = Token::restored("t".into(), None, host.clock.now());
    client.continued_token(&token).await.expect("a token");
}
