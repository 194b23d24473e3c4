/** What a verb is: how it is listed, what it is told, what it does; and how it is told it: argv to flags to options. */
import { HarnessError } from '../../core/errors.ts';
import { unknownName } from '../../core/text/nearest.ts';
import { type Declared, flagOf, type OptionsOf } from '../../options/option.ts';
import { type Given, optionsOf } from '../../options/read-options.ts';
import { readConfig } from './config-file.ts';
import type { CommandIo } from './io.ts';

/** Command lines after `bench`, and what each does. */
export type Examples = Readonly<Record<string, string>>;

/** What `bench --help` says of a verb, without loading it. */
export interface ListedVerb {
  readonly name: string;
  /** Positional arguments in words, such as `RUN [ITEM]`; brackets mark those that may be left out. Absent: none. */
  readonly takes?: string;
  readonly about: string;
  /** The first of its examples. */
  readonly example: Examples;
  /** What it means by exit codes besides what all verbs mean; a clause. */
  readonly exits?: Readonly<Partial<Record<'failure' | 'regression' | 'inconclusive', string>>>;
  load(): Promise<{ readonly verb: Verb }>;
}

export interface Verb<D extends Declared = Declared, O = unknown> {
  readonly options: D;
  /** Whether `--config` may name a JSON file with the same keys. */
  readonly readsConfig?: boolean;
  /** Values that stand where neither flags nor that file say anything, before the presets. */
  earlier?(given: Given): Promise<Given>;
  /** Members that only such a file may hold. */
  readonly onlyInConfig?: readonly string[];
  /** Further paragraphs of `bench VERB --help`. */
  readonly notes?: string;
  /** Besides the first one. */
  readonly examples: Examples;
  /** What the verb receives, from options and positional arguments. @throws HarnessError where they contradict each other */
  settle(given: OptionsOf<D>, names: readonly string[]): O;
  /** @returns the exit code */
  run(options: O, io: CommandIo): Promise<number>;
}

/** Checks a declaration: `settle` gets the options that are declared, `run` what `settle` makes of them. */
export const declareVerb = <D extends Declared, O>(verb: Verb<D, O>): Verb<D, O> => verb;

/** A line of help, and whether a value follows the flag. */
interface Flag {
  readonly about: string;
  readonly takesValue: boolean;
  readonly standard?: string;
  readonly group: string;
}
export type Flags = Readonly<Record<string, Flag>>;

export const always = (about: string): Flag => ({ about, takesValue: false, group: 'Always:' });

/** Flags that every verb understands. */
export const COMMON: Flags = {
  debug: always('show the stack of an error (also BENCH_DEBUG=1)'),
  help: always('show this help'),
  plugin: {
    about:
      'files or packages that add tasks, engines and more, separated by commas (also "plugins" in bench.config.json or a --config file)',
    takesValue: true,
    group: 'Always:',
  },
};

const CONFIG: Flags = {
  config: {
    about: 'JSON file with the same keys as these flags; flags override it',
    takesValue: true,
    group: 'Flags:',
  },
};

/** Those that may be typed. */
export function flagsOf({ options, readsConfig, onlyInConfig = [] }: Verb): Flags {
  const shown = Object.entries(options).filter(([key]) => !onlyInConfig.includes(key));
  const flags = shown.map(([key, each]): [string, Flag] => {
    const standard = each.standard ?? presetText(each.preset);
    const takesValue = each.field.type !== 'boolean';
    const about = { about: each.about, takesValue, group: each.group ?? 'Flags:' };
    return [flagOf(key, each), standard === null ? about : { ...about, standard }];
  });
  return { ...Object.fromEntries(flags), ...(readsConfig === true ? CONFIG : {}) };
}

const presetText = (preset: unknown): string | null =>
  preset === undefined || preset === null || typeof preset === 'boolean' ? null : String(preset);

export interface Invocation {
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
export async function read(listed: ListedVerb, argv: readonly string[]): Promise<Invocation> {
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
  throw new HarnessError('bad-arguments', `${name}: expected ${expected}, found ${found}`, {
    hint: `bench ${name} --help`,
  });
}

/** Values by flag, as typed: text, true, or an array where a flag is repeated; `_` has what is no flag. */
async function parsed(known: Flags, argv: readonly string[]): Promise<Given> {
  const { Parser } = await import('yargs/helpers');
  const taking = (value: boolean) => Object.keys(known).filter((flag) => known[flag]?.takesValue === value);
  return Parser([...argv], {
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
  if (!readsConfig) return settle(optionsOf(options, flags), names);
  const { config, ...typed } = flags;
  const { plugins: _loaded, ...stored } = config === undefined ? {} : await readConfig(config);
  const given = { ...stored, ...typed };
  const where = (key: string) => (key in typed || !(key in stored) ? `--${key}` : `"${key}" in ${String(config)}`);
  return settle(optionsOf(options, { ...(await earlier?.(given)), ...given }, where, ['plugins']), names);
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
