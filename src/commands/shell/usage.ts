/** The yargs side of the command line: help texts, and argv to names and raw flags. Knows no verb in particular. */
import yargs, { type Argv } from 'yargs';
import { HarnessError } from '../../core/errors.ts';
import { unknownName } from '../../core/nearest.ts';
import type { RawOptions } from '../run/run-schema.ts';
import { VERBS } from '../verbs.ts';
import type { Flags } from './flags.ts';
import { EXIT } from './io.ts';
import { arity, type Verb } from './verb.ts';

const ABOUT =
  'Scores autoregressive language models and the masked-diffusion models adapted from them on the same items.';

/** Flags that every verb understands. */
const COMMON: Flags = {
  debug: { kind: 'switch', about: 'show the stack of an error (also BENCH_DEBUG=1)', group: 'Always:' },
  help: { kind: 'switch', about: 'show this help', group: 'Always:' },
};

/** What `bench --help` prints. */
export function overview(columns: number): Promise<string> {
  const shell = base(columns).usage(`bench VERB [flags]\n\n${ABOUT}`);
  for (const verb of VERBS) shell.command(`${verb.name} ${verb.takes}`.trim(), verb.about);
  addFlags(shell, { ...COMMON, version: { kind: 'switch', about: 'show the version', group: 'Always:' } });
  const examples = VERBS.flatMap((verb) => verb.examples.slice(0, 1));
  return rendered(shell, [`bench VERB --help explains one verb.`, examplesText(examples), exitCodes(VERBS)]);
}

/** What `bench VERB --help` prints. */
export function help(verb: Verb, columns: number): Promise<string> {
  const shell = base(columns).usage(
    [usageLine(verb), verb.about, verb.notes].filter((part) => part !== undefined).join('\n\n'),
  );
  addFlags(shell, { ...verb.flags, ...COMMON });
  return rendered(shell, [examplesText(verb.examples), exitCodes([verb])]);
}

/** One command a line, its purpose above it, so that it can be copied. */
function examplesText(examples: Verb['examples']): string {
  return `Examples:\n${examples.map(([command, about]) => `  # ${about}\n  bench ${command}`).join('\n')}`;
}

/** One meaning a line; where there are several verbs, with those that have it. */
function exitCodes(verbs: readonly Verb[]): string {
  const meant = (name: keyof NonNullable<Verb['exits']>): readonly string[] => {
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

/** Help without the `[string]` and `[boolean]` marks, which say nothing about the values that a flag takes. */
async function rendered(shell: Argv, closing: readonly string[]): Promise<string> {
  const text = await shell.epilogue(closing.join('\n\n')).getHelp();
  return text
    .replaceAll(/\[(string|boolean)\]/g, (mark) => ' '.repeat(mark.length))
    .replaceAll(/\n +(?=\n)/g, '')
    .replaceAll(/ +$/gm, '');
}

export interface Invocation {
  readonly names: readonly string[];
  /** Without the common flags. */
  readonly flags: RawOptions;
  readonly wantsHelp: boolean;
}

/**
 * The arguments after the verb, as typed: values stay text.
 *
 * @throws HarnessError 'unknown-name' on a flag that the verb does not have, 'bad-arguments' on a wrong count of names
 */
export async function read(verb: Verb, argv: readonly string[]): Promise<Invocation> {
  const known = { ...verb.flags, ...COMMON };
  const parsed: Readonly<Record<string, unknown>> = await addFlags(base(0), known).parseAsync([...argv]);
  const { _, $0, ...flags } = parsed;
  const wantsHelp = flags.help === true || flags.h === true;
  for (const key of Object.keys(flags)) {
    if (key in known || key === 'h') continue;
    const dashes = key.length === 1 ? '-' : '--';
    const candidates = Object.keys(known).map((name) => `--${name}`);
    throw unknownName({
      kind: 'flag',
      found: `${dashes}${key}`,
      candidates,
      listedBy: `bench ${verb.name} --help`,
    });
  }
  const names = Array.isArray(_) ? _.map(String) : [];
  if (!wantsHelp) checkCount(verb, names);
  const given = Object.entries(flags).filter(([key, value]) => key in verb.flags && value !== undefined);
  return { names, flags: Object.fromEntries(given), wantsHelp };
}

function checkCount(verb: Verb, names: readonly string[]): void {
  const { least, most } = arity(verb);
  if (names.length >= least && names.length <= most) return;
  const expected = verb.takes === '' ? 'no arguments besides flags' : verb.takes;
  const found = names.length === 0 ? 'nothing' : names.map((name) => `"${name}"`).join(' ');
  throw new HarnessError('bad-arguments', `${verb.name}: expected ${expected}, found ${found}`, {
    hint: `bench ${verb.name} --help`,
  });
}

const usageLine = (verb: Verb) => ['bench', verb.name, verb.takes, '[flags]'].filter((word) => word !== '').join(' ');

function base(columns: number): Argv {
  return yargs()
    .scriptName('bench')
    .locale('en')
    .exitProcess(false)
    .fail(false)
    .help(false)
    .version(false)
    .wrap(columns === 0 ? null : columns)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    });
}

function addFlags(shell: Argv, flags: Flags): Argv {
  for (const [name, flag] of Object.entries(flags)) {
    shell.option(name, {
      type: flag.kind === 'switch' ? 'boolean' : 'string',
      describe: flag.about,
      ...(flag.standard === undefined ? {} : { defaultDescription: flag.standard }),
      group: flag.group ?? 'Flags:',
    });
  }
  return shell;
}
