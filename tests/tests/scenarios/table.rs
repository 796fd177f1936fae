//! How a row becomes a test on every engine.

/// Rows of scenarios: `name(case) { steps }`, each a test on every engine.
macro_rules! scenarios {
    ($($(#[$doc:meta])* $name:ident($case:ident) $steps:block)*) => {
        static ENGINES: crate::Engines = crate::Engines::new();

        $($(#[$doc])* mod $name {
            #[allow(unused_imports, reason = "not every row needs every word of the language")]
            use super::*;
            use countersign_tests::case::Case;
            use countersign_tests::engine::{Engine, Kind};

            async fn run(engine: &Engine) {
                #[allow(unused_mut, reason = "not every row changes its case")]
                let mut $case = Case::begin(engine).await;
                $steps
            }

            #[test]
            fn core() {
                let engine = ENGINES.of(Kind::Core);
                crate::runtime().block_on(run(engine));
            }

            #[test]
            fn daemon() {
                let engine = ENGINES.of(Kind::Daemon);
                crate::runtime().block_on(run(engine));
            }

            #[test]
            fn daemon_on_softhsm() {
                let engine = ENGINES.of(Kind::DaemonOnSoftHsm);
                crate::runtime().block_on(run(engine));
            }
        })*
    };
}
pub(crate) use scenarios;

/// A story that needs an engine of its own, `run(kind)`, as a test on every engine.
macro_rules! on_every_engine {
    () => {
        #[test]
        fn core() {
            crate::runtime().block_on(run(Kind::Core));
        }

        #[test]
        fn daemon() {
            crate::runtime().block_on(run(Kind::Daemon));
        }

        #[test]
        fn daemon_on_softhsm() {
            crate::runtime().block_on(run(Kind::DaemonOnSoftHsm));
        }
    };
}
pub(crate) use on_every_engine;
