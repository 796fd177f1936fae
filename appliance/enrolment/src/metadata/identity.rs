//! Which model an entry is of (FIDO MDS 3.1, 3.1.1): exactly one of three kinds of names.
//!
//! Guarantees: one spelling of each name, whatever the entry's; an AAGUID of zeros, which every device
//! without a model has, names none.

use std::fmt;

use super::fault::EntryFault;
use super::payload::Entry;

/// What names a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A FIDO2 model's AAGUID.
    Aaguid([u8; 16]),
    /// A UAF model's AAID, in lower case.
    Aaid(String),
    /// A U2F model's attestation keys: SHA-1 of each (RFC 5280, 4.2.1.2, method 1), sorted.
    KeyIdentifiers(Vec<[u8; 20]>),
}

/// One name: two models never share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key<'a> {
    /// An AAGUID.
    Aaguid(&'a [u8; 16]),
    /// An AAID.
    Aaid(&'a str),
    /// One attestation key's identifier.
    KeyIdentifier(&'a [u8; 20]),
}

impl Identity {
    pub(super) fn of(entry: &Entry) -> Result<Self, EntryFault> {
        let Entry { aaid, aaguid, attestation_certificate_key_identifiers: keys, .. } = entry;
        match (aaguid, aaid, keys) {
            (Some(aaguid), None, None) => read_aaguid(aaguid).map(Self::Aaguid),
            (None, Some(aaid), None) => read_aaid(aaid).map(Self::Aaid),
            (None, None, Some(keys)) => read_keys(&keys.0).map(Self::KeyIdentifiers),
            _ => Err(EntryFault::Identity),
        }
    }

    /// Every name of it.
    pub fn keys(&self) -> impl Iterator<Item = Key<'_>> {
        let (one, more) = match self {
            Self::Aaguid(aaguid) => (Some(Key::Aaguid(aaguid)), [].as_slice()),
            Self::Aaid(aaid) => (Some(Key::Aaid(aaid)), [].as_slice()),
            Self::KeyIdentifiers(keys) => (None, keys.as_slice()),
        };
        one.into_iter().chain(more.iter().map(Key::KeyIdentifier))
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keys().next().map_or(Ok(()), |key| key.fmt(f))
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aaid(aaid) => write!(f, "AAID {aaid}"),
            Self::KeyIdentifier(key) => {
                f.write_str("attestation key ")?;
                key.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::Aaguid(aaguid) => {
                f.write_str("AAGUID ")?;
                aaguid.iter().enumerate().try_for_each(|(at, byte)| {
                    let dash = if HYPHENS_BEFORE.contains(&at) { "-" } else { "" };
                    write!(f, "{dash}{byte:02x}")
                })
            }
        }
    }
}

/// Bytes of a UUID that have a hyphen before them (RFC 9562, 4).
const HYPHENS_BEFORE: [usize; 4] = [4, 6, 8, 10];

fn read_aaguid(text: &str) -> Result<[u8; 16], EntryFault> {
    let lengths = text.split('-').map(str::len);
    if !lengths.eq([8, 4, 4, 4, 12]) {
        return Err(EntryFault::Aaguid);
    }
    let aaguid = hex(&text.replace('-', "")).ok_or(EntryFault::Aaguid)?;
    if aaguid == [0; 16] { Err(EntryFault::Aaguid) } else { Ok(aaguid) }
}

/// Four hexadecimal digits of the maker, `#`, and four of the model (FIDO UAF 1.2, 3.1.4).
fn read_aaid(text: &str) -> Result<String, EntryFault> {
    let parts = text.split_once('#');
    let is_part = |part: &str| hex::<2>(part).is_some();
    let fits = parts.is_some_and(|(maker, model)| is_part(maker) && is_part(model));
    fits.then(|| text.to_ascii_lowercase()).ok_or(EntryFault::Aaid)
}

fn read_keys(texts: &[String]) -> Result<Vec<[u8; 20]>, EntryFault> {
    let keys: Option<Vec<_>> = texts.iter().map(|text| hex(text)).collect();
    let mut keys = keys.filter(|keys| !keys.is_empty()).ok_or(EntryFault::KeyIdentifier)?;
    keys.sort_unstable();
    // One entry has been published with its one identifier twice.
    keys.dedup();
    Ok(keys)
}

/// Exactly `N` bytes in hexadecimal.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}
