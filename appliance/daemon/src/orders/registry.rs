//! How the registry is, and the order to make it from the ledger again.

use countersign_core::port::Guarded as _;
use countersign_protocol::admin::{Answer, Rebuild, RegistryAnswer, RegistryQuery};

use super::OrderError;
use crate::appliance::Appliance;
use crate::contents::encode;
use crate::ground::Ground;

pub(super) fn answer<G: Ground>(
    appliance: &Appliance<G>,
    order: &RegistryQuery,
) -> Result<Vec<u8>, OrderError> {
    let books = &appliance.books;
    if order.rebuild {
        books.ask_for_rebuild();
    }
    let (root, size, erased) =
        books.with(|state| (state.registry.root(), books.ledger().next(), state.registry.erased()));
    let progress = books.rebuilding().progress();
    let rebuild = progress.as_ref().map(|progress| {
        let outcome = progress.outcome.as_ref();
        let root = outcome.and_then(|outcome| outcome.as_ref().ok().copied());
        let why = outcome.and_then(|outcome| outcome.as_ref().err().map(String::as_str));
        Rebuild { read: progress.read, of: progress.of, root, why }
    });
    let file = books.shelf().file_state();
    Ok(encode(&Answer::Registry(RegistryAnswer { root, size, file, rebuild, erased })))
}
