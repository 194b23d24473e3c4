/**
 * Programs that do what they may not, each of another class: end early, reach for the judge, ask the system for more. What is
 * refused shows as an exception or an error value; a program that goes on and is right passes, one that is wrong does not.
 */
import type { Row } from './row.ts';

/** `line` for the process that judges, refused or not, then a wrong answer. */
const onJudge = (imports: string, line: string): string =>
  `import ${imports}\ndef f(x):\n  judge = os.getppid()\n  try: ${line}\n  except OSError: pass\n  return 0`;

/** A call of the C library that must fail, then the right answer. */
const refused = (call: string): string =>
  `import ctypes\nlibc = ctypes.CDLL(None)\ndef f(x): return x + 1 if libc.${call} == -1 else 0`;

export const FORBIDDEN: readonly Row[] = [
  ['ends itself with success', 'import os\nos._exit(0)', 'crash'],
  ['ends itself with success when called', 'import os\ndef f(x): os._exit(0)', 'crash'],
  ['kills itself', 'import os\ndef f(x): os.kill(os.getpid(), 9)', 'crash'],
  ['asks to exit', 'import sys\ndef f(x): sys.exit(0)', 'wrong'],
  ['asks to exit while its text is read', 'raise SystemExit(0)', 'wrong'],
  ['destroys its own memory', 'import ctypes\ndef f(x): ctypes.string_at(0)', 'crash'],
  ['aborts', 'import os\ndef f(x): os.abort()', 'crash'],
  ['becomes another program', 'import os\ndef f(x): os.execlp("true", "true")', 'crash'],
  ['closes every file', 'import os\ndef f(x):\n  os.closerange(0, 256)\n  return 2', 'crash'],
  ['reads standard input', 'def f(x): return int(input())', 'wrong'],
  ['raises what cannot be shown', 'class E(Exception):\n  def __str__(self): raise self\ndef f(x): raise E', 'wrong'],
  ['writes where it may not', 'def f(x):\n  open("/usr/bench", "w")', 'wrong'],
  ['kills the judge', onJudge('os', 'os.kill(judge, 9)'), 'wrong'],
  ['interrupts the judge', onJudge('os, signal', 'os.kill(judge, signal.SIGINT)'), 'wrong'],
  ['sends every signal to the judge', onJudge('os, signal', '[os.kill(judge, s) for s in range(1, 65)]'), 'wrong'],
  ['signals the group of the judge', onJudge('os', 'os.killpg(os.getpgid(judge), 2)'), 'wrong'],
  ['signals everyone', onJudge('os', 'os.kill(-1, 9)'), 'wrong'],
  ['queues a signal to the judge', onJudge('ctypes, os', 'ctypes.CDLL(None).sigqueue(judge, 2, None)'), 'wrong'],
  ['signals a thread of the judge', onJudge('ctypes, os', 'ctypes.CDLL(None).tgkill(judge, judge, 2)'), 'wrong'],
  [
    'signals the judge through a handle',
    onJudge('os, signal', 'signal.pidfd_send_signal(os.pidfd_open(judge), signal.SIGINT)'),
    'wrong',
  ],
  ['limits the judge', onJudge('os, resource', 'resource.prlimit(judge, resource.RLIMIT_NOFILE, (0, 0))'), 'wrong'],
  ['slows the judge down', onJudge('os', 'os.setpriority(os.PRIO_PROCESS, judge, 19)'), 'wrong'],
  [
    'signals the judge, and is right',
    'import os\ndef f(x):\n  try: os.kill(os.getppid(), 2)\n  except OSError: return x + 1',
    'passed',
  ],
  [
    'raises its limits',
    'import resource\ndef f(x):\n  resource.setrlimit(resource.RLIMIT_NPROC, (999, 999))\n  return 2',
    'wrong',
  ],
  ['opens a connection', 'import socket\ndef f(x):\n  socket.socket()\n  return 2', 'wrong'],
  ['asks for new namespaces', refused('unshare(0x10000000)'), 'passed'],
  ['asks to mount', refused('mount(b"none", b"/tmp", b"tmpfs", 0, b"")'), 'passed'],
  ['asks to trace the judge', refused('ptrace(16, 1, 0, 0)'), 'passed'],
  [
    'asks for segments and memory without a name',
    refused('shmget(0, 4096, 0o1600)').replace(' == -1', ' == libc.memfd_create(b"x", 0) == -1'),
    'passed',
  ],
];
