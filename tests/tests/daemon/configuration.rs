//! Whoever edits the configuration changes where the appliance is, and nothing that it decides.

use countersign_core::Reason;
use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::Digest;
use countersign_tests::case::Case;
use countersign_tests::house::House;
use countersign_tests::shop::state;
use countersignd::boot::{Extent, boot};
use countersignd::config::{Config, ConfigError, GroupSection, TokenSection};
use toml::{Table, Value};

use super::daemon;

/// The configuration with one field edited, as a file.
fn edited(text: &str, path: &str, value: &Value) -> String {
    let mut whole: Table = toml::from_str(text).unwrap();
    let (section, field) = path.split_once('.').unwrap_or(("", path));
    let table = match section {
        "" => &mut whole,
        section => {
            let section = whole.entry(section).or_insert_with(|| Table::new().into());
            section.as_table_mut().unwrap()
        }
    };
    table.insert(field.to_owned(), value.clone());
    toml::to_string(&whole).unwrap()
}

/// Fields that an appliance starts with whatever they say, as long as they are possible.
fn any_will_do(module: Digest) -> Vec<(&'static str, Value)> {
    let witness = "url = \"http://127.0.0.1:1\"\nkey = \"w.example+00000000+AA==\"\n";
    let witnessing = "listen = \"127.0.0.1:0\"\nname = \"w.example/w\"\nlogs = []\n";
    let table = |text| Value::Table(toml::from_str(text).unwrap());
    vec![
        ("listen", "127.0.0.2:0".into()),
        ("publish", "elsewhere".into()),
        ("engine", "soft".into()),
        ("engine", "both".into()),
        ("clock_uncertainty_ms", 60_000.into()),
        ("clock_uncertainty_ms", 0.into()),
        ("group.delay_ms", 100.into()),
        ("group.records", 1.into()),
        ("group.bytes", 1.into()),
        ("token.sha256", module.to_string().into()),
        ("token.files", Value::Array(Vec::new())),
        ("token.sessions", 3.into()),
        ("witness", Value::Array(vec![table(witness)])),
        ("witnessing", table(witnessing)),
    ]
}

/// Fields without which there is no appliance: where its state is, and its token.
fn no_other_will_do(module: Digest) -> Vec<(&'static str, Value)> {
    let other = Digest([!module.0[0]; 32]);
    vec![
        ("data", "elsewhere".into()),
        ("token.module", "elsewhere.so".into()),
        ("token.sha256", other.to_string().into()),
        ("token.label", "another one".into()),
        ("token.slot", 4_000_000.into()),
        ("token.pin_file", "missing.pin".into()),
        ("token.pin_credential", "another".into()),
        ("tpm.device", "missing".into()),
        ("tpm.socket", "127.0.0.1:1".into()),
        ("tpm.index", 25_280_790.into()),
    ]
}

/// Whoever adds a field says here what it must not change: this does not compile then.
fn all_fields_are_edited(config: &Config, edits: &[&str]) {
    let Config {
        data: _,
        listen: _,
        publish: _,
        engine: _,
        clock_uncertainty_ms: _,
        group: GroupSection { delay_ms: _, records: _, bytes: _ },
        token:
            TokenSection {
                module: _,
                sha256: _,
                label: _,
                slot: _,
                pin_file: _,
                pin_credential: _,
                files: _,
                sessions: _,
            },
        tpm: _,
        witnessing: _,
        witness: _,
        text: _,
    } = config;
    let fields = [
        "data",
        "listen",
        "publish",
        "engine",
        "clock_uncertainty_ms",
        "group.delay_ms",
        "group.records",
        "group.bytes",
        "token.module",
        "token.sha256",
        "token.label",
        "token.slot",
        "token.pin_file",
        "token.pin_credential",
        "token.files",
        "token.sessions",
        "tpm.device",
        "tpm.socket",
        "tpm.index",
        "witnessing",
        "witness",
    ];
    let missing: Vec<_> = fields.iter().filter(|field| !edits.contains(field)).collect();
    assert!(missing.is_empty(), "nobody edits {missing:?}");
}

fn write(house: &House, text: &str) {
    std::fs::write(house.config_file(), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_decides_changes_with_any_field() {
    let engine = daemon().await;
    let (house, config) = (&engine.house, engine.house.config());
    let module = Digest(Host.sha256(&[&std::fs::read(&config.token.module).unwrap()]));
    let (any, none) = (any_will_do(module), no_other_will_do(module));
    let edits: Vec<_> = any.iter().chain(&none).map(|(path, _)| *path).collect();
    all_fields_are_edited(&config, &edits);
    let mut case = Case::begin(&engine).await;
    for (path, value) in &any {
        let before = state(engine.appliance().await.inner());
        let edit = async { write(house, &edited(&config.text, path, value)) };
        engine.restart_after(edit).await;
        assert!(state(engine.appliance().await.inner()) == before, "{path} = {value}");
        case.signed().await;
        // No refused assertion: those of a device count for a time, and what time it is may be less certain.
        let (granted, ungranted) = (case.prepare.key, case.people.ungranted_key.id);
        case.prepare.key = ungranted;
        let refused = case.ask(&case.prepare.frame()).await;
        case.expect_refused(&case.people.front_end, &refused, Reason::KeyNotGranted).await;
        case.prepare.key = granted;
    }
    let refused = async {
        for (path, value) in &none {
            write(house, &edited(&config.text, path, value));
            let refused = boot(&house.config(), Extent::SinceSnapshot).await.err();
            let why = refused.unwrap_or_else(|| panic!("{path} = {value} boots")).to_string();
            println!("{path}: {why}");
        }
        write(house, &config.text);
    };
    engine.restart_after(refused).await;
    case.signed().await;
}

#[test]
fn a_field_that_nobody_knows_is_no_configuration() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("countersignd.toml");
    let good = "data = \"d\"\nlisten = \"127.0.0.1:0\"\n[token]\nmodule = \"m\"\nslot = 1\n";
    std::fs::write(&path, good).unwrap();
    assert!(Config::read(&path).is_ok());
    for unknown in ["policy = \"any\"\n", "profile = \"development\"\n", "officer = \"me\"\n"] {
        std::fs::write(&path, format!("{unknown}{good}")).unwrap();
        assert!(matches!(Config::read(&path), Err(ConfigError::Parse { .. })), "{unknown}");
    }
}
