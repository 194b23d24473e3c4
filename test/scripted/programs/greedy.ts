/** Programs that take more than they may, each of another class: time, processes, memory, files, output. */
import type { Row } from './row.ts';

/** Seconds to sleep, so odd that no other process sleeps as long. */
export const MARK = `86423.${process.pid}`;

export const GREEDY: readonly Row[] = [
  ['computes without end', 'def f(x):\n  while True: pass', 'timeout'],
  ['computes without end while its text is read', 'while True: pass', 'timeout'],
  [
    'computes in children that it waits for',
    `import os, time
def f(x):
  while True:
    if os.fork() == 0:
      while time.process_time() < 0.1: pass
      os._exit(0)
    os.wait()`,
    'timeout',
  ],
  [
    'computes in children that nobody waits for',
    `import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def f(x):
  while True:
    if os.fork() == 0:
      while time.process_time() < 0.1: pass
      os._exit(0)
    time.sleep(0.11)`,
    'timeout',
  ],
  [
    'computes in grandchildren',
    `import os, time
def f(x):
  while True:
    if os.fork() == 0:
      if os.fork() == 0:
        while time.process_time() < 0.1: pass
      os._exit(0)
    os.wait()
    time.sleep(0.11)`,
    'timeout',
  ],
  [
    'computes in threads',
    'import threading\ndef g():\n  while True: pass\ndef f(x):\n  for _ in range(4): threading.Thread(target=g).start()\n  g()',
    'timeout',
  ],
  ['sleeps', 'import time\ndef f(x): time.sleep(1000)', 'timeout'],
  [
    'ignores every signal that can be ignored',
    'import signal\nfor s in range(1, 65):\n  try: signal.signal(s, signal.SIG_IGN)\n  except (OSError, ValueError): pass\nwhile True: pass',
    'timeout',
  ],
  ['forks without end', 'import os\ndef f(x):\n  while True: os.fork()', 'limit'],
  [
    'starts processes without end',
    `import os\ndef f(x):\n  while True:\n    if os.fork() == 0: os.execlp('sleep', 'sleep', '${MARK}')`,
    'limit',
  ],
  [
    'starts sleeping processes and hides the refusal',
    'import os, time\ndef f(x):\n  while True:\n    try:\n      if os.fork() == 0: time.sleep(99)\n    except OSError: pass',
    'limit',
  ],
  [
    'leaves ended processes lying about',
    'import os\ndef f(x):\n  while True:\n    if os.fork() == 0: os._exit(0)',
    'limit',
  ],
  [
    'starts threads without end',
    'import threading, time\ndef f(x):\n  while True: threading.Thread(target=time.sleep, args=(99,)).start()',
    'limit',
  ],
  ['takes 10 GB', 'def f(x): return len(bytearray(10 * 2 ** 30))', 'limit'],
  ['takes 10 GB while its text is read', 'x = [0] * 10 ** 10', 'limit'],
  [
    'takes memory in many processes',
    `import os, time
def f(x):
  for _ in range(8):
    if os.fork() == 0:
      kept = bytearray(b"x") * (150 << 20)
      time.sleep(99)
  time.sleep(99)`,
    'limit',
  ],
  [
    'takes shared memory in many processes',
    `import mmap, os, time
def f(x):
  for _ in range(8):
    if os.fork() == 0:
      kept = mmap.mmap(-1, 150 << 20)
      for i in range(0, len(kept), 4096): kept[i] = 1
      kept.madvise(mmap.MADV_DONTNEED)
      time.sleep(99)
  time.sleep(99)`,
    'limit',
  ],
  [
    'fills a temporary folder',
    'def f(x):\n  for i in range(99): open(str(i), "wb").write(bytes(1 << 20))\n  return 2',
    'limit',
  ],
  [
    'fills the shared folder',
    'def f(x):\n  for i in range(99): open(f"/dev/shm/{i}", "wb").write(bytes(1 << 20))\n  return 2',
    'limit',
  ],
  ['makes many files', 'def f(x):\n  for i in range(9999): open(str(i), "w").close()\n  return 2', 'limit'],
  [
    'makes many files in the shared folder',
    'def f(x):\n  for i in range(9999): open(f"/dev/shm/{i}", "w").close()\n  return 2',
    'limit',
  ],
  ['makes many folders', 'import os\ndef f(x):\n  for i in range(9999): os.mkdir(str(i))\n  return 2', 'limit'],
  [
    'writes a huge file',
    'def f(x):\n  with open("big", "wb") as out:\n    while True: out.write(bytes(1 << 20))',
    'limit',
  ],
  ['prints without end', 'def f(x):\n  while True: print("x" * 1000)', 'limit'],
  ['has another program print without end', 'import subprocess\ndef f(x): subprocess.run(["yes"])', 'limit'],
  ['returns a huge value', 'def f(x): return "x" * (20 << 20)', 'limit'],
];
