import { HarnessError } from '../core/errors.ts';

interface Shots {
  readonly protocol?: string;
  readonly shots?: number | null;
  readonly shotsFrom?: string | null;
  readonly tasks?: readonly string[] | null;
}

/** Of some tasks at least; which they are is known when they are loaded. */
const WITH_EXAMPLES = ['lm-eval', 'canonical', 'paper'];

/** Examples go with some protocols, and rows of examples with one task. @throws HarnessError 'bad-arguments' */
export function requireShots({ protocol, shots = null, shotsFrom = null, tasks = null }: Shots): void {
  const flag = shotsFrom !== null ? '--shots-from' : '--shots';
  if (shots === null && shotsFrom === null) return;
  if (protocol !== undefined && !WITH_EXAMPLES.includes(protocol)) {
    const known = `${WITH_EXAMPLES.slice(0, -1).join(', ')} or ${WITH_EXAMPLES.at(-1)}`;
    throw new HarnessError('bad-arguments', `${flag}: expected --protocol ${known}, found ${protocol}`, {
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
