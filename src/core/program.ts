/** A model-written Python program with the tests that judge it. */
export interface Program {
  /** Untrusted: executed alone, in a fresh process, before any test is near. */
  readonly solution: string;
  /** Trusted: defines `check(candidate)`, which returns normally when the solution is right. */
  readonly test: string;
  /** Name of the function of `solution` that `check` is given. */
  readonly entryPoint: string;
  /**
   * Trusted: a right solution. Tests may call other functions of a problem than the entry point (`poly`, `encode_cyclic`);
   * they find them here, not in the untrusted text. Empty where the tests need none.
   */
  readonly reference: string;
}

/** A program with a hole, and the tests of the whole. */
export interface ProgramFrame extends Omit<Program, 'solution'> {
  readonly before: string;
  readonly after: string;
}

/** The program that a text makes of a frame. */
export function completeProgram({ before, after, ...tests }: ProgramFrame, text: string): Program {
  return { solution: before + text + after, ...tests };
}

/**
 * What became of a program:
 *
 * - `passed`: `check` returned normally;
 * - `wrong`: a test failed, or the program raised an exception (a syntax error included);
 * - `timeout`: more processor time or wall-clock time than allowed;
 * - `crash`: the process died or ended itself before the tests were over;
 * - `limit`: more memory, output, file space or processes than allowed;
 * - `not-run`: the sandbox did not start it, or the tests could not be read; says nothing about the program. One that was started
 *   and has vanished with its judge is a `crash`.
 */
export const VERDICTS = ['passed', 'wrong', 'timeout', 'crash', 'limit', 'not-run'] as const;

export type VerdictKind = (typeof VERDICTS)[number];

export interface Verdict {
  readonly kind: VerdictKind;
  /** One line for people; may hold text of the program, and differ from one run of it to the next. */
  readonly reason: string;
}

/** What shuts programs in and bounds them, as records keep it. Verdicts must not depend on it. */
export interface SandboxFacts {
  /** `bubblewrap`, `namespaces`, or `none` where that was allowed. */
  readonly backend: string;
  /**
   * Who counts what a program uses: `cgroup` (version 2: time, memory, processes), `cgroup-time` (time; the judge counts the
   * rest), `judge` (from the clocks and pages of the processes).
   */
  readonly accounting: string;
  /** Version of the interpreter. */
  readonly python: string;
  /** Of this machine at running it, 1 = the reference machine. */
  readonly speed: number;
  /** Limits, after scaling by the speed. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** Runs untrusted programs where they can do no harm. The same program gets the same kind of verdict, whatever else runs. */
export interface ProgramJudge {
  /** Where they run; absent where that is not known (yet). */
  readonly sandbox?: SandboxFacts | undefined;
  /**
   * Verdicts in the order of the programs. How many run at a time is bounded over all calls.
   *
   * @throws HarnessError 'interrupted' when the user stopped it: what did not run has no verdict then
   */
  runPrograms(programs: readonly Program[]): Promise<readonly Verdict[]>;
}
