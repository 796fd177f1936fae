//! The appliance of the demo: its files, its start, and its stop whatever happens.

use std::fs;
use std::io::ErrorKind;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::log::Log;
use super::place::Place;
use crate::command;

const START_WITHIN: Duration = Duration::from_secs(30);
const STOP_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Development only: whoever reads this file knows them.
const PIN: &str = "countersign-demo";
const SECURITY_OFFICER_PIN: &str = "countersign-demo-so";

/// What an appliance is configured by.
pub struct Configuration {
    /// Its own file.
    pub file: PathBuf,
    /// The embedded token's.
    pub token: PathBuf,
    /// The PIN that makes a new token.
    pub security_officer_pin: PathBuf,
    /// Where it will listen.
    pub address: String,
}

/// Writes the appliance's files into the place, with a port that is free now.
pub fn configure(place: &Place, module: &Path) -> Result<Configuration> {
    let socket = UdpSocket::bind("127.0.0.1:0").context("no free UDP port on 127.0.0.1")?;
    let address = socket.local_addr()?.to_string();
    fs::create_dir(place.path("token"))?;
    let slots = format!(
        "[[slots]]\nslot = 0\ndbtype = \"sqlite\"\ndbargs = {:?}\n",
        place.path("token/token.sql")
    );
    let pin = place.write_secret("pin", PIN)?;
    let configuration = format!(
        "data = {:?}\nlisten = {address:?}\nengine = \"host\"\n\n\
         [token]\nmodule = {module:?}\nlabel = \"countersign-demo\"\npin_file = {pin:?}\n\
         files = [{:?}, {:?}]\n",
        place.path("data"),
        place.path("token.conf"),
        place.path("token")
    );
    let token = place.write("token.conf", &slots)?;
    let file = place.write("countersignd.toml", &configuration)?;
    Ok(Configuration {
        file,
        token,
        security_officer_pin: place.write_secret("so-pin", SECURITY_OFFICER_PIN)?,
        address,
    })
}

/// The running appliance; dropping it stops it.
pub struct Appliance {
    process: Child,
    log: PathBuf,
}

impl Appliance {
    /// Starts the daemon and returns once `answers` says that it does.
    pub fn start(mut daemon: Command, log: &Log, answers: impl Fn() -> bool) -> Result<Self> {
        let output = log.file()?;
        let process = daemon.stdout(output.try_clone()?).stderr(output).spawn();
        let process = process.with_context(|| command::cannot_start(&daemon))?;
        let mut appliance = Self { process, log: log.path().to_owned() };
        appliance.wait_until(answers)?;
        Ok(appliance)
    }

    fn wait_until(&mut self, answers: impl Fn() -> bool) -> Result<()> {
        let begun = Instant::now();
        while !answers() {
            if let Some(status) = self.process.try_wait()? {
                bail!("the appliance ended ({status}); read {}", self.log.display());
            }
            if begun.elapsed() > START_WITHIN {
                bail!("the appliance does not answer; read {}", self.log.display());
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    fn stop(&mut self) -> Result<()> {
        if self.process.try_wait()?.is_some() {
            return Ok(());
        }
        let id = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
        kill_process(id.context("the appliance has no process id")?, Signal::TERM)?;
        let begun = Instant::now();
        while self.process.try_wait()?.is_none() {
            if begun.elapsed() > STOP_WITHIN {
                self.process.kill()?;
                self.process.wait()?;
                bail!("the appliance did not stop when asked; it was killed");
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }
}

impl Drop for Appliance {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("error: stopping the appliance: {error:#}; read {}", self.log.display());
        }
    }
}

/// Whether anyone listens there: the system itself answers for a UDP port that nobody has.
pub fn listens(address: &str) -> bool {
    let ask = || -> std::io::Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_read_timeout(Some(LOOK_EVERY))?;
        socket.connect(address)?;
        socket.send(b"?")?;
        socket.recv(&mut [0]).map(drop)
    };
    ask().is_err_and(|silence| silence.kind() == ErrorKind::WouldBlock)
}

/// A command that ends with SIGTERM when we end in whatever way, even killed.
pub fn tied_to_us(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM"]).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = tied_to_us(Path::new("sh"));
        command.args(["-c", script]);
        command
    }

    #[test]
    fn an_appliance_is_stopped_by_a_signal_that_it_can_act_on() {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready");
        let script = format!(
            "trap 'echo stopped; exit 0' TERM; touch {}; while :; do sleep 0.01; done",
            ready.display()
        );
        let log = folder.path().join("log");
        let log = Log::at(log);
        let started = Appliance::start(shell(&script), &log, || ready.exists()).unwrap();
        drop(started);
        assert_eq!(fs::read_to_string(log.path()).unwrap(), "stopped\n");
    }

    #[test]
    fn an_appliance_that_ends_at_once_is_an_error_that_names_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::at(folder.path().join("log"));
        let error = Appliance::start(shell("exit 3"), &log, || false).err().unwrap().to_string();
        assert!(error.contains("ended (exit status: 3)") && error.contains("log"), "{error}");
    }

    #[test]
    fn a_port_is_listened_to_as_long_as_someone_has_it() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap().to_string();
        assert!(listens(&address));
        drop(socket);
        assert!(!listens(&address));
    }

    #[test]
    fn the_files_are_what_their_readers_parse() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::new(&folder.path().join("new")).unwrap();
        let written = configure(&place, Path::new("/some/module.so")).unwrap();
        let read = |path| fs::read_to_string(path).unwrap().parse::<toml::Table>().unwrap();
        assert_eq!(read(written.file)["listen"].as_str(), Some(written.address.as_str()));
        assert!(read(written.token)["slots"].is_array());
    }
}
