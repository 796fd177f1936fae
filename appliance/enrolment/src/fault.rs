//! The numbered table of faults: why a device is not enrolled on what it says of itself.
//!
//! Guarantees: every rule that is checked has a fault of its own, with the clause that asks for it; a number
//! is never used again for anything else. The first fault that is met is the one that is told.

countersign_core::faults! {
    /// Why an attestation does not hold, or is not enough.
    1101 ObjectTooLong "WebAuthn L3 6.5.4" "the attestation object is past the limit"
    1102 ObjectMalformed "WebAuthn L3 6.5.4" "the attestation object is not a map of fmt, attStmt and authData"
    1103 FormatUnknown "WebAuthn L3 7.1 step 21" "the statement's format is not one that is verified"
    1104 StatementMalformed "WebAuthn L3 8" "the statement is not a map of the types that its format has"
    1105 StatementMemberUnknown "WebAuthn L3 8" "the statement has a member that its format has not"
    1106 StatementMemberMissing "WebAuthn L3 8" "the statement lacks a member of its format"
    1107 CertificatesNone "WebAuthn L3 8" "x5c is empty"
    1108 CertificatesTooMany "WebAuthn L3 8" "x5c has more certificates than the limit"
    1109 CertificateMalformed "RFC 5280 4.1" "a certificate of x5c is not readable as one"
    1110 CredentialKeyUnknown "WebAuthn L3 5.8.5" "the credential's key is of no kind that is enrolled"
    1111 AlgorithmRefused "WebAuthn L3 5.8.5" "certificates do not sign by the statement's algorithm here"
    1112 AlgorithmNotOfKey "WebAuthn L3 5.8.5" "the statement's algorithm is not one of the leaf's key"
    1113 SignatureInvalid "WebAuthn L3 8" "the leaf's key did not sign the statement"

    1201 PackedVersion "WebAuthn L3 8.2.1" "the leaf is not of version 3"
    1202 PackedCountry "WebAuthn L3 8.2.1" "the leaf's subject has no country of two letters"
    1203 PackedOrganisation "WebAuthn L3 8.2.1" "the leaf's subject has no organisation"
    1204 PackedUnit "WebAuthn L3 8.2.1" "the leaf's subject unit is not Authenticator Attestation"
    1205 PackedCommonName "WebAuthn L3 8.2.1" "the leaf's subject has no common name"
    1206 PackedBasicConstraints "WebAuthn L3 8.2.1" "the leaf does not say that it is no CA"
    1207 PackedAaguidCritical "WebAuthn L3 8.2.1" "the leaf's AAGUID extension is critical"
    1208 PackedAaguidDiffers "WebAuthn L3 8.2" "the leaf's AAGUID is not the authenticator's"
    1209 SelfAlgorithmDiffers "WebAuthn L3 8.2" "the statement's algorithm is not the credential's"
    1210 SelfSignatureInvalid "WebAuthn L3 8.2" "the credential's key did not sign the statement"

    1301 TpmVersion "WebAuthn L3 8.3" "the statement's version is not 2.0"
    1302 TpmPubAreaMalformed "WebAuthn L3 8.3" "pubArea is no key of RSA or ECC that signs"
    1303 TpmKeyDiffers "WebAuthn L3 8.3" "pubArea's key is not the credential's"
    1304 TpmNameAlgorithm "WebAuthn L3 8.3" "names by pubArea's hash are not accepted"
    1305 TpmCertInfoMalformed "WebAuthn L3 8.3" "certInfo is not readable"
    1306 TpmMagic "WebAuthn L3 8.3" "certInfo was not made in a TPM"
    1307 TpmType "WebAuthn L3 8.3" "certInfo does not certify a key"
    1308 TpmExtraDataDiffers "WebAuthn L3 8.3" "certInfo is not about this registration"
    1309 TpmNameDiffers "WebAuthn L3 8.3" "certInfo is not about pubArea"
    1310 TpmLeafVersion "WebAuthn L3 8.3.1" "the leaf is not of version 3"
    1311 TpmSubject "WebAuthn L3 8.3.1" "the leaf's subject is not empty"
    1312 TpmAltName "WebAuthn L3 8.3.1" "the leaf does not name the TPM's manufacturer, model and version"
    1313 TpmPurpose "WebAuthn L3 8.3.1" "the leaf is not an attestation key's"
    1314 TpmBasicConstraints "WebAuthn L3 8.3.1" "the leaf does not say that it is no CA"
    1315 TpmAaguidDiffers "WebAuthn L3 8.3" "the leaf's AAGUID is not the authenticator's"

    1401 AndroidKeyDiffers "WebAuthn L3 8.4" "the leaf's key is not the credential's"
    1402 AndroidDescriptionMissing "WebAuthn L3 8.4.1" "the leaf has no KeyDescription"
    1403 AndroidDescriptionMalformed "WebAuthn L3 8.4.1" "the KeyDescription is not readable"
    1404 AndroidChallengeDiffers "WebAuthn L3 8.4" "the attestationChallenge is not the client data's hash"
    1405 AndroidAllApplications "WebAuthn L3 8.4" "the key is not one application's"
    1406 AndroidOrigin "WebAuthn L3 8.4" "the key was not generated where it is"
    1407 AndroidPurpose "WebAuthn L3 8.4" "the key's purpose is not to sign, and that only"

    1501 AppleNonceMissing "WebAuthn L3 8.8" "the leaf has no nonce"
    1502 AppleNonceDiffers "WebAuthn L3 8.8" "the leaf's nonce is not this registration's hash"
    1503 AppleKeyDiffers "WebAuthn L3 8.8" "the leaf's key is not the credential's"

    1601 U2fCertificates "WebAuthn L3 8.6" "there is more than one certificate"
    1602 U2fLeafKey "WebAuthn L3 8.6" "the leaf's key is not of P-256"
    1603 U2fAaguid "WebAuthn L3 8.6" "the AAGUID is not zero"
    1604 U2fCredentialKey "WebAuthn L3 8.6" "the credential's key is not of P-256"

    1701 CompoundMalformed "WebAuthn L3 8.9" "the statement is no array of formats and statements"
    1702 CompoundTooFew "WebAuthn L3 8.9" "there are fewer than two statements"
    1703 CompoundTooMany "WebAuthn L3 8.9" "there are more statements than the limit"
    1704 CompoundNested "WebAuthn L3 8.9" "a statement is compound itself"

    1801 NothingCertified "WebAuthn L3 7.1 step 24" "no certificate stands behind the statement"
    1802 AnchorUnknown "WebAuthn L3 7.1 step 23" "the chain does not end at a given anchor"
    1803 CertificateExpired "RFC 5280 4.1.2.5" "a certificate is past its time"
    1804 CertificateNotYetValid "RFC 5280 4.1.2.5" "a certificate's time has not come"
    1805 LeafIsAuthority "RFC 5280 4.2.1.9" "the leaf is a CA"
    1806 ChainInvalid "RFC 5280 6.1" "the chain does not hold"

    1901 ModelUnknown "FIDO MDS 3.1" "the metadata have no model of this AAGUID"
    1902 ModelBarred "FIDO MDS 3.1 3.1.4" "the metadata speak against the model"
    1903 ModelNotCertified "FIDO MDS 3.1 3.1.4" "the model is not certified"
    1904 AttestationKeyCompromised "FIDO MDS 3.1 3.1.4" "the attestation leads through a key that is reported as compromised"
    1905 KeyInSoftware "WebAuthn L3 8.4" "the key may be in software, by the metadata or by the statement"
    1906 KeyMayBeCopied "WebAuthn L3 6.1.3" "the credential may be copied to other devices"
}
