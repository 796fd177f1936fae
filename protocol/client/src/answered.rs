//! Replies as they came: the bytes, and what they say.

use countersign_protocol::admin::Answer;
use countersign_protocol::canonical;
use countersign_protocol::reply::Reply;

use crate::ClientError;

/// The reply to a front-end: owns the bytes, lends what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered(Vec<u8>);

impl Answered {
    pub(crate) const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes as received.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What they say.
    ///
    /// # Errors
    /// [`ClientError::NotCanonical`].
    pub fn reply(&self) -> Result<Reply<'_>, ClientError> {
        canonical::decode(&self.0).map_err(|_| ClientError::NotCanonical)
    }
}

/// The answer to an officer: owns the bytes, lends what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered(Vec<u8>);

impl Ordered {
    pub(crate) const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes as received.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What they say.
    ///
    /// # Errors
    /// [`ClientError::NotCanonical`].
    pub fn answer(&self) -> Result<Answer<'_>, ClientError> {
        canonical::decode(&self.0).map_err(|_| ClientError::NotCanonical)
    }
}
