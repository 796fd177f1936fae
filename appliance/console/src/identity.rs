//! `identity`: certificates and keys of officers and front-ends.

use countersign_client::{Identity, new_identity};
use serde_json::json;

use crate::arguments::IdentityCommand;
use crate::outfile::{Old, OutFile, Readers};
use crate::{ConsoleError, Report};

/// Does what the command says.
pub(crate) fn obey(command: &IdentityCommand) -> Result<Report, ConsoleError> {
    let IdentityCommand::New { name, out } = command;
    if name.contains('/') || name.is_empty() {
        return Err(ConsoleError::usage("--name becomes a file's name: it cannot have a /"));
    }
    let place = |suffix, readers| {
        OutFile::reserve(&out.join(format!("{name}{suffix}")), readers, Old::Kept)
    };
    let certificate = place(".pem", Readers::Everybody)?;
    let key = place(".key.pem", Readers::Owner)?;
    let made = new_identity(name)?;
    let channel = Identity::from_pem(&made.certificate_pem, &made.key_pem)?.channel();
    let paths = (certificate.path().to_owned(), key.path().to_owned());
    // The key first: a certificate without its key would look like an identity.
    key.write(made.key_pem.as_bytes())?;
    certificate.write(made.certificate_pem.as_bytes())?;
    let (certificate, key) = (paths.0.display(), paths.1.display());
    let text = format!("{name}: certificate {certificate}, key {key}, known as {channel}");
    let json = json!({
        "certificate": certificate.to_string(),
        "key": key.to_string(),
        "channel": channel.to_string(),
    });
    Ok(Report::new(text, json))
}

/// An identity of nobody in particular.
#[cfg(test)]
pub(crate) fn some() -> Identity {
    let made = new_identity("somebody").unwrap();
    Identity::from_pem(&made.certificate_pem, &made.key_pem).unwrap()
}
