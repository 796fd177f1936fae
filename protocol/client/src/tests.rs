//! This client against servers that are honest, or wrong in one thing.

mod server;

use std::time::Duration;

use countersign_protocol::assertion::Assertion;
use countersign_protocol::limits::ADMIN_FRAME_BYTES_MAX;
use countersign_protocol::reply::{Failure, Reply};
use countersign_protocol::request::{Fetch, Sign};
use countersign_protocol::{Bounded, Sequence, TransactionId, admin, request};
use rcgen::PublicKeyData as _;

use crate::{ClientError, FrontEnd, Identity, Officer, ServerPin, channel_of, new_identity};
use server::{Behaviour, Server};

const STALE: &[u8] = &[0x81, 17];
const TRANSACTION: TransactionId = TransactionId([7; 32]);

pub(crate) fn identity(name: &str) -> Identity {
    let made = new_identity(name).unwrap();
    Identity::from_pem(&made.certificate_pem, &made.key_pem).unwrap()
}

pub(crate) fn pin_of(identity: &Identity) -> ServerPin {
    ServerPin::from_der(identity.certificate().to_vec()).unwrap()
}

async fn front_end(server: &Server) -> FrontEnd {
    FrontEnd::connect(server.address, &server.pin(), &identity("portal")).await.unwrap()
}

#[tokio::test]
async fn an_honest_server_gets_the_frame_and_its_reply_comes_back() {
    let server = Server::start(Behaviour::Reply(STALE.to_vec()));
    let answered = front_end(&server).await.fetch(&Fetch { transaction: TRANSACTION }).await;
    assert_eq!(answered.unwrap().reply().unwrap(), Reply::Failed(Failure::Stale));
    assert_eq!(server.frames(), 1);
}

#[tokio::test]
async fn another_certificate_than_the_pinned_one_is_refused_before_anything_is_sent() {
    let server = Server::start(Behaviour::Reply(STALE.to_vec()));
    let (pin, own) = (pin_of(&identity("other")), identity("portal"));
    let refused = FrontEnd::connect(server.address, &pin, &own).await.unwrap_err();
    assert!(matches!(refused, ClientError::NotPinned), "{refused}");
    assert_eq!(server.frames(), 0);
}

#[tokio::test]
async fn a_server_that_does_not_speak_the_protocol_is_named_so() {
    let server = Server::speaking(&[request::ALPN], Behaviour::Reply(STALE.to_vec()));
    let refused = Officer::connect(server.address, &server.pin(), &identity("officer")).await;
    let refused = refused.unwrap_err();
    assert!(matches!(refused, ClientError::Alpn("countersign-admin/1")), "{refused}");
}

#[tokio::test]
async fn a_server_that_refuses_the_identity_is_named_so() {
    let server = Server::start(Behaviour::CloseAsRefused);
    let front_end = front_end(&server).await;
    let refused = front_end.request(STALE).await.unwrap_err();
    assert!(matches!(refused, ClientError::IdentityRefused), "{refused}");
}

#[tokio::test]
async fn an_alert_about_our_certificate_means_the_identity() {
    let server = Server::trusting_only(&identity("other"));
    let own = identity("portal");
    let refused = match FrontEnd::connect(server.address, &server.pin(), &own).await {
        Ok(front_end) => front_end.request(STALE).await.unwrap_err(),
        Err(refused) => refused,
    };
    assert!(matches!(refused, ClientError::IdentityRefused), "{refused}");
}

#[tokio::test]
async fn a_stream_reset_as_refused_means_the_identity() {
    let server = Server::start(Behaviour::ResetAsRefused);
    let officer = Officer::connect(server.address, &server.pin(), &identity("nobody")).await;
    let order = admin::Order::Status(admin::Status {});
    let refused = officer.unwrap().order(&order).await.unwrap_err();
    assert!(matches!(refused, ClientError::IdentityRefused), "{refused}");
}

#[tokio::test]
async fn a_reply_at_its_limit_is_read_and_one_byte_more_is_refused() {
    let limit = ADMIN_FRAME_BYTES_MAX;
    for (length, fits) in [(limit, true), (limit + 1, false)] {
        let server = Server::start(Behaviour::Reply(vec![0; length]));
        let own = identity("officer");
        let officer = Officer::connect(server.address, &server.pin(), &own).await.unwrap();
        let reply = officer.request(b"any").await;
        match reply {
            Ok(bytes) => assert!(fits && bytes.len() == length),
            Err(why) => assert!(!fits && matches!(why, ClientError::TooLong(_)), "{why}"),
        }
    }
}

#[tokio::test]
async fn a_reply_that_is_not_canonical_is_an_error() {
    let server = Server::start(Behaviour::Reply(vec![0x81, 0x18, 17]));
    let answered = front_end(&server).await.fetch(&Fetch { transaction: TRANSACTION }).await;
    let why = answered.unwrap().reply().unwrap_err();
    assert!(matches!(why, ClientError::NotCanonical), "{why}");
}

#[tokio::test]
async fn an_abandoned_request_arrives_and_holds_up_nothing() {
    let server = Server::start(Behaviour::Reply(STALE.to_vec()));
    let front_end = front_end(&server).await;
    for _ in 0..200 {
        let mut pending = front_end.begin(b"a frame").await.unwrap();
        pending.delivered().await.unwrap();
        pending.abandon();
    }
    assert_eq!(front_end.request(b"one more").await.unwrap(), STALE);
    assert_eq!(server.frames(), 201);
}

#[tokio::test]
async fn a_server_that_stops_the_frame_is_still_heard() {
    let server = Server::start(Behaviour::StopThenReply(STALE.to_vec()));
    let reply = front_end(&server).await.request(&vec![0; 500_000]).await;
    assert_eq!(reply.unwrap(), STALE);
}

#[tokio::test]
async fn a_sign_without_reply_has_an_unknown_outcome_and_names_its_transaction() {
    for behaviour in [Behaviour::CloseAsShutdown, Behaviour::Reply(vec![])] {
        let server = Server::start(behaviour);
        let why = sign(&front_end(&server).await).await;
        let is_it = matches!(
            why, ClientError::OutcomeUnknown { transaction, .. } if transaction == TRANSACTION
        );
        assert!(is_it, "{why}");
        assert!(why.to_string().contains(&TRANSACTION.to_string()), "{why}");
    }
}

async fn sign(front_end: &FrontEnd) -> ClientError {
    let assertion = Assertion {
        device: 0,
        authenticator_data: Bounded::EMPTY,
        client_data: Bounded::EMPTY,
        signature: Bounded::EMPTY,
    };
    let mut room = [0; 64];
    let assertions = Sequence::from_values([&assertion], &mut room).unwrap();
    let activation = Bounded::EMPTY;
    let request = Sign { transaction: TRANSACTION, activation, assertions };
    front_end.sign(&request).await.unwrap_err()
}

#[tokio::test]
async fn nothing_is_sent_early_and_no_session_is_resumed() {
    let server = Server::start(Behaviour::Reply(STALE.to_vec()));
    let own = identity("portal");
    let config = crate::settings::client(&server.pin(), &own, request::ALPN).unwrap();
    let endpoint = quinn::Endpoint::client(([127, 0, 0, 1], 0).into()).unwrap();
    for _ in 0..2 {
        let connecting = endpoint.connect_with(config.clone(), server.address, "a").unwrap();
        // The server offers tickets and early data: this client has no use for them.
        let connecting = connecting.into_0rtt().err().unwrap();
        let connection = connecting.await.unwrap();
        let (mut send, mut receive) = connection.open_bi().await.unwrap();
        send.finish().unwrap();
        receive.read_to_end(100).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn nobody_there_is_said_with_the_address() {
    let address = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    tokio::time::pause();
    let own = identity("portal");
    let why = FrontEnd::connect(address, &pin_of(&own), &own).await.unwrap_err();
    assert!(matches!(why, ClientError::Unreachable { .. }), "{why}");
    assert!(why.to_string().contains(&address.to_string()));
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let (one, other) = (new_identity("one").unwrap(), new_identity("other").unwrap());
    let why = Identity::from_pem(&one.certificate_pem, &other.key_pem).unwrap_err();
    assert!(matches!(why, ClientError::Identity(_)), "{why}");
}

#[test]
fn a_channel_is_the_hash_of_the_key_alone() {
    let key = rcgen::KeyPair::generate().unwrap();
    let der = |name: &str| {
        let parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        parameters.self_signed(&key).unwrap().der().to_vec()
    };
    let (one, renewed) = (der("one"), der("renewed"));
    assert_ne!(one, renewed);
    assert_eq!(channel_of(&one).unwrap(), channel_of(&renewed).unwrap());
    let hash =
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &key.subject_public_key_info());
    assert_eq!(channel_of(&one).unwrap().as_ref(), hash.as_ref());
    assert!(channel_of(b"no certificate").is_err());
}

#[test]
fn names_that_are_no_host_names_make_identities_too() {
    for name in ["Dr. Müller", "document-portal", "a b"] {
        identity(name);
    }
}
