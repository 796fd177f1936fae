//! A counter in a TPM 2.0 that only goes up: an NV index of type *counter* (TPM 2.0 Library, Part 1, 37.2.4).
//!
//! Guarantees to whoever counts with it: what was counted stays counted, whatever becomes of the disk and of the HSM; also
//! whoever owns the TPM cannot count down, for an index that is destroyed and made again begins above where it was.
//!
//! It does not guarantee that nobody else counts up: the index has no secret, and whoever may use the device may do that, which
//! is noticed and gives nobody anything. It does not guarantee that it is this machine's TPM.

#![forbid(unsafe_code)]

mod command;
mod wire;

use std::sync::{Mutex, MutexGuard, PoisonError};

use tpm2_protocol::basic::{TpmHandle, TpmUint16};
use tpm2_protocol::data::{
    Tpm2bAuth, Tpm2bDigest, Tpm2bNvPublic, TpmAlgId, TpmRh, TpmaNv, TpmsNvPublic,
};
use tpm2_protocol::frame::{
    TpmNvDefineSpaceCommand, TpmNvDefineSpaceResponse, TpmNvIncrementCommand,
    TpmNvIncrementResponse, TpmNvReadCommand, TpmNvReadPublicCommand, TpmNvReadPublicResponse,
    TpmNvReadResponse,
};

use crate::command::{Authorized, ask};
pub use crate::wire::Place;
use crate::wire::Wire;

/// Bytes of a counter.
const COUNTER_BYTES: u16 = 8;
/// `TPM_RC_HANDLE` of the first handle: no such index (Part 2, 6.6.3).
const NO_SUCH_INDEX: u32 = 0x18b;

/// What a TPM did not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TpmFault {
    /// It cannot be reached.
    #[error("cannot {task} the TPM: {}", std::io::Error::from_raw_os_error(*code))]
    Io {
        /// What was tried.
        task: &'static str,
        /// What the system said; 0 if nothing.
        code: i32,
    },
    /// It said no.
    #[error("the TPM refuses with code {0:#05x} (TPM 2.0 Library, Part 2, 6.6)")]
    Code(u32),
    /// It answered something else.
    #[error("the TPM's answer is none to what it was asked")]
    Answer,
    /// Somebody else's index.
    #[error("the TPM's index {0:#010x} is there and is no counter; choose another one")]
    NotACounter(u32),
}

/// A counter in a TPM, which is opened for each call.
#[derive(Debug)]
pub struct Counter {
    place: Place,
    index: u32,
    /// Whose turn it is.
    turn: Mutex<()>,
}

impl Counter {
    /// The NV index of this number (0x01000000 to 0x01ffffff) in the TPM there.
    #[must_use]
    pub const fn new(place: Place, index: u32) -> Self {
        Self { place, index, turn: Mutex::new(()) }
    }

    /// What it has counted to; none if it has not begun.
    ///
    /// # Errors
    /// [`TpmFault`].
    pub fn read(&self) -> Result<Option<u64>, TpmFault> {
        let _turn = self.turn();
        let mut wire = Wire::open(&self.place)?;
        if !self.has_begun(&mut wire)?.unwrap_or(false) {
            return Ok(None);
        }
        self.value(&mut wire).map(Some)
    }

    /// Counts one up, and gives what it has counted to then. Makes the counter where there is none.
    ///
    /// # Errors
    /// [`TpmFault`]: it may have counted or not.
    pub fn increment(&self) -> Result<u64, TpmFault> {
        let _turn = self.turn();
        let mut wire = Wire::open(&self.place)?;
        if self.has_begun(&mut wire)?.is_none() {
            self.define(&mut wire)?;
        }
        let handles = [TpmHandle::new(self.index); 2];
        let command = TpmNvIncrementCommand { handles };
        let TpmNvIncrementResponse { .. } = ask(&mut wire, &command, Authorized::Empty)?;
        self.value(&mut wire)
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it was ever counted with; none if it is not there.
    fn has_begun(&self, wire: &mut Wire) -> Result<Option<bool>, TpmFault> {
        let command = TpmNvReadPublicCommand { handles: [TpmHandle::new(self.index)] };
        let public = match ask(wire, &command, Authorized::Not) {
            Err(TpmFault::Code(NO_SUCH_INDEX)) => return Ok(None),
            asked => {
                let TpmNvReadPublicResponse { nv_public, .. } = asked?;
                nv_public.inner
            }
        };
        let is_counter = public.attributes.contains(TpmaNv::COUNTER);
        if !is_counter || public.data_size.value() != COUNTER_BYTES {
            return Err(TpmFault::NotACounter(self.index));
        }
        Ok(Some(public.attributes.contains(TpmaNv::WRITTEN)))
    }

    /// The index has no secret and no policy; it needs the owner's authorization, which must be empty here.
    fn define(&self, wire: &mut Wire) -> Result<(), TpmFault> {
        let attributes = TpmaNv::COUNTER | TpmaNv::AUTHWRITE | TpmaNv::AUTHREAD | TpmaNv::NO_DA;
        let public = TpmsNvPublic {
            nv_index: TpmHandle::new(self.index),
            name_alg: TpmAlgId::Sha256,
            attributes,
            auth_policy: Tpm2bDigest::default(),
            data_size: TpmUint16::new(COUNTER_BYTES),
        };
        let command = TpmNvDefineSpaceCommand {
            handles: [TpmHandle::new(TpmRh::Owner as u32)],
            auth: Tpm2bAuth::default(),
            public_info: Tpm2bNvPublic { inner: public },
        };
        let TpmNvDefineSpaceResponse { .. } = ask(wire, &command, Authorized::Empty)?;
        Ok(())
    }

    fn value(&self, wire: &mut Wire) -> Result<u64, TpmFault> {
        let command = TpmNvReadCommand {
            handles: [TpmHandle::new(self.index); 2],
            size: TpmUint16::new(COUNTER_BYTES),
            offset: TpmUint16::new(0),
        };
        let TpmNvReadResponse { data, .. } = ask(wire, &command, Authorized::Empty)?;
        let bytes: &[u8] = &data;
        bytes.try_into().map(u64::from_be_bytes).map_err(|_| TpmFault::Answer)
    }
}
