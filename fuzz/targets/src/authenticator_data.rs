//! `countersign_fuzz::authenticator_data` under libFuzzer.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| countersign_fuzz::authenticator_data(data));
