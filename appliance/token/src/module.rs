//! PKCS#11 modules: each loaded and initialised once per process, and never let go.
//!
//! PKCS#11 knows processes, not callers: C_Initialize is once for all, and so is a login. Whoever
//! opens a token in this process shares both with every other who does.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11};
use cryptoki::error::{Error, RvError};

use crate::OpenError;

/// A loaded module.
pub(crate) struct Module {
    pub pkcs11: Pkcs11,
    login: Mutex<()>,
}

/// Where the process's open files have paths (proc(5)).
const OPEN_FILES: &str = "/proc/self/fd";

/// Modules by their real path. C_Finalize is never called: it would end everybody's sessions.
static LOADED: Mutex<Option<HashMap<PathBuf, Arc<Module>>>> = Mutex::new(None);

impl Module {
    /// The module in this file, loaded now or before.
    pub fn load(path: &Path) -> Result<Arc<Self>, OpenError> {
        let refused = |why: String| OpenError::Module { path: path.to_owned(), why };
        let real = path.canonicalize().map_err(|why| refused(why.to_string()))?;
        let mut guard = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = guard.get_or_insert_default();
        if let Some(module) = loaded.get(&real) {
            return Ok(Arc::clone(module));
        }
        // An open file is loaded as what it is: whoever opened it has looked at it, and another may be at its path by now.
        let named = if path.starts_with(OPEN_FILES) { path } else { &real };
        let pkcs11 = Pkcs11::new(named).map_err(|why| refused(why.to_string()))?;
        initialise(&pkcs11)?;
        let module = Arc::new(Self { pkcs11, login: Mutex::new(()) });
        loaded.insert(real, Arc::clone(&module));
        Ok(module)
    }

    /// Keeps logins, closings and looks at the slots apart: the login is lost with the last session,
    /// SoftHSM2 makes slots while it lists them, and modules differ in what they make of it at once.
    pub fn alone(&self) -> MutexGuard<'_, ()> {
        self.login.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// C_Initialize (PKCS#11 3.1, 5.4.1), with threads of both sides and the system's locks.
fn initialise(pkcs11: &Pkcs11) -> Result<(), OpenError> {
    match pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Another library in this process was first.
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, Function::Initialize)) => Ok(()),
        result => Ok(result?),
    }
}
