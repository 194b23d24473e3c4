/** What a verb is: how it is listed, what it is told, what it does. */
import type { Declared, OptionsOf } from '../../options/option.ts';
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
