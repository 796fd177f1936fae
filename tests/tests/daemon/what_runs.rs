//! What ran is on record, and a module that nobody approved does not run: with the program itself, on a real token.

use std::path::Path;

use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::record::{Boot, Kind};
use countersign_protocol::{Digest, canonical};
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::program::Program;
use countersign_token_fixture::Make;

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
    let mut program = Program::start(&house.config_file(), "run");
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
        let (code, last) = Program::start(&house.config_file(), command).ended();
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
    let (code, last) = Program::start(&house.config_file(), "run").ended();
    assert_eq!(code, Some(1), "{last}");
    assert!(last.contains("cannot load the PKCS#11 module"), "any is approved: {last}");
    approve(&house, hash(&module));
    let (code, last) = Program::start(&house.config_file(), "run").ended();
    assert_eq!(code, Some(1), "{last}");
    assert!(last.contains("is not the approved one"), "{last}");
}
