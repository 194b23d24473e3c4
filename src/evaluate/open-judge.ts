/** Opens the sandbox for model-written programs, once somebody needs it. */

import type { ProgramJudge } from '../core/program.ts';
import type { Observer } from './observer.ts';

/**
 * @param unsafe run them with all rights of the user where no sandbox works, and say so
 * @throws HarnessError 'not-supported' where none works and `unsafe` is not set, and without Python
 */
export async function openJudge(unsafe: boolean, observer: Pick<Observer, 'noted' | 'signal'>): Promise<ProgramJudge> {
  const [{ openSandbox }, { programJudge }] = await Promise.all([
    import('../sandbox/open-sandbox.ts'),
    import('../sandbox/program-judge.ts'),
  ]);
  const sandbox = await openSandbox({ unsafe });
  if (sandbox.backend === 'none') {
    observer.noted(
      'warning: no sandbox works here; model-written programs run with all your rights (--unsafe-no-sandbox)',
    );
  }
  return programJudge(sandbox, observer.signal);
}

/** Opened by the first program. */
export function lazyJudge(unsafe: boolean, observer: Pick<Observer, 'noted' | 'signal'>): ProgramJudge {
  let opened: Promise<ProgramJudge> | null = null;
  let sandbox: ProgramJudge['sandbox'];
  return {
    get sandbox() {
      return sandbox;
    },
    async runPrograms(programs) {
      opened ??= openJudge(unsafe, observer);
      const judge = await opened;
      sandbox = judge.sandbox;
      return judge.runPrograms(programs);
    },
  };
}
