//! The links of the chain, in the order in which they are checked. The list is closed: docs/evidence.md has the
//! same, and so has the second verifier.

/// One thing that must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// The file is one COSE_Sign1, signed by the key that it names: who exported it is told, not believed.
    Envelope,
    /// Its payload is evidence of a version that is known.
    Evidence,
    /// The ledger's checkpoint is signed by a trusted appliance.
    Checkpoint,
    /// The appliance has cosigned the checkpoint with ML-DSA, where the trust file names a key for that.
    Cosignature,
    /// As many witnesses as the trust file asks for have seen the checkpoint.
    Witnesses,
    /// The record's leaf is in the ledger.
    Inclusion,
    /// The record is that of a signature, and what the leaf commits to.
    Record,
    /// The activation is of this appliance and tenant.
    Activation,
    /// The documents are those that the activation names, in its order.
    Documents,
    /// What was signed follows from the documents.
    Derivation,
    /// The policy in force is the record's, and permits this.
    Policy,
    /// Enough different people approved, and only such as may.
    Approvers,
    /// Each device was enrolled before, as its owner's, by a record of the same ledger.
    Enrolments,
    /// A maker that the trust file names says which model each device is.
    Attestation,
    /// clientDataJSON is that of an approval, made on no framed page.
    ClientData,
    /// The device approved this very activation.
    Challenge,
    /// On the appliance's approval page.
    Origin,
    /// authenticatorData is that of an approval.
    AuthenticatorData,
    /// For the appliance's rpId.
    RpId,
    /// With the user present and verified.
    Flags,
    /// With the device's key.
    DeviceSignature,
    /// The public key is the one that the activation names.
    Key,
    /// An authority that the trust file names says whose the key is.
    Certificate,
    /// The HSM's signatures verify over what was approved.
    Signatures,
}

impl Link {
    /// All, in order.
    pub const ALL: [Self; 24] = [
        Self::Envelope,
        Self::Evidence,
        Self::Checkpoint,
        Self::Cosignature,
        Self::Witnesses,
        Self::Inclusion,
        Self::Record,
        Self::Activation,
        Self::Documents,
        Self::Derivation,
        Self::Policy,
        Self::Approvers,
        Self::Enrolments,
        Self::Attestation,
        Self::ClientData,
        Self::Challenge,
        Self::Origin,
        Self::AuthenticatorData,
        Self::RpId,
        Self::Flags,
        Self::DeviceSignature,
        Self::Key,
        Self::Certificate,
        Self::Signatures,
    ];

    /// Its name, for people and programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Envelope => "envelope",
            Self::Evidence => "evidence",
            Self::Checkpoint => "checkpoint",
            Self::Cosignature => "cosignature",
            Self::Witnesses => "witnesses",
            Self::Inclusion => "inclusion",
            Self::Record => "record",
            Self::Activation => "activation",
            Self::Documents => "documents",
            Self::Derivation => "derivation",
            Self::Policy => "policy",
            Self::Approvers => "approvers",
            Self::Enrolments => "enrolments",
            Self::Attestation => "attestation",
            Self::ClientData => "client-data",
            Self::Challenge => "challenge",
            Self::Origin => "origin",
            Self::AuthenticatorData => "authenticator-data",
            Self::RpId => "rp-id",
            Self::Flags => "flags",
            Self::DeviceSignature => "device-signature",
            Self::Key => "key",
            Self::Certificate => "certificate",
            Self::Signatures => "signatures",
        }
    }
}

impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
