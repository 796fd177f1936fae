//! `countersign_fuzz::log_text` under libFuzzer.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| countersign_fuzz::log_text(data));
