/** Most passes in fewer bits, with the decisions and the expected values of float32. */
import { HarnessError } from '../../core/errors.ts';
import { choice } from '../../options/fields.ts';
import { grouped, option } from '../../options/option.ts';

export const PRECISION_OPTIONS = grouped('In what weights are held (each gives numbers, and runs, of its own):', {
  precision: option(
    choice(['uniform', 'mixed']),
    'uniform: every pass as --dtype says; mixed: most passes in int8, and in float32 the choices that int8 could turn and a named share of the masks, whose difference corrects the rest',
    'uniform',
  ),
});

interface Mixable {
  readonly precision?: 'uniform' | 'mixed';
  readonly dtype?: string;
  readonly passes?: number | 'auto';
  readonly queue?: string | null;
  readonly explain?: boolean;
}

/** What two precisions do not go with. @throws HarnessError 'bad-arguments' */
export function requireMixable({ precision, dtype = 'float32', passes, queue = null, explain = false }: Mixable): void {
  if (precision !== 'mixed') return;
  const refuse = (expected: string, found: string, hint: string): never => {
    throw new HarnessError('bad-arguments', `--precision mixed: expected ${expected}, found ${found}`, { hint });
  };
  if (dtype !== 'float32') {
    const hint = `leave --dtype out, or --precision for a run in ${dtype} alone`;
    refuse('--dtype float32, as the other precision is chosen here', `--dtype ${dtype}`, hint);
  }
  if (passes === 'auto') {
    const hint = 'give a number of passes, such as --passes 32, or leave --precision out';
    refuse('a fixed number of passes, as a race keeps no values to correct', '--passes auto', hint);
  }
  if (queue !== null) {
    const hint = 'use --shard for several machines, or leave --precision out';
    refuse('items held out before the first unit, which workers do not do', '--queue', hint);
  }
  if (explain) {
    const hint = 'leave --precision out; `bench compare` sets a mixed run beside a uniform one';
    refuse('runs that are stored', '--explain', hint);
  }
}
