/** Help texts, and argv to names and raw flags. Knows no verb in particular. */
import { HarnessError } from '../../core/errors.ts';
import { unknownName } from '../../core/text/nearest.ts';
import { flagOf } from '../../options/option.ts';
import type { Given } from '../../options/read-options.ts';
import { paragraph, table } from './help-layout.ts';
import { EXIT } from './io.ts';
import type { Examples, ListedVerb, Verb } from './verb.ts';

const ABOUT =
  'Scores autoregressive language models and the masked-diffusion models adapted from them on the same items.';

/** A line of help, and whether a value follows the flag. */
interface Flag {
  readonly about: string;
  readonly takesValue: boolean;
  readonly standard?: string;
  readonly group: string;
}
type Flags = Readonly<Record<string, Flag>>;

const always = (about: string): Flag => ({ about, takesValue: false, group: 'Always:' });

/** Flags that every verb understands. */
const COMMON: Flags = {
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
function flagsOf({ options, readsConfig, onlyInConfig = [] }: Verb): Flags {
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

/** What `bench --help` prints. */
export function overview(verbs: readonly ListedVerb[], columns: number): string {
  const commands = verbs.map(({ name, takes = '', about }) => ({ name: `bench ${name} ${takes}`.trim(), about }));
  return rendered(columns, {
    usage: `bench VERB [flags]\n\n${ABOUT}`,
    tables: [table('Commands:', commands, columns)],
    flags: { ...COMMON, version: always('show the version') },
    closing: [
      'bench VERB --help explains one verb.',
      examplesText(...verbs.map(({ example }) => example)),
      exitCodes(verbs),
    ],
  });
}

/** What `bench VERB --help` prints. */
export async function help(listed: ListedVerb, columns: number): Promise<string> {
  const { verb } = await listed.load();
  const usage = ['bench', listed.name, listed.takes ?? [], '[flags]'].flat().join(' ');
  return rendered(columns, {
    usage: [usage, listed.about, ...(verb.notes === undefined ? [] : [verb.notes])].join('\n\n'),
    tables: [],
    flags: { ...flagsOf(verb), ...COMMON },
    closing: [examplesText(listed.example, verb.examples), exitCodes([listed])],
  });
}

/** One command a line, its purpose above it, so that it can be copied. */
function examplesText(...examples: readonly Examples[]): string {
  const lines = examples.flatMap(Object.entries).map(([command, about]) => `  # ${about}\n  bench ${command}`);
  return `Examples:\n${lines.join('\n')}`;
}

/** One meaning a line; where there are several verbs, with those that have it. */
function exitCodes(verbs: readonly ListedVerb[]): string {
  const meant = (name: keyof NonNullable<ListedVerb['exits']>): readonly string[] => {
    const texts = new Set(verbs.flatMap(({ exits }) => exits?.[name] ?? []));
    return [...texts].map((text) => {
      const names = verbs.filter(({ exits }) => exits?.[name] === text).map((verb) => verb.name);
      return verbs.length === 1 ? text : `${text} (${names.join(', ')})`;
    });
  };
  const lines: readonly (readonly [number, readonly string[]])[] = [
    [EXIT.ok, ['ok']],
    [EXIT.failure, ['runtime failure', ...meant('failure')]],
    [EXIT.usage, ['wrong usage or configuration']],
    [EXIT.regression, meant('regression')],
    [EXIT.inconclusive, meant('inconclusive')],
    [EXIT.stopped, ['stopped by Ctrl-C; stored work is kept']],
  ];
  const shown = lines.filter(([, texts]) => texts.length > 0);
  return `Exit codes:\n${shown.map(([code, texts]) => `  ${String(code).padEnd(5)}${texts.join(`;\n${' '.repeat(7)}`)}`).join('\n')}`;
}

interface HelpParts {
  readonly usage: string;
  readonly tables: readonly (readonly string[])[];
  readonly flags: Flags;
  readonly closing: readonly string[];
}

/** Flags in tables by their group, in the order in which groups first appear. */
function rendered(columns: number, { usage, tables, flags, closing }: HelpParts): string {
  const entries = Object.entries(flags).map(([flag, each]) => ({ ...each, name: `--${flag}` }));
  const groups = [...new Set(entries.map(({ group }) => group))];
  const ofGroup = (group: string) => entries.filter((entry) => entry.group === group);
  return [
    ...paragraph(usage, columns),
    '',
    ...tables.flat(),
    ...groups.flatMap((group) => table(group, ofGroup(group), columns)),
    ...paragraph(closing.join('\n\n'), columns),
  ].join('\n');
}

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
  const { default: parse } = await import('yargs-parser');
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
