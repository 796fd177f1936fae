//! Where the port refuses what Wycheproof finds valid, or acceptable.

/// FIDO2 devices and tokens make keys with 65537 alone, so the port has no other exponent.
pub(crate) const EXPONENT: &str = "refused: another exponent than 65537";
/// A DigestInfo has its NULL (RFC 8017, 9.2, note 1): Wycheproof calls it acceptable without.
pub(crate) const NO_NULL: &str = "refused: a DigestInfo without NULL";
/// WebAuthn signs with an empty context, and so does the port.
pub(crate) const CONTEXT: &str = "refused: a context";
