//! What a new device made of the ticket: kept in a file beside it, so that nobody registers twice.
//!
//! Guarantee: while a registration is kept, the registering command is not run again.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_protocol::reply::Failure;

use super::ticket::TicketFile;
use crate::outfile::{Old, OutFile, Readers};
use crate::progress::waiting;
use crate::utc::Utc;
use crate::webauthn::{CreationOptions, Registration};
use crate::{ConsoleError, ceremony};

/// How long a person may take to register a device: the longest that browsers wait (WebAuthn L3, 15.1).
const WITHIN: Duration = Duration::from_secs(600);

/// Where a registration is kept.
pub(super) struct Kept {
    path: PathBuf,
}

impl Kept {
    /// The place beside a ticket.
    pub(super) fn beside(ticket: &Path) -> Self {
        let mut path = ticket.as_os_str().to_owned();
        path.push(".registration");
        Self { path: path.into() }
    }

    /// The registration that is kept; if there is none, the one that `command` makes, which is kept then.
    pub(super) async fn or_registered_with(
        &self,
        command: Option<&str>,
        ticket: &TicketFile,
    ) -> Result<Registration, ConsoleError> {
        match std::fs::read(&self.path) {
            Ok(kept) => return self.parsed(&kept),
            Err(none) if none.kind() == ErrorKind::NotFound => {}
            Err(why) => return Err(ConsoleError::file("read", &self.path)(why)),
        }
        ticket.is_good_at(Utc::now())?;
        let command = command.ok_or_else(|| {
            ConsoleError::usage("no device was registered with this ticket; give --register-with")
        })?;
        let place = OutFile::reserve(&self.path, Readers::Owner, Old::Kept)?;
        let answer = register(command, ticket).await?;
        let registration = Registration::parse(&answer).map_err(|why| {
            let what = format!("`{command}` printed no RegistrationResponseJSON: {why}");
            ConsoleError::Registration(what)
        })?;
        place.write(&answer)?;
        Ok(registration)
    }

    fn parsed(&self, kept: &[u8]) -> Result<Registration, ConsoleError> {
        Registration::parse(kept).map_err(|why| {
            let shown = self.path.display();
            ConsoleError::Registration(format!("{shown} is no registration: {why}; remove it"))
        })
    }

    /// Why it is not enrolled. It stays: nobody here knows whether it will be refused for ever.
    pub(super) fn not_enrolled(&self, failure: Failure) -> ConsoleError {
        ConsoleError::NotEnrolled { failure, kept: self.path.clone() }
    }
}

async fn register(command: &str, file: &TicketFile) -> Result<Vec<u8>, ConsoleError> {
    let (ticket, challenge) = (file.ticket()?, file.challenge());
    let (rp_id, name) = (ticket.rp_id.as_str(), ticket.device.as_str());
    let options = CreationOptions::new(rp_id, ticket.signer, name, challenge.as_ref());
    let registering = ceremony::conduct(command, &options, WITHIN);
    let registered = waiting(&format!("`{command}` registers"), registering).await;
    registered.map_err(ConsoleError::Registration)
}

#[cfg(test)]
mod tests {
    use super::super::ticket::samples::good_until;
    use super::*;
    use crate::ceremony::scripts::{run, script};

    const ANSWER: &str = r#"{"response":{"attestationObject":"oA","clientDataJSON":"e30"}}"#;

    fn registered(
        folder: &Path,
        command: Option<&str>,
        ticket: &TicketFile,
    ) -> Option<Registration> {
        run(Kept::beside(&folder.join("ticket")).or_registered_with(command, ticket)).ok()
    }

    #[test]
    fn a_registration_is_made_once_and_over_the_ticket() {
        let (folder, ticket) = (tempfile::tempdir().unwrap(), good_until(u64::MAX));
        let challenge = crate::base64url::encode(ticket.challenge().as_ref());
        let body = format!("grep -q '\"challenge\":\"{challenge}\"' && echo '{ANSWER}'");
        let command = script(folder.path(), &body);
        let made = registered(folder.path(), Some(&command), &ticket).unwrap();
        assert_eq!(made.attestation_object, [0xa0]);
        for command in [None, Some("false")] {
            assert_eq!(registered(folder.path(), command, &good_until(0)), Some(made_again()));
        }
    }

    fn made_again() -> Registration {
        Registration::parse(ANSWER.as_bytes()).unwrap()
    }

    #[test]
    fn without_a_command_with_one_that_fails_and_after_its_time_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let good = script(folder.path(), &format!("echo '{ANSWER}'"));
        let cases = [
            (None, u64::MAX),
            (Some("false"), u64::MAX),
            (Some("true"), u64::MAX),
            (Some(&*good), 0),
        ];
        for (command, until) in cases {
            assert_eq!(registered(folder.path(), command, &good_until(until)), None);
            assert!(!folder.path().join("ticket.registration").exists(), "{command:?}");
        }
    }

    #[test]
    fn a_refusal_says_where_it_is_kept() {
        let kept = Kept::beside(Path::new("phone.ticket"));
        let why = kept.not_enrolled(Failure::Refused).to_string();
        assert!(why.contains("kept in phone.ticket.registration"), "{why}");
    }
}
