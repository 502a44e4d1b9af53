//! The ledger, newest first.

use jiff::tz::TimeZone;

use super::html::Html;
use super::{MOST_SHOWN, Served};
use crate::ledger::{Action, Entry, Outcome};

pub(super) fn write(served: &Served, html: &mut Html) {
    let state = served.org.state();
    html.raw("<h1>Ledger</h1>");
    if state.ledger.entries().is_empty() {
        html.element("p", "empty", "Nothing has been written yet.");
        return;
    }
    html.raw("<ol class=\"ledger\">");
    for entry in state.ledger.entries().iter().rev().take(MOST_SHOWN) {
        write_entry(entry, html);
    }
    html.raw("</ol>");
}

fn write_entry(entry: &Entry, html: &mut Html) {
    let (class, outcome) = match &entry.outcome {
        Outcome::Saved(_) => ("saved", "saved"),
        Outcome::Refused(_) => ("refused", "refused"),
    };
    html.raw(&format!("<li class=\"{class}\"><div class=\"headline\">"));
    html.element("span", "number", &format!("#{}", entry.sequence));
    let what = match entry.action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "delete",
        Action::Reset => "reset",
    };
    html.element("strong", "what", &format!("{what} {}", entry.object));
    html.element("span", "badge", outcome);
    let at = entry.at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S%.3f UTC");
    html.element("span", "when", &format!("{at} · {}", entry.user));
    html.raw("</div>");
    if let Outcome::Refused(errors) = &entry.outcome {
        for error in errors {
            html.element("p", "error", &error.message);
        }
    }
    html.raw("<dl class=\"values\">");
    if let Some(id) = &entry.id {
        html.pair("Record", "", id.as_str());
    }
    for (name, value) in &entry.headers {
        html.pair(name, "request header", value);
    }
    for (name, value) in &entry.values {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        html.pair(name, "", &text);
    }
    html.raw("</dl></li>");
}
