"""Runs a command in a pseudo-terminal: COLUMNS SECONDS COMMAND...; Ctrl-C SECONDS after the first finished item is shown (0 = never).

Prints JSON: what was written, the exit code, seconds to the first byte, and seconds from Ctrl-C to the end.
"""
import fcntl, json, os, pty, re, select, struct, sys, termios, time

columns, wait, command = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
pid, master = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
written, started, first, working, stopped = b'', time.monotonic(), None, None, None
while True:
    if select.select([master], [], [], 0.05)[0]:
        try:
            piece = os.read(master, 65536)
        except OSError:
            piece = b''
        if not piece:
            break
        first = first or time.monotonic() - started
        written += piece
        if working is None and re.search(rb' [1-9][0-9]*/[0-9]', written):
            working = time.monotonic()
    if wait > 0 and stopped is None and working is not None and time.monotonic() - working > wait:
        stopped = time.monotonic()
        os.write(master, b'\x03')
_, status = os.waitpid(pid, 0)
ended = time.monotonic()
print(json.dumps({
    'written': written.decode('utf8', 'replace'),
    'code': os.waitstatus_to_exitcode(status),
    'first': first,
    'stopping': None if stopped is None else ended - stopped,
}))
