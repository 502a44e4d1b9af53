//! What is not known of the real API, or differs between orgs: each is a switch.

use serde::{Deserialize, Serialize};

/// How the live-chat API behaves where sources contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Switches {
    /// How a list of entries carries payloads. Events always carry text.
    pub entry_payload: PayloadForm,
    /// Which call begins the first session of a conversation.
    pub routing_starts: RoutingStart,
    /// What becomes of a message that comes when no session is there and that asks for none.
    pub message_without_session: WithoutSession,
    /// Whether a stream must say where it goes on.
    pub last_event_id_required: bool,
    /// Whether a stream begins with what came after the event that it names.
    pub replay: bool,
    /// How many events before that one come again.
    pub repeated_events: usize,
    /// Whether events of unknown names are strewn in.
    pub unknown_events: bool,
    /// Seconds of silence before a ping.
    pub ping_seconds: u32,
    /// Which names of receipts are taken.
    pub receipts: ReceiptNames,
    /// The status codes of success.
    pub success: Success,
    /// By which of its two names a parameter is called on the wire.
    pub parameter_key: ParameterKey,
    /// Whether attributes must be fields of the deployment's form, as on the web.
    pub form_fields_required: bool,
    /// Whether deployed parameter mappings arrive in the channel.
    pub mappings_deployed: bool,
    /// Whether keys that are no parameter are left out without a word; refused otherwise.
    pub unknown_attributes_dropped: bool,
    /// Whether values that are too long are refused; cut otherwise.
    pub long_attributes_refused: bool,
    /// Whether errors have a code beside their message.
    pub error_codes: bool,
    /// Whether a message with an id that is there already is a conflict; the same answer otherwise.
    pub repeated_message_is_conflict: bool,
    /// The status for a call on a closed conversation.
    pub closed_status: u16,
    /// Characters that a message may have.
    pub text_limit: usize,
    /// Bytes that a message's body may have.
    pub body_limit: usize,
    /// Whether a text that begins or ends with an address becomes two messages.
    pub split_addresses: bool,
    /// Whether ids that clients choose must be random UUIDs in lower case.
    pub strict_ids: bool,
    /// Whether a token is given for the org's long id, too.
    pub long_org_id: bool,
    /// How the deployment's type is written.
    pub deployment_type: String,
    /// What stands for a guest in a subject: `UNAUTH/NA` or `ANON/NA`.
    pub guest: String,
    /// Whether a customer token that does not hold still gives a guest's token.
    pub silent_fallback: bool,
    /// Tokens that are given in a minute, and renewed in a minute.
    pub tokens_per_minute: usize,
    /// Minutes that a guest's token lasts; the channel's where absent.
    pub guest_token_minutes: Option<u32>,
    /// Minutes that a verified user's token lasts; the channel's where absent.
    pub verified_token_minutes: Option<u32>,
    /// Whether a transfer first adds the new participant, then removes the old one.
    pub transfer_adds_first: bool,
    /// Whether browsers of other origins are let in.
    pub cors: bool,
}

/// How a payload is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PayloadForm {
    /// As JSON.
    Object,
    /// As text that holds JSON.
    String,
}

/// Which call begins the first session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoutingStart {
    /// Creating the conversation, with its attributes.
    OnCreate,
    /// The first message, with its attributes; those of the creation are lost.
    OnFirstMessage,
}

/// What becomes of a message without a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WithoutSession {
    /// 417.
    Refused,
    /// A new session begins.
    Opens,
}

/// Which names of receipts are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReceiptNames {
    /// `Delivery`, `Read`.
    Short,
    /// `DeliveryAcknowledgement`, `ReadAcknowledgement`.
    Long,
    /// Either.
    Both,
}

/// By which name a parameter is called on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ParameterKey {
    /// `name`.
    Name,
    /// `externalParameterName`.
    ExternalName,
}

/// The status codes of success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Success {
    /// Of creating a conversation.
    pub create: u16,
    /// Of a message.
    pub message: u16,
    /// Of typing.
    pub entry: u16,
    /// Of receipts.
    pub receipts: u16,
    /// Of a file.
    pub file: u16,
    /// Of ending a session.
    pub end_session: u16,
    /// Of closing a conversation.
    pub close: u16,
}

impl Default for Success {
    fn default() -> Success {
        Success {
            create: 201,
            message: 202,
            entry: 202,
            receipts: 202,
            file: 202,
            end_session: 204,
            close: 204,
        }
    }
}

impl Default for Switches {
    fn default() -> Switches {
        Switches {
            entry_payload: PayloadForm::Object,
            routing_starts: RoutingStart::OnCreate,
            message_without_session: WithoutSession::Refused,
            last_event_id_required: false,
            replay: true,
            repeated_events: 0,
            unknown_events: false,
            ping_seconds: 25,
            receipts: ReceiptNames::Both,
            success: Success::default(),
            parameter_key: ParameterKey::Name,
            form_fields_required: false,
            mappings_deployed: true,
            unknown_attributes_dropped: true,
            long_attributes_refused: true,
            error_codes: true,
            repeated_message_is_conflict: false,
            closed_status: 404,
            text_limit: 4096,
            body_limit: 1 << 20,
            split_addresses: true,
            strict_ids: true,
            long_org_id: true,
            deployment_type: "API".to_owned(),
            guest: "UNAUTH/NA".to_owned(),
            silent_fallback: true,
            tokens_per_minute: 200,
            guest_token_minutes: None,
            verified_token_minutes: None,
            transfer_adds_first: false,
            cors: true,
        }
    }
}
