//! Making a token ready for use: once, at `countersignd init`.

use cryptoki::context::Pkcs11;
use cryptoki::session::UserType;
use cryptoki::slot::Slot;

use crate::module::Module;
use crate::slot::{self, Occupied};
use crate::{OpenError, Pin, TokenConfig, Which};

/// The label of a token that is chosen by its slot.
const LABEL: &str = "countersign";
/// Bytes of CK_TOKEN_INFO's label, padded with spaces.
const LABEL_BYTES_MAX: usize = 32;

/// Gives an uninitialised token its label and its PINs. One that has them is taken as it is.
///
/// A token that is wanted by its label gets the first uninitialised slot if no token has the label.
///
/// # Errors
/// [`OpenError`].
pub fn initialise(config: &TokenConfig, so_pin: &Pin) -> Result<(), OpenError> {
    let module = Module::load(&config.module)?;
    let _alone = module.alone();
    let pkcs11 = &module.pkcs11;
    let occupied = slot::occupied(pkcs11)?;
    let found = choose(&occupied, &config.token)?;
    if !found.info.token_initialized() {
        // C_InitToken (PKCS#11 3.1, 5.5.7)
        pkcs11.init_token(found.slot, so_pin.for_token(), label(&config.token)?)?;
    }
    if pkcs11.get_token_info(found.slot)?.user_pin_initialized() {
        return Ok(());
    }
    set_pin(pkcs11, found.slot, so_pin, &config.pin)
}

fn choose<'a>(occupied: &'a [Occupied], wanted: &Which) -> Result<&'a Occupied, OpenError> {
    if let Some(found) = slot::one(occupied, wanted)? {
        return Ok(found);
    }
    let mut free = occupied.iter().filter(|occupied| !occupied.info.token_initialized());
    match wanted {
        Which::Label(_) => free.next(),
        Which::Slot(_) => None,
    }
    .ok_or_else(|| slot::not_one(occupied, wanted, 0))
}

fn label(wanted: &Which) -> Result<&str, OpenError> {
    let Which::Label(label) = wanted else { return Ok(LABEL) };
    if (1..=LABEL_BYTES_MAX).contains(&label.len()) && !label.ends_with(' ') {
        return Ok(label);
    }
    Err(OpenError::Label { label: label.clone() })
}

/// C_InitPIN (PKCS#11 3.1, 5.5.8), as security officer. The session ends with it, and the login too.
fn set_pin(pkcs11: &Pkcs11, slot: Slot, so_pin: &Pin, pin: &Pin) -> Result<(), OpenError> {
    let session = pkcs11.open_rw_session(slot)?;
    session.login(UserType::So, Some(so_pin.for_token()))?;
    session.init_pin(pin.for_token())?;
    Ok(session.logout()?)
}
