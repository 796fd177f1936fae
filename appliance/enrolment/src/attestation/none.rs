//! The format none (WebAuthn L3, 8.7): a device that says nothing of itself.
//!
//! Guarantee: an empty statement, and nothing hidden in it. It proves no model.

use super::Format;
use super::attested::Attested;
use super::statement::Statement;
use crate::fault::Fault;

pub(super) fn verify(statement: &[u8]) -> Result<Attested, Fault> {
    Statement::read(statement, &[])?;
    Ok(Attested::nothing(Format::None))
}
