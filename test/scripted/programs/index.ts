/** One program of each class, with the verdict to expect. */
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

/** Short, so that a program without end ends soon, and small, so that much memory is little. */
export const PROGRAM_LIMITS = { cpuMs: 600, wallMs: 3000, memoryBytes: 512 * 1024 * 1024 };

/** A user without rights: the ordinary one of tests that root runs. */
export const NOBODY = 65534;
