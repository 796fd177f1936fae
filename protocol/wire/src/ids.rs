//! Who and what is meant: each kind of name is a type of its own, so that none stands for another.

use minicbor::{Decode, Encode};

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; $len]);

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    };
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub u32);

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

bytes_id!(
    /// One appliance, for its life: 16 random bytes drawn by its HSM at `init`.
    ApplianceId, 16
);
bytes_id!(
    /// One signing key: 16 random bytes drawn by the HSM when the key is made.
    KeyId, 16
);
bytes_id!(
    /// One transaction: the 32 random bytes that its activation carries as nonce.
    TransactionId, 32
);
bytes_id!(
    /// One ticket: 32 random bytes drawn by the HSM.
    TicketId, 32
);
bytes_id!(
    /// A model of devices (WebAuthn L3, 6.5.2); all zeros: none.
    Aaguid, 16
);
bytes_id!(
    /// A SHA-256 digest.
    Digest, 32
);
number_id!(
    /// A tenant of the appliance. Tenants share nothing but the machine.
    TenantId
);
number_id!(
    /// A front-end service: a registry record, known by the key in its certificate.
    FrontEndId
);
number_id!(
    /// A person who signs and approves.
    SignerId
);
number_id!(
    /// A person who administers the appliance.
    OfficerId
);
number_id!(
    /// A device's permanent place in the registry.
    SlotId
);
