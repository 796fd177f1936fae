//! `countersign_fuzz::frame` under libFuzzer, whose mutants know CBOR half of the time.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| countersign_fuzz::frame(data));
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed.is_multiple_of(2) {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    countersign_fuzz::mutate_in_place(data, size, max_size, seed)
});
