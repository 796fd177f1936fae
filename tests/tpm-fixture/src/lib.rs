//! TPMs for tests: swtpm, one of its own for each test, which ends with it.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "whoever tests without a TPM must be stopped"
)]

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// How often it is asked whether it is up, and how long that takes in all.
const ASKED: u32 = 200;
const AGAIN: Duration = Duration::from_millis(25);

/// A software TPM.
pub struct Swtpm {
    process: Child,
    address: SocketAddr,
    _state: TempDir,
}

impl Swtpm {
    /// A new one, that nobody has used.
    ///
    /// # Panics
    /// Without swtpm, which `cargo xtask test` installs.
    #[must_use]
    pub fn start() -> Self {
        let state = TempDir::new().unwrap();
        let [address, control] = free();
        let server = |address: SocketAddr| {
            format!("type=tcp,port={},bindaddr={}", address.port(), address.ip())
        };
        let process = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "swtpm", "socket", "--tpm2"])
            .args(["--tpmstate", &format!("dir={}", state.path().display())])
            .args(["--server", &server(address), "--ctrl", &server(control)])
            .args(["--flags", "not-need-init,startup-clear"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let swtpm = Self { process: process.unwrap(), address, _state: state };
        let is_up = || {
            std::thread::sleep(AGAIN);
            TcpStream::connect(control).is_ok()
        };
        assert!((0..ASKED).any(|_| is_up()), "swtpm does not come up");
        swtpm
    }

    /// Where it takes commands.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Two ports that nobody uses.
fn free() -> [SocketAddr; 2] {
    let held = [0, 0].map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap());
    held.map(|socket| socket.local_addr().unwrap())
}

impl Drop for Swtpm {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
