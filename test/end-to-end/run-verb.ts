import { VERBS } from '../../src/cli.ts';
import { execute } from '../../src/commands/shell/command-line.ts';
import { HarnessError } from '../../src/core/errors.ts';
import { recordingIo } from './recording-io.ts';

type Flags = Readonly<Record<string, unknown>>;

/** A verb as the command line runs it: its exit code, and what it printed. */
export async function runVerb(name: string, names: readonly string[], flags: Flags) {
  const verb = VERBS.find((each) => each.name === name);
  if (verb === undefined) throw new Error(`no verb ${name}`);
  const io = recordingIo();
  const code = await execute(verb, names, flags, io);
  return { code, stdout: io.written.stdout };
}

/** Why a verb refuses. @throws Error where it does not */
export async function refusalOf(name: string, names: readonly string[], flags: Flags): Promise<HarnessError> {
  const error = await runVerb(name, names, flags).catch((caught: unknown) => caught);
  if (!(error instanceof HarnessError)) throw new Error(`${name} was not refused: ${JSON.stringify(error)}`);
  return error;
}
