/** Help texts. Knows no verb in particular. */
import { paragraph, table } from './help-layout.ts';
import { EXIT } from './io.ts';
import { always, COMMON, type Examples, type Flags, flagsOf, type ListedVerb } from './verb.ts';

const ABOUT =
  'Scores autoregressive language models and the masked-diffusion models adapted from them on the same items.';

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
