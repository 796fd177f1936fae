//! The members of attestation statements (WebAuthn L3, 8), of all formats in one reader.
//!
//! Guarantees: a statement has exactly the members that its format asks for, each once, of their types and
//! of definite lengths. What they say is the format's.

use countersign_protocol::limits::ATTESTATION_CERTIFICATES_MAX;
use minicbor::Decoder;
use minicbor::decode::Error;

use crate::chain;
use crate::fault::Fault;

/// The members that any format has.
#[derive(Debug, Default)]
pub(super) struct Statement<'s> {
    alg: Option<i64>,
    sig: Option<&'s [u8]>,
    ver: Option<&'s str>,
    cert_info: Option<&'s [u8]>,
    pub_area: Option<&'s [u8]>,
    x5c: Option<Vec<&'s [u8]>>,
}

/// Certificates that came with a statement, the leaf first; never none.
#[derive(Clone, Debug)]
pub(super) struct Certificates<'s> {
    pub(super) leaf: &'s [u8],
    others: Vec<&'s [u8]>,
}

impl Certificates<'_> {
    /// Whether there is the leaf only.
    pub(super) const fn is_alone(&self) -> bool {
        self.others.is_empty()
    }

    /// All of them, to keep.
    pub(super) fn kept(&self) -> Vec<Vec<u8>> {
        std::iter::once(&self.leaf).chain(&self.others).map(|der| der.to_vec()).collect()
    }
}

impl<'s> Statement<'s> {
    /// Reads a statement that has `members`, and no other one.
    pub(super) fn read(bytes: &'s [u8], members: &[&str]) -> Result<Self, Fault> {
        let mut cbor = Decoder::new(bytes);
        let malformed = |_| Fault::StatementMalformed;
        let count = cbor.map().map_err(malformed)?.ok_or(Fault::StatementMalformed)?;
        let mut statement = Self::default();
        for _ in 0..count {
            let name = cbor.str().map_err(malformed)?;
            if !members.contains(&name) {
                return Err(Fault::StatementMemberUnknown);
            }
            statement.take(name, &mut cbor).map_err(malformed)??;
        }
        Ok(statement)
    }

    fn take(&mut self, name: &str, cbor: &mut Decoder<'s>) -> Result<Result<(), Fault>, Error> {
        let twice = match name {
            "alg" => self.alg.replace(cbor.i64()?).is_some(),
            "sig" => self.sig.replace(cbor.bytes()?).is_some(),
            "ver" => self.ver.replace(cbor.str()?).is_some(),
            "certInfo" => self.cert_info.replace(cbor.bytes()?).is_some(),
            "pubArea" => self.pub_area.replace(cbor.bytes()?).is_some(),
            "x5c" => match certificates(cbor)? {
                Ok(x5c) => self.x5c.replace(x5c).is_some(),
                Err(fault) => return Ok(Err(fault)),
            },
            _ => true,
        };
        Ok(if twice { Err(Fault::StatementMalformed) } else { Ok(()) })
    }

    pub(super) fn alg(&self) -> Result<i64, Fault> {
        self.alg.ok_or(Fault::StatementMemberMissing)
    }

    pub(super) fn sig(&self) -> Result<&'s [u8], Fault> {
        self.sig.ok_or(Fault::StatementMemberMissing)
    }

    pub(super) fn ver(&self) -> Result<&'s str, Fault> {
        self.ver.ok_or(Fault::StatementMemberMissing)
    }

    pub(super) fn cert_info(&self) -> Result<&'s [u8], Fault> {
        self.cert_info.ok_or(Fault::StatementMemberMissing)
    }

    pub(super) fn pub_area(&self) -> Result<&'s [u8], Fault> {
        self.pub_area.ok_or(Fault::StatementMemberMissing)
    }

    pub(super) fn x5c(&self) -> Result<Certificates<'s>, Fault> {
        self.x5c_if_any()?.ok_or(Fault::StatementMemberMissing)
    }

    /// The certificates, where the format may have none.
    pub(super) fn x5c_if_any(&self) -> Result<Option<Certificates<'s>>, Fault> {
        let Some(all) = self.x5c.as_deref() else { return Ok(None) };
        let (leaf, others) = all.split_first().ok_or(Fault::CertificatesNone)?;
        // The leaf's own rules are its format's.
        if others.iter().any(|der| chain::key(der).is_none()) {
            return Err(Fault::CertificateMalformed);
        }
        Ok(Some(Certificates { leaf, others: others.to_vec() }))
    }
}

/// An array of byte strings.
fn certificates<'s>(cbor: &mut Decoder<'s>) -> Result<Result<Vec<&'s [u8]>, Fault>, Error> {
    let Some(count) = cbor.array()? else { return Ok(Err(Fault::StatementMalformed)) };
    if count > ATTESTATION_CERTIFICATES_MAX as u64 {
        return Ok(Err(Fault::CertificatesTooMany));
    }
    (0..count).map(|_| cbor.bytes()).collect::<Result<_, _>>().map(Ok)
}
