//! Links without the C library, its start-up code and an unwinder: what is missing then must be in us.

fn main() {
    let arguments = ["-nostdlib", "-nostartfiles", "-static", "-no-pie"];
    for argument in arguments {
        println!("cargo::rustc-link-arg={argument}");
    }
    // The compiled `core` names it, but a program that aborts on panic never calls it.
    println!("cargo::rustc-link-arg=-Wl,--defsym=rust_eh_personality=0");
}
