//! The attestation object (WebAuthn L3, 6.5.4).
//!
//! Guarantees: exactly the members fmt, attStmt and authData, each once, of definite lengths, within the
//! limit and with nothing after them. What is in attStmt is its format's.

use countersign_protocol::limits::ATTESTATION_OBJECT_BYTES_MAX;
use minicbor::Decoder;
use minicbor::decode::Error;

use crate::fault::Fault;

/// An attestation object, read.
#[derive(Clone, Copy, Debug)]
pub struct AttestationObject<'o> {
    format: &'o str,
    statement: &'o [u8],
    auth_data: &'o [u8],
}

impl<'o> AttestationObject<'o> {
    /// Reads an attestation object.
    ///
    /// # Errors
    /// [`Fault::ObjectTooLong`], [`Fault::ObjectMalformed`].
    pub fn read(bytes: &'o [u8]) -> Result<Self, Fault> {
        if bytes.len() > ATTESTATION_OBJECT_BYTES_MAX {
            return Err(Fault::ObjectTooLong);
        }
        let mut cbor = Decoder::new(bytes);
        let object = Self::decode(&mut cbor).ok().flatten().ok_or(Fault::ObjectMalformed)?;
        if cbor.position() != bytes.len() {
            return Err(Fault::ObjectMalformed);
        }
        Ok(object)
    }

    /// Three members of three names, none twice: each is there.
    fn decode(cbor: &mut Decoder<'o>) -> Result<Option<Self>, Error> {
        let (mut format, mut statement, mut auth_data) = (None, None, None);
        if cbor.map()? != Some(3) {
            return Ok(None);
        }
        for _ in 0..3 {
            let twice = match cbor.str()? {
                "fmt" => format.replace(cbor.str()?).is_some(),
                "attStmt" => statement.replace(item(cbor)?).is_some(),
                "authData" => auth_data.replace(cbor.bytes()?).is_some(),
                _ => true,
            };
            if twice {
                return Ok(None);
            }
        }
        let (Some(format), Some(statement), Some(auth_data)) = (format, statement, auth_data)
        else {
            return Ok(None);
        };
        Ok(Some(Self { format, statement, auth_data }))
    }

    /// fmt, as it is written.
    #[must_use]
    pub const fn format(&self) -> &'o str {
        self.format
    }

    /// The bytes of authData, which the caller reads.
    #[must_use]
    pub const fn auth_data(&self) -> &'o [u8] {
        self.auth_data
    }

    pub(super) const fn statement(&self) -> &'o [u8] {
        self.statement
    }
}

/// The bytes of the next item.
pub(super) fn item<'o>(cbor: &mut Decoder<'o>) -> Result<&'o [u8], Error> {
    let start = cbor.position();
    cbor.skip()?;
    let end = cbor.position();
    cbor.input().get(start..end).ok_or_else(Error::end_of_input)
}
