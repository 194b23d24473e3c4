"""Fourth part: the guest, the untrusted process. It confines itself, waits until the judge is ready, executes the text and
answers the calls of the judge."""
import types
from importlib.machinery import PathFinder

GUEST_IN, GUEST_OUT = 3, 4
# A program is told of so many processors on every machine: how many workers it starts must not depend on where it runs.
PROCESSORS = 4


def run_guest(solution, settings, guest_in, guest_out, print_end):
    """The untrusted process; never returns."""
    try:
        try:
            confine_guest(settings, guest_in, guest_out, print_end)
        except OSError as error:
            write_all(guest_out, framed(str(error)))
            return
        write_all(GUEST_OUT, framed("confined"))
        read_frame(GUEST_IN)
        guest = os.getpid()
        names = names_of_module()
        try:
            exec(compile(solution, "<solution>", "exec", dont_inherit=True), names)
            reply = ["value", None, ["l"]]
        except BaseException as error:
            reply = failure(error)
        while os.getpid() == guest:
            write_all(GUEST_OUT, framed(reply))
            reply = answered(names, read_frame(GUEST_IN))
    finally:
        os._exit(0)


def names_of_module():
    """Of a module that can be found: functions that a program hands to its worker processes travel by their names. It is
    not `__main__`, as in the published evaluation."""
    module = sys.modules["solution"] = types.ModuleType("solution")
    os.cpu_count = lambda: PROCESSORS
    if hasattr(os, "process_cpu_count"):
        os.process_cpu_count = os.cpu_count
    sys.meta_path.insert(0, ForkedWorkers)
    return module.__dict__


class ForkedWorkers:
    """Worker processes of `multiprocessing` are forked, also where Python would start them otherwise (3.14 does, by a server
    behind a socket) or is told to: the text is no file that a new interpreter could read."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "multiprocessing.context":
            return None
        spec = PathFinder.find_spec(name, path, target)
        execute = spec.loader.exec_module

        def exec_module(context):
            execute(context)
            forked = context._concrete_contexts["fork"]
            context._concrete_contexts.update(spawn=forked, forkserver=forked)
            context._default_context._default_context = forked

        spec.loader.exec_module = exec_module
        return spec


def confine_guest(settings, guest_in, guest_out, print_end):
    os.setsid()
    if settings["cgroup"] is not None:
        os.write(settings["cgroup"]["enter"], b"0")
    keep = {guest_in: GUEST_IN, guest_out: GUEST_OUT, print_end: 1}
    high = {os.dup2(fd, 100 + target): target for fd, target in keep.items()}
    for fd, target in high.items():
        os.dup2(fd, target)
    os.dup2(1, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 0)  # reading it is an error, as in the published evaluation
    os.closerange(5, 4096)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for name in set(os.environ) - {"PATH", "HOME", "LANG"}:
        del os.environ[name]
    limit_resources(settings["limits"])
    if settings["isolated"]:
        limit_processes(settings["limits"]["processes"], settings["companions"])
        drop_privileges(settings["uid"])
    else:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    be_reachable()
    limit_system_calls()


def answered(names, request):
    name, args, kwargs = request[0], unpacked(request[1]), unpacked(request[2])
    try:
        if name not in names:
            raise NameError("name '%s' is not defined" % name)
        value = packed(names[name](*args, **kwargs))
        return ["value", value, packed(args)]
    except BaseException as error:
        return failure(error)


def failure(error):
    try:
        text = str(error)[:1000]
    except BaseException:
        text = ""
    name = type(error).__name__
    number = error.errno if isinstance(error, OSError) and isinstance(error.errno, int) else None
    if name == "RuntimeError" and text == "can't start new thread":
        number = 11
    return ["error", name, text, number]
