//! A registration, made: what a browser gives a page for a new credential.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use countersign_device::{Authenticator, SignatureForm};
use rcgen::{CertificateParams, KeyPair, SigningKey as _};

use crate::cbor::{self, Members};
use crate::certificates::Authority;
use crate::draft::{Draft, Format};

/// What comes of a registration.
#[derive(Clone, Debug)]
pub struct Registration {
    /// fmt, attStmt, authData.
    pub attestation_object: Vec<u8>,
    /// Of type webauthn.create.
    pub client_data_json: Vec<u8>,
    /// Its SHA-256.
    pub client_data_hash: [u8; 32],
    /// The authenticator's model.
    pub aaguid: [u8; 16],
    /// The credential.
    pub credential_id: Vec<u8>,
    /// Its public key.
    pub cose_key: Vec<u8>,
}

impl Authority {
    /// Registers a new device, after `change`.
    pub fn register(
        &self,
        format: Format,
        challenge: &[u8],
        origin: &str,
        rp_id: &str,
        change: impl FnOnce(&mut Draft),
    ) -> Registration {
        let mut draft = Draft::of(format);
        change(&mut draft);
        let device = Authenticator::from_seed_of(draft.algorithm, &[7; 32], rp_id, origin);
        let credential = device.credential();
        let cose_key = credential.public_key_cose;
        let client_data_json = client_data(challenge, origin).into_bytes();
        let aaguid = draft.aaguid;
        let auth_data = auth_data(rp_id, &aaguid, &credential.credential_id, &cose_key);
        let made = Made { device, auth_data, client_data_json };
        Registration {
            attestation_object: made.object(self, format, draft),
            client_data_hash: sha256(&made.client_data_json),
            client_data_json: made.client_data_json,
            aaguid,
            credential_id: credential.credential_id.to_vec(),
            cose_key,
        }
    }
}

struct Made {
    device: Authenticator,
    auth_data: Vec<u8>,
    client_data_json: Vec<u8>,
}

impl Made {
    fn object(&self, authority: &Authority, format: Format, draft: Draft) -> Vec<u8> {
        let fmt = draft.fmt;
        let (edit_statement, edit_object) = (draft.statement, draft.object);
        let mut statement = match format {
            Format::None => Members::new(),
            Format::SelfMade => self.by_itself(draft.alg, draft.signed),
            Format::Packed => {
                let mut members = vec![("alg", cbor::int(draft.alg.unwrap_or(-7)))];
                let message = [self.auth_data.as_slice(), &sha256(&self.client_data_json)].concat();
                members.extend(certified(
                    authority,
                    message,
                    draft.signed,
                    draft.x5c,
                    &draft.leaf,
                    &draft.leaf_key,
                ));
                members
            }
            Format::FidoU2f => {
                let message = self.u2f_data();
                let x5c = |chain: &mut Vec<_>| {
                    // The leaf only.
                    chain.truncate(1);
                    (draft.x5c)(chain);
                };
                certified(authority, message, draft.signed, x5c, &draft.leaf, &draft.leaf_key)
            }
        };
        edit_statement(&mut statement);
        let mut object = vec![
            ("fmt", cbor::text(fmt)),
            ("attStmt", cbor::map(&statement)),
            ("authData", cbor::bytes(&self.auth_data)),
        ];
        edit_object(&mut object);
        cbor::map(&object)
    }

    /// 8.6: what a U2F device signs.
    fn u2f_data(&self) -> Vec<u8> {
        let credential = self.device.credential();
        let point = credential.point().map_or_else(Vec::new, |point| point.to_vec());
        let client_data_hash = sha256(&self.client_data_json);
        let rp_id_hash = &self.auth_data[..32];
        [&[0], rp_id_hash, &client_data_hash, &credential.credential_id, &point].concat()
    }

    fn by_itself(&self, alg: Option<i64>, signed: crate::Edit<Vec<u8>>) -> Members {
        let mut auth_data = self.auth_data.clone();
        signed(&mut auth_data);
        let client_data = self.client_data_json.clone();
        let assertion = self.device.approve_bytes(auth_data, client_data, SignatureForm::Honest);
        let alg = alg.unwrap_or_else(|| self.device.algorithm().cose().into());
        vec![("alg", cbor::int(alg)), ("sig", cbor::bytes(&assertion.signature))]
    }
}

/// The members sig and x5c.
fn certified(
    authority: &Authority,
    mut message: Vec<u8>,
    signed: impl FnOnce(&mut Vec<u8>),
    x5c: impl FnOnce(&mut Vec<Vec<u8>>),
    leaf: &CertificateParams,
    key: &KeyPair,
) -> Members {
    let mut chain = authority.chain(leaf, key);
    x5c(&mut chain);
    let chain: Vec<_> = chain.iter().map(|der| cbor::bytes(der)).collect();
    signed(&mut message);
    let signature = key.sign(&message).expect("a signature");
    vec![("sig", cbor::bytes(&signature)), ("x5c", cbor::array(&chain))]
}

/// 5.8.1.1.
fn client_data(challenge: &[u8], origin: &str) -> String {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(challenge);
    format!(
        r#"{{"type":"webauthn.create","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#
    )
}

/// 6.1 and 6.5.1: UP, UV and AT are set.
fn auth_data(rp_id: &str, aaguid: &[u8; 16], id: &[u8], cose_key: &[u8]) -> Vec<u8> {
    let length = u16::try_from(id.len()).expect("an id").to_be_bytes();
    let rp_id_hash = sha256(rp_id.as_bytes());
    let parts: [&[u8]; 7] = [&rp_id_hash, &[0x45], &[0, 0, 0, 0], aaguid, &length, id, cose_key];
    parts.concat()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes).as_ref().try_into().expect("32 bytes")
}
