//! What the runtime itself says to customers, where the program says nothing.

/// A fault ended the conversation.
pub const APOLOGY: &str = "Sorry, something went wrong on our side and this conversation had to \
    end. Please write to us again.";

/// The Case exists; its number could not be read.
pub const CASE_CREATED: &str = "Thank you. Your request has reached our team.";

/// The org does not answer in time; the Case comes later.
pub const CASE_DELAYED: &str =
    "Thank you. We have your request; it will reach our team in a little while.";

/// The org refused the Case; an operator sees it.
pub const CASE_REJECTED: &str = "Thank you. We have your request, but it could not be filed \
    automatically. A colleague will look after it.";

/// What the customer says by the button below an answer of the AI.
pub const HELPED: &str = "That helped.";

/// The Case exists and has a number.
pub fn case_created(number: Option<&str>) -> String {
    match number {
        Some(number) => format!("{CASE_CREATED} Its number is {number}."),
        None => CASE_CREATED.to_owned(),
    }
}
