"""Fifth part: which processes the guest has, how it died."""
import time

PAGE = resource.getpagesize()
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def reap(judge):
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if pid == judge.guest:
                judge.status = status
    except ChildProcessError:
        return


def cause_of_death(status, limits, memory):
    if not os.WIFSIGNALED(status):
        return "crash", "the program ended itself with exit code %d before the tests were over" % os.WEXITSTATUS(status)
    number = os.WTERMSIG(status)
    if number == signal.SIGXCPU:
        return "timeout", "more than %d ms of processor time" % limits["cpuMs"]
    if number == signal.SIGXFSZ:
        return "limit", "a file of more than %d bytes" % limits["fileBytes"]
    if number == signal.SIGKILL and memory.has_killed():
        return "limit", "memory: more than %d MiB" % (limits["memoryBytes"] >> 20)
    known = number in set(signal.Signals)
    return "crash", "killed by " + (signal.Signals(number).name if known else "signal %d" % number)


def guests(isolated, first):
    """Processes of the untrusted side: all but this one in its own process namespace, else all that descend from here."""
    if isolated:
        try:
            return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        except OSError:
            return [first]
    found, open_ends = [], [os.getpid()]
    while open_ends:
        children = children_of(open_ends.pop())
        found += children
        open_ends += children
    return found or ([] if first is None else [first])


def children_of(pid):
    children = []
    try:
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, task), encoding="ascii") as file:
                children += [int(word) for word in file.read().split()]
    except OSError:
        pass
    return children
