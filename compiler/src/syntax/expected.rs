//! What a missing part is called in a message.

use super::parser::Kind;

/// Words for the part that a `missing_…` rule stands for; `None` for any other rule.
pub(super) fn words(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::missing_object => "an object such as `Case`",
        Kind::missing_space => "`person` or `conversation`",
        Kind::missing_to => "`to`",
        Kind::missing_by => "`by`",
        Kind::missing_field => "a field",
        Kind::missing_text => "a text in quotes",
        Kind::missing_alias => "the name to use instead",
        Kind::missing_colon => "`:`",
        Kind::missing_type => "a type such as `text` or `list`",
        Kind::missing_number => "a number",
        Kind::missing_name => "a name",
        Kind::missing_record_type => "a record type",
        Kind::missing_type_word => "`type` and a record type",
        Kind::missing_equals => "`=`",
        Kind::missing_value => "a value",
        Kind::missing_owner => "`queue`, `user` or `by assignment rules`",
        Kind::missing_queue => "a queue's name",
        Kind::missing_user => "a user's name from the manifest",
        Kind::missing_condition => "a condition",
        Kind::missing_target => "`file`, `comment`, `nowhere` or a field",
        Kind::missing_channel => "a channel of the manifest",
        Kind::missing_off => "`off`",
        Kind::missing_waiting => "`waiting up to` and a duration",
        Kind::missing_up_to => "`up to` and a duration",
        Kind::missing_keys => "`fin`",
        Kind::missing_carry => "`none` or `except` and a field",
        Kind::missing_place => "an attribute such as `conversation.Priority`",
        Kind::missing_workflow => "a workflow's name",
        Kind::missing_case => "`case`",
        Kind::missing_sync => "`sync`",
        Kind::missing_using => "`using`",
        Kind::missing_push => "a push",
        Kind::missing_on => "`on`",
        Kind::missing_up => "`up to` and a number",
        Kind::missing_turns => "`turns`",
        Kind::missing_in => "`in`",
        Kind::missing_exhausted => "`exhausted => …`",
        Kind::missing_repeat => "`repeat`",
        Kind::missing_form => "a form",
        Kind::missing_language => "a language such as `\"de\"`",
        Kind::missing_label => "a name for the step",
        Kind::missing_pattern => "another value",
        Kind::missing_arrow => "`=>`",
        Kind::missing_body => "a step or a block",
        Kind::missing_pattern_text => "a pattern such as `'[0-9]{6}'`",
        Kind::missing_operand => "a value",
        Kind::missing_test => "`blank` or `set`",
        Kind::missing_pipe => "a pipe such as `first 80`",
        Kind::missing_duration => "a duration such as `5m`",
        Kind::missing_hole => "an expression",
        Kind::missing_open => "`{`",
        Kind::missing_close => "`}`",
        Kind::missing_quote => "a closing quote",
        Kind::missing_hole_close => "`}`",
        Kind::missing_group_close => "`)`",
        Kind::missing_list_close => "`]`",
        _ => return words_elsewhere(kind),
    })
}

/// The same for what only one kind of item has.
fn words_elsewhere(kind: Kind) -> Option<&'static str> {
    words_of_triggers(kind).or_else(|| words_of_hours(kind)).or_else(|| words_of_tests(kind))
}

/// The same for what only stands behind `on`.
fn words_of_triggers(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::missing_event => "`visit`, `open`, `message` or `agent reply`",
        Kind::missing_reply => "`reply`",
        Kind::missing_per => "`per`",
        Kind::missing_period => "`visit`, `day in \"Europe/Berlin\"` or `person`",
        Kind::missing_zone => "`in` and a time zone such as `\"Europe/Berlin\"`",
        _ => return None,
    })
}

/// The same for what only hours have.
fn words_of_hours(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::missing_from => "`from` and business hours in quotes",
        Kind::missing_hours => "the name of business hours in quotes",
        Kind::missing_holiday => "the name of a holiday in quotes",
        _ => return None,
    })
}

/// The same for what only tests have.
fn words_of_tests(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::missing_given => "`person`, `session`, `started` or `time`",
        Kind::missing_person => "`person`",
        Kind::missing_known_person => "`known person`",
        Kind::missing_deed => "what the customer does, such as `opens` or `writes \"…\"`",
        Kind::missing_agent_deed => "what the agent does, such as `accepts`",
        Kind::missing_org_deed => "what the org does, such as `is down`",
        Kind::missing_ai_deed => "what the AI does, such as `is unavailable`",
        Kind::missing_the_case => "`the case`",
        Kind::missing_refusal => "the error's code in quotes",
        Kind::missing_found => "`nobody` or `several`",
        Kind::missing_changed => "`person` or `conversation`",
        Kind::missing_passes => "`passes` and a duration",
        Kind::missing_expectation => "what is expected, such as `say \"…\"`",
        _ => return None,
    })
}

/// Words for a part that stands behind another one, where both are missing.
pub(super) fn with_next(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::missing_equals => "`=` and a value",
        Kind::missing_arrow => "`=>` and a step",
        Kind::missing_colon => "`:` and a type",
        Kind::missing_using => "`using` and a push",
        _ => return None,
    })
}
