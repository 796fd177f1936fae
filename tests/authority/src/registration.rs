//! A registration, made: what a browser gives a page for a new credential.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use countersign_device::{Authenticator, SignatureForm, cose_key_es256};
use rcgen::{CustomExtension, SigningKey as _};

use crate::cbor::{self, Members};
use crate::certificates::Authority;
use crate::description::{Description, element};
use crate::draft::{Draft, Format};
use crate::tpm;

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
    /// The credential, whatever the draft made of authData.
    pub credential_id: Vec<u8>,
    /// Its public key, likewise.
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
        let device = Authenticator::from_seed_of(draft.algorithm, &draft.seed, rp_id, origin);
        let credential_id = device.credential().credential_id;
        let cose_key = cose_key(&draft, &device);
        let mut client_data_json = client_data(challenge, origin).into_bytes();
        take(&mut draft.client_data)(&mut client_data_json);
        let aaguid = draft.aaguid;
        let mut auth_data = auth_data(rp_id, &aaguid, &credential_id, &cose_key);
        take(&mut draft.auth_data)(&mut auth_data);
        let made = Made {
            auth_data,
            client_data_hash: sha256(&client_data_json),
            client_data_json: client_data_json.clone(),
            device,
        };
        let client_data_hash = made.client_data_hash;
        let attestation_object = made.object(self, format, draft);
        let credential_id = credential_id.to_vec();
        Registration {
            attestation_object,
            client_data_json,
            client_data_hash,
            aaguid,
            credential_id,
            cose_key,
        }
    }
}

/// The device's own key, or that of the leaf.
fn cose_key(draft: &Draft, device: &Authenticator) -> Vec<u8> {
    if draft.credential_of_leaf {
        cose_key_es256(draft.leaf_key.public_key_raw().try_into().expect("a point of P-256"))
    } else {
        device.credential().public_key_cose
    }
}

struct Made {
    device: Authenticator,
    auth_data: Vec<u8>,
    client_data_json: Vec<u8>,
    client_data_hash: [u8; 32],
}

impl Made {
    fn object(&self, authority: &Authority, format: Format, mut draft: Draft) -> Vec<u8> {
        let mut statement = match format {
            Format::None | Format::Compound => Members::new(),
            Format::SelfMade => self.by_itself(&mut draft),
            Format::Packed => self.with_alg(authority, &mut draft),
            Format::Tpm => self.certify(authority, &mut draft),
            Format::AndroidKey => {
                self.describe(&mut draft);
                self.with_alg(authority, &mut draft)
            }
            Format::Apple => {
                self.put_nonce(&mut draft);
                vec![("x5c", x5c(authority, &mut draft))]
            }
            Format::FidoU2f => {
                let sig = sign(&mut draft, self.u2f_data());
                vec![("sig", sig), ("x5c", x5c(authority, &mut draft))]
            }
        };
        take(&mut draft.statement)(&mut statement);
        let attestation_statement = match format {
            Format::Compound => self.compound(authority, &mut draft),
            _ => cbor::map(&statement),
        };
        let mut object = vec![
            ("fmt", cbor::text(draft.fmt)),
            ("attStmt", attestation_statement),
            ("authData", cbor::bytes(&self.auth_data)),
        ];
        (draft.object)(&mut object);
        cbor::map(&object)
    }

    /// 8.2 and 8.4.
    fn with_alg(&self, authority: &Authority, draft: &mut Draft) -> Members {
        let sig = sign(draft, self.signed());
        let alg = cbor::int(draft.alg.unwrap_or(-7));
        vec![("alg", alg), ("sig", sig), ("x5c", x5c(authority, draft))]
    }

    /// 8.3.
    fn certify(&self, authority: &Authority, draft: &mut Draft) -> Members {
        let mut pub_area = tpm::pub_area(&self.device.credential().public_key_cose);
        take(&mut draft.pub_area)(&mut pub_area);
        // By SHA-256.
        let name = [&[0, 0x0b], sha256(&pub_area).as_slice()].concat();
        let mut cert_info = tpm::cert_info(&sha256(&self.signed()), &name);
        take(&mut draft.cert_info)(&mut cert_info);
        let sig = sign(draft, cert_info.clone());
        vec![
            ("ver", cbor::text("2.0")),
            ("alg", cbor::int(draft.alg.unwrap_or(-7))),
            ("x5c", x5c(authority, draft)),
            ("sig", sig),
            ("certInfo", cbor::bytes(&cert_info)),
            ("pubArea", cbor::bytes(&pub_area)),
        ]
    }

    /// 8.9.
    fn compound(&self, authority: &Authority, draft: &mut Draft) -> Vec<u8> {
        let mut part = || {
            let statement = cbor::map(&self.with_alg(authority, draft));
            cbor::map(&vec![("fmt", cbor::text("packed")), ("attStmt", statement)])
        };
        let mut parts = vec![part(), part()];
        take(&mut draft.parts)(&mut parts);
        cbor::array(&parts)
    }

    /// 8.4.1.
    fn describe(&self, draft: &mut Draft) {
        let mut description = Description::good(&self.client_data_hash);
        take(&mut draft.description)(&mut description);
        let oid = [1, 3, 6, 1, 4, 1, 11129, 2, 1, 17];
        put_extension(draft, &oid, description.der());
    }

    /// 8.8: `SEQUENCE { [1] EXPLICIT OCTET STRING }`.
    fn put_nonce(&self, draft: &mut Draft) {
        let nonce = element(&[0x04], &sha256(&self.signed()));
        let content = element(&[0x30], &element(&[0xa1], &nonce));
        put_extension(draft, &[1, 2, 840, 113_635, 100, 8, 2], content);
    }

    fn signed(&self) -> Vec<u8> {
        [self.auth_data.as_slice(), &self.client_data_hash].concat()
    }

    /// 8.6: what a U2F device signs.
    fn u2f_data(&self) -> Vec<u8> {
        let credential = self.device.credential();
        let point = credential.point().map_or_else(Vec::new, |point| point.to_vec());
        let rp_id_hash = &self.auth_data[..32];
        [&[0], rp_id_hash, &self.client_data_hash, &credential.credential_id, &point].concat()
    }

    fn by_itself(&self, draft: &mut Draft) -> Members {
        let mut auth_data = self.auth_data.clone();
        take(&mut draft.signed)(&mut auth_data);
        let client_data = self.client_data_json.clone();
        let assertion = self.device.approve_bytes(auth_data, client_data, SignatureForm::Honest);
        let alg = draft.alg.unwrap_or_else(|| self.device.algorithm().cose().into());
        vec![("alg", cbor::int(alg)), ("sig", cbor::bytes(&assertion.signature))]
    }
}

/// An edit, which is made once.
fn take<T: 'static>(edit: &mut crate::Edit<T>) -> crate::Edit<T> {
    std::mem::replace(edit, Box::new(|_| ()))
}

/// The leaf says this of the registration, unless the draft says otherwise.
fn put_extension(draft: &mut Draft, oid: &[u64], content: Vec<u8>) {
    let mut content = Some(content);
    take(&mut draft.extension)(&mut content);
    let extension = content.map(|content| CustomExtension::from_oid_content(oid, content));
    draft.leaf.custom_extensions.extend(extension);
}

/// The leaf's signature.
fn sign(draft: &mut Draft, mut message: Vec<u8>) -> Vec<u8> {
    take(&mut draft.signed)(&mut message);
    cbor::bytes(&draft.leaf_key.sign(&message).expect("a signature"))
}

/// The certificates; of fido-u2f the leaf only.
fn x5c(authority: &Authority, draft: &mut Draft) -> Vec<u8> {
    let mut chain = authority.chain(&draft.leaf, &draft.leaf_key);
    if draft.fmt == "fido-u2f" {
        chain.truncate(1);
    }
    take(&mut draft.x5c)(&mut chain);
    let chain: Vec<_> = chain.iter().map(|der| cbor::bytes(der)).collect();
    cbor::array(&chain)
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
