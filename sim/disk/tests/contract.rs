//! To its owner, the disk is as good as any.

use countersign_contract::storage;
use countersign_disk::Disk;

#[test]
fn the_disk_keeps_the_contract_of_a_medium() {
    let disk = Disk::holding(Vec::new());
    assert_eq!(storage(|| disk.clone()), [""; 0]);
}
