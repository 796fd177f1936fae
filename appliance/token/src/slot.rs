//! Finding the slot of a token.

use countersign_protocol::Suite;
use cryptoki::context::Pkcs11;
use cryptoki::slot::{Slot, TokenInfo};

use crate::kind::Kind;
use crate::module::Module;
use crate::{OpenError, Which};

/// What the appliance's own keys are: signers' are asked about when one is made.
const OWN: [Kind; 2] = [Kind::Pair(Suite::Esp256), Kind::Secret];

/// A slot with a token in it.
pub(crate) struct Occupied {
    pub slot: Slot,
    pub info: TokenInfo,
}

impl Occupied {
    fn is(&self, wanted: &Which) -> bool {
        match wanted {
            Which::Label(label) => self.info.token_initialized() && self.info.label() == label,
            Which::Slot(id) => self.slot.id() == *id,
        }
    }
}

/// Every slot with a token in it.
pub(crate) fn occupied(pkcs11: &Pkcs11) -> Result<Vec<Occupied>, OpenError> {
    let slots = pkcs11.get_slots_with_token()?.into_iter();
    slots.map(|slot| Ok(Occupied { slot, info: pkcs11.get_token_info(slot)? })).collect()
}

/// The one slot whose token is wanted, if there is one.
pub(crate) fn one<'a>(
    occupied: &'a [Occupied],
    wanted: &Which,
) -> Result<Option<&'a Occupied>, OpenError> {
    let mut matching = occupied.iter().filter(|occupied| occupied.is(wanted));
    match (matching.next(), matching.count()) {
        (found, 0) => Ok(found),
        (_, more) => Err(not_one(occupied, wanted, more + 1)),
    }
}

/// The one slot whose token is wanted and ready for use.
pub(crate) fn ready(module: &Module, wanted: &Which) -> Result<Slot, OpenError> {
    let (_alone, pkcs11) = (module.alone(), &module.pkcs11);
    let occupied = occupied(pkcs11)?;
    let found = one(&occupied, wanted)?.ok_or_else(|| not_one(&occupied, wanted, 0))?;
    if !found.info.token_initialized() || !found.info.user_pin_initialized() {
        return Err(OpenError::Uninitialised { wanted: wanted.clone() });
    }
    check_mechanisms(pkcs11, found.slot)?;
    Ok(found.slot)
}

pub(crate) fn not_one(occupied: &[Occupied], wanted: &Which, count: usize) -> OpenError {
    let one = |occupied: &Occupied| format!("{}: {:?}", occupied.slot, occupied.info.label());
    let present = match occupied {
        [] => "no token".to_owned(),
        some => some.iter().map(one).collect::<Vec<_>>().join(", "),
    };
    OpenError::NotOne { wanted: wanted.clone(), count, present }
}

fn check_mechanisms(pkcs11: &Pkcs11, slot: Slot) -> Result<(), OpenError> {
    let offered = pkcs11.get_mechanism_list(slot)?;
    let missing = OWN.into_iter().find_map(|kind| kind.lacking(&offered));
    missing.map_or(Ok(()), |mechanism| Err(OpenError::Mechanism { mechanism }))
}
