//! What a program asks of the valgrind that it runs under (its manual, 3.1: the client request mechanism).
//!
//! Guarantees: without valgrind a request does nothing, and its result is 0. It is one instruction sequence,
//! which is part of valgrind's stable interface: no headers, no C and no library are needed to build it.
//!
//! Does not guarantee: anything on another machine than x86-64. There, nothing is measured.

use std::ffi::CStr;

/// Requests of the core; those of a tool begin with two letters of its name.
const RUNNING_ON_VALGRIND: usize = 0x1001;
const COUNT_ERRORS: usize = 0x1201;
const CALLGRIND: usize = (b'C' as usize) << 24 | (b'T' as usize) << 16;
const ZERO_STATS: usize = CALLGRIND + 1;
const DUMP_STATS_AT: usize = CALLGRIND + 3;
const START_INSTRUMENTATION: usize = CALLGRIND + 4;
const STOP_INSTRUMENTATION: usize = CALLGRIND + 5;
const MEMCHECK: usize = (b'M' as usize) << 24 | (b'C' as usize) << 16;
const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;
const SET_VBITS: usize = MEMCHECK + 9;

/// Whether this process runs under valgrind.
pub fn is_watching() -> bool {
    request(RUNNING_ON_VALGRIND, [0; 3]) != 0
}

/// Begins to count instructions.
pub fn begin_counting() {
    request(START_INSTRUMENTATION, [0; 3]);
}

/// Ends it.
pub fn end_counting() {
    request(STOP_INSTRUMENTATION, [0; 3]);
}

/// Forgets what was counted.
pub fn zero_counts() {
    request(ZERO_STATS, [0; 3]);
}

/// Writes what was counted since, under this name.
pub fn dump_counts(name: &CStr) {
    request(DUMP_STATS_AT, [name.as_ptr().addr(), 0, 0]);
}

/// How often memcheck has complained until now.
pub fn errors() -> usize {
    request(COUNT_ERRORS, [0; 3])
}

/// Makes the bits of `value` that are set in `secret` undefined to memcheck: it complains where a branch or
/// an address depends on them.
///
/// By bits, because what tells `None` from `Some` may be a value of the same byte that no `T` has.
pub fn hide<T: Copy>(value: &mut T, secret: u8) {
    let bits = vec![secret; size_of::<T>()];
    let place = std::ptr::from_mut(value).addr();
    request(SET_VBITS, [place, bits.as_ptr().addr(), bits.len()]);
}

/// Makes all of `value` defined again.
pub fn reveal<T: Copy>(mut value: T) -> T {
    request(MAKE_MEM_DEFINED, [std::ptr::from_mut(&mut value).addr(), size_of::<T>(), 0]);
    std::hint::black_box(value)
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "valgrind is asked by an instruction sequence")]
fn request(code: usize, arguments: [usize; 3]) -> usize {
    let [first, second, third] = arguments;
    let block = [code, first, second, third, 0, 0];
    let mut result = 0;
    // SAFETY: the rotations add up to two full turns of rdi, and rbx is exchanged with itself, so the processor
    // changes nothing but flags. Valgrind reads the block, which outlives the request, and writes rdx; of the
    // memory that the arguments name it reads and writes as much as the caller has borrowed or owns.
    unsafe {
        std::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") block.as_ptr(),
            inout("rdx") result,
        );
    }
    result
}

#[cfg(not(target_arch = "x86_64"))]
fn request(_: usize, _: [usize; 3]) -> usize {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_valgrind_nothing_happens() {
        let mut value = 7_u32;
        hide(&mut value, 0xff);
        zero_counts();
        assert_eq!((reveal(value), errors(), is_watching()), (7, 0, false));
    }
}
