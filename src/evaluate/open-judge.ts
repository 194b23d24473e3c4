/** Opens the sandbox for model-written programs, once somebody needs it. */

import type { CommandIo } from '../commands/shell/io.ts';
import type { ProgramJudge } from '../core/program.ts';

/**
 * @param unsafe run them with all rights of the user where no sandbox works, and say so
 * @throws HarnessError 'not-supported' where none works and `unsafe` is not set, and without Python
 */
export async function openJudge(unsafe: boolean, io: CommandIo): Promise<ProgramJudge> {
  const [{ openSandbox }, { programJudge }] = await Promise.all([
    import('../sandbox/open-sandbox.ts'),
    import('../sandbox/program-judge.ts'),
  ]);
  const sandbox = await openSandbox({ unsafe });
  if (sandbox.backend === 'none') {
    io.stderr(
      'warning: no sandbox works here; model-written programs run with all your rights (--unsafe-no-sandbox)\n',
    );
  }
  return programJudge(sandbox, io.signal);
}

/** Opened by the first program. */
export function lazyJudge(unsafe: boolean, io: CommandIo): ProgramJudge {
  let opened: Promise<ProgramJudge> | null = null;
  return {
    async runPrograms(programs) {
      opened ??= openJudge(unsafe, io);
      return (await opened).runPrograms(programs);
    },
  };
}
