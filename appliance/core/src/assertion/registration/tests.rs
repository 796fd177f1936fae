//! A registration that is as it must be, and each time one thing that is not.

extern crate std;

use std::format;
use std::string::String;
use std::vec::Vec;

use countersign_protocol::{Bounded, Digest};
use countersign_soft::Soft;

use super::{Fault, NewCredential, verify};
use crate::assertion::Expected;
use crate::assertion::device_key::DeviceKey;
use countersign_ports::Algorithm;

const UP: u8 = 1;
const UV: u8 = 1 << 2;
const BE: u8 = 1 << 3;
const BS: u8 = 1 << 4;
const AT: u8 = 1 << 6;
const ED: u8 = 1 << 7;

/// What a browser and a device make.
struct Made {
    client_data: String,
    rp_id_hash: [u8; 32],
    flags: u8,
    id: Vec<u8>,
    cose_key: Vec<u8>,
    end: Vec<u8>,
}

impl Made {
    fn honest() -> Self {
        let challenge = "A".repeat(43);
        Self {
            client_data: format!(
                r#"{{"type":"webauthn.create","challenge":"{challenge}","origin":"https://a","crossOrigin":false}}"#
            ),
            rp_id_hash: [7; 32],
            flags: UP | UV | AT,
            id: [3; 16].to_vec(),
            cose_key: es256(),
            end: Vec::new(),
        }
    }

    fn authenticator_data(&self) -> Vec<u8> {
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let fixed =
            [&self.rp_id_hash[..], &[self.flags], &[0, 0, 0, 9], &[5; 16], &length].concat();
        [fixed, self.id.clone(), self.cose_key.clone(), self.end.clone()].concat()
    }

    fn told(&self, then: impl FnOnce(Result<NewCredential<'_>, Fault>)) {
        self.judged(&self.authenticator_data(), then);
    }

    fn judged(&self, data: &[u8], then: impl FnOnce(Result<NewCredential<'_>, Fault>)) {
        let expected = Expected {
            challenge: &Digest([0; 32]),
            origin: "https://a",
            rp_id_hash: &Digest([7; 32]),
        };
        let client_data = Bounded::new(self.client_data.as_bytes()).unwrap();
        let data = Bounded::new(data).unwrap();
        then(verify(&Soft, &expected, &client_data, &data));
    }
}

/// A key of ES256 that is on its curve.
fn es256() -> Vec<u8> {
    let point = DeviceKey::nobodys(Algorithm::EcdsaP256);
    let (x, y) = point.bytes()[1..].split_at(32);
    [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
}

/// The honest case with one change, and the fault that it must bring.
fn wrong(fault: Fault, change: impl FnOnce(&mut Made)) {
    let mut made = Made::honest();
    change(&mut made);
    made.told(|judged| assert_eq!(judged.err(), Some(fault)));
}

fn client_data(from: &'static str, to: &'static str) -> impl FnOnce(&mut Made) {
    move |made| {
        let changed = made.client_data.replace(from, to);
        assert_ne!(changed, made.client_data);
        made.client_data = changed;
    }
}

#[test]
fn an_honest_registration_gives_its_credential() {
    let made = Made::honest();
    made.told(|judged| {
        let credential = judged.unwrap();
        assert_eq!((credential.aaguid(), credential.id()), ([5; 16], &[3; 16][..]));
        assert_eq!((credential.cose_key(), credential.sign_count()), (&es256()[..], 9));
        assert_eq!(credential.key().algorithm(), Algorithm::EcdsaP256);
        assert!(!credential.backup_eligible());
    });
}

#[test]
fn extension_outputs_may_follow() {
    let made = Made { flags: UP | UV | AT | ED, end: [0xa0].to_vec(), ..Made::honest() };
    made.told(|judged| assert_eq!(judged.unwrap().cose_key(), es256()));
}

#[test]
fn what_may_be_copied_is_said_to_be() {
    let made = Made { flags: UP | UV | AT | BE | BS, ..Made::honest() };
    made.told(|judged| assert!(judged.unwrap().backup_eligible()));
}

#[test]
fn client_data_of_anything_else_is_refused() {
    wrong(Fault::ClientDataMalformed, client_data("}", "},"));
    wrong(Fault::TypeNotCreate, client_data("webauthn.create", "webauthn.get"));
    wrong(Fault::ChallengeDiffers, client_data("AAA\"", "AAB\""));
    wrong(Fault::OriginDiffers, client_data("https://a", "http://a"));
    wrong(Fault::OriginDiffers, client_data("https://a", "https://a:8443"));
    wrong(Fault::CrossOrigin, client_data("false", "true"));
    wrong(Fault::TopOriginPresent, client_data("}", r#","topOrigin":"https://a"}"#));
}

#[test]
fn flags_and_hash_are_as_they_must_be() {
    wrong(Fault::RpIdHashDiffers, |made| made.rp_id_hash[31] ^= 1);
    wrong(Fault::UserNotPresent, |made| made.flags ^= UP);
    wrong(Fault::UserNotVerified, |made| made.flags ^= UV);
    wrong(Fault::BackupStateImpossible, |made| made.flags |= BS);
    wrong(Fault::AuthenticatorDataMalformed, |made| made.flags ^= AT);
}

/// The flags as a whole: nothing but user, attested data, backup and extensions lets one pass.
#[test]
fn cve_2021_38299_all_flags() {
    for flags in 0..=u8::MAX {
        let end = if flags & ED == 0 { Vec::new() } else { [0xa0].to_vec() };
        let made = Made { flags, end, ..Made::honest() };
        let needed = UP | UV | AT;
        let good = flags & needed == needed && flags & (BE | BS) != BS;
        made.told(|judged| assert_eq!(judged.is_ok(), good, "{flags:#010b}"));
    }
}

#[test]
fn a_credential_id_has_16_to_1023_bytes() {
    for length in [16, 1023] {
        let made = Made { id: [3; 1023][..length].to_vec(), ..Made::honest() };
        made.told(|judged| assert_eq!(judged.unwrap().id().len(), length));
    }
    for length in [0, 15, 1024] {
        wrong(Fault::CredentialIdLength, |made| made.id = [3; 1024][..length].to_vec());
    }
}

#[test]
fn only_a_key_of_the_table_is_taken() {
    wrong(Fault::KeyRefused, |made| made.cose_key[4] = 0x27);
    wrong(Fault::KeyRefused, |made| made.cose_key[76] ^= 1);
    wrong(Fault::KeyRefused, |made| made.cose_key.insert(0, 0xa5));
}

#[test]
fn nothing_trails() {
    wrong(Fault::ExtensionsMalformed, |made| made.end = [0xa0].to_vec());
    wrong(Fault::ExtensionsMalformed, |made| made.flags |= ED);
    wrong(Fault::ExtensionsMalformed, |made| {
        made.flags |= ED;
        made.end = [0xa0, 0].to_vec();
    });
}

/// Cut anywhere, it is refused, and nothing panics.
#[test]
fn a_part_of_it_is_nothing() {
    let made = Made::honest();
    let whole = made.authenticator_data();
    for length in 0..whole.len() {
        made.judged(&whole[..length], |judged| assert!(judged.is_err(), "{length} bytes"));
    }
}

#[test]
fn every_number_leads_back_to_its_fault() {
    assert!(Fault::ALL.iter().all(|fault| Fault::from_number(fault.number()) == Some(*fault)));
    assert_eq!(Fault::from_number(0), None);
}
