//! An assertion as a front-end passes it on: bytes that a device and a browser made.

use minicbor::{Decode, Encode};

use crate::limits::{
    ASSERTION_SIGNATURE_BYTES_MAX, ASSERTIONS_MAX, AUTHENTICATOR_DATA_BYTES_MAX,
    CLIENT_DATA_BYTES_MAX,
};
use crate::{Bounded, Sequence};

/// One WebAuthn assertion, by one of the devices that the `Prepared` reply listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Assertion<'b> {
    /// Index of the device in the `Prepared` reply's credentials.
    #[n(0)]
    pub device: u8,
    /// authenticatorData (WebAuthn L3, 6.1).
    #[b(1)]
    pub authenticator_data: Bounded<'b, AUTHENTICATOR_DATA_BYTES_MAX>,
    /// clientDataJSON (WebAuthn L3, 5.8.1): the bytes as the client made them.
    #[b(2)]
    pub client_data: Bounded<'b, CLIENT_DATA_BYTES_MAX>,
    /// The device's signature over `authenticatorData || SHA-256(clientDataJSON)`.
    #[b(3)]
    pub signature: Bounded<'b, ASSERTION_SIGNATURE_BYTES_MAX>,
}

/// The assertions over one activation: one of each approver, or two where the key's policy asks for a
/// classical and a post-quantum one.
pub type Assertions<'b> = Sequence<'b, Assertion<'b>, 1, ASSERTIONS_MAX>;
