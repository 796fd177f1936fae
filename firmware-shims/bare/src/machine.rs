//! What a bare x86-64 Linux process has in place of a chip's start-up code.
//!
//! Guarantees to the program above: a stack as the ABI wants it, an exit code, and the memory functions
//! that every compiler assumes. Firmware brings its own.

use core::arch::{asm, naked_asm};

/// Where the kernel jumps to.
///
/// # Safety
/// Only the kernel enters here.
// SAFETY: no other symbol of this name is linked: `build.rs` leaves the C start-up code out.
#[unsafe(no_mangle)]
// SAFETY: the kernel aligns the stack; the call leaves it as the ABI promises it to `main`, which never
// returns.
#[unsafe(naked)]
unsafe extern "C" fn _start() -> ! {
    naked_asm!("xor ebp, ebp", "call {main}", "ud2", main = sym main)
}

extern "C" fn main() -> ! {
    exit(crate::run())
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    exit(0xff)
}

fn exit(code: u8) -> ! {
    // SAFETY: system call 60 is `exit`: it takes a number and does not return.
    unsafe { asm!("syscall", in("eax") 60, in("edi") u32::from(code), options(noreturn, nostack)) }
}

/// C's `memcpy`.
///
/// # Safety
/// As C demands: `count` bytes at both places, which do not overlap.
// SAFETY: the symbol that the compiler calls, with its signature; nobody else defines it here.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    for at in 0..count {
        // SAFETY: `at` is below `count`, and the caller vouches for that many bytes at both places.
        unsafe { to.add(at).write(from.add(at).read()) };
    }
    to
}

/// C's `memmove`.
///
/// # Safety
/// As C demands: `count` bytes at both places.
// SAFETY: as for `memcpy`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    let backwards = from.addr() < to.addr();
    for step in 0..count {
        let at = if backwards { count - 1 - step } else { step };
        // SAFETY: `at` is below `count`; a byte that is still to be read is never written before.
        unsafe { to.add(at).write(from.add(at).read()) };
    }
    to
}

/// C's `memset`.
///
/// # Safety
/// As C demands: `count` bytes at `to`.
// SAFETY: as for `memcpy`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
    let [byte, ..] = value.to_le_bytes();
    for at in 0..count {
        // SAFETY: `at` is below `count`, and the caller vouches for that many bytes.
        unsafe { to.add(at).write(byte) };
    }
    to
}

/// C's `memcmp`.
///
/// # Safety
/// As C demands: `count` bytes at both places.
// SAFETY: as for `memcpy`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, count: usize) -> i32 {
    for at in 0..count {
        // SAFETY: `at` is below `count`, and the caller vouches for that many bytes at both places.
        let (one, other) = unsafe { (one.add(at).read(), other.add(at).read()) };
        if one != other {
            return i32::from(one) - i32::from(other);
        }
    }
    0
}

/// `memcmp`, where only equality is asked.
///
/// # Safety
/// As for `memcmp`.
// SAFETY: as for `memcpy`.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, count: usize) -> i32 {
    // SAFETY: the caller vouches for what `memcmp` demands.
    unsafe { memcmp(one, other, count) }
}
