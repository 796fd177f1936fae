//! The end of every refusal: on record, then a class for the front-end.

use crate::port::{Ledger, Platform};
use crate::refusal::{Class, Reason, Refusal};

/// Puts a refusal on record. What cannot be decoded is not recorded: nobody forces syncs with garbage.
pub(crate) async fn settle<P: Platform>(p: &P, refusal: &Refusal) -> Class {
    if refusal.reason == Reason::FrameMalformed {
        return Class::Malformed;
    }
    match p.ledger().refuse(refusal).await {
        Ok(()) => refusal.reason.class(),
        Err(_) => Class::Unavailable,
    }
}
