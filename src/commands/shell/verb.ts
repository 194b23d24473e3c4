/** What a verb is: how it is listed, what it is told, what it does. */
import { type Declared, flagOf, type Option, type OptionsOf } from '../../options/option.ts';
import type { Given } from '../../options/read-options.ts';
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
  /** Whether the same command goes on where it was stopped. */
  readonly resumes?: boolean;
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
interface Flag extends Pick<Option, 'about' | 'standard'> {
  readonly takesValue: boolean;
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
