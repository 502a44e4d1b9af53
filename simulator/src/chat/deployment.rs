//! Deployments and their channels: what an admin sets up before anybody can chat.

use serde::{Deserialize, Serialize};

/// A messaging deployment for clients of one's own, with its channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Deployment {
    /// The API name, `esDeveloperName` on the wire.
    pub name: String,
    /// Whether tokens are given for it.
    pub enabled: bool,
    /// The business hours in which chats are taken, by name; always where absent.
    pub business_hours: Option<String>,
    /// The fields of its form before a chat.
    pub form_fields: Vec<FormField>,
    /// Where its conversations come in.
    pub channel: Channel,
}

/// A field of the form before a chat, hidden or not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FormField {
    /// The parameter that it fills.
    pub name: String,
    /// `Text`, `Email` and others.
    #[serde(rename = "type")]
    pub field_type: String,
    /// Whether customers don't see it.
    pub hidden: bool,
    /// Whether it must be filled.
    pub required: bool,
}

/// A messaging channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Channel {
    /// The API name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Whether users are verified by a token of the customer's.
    pub verified_users: bool,
    /// Whose signatures hold for verified users.
    pub keys: Vec<SigningKey>,
    /// The parameters that admins added.
    pub parameters: Vec<Parameter>,
    /// The standard parameters that are handed to the flow, by its variables.
    pub standard_parameters: Vec<StandardParameter>,
    /// Who gets a new session.
    pub handler: Handler,
    /// What files customers may send.
    pub attachments: Attachments,
    /// Whether the waiting time is told.
    pub estimated_wait_time: bool,
    /// Whether places in the queue are told.
    pub queue_position: bool,
    /// Minutes of a customer's silence after which the session is inactive; never where absent.
    pub idle_minutes: Option<u32>,
    /// Minutes that a guest's token lasts.
    pub guest_token_minutes: u32,
    /// Minutes that a verified user's token lasts.
    pub verified_token_minutes: u32,
    /// What the system says when an agent comes, and at other moments.
    pub automated_responses: Vec<AutomatedResponse>,
}

/// A parameter that an admin added to a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Parameter {
    /// The API name.
    pub name: String,
    /// Its name outside; the API name where absent.
    pub external_name: Option<String>,
    /// Characters that its value may have; 255 where absent.
    pub max_length: Option<usize>,
    /// The flow's variables that it is handed to.
    pub mapped_to: Vec<String>,
}

/// One of the four parameters that every channel has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StandardParameter {
    /// Which.
    pub parameter: Standard,
    /// The flow's variables that it is handed to.
    #[serde(default)]
    pub mapped_to: Vec<String>,
}

/// What every channel knows of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Standard {
    /// `_firstName`
    FirstName,
    /// `_lastName`
    LastName,
    /// `_email`
    Email,
    /// `_subject`
    Subject,
}

/// The public half of a key that signs tokens of verified users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SigningKey {
    /// The set that it belongs to; part of a verified user's subject.
    pub key_set: String,
    /// `iss`
    pub issuer: String,
    /// `kid`
    pub key_id: String,
    /// The RSA key (PEM).
    pub public_key: String,
}

/// Who gets a new session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Handler {
    /// A queue, by its developer name.
    Queue(String),
    /// What a flow decides; the queue where it fails.
    Flow {
        /// The flow's API name.
        name: String,
        /// The queue to fall back on, by its developer name.
        fallback: Option<String>,
    },
}

/// What files customers may send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Attachments {
    /// Whether they may at all.
    pub enabled: bool,
    /// Megabytes that one may have.
    pub max_megabytes: u32,
    /// The endings that are taken.
    pub types: Vec<String>,
    /// Whether all endings are taken.
    pub any_type: bool,
}

/// A text that the system sends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AutomatedResponse {
    /// `AgentEngagedResponse` and others.
    #[serde(rename = "type")]
    pub moment: String,
    /// What it says.
    pub text: String,
}

/// The queue of the deployment that every org has.
const DEFAULT_QUEUE: &str = "Messaging";
/// The longest value of a parameter that says nothing of it.
const USUAL_LENGTH: usize = 255;

impl Default for Deployment {
    fn default() -> Deployment {
        Deployment {
            name: "Web_Chat".to_owned(),
            enabled: true,
            business_hours: None,
            form_fields: Vec::new(),
            channel: Channel::default(),
        }
    }
}

impl Default for Channel {
    fn default() -> Channel {
        Channel {
            name: "Web_Chat".to_owned(),
            label: "Web Chat".to_owned(),
            verified_users: false,
            keys: Vec::new(),
            parameters: Vec::new(),
            standard_parameters: Vec::new(),
            handler: Handler::Queue(DEFAULT_QUEUE.to_owned()),
            attachments: Attachments::default(),
            estimated_wait_time: false,
            queue_position: false,
            idle_minutes: None,
            guest_token_minutes: 360,
            verified_token_minutes: 60,
            automated_responses: Vec::new(),
        }
    }
}

impl Default for Attachments {
    fn default() -> Attachments {
        let types =
            ["bmp", "csv", "doc", "docx", "gif", "jpg", "pdf", "png", "tiff", "txt", "xls", "xml"];
        Attachments {
            enabled: true,
            max_megabytes: 5,
            types: types.map(str::to_owned).to_vec(),
            any_type: false,
        }
    }
}

impl Parameter {
    /// Characters that its value may have.
    pub(crate) fn longest(&self) -> usize {
        self.max_length.unwrap_or(USUAL_LENGTH)
    }

    /// Its name outside.
    pub(crate) fn outside(&self) -> &str {
        self.external_name.as_deref().unwrap_or(&self.name)
    }
}

impl Standard {
    /// All of them.
    pub(crate) const ALL: [Standard; 4] =
        [Standard::FirstName, Standard::LastName, Standard::Email, Standard::Subject];

    /// Its key among attributes.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Standard::FirstName => "_firstName",
            Standard::LastName => "_lastName",
            Standard::Email => "_email",
            Standard::Subject => "_subject",
        }
    }

    /// Its name in metadata.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Standard::FirstName => "FirstName",
            Standard::LastName => "LastName",
            Standard::Email => "Email",
            Standard::Subject => "Subject",
        }
    }
}

impl Channel {
    /// What the system says at a moment, where the channel has something for it.
    pub(crate) fn automated(&self, moment: &str) -> Option<&str> {
        let mut fitting = self.automated_responses.iter().filter(|its| its.moment == moment);
        fitting.next().map(|its| its.text.as_str())
    }

    /// What identifies it on the wire: a UUID that follows from its name.
    pub(crate) fn address(&self) -> String {
        super::ids::derived(&["channel", &self.name])
    }
}

impl Attachments {
    /// Whether files with this name's ending are taken.
    pub(crate) fn takes(&self, file_name: &str) -> bool {
        let ending = file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let same = |ending: String| {
            let jpeg = |it: &str| if it == "jpeg" { "jpg".to_owned() } else { it.to_owned() };
            self.types.iter().any(|known| jpeg(known) == jpeg(&ending))
        };
        self.any_type || ending.is_some_and(same)
    }

    /// Bytes that one may have.
    pub(crate) fn longest(&self) -> usize {
        usize::try_from(self.max_megabytes).unwrap_or(usize::MAX).saturating_mul(1024 * 1024)
    }
}
