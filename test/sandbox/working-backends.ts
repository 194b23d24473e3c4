/** What the sandbox tests share: the backends of this machine, and small programs. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Program } from '../../src/core/program.ts';
import type { Backend } from '../../src/sandbox/backend.ts';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/open-sandbox.ts';

export interface Candidate {
  readonly backend: Backend;
  /** null where it does not work here. */
  readonly sandbox: Sandbox | null;
  /** For the name of a test: why it is skipped, or nothing. */
  readonly note: string;
}

export async function candidate(backend: Backend, options: SandboxOptions = {}): Promise<Candidate> {
  try {
    const sandbox = await openSandbox({ ...options, backend });
    return { backend, sandbox, note: '' };
  } catch (error) {
    return { backend, sandbox: null, note: ` (skipped: ${error instanceof Error ? error.message : error})` };
  }
}

/** Every backend of this machine, no sandbox among them. */
export const allBackends = (options: SandboxOptions = {}): Promise<readonly Candidate[]> =>
  Promise.all([
    candidate('bubblewrap', options),
    candidate('namespaces', options),
    candidate('none', { ...options, unsafe: true }),
  ]);

/** A program whose tests are these lines of `check(candidate)`. */
export function programWith(solution: string, ...lines: string[]): Program {
  const test = `def check(candidate):\n${lines.map((line) => `    ${line}\n`).join('')}`;
  return { solution, test, entryPoint: 'f', reference: '' };
}

/** `f(1)` should be 2. */
export function plain(solution: string): Program {
  return programWith(solution, 'assert candidate(1) == 2');
}

/** Named programs with the verdict to expect. */
export function cases(rows: readonly (readonly [name: string, solution: string, expected: string | RegExp])[]) {
  return rows.map(([name, solution, expected]) => ({ name, solution, expected }));
}

/** Command lines of all processes of this machine that hold a text. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(text));
}

/** Processes that this one has started and that still run. */
export function ownChildren(): string[] {
  return readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
}
