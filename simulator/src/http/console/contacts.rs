//! The customers.

use super::html::Html;
use super::{MOST_SHOWN, Served};
use crate::org::{Row, read};

const SHOWN: [&str; 7] = [
    "Name",
    "Email",
    "Phone",
    "Customer_Number__c",
    "Customer_Tier__c",
    "Preferred_Language__c",
    "Description",
];

pub(super) fn write(served: &Served, html: &mut Html) {
    let schema = served.org.schema();
    let Some(object) = schema.object("Contact") else { return };
    let fields: Vec<_> = SHOWN.iter().filter_map(|name| object.field(name)).collect();
    let state = served.org.state();
    html.raw("<h1>Contacts</h1><div class=\"wide\"><table><thead><tr>");
    for field in &fields {
        html.raw("<th>");
        html.text(&field.label);
        html.raw("</th>");
    }
    html.raw("<th>Record</th></tr></thead><tbody>");
    let rows: Vec<&Row> = state.records.rows("Contact").take(MOST_SHOWN).collect();
    for row in rows {
        html.raw("<tr>");
        for field in &fields {
            html.raw("<td>");
            html.text(&read(&state.records, object, field, row).shown());
            html.raw("</td>");
        }
        html.raw("<td class=\"id\">");
        html.text(row.id.as_str());
        html.raw("</td></tr>");
    }
    html.raw("</tbody></table></div>");
}
