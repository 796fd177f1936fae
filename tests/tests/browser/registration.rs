//! A new credential, and the officer's order that enrols it.

use countersign_protocol::admin::{DeviceEnrol, Order};
use countersign_protocol::{Bounded, Name, Origin};
use countersign_tests::case::Case;
use countersign_tests::house::RP_ID;

/// BE (WebAuthn Level 3, 6.1).
const BACKUP_ELIGIBLE: u8 = 0x08;

/// What authenticator data with attested credential data says (WebAuthn Level 3, 6.1 and 6.5.1).
pub struct Registration {
    credential: Vec<u8>,
    cose_key: Vec<u8>,
    backup_eligible: bool,
    sign_count: u32,
}

impl Registration {
    /// Reads authenticator data without extensions: the key is what comes last.
    pub fn read(data: &[u8]) -> Self {
        let (flags, id_at) = (data[32], 32 + 1 + 4 + 16 + 2);
        let id_end = id_at + usize::from(u16::from_be_bytes([data[id_at - 2], data[id_at - 1]]));
        Self {
            credential: data[id_at..id_end].to_vec(),
            cose_key: data[id_end..].to_vec(),
            backup_eligible: flags & BACKUP_ELIGIBLE != 0,
            sign_count: u32::from_be_bytes(data[33..37].try_into().unwrap()),
        }
    }

    /// The officer enrols it as another device of Alice's.
    pub async fn enrol(&self, case: &Case<'_>) {
        let (signer, name) = (case.people.name("alice"), case.people.name("alice's security key"));
        let order = Order::DeviceEnrol(DeviceEnrol {
            signer: Name::new(&signer).unwrap(),
            name: Name::new(&name).unwrap(),
            rp_id: Origin::new(RP_ID).unwrap(),
            credential: Bounded::new(&self.credential).unwrap(),
            cose_key: Bounded::new(&self.cose_key).unwrap(),
            backup_eligible: self.backup_eligible,
            sign_count: self.sign_count,
            pending: false,
        });
        case.order(&order).await;
    }
}
