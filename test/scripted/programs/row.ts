import type { VerdictKind } from '../../../src/core/program.ts';

/** A class of programs, one of them, and its verdict; `f(1)` should be 2. */
export type Row = readonly [name: string, solution: string, expected: VerdictKind];
