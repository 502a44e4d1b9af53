//! Lists of values, and the names of what is computed.

use serde::Deserialize;

/// Fields that are computed whenever they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Derivation {
    /// First and last name.
    FullName,
    /// The parts of a Contact's mailing address.
    MailingAddress,
    /// The parts of a Contact's other address.
    OtherAddress,
    /// The parts of an Account's billing address.
    BillingAddress,
    /// The parts of an Account's shipping address.
    ShippingAddress,
    /// Whether a bounce has been recorded.
    IsEmailBounced,
    /// Whether the Case's status is a closed one.
    IsClosed,
    /// The Contact's telephone.
    ContactPhone,
    /// The Contact's mobile telephone.
    ContactMobile,
    /// The Contact's e-mail address.
    ContactEmail,
    /// The Contact's fax.
    ContactFax,
    /// Whether a refund of this size needs a person.
    RefundBand,
}

/// The values of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Whether unknown values are refused.
    #[serde(default)]
    pub restricted: bool,
    /// In the org's order, which dependent lists count in.
    pub values: Vec<ListValue>,
}

/// One value of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListValue {
    /// What is stored.
    pub value: String,
    pub(super) label: Option<String>,
    /// Whether it can be chosen.
    #[serde(default = "yes")]
    pub active: bool,
    /// Whether a Case with this status is closed.
    #[serde(default)]
    pub closed: bool,
    /// The controller's values with which it fits; absent where it fits all.
    pub valid_for: Option<Vec<String>>,
}

impl ListValue {
    /// An active value that is labelled as it is stored.
    pub(in crate::org) fn new(value: &str) -> ListValue {
        let value = value.to_owned();
        ListValue { value, label: None, active: true, closed: false, valid_for: None }
    }

    /// Gives it another label.
    pub(in crate::org) fn relabel(&mut self, label: &str) {
        self.label = Some(label.to_owned());
    }

    /// What users see.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.value)
    }

    /// Whether it fits the controller's value; one that names no controller fits all.
    pub fn fits(&self, controller: Option<&str>) -> bool {
        match (&self.valid_for, controller) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(fitting), Some(controller)) => fitting.iter().any(|value| value == controller),
        }
    }
}

impl List {
    /// The entry that has this value, in any case, as the org matches them.
    pub fn entry(&self, value: &str) -> Option<&ListValue> {
        let lower = value.to_lowercase();
        self.values
            .iter()
            .find(|entry| entry.value == value)
            .or_else(|| self.values.iter().find(|entry| entry.value.to_lowercase() == lower))
    }
}

fn yes() -> bool {
    true
}
