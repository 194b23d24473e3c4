/** The sandbox as tasks see it: programs in, verdicts out. */
import pLimit from 'p-limit';
import { HarnessError } from '../core/errors.ts';
import type { ProgramJudge } from '../core/program.ts';
import { usableProcessors } from '../files/processors.ts';
import type { Sandbox } from './open-sandbox.ts';

/**
 * @param concurrency programs at a time, over all calls; default: the processors that this process may use
 * @param signal      stops what runs; calls under way then fail with 'interrupted', so that no verdict is made up
 */
export function programJudge(
  { run, facts }: Pick<Sandbox, 'run'> & Partial<Pick<Sandbox, 'facts'>>,
  signal: AbortSignal,
  concurrency: number = usableProcessors(),
): ProgramJudge {
  const limit = pLimit(concurrency);
  return {
    sandbox: facts,
    async runPrograms(programs) {
      const verdicts = await Promise.all(programs.map((program) => limit(() => run(program, signal))));
      if (signal.aborted) throw new HarnessError('interrupted', 'stopped between two programs');
      return verdicts;
    },
  };
}
