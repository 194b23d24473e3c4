/** A verb of the command line in this process, and what came of it. */

import { VERBS } from '../../src/cli.ts';
import { execute } from '../../src/commands/shell/command-line.ts';
import { HarnessError } from '../../src/core/errors.ts';
import { isSystemError } from '../../src/files/system-error.ts';

export interface Outcome {
  /** `unexpected`: an error that is no sentence for users. */
  readonly kind: 'done' | 'failed' | 'refused' | 'unexpected';
  readonly printed: string;
  /** What was told beside it: the message of an error, standard error. */
  readonly told: string;
}

/** Runs a verb as the command line does, streams kept. @throws RangeError on a verb that there is not */
export async function bench(
  name: string,
  names: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const verb = VERBS.find((each) => each.name === name);
  if (verb === undefined) throw new RangeError(`no verb ${name}`);
  let [printed, told] = ['', ''];
  const io = {
    stdout: (text: string) => {
      printed += text;
    },
    stderr: (text: string) => {
      told += text;
    },
    isTerminal: false,
    columns: 100,
    signal,
    now: () => performance.now(),
  };
  try {
    const code = await execute(verb, names, flags, io);
    return { kind: code === 0 ? 'done' : 'failed', printed, told };
  } catch (error) {
    if (error instanceof HarnessError || isSystemError(error)) {
      return { kind: 'refused', printed, told: `${told}${error.message}` };
    }
    return {
      kind: 'unexpected',
      printed,
      told: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}
