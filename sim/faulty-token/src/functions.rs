//! The functions that can go wrong: all that the house uses, each in front of the one behind.

use std::sync::OnceLock;

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_BBOOL, CK_BYTE, CK_FLAGS, CK_FUNCTION_LIST, CK_MECHANISM, CK_MECHANISM_TYPE,
    CK_NOTIFY, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_SESSION_INFO, CK_SLOT_ID,
    CK_SLOT_INFO, CK_TOKEN_INFO, CK_ULONG, CK_USER_TYPE, CK_UTF8CHAR, CK_VOID_PTR,
    CKR_FUNCTION_NOT_SUPPORTED,
};

use crate::act::{Call, act};
use crate::behind;

/// Bytes of the longest signature: more than any key of the house gives.
const SIGNATURE_BYTES_MAX: usize = 1_024;

/// The table of the module behind, with ours in place of its functions.
pub fn table() -> Option<&'static CK_FUNCTION_LIST> {
    static TABLE: OnceLock<CK_FUNCTION_LIST> = OnceLock::new();
    let behind = behind::functions()?;
    Some(TABLE.get_or_init(|| in_front_of(*behind)))
}

macro_rules! functions {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        /// The same table, with ours in it.
        fn in_front_of(behind: CK_FUNCTION_LIST) -> CK_FUNCTION_LIST {
            CK_FUNCTION_LIST { C_Sign: Some(C_Sign), $($name: Some($name),)* ..behind }
        }

        $(
            #[expect(non_snake_case, reason = "PKCS#11 gives the function its name")]
            // SAFETY: it passes on what its caller gives, and looks at none of it: what its caller owes
            // to PKCS#11 is owed to the function behind.
            unsafe extern "C" fn $name($($argument: $type),*) -> CK_RV {
                struct This($($type),*);

                impl Call for This {
                    const NAME: &'static str = stringify!($name);

                    fn make(&self) -> CK_RV {
                        let Some(function) = behind::functions().and_then(|list| list.$name) else {
                            return CKR_FUNCTION_NOT_SUPPORTED;
                        };
                        let Self($($argument),*) = *self;
                        // SAFETY: the arguments are those of the caller, for this very function.
                        unsafe { function($($argument),*) }
                    }
                }

                act(&This($($argument),*))
            }
        )*
    };
}

functions! {
    C_Initialize(arguments: CK_VOID_PTR);
    C_GetSlotList(token_present: CK_BBOOL, slots: *mut CK_SLOT_ID, count: *mut CK_ULONG);
    C_GetSlotInfo(slot: CK_SLOT_ID, info: *mut CK_SLOT_INFO);
    C_GetTokenInfo(slot: CK_SLOT_ID, info: *mut CK_TOKEN_INFO);
    C_GetMechanismList(slot: CK_SLOT_ID, list: *mut CK_MECHANISM_TYPE, count: *mut CK_ULONG);
    C_InitToken(slot: CK_SLOT_ID, pin: *mut CK_UTF8CHAR, length: CK_ULONG, label: *mut CK_UTF8CHAR);
    C_InitPIN(session: CK_SESSION_HANDLE, pin: *mut CK_UTF8CHAR, length: CK_ULONG);
    C_OpenSession(
        slot: CK_SLOT_ID,
        flags: CK_FLAGS,
        application: CK_VOID_PTR,
        notify: CK_NOTIFY,
        session: *mut CK_SESSION_HANDLE
    );
    C_CloseSession(session: CK_SESSION_HANDLE);
    C_GetSessionInfo(session: CK_SESSION_HANDLE, info: *mut CK_SESSION_INFO);
    C_Login(
        session: CK_SESSION_HANDLE,
        user: CK_USER_TYPE,
        pin: *mut CK_UTF8CHAR,
        length: CK_ULONG
    );
    C_Logout(session: CK_SESSION_HANDLE);
    C_DestroyObject(session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE);
    C_GetAttributeValue(
        session: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
        template: *mut CK_ATTRIBUTE,
        count: CK_ULONG
    );
    C_FindObjectsInit(session: CK_SESSION_HANDLE, template: *mut CK_ATTRIBUTE, count: CK_ULONG);
    C_FindObjects(
        session: CK_SESSION_HANDLE,
        objects: *mut CK_OBJECT_HANDLE,
        most: CK_ULONG,
        count: *mut CK_ULONG
    );
    C_FindObjectsFinal(session: CK_SESSION_HANDLE);
    C_SignInit(
        session: CK_SESSION_HANDLE,
        mechanism: *mut CK_MECHANISM,
        key: CK_OBJECT_HANDLE
    );
    C_GenerateKey(
        session: CK_SESSION_HANDLE,
        mechanism: *mut CK_MECHANISM,
        template: *mut CK_ATTRIBUTE,
        count: CK_ULONG,
        key: *mut CK_OBJECT_HANDLE
    );
    C_GenerateKeyPair(
        session: CK_SESSION_HANDLE,
        mechanism: *mut CK_MECHANISM,
        public_template: *mut CK_ATTRIBUTE,
        public_count: CK_ULONG,
        private_template: *mut CK_ATTRIBUTE,
        private_count: CK_ULONG,
        public_key: *mut CK_OBJECT_HANDLE,
        private_key: *mut CK_OBJECT_HANDLE
    );
    C_GenerateRandom(session: CK_SESSION_HANDLE, bytes: *mut CK_BYTE, count: CK_ULONG);
}

/// A signature that is to be made.
struct Signature {
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_length: CK_ULONG,
    signature: *mut CK_BYTE,
    length: *mut CK_ULONG,
}

#[expect(non_snake_case, reason = "PKCS#11 gives the function its name")]
// SAFETY: it passes on what its caller gives, as the others do; the signature it changes is the caller's.
unsafe extern "C" fn C_Sign(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_length: CK_ULONG,
    signature: *mut CK_BYTE,
    length: *mut CK_ULONG,
) -> CK_RV {
    let call = Signature { session, data, data_length, signature, length };
    if signature.is_null() {
        crate::log::write("C_Sign(length)", "as ever");
        return call.make();
    }
    act(&call)
}

impl Signature {
    /// Signs, with the answer into this buffer.
    fn into(&self, signature: *mut CK_BYTE, length: *mut CK_ULONG) -> CK_RV {
        let Some(sign) = behind::functions().and_then(|list| list.C_Sign) else {
            return CKR_FUNCTION_NOT_SUPPORTED;
        };
        // SAFETY: session and data are the caller's; the buffer is the caller's, or one of ours that is
        // as long as it says.
        unsafe { sign(self.session, self.data, self.data_length, signature, length) }
    }
}

impl Call for Signature {
    const NAME: &'static str = "C_Sign";

    fn make(&self) -> CK_RV {
        self.into(self.signature, self.length)
    }

    /// Ends the operation, as a call of C_Sign does however it ends (PKCS#11 3.1, 5.13.2). Modules of
    /// version 2 have no other way to end one: what comes of it is forgotten here.
    fn fail(&self) {
        let mut nobodys = [0; SIGNATURE_BYTES_MAX];
        let mut length = SIGNATURE_BYTES_MAX as CK_ULONG;
        self.into(nobodys.as_mut_ptr(), &raw mut length);
    }

    fn flip(&self) {
        // SAFETY: the module has written at least one byte there, or has failed and left the caller's
        // own: a buffer of the length that it was asked for, which is never none.
        if let Some(first) = unsafe { self.signature.as_mut() } {
            *first ^= 1;
        }
    }
}
