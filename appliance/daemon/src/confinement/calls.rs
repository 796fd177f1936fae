//! What the process never asks of the kernel (seccomp): other programs, other processes, and the machine.
//!
//! What is listed is refused with EPERM, and all else allowed: a token's module is a vendor's, and nobody knows
//! what it calls. The service's unit names what services call at all.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, apply_filter,
};

use super::Unconfined;

/// Refused whatever the arguments.
const REFUSED: &[libc::c_long] = &[
    // Other programs, and other processes' memory and files.
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_personality,
    // The kernel's large surfaces that nothing here uses.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_memfd_create,
    // Namespaces, file systems, and files by other ways than their paths.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_mount_setattr,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_quotactl,
    libc::SYS_acct,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    // The machine and its clock.
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_syslog,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    // Privileges.
    libc::SYS_capset,
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setreuid,
    libc::SYS_setregid,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setgroups,
];

/// As [`REFUSED`], of this architecture alone: older ways to the same.
#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[libc::c_long] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS_kexec_file_load,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[libc::c_long] = &[];

/// Kinds of sockets that it has.
const FAMILIES: [libc::c_int; 3] = [libc::AF_INET, libc::AF_INET6, libc::AF_UNIX];

/// Confines this thread and those that it makes.
pub(super) fn confine() -> Result<(), Unconfined> {
    let refused = Unconfined::refused("confine its system calls");
    // clone3(2) has its flags in memory, where no filter can look. "Not there" is what makes the C library use clone(2).
    let unseen = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    for (rules, errno) in
        [(rules().map_err(|why| refused(&why))?, libc::EPERM), (unseen, libc::ENOSYS)]
    {
        let program = program(rules, errno).map_err(|why| refused(&why))?;
        apply_filter(&program).map_err(|why| refused(&why))?;
    }
    Ok(())
}

fn program(rules: BTreeMap<i64, Vec<SeccompRule>>, errno: i32) -> Result<BpfProgram, BackendError> {
    let refuse = SeccompAction::Errno(errno.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::Allow, refuse, architecture)?.try_into()
}

/// A call without a rule of its own is refused whatever its arguments.
fn rules() -> Result<BTreeMap<i64, Vec<SeccompRule>>, BackendError> {
    let mut rules: BTreeMap<_, _> =
        REFUSED.iter().chain(REFUSED_HERE).map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![process()?])?]);
    rules.insert(libc::SYS_socket, vec![SeccompRule::new(other_families()?)?]);
    Ok(rules)
}

/// Flags without CLONE_THREAD: a process.
fn process() -> Result<SeccompCondition, BackendError> {
    let thread = libc::CLONE_THREAD.unsigned_abs().into();
    SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(thread), 0)
}

fn other_families() -> Result<Vec<SeccompCondition>, BackendError> {
    let other = |family: libc::c_int| {
        let family = family.unsigned_abs().into();
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, family)
    };
    FAMILIES.into_iter().map(other).collect()
}
