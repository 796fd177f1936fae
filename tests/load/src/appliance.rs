//! A real `countersignd` in a folder of its own, on a token of its own.
//!
//! Guarantees: the process ends with us; what it says goes to the file `log` in its folder.

use std::fs::{self, File};
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use countersign_client::{Identity, Officer, ServerPin, new_identity};
use countersign_protocol::admin::{Order, Status};
use countersign_token_fixture::Fixture;
use tempfile::TempDir;

/// The rpId of signers' devices.
pub const RP_ID: &str = "sign.example";
/// The approval page's origin.
pub const ORIGIN: &str = "https://sign.example";

const START_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What an appliance is made with.
#[derive(Clone, Debug)]
pub struct Made {
    /// The daemon's program.
    pub daemon: PathBuf,
    /// The crypto engine, as its configuration names it.
    pub engine: &'static str,
    /// Sessions at the token.
    pub sessions: usize,
}

/// An appliance: its folder, and its process while it runs.
pub struct Appliance {
    folder: TempDir,
    token: Fixture,
    daemon: PathBuf,
    address: SocketAddr,
    officer: Identity,
    process: Option<Child>,
}

impl Appliance {
    /// Makes an appliance on a new token, and starts it.
    pub async fn make(made: &Made, token: Fixture) -> Result<Self> {
        let folder = TempDir::new().context("no room for a temporary folder")?;
        let identity = new_identity("officer")?;
        let officer = Identity::from_pem(&identity.certificate_pem, &identity.key_pem)?;
        let certificate = folder.path().join("officer.pem");
        fs::write(&certificate, &identity.certificate_pem)?;
        // The system gives a port that is free now; nobody else on this machine asks for it by number.
        let address = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
        fs::write(folder.path().join("countersignd.toml"), configuration(made, &token, address))?;
        let daemon = made.daemon.clone();
        let mut appliance = Self { folder, token, daemon, address, officer, process: None };
        appliance.initialise(&certificate)?;
        appliance.start().await?;
        Ok(appliance)
    }

    fn initialise(&self, officer: &Path) -> Result<()> {
        let mut command = self.command("init")?;
        command.args(["--profile", "development", "--rp-id", RP_ID, "--origin", ORIGIN]);
        command.arg("--officer-cert").arg(officer);
        command.arg("--so-pin-file").arg(&self.token.so_pin_file);
        let status = command.status().context("countersignd does not start")?;
        ensure!(status.success(), "init failed; read {}", self.log().display());
        Ok(())
    }

    /// Starts the daemon, and returns when it answers an officer.
    pub async fn start(&mut self) -> Result<()> {
        let process = self.command("run")?.spawn().context("countersignd does not start")?;
        self.process = Some(process);
        let begun = Instant::now();
        while !self.answers().await {
            let ended = self.process.as_mut().map(Child::try_wait).transpose()?.flatten();
            if let Some(status) = ended {
                bail!("the appliance ended ({status}); read {}", self.log().display());
            }
            ensure!(begun.elapsed() < START_WITHIN, "no answer; read {}", self.log().display());
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// SIGKILL: nothing of the process runs any more, not even to its next instruction.
    pub fn kill(&mut self) -> Result<()> {
        let Some(mut process) = self.process.take() else { return Ok(()) };
        let ended = process.try_wait()?;
        process.kill()?;
        process.wait()?;
        let log = self.log();
        ensure!(ended.is_none(), "it had ended by itself ({ended:?}); read {}", log.display());
        Ok(())
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate that clients pin.
    pub fn pin(&self) -> Result<ServerPin> {
        Ok(ServerPin::from_pem_file(&self.folder.path().join("data/server.pem"))?)
    }

    /// A connection of its officer.
    pub async fn officer(&self) -> Result<Officer> {
        Ok(Officer::connect(self.address, &self.pin()?, &self.officer).await?)
    }

    /// Its process, while it runs.
    pub fn process(&self) -> Result<u32> {
        Ok(self.process.as_ref().context("the appliance does not run")?.id())
    }

    /// What it wrote.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Leaves the folder where it is, to be looked into.
    pub fn keep(&mut self) -> PathBuf {
        self.folder.disable_cleanup(true);
        self.folder.path().to_owned()
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its configuration.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("countersignd.toml")
    }

    /// Its token.
    pub const fn token(&self) -> &Fixture {
        &self.token
    }

    /// Bytes of its larger snapshot.
    pub fn snapshot_bytes(&self) -> Result<u64> {
        let of = |side| Ok(fs::metadata(self.folder.path().join(side))?.len());
        let both: Result<[u64; 2]> =
            of("data/registry.even").and_then(|even| Ok([even, of("data/registry.odd")?]));
        Ok(both?.into_iter().max().unwrap_or(0))
    }

    /// Bytes of its ledger.
    pub fn ledger_bytes(&self) -> Result<u64> {
        Ok(fs::metadata(self.folder.path().join("data/ledger"))?.len())
    }

    async fn answers(&self) -> bool {
        if !listens(self.address) {
            return false;
        }
        let Ok(officer) = self.officer().await else { return false };
        officer.order(&Order::Status(Status {})).await.is_ok()
    }

    fn command(&self, what: &str) -> Result<Command> {
        // It ends when we end, even killed.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]).arg(&self.daemon).arg(what);
        command.arg("--config").arg(self.folder.path().join("countersignd.toml"));
        command.envs(self.token.environment.clone());
        command.env("COUNTERSIGN_LOG", "warn,cryptoki=off");
        let log = File::options().create(true).append(true).open(self.log())?;
        command.stdout(Stdio::null()).stderr(log);
        Ok(command)
    }
}

impl Drop for Appliance {
    fn drop(&mut self) {
        // It ends with us in any case.
        let _ = self.kill();
    }
}

/// Whether anyone listens there: the system itself answers for a UDP port that nobody has. Whoever
/// would connect at once to nobody waits for long.
fn listens(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(LOOK_EVERY))?;
        socket.connect(address)?;
        socket.send(b"?")?;
        socket.recv(&mut [0]).map(drop)
    };
    ask().is_err_and(|silence| silence.kind() == std::io::ErrorKind::WouldBlock)
}

fn configuration(made: &Made, token: &Fixture, address: SocketAddr) -> String {
    let (Made { engine, sessions, .. }, token) = (made, token.section());
    format!(
        "data = \"data\"\nlisten = \"{address}\"\nengine = \"{engine}\"\n\
         {token}sessions = {sessions}\n"
    )
}
