"""Second part: the system calls that the untrusted process may make. All others are refused as if the kernel did not have
them, so that libraries fall back; what comes with newer kernels is refused as well.

Only on machines whose numbers are known here; elsewhere nothing changes, and the namespaces hold alone.
"""
# name:number on x86_64:number on aarch64
FREE = """
read:0:63 write:1:64 open:2: close:3:57 lseek:8:62 pread64:17:67 pwrite64:18:68 readv:19:65 writev:20:66 preadv:295:69
pwritev:296:70 preadv2:327:286 pwritev2:328:287 creat:85: openat:257:56 openat2:437:437 dup:32:23 dup2:33: dup3:292:24
pipe:22: pipe2:293:59 sendfile:40:71 copy_file_range:326:285 readahead:187:213 fadvise64:221:223 fallocate:285:47
truncate:76:45 ftruncate:77:46 flock:73:32 fsync:74:82 fdatasync:75:83 sync_file_range:277:84 close_range:436:436
stat:4: fstat:5:80 lstat:6: newfstatat:262:79 statx:332:291 statfs:137:43 fstatfs:138:44 access:21: faccessat:269:48
faccessat2:439:439 getdents:78: getdents64:217:61 getcwd:79:17 chdir:80:49 fchdir:81:50 rename:82: renameat:264:38
renameat2:316:276 mkdir:83: mkdirat:258:34 rmdir:84: link:86: linkat:265:37 unlink:87: unlinkat:263:35 symlink:88:
symlinkat:266:36 readlink:89: readlinkat:267:78 chmod:90: fchmod:91:52 fchmodat:268:53 chown:92: fchown:93:55
lchown:94: fchownat:260:54 umask:95:166 utime:132: utimes:235: futimesat:261: utimensat:280:88 mknod:133:
mknodat:259:33 getxattr:191:8 lgetxattr:192:9 fgetxattr:193:10 listxattr:194:11 llistxattr:195:12 flistxattr:196:13
poll:7: ppoll:271:73 select:23: pselect6:270:72 epoll_create:213: epoll_create1:291:20 epoll_wait:232:
epoll_pwait:281:22 epoll_pwait2:441:441 epoll_ctl:233:21 eventfd:284: eventfd2:290:19 signalfd:282: signalfd4:289:74
timerfd_create:283:85 timerfd_settime:286:86 timerfd_gettime:287:87 pause:34: nanosleep:35:101 clock_nanosleep:230:115
getitimer:36:102 setitimer:38:103 alarm:37: timer_create:222:107 timer_settime:223:110 timer_gettime:224:108
timer_getoverrun:225:109 timer_delete:226:111
sendto:44:206 recvfrom:45:207 sendmsg:46:211 recvmsg:47:212 shutdown:48:210 getsockname:51:204 getpeername:52:205
getsockopt:55:209
mmap:9:222 mprotect:10:226 munmap:11:215 brk:12:214 mremap:25:216 msync:26:227 mincore:27:232 madvise:28:233
mlock:149:228 munlock:150:229 mlockall:151:230 munlockall:152:231 membarrier:324:283
fork:57: vfork:58: execve:59:221 execveat:322:281 exit:60:93 exit_group:231:94 wait4:61:260 waitid:247:95
getpid:39:172 getppid:110:173 gettid:186:178 getpgrp:111: getpgid:121:155 setpgid:109:154 getsid:124:156
setsid:112:157 futex:202:98 set_robust_list:273:99 get_robust_list:274:100 set_tid_address:218:96 rseq:334:293
restart_syscall:219:128 arch_prctl:158: sched_yield:24:124 sched_getparam:143:121 sched_getscheduler:145:120
sched_getaffinity:204:123 sched_getattr:315:275 sched_get_priority_max:146:125 sched_get_priority_min:147:126
sched_rr_get_interval:148:127 getpriority:140:141 getcpu:309:168 getrlimit:97:163 setrlimit:160:164 getrusage:98:165
times:100:153
uname:63:160 sysinfo:99:179 getuid:102:174 getgid:104:176 geteuid:107:175 getegid:108:177 getgroups:115:158
getresuid:118:148 getresgid:120:150 capget:125:90
rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139 rt_sigpending:127:136 rt_sigtimedwait:128:137
rt_sigsuspend:130:133 sigaltstack:131:132
gettimeofday:96:169 time:201: clock_gettime:228:113 clock_getres:229:114 getrandom:318:278
"""
RULED = """
kill:62:129 tkill:200:130 tgkill:234:131 rt_sigqueueinfo:129:138 rt_tgsigqueueinfo:297:240 sched_setaffinity:203:122
sched_setparam:142:118 sched_setscheduler:144:119 sched_setattr:314:274 prlimit64:302:261 setpriority:141:140
socketpair:53:199 socket:41:198 clone:56:220 clone3:435:435 fcntl:72:25 ioctl:16:29 prctl:157:167
"""
MACHINES = {"x86_64": (1, 0xC000003E), "aarch64": (2, 0xC00000B7)}  # column, architecture as the kernel's audit names it

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, DENY = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOTTY, ENOSYS = 1, 25, 38
NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET; NEWTIME is a signal's number
AF_UNIX, PRIO_USER = 1, 2
# Duplicates, flags, locks and the size of a pipe: neither a larger pipe nor a signal to another process.
FILE_COMMANDS = (0, 1, 2, 3, 4, 5, 6, 7, 9, 36, 37, 38, 1030, 1032)
# Is it a terminal, how wide, how much waits, blocking, closed by exec.
DEVICE_COMMANDS = (0x5401, 0x540F, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# Signal at the parent's death, names of threads and memory, slack of timers, no new privileges; not: who may read its memory.
PROCESS_COMMANDS = (1, 2, 3, 15, 16, 21, 23, 29, 30, 38, 39, 0x53564D41)


def numbers_of(table, column):
    """Numbers by name on one machine, without the calls that it lacks."""
    entries = [entry.split(":") for entry in table.split()]
    return {entry[0]: int(entry[column]) for entry in entries if entry[column]}


def argument(index):
    return (LOAD, 0, 0, 16 + 8 * index)  # its low half: all that these calls read of it


def refuse(index, values, error=EPERM):
    """Unless argument `index` is one of `values`, allowed."""
    steps = [argument(index)]
    for value in values:
        steps += [(JUMP_EQUAL, 0, 1, value & 0xFFFFFFFF), (RETURN, 0, 0, DENY | error)]
    return [*steps, (RETURN, 0, 0, ALLOW)]


def accept(index, values, error=EPERM):
    """Where argument `index` is one of `values`, allowed."""
    steps = [argument(index)]
    for value in values:
        steps += [(JUMP_EQUAL, 0, 1, value), (RETURN, 0, 0, ALLOW)]
    return [*steps, (RETURN, 0, 0, DENY | error)]


def rules(judge):
    """What the arguments decide. No call that names a process may name the judge, its group, or everyone."""
    others = refuse(0, (judge, -judge, -1))
    return {
        **{name: others for name in ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64")},
        **{name: others for name in ("sched_setaffinity", "sched_setparam", "sched_setscheduler", "sched_setattr")},
        "setpriority": refuse(0, (PRIO_USER,))[:-1] + refuse(1, (judge,)),
        "socket": [(RETURN, 0, 0, DENY | EPERM)],
        "socketpair": accept(0, (AF_UNIX,)),
        "clone": [argument(0), (JUMP_ANY_BIT, 0, 1, NEW_NAMESPACES), (RETURN, 0, 0, DENY | EPERM), (RETURN, 0, 0, ALLOW)],
        "clone3": [(RETURN, 0, 0, DENY | ENOSYS)],  # its flags are out of reach; the C library falls back to clone
        "fcntl": accept(1, FILE_COMMANDS),
        "ioctl": accept(1, DEVICE_COMMANDS, ENOTTY),
        "prctl": accept(0, PROCESS_COMMANDS),
    }


def ranges(numbers):
    found = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def limit_system_calls():
    known = MACHINES.get(os.uname().machine)
    if known is None:
        return
    column, architecture = known
    program = [
        (LOAD, 0, 0, 4),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
        (JUMP_AT_LEAST, 0, 1, 0x40000000),  # the other calling convention of x86_64
        (RETURN, 0, 0, KILL),
    ]
    for first, last in ranges(numbers_of(FREE, column).values()):
        program += [(JUMP_AT_LEAST, 0, 2, first), (JUMP_AT_LEAST, 1, 0, last + 1), (RETURN, 0, 0, ALLOW)]
    ruled = rules(os.getppid())
    for name, number in numbers_of(RULED, column).items():
        program += [(JUMP_EQUAL, 0, len(ruled[name]), number), *ruled[name]]
    program.append((RETURN, 0, 0, DENY | ENOSYS))
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    header = ctypes.create_string_buffer(struct.pack("=HxxxxxxQ", len(program), ctypes.addressof(code)))
    checked(libc.prctl(PR_SET_SECCOMP, 2, ctypes.c_ulong(ctypes.addressof(header)), 0, 0), "seccomp")
