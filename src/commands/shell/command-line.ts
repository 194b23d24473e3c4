/** argv to flags to options to a command, errors to sentences and exit codes. The only file that writes to streams or ends the process. */
import { inspect } from 'node:util';
import { badArguments, HarnessError } from '../../core/errors.ts';
import { unknownName } from '../../core/text/nearest.ts';
import { packageVersion } from '../../files/package-root.ts';
import { isSystemError, systemWords } from '../../files/system-error.ts';
import { type Declared, flagOf } from '../../options/option.ts';
import { type Given, optionsOf } from '../../options/read-options.ts';
import { readConfig } from './config-file.ts';
import { type CommandIo, EXIT } from './io.ts';
import { help, overview } from './usage.ts';
import { usePlugins } from './use-plugins.ts';
import { COMMON, type Flags, flagsOf, type ListedVerb, type Verb } from './verb.ts';

/** Widest table and help text, in characters; also the width assumed when output is not a terminal. */
const WIDEST = 100;

/** Flags that stand without a verb. */
const GLOBAL_FLAGS = ['--help', '-h', '--version', '--debug'];

/** Runs one command line and ends the process. */
export async function commandLine(verbs: readonly ListedVerb[], argv: readonly string[]): Promise<void> {
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
  const code = await dispatch(verbs, argv, io).catch((error: unknown) => complain(error, io, isDebug));
  const wasStopped = stop.signal.aborted;
  if (wasStopped) io.stderr('stopped; repeat the command to resume\n');
  // Written streams are flushed before the process ends: both may be pipes.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(wasStopped ? EXIT.stopped : code)));
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

const processIo = (signal: AbortSignal): CommandIo => ({
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  columns: Math.min(WIDEST, process.stdout.columns ?? (Number(process.env.COLUMNS) || WIDEST)),
  stderrColumns: () => process.stderr.columns ?? WIDEST,
  signal,
  now: () => performance.now(),
});

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
    await spareFiles(options, flags, names);
    return settle(told, names);
  }
  const { config, ...typed } = flags;
  const { plugins: _loaded, ...stored } = config === undefined ? {} : await readConfig(config);
  const given = { ...stored, ...typed };
  const where = (key: string) => (key in typed || !(key in stored) ? `--${key}` : `"${key}" in ${String(config)}`);
  const told = optionsOf(options, { ...(await earlier?.(given)), ...given }, where, ['plugins']);
  await spareFiles(options, given, [...names, ...textsIn(config)]);
  return settle(told, names);
}

/** @throws HarnessError as `requireSparing`, of the files that flags say are to be written and of all else that was said */
async function spareFiles(options: Declared, given: Given, names: readonly string[]): Promise<void> {
  const said = Object.entries(options).map(([key, each]) => ({ ...each, flag: flagOf(key, each) }));
  const outs = said.filter(({ writes, flag }) => writes === true && typeof given[flag] === 'string');
  if (outs.length === 0) return;
  const others = said.filter(({ writes, field }) => writes !== true && !WITHOUT_FILES.includes(field.type));
  const { requireSparing } = await import('./write-out.ts');
  await requireSparing(
    outs.map(({ flag }) => ({ flag: `--${flag}`, file: (given[flag] as string).trim() })),
    [...names, ...others.flatMap(({ flag }) => textsIn(given[flag]))],
  );
}

/** Types of values that name no file. */
const WITHOUT_FILES: readonly string[] = ['boolean', 'enum'];

/** The texts in a value of a flag or of a configuration file. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
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
