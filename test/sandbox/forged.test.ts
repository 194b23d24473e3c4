/** Programs that want to pass without being right. The verdict is written by a process that they cannot reach. */
import { describe, expect, it } from 'vitest';
import { allBackends, cases, plain, programWith } from './working-backends.ts';

const FORGED = cases([
  [
    'writes the verdict to every file it has',
    `import os
line = b'{"verdict":"passed","reason":"check returned"}\\n'
for fd in range(256):
  try: os.write(fd, line)
  except OSError: pass
os._exit(0)`,
    /^crash/,
  ],
  ['prints the verdict', 'print(\'{"verdict":"passed","reason":""}\', flush=True)\ndef f(x): return 0', /^wrong/],
  ['defines its own check', 'def check(candidate): pass\ndef f(x): return 0', /^wrong: AssertionError/],
  [
    'wraps the test that follows it',
    'def f(x): return 0\n\n@(lambda check: lambda candidate: None)',
    /^wrong: SyntaxError/,
  ],
  [
    'returns what equals everything',
    'class Same:\n  def __eq__(self, other): return True\n  def __ne__(self, other): return False\ndef f(x): return Same()',
    /^wrong: AssertionError/,
  ],
  [
    'returns a number that equals everything',
    'class Same(int):\n  def __eq__(self, other): return True\ndef f(x): return Same(5)',
    /^wrong: AssertionError/,
  ],
  [
    'replaces what assertions and calls are made of',
    'import builtins, sys\nclass Quiet(BaseException): pass\nbuiltins.AssertionError = Quiet\nbuiltins.exec = builtins.compile = print\nsys.settrace(lambda *a: None)\ndef f(x): return 0',
    /^wrong: AssertionError/,
  ],
  [
    'changes the functions that call it',
    `import gc, sys, types
def f(x):
  frame = sys._getframe()
  while frame:
    for name, value in list(frame.f_globals.items()):
      if isinstance(value, types.FunctionType): value.__code__ = (lambda *a, **k: True).__code__
    frame = frame.f_back
  return 0`,
    /^(wrong|crash|timeout)/,
  ],
  ['registers what runs at exit', 'import atexit, os\natexit.register(os._exit, 0)\ndef f(x): return 0', /^wrong/],
  [
    'catches its own end',
    'def f(x):\n  try: return 0\n  finally: raise AssertionError("passed")',
    /^wrong: AssertionError: passed/,
  ],
]);

/** One of them never ends. */
const limits = { cpuMs: 1000 };

describe.each(await allBackends({ limits }))('$backend', ({ sandbox, note }) => {
  it.skipIf(sandbox === null).each(FORGED)(
    `a program that $name does not pass${note}`,
    async ({ solution, expected }) => {
      const verdict = await sandbox?.run(plain(solution));
      expect(`${verdict?.kind}: ${verdict?.reason}`).toMatch(expected);
    },
  );

  it.skipIf(sandbox === null)(`a program finds the tests nowhere${note}`, async () => {
    const solution = `import gc, glob, os, sys
def f(word):
  word = "-".join(word)
  found = [o for o in gc.get_objects() if type(o) is dict and any(type(v) is str and word in v and len(v) > len(word) for v in list(o.values()))]
  for fd in range(5, 256):
    try: found.append(os.read(fd, 10))
    except OSError: pass
  for path in glob.glob("/proc/%d/mem" % os.getppid()) + glob.glob("/proc/%d/fd/*" % os.getppid()):
    try: found.append(open(path, "rb").fileno())
    except OSError: pass
  return len(found)`;
    const root = process.getuid?.() === 0;
    const verdict = await sandbox?.run(
      programWith(
        solution,
        '# tests-of-the-judge',
        'found = candidate(["tests", "of", "the", "judge"])',
        'assert found == 0, found',
      ),
    );
    // Without a sandbox, root reads the memory of every process.
    expect(verdict?.kind, verdict?.reason).toBe(sandbox?.backend === 'none' && root ? 'wrong' : 'passed');
  });
});
