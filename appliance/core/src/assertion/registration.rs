//! Verifying a registration: W3C Web Authentication Level 3, 7.1, as far as it needs no attestation.
//!
//! Guarantees: a [`NewCredential`] was made over what is expected, on the page's origin, by a device that
//! verified its user, and its key is one that can be enrolled. Nothing here is secret: the first check that
//! fails ends it.
//!
//! It does not say which model of device it is (that is the attestation), nor whose (that is the ticket).
//! Steps 1-4 and 23 are the client's; 19-22 are the attestation's; 25 and 26 the registry's.

use countersign_ports::Crypto;
use countersign_protocol::limits::{
    CLIENT_DATA_BYTES_MAX, CREDENTIAL_ID_BYTES_MAX, REGISTRATION_DATA_BYTES_MAX,
};
use countersign_protocol::{Bounded, Digest};
use subtle::{Choice, ConstantTimeEq};

use super::authenticator_data::{AuthenticatorData, FIXED_BYTES};
use super::client_data::ClientData;
use super::device_key::{DeviceKey, KeyBytes};
use super::{Expected, base64url, cose, extensions};

/// Bytes of an AAGUID and of a credential id's length (6.5.2).
const AAGUID_BYTES: usize = 16;
const LENGTH_BYTES: usize = 2;
/// A credential id is either 16 random bytes at least, or a wrapped key, which is longer (4, Credential ID).
const CREDENTIAL_ID_BYTES_MIN: usize = 16;

crate::faults! {
    /// Why a credential is not registered, in the order of the checks.
    1001 ClientDataMalformed "WebAuthn L3 7.1 steps 5-6" "clientDataJSON is not readable"
    1002 TypeNotCreate "WebAuthn L3 7.1 step 7" "the type is not webauthn.create"
    1003 ChallengeDiffers "WebAuthn L3 7.1 step 8" "the challenge is not the ticket's"
    1004 OriginDiffers "WebAuthn L3 7.1 step 9" "the origin is not the approval page's"
    1005 CrossOrigin "WebAuthn L3 7.1 step 10" "the page was framed by another origin"
    1006 TopOriginPresent "WebAuthn L3 7.1 step 11" "the page was framed"
    1007 AuthenticatorDataMalformed "WebAuthn L3 6.1" "authenticatorData is not readable"
    1008 RpIdHashDiffers "WebAuthn L3 7.1 step 14" "the rpIdHash is not the appliance's"
    1009 UserNotPresent "WebAuthn L3 7.1 step 15" "the UP flag is not set"
    1010 UserNotVerified "WebAuthn L3 7.1 step 16" "the UV flag is not set"
    1011 BackupStateImpossible "WebAuthn L3 7.1 step 17" "the BS flag is set without BE"
    1012 CredentialIdLength "WebAuthn L3 7.1 step 25" "the credential id has less than 16 or more than 1023 bytes"
    1013 KeyRefused "WebAuthn L3 7.1 step 20" "the key is no canonical COSE_Key of an algorithm that can be enrolled"
    1014 ExtensionsMalformed "WebAuthn L3 9.4" "the extension outputs are not one map, or something follows"
}

/// A credential that may be enrolled, as far as can be said without its attestation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredential<'r> {
    aaguid: [u8; AAGUID_BYTES],
    id: &'r [u8],
    cose_key: &'r [u8],
    key: DeviceKey<KeyBytes>,
    backup_eligible: bool,
    sign_count: u32,
}

impl<'r> NewCredential<'r> {
    /// The model that the device claims to be (6.5.2): all zeros, or what an attestation must confirm.
    #[must_use]
    pub const fn aaguid(&self) -> [u8; AAGUID_BYTES] {
        self.aaguid
    }

    /// Its credential id, 16 to 1023 bytes.
    #[must_use]
    pub const fn id(&self) -> &'r [u8] {
        self.id
    }

    /// Its public key, as the device wrote it: canonical.
    #[must_use]
    pub const fn cose_key(&self) -> &'r [u8] {
        self.cose_key
    }

    /// Its public key, read.
    #[must_use]
    pub const fn key(&self) -> &DeviceKey<KeyBytes> {
        &self.key
    }

    /// The BE flag: whether it may be copied to other devices (6.1.3).
    #[must_use]
    pub const fn backup_eligible(&self) -> bool {
        self.backup_eligible
    }

    /// Its signCount.
    #[must_use]
    pub const fn sign_count(&self) -> u32 {
        self.sign_count
    }
}

/// clientDataJSON of a registration.
pub type ClientDataJson<'r> = Bounded<'r, CLIENT_DATA_BYTES_MAX>;
/// authenticatorData of a registration.
pub type RegistrationData<'r> = Bounded<'r, REGISTRATION_DATA_BYTES_MAX>;

/// Verifies that a device made a credential over what is `expected`.
///
/// # Errors
/// The first [`Fault`].
pub fn verify<'r, C: Crypto>(
    crypto: &C,
    expected: &Expected<'_>,
    client_data: &ClientDataJson<'_>,
    authenticator_data: &RegistrationData<'r>,
) -> Result<NewCredential<'r>, Fault> {
    let client = created(client_data)?;
    require(client.challenge_is(&base64url(&expected.challenge.0)), Fault::ChallengeDiffers)?;
    judge_page(expected.origin, &client)?;
    attested(crypto, expected.rp_id_hash, authenticator_data)
}

/// The credential in authenticatorData, made for this rpId by a device that verified its user.
fn attested<'r, C: Crypto>(
    crypto: &C,
    rp_id_hash: &Digest,
    authenticator_data: &RegistrationData<'r>,
) -> Result<NewCredential<'r>, Fault> {
    let bytes = authenticator_data.bytes();
    let data = AuthenticatorData::of_registration(bytes);
    require(data.readable, Fault::AuthenticatorDataMalformed)?;
    judge_flags(rp_id_hash, &data)?;
    let attested = bytes.get(FIXED_BYTES..).unwrap_or_default();
    let attested = AttestedCredential::read(attested)?;
    let (key, after) = cose::read_first(crypto, attested.rest).ok_or(Fault::KeyRefused)?;
    let ends = if data.has_extensions() { extensions::is_one_map(after) } else { empty(after) };
    require(ends, Fault::ExtensionsMalformed)?;
    Ok(NewCredential {
        aaguid: attested.aaguid,
        id: attested.id,
        // `after` is how `rest` ends.
        cose_key: attested.rest.strip_suffix(after).unwrap_or_default(),
        key,
        backup_eligible: data.backup_eligible().into(),
        sign_count: data.sign_count,
    })
}

/// A registration's client data.
fn created<'j>(json: &ClientDataJson<'j>) -> Result<ClientData<'j>, Fault> {
    let client = ClientData::read(json.bytes());
    require(client.readable, Fault::ClientDataMalformed)?;
    // A registration is no assertion, and the other way about.
    require(client.type_is(b"webauthn.create"), Fault::TypeNotCreate)?;
    Ok(client)
}

fn judge_page(origin: &str, client: &ClientData<'_>) -> Result<(), Fault> {
    require(client.origin_is(origin.as_bytes()), Fault::OriginDiffers)?;
    require(!client.cross_origin(), Fault::CrossOrigin)?;
    require(!client.has_top_origin(), Fault::TopOriginPresent)
}

fn judge_flags(rp_id_hash: &Digest, data: &AuthenticatorData) -> Result<(), Fault> {
    require(data.rp_id_hash.ct_eq(&rp_id_hash.0), Fault::RpIdHashDiffers)?;
    require(data.user_present(), Fault::UserNotPresent)?;
    require(data.user_verified(), Fault::UserNotVerified)?;
    require(data.backup_eligible() | !data.backup_state(), Fault::BackupStateImpossible)
}

/// attestedCredentialData (6.5.2), with what follows it.
struct AttestedCredential<'r> {
    aaguid: [u8; AAGUID_BYTES],
    id: &'r [u8],
    /// The key, and extension outputs if there are any.
    rest: &'r [u8],
}

impl<'r> AttestedCredential<'r> {
    fn read(bytes: &'r [u8]) -> Result<Self, Fault> {
        let short = Fault::AuthenticatorDataMalformed;
        let (aaguid, rest) = bytes.split_first_chunk::<AAGUID_BYTES>().ok_or(short)?;
        let (length, rest) = rest.split_first_chunk::<LENGTH_BYTES>().ok_or(short)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if !(CREDENTIAL_ID_BYTES_MIN..=CREDENTIAL_ID_BYTES_MAX).contains(&length) {
            return Err(Fault::CredentialIdLength);
        }
        let (id, rest) = rest.split_at_checked(length).ok_or(short)?;
        Ok(Self { aaguid: *aaguid, id, rest })
    }
}

fn empty(bytes: &[u8]) -> Choice {
    bytes.len().ct_eq(&0)
}

fn require(passed: Choice, fault: Fault) -> Result<(), Fault> {
    if bool::from(passed) { Ok(()) } else { Err(fault) }
}

#[cfg(test)]
mod tests;
