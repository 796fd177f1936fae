//! How long it takes: by hand, on a machine that does nothing else.
//! `cargo test --release -p countersign-publisher --test publisher -- --ignored --nocapture`

use std::path::PathBuf;
use std::time::Instant;

use countersign_publisher::SystemDisk;
use countersign_tlog::tile::Tile;
use countersign_tlog::{TileHashes, TileNodes, Tiles, inclusion};

use crate::folder::files;
use crate::ledger::{House, Scribe, publish};

struct Folder(PathBuf);

impl Tiles for Folder {
    type Error = std::io::Error;

    fn tile(&self, tile: &Tile) -> std::io::Result<TileHashes> {
        let bytes = std::fs::read(self.0.join(tile.to_string()))?;
        Ok(bytes.chunks(32).map(|hash| hash.try_into().unwrap()).collect())
    }
}

#[test]
#[ignore = "takes a minute; prints figures"]
fn of_a_hundred_thousand_records() {
    const RECORDS: u64 = 100_000;
    let house = House::new(Scribe(7));
    house.commit(RECORDS);
    let begun = Instant::now();
    publish(&mut house.publisher(SystemDisk::new(house.public())));
    let published = begun.elapsed();
    let files = files(&house.public());
    let bytes: usize = files.values().map(Vec::len).sum();
    println!("{RECORDS} records published in {published:?}: {} files, {bytes} bytes", files.len());
    let (folder, begun) = (Folder(house.public()), Instant::now());
    const PROOFS: u64 = 2_000;
    for at in 0..PROOFS {
        let nodes = TileNodes::new(&folder, RECORDS);
        inclusion::prove(&nodes, at * 7_919 % RECORDS, RECORDS).unwrap();
    }
    println!("a proof from its tiles in {:?}", begun.elapsed() / u32::try_from(PROOFS).unwrap());
}
