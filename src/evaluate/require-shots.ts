import { HarnessError } from '../core/errors.ts';

interface Shots {
  readonly protocol?: string;
  readonly shots?: number | null;
  readonly shotsFrom?: string | null;
  readonly tasks?: readonly string[] | null;
}

/** Examples go with one protocol, and rows of examples with one task. @throws HarnessError 'bad-arguments' */
export function requireShots({ protocol, shots = null, shotsFrom = null, tasks = null }: Shots): void {
  const flag = shotsFrom !== null ? '--shots-from' : '--shots';
  if (shots === null && shotsFrom === null) return;
  if (protocol !== undefined && protocol !== 'lm-eval') {
    throw new HarnessError('bad-arguments', `${flag}: expected --protocol lm-eval, found ${protocol}`, {
      hint: `add --protocol lm-eval, or leave ${flag} out`,
    });
  }
  if (shotsFrom !== null && tasks?.length !== 1) {
    const found = tasks === null ? 'none named' : tasks.join(', ');
    throw new HarnessError('bad-arguments', `--shots-from: expected one task, whose rows it holds, found ${found}`, {
      hint: 'name one with --tasks',
    });
  }
}
