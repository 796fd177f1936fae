//! One command of a TPM, and its answer.

use tpm2_protocol::TpmWriter;
use tpm2_protocol::basic::TpmHandle;
use tpm2_protocol::data::{Tpm2bAuth, Tpm2bNonce, TpmRh, TpmSt, TpmaSession, TpmsAuthCommand};
use tpm2_protocol::frame::{TpmFrame, TpmResponse, TpmUnmarshalBody, tpm_marshal_command};

use crate::TpmFault;
use crate::wire::{FRAME_BYTES_MAX, Wire};

/// Whether a command is authorized.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authorized {
    /// It needs no authorization.
    Not,
    /// By an empty password.
    Empty,
}

/// Asks, and reads the answer.
pub(crate) fn ask<C: TpmFrame, R: TpmUnmarshalBody>(
    wire: &mut Wire,
    command: &C,
    authorized: Authorized,
) -> Result<R, TpmFault> {
    let mut frame = [0; FRAME_BYTES_MAX];
    let mut writer = TpmWriter::new(&mut frame);
    let password = TpmsAuthCommand {
        session_handle: TpmHandle::new(TpmRh::Pw as u32),
        nonce: Tpm2bNonce::default(),
        session_attributes: TpmaSession::empty(),
        hmac: Tpm2bAuth::default(),
    };
    let (tag, sessions): (_, &[_]) = match authorized {
        Authorized::Not => (TpmSt::NoSessions, &[]),
        Authorized::Empty => (TpmSt::Sessions, &[password]),
    };
    tpm_marshal_command(command, tag, sessions, &mut writer).map_err(|_| TpmFault::Answer)?;
    let answer = wire.exchange(writer.as_bytes())?;
    read(&answer)
}

fn read<R: TpmUnmarshalBody>(answer: &[u8]) -> Result<R, TpmFault> {
    let wrong = |_| TpmFault::Answer;
    let answer = TpmResponse::cast(answer).map_err(wrong)?;
    match answer.rc().map_err(wrong)?.value() {
        0 => answer.unmarshal().map_err(wrong),
        code => Err(TpmFault::Code(code)),
    }
}
