"""Sixth part: what the processes of the guest use, ended ones included.

A control group counts exactly, where the caller could make one. Elsewhere the judge looks, once a tick: at the clocks of the
living and at what the ended left with those that waited for them; at resident pages, shared segments and files in memory.
"""
ROUNDING_MS = 10  # the kernel tells the time of children in hundredths of a second


class CpuMeter:
    def __init__(self, settings):
        self.group = settings["cgroup"]
        self.before, self.lost = 0, 0

    def used_ms(self, pids, list_again):
        """Processor time so far. What nobody waited for is missing in the next sum, and is kept as `lost`; what ends
        between two looks is missing in one of them only, so a sum that is smaller is taken again."""
        if self.group is not None:
            return named_number(self.group["cpu"], b"usage_usec") / 1000
        used = sum_ms(pids)
        for _attempt in range(2):
            if used < self.before:
                used = max(used, sum_ms(list_again()))
        if used < self.before - ROUNDING_MS:
            self.lost += self.before - used
        self.before = used
        return used + self.lost


def sum_ms(pids):
    """Parents before their children: a child that ends in between is counted once or not at all."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)  # of the judge: orphans
    return (ended.ru_utime + ended.ru_stime) * 1000 + sum(children_ms(pid) + own_ms(pid) for pid in sorted(pids))


def own_ms(pid):
    """Processor time of a process with all its threads: the clock that clock_getcpuclockid(3) gives."""
    try:
        return time.clock_gettime((~pid << 3) | 2) * 1000
    except OSError:
        return 0


def children_ms(pid):
    """Processor time of the children that it has waited for, and of theirs."""
    text = content("/proc/%d/stat" % pid)
    fields = text[text.rfind(b")") + 2 :].split()  # from the third field on; a name may hold anything
    return (int(fields[13]) + int(fields[14])) * 1000 / TICKS_PER_SECOND if len(fields) > 14 else 0


def in_line_ms(pid):
    """Time that the first thread of a process was ready to run, and did not."""
    fields = content("/proc/%d/schedstat" % pid).split()
    return int(fields[1]) / 1e6 if len(fields) == 3 else 0


class MemoryMeter:
    def __init__(self, settings):
        self.group = settings["cgroup"] if settings["cgroup"] is not None and settings["cgroup"]["events"] else None
        self.limit = settings["limits"]["memoryBytes"]
        self.has_files = settings["isolated"]
        self.was_over = False

    def has_killed(self):
        """Has the kernel ended a process for the memory of the group?"""
        return self.group is not None and named_number(self.group["events"], b"oom_kill") > 0

    def is_over(self, pids):
        """Seen twice in a row: while processes begin and end, what they share may count twice."""
        if self.group is not None:
            return self.has_killed()
        before, self.was_over = self.was_over, self.looks_over(pids)
        return before and self.was_over

    def looks_over(self, pids):
        """Each look costs more than the one before it, and is taken only where that one was over the limit."""
        files = files_in_memory()[0] if self.has_files else 0
        sizes = [sizes_of(pid) for pid in pids]
        if sum(size for size, _own in sizes) + files <= self.limit:
            return False
        shared = shared_bytes(pids)
        if sum(own for _size, own in sizes) + shared + files <= self.limit:
            return False
        return sum(proportional_bytes(pid) for pid in pids) + shared + files > self.limit


def sizes_of(pid):
    """Address space, and resident pages that are neither of files nor of shared segments; pages of forks count in each."""
    fields = content("/proc/%d/statm" % pid).split()
    return (int(fields[0]) * PAGE, (int(fields[1]) - int(fields[2])) * PAGE) if len(fields) > 2 else (0, 0)


def shared_bytes(pids):
    """Shared segments without a name: their whole size, once each, as their pages stay when no process maps them any more.
    A process whose mappings cannot be read (it runs what it may not read) counts with all its address space."""
    segments, unread = {}, 0
    for pid in pids:
        text = content("/proc/%d/maps" % pid)
        if not text:
            unread += sizes_of(pid)[0]
        for line in text.splitlines():
            if b"/dev/zero (deleted)" not in line:
                continue
            where, _rights, offset, device, inode = line.split()[:5]
            first, last = where.split(b"-")
            end = int(offset, 16) + int(last, 16) - int(first, 16)
            segments[device, inode] = max(segments.get((device, inode), 0), end)
    return unread + sum(segments.values())


def proportional_bytes(pid):
    """Resident pages that are neither of files nor of shared segments; pages of forks are divided among them."""
    for line in content("/proc/%d/smaps_rollup" % pid).splitlines():
        if line.startswith(b"Pss_Anon:"):
            return int(line.split()[1]) * 1024
    return sizes_of(pid)[1]


def files_in_memory():
    """Bytes in the temporary folders together, and the number of files in the one that has most."""
    found = [os.statvfs(name) for name in TEMPORARY]
    used = sum((each.f_blocks - each.f_bfree) * each.f_frsize for each in found)
    return used, max(each.f_files - each.f_ffree for each in found)


def too_much_below(folder, limits):
    """What is wrong with the files below a folder that nothing else bounds; None while nothing is."""
    files = used = 0
    folders = [folder]
    while folders:
        for entry in entries_of(folders.pop()):
            files += 1
            used += disk_bytes(entry)
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
        if files > limits["files"]:
            return "files: more than %d" % limits["files"]
        if used > limits["tmpBytes"]:
            return "files: more than %d MiB together" % (limits["tmpBytes"] >> 20)
    return None


def entries_of(folder):
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def disk_bytes(entry):
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except OSError:  # removed meanwhile
        return 0


def named_number(fd, name):
    """A number of a file of `name number` lines that is open, such as cpu.stat."""
    for line in os.pread(fd, 4096, 0).splitlines():
        if line.startswith(name + b" "):
            return int(line.split()[1])
    return 0


def content(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
