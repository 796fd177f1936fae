//! `devices enrol`: a front-end's way, from a ticket to the words that a signer reads aloud.
//!
//! Guarantees to the signer: the new device registers over exactly this ticket; the words are those of the key
//! that the registering command gave, worked out here, whatever the appliance says; a device that vouches is
//! asked for this very key and ticket and nothing else. A registration is kept, whatever becomes of it: the same
//! command brings it again, and no second one is made.
//!
//! Does not guarantee that the registering command is honest: whoever can put another one in its place chooses
//! the key. That is why the signer reads the words from the screen on which the device was registered.

mod new_key;
mod registered;
mod ticket;
mod vouching;

use countersign_client::{Answered, ClientError, FrontEnd};
use countersign_protocol::Bounded;
use countersign_protocol::reply::{Enrolled, Reply};
use countersign_protocol::request::Enrol;
use serde_json::json;

use crate::arguments::{EnrolArguments, Server};
use crate::progress::waiting;
use crate::session::Session;
use crate::webauthn::Registration;
use crate::{ConsoleError, Report};
use new_key::NewKey;
use registered::Kept;
use ticket::TicketFile;

/// Enrols the device.
pub(crate) async fn enrol(server: &Server, asked: &EnrolArguments) -> Result<Report, ConsoleError> {
    let session = Session::new(server)?;
    let file = TicketFile::read(&asked.ticket)?;
    let front_end = session.front_end().await?;
    let done = register_and_bring(&session, &front_end, asked, &file).await;
    front_end.close().await;
    done
}

async fn register_and_bring(
    session: &Session,
    front_end: &FrontEnd,
    asked: &EnrolArguments,
    file: &TicketFile,
) -> Result<Report, ConsoleError> {
    let kept = Kept::beside(&asked.ticket);
    let registration = kept.or_registered_with(asked.register_with.as_deref(), file).await?;
    let new_key = NewKey::of(&registration).map_err(ConsoleError::Registration)?;
    let answered = bring(session, front_end, file, &registration).await?;
    let enrolled = enrolled(&answered, &kept)?;
    let next = match (enrolled.invitation, &asked.approve_with) {
        (None, _) => Next::Read,
        // An empty list would let any device answer.
        (Some(invitation), _) if invitation.credentials.iter().next().is_none() => Next::Nobody,
        (Some(_), None) => Next::Vouch,
        (Some(invitation), Some(command)) => {
            vouching::vouch(front_end, file, &new_key, &invitation, command).await?;
            Next::Read
        }
    };
    report(file, &new_key, next)
}

/// Once more on a new connection if the reply was lost: the same registration has the same reply.
async fn bring(
    session: &Session,
    front_end: &FrontEnd,
    file: &TicketFile,
    registration: &Registration,
) -> Result<Answered, ConsoleError> {
    let too_long = || ConsoleError::Registration("what the device gave is too long".into());
    let request = Enrol {
        ticket: file.ticket()?.id,
        attestation_object: Bounded::new(&registration.attestation_object).ok_or_else(too_long)?,
        client_data: Bounded::new(&registration.client_data).ok_or_else(too_long)?,
    };
    match waiting("the appliance enrols the device", front_end.enrol(&request)).await {
        Err(ClientError::Lost(_) | ClientError::TimedOut(_) | ClientError::NoAnswer) => {
            let another = session.front_end().await?;
            let answered = waiting("asking for the lost reply", another.enrol(&request)).await;
            another.close().await;
            Ok(answered?)
        }
        answered => Ok(answered?),
    }
}

fn enrolled<'a>(answered: &'a Answered, kept: &Kept) -> Result<Enrolled<'a>, ConsoleError> {
    match answered.reply()? {
        Reply::Enrolled(enrolled) => Ok(enrolled),
        Reply::Failed(failure) => Err(kept.not_enrolled(failure)),
        Reply::Prepared(_) | Reply::Signed(_) | Reply::Enrolments(_) => {
            Err(ConsoleError::Unexpected)
        }
    }
}

/// What is to be done next.
#[derive(Clone, Copy)]
enum Next {
    /// The signer reads the words.
    Read,
    /// Another device of the signer vouches.
    Vouch,
    /// The same, but there is none that may.
    Nobody,
}

impl Next {
    fn text(self, device: &str) -> String {
        let read = format!(
            "Read these words to your officer, who knows your voice or your face, from this screen and no \
             other.\nThe officer types them: countersign devices confirm {device} --words \"...\""
        );
        match self {
            Self::Read => read,
            Self::Vouch => format!(
                "It waits for a device that you have already: give the same command again, with \
                 --approve-with.\nAfter that: {read}"
            ),
            Self::Nobody => "It waits for another device of yours, and none may approve now: ask your \
                 officer to activate one (countersign devices activate), or, if you have none any more, \
                 to say so (countersign devices lost)."
                .into(),
        }
    }

    const fn awaits(self) -> &'static str {
        match self {
            Self::Read => "confirmation",
            Self::Vouch | Self::Nobody => "vouch",
        }
    }
}

fn report(file: &TicketFile, new_key: &NewKey, next: Next) -> Result<Report, ConsoleError> {
    let ticket = file.ticket()?;
    let (device, words) = (ticket.device.as_str(), new_key.fingerprint().to_string());
    let to_do = next.text(device);
    let text = format!(
        "device {device} is enrolled. It approves nothing before an officer has confirmed its words:\n\n    \
         {words}\n\n{to_do}"
    );
    let json = json!({
        "device": device,
        "ticket": ticket.id.to_string(),
        "awaits": next.awaits(),
        "words": words,
    });
    Ok(Report::new(text, json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_next_is_said() {
        assert!(Next::Read.text("phone").contains("countersign devices confirm phone"));
        assert!(Next::Vouch.text("phone").contains("--approve-with"));
        assert!(Next::Nobody.text("phone").contains("devices lost"));
    }
}
