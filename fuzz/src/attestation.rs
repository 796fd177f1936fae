//! What a new device says of itself: an attestation object, which a front-end may have changed.
//!
//! The property: no panic; what is read, another reader of CBOR reads as the same format and the same
//! authenticator data; and nothing that was not made by a device for this registration holds, but a statement
//! that says nothing.

use ciborium::Value;
use countersign_enrolment::attestation::{self, AttestationObject, Class, Credential};
use countersign_host::Host;

/// One that says nothing, and one that says what does not hold.
pub(crate) const OBJECTS: [&[u8]; 2] = [
    b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x41\x00",
    b"\xa3\x63fmt\x66packed\x67attStmt\xa2\x63alg\x26\x63sig\x42\x30\x00\x68authData\x41\x00",
];

/// An attestation object and its statement.
pub fn attestation(data: &[u8]) {
    let Ok(object) = AttestationObject::read(data) else { return };
    // Text that is not UTF-8 in a statement is its format's to refuse.
    if let Ok(theirs) = ciborium::from_reader::<Value, _>(data) {
        let member = |name: &str| {
            let members = theirs.as_map().unwrap();
            members.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
        };
        assert_eq!(member("fmt").and_then(Value::as_text), Some(object.format()));
        let auth_data = member("authData").and_then(Value::as_bytes).unwrap();
        assert_eq!(auth_data, object.auth_data());
    }
    let cose_key = crate::house::people::device(0).credential().public_key_cose;
    let credential = Credential { aaguid: [5; 16], credential_id: &[3; 16], cose_key: &cose_key };
    // Of a hash that nobody has signed.
    let verified = attestation::verify(&Host, &object, &credential, &[7; 32]);
    assert!(verified.map_or(true, |held| held.class() == Class::None), "nobody has made this");
}
