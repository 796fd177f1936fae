//! A ticket as a file: one line of base64url.

use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use countersign_protocol::ticket::Ticket;
use countersign_protocol::{canonical, tag};

use crate::utc::Utc;
use crate::{ConsoleError, base64url};

/// The bytes of a ticket, which are one.
#[derive(Debug)]
pub(super) struct TicketFile {
    bytes: Vec<u8>,
}

impl TicketFile {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> Result<Self, ConsoleError> {
        let text = std::fs::read(path).map_err(ConsoleError::file("read", path))?;
        let failed = |why: String| ConsoleError::Ticket { path: path.to_owned(), why };
        let text = String::from_utf8(text).map_err(|_| failed("it is no text".into()))?;
        let bytes = base64url::decode(text.trim_ascii()).map_err(failed)?;
        let read = canonical::decode::<Ticket<'_>>(&bytes).map(drop);
        read.map_err(|_| failed("its bytes are those of something else".into()))?;
        Ok(Self { bytes })
    }

    /// What it says.
    pub(super) fn ticket(&self) -> Result<Ticket<'_>, ConsoleError> {
        canonical::decode(&self.bytes).map_err(|_| ConsoleError::Unexpected)
    }

    /// Whether it is good at this time, as far as this machine's clock can be trusted.
    pub(super) fn is_good_at(&self, now: Utc) -> Result<(), ConsoleError> {
        let until = Utc(self.ticket()?.not_after_ms);
        if now <= until { Ok(()) } else { Err(ConsoleError::Expired(until)) }
    }

    /// What the new device registers over.
    pub(super) fn challenge(&self) -> impl AsRef<[u8]> {
        let mut context = Context::new(&SHA256);
        context.update(tag::ENROLMENT);
        context.update(&self.bytes);
        context.finish()
    }
}

/// Tickets for tests.
#[cfg(test)]
pub(super) mod samples {
    use countersign_protocol::activation::Version;
    use countersign_protocol::change::Profile;
    use countersign_protocol::ticket::Assurance;
    use countersign_protocol::{
        ApplianceId, Name, Origin, Sequence, SignerId, TenantId, TicketId, minicbor,
    };

    use super::{Ticket, TicketFile};

    /// A ticket that is good until this time.
    pub(crate) fn good_until(not_after_ms: u64) -> TicketFile {
        let ticket = Ticket {
            version: Version::V1,
            appliance: ApplianceId([1; 16]),
            tenant: TenantId(1),
            id: TicketId([2; 32]),
            signer: SignerId(3),
            device: Name::new("phone").unwrap(),
            keys: Sequence::EMPTY,
            rp_id: Origin::new("sign.example").unwrap(),
            profile: Profile::Development,
            assurance: Assurance::Any,
            not_after_ms,
        };
        TicketFile { bytes: minicbor::to_vec(ticket).unwrap() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(text: &str) -> Result<TicketFile, ConsoleError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ticket");
        std::fs::write(&path, text).unwrap();
        TicketFile::read(&path)
    }

    #[test]
    fn a_line_is_a_ticket() {
        let good = samples::good_until(5);
        let line = base64url::encode(&good.bytes);
        for text in [&line, &format!("{line}\n")] {
            assert_eq!(read_back(text).unwrap().ticket().unwrap(), good.ticket().unwrap());
        }
        for text in ["", "ticket", &line[..line.len() - 4], &format!("{line}{line}")] {
            assert!(matches!(read_back(text), Err(ConsoleError::Ticket { .. })), "{text}");
        }
    }

    #[test]
    fn a_ticket_is_good_until_its_time_and_no_longer() {
        let ticket = samples::good_until(5);
        assert!(ticket.is_good_at(Utc(5)).is_ok());
        let why = ticket.is_good_at(Utc(6)).unwrap_err().to_string();
        assert!(why.contains("good until 1970-01-01 00:00:00 UTC"), "{why}");
    }
}
