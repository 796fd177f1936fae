//! The way to a TPM: a device file, or a socket of a software TPM.
//!
//! Guarantees: an answer is read to its end and no further, and is bounded; a socket that does not answer is given up. It does
//! not guarantee that of a device file, which the kernel answers for.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use crate::TpmFault;

/// Bytes of a command or answer: what every TPM takes at least (PC Client Platform TPM Profile, 4.5).
pub(crate) const FRAME_BYTES_MAX: usize = 4096;
/// Bytes before the body: tag, size, code.
const HEADER_BYTES: usize = 10;
/// How long a software TPM may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a TPM is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A device, with the kernel's resource manager: `/dev/tpmrm0`.
    Device(PathBuf),
    /// A software TPM that takes commands on this socket.
    Socket(SocketAddr),
}

/// An open way.
pub(crate) enum Wire {
    Device(File),
    Socket(TcpStream),
}

impl Wire {
    pub(crate) fn open(place: &Place) -> Result<Self, TpmFault> {
        match place {
            Place::Device(path) => {
                let file = File::options().read(true).write(true).open(path);
                file.map(Self::Device).map_err(fault("open"))
            }
            Place::Socket(address) => {
                let stream = TcpStream::connect_timeout(address, ANSWER_TIMEOUT);
                let stream = stream.and_then(|stream| {
                    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
                    stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
                    Ok(stream)
                });
                stream.map(Self::Socket).map_err(fault("reach"))
            }
        }
    }

    /// Sends a command, and gives the answer.
    pub(crate) fn exchange(&mut self, command: &[u8]) -> Result<Vec<u8>, TpmFault> {
        match self {
            Self::Device(file) => {
                file.write_all(command).map_err(fault("ask"))?;
                // A device gives an answer in one piece.
                let mut answer = vec![0; FRAME_BYTES_MAX];
                let length = file.read(&mut answer).map_err(fault("hear"))?;
                answer.truncate(length);
                Ok(answer)
            }
            Self::Socket(stream) => {
                stream.write_all(command).map_err(fault("ask"))?;
                let mut answer = vec![0; HEADER_BYTES];
                stream.read_exact(&mut answer).map_err(fault("hear"))?;
                let length = answer.get(2..6).and_then(|size| size.try_into().ok());
                let length = length.map(u32::from_be_bytes).and_then(|n| usize::try_from(n).ok());
                let length = length.filter(|n| (HEADER_BYTES..=FRAME_BYTES_MAX).contains(n));
                answer.resize(length.ok_or(TpmFault::Answer)?, 0);
                let rest = answer.get_mut(HEADER_BYTES..).unwrap_or_default();
                stream.read_exact(rest).map_err(fault("hear"))?;
                Ok(answer)
            }
        }
    }
}

fn fault(task: &'static str) -> impl Fn(io::Error) -> TpmFault {
    move |why| TpmFault::Io { task, code: why.raw_os_error().unwrap_or(0) }
}
