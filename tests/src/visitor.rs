//! A visitor of the Messenger, over its public API.

use std::time::Duration;

use serde_json::{Value, json};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// One visitor with one conversation.
#[derive(Debug, Clone)]
pub struct Visitor {
    http: reqwest::Client,
    base: String,
    token: String,
    /// The conversation's id.
    pub conversation: String,
}

/// What a request came to.
pub type Answer = Result<(u16, Value), reqwest::Error>;

impl Visitor {
    /// Opens the Messenger, signed in or not.
    ///
    /// # Errors
    /// The runtime did not answer.
    pub async fn open(base: &str, identity: Option<&str>) -> Result<Self, reqwest::Error> {
        Self::open_through(reqwest::Client::builder().timeout(PATIENCE).build()?, base, identity)
            .await
    }

    /// The same through a client that many share.
    ///
    /// # Errors
    /// The runtime did not answer.
    pub async fn open_through(
        http: reqwest::Client,
        base: &str,
        identity: Option<&str>,
    ) -> Result<Self, reqwest::Error> {
        let body = match identity {
            Some(identity) => json!({"messenger": "web", "identity": identity}),
            None => json!({"messenger": "web"}),
        };
        let answer = http.post(format!("{base}/v1/open")).json(&body).send().await?;
        let answer: Value = answer.error_for_status()?.json().await?;
        let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            http,
            base: base.to_owned(),
            token: text("token"),
            conversation: text("conversation"),
        })
    }

    /// Looks for the runtime somewhere else, as after a restart on another port.
    pub fn move_to(&mut self, base: &str) {
        base.clone_into(&mut self.base);
    }

    /// Where the runtime is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Says something. The id makes a repetition harmless.
    ///
    /// # Errors
    /// No answer came.
    pub async fn say(&self, id: &str, text: &str) -> Answer {
        self.post("messages", json!({"id": id, "text": text})).await
    }

    /// Presses a button.
    ///
    /// # Errors
    /// No answer came.
    pub async fn choose(&self, id: &str, wait: u64, choice: u64) -> Answer {
        self.post("choices", json!({"id": id, "wait": wait, "choice": choice})).await
    }

    /// Sends a form.
    ///
    /// # Errors
    /// No answer came.
    pub async fn submit(&self, id: &str, wait: u64, values: &Value) -> Answer {
        self.post("forms", json!({"id": id, "wait": wait, "values": values})).await
    }

    /// Sends a file, which a form may name by the id in the answer.
    ///
    /// # Errors
    /// No answer came.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Answer {
        let path = format!("{}/v1/conversations/{}/files", self.base, self.conversation);
        let named = format!("attachment; filename*=UTF-8''{name}");
        let request = self.http.post(path).header("content-disposition", named);
        let request = request.bearer_auth(&self.token);
        let answer = request.body(bytes.to_vec()).send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.json().await.unwrap_or(Value::Null)))
    }

    async fn post(&self, what: &str, body: Value) -> Answer {
        let path = format!("{}/v1/conversations/{}/{what}", self.base, self.conversation);
        let answer = self.http.post(path).bearer_auth(&self.token).json(&body).send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.json().await.unwrap_or(Value::Null)))
    }

    /// Opens the conversation's stream, which is to be read as it is.
    ///
    /// # Errors
    /// There is none.
    pub async fn stream(&self) -> Result<reqwest::Response, reqwest::Error> {
        let path = format!("{}/v1/conversations/{}/events", self.base, self.conversation);
        self.http.get(path).bearer_auth(&self.token).send().await?.error_for_status()
    }

    /// Reads the conversation from its beginning until an entry fits; gives all entries so far.
    ///
    /// # Errors
    /// The stream broke off, or there is none.
    pub async fn read_until(
        &self,
        fits: impl Fn(&Value) -> bool,
    ) -> Result<Vec<Value>, reqwest::Error> {
        let path = format!("{}/v1/conversations/{}/events", self.base, self.conversation);
        let stream = self.http.get(path).bearer_auth(&self.token).send().await?;
        let mut stream = stream.error_for_status()?;
        let mut pending = String::new();
        let mut entries = Vec::new();
        while let Some(bytes) = stream.chunk().await? {
            pending.push_str(&String::from_utf8_lossy(&bytes));
            while let Some((line, rest)) = pending.split_once('\n') {
                let data = line.trim_end().strip_prefix("data:").map(str::trim);
                let entry = data.and_then(|data| serde_json::from_str::<Value>(data).ok());
                pending = rest.to_owned();
                let Some(entry) = entry else { continue };
                let done = fits(&entry);
                entries.push(entry);
                if done {
                    return Ok(entries);
                }
            }
        }
        Ok(entries)
    }
}
