/** argv to flags to options to a command, errors to sentences and exit codes. The only file that writes to streams or ends the process. */
import { fstatSync, writeSync } from 'node:fs';
import { badArguments } from '../../core/errors.ts';
import { unknownName } from '../../core/text/nearest.ts';
import type { Milliseconds } from '../../core/units.ts';
import { onceThreadsRest } from '../../engines/onnx/beside/at-work.ts';
import { packageVersion } from '../../files/package-root.ts';
import { systemWords } from '../../files/system-error.ts';
import type { Declared } from '../../options/option.ts';
import { type Given, optionsOf } from '../../options/read-options.ts';
import { complain } from './complain.ts';
import { readConfig } from './config-file.ts';
import { type CommandIo, EXIT } from './io.ts';
import { requireSpared } from './spared-files.ts';
import { help, overview } from './usage.ts';
import { usePlugins } from './use-plugins.ts';
import { COMMON, type Flags, flagsOf, type ListedVerb, type Verb } from './verb.ts';

/** Widest table and help text, in characters; also the width assumed when output is not a terminal. */
const WIDEST = 100;

/** Flags that stand without a verb. */
const GLOBAL_FLAGS = ['--help', '-h', '--version', '--debug'];

/** Time that threads get to finish what they compute once the process is to end at once. */
const PATIENCE: Milliseconds = 500;

/** Runs one command line and ends the process. */
export async function commandLine(verbs: readonly ListedVerb[], argv: readonly string[]): Promise<void> {
  const stop = new AbortController();
  const output: Output = { lost: null };
  const io = processIo(stop.signal, output);
  let interruptions = 0;
  process.on('SIGINT', () => {
    interruptions += 1;
    if (interruptions > 1) {
      endAtOnce(interruptions === 2 ? PATIENCE : 0);
      return;
    }
    stop.abort();
    io.stderr('\rstopping after the batch in hand; Ctrl-C again to end at once\n');
  });
  // Without a reader (`head` has enough), or without room, there is nothing to go on for.
  process.stdout.on('error', (error) => {
    output.lost ??= error;
    stop.abort();
  });
  process.stderr.on('error', () => {}); // nowhere is left to say it
  const isDebug = argv.includes('--debug') || (process.env.BENCH_DEBUG ?? '') !== '';
  const code = await dispatch(verbs, argv, io).catch((error: unknown) => complain(error, io, isDebug));
  // Written streams are flushed before the process ends: both may be pipes.
  await new Promise((resolve) => process.stdout.write('', resolve));
  await new Promise(setImmediate); // an error of the stream is told after its writer
  const ended = interruptions > 0 ? EXIT.stopped : codeOf(code, output, io);
  if (interruptions > 0) io.stderr(`stopped; ${againText(verbs, argv)}\n`);
  await new Promise((resolve) => process.stderr.write('', resolve));
  onceThreadsRest(() => process.exit(ended));
}

/** Ends the process, whatever is in hand: by the signal itself where threads compute for longer, see `onceThreadsRest`. */
function endAtOnce(patience: Milliseconds): void {
  setTimeout(() => {
    process.removeAllListeners('SIGINT');
    process.kill(process.pid, 'SIGINT');
  }, patience);
  onceThreadsRest(() => process.exit(EXIT.stopped));
}

/** Standard output. */
interface Output {
  /** Why no more can be written to it; null where it can. */
  lost: NodeJS.ErrnoException | null;
}

/** The exit code of a command whose output may be lost. A reader that has enough is no failure. */
function codeOf(code: number, { lost }: Output, io: CommandIo): number {
  if (lost === null) return code;
  if (lost.code === 'EPIPE') return code === EXIT.stopped ? EXIT.ok : code;
  const { found, hint } = systemWords(lost);
  io.stderr(`bench: standard output: ${found}\nhint: ${hint}\n`);
  return EXIT.failure;
}

/** What the command does when it is repeated after it was stopped. */
function againText(verbs: readonly ListedVerb[], argv: readonly string[]): string {
  const verb = verbs.find(({ name }) => name === argv.find((word) => !word.startsWith('-')));
  return verb?.resumes === true ? 'repeat the command to resume' : 'the command begins anew when it is repeated';
}

async function dispatch(verbs: readonly ListedVerb[], argv: readonly string[], io: CommandIo): Promise<number> {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  const named = argv[at];
  const rest = argv.toSpliced(at, 1);
  // `bench help run` is `bench run --help`.
  if (named === 'help' && rest.some((word) => !word.startsWith('-'))) return dispatch(verbs, [...rest, '--help'], io);
  if (named === undefined || named === 'help') {
    const unknown = named === undefined && argv.find((word) => !GLOBAL_FLAGS.includes(word));
    if (unknown) {
      throw unknownName({ kind: 'flag', found: unknown, candidates: GLOBAL_FLAGS, listedBy: 'bench --help' });
    }
    io.stdout(`${argv.includes('--version') ? packageVersion() : await overview(verbs, io.columns)}\n`);
    return EXIT.ok;
  }
  const verb = verbs.find(({ name }) => name === named);
  if (verb === undefined) {
    throw unknownName({
      kind: 'verb',
      found: named,
      candidates: verbs.map(({ name }) => name),
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

const processIo = (signal: AbortSignal, output: Output): CommandIo => ({
  stdout: writerOf(output),
  stderr: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  columns: Math.min(WIDEST, process.stdout.columns ?? (Number(process.env.COLUMNS) || WIDEST)),
  stderrColumns: () => process.stderr.columns ?? WIDEST,
  signal,
  now: () => performance.now(),
});

/** Files are written here: Node's stream takes what did not fit on the disk for written. */
function writerOf(output: Output): (text: string) => void {
  const isFile = isRegular(process.stdout.fd);
  return (text) => {
    if (output.lost !== null) return;
    if (!isFile) return void process.stdout.write(text);
    const bytes = Buffer.from(text);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(process.stdout.fd, bytes, done);
    } catch (error) {
      process.stdout.emit('error', error);
    }
  };
}

/** Without a standard output, its number is of nothing on some systems. */
function isRegular(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

interface Invocation {
  readonly names: readonly string[];
  /** Without the common flags. */
  readonly flags: Given;
  /** As typed after `--plugin`. */
  readonly plugin: unknown;
  readonly wantsHelp: boolean;
}

/**
 * The arguments after the verb, as typed: values stay text.
 *
 * @throws HarnessError 'unknown-name' on a flag that the verb does not have, 'bad-arguments' on a wrong count of names
 */
async function read(listed: ListedVerb, argv: readonly string[]): Promise<Invocation> {
  const own = flagsOf((await listed.load()).verb);
  const known = { ...own, ...COMMON };
  const { _, ...flags } = await parsed(known, argv);
  const wantsHelp = flags.help === true || flags.h === true;
  for (const key of Object.keys(flags)) {
    if (key in known || key === 'h') continue;
    const dashes = key.length === 1 && !argv.some((word) => word.startsWith(`--${key}`)) ? '-' : '--';
    const candidates = Object.keys(known).map((name) => `--${name}`);
    throw unknownName({
      kind: 'flag',
      found: `${dashes}${key}`,
      candidates,
      listedBy: `bench ${listed.name} --help`,
    });
  }
  const names = Array.isArray(_) ? _.map(String) : [];
  if (!wantsHelp) checkCount(listed, names);
  const given = Object.entries(flags).filter(([key, value]) => key in own && value !== undefined);
  return { names, flags: Object.fromEntries(given), plugin: flags.plugin, wantsHelp };
}

function checkCount({ name, takes = '' }: ListedVerb, names: readonly string[]): void {
  const words = takes.split(' ').filter((word) => word !== '');
  const least = words.filter((word) => !word.startsWith('[')).length;
  const most = takes.includes('...') ? Number.POSITIVE_INFINITY : words.length;
  if (names.length >= least && names.length <= most) return;
  const expected = takes === '' ? 'no arguments besides flags' : takes;
  const found = names.length === 0 ? 'nothing' : names.map((each) => `"${each}"`).join(' ');
  throw badArguments(`${name}: expected ${expected}, found ${found}`, `bench ${name} --help`);
}

/** Values by flag, as typed: text, true, or an array where a flag is repeated; `_` has what is no flag. */
async function parsed(known: Flags, argv: readonly string[]): Promise<Given> {
  const { default: parse } = await import('yargs-parser'); // yargs itself loads five times as much
  const taking = (value: boolean) => Object.keys(known).filter((flag) => known[flag]?.takesValue === value);
  return parse([...argv], {
    string: taking(true),
    boolean: taking(false),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    },
  });
}

/** What a verb receives of flags and positional arguments. @throws HarnessError that names the flag, or file and key */
export async function settled<D extends Declared, O>(
  { options, readsConfig = false, settle, earlier }: Verb<D, O>,
  flags: Given,
  names: readonly string[] = [],
): Promise<O> {
  if (!readsConfig) {
    const told = optionsOf(options, flags);
    await requireSpared(options, flags, names);
    return settle(told, names);
  }
  const { config, ...typed } = flags;
  const { plugins: _loaded, ...stored } = config === undefined ? {} : await readConfig(config);
  const given = { ...stored, ...typed };
  const where = (key: string) => (key in typed || !(key in stored) ? `--${key}` : `"${key}" in ${String(config)}`);
  const told = optionsOf(options, { ...(await earlier?.(given)), ...given }, where, ['plugins']);
  await requireSpared(options, given, [...names, config]);
  return settle(told, names);
}

/** @returns the exit code */
export async function execute(
  { load }: ListedVerb,
  names: readonly string[],
  flags: Given,
  io: CommandIo,
): Promise<number> {
  const { verb } = await load();
  return verb.run(await settled(verb, flags, names), io);
}
