/** Programs without bad intent: what travels between tests and solution, and how the sandbox is opened and used. */
import { describe, expect, it } from 'vitest';
import type { Program } from '../../src/core/program.ts';
import { openSandbox } from '../../src/sandbox/open-sandbox.ts';
import { allBackends, candidate, plain, programWith } from './working-backends.ts';

const ANSWERS: readonly (readonly [string, string, string])[] = [
  [
    'numbers',
    'candidate(0.1 + 0.2, -0.0, 2 ** 5000, True, None, 1e400)',
    '(0.1 + 0.2, -0.0, 2 ** 5000, True, None, 1e400)',
  ],
  ['text of any kind', 'candidate("é\\ud800\\0", b"\\xff", "")', '("é\\ud800\\0", b"\\xff", "")'],
  ['nested collections', 'candidate([1, (2,)], {"a": {3}, (1, 2): []})', '([1, (2,)], {"a": {3}, (1, 2): []})'],
  ['ranges, complex numbers', 'candidate(range(5), 2j)', '(range(5), 2j)'],
];

describe.each(await allBackends())('$backend', ({ sandbox, note }) => {
  const judge = async (program: Program) => {
    const verdict = await sandbox?.run(program);
    return `${verdict?.kind}: ${verdict?.reason}`;
  };

  it.skipIf(sandbox === null).each(ANSWERS)(`%s come back as they went${note}`, async (_name, call, expected) => {
    const both = [`assert ${call} == ${expected}`, `assert repr(${call}) == repr(${expected})`];
    expect(await judge(programWith('def f(*args): return args', ...both))).toBe('passed: check returned');
  });

  it.skipIf(sandbox === null)(`values of other classes keep what equality needs${note}`, async () => {
    const solution = `from collections import Counter, OrderedDict, deque, namedtuple
from fractions import Fraction
from enum import IntEnum
P = namedtuple("P", "x y")
def f(): return [P(1, 2), Counter("aab"), OrderedDict(a=1), deque([1]), Fraction(1, 3), IntEnum("E", "A").A, (i for i in [1]), object()]`;
    const lines = [
      'from collections import deque',
      'from fractions import Fraction',
      'v = candidate()',
      'assert v[:6] == [(1, 2), {"a": 2, "b": 1}, {"a": 1}, deque([1]), Fraction(1, 3), 1], v',
      'assert v[6] != [1] and list(v[6]) == [1] and v[7] and v[7] != 0',
    ];
    expect(await judge(programWith(solution, ...lines))).toBe('passed: check returned');
  });

  it.skipIf(sandbox === null)(
    `a list that the function sorts in place is sorted for the tests too${note}`,
    async () => {
      const lines = ['x = [2, 1]', 'candidate(x)', 'assert x == [1, 2]'];
      expect(await judge(programWith('def f(x): x.sort()', ...lines))).toBe('passed: check returned');
    },
  );

  it.skipIf(sandbox === null)(`exceptions reach the tests by name${note}`, async () => {
    const lines = ['try: candidate()', 'except ZeroDivisionError: return', 'assert False'];
    expect(await judge(programWith('def f(): 1 / 0', ...lines))).toBe('passed: check returned');
    expect(await judge(plain('def f(x): return g(x)'))).toBe("wrong: NameError: name 'g' is not defined");
    expect(await judge(plain('def g(x): return 2'))).toBe("wrong: NameError: name 'f' is not defined");
    expect(await judge(plain('def f(x) return 2'))).toMatch(/^wrong: SyntaxError/);
    expect(await judge(plain('def f(x): return f(x)'))).toMatch(/^wrong: RecursionError/);
  });

  it.skipIf(sandbox === null)(`other functions of the problem come from the reference${note}`, async () => {
    const program = {
      ...programWith('def g(x): return 7\ndef f(x): return x + 1', 'assert g(candidate(1)) == 4 and f(1) == 2'),
      reference: 'def g(x): return 2 * x\ndef f(x): return x + 1',
    };
    expect(await judge(program)).toBe('passed: check returned');
  });

  it.skipIf(sandbox === null)(
    `a program may print, write into its folder and iterate over sets alike each time${note}`,
    async () => {
      const solution = `import os, sys
def f():
  print("hello"); print("there", file=sys.stderr)
  with open("a.txt", "w") as out: out.write("x")
  return os.listdir("."), list({"a", "b", "c", "d", "e"})`;
      const line = 'assert False, candidate()';
      const first = await judge(programWith(solution, line));
      expect(first).toMatch(/^wrong: AssertionError: \(\['a.txt'\], /);
      expect(await judge(programWith(solution, line))).toBe(first);
    },
  );

  it.skipIf(sandbox === null)(`tests that cannot run say nothing about the program${note}`, async () => {
    expect(await judge({ ...plain('def f(x): return 2'), test: 'def chekc(f): pass' })).toMatch(/^not-run: /);
  });

  it.skipIf(sandbox === null)(`many programs come back in their order, with progress${note}`, async () => {
    const seen: string[] = [];
    const programs = [2, 3, 2, 3, 2].map((value) => plain(`def f(x): return ${value}`));
    const verdicts = await sandbox?.runAll(programs, {
      concurrency: 2,
      onProgress: (done, total) => seen.push(`${done}/${total}`),
    });
    expect(verdicts?.map(({ kind }) => kind)).toEqual(['passed', 'wrong', 'passed', 'wrong', 'passed']);
    expect(seen).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
    const stopped = await sandbox?.runAll(programs, { signal: AbortSignal.abort() });
    expect(new Set(stopped?.map(({ kind }) => kind))).toEqual(new Set(['not-run']));
  });
});

const python = await candidate('none', { unsafe: true });

it.skipIf(python.sandbox === null)(`nothing runs unsandboxed unless that is allowed${python.note}`, async () => {
  await expect(openSandbox({ backend: 'none' })).rejects.toMatchObject({
    code: 'not-supported',
    hint: expect.stringContaining('--unsafe-no-sandbox'),
  });
});

it('an interpreter that is not there is named', async () => {
  await expect(openSandbox({ python: 'no-such-python' })).rejects.toMatchObject({
    code: 'not-supported',
    message: 'expected a Python 3 interpreter, could not start "no-such-python"',
  });
});
