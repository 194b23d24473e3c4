"""Last part: the judge, first process of the sandbox.

It forks the process that runs the untrusted text, and only then reads the tests. When they are ready to run, the other
process is told to begin: from there on only a verdict about the program can follow, whatever becomes of the judge. The
tests run here, in the judge; they reach the untrusted functions by messages. So the untrusted side holds neither the tests nor a word that means "passed":
all it can send is answers, and a verdict is written by the judge alone, on a channel that the other side does not have.

Standard input: three frames (settings, solution, tests), then nothing until the caller goes away.
Standard output: one JSON line before the untrusted text starts, one with the verdict.
"""
import select

TICK_MS = 25
LONGEST_REASON = 300
# Refusals of the system that mean that a limit was reached: no space, file too large, no more processes.
LIMIT_ERRORS = {28: "space or number of files", 27: "the file size", 11: "the number of processes or threads"}


def main():
    be_unreachable()
    settings = read_frame(0)
    if settings["readable"] is not None:
        enter_new_tree(settings["readable"], settings["limits"])
    elif settings["isolated"]:
        limit_files(settings["limits"])
    solution = read_frame(0)
    Judge(settings).judge(solution)


class Judge:
    def __init__(self, settings):
        self.limits = settings["limits"]
        self.settings = settings
        self.received, self.unsent, self.output = bytearray(), bytearray(), 0
        self.status, self.in_line = None, 0
        self.cpu = CpuMeter(settings)
        self.memory = MemoryMeter(settings)

    def judge(self, solution):
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        guest_in, self.to_guest = os.pipe()
        self.from_guest, guest_out = os.pipe()
        self.printed, print_end = os.pipe()
        self.started = time.monotonic()
        self.guest = os.fork()
        if self.guest == 0:
            run_guest(solution, self.settings, guest_in, guest_out, print_end)
        for fd in (guest_in, guest_out, print_end):
            os.close(fd)
        for fd in (self.to_guest, self.from_guest, self.printed):
            os.set_blocking(fd, False)
        self.next_check = self.started
        confined = self.next_message()
        if confined != "confined":
            self.end("not-run", "could not confine the program: " + str(confined))
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # what the tests print is no verdict
        lower_limit(resource.RLIMIT_AS, 2 * self.limits["memoryBytes"])
        tests = read_frame(0)
        check, names = self.prepared(tests)
        write_all(1, b'{"started":true}\n')
        self.started = time.monotonic()
        self.unsent += framed("go")
        self.run_solution()
        self.run_tests(check, names, tests["entryPoint"])
        self.check_files()  # a program may be quicker than the next look at its files
        self.end("passed", "check returned")

    def prepared(self, tests):
        """The tests' `check` and the names that it looks up."""
        names = {}
        try:
            exec(compile(tests["reference"], "<reference>", "exec", dont_inherit=True), names)
            exec(compile(tests["test"], "<test>", "exec", dont_inherit=True), names)
            return names["check"], names
        except BaseException as error:
            self.end("not-run", "the tests cannot run: " + described(error))

    def run_solution(self):
        message = self.next_message()
        try:
            self.result_of(message)
        except Exception as error:
            self.end("wrong", described(error))

    def run_tests(self, check, names, entry_point):
        candidate = names[entry_point] = lambda *args, **kwargs: self.call(entry_point, args, kwargs)
        try:
            check(candidate)
        except BaseException as error:
            self.end("wrong", described(error))

    def call(self, name, args, kwargs):
        self.unsent += framed([name, packed(list(args)), packed(dict(kwargs))])
        value, after = self.result_of(self.next_message())
        for mine, changed in zip(args, after):
            copy_changes(mine, changed)
        return value

    def result_of(self, message):
        """What a message says: a value, or the exception that stopped the untrusted code, raised here."""
        try:
            kind, *rest = message
            if kind == "value":
                value, after = unpacked(rest[0]), unpacked(rest[1])
                return value, after if isinstance(after, list) else []
            name, text, number = str(rest[0]), str(rest[1]), rest[2]
        except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, RecursionError):
            self.end("crash", "the program sent something that is no answer")
        if name == "MemoryError":
            self.end("limit", "memory: more than %d MiB" % (self.limits["memoryBytes"] >> 20))
        if number in LIMIT_ERRORS:
            self.end("limit", "%s: %s" % (LIMIT_ERRORS[number], text))
        raise exception_named(name)(text)

    def next_message(self):
        poll = select.poll()
        poll.register(0, 0)  # hang-up only: whoever waits for the verdict has gone
        poll.register(self.from_guest, select.POLLIN)
        poll.register(self.printed, select.POLLIN)
        while True:
            events = dict(poll.poll(0 if self.unsent else TICK_MS))
            if 0 in events:
                self.stop_guests()
                os._exit(1)
            self.send()
            if self.printed in events and not self.swallow_output():
                poll.unregister(self.printed)
            if self.from_guest in events and not self.receive():
                poll.unregister(self.from_guest)
            message = self.whole_message()
            if message is None:
                self.check_alive()
            self.check_limits()
            if message is not None:
                return message[0]
            if self.unsent:
                select.select([self.from_guest, self.printed], [self.to_guest], [], TICK_MS / 1000)

    def send(self):
        try:
            while self.unsent:
                del self.unsent[: os.write(self.to_guest, self.unsent)]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.unsent.clear()  # its end will be seen

    def receive(self):
        try:
            part = os.read(self.from_guest, 1 << 20)
        except BlockingIOError:
            return True
        self.received += part
        if len(self.received) > self.limits["answerBytes"]:
            self.end("limit", "an answer of more than %d bytes" % self.limits["answerBytes"])
        return bool(part)

    def whole_message(self):
        size = int.from_bytes(self.received[:4], "big")
        if len(self.received) < 4 or len(self.received) < 4 + size:
            return None
        text = bytes(self.received[4 : 4 + size])
        del self.received[: 4 + size]
        try:
            return [json.loads(text)]
        except (ValueError, RecursionError):
            self.end("crash", "the program sent something that is no answer")

    def swallow_output(self):
        try:
            part = os.read(self.printed, 1 << 16)
        except BlockingIOError:
            return True
        self.output += len(part)
        if self.output > self.limits["outputBytes"]:
            self.end("limit", "output: more than %d bytes" % self.limits["outputBytes"])
        return bool(part)

    def check_alive(self):
        reap(self)
        if self.status is not None and not self.whole_message_waits():
            self.end(*cause_of_death(self.status, self.limits, self.memory))

    def check_limits(self):
        """Time, processes, memory and files of all that runs, once a tick."""
        now = time.monotonic()
        if now < self.next_check:
            return
        self.next_check = now + TICK_MS / 1000
        others = guests(self.settings["isolated"], self.guest)
        if self.cpu.used_ms(others, self.guest_list) > self.limits["cpuMs"]:
            self.end("timeout", "more than %d ms of processor time" % self.limits["cpuMs"])
        if self.waited_ms(now, others) > self.limits["wallMs"]:
            self.end("timeout", "more than %d ms" % self.limits["wallMs"])
        if len(others) >= self.limits["processes"]:
            self.end("limit", "processes: %d" % len(others))
        if self.memory.is_over(others):
            self.end("limit", "memory: more than %d MiB" % (self.limits["memoryBytes"] >> 20))
        self.check_files()

    def check_files(self):
        if not self.settings["isolated"]:
            excess = too_much_below(os.getcwd(), self.limits)
        else:
            many = files_in_memory()[1] > self.limits["files"]
            excess = "files: more than %d" % self.limits["files"] if many else None
        if excess is not None:
            self.end("limit", excess)

    def waited_ms(self, now, pids):
        """Time on the wall, without the time that the program stood in line for a processor: a busy machine is not its
        fault. Up to three times the limit, so that an end is certain."""
        wall = (now - self.started) * 1000
        if wall <= self.limits["wallMs"]:
            return wall
        self.in_line = max([self.in_line, *(in_line_ms(pid) for pid in pids)])
        return wall - min(self.in_line, 3 * self.limits["wallMs"])

    def guest_list(self):
        reap(self)
        return guests(self.settings["isolated"], self.guest)

    def whole_message_waits(self):
        before = len(self.received)
        while self.receive() and len(self.received) > before:
            before = len(self.received)
        size = int.from_bytes(self.received[:4], "big")
        return len(self.received) >= 4 and len(self.received) >= 4 + size

    def end(self, verdict, reason):
        reason = reason if len(reason) <= LONGEST_REASON else reason[:LONGEST_REASON] + "…"
        self.stop_guests()
        write_all(1, json.dumps({"verdict": verdict, "reason": reason}).encode("ascii") + b"\n")
        os._exit(0)

    def stop_guests(self):
        """In a process namespace the end of its first process, this one, ends all others; elsewhere, one by one."""
        while not self.settings["isolated"]:
            reap(self)
            others = guests(False, self.guest if self.status is None else None)
            if not others:
                return
            for pid in others:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.005)


main()
