//! What each PKCS#11 return code means here: one table, with an answer for every code.
//!
//! Guarantees: the compiler refuses a code of cryptoki's that has no row; a code without a name is
//! met as the worst that leaves a way back.
//!
//! The numbers are those of PKCS#11 3.1, 5.1 and of its header; a test compares them.

use countersign_core::port::TokenFault;
use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};

/// How a fault is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Session or login are gone. What releases nothing is done once more on a new session; a
    /// signature is not, the next message is the first on the new session.
    Relogin,
    /// This message cannot be served: its key, data or mechanism. The session is as good as before.
    GiveUp,
    /// The token, its library or our use of it is ill. The message is lost, the next one gets a new
    /// session, and the token counts as unhealthy until something succeeds.
    Unhealthy,
    /// Trying again makes it worse: a PIN that is refused thrice may be locked. Nothing more is
    /// tried until a person has looked and the process is started anew.
    Stop,
}

macro_rules! table {
    ($($code:literal $name:ident $remedy:ident)*) => {
        /// The number of a code and how it is met.
        const fn row(error: RvError) -> (u64, Remedy) {
            match error {
                $(RvError::$name => ($code, Remedy::$remedy),)*
                RvError::VendorDefined(code) | RvError::UnknownErrorCode(code) => {
                    (code, unnamed(code))
                }
            }
        }

        #[cfg(test)]
        const ROWS: &[(u64, RvError)] = &[$(($code, RvError::$name),)*];
    };
}

table! {
    0x001 Cancel                        GiveUp
    0x002 HostMemory                    Unhealthy
    0x003 SlotIdInvalid                 Unhealthy
    0x005 GeneralError                  Unhealthy
    0x006 FunctionFailed                Unhealthy
    0x007 ArgumentsBad                  Unhealthy
    0x008 NoEvent                       Unhealthy
    0x009 NeedToCreateThreads           Stop
    0x00a CantLock                      Stop
    0x010 AttributeReadOnly             GiveUp
    0x011 AttributeSensitive            GiveUp
    0x012 AttributeTypeInvalid          GiveUp
    0x013 AttributeValueInvalid         GiveUp
    0x01b ActionProhibited              GiveUp
    0x020 DataInvalid                   GiveUp
    0x021 DataLenRange                  GiveUp
    0x030 DeviceError                   Unhealthy
    0x031 DeviceMemory                  Unhealthy
    0x032 DeviceRemoved                 Relogin
    0x040 EncryptedDataInvalid          GiveUp
    0x041 EncryptedDataLenRange         GiveUp
    0x050 FunctionCanceled              GiveUp
    0x051 FunctionNotParallel           Unhealthy
    0x054 FunctionNotSupported          GiveUp
    0x060 KeyHandleInvalid              GiveUp
    0x062 KeySizeRange                  GiveUp
    0x063 KeyTypeInconsistent           GiveUp
    0x064 KeyNotNeeded                  GiveUp
    0x065 KeyChanged                    GiveUp
    0x066 KeyNeeded                     GiveUp
    0x067 KeyIndigestible               GiveUp
    0x068 KeyFunctionNotPermitted       GiveUp
    0x069 KeyNotWrappable               GiveUp
    0x06a KeyUnextractable              GiveUp
    0x070 MechanismInvalid              GiveUp
    0x071 MechanismParamInvalid         GiveUp
    0x082 ObjectHandleInvalid           GiveUp
    0x090 OperationActive               Relogin
    0x091 OperationNotInitialized       Relogin
    0x0a0 PinIncorrect                  Stop
    0x0a1 PinInvalid                    Stop
    0x0a2 PinLenRange                   Stop
    0x0a3 PinExpired                    Stop
    0x0a4 PinLocked                     Stop
    0x0b0 SessionClosed                 Relogin
    0x0b1 SessionCount                  Unhealthy
    0x0b3 SessionHandleInvalid          Relogin
    0x0b4 SessionParallelNotSupported   Unhealthy
    0x0b5 SessionReadOnly               Unhealthy
    0x0b6 SessionExists                 Unhealthy
    0x0b7 SessionReadOnlyExists         Unhealthy
    0x0b8 SessionReadWriteSoExists      Unhealthy
    0x0c0 SignatureInvalid              GiveUp
    0x0c1 SignatureLenRange             GiveUp
    0x0d0 TemplateIncomplete            GiveUp
    0x0d1 TemplateInconsistent          GiveUp
    0x0e0 TokenNotPresent               Relogin
    0x0e1 TokenNotRecognized            Unhealthy
    0x0e2 TokenWriteProtected           GiveUp
    0x0f0 UnwrappingKeyHandleInvalid    GiveUp
    0x0f1 UnwrappingKeySizeRange        GiveUp
    0x0f2 UnwrappingKeyTypeInconsistent GiveUp
    0x100 UserAlreadyLoggedIn           Unhealthy
    0x101 UserNotLoggedIn               Relogin
    0x102 UserPinNotInitialized         Stop
    0x103 UserTypeInvalid               Stop
    0x104 UserAnotherAlreadyLoggedIn    Unhealthy
    0x105 UserTooManyTypes              Unhealthy
    0x110 WrappedKeyInvalid             GiveUp
    0x112 WrappedKeyLenRange            GiveUp
    0x113 WrappingKeyHandleInvalid      GiveUp
    0x114 WrappingKeySizeRange          GiveUp
    0x115 WrappingKeyTypeInconsistent   GiveUp
    0x120 RandomSeedNotSupported        GiveUp
    0x121 RandomNoRng                   GiveUp
    0x130 DomainParamsInvalid           GiveUp
    0x140 CurveNotSupported             GiveUp
    0x150 BufferTooSmall                Unhealthy
    0x160 SavedStateInvalid             GiveUp
    0x170 InformationSensitive          GiveUp
    0x180 StateUnsaveable               GiveUp
    0x190 CryptokiNotInitialized        Stop
    0x191 CryptokiAlreadyInitialized    Unhealthy
    0x1a0 MutexBad                      Unhealthy
    0x1a1 MutexNotLocked                Unhealthy
    0x1b0 NewPinMode                    Stop
    0x1b1 NextOtp                       Stop
    0x1b5 ExceededMaxIterations         GiveUp
    0x1b6 FipsSelfTestFailed            Stop
    0x1b7 LibraryLoadFailed             Stop
    0x1b8 PinTooWeak                    Stop
    0x1b9 PublicKeyInvalid              GiveUp
    0x200 FunctionRejected              GiveUp
}

/// The codes that cryptoki has no name for.
const fn unnamed(code: u64) -> Remedy {
    match code {
        // CKR_AEAD_DECRYPT_FAILED, CKR_KEY_EXHAUSTED, CKR_OPERATION_NOT_VALIDATED,
        // CKR_PARAMETER_SET_NOT_SUPPORTED
        0x042 | 0x203 | 0x207 | 0x209 => Remedy::GiveUp,
        // CKR_TOKEN_NOT_INITIALIZED: somebody has erased the token.
        0x208 => Remedy::Stop,
        // CKR_TOKEN_RESOURCE_EXCEEDED, CKR_OPERATION_CANCEL_FAILED, CKR_PENDING,
        // CKR_SESSION_ASYNC_NOT_SUPPORTED, CKR_SEED_RANDOM_REQUIRED, a vendor's own, a later version's
        _ => Remedy::Unhealthy,
    }
}

/// How a fault is met. What is no code of the token's is a mistake of the module or of ours.
pub(crate) const fn remedy(error: &Error) -> Remedy {
    match error {
        Error::Pkcs11(code, _) => row(*code).1,
        _ => Remedy::Unhealthy,
    }
}

/// The fault as the core knows it. No text of the module's is in it.
pub(crate) const fn fault(error: &Error) -> TokenFault {
    match error {
        Error::Pkcs11(code, function) => {
            TokenFault { function: name(*function), code: row(*code).0 }
        }
        _ => TokenFault { function: "a PKCS#11 function", code: TokenFault::NO_CODE },
    }
}

/// There is not exactly one key of that role and id. The code is CKR_OBJECT_HANDLE_INVALID, which
/// C_FindObjects itself never returns.
pub(crate) const NO_SUCH_KEY: TokenFault = TokenFault { function: "C_FindObjects", code: 0x082 };
/// The data has not the length that its suite signs: CKR_DATA_LEN_RANGE, before the token is asked.
pub(crate) const DATA_LENGTH: TokenFault = TokenFault { function: "C_SignInit", code: 0x021 };
/// The token's answer has not the length of a signature: CKR_SIGNATURE_LEN_RANGE.
pub(crate) const SIGNATURE_LENGTH: TokenFault = TokenFault { function: "C_Sign", code: 0x0c1 };
/// Past its deadline: not begun.
pub(crate) const TOO_LATE: TokenFault =
    TokenFault { function: "C_Sign", code: TokenFault::NO_CODE };
/// The queue is full, or the workers are gone: not begun, or its outcome is unknown.
pub(crate) const NO_WORKER: TokenFault =
    TokenFault { function: "a worker of the token", code: TokenFault::NO_CODE };
/// The token's library does not return from a call: its outcome is unknown, and nobody will hear of it.
pub(crate) const NO_ANSWER: TokenFault =
    TokenFault { function: "the token, which hangs,", code: TokenFault::NO_CODE };
/// The tray takes fewer signatures than were ordered.
pub(crate) const NO_ROOM: TokenFault =
    TokenFault { function: "the tray", code: TokenFault::NO_CODE };

macro_rules! names {
    ($($function:ident)*) => {
        /// A function as PKCS#11 names it.
        pub(crate) const fn name(function: Function) -> &'static str {
            match function {
                $(Function::$function => concat!("C_", stringify!($function)),)*
                _ => "a function that is not used here",
            }
        }
    };
}

names! {
    Initialize GetInterface GetFunctionList
    GetSlotList GetSlotInfo GetTokenInfo GetMechanismList InitToken InitPIN
    OpenSession CloseSession Login Logout
    FindObjectsInit FindObjects FindObjectsFinal GetAttributeValue DestroyObject
    GenerateKey GenerateKeyPair GenerateRandom GetSessionInfo SignInit Sign
}

#[cfg(test)]
mod tests {
    use cryptoki::error::Rv;

    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_header() {
        for (code, error) in ROWS {
            assert_eq!(Rv::from(*code), Rv::Error(*error), "{code:#x}");
            assert_eq!(row(*error).0, *code);
        }
    }

    #[test]
    fn a_lost_session_is_met_by_a_new_one_and_a_refused_pin_by_none() {
        let met = |code| remedy(&Error::Pkcs11(code, Function::Sign));
        for lost in [
            RvError::SessionHandleInvalid,
            RvError::SessionClosed,
            RvError::UserNotLoggedIn,
            RvError::DeviceRemoved,
            RvError::TokenNotPresent,
        ] {
            assert_eq!(met(lost), Remedy::Relogin);
        }
        assert_eq!(met(RvError::PinIncorrect), Remedy::Stop);
        assert_eq!(met(RvError::PinLocked), Remedy::Stop);
    }

    #[test]
    fn codes_without_a_name_are_met_too() {
        assert_eq!(row(RvError::VendorDefined(0x8000_0001)), (0x8000_0001, Remedy::Unhealthy));
        assert_eq!(row(RvError::UnknownErrorCode(0x208)), (0x208, Remedy::Stop));
        assert_eq!(remedy(&Error::NullFunctionPointer), Remedy::Unhealthy);
    }

    #[test]
    fn a_fault_says_function_and_code_and_nothing_else() {
        let error = Error::Pkcs11(RvError::PinIncorrect, Function::Login);
        assert_eq!(fault(&error).to_string(), "C_Login returned 0x000000a0");
        assert_eq!(TOO_LATE.to_string(), "C_Sign could not be called");
    }
}
