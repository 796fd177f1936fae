//! The frame that brings an approval, honest or wrong in one thing.
//!
//! Guarantees: every draft of one group gives a frame of the same length, with parts of the same lengths: what is
//! longer in one place is shorter in a member of clientDataJSON that decides nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_device::{Algorithm, Authenticator, SignatureForm};
use countersign_protocol::assertion::Assertion;
use countersign_protocol::request::{Request, Sign};
use countersign_protocol::{Bounded, Sequence, TransactionId};
use countersign_soft::Soft;

use crate::house::{NONCE, Prepared, RP_ID, RP_ORIGIN, SIGN_COUNT};

/// Bytes of every clientDataJSON.
const CLIENT_DATA_BYTES: usize = 240;
/// Where the challenge is in one that nothing stands before.
pub const CHALLENGE_AT: usize = r#"{"type":"webauthn.get","challenge":""#.len();

/// What is in the frame.
pub struct Draft {
    /// The transaction that it is about.
    transaction: TransactionId,
    /// The activation.
    pub activation: Vec<u8>,
    /// The index of the device.
    pub device: u8,
    /// Before clientDataJSON.
    pub front: &'static [u8],
    /// `type`.
    pub type_: &'static str,
    /// `challenge`.
    pub challenge: [u8; 32],
    /// `origin`.
    pub origin: &'static str,
    /// `crossOrigin`.
    pub cross_origin: &'static str,
    /// The name of the member that decides nothing.
    pub member: &'static str,
    /// What is done to clientDataJSON at last.
    pub garble: fn(&mut [u8]),
    /// The rpId.
    pub rp_id: &'static str,
    /// The flags: UP, UV, ED.
    pub flags: u8,
    /// The signCount.
    pub count: u32,
    /// The extension outputs.
    pub extensions: [u8; 4],
    /// The signature.
    pub signature: Form,
}

/// What is wrong with a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    Good,
    /// A bit of s.
    Bad,
    /// The first byte of the DER.
    BadDer,
    /// r is zero. Much shorter than others.
    ZeroR,
    /// s is zero. Likewise.
    ZeroS,
}

/// Who makes the signature.
pub enum Hand<'d> {
    /// Nobody: so many bytes, strict DER where two integers can be so long.
    Nobody(usize),
    /// The device. ECDSA's signatures are of the one length that most have.
    Device(&'d Authenticator),
    /// The device has signed something else: these are the bytes.
    Before(&'d [u8]),
}

impl Draft {
    /// The honest one.
    pub fn honest(prepared: &Prepared) -> Self {
        Self {
            transaction: NONCE,
            activation: prepared.activation.clone(),
            device: prepared.first,
            front: b"",
            type_: "webauthn.get",
            challenge: prepared.challenge,
            origin: RP_ORIGIN,
            cross_origin: "false",
            member: "salt",
            garble: |_| (),
            rp_id: RP_ID,
            flags: 0b1000_0101,
            count: SIGN_COUNT + 1,
            extensions: [0xa1, 0x61, b'x', 0xf5],
            signature: Form::Good,
        }
    }

    /// The frame.
    pub fn frame(&self, hand: &Hand<'_>) -> Vec<u8> {
        let (client_data, signature) = self.signed(hand);
        let authenticator_data = self.authenticator_data();
        let assertion = Assertion {
            device: self.device,
            authenticator_data: Bounded::new(&authenticator_data).unwrap(),
            client_data: Bounded::new(&client_data).unwrap(),
            signature: Bounded::new(&signature).unwrap(),
        };
        let mut room = vec![0; 8192];
        let sign = Sign {
            transaction: self.transaction,
            activation: Bounded::new(&self.activation).unwrap(),
            assertions: Sequence::from_values(&[assertion], &mut room).unwrap(),
        };
        minicbor::to_vec(Request::Sign(sign)).unwrap()
    }

    /// Whether a device signs the same for the other one.
    pub fn says_what(&self, other: &Self) -> bool {
        let signed = |draft: &Self| (draft.authenticator_data(), draft.client_data(0));
        signed(self) == signed(other)
    }

    /// The signature alone.
    pub fn signature(&self, hand: &Hand<'_>) -> Vec<u8> {
        self.signed(hand).1
    }

    fn signed(&self, hand: &Hand<'_>) -> (Vec<u8>, Vec<u8>) {
        match hand {
            Hand::Nobody(length) => (self.client_data(0), self.signature.written(*length)),
            Hand::Before(signature) => (self.client_data(0), signature.to_vec()),
            Hand::Device(device) => {
                let signed = (0..).map(|salt| self.signed_by(device, salt));
                let usual = |(_, signature): &(_, Vec<u8>)| is_usual(device, signature);
                signed.take(1000).find(usual).unwrap()
            }
        }
    }

    fn signed_by(&self, device: &Authenticator, salt: u32) -> (Vec<u8>, Vec<u8>) {
        let form = if self.signature == Form::Bad {
            SignatureForm::BitFlipped
        } else {
            SignatureForm::Honest
        };
        let client_data = self.client_data(salt);
        let made = device.approve_bytes(self.authenticator_data(), client_data.clone(), form);
        let mut signature = made.signature;
        if self.signature == Form::BadDer {
            signature[0] ^= 1;
        }
        (client_data, signature)
    }

    fn client_data(&self, salt: u32) -> Vec<u8> {
        let Self { front, type_, challenge, origin, cross_origin, member, .. } = self;
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        let known = format!(
            r#"{{"type":"{type_}","challenge":"{challenge}","origin":"{origin}","crossOrigin":{cross_origin},"{member}":""#
        );
        let mut bytes = [front, known.as_bytes()].concat();
        let width = CLIENT_DATA_BYTES - bytes.len() - 6;
        bytes.extend(format!(r#"{salt:04}{:0width$}"}}"#, 0).bytes());
        (self.garble)(&mut bytes);
        bytes
    }

    fn authenticator_data(&self) -> Vec<u8> {
        use countersign_ports::Crypto as _;
        let hash = Soft.sha256(&[self.rp_id.as_bytes()]);
        let count = self.count.to_be_bytes();
        [&hash[..], &[self.flags], &count, &self.extensions].concat()
    }
}

impl Form {
    /// So many bytes that nobody signed.
    fn written(self, length: usize) -> Vec<u8> {
        let both = length.saturating_sub(6);
        let (r, s) = match self {
            Self::ZeroR => (1, both - 1),
            Self::ZeroS => (both - 1, 1),
            _ => (both / 2, both - both / 2),
        };
        let mut bytes = vec![0x55; length];
        // Two integers of 48 bytes are the longest.
        if both <= 2 * 48 {
            bytes[..4].copy_from_slice(&[0x30, length as u8 - 2, 0x02, r as u8]);
            bytes[4 + r..6 + r].copy_from_slice(&[0x02, s as u8]);
        }
        match self {
            Self::BadDer => bytes[0] ^= 1,
            Self::ZeroR => bytes[4] = 0,
            Self::ZeroS => bytes[6 + r] = 0,
            Self::Good | Self::Bad => (),
        }
        if matches!(self, Self::ZeroR | Self::ZeroS) && both - 1 == 33 {
            // The longer one has a byte for its sign.
            let sign = if r == 1 { 6 + r } else { 4 };
            bytes[sign..sign + 2].copy_from_slice(&[0, 0x80]);
        }
        bytes
    }
}

/// Whether a signature is as long as those of its algorithm usually are: in DER, with one byte for a sign.
fn is_usual(device: &Authenticator, signature: &[u8]) -> bool {
    match device.algorithm() {
        Algorithm::Es256 => signature.len() == 71,
        Algorithm::Es384 => signature.len() == 103,
        _ => true,
    }
}
