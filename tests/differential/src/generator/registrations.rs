//! Registrations of new devices, by an authority that the relying party trusts; beside it stands an attacker's, of
//! the same names. Where the format leaves the credential's algorithm open, it is chance.

use anyhow::{Context as _, Result};
use countersign_authority::{Algorithm, Format};
use countersign_device::{Approval, Authenticator};

use super::RP_IDS;
use crate::case::{Asked, Brought, Case};
use crate::mutation::{self, Authorities, Device, Mutation, Trust};

/// Makes registrations.
pub struct Registrations {
    authorities: Authorities,
    plan: Vec<(&'static Mutation, Format)>,
}

impl Registrations {
    /// With new authorities.
    pub fn new() -> Self {
        Self { authorities: Authorities::new(), plan: plan() }
    }

    /// How many a round has.
    pub fn round() -> u64 {
        plan().len() as u64
    }

    /// The registration of this place, under this number.
    ///
    /// # Errors
    /// When there is none: a table is empty.
    pub fn case(&self, id: u64, place: u64, chance: &mut fastrand::Rng) -> Result<Case> {
        let place = usize::try_from(place % Self::round())?;
        let (mutation, format) = *self.plan.get(place).context("there are no mutations")?;
        let rp_id = chance.choice(RP_IDS).context("there are no relying parties")?;
        let asked = super::asked(chance, rp_id);
        let device = device(chance, format);
        let approval = approval(chance, &device, &asked);
        let trust = Trust::good(&self.authorities, format);
        let (registration, anchors) = mutation.registered(device, &asked, approval, trust);
        let brought = Brought::Registration { anchors, registration };
        Ok(Case { id, class: format.into(), mutation: mutation.name, asked, brought })
    }
}

/// Each mutation with each format that has it.
fn plan() -> Vec<(&'static Mutation, Format)> {
    let with = |mutation: &'static Mutation| {
        mutation.formats().iter().map(move |format| (mutation, *format))
    };
    mutation::all().flat_map(with).collect()
}

fn device(chance: &mut fastrand::Rng, format: Format) -> Device {
    let mut seed = [0; 32];
    chance.fill(&mut seed);
    let algorithms: &[_] = match format {
        Format::SelfMade | Format::None => &Algorithm::ALL,
        Format::Tpm => &[Algorithm::Es256, Algorithm::Rs256Modulus2048],
        _ => &[],
    };
    let algorithm = chance.choice(algorithms).copied().unwrap_or_default();
    Device { algorithm, seed }
}

/// What a good device says when it registers.
fn approval(chance: &mut fastrand::Rng, device: &Device, asked: &Asked) -> Approval {
    let device = Authenticator::from_seed(&device.seed, &asked.rp_id, &asked.origin);
    let mut approval = device.honest();
    approval.type_ = "webauthn.create".to_owned();
    approval.flags.at = true;
    approval.sign_count = chance.u32(..100);
    approval
}
