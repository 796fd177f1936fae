//! The story itself: who does what, in which order.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use super::appliance::{Appliance, Configuration, configure, tied_to_us};
use super::log::Log;
use super::place::Place;
use super::programs::Programs;
use super::step::step;
use crate::command;

const RP_ID: &str = "approve.countersign.example";
const ORIGIN: &str = "https://approve.countersign.example";
const SIGNER: &str = "dr-example";
const KEY: &str = "dr-example-signing";
const FRONT_END: &str = "document-portal";

/// Those who act, and where.
struct Cast<'a> {
    place: &'a Place,
    programs: &'a Programs,
    configuration: Configuration,
    log: Log,
}

/// Tells it from an empty folder to OpenSSL's word.
pub fn tell(
    place: &Place,
    programs: &Programs,
    module: &Path,
    document: Option<&Path>,
) -> Result<()> {
    let configuration = configure(place, module)?;
    let document = place.take(document)?;
    let log = Log::at(place.path("log"));
    let cast = Cast { place, programs, configuration, log };
    println!("Countersign signs {}", document.display());
    step("the officer and the document portal make their identities", || cast.identities())?;
    step("the appliance and its token are initialised", || cast.initialise())?;
    let appliance = step("the appliance starts", || cast.start())?;
    step("the signer gets a FIDO2 device, and the officer enrols it", || cast.enrol())?;
    step("the officer makes the signer's key, in the token", || cast.make_key())?;
    step("the officer lets the portal ask for that key", || cast.grant())?;
    step("the portal asks, the device approves, the token signs", || cast.sign(&document))?;
    step("the appliance stops", || {
        drop(appliance);
        Ok(())
    })?;
    cast.verify(&document)
}

impl Cast<'_> {
    fn identities(&self) -> Result<()> {
        for name in ["officer", FRONT_END] {
            let mut console = Command::new(self.programs.console());
            console.args(["identity", "new", "--name", name, "--out"]).arg(self.place.folder());
            self.log.run(&mut console)?;
        }
        Ok(())
    }

    fn initialise(&self) -> Result<()> {
        let mut daemon = Command::new(self.programs.daemon());
        daemon.arg("init").arg("--config").arg(&self.configuration.file);
        daemon.args(["--profile", "development", "--rp-id", RP_ID, "--origin", ORIGIN]);
        daemon.arg("--officer-cert").arg(self.place.path("officer.pem"));
        daemon.arg("--so-pin-file").arg(&self.configuration.security_officer_pin);
        self.log.run(daemon.env("KRYOPTIC_CONF", &self.configuration.token))
    }

    fn start(&self) -> Result<Appliance> {
        let mut daemon = tied_to_us(self.programs.daemon());
        daemon.arg("run").arg("--config").arg(&self.configuration.file);
        daemon.env("KRYOPTIC_CONF", &self.configuration.token);
        let answers = || command::succeeds(self.console("officer").arg("status"));
        Appliance::start(daemon, &self.log, answers)
    }

    fn enrol(&self) -> Result<()> {
        let (state, credential) = (self.device_state(), self.place.path("credential.json"));
        let mut device = Command::new(self.programs.device());
        device.args(["create", "--rp-id", RP_ID, "--origin", ORIGIN, "--state"]).arg(state);
        self.log.run(device.arg("--out").arg(&credential))?;
        self.officer(&["signer", "add", SIGNER])?;
        let mut enrol = self.console("officer");
        enrol.args(["device", "enrol", "--signer", SIGNER, "--name", "phone", "--credential"]);
        self.log.run(enrol.arg(credential))
    }

    fn make_key(&self) -> Result<()> {
        let mut create = self.console("officer");
        create.args(["key", "create", "--signer", SIGNER, "--name", KEY, "--public-key-out"]);
        self.log.run(create.arg(self.public_key()))
    }

    fn grant(&self) -> Result<()> {
        let mut add = self.console("officer");
        add.args(["front-end", "add", FRONT_END, "--grant", KEY, "--cert"]);
        self.log.run(add.arg(self.place.path(&format!("{FRONT_END}.pem"))))
    }

    fn sign(&self, document: &Path) -> Result<()> {
        let mut approve = Command::new(self.programs.device());
        approve.args(["approve", "--state"]).arg(self.device_state());
        let mut sign = self.console(FRONT_END);
        sign.args(["sign", "--key", KEY, "--approve-with", &command::shown(&approve)]);
        self.log.run(sign.arg(document))
    }

    /// Shows the command, runs it as shown, and shows what it says.
    fn verify(&self, document: &Path) -> Result<()> {
        let mut signature = document.as_os_str().to_owned();
        signature.push(".sig");
        let mut openssl = Command::new("openssl");
        openssl.args(["dgst", "-sha256", "-verify"]).arg(self.public_key());
        openssl.arg("-signature").arg(signature).arg(document);
        println!("\n$ {}", command::shown(&openssl));
        let verdict = command::output(&mut openssl)?;
        print!("{verdict}");
        ensure!(verdict.trim() == "Verified OK", "OpenSSL does not agree: the signature is wrong");
        Ok(())
    }

    fn officer(&self, words: &[&str]) -> Result<()> {
        self.log.run(self.console("officer").args(words))
    }

    fn console(&self, identity: &str) -> Command {
        let mut console = Command::new(self.programs.console());
        console.args(["--server", &self.configuration.address]);
        console.arg("--server-cert").arg(self.place.path("data/server.pem"));
        console.arg("--identity").arg(self.place.path(&format!("{identity}.pem")));
        console
    }

    fn device_state(&self) -> std::path::PathBuf {
        self.place.path("phone.json")
    }

    fn public_key(&self) -> std::path::PathBuf {
        self.place.path("key.pem")
    }
}
