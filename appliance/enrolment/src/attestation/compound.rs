//! The format compound (WebAuthn L3, 8.9): several statements about one credential.
//!
//! Guarantees: there are two or more, none of them compound, and every one holds. The whole is worth what the
//! least of them is.

use countersign_ports::Crypto;
use countersign_protocol::limits::ATTESTATION_STATEMENTS_MAX;
use minicbor::Decoder;
use minicbor::decode::Error;

use super::attested::Attested;
use super::object::item;
use super::{Subject, dispatch};
use crate::fault::Fault;

pub(super) fn verify<C: Crypto>(
    subject: &Subject<'_, C>,
    statement: &[u8],
) -> Result<Attested, Fault> {
    let mut cbor = Decoder::new(statement);
    let count = cbor.array().ok().flatten().ok_or(Fault::CompoundMalformed)?;
    if count < 2 {
        return Err(Fault::CompoundTooFew);
    }
    if count > ATTESTATION_STATEMENTS_MAX as u64 {
        return Err(Fault::CompoundTooMany);
    }
    let parts = (0..count).map(|_| {
        let (format, statement) = part(&mut cbor).ok().flatten().ok_or(Fault::CompoundMalformed)?;
        if format == "compound" {
            return Err(Fault::CompoundNested);
        }
        dispatch(subject, format, statement)
    });
    Ok(Attested::compound(parts.collect::<Result<_, _>>()?))
}

/// `{fmt, attStmt}`, in any order.
fn part<'s>(cbor: &mut Decoder<'s>) -> Result<Option<(&'s str, &'s [u8])>, Error> {
    let (mut format, mut statement) = (None, None);
    if cbor.map()? != Some(2) {
        return Ok(None);
    }
    for _ in 0..2 {
        match cbor.str()? {
            "fmt" => format = Some(cbor.str()?),
            "attStmt" => statement = Some(item(cbor)?),
            _ => return Ok(None),
        }
    }
    Ok(format.zip(statement))
}
