//! The daemon's process, in a folder of its own.
//!
//! Guarantees: it ends with us; whatever it says goes to the file `log` in its folder.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use countersign_client::{Identity, ServerPin, new_identity};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::Programs;
use super::token::Token;
use crate::people::{ORIGIN, RP_ID};

/// How long a look at the port takes.
const LOOK: Duration = Duration::from_millis(5);
/// How long an orderly stop may take: what the token keeps waiting, and some.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// Where a daemon lives.
pub(super) struct Place {
    folder: RefCell<TempDir>,
    daemon: PathBuf,
    pub(super) token: Token,
    pub(super) address: SocketAddr,
    pub(super) officer: Identity,
}

impl Place {
    /// Makes an appliance there. How many sessions it has at the token follows from the seed.
    pub(super) async fn make(programs: &Programs, seed: u64) -> anyhow::Result<Self> {
        let folder = TempDir::new().context("no room for a temporary folder")?;
        let token = Token::new(folder.path(), programs, seed)?;
        let made = new_identity("officer")?;
        let officer = Identity::from_pem(&made.certificate_pem, &made.key_pem)?;
        fs::write(folder.path().join("officer.pem"), &made.certificate_pem)?;
        // The system gives a port that is free now; nobody else on this machine asks for it by number.
        let address = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
        let (listen, sessions) = (format!("listen = \"{address}\""), 1 + seed % 3);
        let section = token.section();
        let text = format!(
            "data = \"data\"\n{listen}\nengine = \"host\"\n{section}sessions = {sessions}\n"
        );
        fs::write(folder.path().join("countersignd.toml"), text)?;
        let (folder, daemon) = (RefCell::new(folder), programs.daemon.clone());
        let place = Self { folder, daemon, token, address, officer };
        place.initialise().await?;
        Ok(place)
    }

    async fn initialise(&self) -> anyhow::Result<()> {
        let mut command = self.command("init")?;
        command.args(["--profile", "development", "--rp-id", RP_ID, "--origin", ORIGIN]);
        command.arg("--officer-cert").arg(self.path("officer.pem"));
        command.arg("--so-pin-file").arg(self.token.path("so-pin"));
        let status = command.status().await.context("countersignd does not start")?;
        anyhow::ensure!(status.success(), "no appliance could be made: {}", self.last_words());
        Ok(())
    }

    /// Starts it.
    pub(super) fn start(&self) -> io::Result<Child> {
        self.command("run")?.spawn()
    }

    /// The certificate that clients pin.
    pub(super) fn pin(&self) -> anyhow::Result<ServerPin> {
        Ok(ServerPin::from_pem_file(&self.path("data/server.pem"))?)
    }

    /// Its configuration.
    pub(super) fn config(&self) -> PathBuf {
        self.path("countersignd.toml")
    }

    /// The bytes of its ledger.
    pub(super) fn ledger(&self) -> Vec<u8> {
        fs::read(self.path("data/ledger")).unwrap_or_default()
    }

    /// What it wrote.
    pub(super) fn log(&self) -> Vec<u8> {
        fs::read(self.path("log")).unwrap_or_default()
    }

    /// What it wrote last.
    pub(super) fn last_words(&self) -> String {
        let log = self.log();
        let text = String::from_utf8_lossy(&log);
        text.lines().last().unwrap_or("nothing in its log").to_owned()
    }

    /// Leaves the folder where it is, to be looked into.
    pub(super) fn keep(&self) -> PathBuf {
        let mut folder = self.folder.borrow_mut();
        folder.disable_cleanup(true);
        folder.path().to_owned()
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.borrow().path().join(name)
    }

    fn command(&self, what: &str) -> io::Result<Command> {
        // It ends when we end, even killed.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]).arg(&self.daemon).arg(what);
        command.arg("--config").arg(self.path("countersignd.toml"));
        command.envs(self.token.environment());
        command.env("COUNTERSIGN_LOG", "debug,cryptoki=off,quinn=off,rustls=off");
        let log = File::options().create(true).append(true).open(self.path("log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
        Ok(command)
    }
}

/// Ends it, at once or in good order, and says how it ended; none: it had to be killed because it did
/// not stop in time.
pub(super) async fn end(process: &mut Child, orderly: bool) -> Option<ExitStatus> {
    if orderly {
        let id = process.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        // One that has ended meanwhile hears nothing, and needs to hear nothing.
        let _ = id.map(|id| kill_process(id, Signal::TERM));
        if let Ok(ended) = tokio::time::timeout(STOP_WITHIN, process.wait()).await {
            return ended.ok();
        }
    }
    // SIGKILL: nothing of the process runs any more, not even to its next instruction.
    let _ = process.start_kill();
    let ended = process.wait().await.ok();
    if orderly { None } else { ended }
}

/// Whether anyone listens there: the system itself answers for a UDP port that nobody has.
pub(super) fn listens(address: SocketAddr) -> bool {
    let ask = || -> io::Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(LOOK))?;
        socket.connect(address)?;
        socket.send(b"?")?;
        socket.recv(&mut [0]).map(drop)
    };
    ask().is_err_and(|silence| silence.kind() == io::ErrorKind::WouldBlock)
}
