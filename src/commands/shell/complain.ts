import { inspect } from 'node:util';
import { HarnessError } from '../../core/errors.ts';
import { isSystemError, systemWords } from '../../files/system-error.ts';
import { type CommandIo, EXIT } from './io.ts';

/** Says what went wrong in one sentence, and returns the exit code. */
export function complain(error: unknown, io: CommandIo, isDebug: boolean): number {
  if (isSystemError(error)) {
    const { found, hint } = systemWords(error);
    const where = error.path === undefined || found.includes(error.path) ? '' : ` (${error.path})`;
    io.stderr(`bench: the system refused: ${found}${where}\n`);
    io.stderr(isDebug ? `${inspect(error)}\n` : `hint: ${hint}\n`);
    return EXIT.failure;
  }
  if (!(error instanceof HarnessError)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    io.stderr(`bench: unexpected failure: ${message}\n`);
    io.stderr(isDebug ? `${inspect(error)}\n` : 'hint: repeat the command with --debug to see where it happened\n');
    return EXIT.failure;
  }
  if (error.code === 'interrupted') return EXIT.stopped;
  io.stderr(`bench: ${error.message}\n`);
  if (error.hint !== undefined) io.stderr(`hint: ${error.hint}\n`);
  if (isDebug) io.stderr(`${inspect(error)}\n`);
  return error.code === 'bad-arguments' || error.code === 'unknown-name' ? EXIT.usage : EXIT.failure;
}
