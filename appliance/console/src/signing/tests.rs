//! A `Sign` whose reply is lost, against a server that loses it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use countersign_client::{Identity, ServerPin, new_identity};
use countersign_protocol::reply::Signature;
use countersign_protocol::request::{self, Request};
use countersign_protocol::{Bounded, canonical};
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Connection, Endpoint};

use super::*;

const TRANSACTION: TransactionId = TransactionId([7; 32]);

/// What a server saw, in order.
type Seen = Arc<Mutex<Vec<&'static str>>>;

/// Closes the connection when it sees a `Sign`, and answers each `Fetch` with `fetched`.
fn forgetful_server(fetched: Vec<u8>) -> (Session, Seen) {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
    let pin = ServerPin::from_der(certificate.der().to_vec()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();
    tls.alpn_protocols = vec![request::ALPN.to_vec()];
    let crypto = Arc::new(QuicServerConfig::try_from(Arc::new(tls)).unwrap());
    let config = quinn::ServerConfig::with_crypto(crypto);
    let endpoint = Endpoint::server(config, SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let (address, seen) = (endpoint.local_addr().unwrap(), Seen::default());
    tokio::spawn(accept(endpoint, fetched, Arc::clone(&seen)));
    let own = new_identity("portal").unwrap();
    let identity = Identity::from_pem(&own.certificate_pem, &own.key_pem).unwrap();
    (Session::with(address, pin, identity), seen)
}

async fn accept(endpoint: Endpoint, fetched: Vec<u8>, seen: Seen) {
    while let Some(incoming) = endpoint.accept().await {
        let connection = incoming.await.unwrap();
        while let Ok(stream) = connection.accept_bi().await {
            serve(&connection, stream, &fetched, &seen).await;
        }
    }
}

async fn serve(
    connection: &Connection,
    (mut send, mut receive): (quinn::SendStream, quinn::RecvStream),
    fetched: &[u8],
    seen: &Seen,
) {
    let frame = receive.read_to_end(1_000_000).await.unwrap();
    match canonical::decode(&frame).unwrap() {
        Request::Sign(_) => {
            seen.lock().unwrap().push("sign");
            connection.close(0_u32.into(), b"");
        }
        Request::Fetch(Fetch { transaction }) => {
            assert_eq!(transaction, TRANSACTION);
            seen.lock().unwrap().push("fetch");
            send.write_all(fetched).await.unwrap();
        }
        _ => panic!("nobody asks for anything else here"),
    }
}

async fn sign_at(session: &Session) -> Result<Answered, ConsoleError> {
    let assertion = Assertion {
        device: 0,
        authenticator_data: Bounded::EMPTY,
        client_data: Bounded::EMPTY,
        signature: Bounded::EMPTY,
    };
    let mut room = [0; 64];
    let assertions = Sequence::from_values([&assertion], &mut room).unwrap();
    let request = Sign { transaction: TRANSACTION, activation: Bounded::EMPTY, assertions };
    let front_end = session.front_end().await.unwrap();
    sign_or_fetch(session, &front_end, &request).await
}

#[tokio::test]
async fn a_lost_reply_is_fetched_once_and_the_approval_never_sent_again() {
    let (bytes, mut room) = ([1; 64], [0; 128]);
    let one: Signature<'_> = Bounded::new(&bytes).unwrap();
    let signatures = Sequence::from_values([&one], &mut room).unwrap();
    let reply = Reply::Signed(Signed { signatures, receipt: Bounded::EMPTY, cosignatures: None });
    let (session, seen) = forgetful_server(minicbor::to_vec(reply).unwrap());
    let answered = sign_at(&session).await.unwrap();
    assert_eq!(answered.reply().unwrap(), reply);
    assert_eq!(*seen.lock().unwrap(), ["sign", "fetch"]);
}

#[tokio::test]
async fn without_signatures_the_outcome_stays_unknown() {
    let stale = minicbor::to_vec(Reply::Failed(Failure::Stale)).unwrap();
    let (session, seen) = forgetful_server(stale);
    let why = sign_at(&session).await.unwrap_err();
    let unknown = matches!(why, ConsoleError::Client(ClientError::OutcomeUnknown { .. }));
    assert!(unknown, "{why}");
    assert_eq!(*seen.lock().unwrap(), ["sign", "fetch"]);
}

#[test]
fn unavailable_after_sign_names_the_transaction() {
    let unavailable = ConsoleError::UnavailableAfterSign(TRANSACTION).to_string();
    assert!(unavailable.contains(&TRANSACTION.to_string()));
}
