//! Why the live-chat API refuses a call.

/// A refusal, in the words of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// A number or a name for programs.
    pub code: &'static str,
    /// What people read.
    pub message: String,
}

impl Problem {
    /// The call is not one: it is not worth repeating.
    pub(crate) fn bad(message: impl Into<String>) -> Problem {
        Problem { status: 400, code: "BAD_REQUEST", message: message.into() }
    }

    /// The same with a code of its own.
    pub(crate) fn bad_as(code: &'static str, message: impl Into<String>) -> Problem {
        Problem { status: 400, code, message: message.into() }
    }

    /// No token, an unknown one, or one that has expired.
    pub(crate) fn unauthorized() -> Problem {
        let message = "Invalid or expired access token".to_owned();
        Problem { status: 401, code: "UNAUTHORIZED", message }
    }

    /// The conversation is another subject's.
    pub(crate) fn forbidden() -> Problem {
        let message = "You don't have access to this conversation".to_owned();
        Problem { status: 403, code: "FORBIDDEN", message }
    }

    /// There is no such thing.
    pub(crate) fn not_found(what: &str) -> Problem {
        Problem { status: 404, code: "NOT_FOUND", message: format!("{what} was not found") }
    }

    /// An id that is taken.
    pub(crate) fn conflict(message: impl Into<String>) -> Problem {
        Problem { status: 409, code: "CONFLICT", message: message.into() }
    }

    /// A message came while no messaging session is there.
    pub(crate) fn no_session() -> Problem {
        let message = "There is no active messaging session for the conversation".to_owned();
        Problem { status: 417, code: "EXPECTATION_FAILED", message }
    }

    /// Too many in this minute.
    pub(crate) fn throttled() -> Problem {
        let message = "Too many requests. Try again later.".to_owned();
        Problem { status: 429, code: "TOO_MANY_REQUESTS", message }
    }

    /// The org failed within.
    pub(crate) fn internal(message: impl Into<String>) -> Problem {
        Problem { status: 500, code: "INTERNAL_ERROR", message: message.into() }
    }

    #[must_use]
    pub(crate) fn with_status(mut self, status: u16) -> Problem {
        self.status = status;
        self
    }

    #[must_use]
    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Problem {
        self.message = message.into();
        self
    }
}
