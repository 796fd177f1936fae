//! A PKCS#11 3.2 software token as one loadable module, with nothing to install beside it.
//!
//! Guarantees: the three entry points that a PKCS#11 caller looks up by name exist, and forward
//! unchanged to Kryoptic, a token made by others; every other function is reached through the
//! tables that they return.
//!
//! Does not guarantee: anything about keys. They are in a file that whoever reads the disk can
//! copy. This is a token for development and tests; the production profile refuses it.

#![expect(non_snake_case, reason = "PKCS#11 gives these functions their names")]

use kryoptic_lib::fns::general;
use kryoptic_lib::pkcs11::{
    CK_FLAGS, CK_FUNCTION_LIST_PTR_PTR, CK_INTERFACE_PTR, CK_INTERFACE_PTR_PTR, CK_RV,
    CK_ULONG_PTR, CK_UTF8CHAR_PTR, CK_VERSION_PTR,
};

/// PKCS#11 3.2, 5.4.4: the table of functions that every version of the interface has.
// SAFETY: PKCS#11 reserves the name for exactly this signature, and it is defined only here.
#[unsafe(no_mangle)]
pub extern "C" fn C_GetFunctionList(list: CK_FUNCTION_LIST_PTR_PTR) -> CK_RV {
    general::fn_get_function_list(list)
}

/// PKCS#11 3.2, 5.4.5: all interfaces that the token speaks.
// SAFETY: PKCS#11 reserves the name for exactly this signature, and it is defined only here.
#[unsafe(no_mangle)]
pub extern "C" fn C_GetInterfaceList(list: CK_INTERFACE_PTR, count: CK_ULONG_PTR) -> CK_RV {
    general::fn_get_interface_list(list, count)
}

/// PKCS#11 3.2, 5.4.6: one interface, by name and version.
// SAFETY: PKCS#11 reserves the name for exactly this signature, and it is defined only here.
#[unsafe(no_mangle)]
pub extern "C" fn C_GetInterface(
    name: CK_UTF8CHAR_PTR,
    version: CK_VERSION_PTR,
    interface: CK_INTERFACE_PTR_PTR,
    flags: CK_FLAGS,
) -> CK_RV {
    general::fn_get_interface(name, version, interface, flags)
}
