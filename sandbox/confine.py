"""First of the seven parts of the program that runs inside the sandbox: confine, calls, answers, guest, processes, meters,
judge, joined and run as one text.

What binds the untrusted process: its own file tree, resource limits, no privileges; `calls` holds the system calls that it
may make. Nothing here knows about Python programs or verdicts.
"""
import sys

sys.path[:] = [folder for folder in sys.path if folder]  # import nothing from the working directory

import ctypes
import os
import resource
import signal
import struct

libc = ctypes.CDLL(None, use_errno=True)

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1, 2, 4, 8, 32, 4096, 16384, 1 << 18,
)
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
DEVICES = ("null", "zero", "full", "random", "urandom")
SIGNALS = range(1, signal.NSIG)
TEMPORARY = ("/tmp", "/dev/shm")  # writable, in memory; POSIX semaphores of `multiprocessing` lie in the second
# A folder that exists everywhere and that the new tree does not need; covered in our own mount namespace only.
NEW_ROOT = "/sys"


def checked(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, what + ": " + os.strerror(number))


def mount(source, target, kind, flags, options=""):
    code = libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    checked(code, "mount " + target)


def enter_new_tree(readable, limits):
    """A tree of the folders in `readable`, five devices and /proc, all read-only, and empty writable /tmp and /dev/shm."""
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    mount("tmpfs", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    for path in [*readable, *("/dev/" + name for name in DEVICES)]:
        bind(path)
    for name in ("/proc", *TEMPORARY):
        os.mkdir(NEW_ROOT + name)
    mount("proc", NEW_ROOT + "/proc", "proc", MS_NOSUID | MS_NODEV)
    mount_temporary(NEW_ROOT, limits)
    for target, options in mounts_below(NEW_ROOT):
        if target not in [NEW_ROOT + name for name in ("/proc", *TEMPORARY)]:
            mount("none", target, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | kept_flags(options))
    os.chdir(NEW_ROOT)
    checked(libc.pivot_root(b".", b"."), "pivot_root")
    checked(libc.umount2(b".", MNT_DETACH), "umount2")
    os.chdir("/tmp")


def mount_temporary(root, limits):
    """Empty folders in memory that hold so many bytes and files, and no more."""
    for name in TEMPORARY:
        options = "size=%d,nr_inodes=%d,mode=1777" % (limits["tmpBytes"], limits["files"])
        mount("tmpfs", root + name, "tmpfs", MS_NOSUID | MS_NODEV, options)


def limit_files(limits):
    """In a tree that somebody else has built, whose temporary folders may hold any number of files. Where mounting is not
    allowed (a bubblewrap that is setuid or confined by AppArmor), the judge counts them."""
    try:
        mount_temporary("", limits)
    except OSError as error:
        if error.errno not in (1, 13):
            raise
    os.chdir("/tmp")


def bind(path):
    target = NEW_ROOT + path
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    mount(path, target, "", MS_BIND | MS_REC)


def mounts_below(folder):
    """Mount points and options of the last mount on `folder` and all mounts on top of it; not of what it covers."""
    tops = set()
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        mounts = [line.split(" ") for line in lines]
    for number, parent, _device, _root, target, options, *_rest in mounts:
        target = target.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
        if target == folder:
            tops = {number}
            found = [(target, options.split(","))]
        elif parent in tops:
            tops.add(number)
            found.append((target, options.split(",")))
    return found


def kept_flags(options):
    """Flags that a user namespace may not clear."""
    known = {"nosuid": MS_NOSUID, "nodev": MS_NODEV, "noexec": MS_NOEXEC}
    return sum(known.get(option, 0) for option in set(options) - {"nosuid"})


def be_unreachable():
    """No other process of this user may read or trace this one, through /proc or otherwise, or interrupt it: the first
    process of a namespace gets from inside only signals that it handles, and elsewhere an ignored one does nothing."""
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    for number in set(SIGNALS) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass  # two belong to the C library


def be_reachable():
    """The opposite, for the untrusted process: signals do what they do in any Python, and the judge may count its memory."""
    for number in set(SIGNALS) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE}:
        try:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        except (OSError, ValueError):
            pass
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def limit_resources(limits):
    megabyte = 1 << 20
    bounds = (
        (resource.RLIMIT_CPU, int(limits["cpuMs"] / 1000) + 2),  # the judge stops it earlier, to the millisecond
        (resource.RLIMIT_AS, limits["memoryBytes"]),
        (resource.RLIMIT_FSIZE, limits["fileBytes"]),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_STACK, 8 * megabyte),
    )
    for name, value in bounds:
        lower_limit(name, value)


def limit_processes(most, companions):
    """Counts all processes and threads of the user in this user namespace; `companions` are not of the program."""
    lower_limit(resource.RLIMIT_NPROC, most + companions)


def lower_limit(name, value):
    _soft, hard = resource.getrlimit(name)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(name, (bound, bound))


def drop_privileges(uid):
    """To another user where `uid` is given (only root can), without capabilities, and no way to get any back."""
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = struct.pack("=Ii", 0x20080522, 0)
    checked(libc.capset(header, bytes(24)), "capset")
