//! The story itself: who does what, in which order.

mod backup;
pub mod page;
mod policy;
mod recovery;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::appliance::{Appliance, Configuration, configure, listens, tied_to_us};
use super::document::Document;
use super::log::Log;
use super::place::Place;
use super::step::step;
use super::suite::Suite;
use crate::command;
use crate::programs::Programs;

const RP_ID: &str = "approve.countersign.example";
const ORIGIN: &str = "https://approve.countersign.example";
const SIGNER: &str = "dr-example";
const KEY: &str = "dr-example-signing";
const FRONT_END: &str = "document-portal";
const DEVICE: &str = "phone";
/// The file of the virtual device.
const DEVICE_STATE: &str = "phone.json";
/// What it is registered with.
const TICKET: &str = "phone.ticket";

/// Those who act, and where.
struct Cast<'a> {
    place: &'a Place,
    programs: &'a Programs,
    configuration: Configuration,
    log: Log,
    suite: Suite,
    /// Of signers' devices.
    rp_id: &'a str,
    /// Of the approval page.
    origin: &'a str,
}

/// Tells it from an empty folder to OpenSSL's word.
pub fn tell(
    place: &Place,
    programs: &Programs,
    module: &Path,
    document: &Document,
    suite: Suite,
) -> Result<()> {
    let configuration = configure(place, module)?;
    let document = place.write(&document.name, &document.content)?;
    let log = Log::at(place.path("log"));
    let (rp_id, origin) = (RP_ID, ORIGIN);
    let cast = Cast { place, programs, configuration, log, suite, rp_id, origin };
    println!("Countersign signs {} with {}", document.display(), suite.name());
    step("the officer and the document portal make their identities", || cast.identities())?;
    step("the appliance and its token are initialised", || cast.initialise())?;
    let appliance = step("the appliance starts", || cast.start())?;
    step("the officer adds the portal and the signer, and makes a ticket for a device", || {
        cast.introduce()?;
        cast.make_ticket()
    })?;
    let words = step("the signer's new FIDO2 device is registered", || cast.enrol())?;
    let heard = format!("the signer reads {words:?}, and the officer types it");
    step(&heard, || cast.confirm(&words))?;
    let key = step("the officer makes the signer's key, in the token", || cast.make_key())?;
    step("the officer lets the portal ask for that key", || cast.grant())?;
    step("the officer writes down what the key may do, tries it out, and orders it", || {
        cast.order_policy()
    })?;
    step("three officers take shares of a key that recovers evidence", || cast.hold_ceremony())?;
    step("the portal asks, the device approves, the token signs", || cast.sign(&key, &document))?;
    let shown = step("the officer looks at the device", || cast.show())?;
    step("the registry is made from the ledger again, and is the same", || cast.rebuild())?;
    step("the officer writes down what is to be trusted", || cast.write_trust())?;
    step("a backup is made, and then the officer suspends the key", || cast.back_up())?;
    step("the appliance stops", || {
        drop(appliance);
        Ok(())
    })?;
    step("the disk is lost, and two officers restore the backup", || cast.restore())?;
    step("the appliance is locked, and goes on by order alone", || cast.go_on())?;
    step("the token is lost, and two officers recover the evidence", || cast.recover())?;
    step("what they recovered is proved", || cast.prove_recovered(&document))?;
    println!("\n{shown}");
    cast.prove(&document)?;
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
        daemon.args(["--profile", "development", "--rp-id", self.rp_id, "--origin", self.origin]);
        daemon.arg("--officer-cert").arg(self.place.path("officer.pem"));
        daemon.arg("--so-pin-file").arg(&self.configuration.security_officer_pin);
        self.log.run(daemon.env("KRYOPTIC_CONF", &self.configuration.token))
    }

    fn start(&self) -> Result<Appliance> {
        // A console that asks before anyone listens would wait longer than the start takes.
        self.start_until(|| {
            listens(&self.configuration.address)
                && command::succeeds(self.console("officer").arg("status"))
        })
    }

    fn start_until(&self, answers: impl Fn() -> bool) -> Result<Appliance> {
        let mut daemon = tied_to_us(self.programs.daemon());
        daemon.arg("run").arg("--config").arg(&self.configuration.file);
        daemon.env("KRYOPTIC_CONF", &self.configuration.token);
        Appliance::start(daemon, &self.log, answers)
    }

    fn introduce(&self) -> Result<()> {
        let mut add = self.console("officer");
        add.args(["front-end", "add", FRONT_END, "--cert"]);
        self.log.run(add.arg(self.place.path(&format!("{FRONT_END}.pem"))))?;
        self.officer(&["signer", "add", SIGNER])
    }

    /// Of a virtual device, or whatever a browser has, nothing is known: its ticket asks for nothing.
    fn make_ticket(&self) -> Result<()> {
        let mut ticket = self.console("officer");
        ticket.args(["devices", "ticket", "--signer", SIGNER, "--name", DEVICE]);
        ticket.args(["--assurance", "any", "--out"]);
        self.log.run(ticket.arg(self.place.path(TICKET)))
    }

    /// Gives the words that the signer's side worked out.
    fn enrol(&self) -> Result<String> {
        let mut enrol = self.console(FRONT_END);
        enrol.args(["--json", "devices", "enrol", "--ticket", TICKET, "--register-with"]);
        enrol.arg(format!("countersign-device register --state {DEVICE_STATE} --origin {ORIGIN}"));
        enrol.env("PATH", self.programs.search_path()?);
        self.told(enrol.current_dir(self.place.folder()), "words")
    }

    fn confirm(&self, words: &str) -> Result<()> {
        self.officer(&["devices", "confirm", DEVICE, "--words", words])
    }

    /// The command, and what it says.
    fn show(&self) -> Result<String> {
        let mut show = self.console("officer");
        show.args(["devices", "show", DEVICE]);
        let said = self.log.output(&mut show)?;
        Ok(format!("$ {}\n{}", command::shown(&show), said.trim_end()))
    }

    /// Gives the key's id, by which a front-end asks for it.
    fn make_key(&self) -> Result<String> {
        let mut create = self.console("officer");
        create.args(["--json", "key", "create", "--signer", SIGNER, "--name", KEY]);
        create.args(["--suite", self.suite.name()]);
        self.told(create.arg("--public-key-out").arg(self.public_key()), "key")
    }

    /// A member of the JSON that a console prints.
    fn told(&self, console: &mut Command, member: &str) -> Result<String> {
        let said = self.log.output(console)?;
        let json: serde_json::Value = serde_json::from_str(&said)
            .with_context(|| format!("`--json` printed no JSON: {said}"))?;
        let value = json.get(member).and_then(serde_json::Value::as_str);
        value.map(str::to_owned).with_context(|| format!("it printed no {member}: {said}"))
    }

    fn grant(&self) -> Result<()> {
        self.officer(&["front-end", "grant", FRONT_END, KEY])
    }

    /// The console splits what approves at white space and needs no shell: a bare name, found
    /// through PATH, and a file of the folder keep any path out of it.
    fn sign(&self, key: &str, document: &Path) -> Result<()> {
        let mut sign = self.console(FRONT_END);
        sign.args(["sign", "--key", key, "--suite", self.suite.name(), "--rp-id", RP_ID]);
        sign.arg("--approve-with");
        sign.arg(format!("countersign-device approve --state {DEVICE_STATE}")).arg(document);
        sign.env("PATH", self.programs.search_path()?);
        self.log.run(sign.current_dir(self.place.folder()))
    }

    fn rebuild(&self) -> Result<()> {
        self.officer(&["registry", "rebuild"])?;
        self.officer(&["registry", "show"])
    }

    fn write_trust(&self) -> Result<()> {
        let mut status = self.console("officer");
        self.log.run(status.args(["status", "--trust"]).arg(self.trust()))
    }

    /// The evidence, without the appliance: shows the command, runs it as shown, and shows what it says.
    fn prove(&self, document: &Path) -> Result<()> {
        let mut evidence = document.as_os_str().to_owned();
        evidence.push(".evidence");
        let mut verify = Command::new(self.programs.console());
        verify.arg("verify").arg("--trust").arg(self.trust());
        verify.arg("--evidence").arg(evidence).arg(document);
        println!("\n$ {}", command::shown(&verify));
        print!("{}", command::output(&mut verify)?);
        Ok(())
    }

    /// Shows the command, runs it as shown, and shows what it says.
    fn verify(&self, document: &Path) -> Result<()> {
        let mut signature = document.as_os_str().to_owned();
        signature.push(".sig");
        let (key, signature) = (self.public_key(), PathBuf::from(signature));
        let (mut openssl, good) = self.suite.verification(&key, &signature, document);
        println!("\n$ {}", command::shown(&openssl));
        let verdict = command::output(&mut openssl)?;
        print!("{verdict}");
        ensure!(verdict.trim() == good, "OpenSSL does not agree: the signature is wrong");
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

    fn trust(&self) -> PathBuf {
        self.place.path("trust.toml")
    }

    fn public_key(&self) -> PathBuf {
        self.place.path("key.pem")
    }
}
