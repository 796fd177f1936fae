//! How the registry is as a whole, and that it is made again.

use countersign_protocol::Digest;
use countersign_protocol::admin::{
    Answer, Order, Rebuild, RegistryAnswer, RegistryQuery, SlotFile,
};

const ROOT: Digest = Digest(*b"the root over all that decides. ");

pub fn order_registry() -> Order<'static> {
    Order::Registry(RegistryQuery { rebuild: false })
}

pub fn order_registry_rebuild() -> Order<'static> {
    Order::Registry(RegistryQuery { rebuild: true })
}

/// Before anything was written.
pub fn answer_registry() -> Answer<'static> {
    Answer::Registry(RegistryAnswer { root: ROOT, size: 12, file: None, rebuild: None, erased: 0 })
}

fn rebuilding(read: u64, root: Option<Digest>, why: Option<&'static str>) -> Answer<'static> {
    let file = Some(SlotFile { size: 10, bytes: 40_960, writes: 3 });
    let rebuild = Some(Rebuild { read, of: 12, root, why });
    Answer::Registry(RegistryAnswer { root: ROOT, size: 12, file, rebuild, erased: 1 })
}

pub fn answer_registry_rebuilding() -> Answer<'static> {
    rebuilding(7, None, None)
}

pub fn answer_registry_rebuilt() -> Answer<'static> {
    rebuilding(12, Some(ROOT), None)
}

pub fn answer_registry_not_rebuilt() -> Answer<'static> {
    rebuilding(12, None, Some("a signer was erased meanwhile; order it again"))
}
