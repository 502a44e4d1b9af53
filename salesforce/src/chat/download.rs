//! Files that agents send.

use http::{Method, header};
use url::Url;

use super::client::ChatClient;
use super::error::ChatError;
use super::outside::may_be_outside;
use crate::oauth;

/// So often a file may be somewhere else.
const HOPS: usize = 3;

impl ChatClient {
    /// Fetches an attachment from its address, of so many bytes at most. The visitor's token does not
    /// go along: the address is all that is needed, and may be another host's.
    ///
    /// # Errors
    ///
    /// As any call; [`ChatError::TooLarge`] for a file of more bytes, [`ChatError::Unaskable`] for an
    /// address elsewhere than at the org's messaging itself that is not https or not everybody's,
    /// [`ChatError::NotSent`] where its name leads to one that is not.
    pub async fn download(&self, address: &str, most: usize) -> Result<Vec<u8>, ChatError> {
        let mut url = self.reachable(Url::parse(address).ok())?;
        for _ in 0..=HOPS {
            let transport = if self.is_its_own(&url) { self.transport() } else { self.elsewhere() };
            let request = self.fetching(transport, Method::GET, url.clone());
            let mut response = transport.open(request).await?;
            let status = response.status();
            if status.is_redirection() {
                let to = response.headers().get(header::LOCATION);
                let to = to.and_then(|to| to.to_str().ok()).and_then(|to| url.join(to).ok());
                url = self.reachable(to)?;
                continue;
            }
            if !status.is_success() {
                return Err(ChatError::from_answer(status, response.headers(), &[]));
            }
            let content = transport.body_within(&mut response, most).await?;
            let what = format!("a file of more than {most} bytes");
            return content.ok_or(ChatError::TooLarge { what });
        }
        Err(ChatError::Unaskable { what: format!("a file that is moved {HOPS} times") })
    }

    /// Whether it is at the org's messaging itself, which the manifest names wherever it is.
    fn is_its_own(&self, url: &Url) -> bool {
        oauth::safe(url) && self.deployment().scrt.is_of(url)
    }

    fn reachable(&self, url: Option<Url>) -> Result<Url, ChatError> {
        let fits = |url: &Url| self.is_its_own(url) || may_be_outside(url);
        let what = "an address that nothing is fetched from";
        url.filter(fits).ok_or_else(|| ChatError::Unaskable { what: what.to_owned() })
    }
}
