//! A front-end that shares no code with us, in another language: it signs, and is refused as it must be.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod client;

use countersign_core::Reason;
use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto};
use countersign_tests::case::Case;
use countersign_tests::engine::{Engine, Kind};

use client::{Ended, Python};

/// A daemon, everybody registered, and nobody who has asked yet.
macro_rules! python_tests {
    ($($name:ident($case:ident, $python:ident) $steps:block)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            let engine = Engine::start(Kind::Daemon).await;
            #[allow(unused_mut, reason = "not every test has somebody approve")]
            let mut $case = Case::begin(&engine).await;
            let $python = Python::of(&$case).await;
            $steps
        })*
    };
}

python_tests! {
    a_python_front_end_signs(case, python) {
        let python = python.by(&case.people.front_end);
        let ended = python.signs(&mut case.people.alice);
        let Ended::Signed(signatures) = ended else { panic!("{ended:?}") };
        assert_eq!(signatures.len(), 2);
        for (signature, digest) in signatures.iter().zip(python.digests()) {
            let key = &case.people.key.public_key;
            assert!(bool::from(Host.verify(Algorithm::EcdsaP256, key, &digest, signature)));
        }
    }

    without_a_certificate_there_is_no_connection(case, python) {
        let ended = python.signs(&mut case.people.alice);
        assert_eq!(ended, Ended::Failed(4, "no reply: a client certificate is required".into()));
    }

    a_strangers_certificate_is_refused_on_record(case, python) {
        let stranger = case.people.stranger.clone();
        let ended = python.by(&stranger).signs(&mut case.people.alice);
        assert_eq!(ended, Ended::Failed(3, "the appliance says: refused".into()));
        let reasons = case.engine.house.refusals(&stranger.channel);
        assert_eq!(reasons, [Reason::FrontEndUnknown.number()]);
    }

    another_protocol_is_not_spoken(case, python) {
        let python = python.by(&case.people.front_end).speaking("countersign/2");
        let ended = python.signs(&mut case.people.alice);
        let why = "no reply: the appliance does not speak this protocol";
        assert_eq!(ended, Ended::Failed(4, why.into()));
    }

    early_data_is_not_looked_at(case, python) {
        let records = case.engine.house.records().len();
        let said = python.by(&case.people.front_end).runs("zero_rtt.py");
        assert_eq!(said, "early data refused\n");
        assert_eq!(case.engine.house.records().len(), records, "nothing was refused on record");
    }
}
