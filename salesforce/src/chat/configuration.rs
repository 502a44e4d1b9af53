//! What the org tells of a deployment along with a token.

use serde_json::Value;

use super::reading;

/// What the org tells of a deployment. Read leniently: whatever is absent is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The deployment's API name.
    pub name: Option<String>,
    /// Whether it is one for custom clients, which is what this client needs.
    pub for_custom_clients: Option<bool>,
    /// Whether customers are to be verified.
    pub verifies_users: Option<bool>,
    /// What may be attached.
    pub attachments: Attachments,
    /// What customers are asked before a chat; their fields' names are keys of routing attributes.
    pub forms: Vec<Form>,
}

/// What may be attached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attachments {
    /// Whether customers may send files.
    pub from_customers: Option<bool>,
    /// Bytes of a file at most.
    pub largest: Option<u64>,
}

/// A form before a chat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Such as `PreChat`.
    pub kind: String,
    /// Whether it is asked again in each session, rather than once in a conversation.
    pub each_session: bool,
    /// In their order.
    pub fields: Vec<FormField>,
}

/// A field of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormField {
    /// The key among the routing attributes.
    pub name: String,
    /// Such as `Text`, `Email`, `Number`, `Phone`, `Checkbox` or `ChoiceList`.
    pub kind: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether customers do not see it.
    pub hidden: bool,
    /// Characters at most.
    pub max_length: Option<u32>,
}

impl Configuration {
    /// Reads `context.configuration`.
    pub(super) fn read(value: &Value) -> Self {
        let Some(config) = value.get("embeddedServiceConfig") else {
            return Configuration::default();
        };
        let channel = config.get("embeddedServiceMessagingChannel");
        let auth_mode = channel.and_then(|channel| reading::text(channel, "authMode"));
        let kind = reading::text(config, "deploymentType");
        let attachments = config.get("attachments").map(Attachments::read);
        Configuration {
            name: reading::said(config, "name"),
            // Documented in small letters, and seen in capitals.
            for_custom_clients: kind.map(|kind| kind.eq_ignore_ascii_case("api")),
            verifies_users: auth_mode.map(|mode| mode.eq_ignore_ascii_case("auth")),
            attachments: attachments.unwrap_or_default(),
            forms: reading::items(config, "forms").iter().map(Form::read).collect(),
        }
    }

    /// Characters that a field takes at most, by its name.
    pub fn max_length(&self, name: &str) -> Option<u32> {
        let mut fields = self.forms.iter().flat_map(|form| &form.fields);
        fields.find(|field| field.name == name)?.max_length
    }
}

impl Attachments {
    fn read(value: &Value) -> Self {
        let megabytes = reading::number(value, "maxFileSize").and_then(|it| u64::try_from(it).ok());
        Attachments {
            from_customers: value.get("endUserToAgent").and_then(Value::as_bool),
            largest: megabytes.map(|megabytes| megabytes.saturating_mul(1 << 20)),
        }
    }
}

impl Form {
    fn read(value: &Value) -> Self {
        let mut fields: Vec<(i64, FormField)> = reading::items(value, "formFields")
            .iter()
            .filter_map(|field| {
                let order = reading::number(field, "order").unwrap_or(i64::MAX);
                Some((order, FormField::read(field)?))
            })
            .collect();
        fields.sort_by_key(|(order, _)| *order);
        Form {
            kind: reading::said(value, "formType").unwrap_or_default(),
            each_session: reading::text(value, "displayContext") == Some("Session"),
            fields: fields.into_iter().map(|(_, field)| field).collect(),
        }
    }
}

impl FormField {
    fn read(value: &Value) -> Option<Self> {
        let is = |key| value.get(key).and_then(Value::as_bool).unwrap_or(false);
        let max_length = reading::number(value, "maxLength").and_then(|it| u32::try_from(it).ok());
        Some(FormField {
            name: reading::said(value, "name")?,
            kind: reading::said(value, "type").unwrap_or_default(),
            required: is("required"),
            hidden: is("isHidden"),
            max_length: max_length.filter(|length| *length > 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Attachments, Configuration};

    #[test]
    fn what_is_told_is_read() {
        let value = json!({"timestamp": 1760000000000_i64, "embeddedServiceConfig": {
            "name": "Web_Client", "deploymentType": "API",
            "embeddedServiceMessagingChannel": {"authMode": "UnAuth"},
            "forms": [{"formType": "PreChat", "displayContext": "Session", "formFields": [
                {"name": "topic", "order": 2, "type": "Text", "required": true, "maxLength": 80, "isHidden": true},
                {"name": "mail", "order": 1, "type": "Email", "maxLength": "40"},
                {"order": 3, "type": "Text"}]}],
            "attachments": {"endUserToAgent": true, "maxFileSize": 5}}});
        insta::assert_debug_snapshot!(Configuration::read(&value));
        assert_eq!(Configuration::read(&value).max_length("mail"), Some(40));
    }

    #[test]
    fn what_is_strange_is_not_known() {
        let strange = json!({"embeddedServiceConfig": {"forms": {}, "attachments": {"maxFileSize": -1},
            "deploymentType": null, "embeddedServiceMessagingChannel": 7}});
        assert_eq!(Configuration::read(&strange), Configuration::default());
        assert_eq!(Configuration::read(&json!(3)).attachments, Attachments::default());
    }
}
