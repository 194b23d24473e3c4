/** Programs without bad intent, each of another class: what right programs use of Python and of the system. */
import type { Row } from './row.ts';

export const HONEST: readonly Row[] = [
  ['a plain function', 'def f(x): return x + 1', 'passed'],
  ['a wrong function', 'def f(x): return x', 'wrong'],
  ['a syntax error', 'def f(x) return 2', 'wrong'],
  [
    'a pool of processes',
    `from multiprocessing import Pool
def g(x): return x + 1
def f(x):
  with Pool() as pool: return pool.map(g, [x] * 100)[0]`,
    'passed',
  ],
  [
    'a pool of sixteen processes',
    `from multiprocessing import Pool
def g(x): return x + 1
def f(x):
  with Pool(16) as pool: return pool.map(g, range(x + 15))[x]`,
    'passed',
  ],
  [
    'a pool of processes behind a server',
    `import multiprocessing
multiprocessing.set_start_method("forkserver")
def g(x): return x + 1
def f(x):
  with multiprocessing.Pool() as pool: return pool.map(g, [x] * 100)[0]`,
    'passed',
  ],
  [
    'an executor of new interpreters',
    `from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
def g(x): return x + 1
def f(x):
  with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool: return list(pool.map(g, [x]))[0]`,
    'passed',
  ],
  [
    'an executor of processes',
    `from concurrent.futures import ProcessPoolExecutor
def g(x): return x + 1
def f(x):
  with ProcessPoolExecutor() as pool: return list(pool.map(g, [x]))[0]`,
    'passed',
  ],
  [
    'an executor of threads',
    `from concurrent.futures import ThreadPoolExecutor
def f(x):
  with ThreadPoolExecutor() as pool: return pool.submit(lambda: x + 1).result()`,
    'passed',
  ],
  [
    'processes with a queue, a lock and a shared number',
    `from multiprocessing import Lock, Process, Queue, Value
def g(queue, lock, number):
  with lock: number.value += 1
  queue.put(number.value)
def f(x):
  queue, lock, number = Queue(), Lock(), Value("i", x)
  process = Process(target=g, args=(queue, lock, number))
  process.start()
  found = queue.get()
  process.join()
  return found`,
    'passed',
  ],
  [
    'named shared memory',
    `from multiprocessing.shared_memory import SharedMemory
def f(x):
  memory = SharedMemory(create=True, size=1000)
  memory.buf[0] = x + 1
  found = memory.buf[0]
  memory.close()
  memory.unlink()
  return found`,
    'passed',
  ],
  [
    'a shared mapping',
    `import mmap, os
def f(x):
  shared = mmap.mmap(-1, 1 << 20)
  if os.fork() == 0:
    shared[0] = x + 1
    os._exit(0)
  os.wait()
  return shared[0]`,
    'passed',
  ],
  [
    'workers that share much memory',
    `from multiprocessing import Pool
BIG = bytearray(b"x") * (100 << 20)
def g(i): return len(BIG) >> 20
def f(x):
  with Pool(8) as pool: return x + sum(pool.map(g, range(100))) // 10000`,
    'passed',
  ],
  [
    'coroutines',
    'import asyncio\nasync def g(x):\n  await asyncio.sleep(0.01)\n  return x + 1\ndef f(x): return asyncio.run(g(x))',
    'passed',
  ],
  [
    'another program',
    'import subprocess\ndef f(x): return int(subprocess.run(["echo", str(x + 1)], capture_output=True).stdout)',
    'passed',
  ],
  [
    'a timer of its own',
    `import signal, time
def f(x):
  seen = []
  signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
  signal.setitimer(signal.ITIMER_REAL, 0.05)
  time.sleep(0.2)
  return x + len(seen)`,
    'passed',
  ],
  [
    'a signal to itself',
    'import os, signal\ndef f(x):\n  try: os.kill(os.getpid(), signal.SIGINT)\n  except KeyboardInterrupt: return x + 1',
    'passed',
  ],
  [
    'temporary files, copied and removed',
    `import os, shutil, tempfile
def f(x):
  with tempfile.TemporaryDirectory() as folder:
    for i in range(500): open(os.path.join(folder, str(i)), "w").write("x" * 1000)
    shutil.copytree(folder, folder + "2")
    found = len(os.listdir(folder + "2"))
  return x + found // 500`,
    'passed',
  ],
  [
    'classes that travel as bytes',
    `import pickle
from dataclasses import dataclass
from typing import get_type_hints
@dataclass
class Point:
  x: int
def f(x):
  assert get_type_hints(Point) == {"x": int}
  return pickle.loads(pickle.dumps(Point(x))).x + 1`,
    'passed',
  ],
  ['a part for the command line', 'def f(x): return x + 1\nif __name__ == "__main__": raise SystemExit(1)', 'passed'],
  ['much memory', 'def f(x): return len(bytearray(200 << 20)) // (200 << 20) + x', 'passed'],
  ['much text', 'def f(x):\n  for _ in range(1000): print("x" * 100)\n  return x + 1', 'passed'],
  ['much recursion', 'def g(n): return 0 if n == 0 else 1 + g(n - 1)\ndef f(x): return g(900) // 900 + x', 'passed'],
  ['some work', 'def f(x):\n  for _ in range(10 ** 6): pass\n  return x + 1', 'passed'],
  ['some sleep', 'import time\ndef f(x):\n  time.sleep(0.3)\n  return x + 1', 'passed'],
];
