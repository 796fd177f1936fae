//! The broken twin: the same machine, and one thing from `alloc`. It must be refused.

#![no_std]
#![no_main]
#![no_builtins]

extern crate alloc;

#[path = "../machine.rs"]
mod machine;

pub(crate) fn run() -> u8 {
    let bytes = alloc::vec![0; core::hint::black_box(1)];
    bytes.first().copied().unwrap_or(1)
}
