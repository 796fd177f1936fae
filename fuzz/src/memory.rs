//! How much memory the process has ever had, as the kernel counts it.
//!
//! Guarantees: the peak of address space (`VmPeak`) never goes down, and counts what was asked for
//! whether or not it was written to. So an allocation of what a length field claims shows, and to look
//! now and then is enough.
//!
//! It does not see what fits into what the process had before: it bounds growth. Other threads count.

use std::fs;

/// The peak at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    peak_bytes: u64,
}

impl Memory {
    /// The peak until now.
    ///
    /// # Panics
    /// Where `/proc/self/status` does not tell: a bound that is not measured is none.
    #[must_use]
    pub fn now() -> Self {
        Self { peak_bytes: field("VmPeak:") }
    }

    /// By how much the peak has risen since.
    #[must_use]
    pub fn grown_bytes(&self) -> u64 {
        Self::now().peak_bytes.saturating_sub(self.peak_bytes)
    }
}

/// The most that the process has ever had in RAM: for figures.
#[must_use]
pub fn resident_peak_bytes() -> u64 {
    field("VmHWM:")
}

/// A field of `/proc/self/status` (proc_pid_status(5)), which is in kB.
fn field(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kilobytes * 1024
}

#[cfg(test)]
mod tests {
    use super::Memory;

    #[test]
    fn what_is_asked_for_counts_also_when_it_is_given_back_unused() {
        let memory = Memory::now();
        let mut bytes: Vec<u8> = Vec::new();
        // More than other tests of this process take meanwhile, or have had before: each thread's allocator
        // reserves 128 MiB.
        bytes.try_reserve_exact(2 << 30).unwrap();
        drop(bytes);
        assert!(memory.grown_bytes() > 1 << 30);
    }
}
