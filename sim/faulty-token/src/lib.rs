//! A PKCS#11 module in front of another one, wrong in one thing on request.
//!
//! Guarantees to tests: a call that no plan names reaches the module behind unchanged, and its answer
//! comes back unchanged; what a plan names goes wrong in that one thing; each call is in the log before
//! its outcome is known to anybody.
//!
//! Does not guarantee: anything about keys. It is for tests, and writes down what is asked of it.

#![expect(unsafe_code, reason = "a loadable module speaks C")]

mod act;
mod behind;
mod functions;
mod log;
mod plan;

use cryptoki_sys::{CK_FUNCTION_LIST, CK_RV, CKR_ARGUMENTS_BAD, CKR_GENERAL_ERROR, CKR_OK};

/// PKCS#11 3.1, 5.4.4: the table of functions, with ours in it. Interfaces of version 3 are not offered:
/// callers fall back to this table.
///
/// # Safety
/// `list` is null, or may be written to.
// SAFETY: PKCS#11 reserves the name for exactly this signature, and it is defined only here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetFunctionList(list: *mut *mut CK_FUNCTION_LIST) -> CK_RV {
    let Some(table) = functions::table() else { return CKR_GENERAL_ERROR };
    // SAFETY: the caller says so; null is looked for.
    let Some(list) = (unsafe { list.as_mut() }) else { return CKR_ARGUMENTS_BAD };
    // C has no other word for it: nobody writes to the table.
    *list = std::ptr::from_ref(table).cast_mut();
    CKR_OK
}
