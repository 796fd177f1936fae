//! Configuration: addresses, paths and sizes only. Everything that decides is in the ledger.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use countersign_ledger::{Bounds, OutOfBounds};
use countersign_protocol::Digest;
use countersign_token::{CALL_MAX_MS, Pin, TokenConfig, Which};
use countersign_tpm::{Counter, Place};
use serde::Deserialize;

use crate::engine::Chosen;

/// Handles of NV indices (TPM 2.0 Library, Part 2, 7.2).
const NV_INDICES: std::ops::RangeInclusive<u32> = 0x0100_0000..=0x01ff_ffff;

/// `countersignd.toml`. Relative paths are relative to the file's folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where ledger and TLS identity live.
    pub data: PathBuf,
    /// Where to listen (UDP).
    pub listen: SocketAddr,
    /// A folder for the ledger's public copy, which any web server may serve; none: there is no copy.
    #[serde(default)]
    pub publish: Option<PathBuf>,
    /// Which crypto engine.
    #[serde(default)]
    pub engine: Chosen,
    /// How far UTC may be off the system's clock.
    #[serde(default = "default_uncertainty")]
    pub clock_uncertainty_ms: u64,
    /// How records share one sync and one checkpoint.
    #[serde(default)]
    pub group: GroupSection,
    /// The token.
    pub token: TokenSection,
    /// A TPM that counts beside the token, if there is one.
    pub tpm: Option<TpmSection>,
    /// Which other logs are witnessed here, if any.
    pub witnessing: Option<WitnessingSection>,
    /// Who is asked to witness this appliance's ledger.
    #[serde(default)]
    pub witness: Vec<WitnessSection>,
    /// The file itself, as it was read.
    #[serde(skip)]
    pub text: String,
}

/// `[tpm]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TpmSection {
    /// Its device, with the kernel's resource manager (`/dev/tpmrm0`), or
    pub device: Option<PathBuf>,
    /// the socket of a software TPM.
    pub socket: Option<SocketAddr>,
    /// The NV index of the counter, which is made at the first start with it.
    #[serde(default = "default_index")]
    pub index: u32,
}

/// Of those that the TCG leaves to owners (Registry of Reserved TPM 2.0 Handles and Localities).
const fn default_index() -> u32 {
    0x0180_c516
}

/// `[witnessing]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessingSection {
    /// Where to listen (TCP, HTTP).
    pub listen: SocketAddr,
    /// The witness's name: a URL without its scheme, for ever.
    pub name: String,
    /// The verifier keys of the logs.
    pub logs: Vec<String>,
}

/// One `[[witness]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessSection {
    /// Its submission prefix, http://.
    pub url: String,
    /// Its verifier key.
    pub key: String,
}

/// `[group]`: what a group of the ledger waits for and holds at most, within the limits of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GroupSection {
    /// How long it waits for records that are on their way (0 to 100).
    pub delay_ms: u64,
    /// Records in it (1 to 256).
    pub records: u64,
    /// Bytes of content with which it takes no more records (1 to 5242880).
    pub bytes: u64,
}

impl Default for GroupSection {
    fn default() -> Self {
        Self { delay_ms: Bounds::DELAY_MS, records: Bounds::RECORDS, bytes: Bounds::BYTES }
    }
}

/// `[token]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSection {
    /// The PKCS#11 module.
    pub module: PathBuf,
    /// The SHA-256 of the module that is approved, in hexadecimal; none: any is.
    #[serde(default, deserialize_with = "digest")]
    pub sha256: Option<Digest>,
    /// The token's label, or
    pub label: Option<String>,
    /// its slot.
    pub slot: Option<u64>,
    /// The user PIN: a file only its owner can read (development), or
    pub pin_file: Option<PathBuf>,
    /// a systemd credential.
    pub pin_credential: Option<String>,
    /// Files and folders that the module reads and writes: the process opens no others.
    #[serde(default)]
    pub files: Vec<PathBuf>,
    /// Sessions, each with a thread of its own.
    #[serde(default = "default_sessions")]
    pub sessions: usize,
}

fn digest<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Digest>, D::Error> {
    let text = String::deserialize(from)?;
    let mut digest = [0; 32];
    let decoded = hex::decode_to_slice(&text, &mut digest);
    let wanted = "sha256 is 64 hexadecimal digits, as sha256sum prints them";
    decoded.map(|()| Some(Digest(digest))).map_err(|_| serde::de::Error::custom(wanted))
}

const fn default_uncertainty() -> u64 {
    1_000
}

const fn default_sessions() -> usize {
    1
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file itself.
    #[error("cannot read {path}: {why}; give the configuration with --config FILE")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// Its text.
    #[error("{path} is not a configuration: {why}")]
    Parse {
        /// Which file.
        path: PathBuf,
        /// Why, with line and column.
        why: String,
    },
    /// The bounds of groups.
    #[error("[group] {0}")]
    Group(#[from] OutOfBounds),
    /// The choice of a token.
    #[error("[token] needs either label or slot, and either pin_file or pin_credential")]
    Choice,
    /// The choice of a TPM.
    #[error("[tpm] needs either device or socket, and an index from 0x01000000 to 0x01ffffff")]
    Tpm,
    /// The PIN.
    #[error("no PIN: {0}")]
    Pin(String),
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let read = |why| ConfigError::Read { path: path.to_owned(), why };
        let text = std::fs::read_to_string(path).map_err(read)?;
        let parse = |why: toml::de::Error| ConfigError::Parse {
            path: path.to_owned(),
            why: why.message().to_owned(),
        };
        let mut config: Self = toml::from_str(&text).map_err(parse)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        config.text = text;
        config.data = folder.join(&config.data);
        config.publish = config.publish.map(|publish| folder.join(publish));
        config.token.module = folder.join(&config.token.module);
        config.token.files.iter_mut().for_each(|file| *file = folder.join(&*file));
        config.token.pin_file = config.token.pin_file.map(|file| folder.join(file));
        Ok(config)
    }

    /// The bounds of the ledger's groups.
    ///
    /// # Errors
    /// [`ConfigError::Group`].
    pub fn groups(&self) -> Result<Bounds, ConfigError> {
        let GroupSection { delay_ms, records, bytes } = self.group;
        Ok(Bounds::new(delay_ms, records, bytes)?)
    }

    /// The counter in a TPM, if there is one.
    ///
    /// # Errors
    /// [`ConfigError::Tpm`].
    pub fn counter(&self) -> Result<Option<Counter>, ConfigError> {
        let Some(TpmSection { device, socket, index }) = &self.tpm else { return Ok(None) };
        let place = match (device, socket) {
            (Some(device), None) => Place::Device(device.clone()),
            (None, Some(socket)) => Place::Socket(*socket),
            _ => return Err(ConfigError::Tpm),
        };
        let is_index = NV_INDICES.contains(index);
        is_index.then(|| Some(Counter::new(place, *index))).ok_or(ConfigError::Tpm)
    }

    /// The token as `countersign-token` wants it, with the PIN.
    ///
    /// # Errors
    /// [`ConfigError::Choice`] or [`ConfigError::Pin`].
    pub fn token(&self) -> Result<TokenConfig, ConfigError> {
        let section = &self.token;
        let token = match (&section.label, section.slot) {
            (Some(label), None) => Which::Label(label.clone()),
            (None, Some(slot)) => Which::Slot(slot),
            _ => return Err(ConfigError::Choice),
        };
        let pin = match (&section.pin_file, &section.pin_credential) {
            (Some(file), None) => Pin::from_file(file),
            (None, Some(name)) => Pin::from_credential(name),
            _ => return Err(ConfigError::Choice),
        };
        let pin = pin.map_err(|why| ConfigError::Pin(why.to_string()))?;
        let (module, sessions) = (section.module.clone(), section.sessions);
        Ok(TokenConfig { module, token, pin, sessions, call_max_ms: CALL_MAX_MS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: &str =
        "data = \"data\"\nlisten = \"127.0.0.1:0\"\n[token]\nmodule = \"m\"\nslot = 1\n";

    fn groups(section: &str) -> Result<Bounds, ConfigError> {
        let config: Config = toml::from_str(&format!("{REST}{section}")).unwrap();
        config.groups()
    }

    #[test]
    fn groups_are_as_wide_as_they_can_be_when_nothing_is_said() {
        assert_eq!(groups("").unwrap(), Bounds::default());
        assert_eq!(groups("[group]\ndelay_ms = 3").unwrap(), Bounds::default());
        assert_eq!(groups("[group]\nrecords = 1").unwrap(), Bounds::new(3, 1, 5_242_880).unwrap());
    }

    #[test]
    fn each_bound_of_a_group_is_taken_up_to_its_limit_and_no_further() {
        let bounds = [("delay_ms", 0_u64, 100), ("records", 1, 256), ("bytes", 1, 5_242_880)];
        for (name, least, most) in bounds {
            for good in [least, most] {
                assert!(groups(&format!("[group]\n{name} = {good}")).is_ok(), "{name} = {good}");
            }
            let outside = [least.checked_sub(1), Some(most + 1)];
            for bad in outside.into_iter().flatten() {
                let why = groups(&format!("[group]\n{name} = {bad}")).unwrap_err().to_string();
                let expected =
                    format!("[group] {name} = {bad}, but it must be from {least} to {most}");
                assert_eq!(why, expected);
            }
        }
    }

    #[test]
    fn a_tpm_is_in_one_place_and_its_counter_an_nv_index() {
        let counter = |section: &str| {
            let config: Config = toml::from_str(&format!("{REST}[tpm]\n{section}")).unwrap();
            config.counter()
        };
        for good in [
            "device = \"/dev/tpmrm0\"",
            "socket = \"127.0.0.1:2321\"\nindex = 0x01000000",
            "device = \"/dev/tpmrm0\"\nindex = 0x01ffffff",
        ] {
            assert!(counter(good).unwrap().is_some(), "{good}");
        }
        for bad in [
            "",
            "device = \"/dev/tpmrm0\"\nsocket = \"127.0.0.1:2321\"",
            "device = \"/dev/tpmrm0\"\nindex = 0x00ffffff",
            "device = \"/dev/tpmrm0\"\nindex = 0x02000000",
        ] {
            assert!(matches!(counter(bad), Err(ConfigError::Tpm)), "{bad}");
        }
    }

    #[test]
    fn an_approved_digest_is_64_hexadecimal_digits() {
        let read = |digits: &str| {
            toml::from_str::<Config>(&format!("{REST}sha256 = \"{digits}\""))
                .map(|config| config.token.sha256)
                .map_err(|why| why.message().to_owned())
        };
        assert_eq!(read(&"0A".repeat(32)), Ok(Some(Digest([10; 32]))));
        for bad in ["", "0a", &"0a".repeat(31), &"0a".repeat(33), &"0g".repeat(32)] {
            let why = read(bad).unwrap_err();
            assert_eq!(why, "sha256 is 64 hexadecimal digits, as sha256sum prints them");
        }
    }

    #[test]
    fn a_bound_that_nobody_knows_is_no_configuration() {
        let text = format!("{REST}[group]\nsize = 3");
        assert!(toml::from_str::<Config>(&text).is_err());
    }

    /// What the unit gives is what the configuration beside it asks for.
    #[test]
    fn the_service_and_its_configuration_fit() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd");
        let config = Config::read(&folder.join("countersignd.toml")).unwrap();
        let unit = std::fs::read_to_string(folder.join("countersignd.service")).unwrap();
        let given = |option: &str| {
            unit.lines().find_map(|line| line.strip_prefix(option)?.strip_prefix('=')).unwrap()
        };
        let name = config.token.pin_credential.unwrap();
        assert!(given("LoadCredentialEncrypted").starts_with(&format!("{name}:")));
        assert_eq!(config.data, Path::new("/var/lib").join(given("StateDirectory")));
        assert!(config.listen.port() >= 1024, "no capability binds a lower one");
        let (_, path) = given("ExecStart").split_once("run --config ").unwrap();
        let etc = Path::new("/etc").join(given("ConfigurationDirectory"));
        assert_eq!(path, etc.join("countersignd.toml").to_str().unwrap());
    }
}
