//! A front-end's frame, all the way: decoded, prepared or decided, and every trace of it looked at.
//!
//! The property. Whatever the bytes are: no panic; a frame that decodes is the one encoding of what it
//! says; a frame that does not is `malformed` at every door and leaves no trace; what is refused is on
//! record once, under a reason of that status; the token takes an order for the frames that bring an
//! approval and for no others; what is released was on record before; what is prepared says what was
//! asked.

use std::cell::OnceCell;

use countersign_core::port::Crypto;
use countersign_core::prepare::{CREDENTIALS_BYTES, Room, activation_bytes, prepare};
use countersign_core::{Reason, pipeline, recall};
use countersign_host::Host;
use countersign_protocol::activation::Activation;
use countersign_protocol::canonical;
use countersign_protocol::limits::{
    ACTIVATION_BYTES_MAX, ACTIVATION_HEADER_BYTES_MAX, LIFETIME_MS_MAX, LIFETIME_MS_MIN,
    PREPARE_FRAME_BYTES_MAX, PREPARED_REPLY_BYTES_MAX, SIGN_FRAME_BYTES_MAX,
};
use countersign_protocol::reply::{Failure, Prepared, Reply};
use countersign_protocol::request::{Prepare, Request};
use pollster::FutureExt as _;

use crate::house::{KEY, KEY_OF_TWO, PORTAL, Signatures, Traces};
use crate::session::{NONCE, NOW, SIGNATURE, Session};

/// What came of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It does not decode, or is past a limit.
    Malformed,
    /// An activation was made.
    Prepared,
    /// Refused, for this reason.
    Refused(Reason),
    /// It asks for a signing that is under way.
    UnderWay,
    /// The token took an order.
    Ordered,
    /// The reply of before was given again.
    Again,
}

thread_local! {
    static SESSION: OnceCell<Session<Host>> = const { OnceCell::new() };
}

/// A front-end's frame. See the module for the property.
pub fn frame(data: &[u8]) {
    SESSION.with(|session| session.get_or_init(|| Session::new(Host)).fate(data));
}

impl<C: Crypto + Send + Sync> Session<C> {
    /// Delivers a frame, checks the property, and puts everything back.
    ///
    /// # Panics
    /// When the property does not hold.
    pub fn fate(&self, frame: &[u8]) -> Fate {
        // The transport reads no more than this.
        if frame.len() > SIGN_FRAME_BYTES_MAX {
            return Fate::Malformed;
        }
        let fate = match canonical::decode::<Request<'_>>(frame) {
            Ok(request) => {
                let again = minicbor::to_vec(request).unwrap();
                assert_eq!(again, frame, "another encoding was accepted");
                match request {
                    // Of enrolment, which is the daemon's: no door of the core takes it.
                    Request::Enrol(_) | Request::Vouch(_) => self.undecodable(frame),
                    _ => self.decided(frame, &request),
                }
            }
            Err(_) => self.undecodable(frame),
        };
        assert_eq!(fate == Fate::Ordered, self.approved().iter().any(|f| f == frame), "an order");
        assert_eq!(fate == Fate::Again, self.again().iter().any(|f| f == frame), "a release");
        fate
    }

    fn undecodable(&self, frame: &[u8]) -> Fate {
        let live = self.house.state().transactions.len();
        for door in [Self::prepare_door, Self::sign_door, Self::fetch_door] {
            assert_eq!(door(self, frame), Err(Failure::Malformed));
        }
        assert_eq!(self.house.take_traces(), Traces::default(), "traces of no frame");
        assert_eq!(self.house.state().transactions.len(), live);
        Fate::Malformed
    }

    fn decided(&self, frame: &[u8], request: &Request<'_>) -> Fate {
        let (heard, wrong_door) = match request {
            Request::Prepare(asked) => (self.prepared(frame, asked), Self::sign_door(self, frame)),
            Request::Sign(_) => (self.sign_door(frame), self.fetch_door(frame)),
            Request::Fetch(_) | Request::Enrol(_) | Request::Vouch(_) | Request::Enrolments(_) => {
                (self.fetch_door(frame), self.prepare_door(frame))
            }
        };
        assert_eq!(wrong_door, Err(Failure::Malformed));
        let traces = self.house.take_traces();
        let fate = judged(heard, &traces);
        assert!(fate != Fate::Malformed || is_past_a_limit(frame, request), "it decodes");
        assert!(
            fate != Fate::UnderWay || matches!(request, Request::Fetch(_)),
            "only a Fetch asks"
        );
        if traces.orders > 0 || fate == Fate::Prepared {
            self.restore();
        }
        fate
    }

    /// Through the right door, and the reply is what the front-end can read.
    fn prepared(&self, frame: &[u8], asked: &Prepare<'_>) -> Result<Fate, Failure> {
        let mut room = (vec![0; activation_bytes(frame.len())], vec![0; CREDENTIALS_BYTES]);
        let room = Room { activation: &mut room.0, credentials: &mut room.1 };
        let made = prepare(&self.house, &PORTAL, frame, NOW, NONCE, room).block_on();
        says_what_was_asked(&made?, asked);
        Ok(Fate::Prepared)
    }

    fn prepare_door(&self, frame: &[u8]) -> Result<Fate, Failure> {
        let room = Room { activation: &mut [], credentials: &mut [] };
        let made = prepare(&self.house, &PORTAL, frame, NOW, NONCE, room).block_on();
        made.map(|_| Fate::Prepared)
    }

    fn sign_door(&self, frame: &[u8]) -> Result<Fate, Failure> {
        let tray = Signatures::default;
        let signed = pipeline::sign(&self.house, &PORTAL, frame, NOW, tray).block_on()?;
        Ok(released(signed.release().0))
    }

    fn fetch_door(&self, frame: &[u8]) -> Result<Fate, Failure> {
        let tray = Signatures::default();
        let fetched = recall::fetch(&self.house, &PORTAL, frame, NOW, tray).block_on()?;
        Ok(released(fetched.release().0))
    }
}

/// Whether this is a `Prepare` that decodes and is too long, or its activation would be.
fn is_past_a_limit(frame: &[u8], request: &Request<'_>) -> bool {
    const _: () = assert!(PREPARE_FRAME_BYTES_MAX >= ACTIVATION_BYTES_MAX);
    let activation = frame.len() + ACTIVATION_HEADER_BYTES_MAX;
    matches!(request, Request::Prepare(_)) && activation > ACTIVATION_BYTES_MAX
}

/// What was heard, with what was left behind.
fn judged(heard: Result<Fate, Failure>, traces: &Traces) -> Fate {
    match (heard, traces.orders, traces.refusals.as_slice()) {
        (Ok(fate), 0, []) => fate,
        // The token signs nothing here, and the approval is spent: that must be on record.
        (Err(Failure::Unavailable), 1, [Reason::TokenFailed]) => Fate::Ordered,
        (Err(Failure::Unavailable), 0, []) => Fate::UnderWay,
        (Err(Failure::Malformed), 0, []) => Fate::Malformed,
        (Err(status), 0, [reason]) => {
            assert_eq!(status, reason.class(), "the status of another reason than {reason}");
            assert!(!reason.is_after_reserve(), "{reason}, and nothing was reserved");
            Fate::Refused(*reason)
        }
        other => panic!("heard, orders and refusals do not go together: {other:?}"),
    }
}

/// Exactly what is on record is released.
fn released(tray: Signatures) -> Fate {
    assert_eq!(tray.0.len(), 5, "another number of signatures than on record");
    assert!(tray.0.iter().all(|signature| signature[..] == SIGNATURE), "another signature");
    Fate::Again
}

fn says_what_was_asked(made: &Prepared<'_>, asked: &Prepare<'_>) {
    assert!([KEY, KEY_OF_TWO].contains(&asked.key), "a key that is not granted");
    assert!((LIFETIME_MS_MIN..=LIFETIME_MS_MAX).contains(&asked.lifetime_ms));
    let activation: Activation<'_> = canonical::decode(made.activation.bytes()).unwrap();
    assert_eq!(activation.items, asked.items);
    assert_eq!(activation.transaction, NONCE);
    let said = (activation.key, activation.suite, activation.initiator);
    assert_eq!(said, (asked.key, asked.suite, asked.initiator));
    assert_eq!(activation.lifetime.lifetime_ms, asked.lifetime_ms);
    let reply = minicbor::to_vec(Reply::Prepared(*made)).unwrap();
    assert!(reply.len() <= PREPARED_REPLY_BYTES_MAX);
    assert_eq!(canonical::decode(&reply), Ok(Reply::Prepared(*made)));
}
