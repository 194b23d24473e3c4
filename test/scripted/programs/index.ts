/** One program of each class, with the verdict to expect. */
import pLimit from 'p-limit';
import type { Verdict, VerdictKind } from '../../../src/core/program.ts';
import type { SandboxLimits } from '../../../src/sandbox/limits.ts';
import type { Sandbox } from '../../../src/sandbox/open-sandbox.ts';
import { FORBIDDEN } from './forbidden.ts';
import { GREEDY } from './greedy.ts';
import { HONEST } from './honest.ts';

export const PROGRAMS = [...HONEST, ...GREEDY, ...FORBIDDEN].map(([name, solution, expected]) => ({
  name,
  expected,
  program: {
    solution,
    test: 'def check(candidate):\n    assert candidate(1) == 2\n',
    entryPoint: 'f',
    reference: '',
  },
}));

const MIB = 1024 * 1024;

/**
 * What each program is bound by. Little memory, so that taking too much is quickly done. A program that should meet the clock meets a near
 * one, any other a far one: how long a machine takes to give out pages, or to start processes, then decides no verdict.
 */
export function limitsFor(expected: VerdictKind): Partial<SandboxLimits> {
  const clocks = expected === 'timeout' ? { cpuMs: 600, wallMs: 3000 } : { cpuMs: 60_000, wallMs: 120_000 };
  return { ...clocks, memoryBytes: 512 * MIB };
}

/**
 * All programs, each within its limits.
 *
 * @param open        opens a sandbox with these limits; called once for each clock
 * @param concurrency programs at a time
 * @returns one verdict per program, in the order of `PROGRAMS`
 */
export async function judgePrograms(
  open: (limits: Partial<SandboxLimits>) => Promise<Sandbox>,
  concurrency: number,
): Promise<readonly Verdict[]> {
  const [near, far] = [await open(limitsFor('timeout')), await open(limitsFor('limit'))];
  const limit = pLimit(concurrency);
  return Promise.all(
    PROGRAMS.map(({ program, expected }) => limit(() => (expected === 'timeout' ? near : far).run(program))),
  );
}

/** A user without rights: the ordinary one of tests that root runs. */
export const NOBODY = 65534;
