//! A signer's device, and everything that can be odd about its answer.

use countersign_device::{
    Approval, Assertion, Authenticator, Credential, Registration, SignatureForm,
};

use super::{ORIGIN, RP_ID};
use crate::machine::{CheapKey, Chosen};
use crate::random;
use crate::scenario::DeviceMode;

/// A device in somebody's hand.
pub struct Handset {
    /// Its number: signers' first devices have the signers' numbers.
    pub number: u32,
    authenticator: Either,
    /// What its copy, if there is one, counts.
    copy_count: u32,
}

enum Either {
    Cheap(Authenticator<CheapKey>),
    Real(Box<Authenticator>),
}

impl Handset {
    /// The device of this number.
    #[must_use]
    pub fn new(seed: u64, number: u32, chosen: Chosen) -> Self {
        let seed = random::bytes(seed, "device", u64::from(number));
        let authenticator = match chosen {
            Chosen::Cheap => {
                Either::Cheap(Authenticator::with_key(CheapKey::new, &seed, RP_ID, ORIGIN))
            }
            Chosen::Host => Either::Real(Box::new(Authenticator::from_seed(&seed, RP_ID, ORIGIN))),
        };
        Self { number, authenticator, copy_count: 0 }
    }

    /// What is enrolled of it.
    #[must_use]
    pub fn credential(&self) -> Credential {
        match &self.authenticator {
            Either::Cheap(device) => device.credential(),
            Either::Real(device) => device.credential(),
        }
    }

    /// Its registration over a challenge.
    #[must_use]
    pub fn register(&self, challenge: &[u8; 32]) -> Registration {
        match &self.authenticator {
            Either::Cheap(device) => device.register(challenge),
            Either::Real(device) => device.register(challenge),
        }
    }

    /// Answers a challenge in this way; also the signCount that it showed.
    pub fn answer(&mut self, challenge: &[u8; 32], mode: DeviceMode) -> (Assertion, u32) {
        let mut approval = match &self.authenticator {
            Either::Cheap(device) => device.honest(),
            Either::Real(device) => device.honest(),
        };
        let own = approval.sign_count;
        self.change(mode, &mut approval, challenge);
        let shown = approval.sign_count;
        let assertion = match &mut self.authenticator {
            Either::Cheap(device) => device.approve(challenge, &approval),
            Either::Real(device) => device.approve(challenge, &approval),
        };
        // A copy counts for itself, and a device that was reset goes on from there.
        if mode == DeviceMode::Clone {
            self.set_count(own.saturating_sub(1));
        }
        (assertion, shown)
    }

    fn set_count(&mut self, count: u32) {
        let quiet = |honest: Approval| Approval { sign_count: count, ..honest };
        match &mut self.authenticator {
            Either::Cheap(device) => {
                let approval = quiet(device.honest());
                device.approve(&[0; 32], &approval);
            }
            Either::Real(device) => {
                let approval = quiet(device.honest());
                device.approve(&[0; 32], &approval);
            }
        }
    }

    fn change(&mut self, mode: DeviceMode, approval: &mut Approval, challenge: &[u8; 32]) {
        let form = |approval: &mut Approval, form| approval.signature = form;
        match mode {
            DeviceMode::Honest | DeviceMode::OtherPerson => {}
            DeviceMode::HighS => form(approval, SignatureForm::HighS),
            DeviceMode::OddJson => {
                approval.more_client_data = Some("\"odd\":{\"a\":[1,2,{}]},\"n\":-1e3".to_owned());
            }
            DeviceMode::Clone => {
                self.copy_count = self.copy_count.max(approval.sign_count).saturating_add(1);
                approval.sign_count = self.copy_count;
            }
            DeviceMode::CounterReset => approval.sign_count = 1,
            DeviceMode::CounterSame => approval.sign_count = approval.sign_count.saturating_sub(1),
            DeviceMode::NoUv => approval.flags.uv = false,
            DeviceMode::NoUp => approval.flags.up = false,
            DeviceMode::WrongOrigin => approval.origin = "https://sign.example.evil".to_owned(),
            DeviceMode::WrongRp => approval.rp_id = "evil.example".to_owned(),
            DeviceMode::WrongType => approval.type_ = "webauthn.create".to_owned(),
            DeviceMode::WrongChallenge => {
                approval.challenge_override = Some(challenge.map(|byte| !byte).to_vec());
            }
            DeviceMode::CrossOrigin => approval.cross_origin = true,
            DeviceMode::TopOrigin => approval.top_origin = Some("https://evil.example".to_owned()),
            DeviceMode::BackupEligible => approval.flags.be = true,
            DeviceMode::BackupState => approval.flags.bs = true,
            DeviceMode::OtherKey => form(approval, SignatureForm::OtherKey),
            DeviceMode::BitFlipped => form(approval, SignatureForm::BitFlipped),
            DeviceMode::LeadingZero => form(approval, SignatureForm::LeadingZero),
            DeviceMode::LongLength => form(approval, SignatureForm::LongLength),
            DeviceMode::TrailingByte => form(approval, SignatureForm::TrailingByte),
            DeviceMode::ZeroR => form(approval, SignatureForm::ZeroR),
            DeviceMode::ZeroS => form(approval, SignatureForm::ZeroS),
            DeviceMode::Extensions => approval.extensions = vec![0xa0],
            DeviceMode::BrokenJson => approval.more_client_data = Some("\"broken\":}".to_owned()),
        }
    }
}
