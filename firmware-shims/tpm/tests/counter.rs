//! A counter, in a TPM that nobody here wrote.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

use std::io::{Read, Write};
use std::net::TcpStream;

use countersign_tpm::{Counter, Place, TpmFault};
use countersign_tpm_fixture::Swtpm;

const INDEX: u32 = 0x0150_0017;

fn counter(tpm: &Swtpm, index: u32) -> Counter {
    Counter::new(Place::Socket(tpm.address()), index)
}

#[test]
fn it_counts_up_and_what_was_counted_stays() {
    let tpm = Swtpm::start();
    let one = counter(&tpm, INDEX);
    assert_eq!(one.read(), Ok(None));
    let first = one.increment().unwrap();
    assert_eq!(one.increment(), Ok(first + 1));
    let again = counter(&tpm, INDEX);
    assert_eq!(again.read(), Ok(Some(first + 1)));
    assert_eq!(again.increment(), Ok(first + 2));
}

/// `TPM2_NV_UndefineSpace` by the owner (TPM 2.0 Library, Part 3, 31.4), whose authorization is empty.
fn undefine(tpm: &Swtpm, index: u32) {
    let head: &[u8] = &[0x80, 2, 0, 0, 0, 31, 0, 0, 1, 0x22, 0x40, 0, 0, 1];
    let password = [0, 0, 0, 9, 0x40, 0, 0, 9, 0, 0, 0, 0, 0];
    let command = [head, &index.to_be_bytes(), &password].concat();
    let mut stream = TcpStream::connect(tpm.address()).unwrap();
    stream.write_all(&command).unwrap();
    let mut answer = [0; 10];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer[6..], [0; 4], "the TPM undefines it");
}

#[test]
fn whoever_owns_the_tpm_cannot_count_down_by_making_it_again() {
    let tpm = Swtpm::start();
    let one = counter(&tpm, INDEX);
    let last = (0..3).map(|_| one.increment().unwrap()).last().unwrap();
    undefine(&tpm, INDEX);
    assert_eq!(one.read(), Ok(None));
    assert!(one.increment().unwrap() > last);
}

#[test]
fn an_index_that_cannot_be_is_refused() {
    let tpm = Swtpm::start();
    // No NV index at all.
    let none = counter(&tpm, 0x0250_0000);
    assert!(matches!(none.read(), Err(TpmFault::Code(_))), "{:?}", none.read());
    assert!(matches!(none.increment(), Err(TpmFault::Code(_))));
}

#[test]
fn a_tpm_that_is_not_there_is_said() {
    let address = {
        let tpm = Swtpm::start();
        tpm.address()
    };
    let gone = Counter::new(Place::Socket(address), INDEX);
    assert!(matches!(gone.read(), Err(TpmFault::Io { task: "reach", .. })), "{:?}", gone.read());
    let gone = Counter::new(Place::Device("/dev/tpm-that-is-not-there".into()), INDEX);
    assert!(matches!(gone.increment(), Err(TpmFault::Io { task: "open", code: 2 })));
}
