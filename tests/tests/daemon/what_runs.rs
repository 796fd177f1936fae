//! What ran is on record, and a module that nobody approved does not run: with the program itself, on a real token.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::record::{Boot, Kind};
use countersign_protocol::{Digest, canonical};
use countersign_tests::house::{House, RelyingParty};
use countersign_token_fixture::Make;

/// The program, which ends with the test.
struct Program {
    process: Child,
    said: BufReader<ChildStderr>,
}

impl Program {
    fn path() -> std::ffi::OsString {
        std::env::var_os("COUNTERSIGN_DAEMON").expect("run `cargo xtask test`")
    }

    fn start(house: &House, command: &str) -> Self {
        let mut process = Command::new("setpriv");
        process.args(["--pdeathsig", "KILL"]).arg(Self::path()).arg(command);
        process.arg("--config").arg(house.config_file()).env("COUNTERSIGN_LOG", "info");
        let mut process = process.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let said = BufReader::new(process.stderr.take().unwrap());
        Self { process, said }
    }

    /// The messages of its log until it serves, each with its fields.
    fn served(&mut self) -> Vec<serde_json::Value> {
        let mut lines: Vec<serde_json::Value> = Vec::new();
        while lines.last().is_none_or(|line| line["message"] != "serving") {
            let mut line = String::new();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "it does not serve: {lines:?}");
            let line: serde_json::Value = serde_json::from_str(&line).expect(&line);
            lines.push(line["fields"].clone());
        }
        lines
    }

    /// Waits for its end: exit code, and its last line.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        let last = said.lines().last().unwrap_or_default().to_owned();
        (self.process.wait().unwrap().code(), last)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn house(engine: &str) -> House {
    House::build(engine, Make::SoftHsm, RelyingParty::example()).await
}

fn hash(path: &Path) -> Digest {
    Digest(Host.sha256(&[&std::fs::read(path).unwrap()]))
}

/// Has only a module with this digest approved.
fn approve(house: &House, digest: Digest) {
    let text = std::fs::read_to_string(house.config_file()).unwrap();
    let text = text + &format!("sha256 = \"{digest}\"\n");
    std::fs::write(house.config_file(), text).unwrap();
}

fn boots(house: &House) -> Vec<Boot> {
    let records = house.records();
    let boots = records.iter().filter(|(kind, _)| *kind == Kind::Boot);
    boots.map(|(_, content)| canonical::decode(content.as_deref().unwrap()).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boot_tests_its_engines_first_and_puts_on_record_what_runs() {
    let house = house("both").await;
    let module = house.config().token.module;
    approve(&house, hash(&module));
    let mut program = Program::start(&house, "run");
    let log = program.served();
    drop(program);

    let at = |message: &str| log.iter().position(|line| line["message"] == message).unwrap();
    let tests: Vec<_> = log.iter().filter(|line| line["message"] == "self-test").collect();
    assert_eq!(tests.len(), 2, "{log:?}");
    assert_eq!((&tests[0]["engine"], &tests[1]["engine"]), (&"host".into(), &"soft".into()));
    assert_eq!(tests[0]["not_there"], "[]");
    assert!(tests[1]["not_there"].as_str().unwrap().contains("RS256"), "{log:?}");
    println!("{} us and {} us", tests[0]["us"], tests[1]["us"]);
    assert!(at("confined") < at("self-test") && at("self-test") < at("the vault is open"));

    let ran = boots(&house);
    let [founded, ran] = ran[..] else { panic!("{ran:?}") };
    assert_eq!(ran.program, Some(hash(Path::new(&Program::path()))));
    assert_eq!(ran.configuration, Some(hash(&house.config_file())));
    assert_eq!(ran.module, Some(hash(&module)));
    assert_eq!(founded.module, ran.module);
    assert_eq!(founded.program, Some(hash(&std::env::current_exe().unwrap())));
    assert_ne!(founded.configuration, ran.configuration, "it has been changed since");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_is_not_the_approved_one_is_not_loaded() {
    let house = house("host").await;
    let found = hash(&house.config().token.module);
    let mut approved = found;
    approved.0[31] ^= 1;
    approve(&house, approved);
    for command in ["run", "check"] {
        let (code, last) = Program::start(&house, command).ended();
        assert_eq!(code, Some(1), "{last}");
        let why = format!("its SHA-256 is {found}, and [token] sha256 is {approved}");
        assert!(last.contains("is not the approved one") && last.contains(&why), "{last}");
    }
    let text = std::fs::read_to_string(house.config_file()).unwrap();
    let approved = text.replace(&approved.to_string(), &found.to_string());
    std::fs::write(house.config_file(), approved).unwrap();
    let before = boots(&house).len();
    assert_eq!(before, 1, "no boot is on record but that of `init`");
}

/// A file that is no module would be an error of the loader's, if it were loaded.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_approved_is_refused_before_the_loader_sees_it() {
    let house = house("host").await;
    let module = house.config().token.module;
    let other = house.data().with_file_name("other.so");
    std::fs::write(&other, "no module").unwrap();
    let text = std::fs::read_to_string(house.config_file()).unwrap();
    let text = text.replace(&format!("{module:?}"), &format!("{other:?}"));
    std::fs::write(house.config_file(), text).unwrap();
    let (code, last) = Program::start(&house, "run").ended();
    assert_eq!(code, Some(1), "{last}");
    assert!(last.contains("cannot load the PKCS#11 module"), "any is approved: {last}");
    approve(&house, hash(&module));
    let (code, last) = Program::start(&house, "run").ended();
    assert_eq!(code, Some(1), "{last}");
    assert!(last.contains("is not the approved one"), "{last}");
}
