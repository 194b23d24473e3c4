/** One program of each class, with the verdict to expect. */
import { spawnSync } from 'node:child_process';
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

/**
 * Short, so that a program without end ends soon, and small, so that much memory is little. Where the machine is slow at giving out pages
 * (virtual ones may take ten times as long), programs that take much memory need more time for it than the speed of Python says.
 */
export const PROGRAM_LIMITS = {
  cpuMs: 600 * slownessOfPages(),
  wallMs: 3000 * slownessOfPages(),
  memoryBytes: 512 * 1024 * 1024,
};

/** A user without rights: the ordinary one of tests that root runs. */
export const NOBODY = 65534;

/** Processor time to have 64 MiB given out, 1 = 40 ms or less, 4 at most. */
function slownessOfPages(): number {
  const lines = [
    'import time',
    'start = time.process_time()',
    'held = bytearray(1 << 26)',
    'held[::4096] = bytes(1 << 14)',
  ];
  const program = [...lines, 'print(1000 * (time.process_time() - start))'].join('\n');
  const { stdout } = spawnSync('python3', ['-c', program], { encoding: 'utf8' });
  return Math.min(4, Math.max(1, Math.round(Number.parseFloat(stdout) / 40) || 1));
}
