//! The module behind: loaded once, and never let go.

use std::sync::OnceLock;

use cryptoki_sys::{CK_FUNCTION_LIST, CKR_OK, Pkcs11};

use crate::log;

/// The path of the module behind.
const VARIABLE: &str = "COUNTERSIGN_FAULTY_BEHIND";

/// The module, which its functions need loaded.
struct Behind {
    functions: CK_FUNCTION_LIST,
    _library: Pkcs11,
}

static BEHIND: OnceLock<Option<Behind>> = OnceLock::new();

/// Its functions; `None`, with the reason in the log, if it cannot be loaded.
pub fn functions() -> Option<&'static CK_FUNCTION_LIST> {
    let load = || load().inspect_err(|why| log::write("C_GetFunctionList", why)).ok();
    BEHIND.get_or_init(load).as_ref().map(|behind| &behind.functions)
}

fn load() -> Result<Behind, String> {
    let path = std::env::var_os(VARIABLE).ok_or(format!("{VARIABLE} is not set: name a module"))?;
    // SAFETY: whoever runs the tests names a module to load, with whatever it does when it is loaded.
    let library = unsafe { Pkcs11::new(&path) }
        .map_err(|why| format!("{VARIABLE} names no module: {why}"))?;
    if library.C_GetFunctionList.is_err() {
        return Err(format!("{VARIABLE} names no PKCS#11 module: no C_GetFunctionList"));
    }
    let mut list = std::ptr::null_mut();
    // SAFETY: the function is there, and `list` may be written to.
    let code = unsafe { library.C_GetFunctionList(&raw mut list) };
    // SAFETY: a module's table is there as long as the module is loaded; null is looked for.
    match unsafe { list.as_ref() } {
        Some(functions) if code == CKR_OK => {
            Ok(Behind { functions: *functions, _library: library })
        }
        _ => Err(format!("the module behind gives no functions: {code:#x}")),
    }
}
