/** argv to command, errors to sentences and exit codes. The only file that writes to streams or ends the process. */
import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { type CommandIo, EXIT } from './commands/shell/io.ts';
import { help, overview } from './commands/shell/usage.ts';
import { usePlugins } from './commands/shell/use-plugins.ts';
import { execute, read } from './commands/shell/verb.ts';
import { VERBS } from './commands/verbs.ts';
import { HarnessError } from './core/errors.ts';
import { unknownName } from './core/text/nearest.ts';
import { isSystemError, systemWords } from './files/system-error.ts';

/** Widest table and help text, in characters; also the width assumed when output is not a terminal. */
const WIDEST = 100;

/** Flags that stand without a verb. */
const GLOBAL_FLAGS = ['--help', '-h', '--version', '--debug'];

/** Runs one command line and ends the process. */
export async function main(argv: readonly string[]): Promise<void> {
  const stop = new AbortController();
  const io = processIo(stop.signal);
  process.on('SIGINT', () => {
    if (stop.signal.aborted) process.exit(EXIT.stopped);
    stop.abort();
    io.stderr('\rstopping after the batch in hand; Ctrl-C again to end at once\n');
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok); // the reader, such as `head`, has enough
    throw error;
  });
  const isDebug = argv.includes('--debug') || (process.env.BENCH_DEBUG ?? '') !== '';
  const code = await dispatch(argv, io).catch((error: unknown) => complain(error, io, isDebug));
  const wasStopped = stop.signal.aborted;
  if (wasStopped) io.stderr('stopped; repeat the command to resume\n');
  // Written streams are flushed before the process ends: both may be pipes.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(wasStopped ? EXIT.stopped : code)));
}

async function dispatch(argv: readonly string[], io: CommandIo): Promise<number> {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  const named = argv[at];
  const rest = argv.toSpliced(at, 1);
  // `bench help run` is `bench run --help`.
  if (named === 'help' && rest.some((word) => !word.startsWith('-'))) return dispatch([...rest, '--help'], io);
  if (named === undefined || named === 'help') {
    const unknown = named === undefined && argv.find((word) => !GLOBAL_FLAGS.includes(word));
    if (unknown) {
      throw unknownName({ kind: 'flag', found: unknown, candidates: GLOBAL_FLAGS, listedBy: 'bench --help' });
    }
    io.stdout(`${argv.includes('--version') ? await version() : await overview(VERBS, io.columns)}\n`);
    return EXIT.ok;
  }
  const verb = VERBS.find(({ name }) => name === named);
  if (verb === undefined) {
    throw unknownName({
      kind: 'verb',
      found: named,
      candidates: VERBS.map(({ name }) => name),
      listedBy: 'bench --help',
    });
  }
  const { names, flags, plugin, wantsHelp } = await read(verb, rest);
  if (wantsHelp) {
    io.stdout(`${await help(verb, io.columns)}\n`);
    return EXIT.ok;
  }
  await usePlugins(plugin, flags.config);
  return execute(verb, names, flags, io);
}

/** Says what went wrong in one sentence, and returns the exit code. */
function complain(error: unknown, io: CommandIo, isDebug: boolean): number {
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

function processIo(signal: AbortSignal): CommandIo {
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    columns: Math.min(WIDEST, process.stdout.columns ?? (Number(process.env.COLUMNS) || WIDEST)),
    stderrColumns: () => process.stderr.columns ?? WIDEST,
    signal,
    now: () => performance.now(),
  };
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}

// `node dist/src/cli.js` is `bench`; the programs of the package import this file.
if (isStarted(process.argv[1])) await main(process.argv.slice(2));

/** Programs that import this file may have anything as their first argument, also nothing that is there. */
function isStarted(script: string | undefined): boolean {
  if (script === undefined || !existsSync(script)) return false;
  return realpathSync(script) === fileURLToPath(import.meta.url);
}
