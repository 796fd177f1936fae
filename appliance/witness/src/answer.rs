//! What a log hears: a status of HTTP, and a body where it needs one (tlog-witness, `add-checkpoint`).

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The witness's signature line, with its line feed.
    Cosigned(String),
    /// The request is not one, or its old size is above the checkpoint's.
    Malformed,
    /// No key signed the checkpoint that is trusted for its log.
    BadSignature,
    /// The log is none of those that are witnessed.
    UnknownLog,
    /// The log stands elsewhere for this witness: at this size, or at this size with another root.
    Conflict(u64),
    /// The checkpoint is not shown to continue what was cosigned last.
    BadProof,
    /// The witness cannot remember or sign now.
    Unavailable,
}

impl Answer {
    /// The status code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Cosigned(_) => 200,
            Self::Malformed => 400,
            Self::BadSignature => 403,
            Self::UnknownLog => 404,
            Self::Conflict(_) => 409,
            Self::BadProof => 422,
            Self::Unavailable => 503,
        }
    }

    /// The type of the body.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        match self {
            Self::Conflict(_) => "text/x.tlog.size",
            _ => "text/plain; charset=utf-8",
        }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> String {
        match self {
            Self::Cosigned(line) => line.clone(),
            Self::Conflict(size) => format!("{size}\n"),
            Self::Malformed => "this is no request to add a checkpoint\n".to_owned(),
            Self::BadSignature => "no key signed this that is trusted for its log\n".to_owned(),
            Self::UnknownLog => "this log is not witnessed here\n".to_owned(),
            Self::BadProof => "this does not continue what was cosigned last\n".to_owned(),
            Self::Unavailable => "the witness cannot sign now: ask again later\n".to_owned(),
        }
    }
}
