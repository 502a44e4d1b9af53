//! How far a pull has come: a bar for who watches a terminal, a line for each step otherwise.

use indicatif::{ProgressBar, ProgressStyle};
use tidegate_salesforce::pull::Progress;

use crate::report::plural;

/// Where the progress is shown.
pub(super) struct Shown {
    bar: Option<ProgressBar>,
}

impl Shown {
    pub(super) fn new(on_terminal: bool) -> Self {
        Self { bar: on_terminal.then(bar) }
    }

    pub(super) fn tell(&self, progress: &Progress) {
        match (&self.bar, progress) {
            (Some(bar), Progress::Described { object, done, of }) if done < of => {
                bar.set_length(*of as u64);
                bar.set_position(*done as u64);
                bar.set_message(object.escape_debug().to_string());
            }
            (Some(bar), Progress::Described { of, .. }) => {
                bar.finish_and_clear();
                anstream::eprintln!("described {}", plural(*of, "object"));
            }
            (Some(_), Progress::Offers { done, of, .. }) if done < of => {}
            // The bar is not there yet, or no more.
            _ => anstream::eprintln!("{}", told(progress)),
        }
    }

    /// Takes the bar away, whatever the pull came to.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    match ProgressStyle::with_template("describing  {bar:24}  {pos} of {len}  {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn told(progress: &Progress) -> String {
    match progress {
        Progress::LoggedIn { username, org_id } => {
            format!("logged in as {} to {}", username.escape_debug(), org_id.escape_debug())
        }
        Progress::Described { object, done, of } => {
            format!("described {} ({done} of {of})", object.escape_debug())
        }
        Progress::Offers { object, record_type, done, of } => format!(
            "read what the record type {} of {} offers ({done} of {of})",
            record_type.escape_debug(),
            object.escape_debug()
        ),
        Progress::OffersNotKnown { object, record_type, why } => format!(
            "warning: the org does not say which values the record type {} of {} offers: {}",
            record_type.escape_debug(),
            object.escape_debug(),
            why.escape_debug()
        ),
        Progress::Queues(count) => format!("read {}", plural(*count, "queue")),
        Progress::Users(count) => format!("read {}", plural(*count, "user")),
        Progress::Hours { business_hours, holidays } => {
            format!("read {business_hours} business hours and {}", plural(*holidays, "holiday"))
        }
        Progress::HoursNotKnown { what, why } => format!(
            "warning: {} can't be read, and `hours` can't name what is not there: {}",
            what.escape_debug(),
            why.escape_debug()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_is_told() {
        let steps = [
            Progress::LoggedIn { username: "u@x.example".into(), org_id: "00D\u{1b}".into() },
            Progress::Described { object: "Case".into(), done: 1, of: 4 },
            Progress::Offers {
                object: "Case".into(),
                record_type: "Support".into(),
                done: 1,
                of: 2,
            },
            Progress::OffersNotKnown {
                object: "Case".into(),
                record_type: "Master".into(),
                why: "API_DISABLED_FOR_ORG: API is not enabled".into(),
            },
            Progress::Queues(2),
            Progress::Users(1),
            Progress::Hours { business_hours: 2, holidays: 1 },
            Progress::HoursNotKnown { what: "Holiday".into(), why: "INVALID_TYPE".into() },
        ];
        let told: Vec<String> = steps.iter().map(told).collect();
        assert_eq!(
            told,
            [
                "logged in as u@x.example to 00D\\u{1b}",
                "described Case (1 of 4)",
                "read what the record type Support of Case offers (1 of 2)",
                "warning: the org does not say which values the record type Master of Case offers: \
                 API_DISABLED_FOR_ORG: API is not enabled",
                "read 2 queues",
                "read 1 user",
                "read 2 business hours and 1 holiday",
                "warning: Holiday can't be read, and `hours` can't name what is not there: \
                 INVALID_TYPE"
            ]
        );
    }

    #[test]
    fn a_bar_follows_the_objects() {
        let hidden = ProgressBar::hidden();
        let shown = Shown { bar: Some(hidden.clone()) };
        shown.tell(&Progress::Described { object: "Case".into(), done: 3, of: 4 });
        assert_eq!((hidden.position(), hidden.length()), (3, Some(4)));
        assert!(!hidden.is_finished());
        shown.tell(&Progress::Described { object: "User".into(), done: 4, of: 4 });
        assert!(hidden.is_finished());
    }

    #[test]
    fn a_bar_goes_when_the_pull_fails() {
        let hidden = ProgressBar::hidden();
        let shown = Shown { bar: Some(hidden.clone()) };
        shown.tell(&Progress::Described { object: "Case".into(), done: 3, of: 4 });
        shown.end();
        assert!(hidden.is_finished());
    }
}
