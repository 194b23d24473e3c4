/**
 * Chooses a backend that works here, and runs model-written programs in it: without network, on a read-only tree of the
 * system's folders, with an empty temporary folder, as nobody, under limits, in a process namespace that ends with the verdict.
 *
 * The tests run in the judge (`sandbox/judge.py`), the program in another process that the judge calls by messages; so a
 * verdict cannot be printed, patched or exited into. This differs from the published evaluation, which executes both as
 * one text in one process, in what only tricks can see: values of a program's own classes arrive as values of built-in
 * types or as objects equal to nothing, and the program has Python's standard library, no installed packages.
 *
 * Not prevented: a program that knows the tests by heart; faults of the kernel; several programs at a time that each take
 * all they may; on processors other than x86_64 and aarch64, system calls such as `socket` (namespaces hold there as well).
 * With backend `none` the program has the user's rights, and root's program could read the judge's memory. More: `docs/sandbox.md`.
 */
import pLimit from 'p-limit';
import { notSupported } from '../core/errors.ts';
import type { Program, SandboxFacts, Verdict } from '../core/program.ts';
import { cacheFolder } from '../files/package-root.ts';
import { usableProcessors } from '../files/processors.ts';
import type { Backend } from './backend.ts';
import { type Cgroups, findCgroups } from './cgroup.ts';
import { BASE_LIMITS, type SandboxLimits, scaleLimits } from './limits.ts';
import { machineSpeed } from './machine-speed.ts';
import { compiledJudge, findPython, type Python } from './python.ts';
import { type RunSettings, runProgram } from './run-program.ts';

export interface SandboxOptions {
  /** Name or path of the interpreter; default `python3`. */
  readonly python?: string;
  /** Limits at speed 1, before scaling; absent ones as in `BASE_LIMITS`. */
  readonly limits?: Partial<SandboxLimits>;
  /** Only this backend; absent = the first that works of bubblewrap, namespaces and, if `unsafe`, none. */
  readonly backend?: Backend;
  /** Allow to run with limits but without any isolation. Default false. */
  readonly unsafe?: boolean;
  /** Whether to use control groups where that works. Default true. */
  readonly cgroups?: boolean;
  /** User and group that the whole sandbox runs as; only root can choose. Default: this one. */
  readonly user?: number;
}

export interface RunAllOptions {
  /** Programs at a time; default: the processors of this machine. */
  readonly concurrency?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops what runs; the rest becomes `not-run`. */
  readonly signal?: AbortSignal;
}

export interface Sandbox {
  readonly backend: Backend;
  readonly python: Python;
  readonly facts: SandboxFacts;
  /** After scaling. */
  readonly limits: SandboxLimits;
  run(program: Program, signal?: AbortSignal): Promise<Verdict>;
  /** Verdicts in the order of the programs. */
  runAll(programs: readonly Program[], options?: RunAllOptions): Promise<readonly Verdict[]>;
}

/** Users that systemd keeps for short-lived services: root gives each running program one of its own. */
const FIRST_UID = 61184;
const UIDS = 4336;

/**
 * @throws HarnessError 'not-supported' without a Python interpreter, and where programs could run only unsandboxed and
 *         `unsafe` is not set
 */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const python = await findPython(options.python ?? 'python3');
  const speed = await machineSpeed(python, cacheFolder(process.env));
  const limits = scaleLimits({ ...BASE_LIMITS, ...options.limits }, speed);
  const source = await compiledJudge(python);
  const { user = null } = options;
  const isRoot = process.getuid?.() === 0 && user === null;
  let started = process.pid;
  const settingsOf: SettingsOf = ({ backend, cgroups }) => ({
    ...{ backend, python, limits, isRoot, source, cgroups, user },
    uid: isRoot && backend !== 'none' ? FIRST_UID + (started++ % UIDS) : null,
  });
  const works = await firstWorking(options, settingsOf);
  const { backend, cgroups } = works;
  const run: Sandbox['run'] = (program, signal) => runProgram(settingsOf(works), program, signal);
  const accounting = cgroups === null ? 'judge' : cgroups.counts === 'full' ? 'cgroup' : 'cgroup-time';
  const { cpuMs, wallMs } = limits;
  const facts: SandboxFacts = { backend, accounting, python: python.version, speed, cpuMs, wallMs };
  return { backend, python, facts, limits, run, runAll: (programs, how) => runAll(run, programs, how) };
}

type Means = Pick<RunSettings, 'backend' | 'cgroups'>;
type SettingsOf = (means: Means) => RunSettings;

/** With control groups first, which need not work where they seem to. */
async function firstWorking(options: SandboxOptions, settingsOf: SettingsOf): Promise<Means> {
  const found: Cgroups | null = options.cgroups === false ? null : findCgroups();
  const counting = found === null ? [null] : [found, null];
  const isolating: readonly Backend[] = ['bubblewrap', 'namespaces'];
  const wanted = options.backend === undefined ? [...isolating, 'none' as const] : [options.backend];
  const refusals: string[] = [];
  for (const backend of wanted) {
    if (backend === 'none') continue;
    const verdicts: Verdict[] = [];
    for (const cgroups of counting) {
      const verdict = await runProgram(settingsOf({ backend, cgroups }), TRIVIAL);
      if (verdict.kind === 'passed') return { backend, cgroups };
      verdicts.push(verdict);
    }
    refusals.push(`${backend}: ${verdicts.at(-1)?.reason}`);
  }
  if (wanted.includes('none') && options.unsafe === true) return { backend: 'none', cgroups: null };
  throw notSupported(
    `no sandbox works here (${refusals.join('; ') || 'none was asked for'})`,
    'install bubblewrap (apt-get install bubblewrap), or allow user namespaces; --unsafe-no-sandbox runs model-written programs with all your rights',
  );
}

/** Needs a compiled module of the library: the interpreter's folders must be readable inside. */
const TRIVIAL: Program = {
  solution: 'import random\n\ndef f(x):\n    return x + 1\n',
  test: 'def check(candidate):\n    assert candidate(1) == 2\n',
  entryPoint: 'f',
  reference: '',
};

async function runAll(
  run: Sandbox['run'],
  programs: readonly Program[],
  { concurrency = usableProcessors(), onProgress, signal }: RunAllOptions = {},
): Promise<readonly Verdict[]> {
  const limit = pLimit(concurrency);
  let done = 0;
  return Promise.all(
    programs.map((program) =>
      limit(async () => {
        const verdict = await run(program, signal);
        onProgress?.(++done, programs.length);
        return verdict;
      }),
    ),
  );
}
