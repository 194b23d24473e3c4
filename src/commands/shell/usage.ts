/** Help texts, laid out by yargs. Knows no verb in particular. */
import type { Argv } from 'yargs';
import { EXIT } from './io.ts';
import { always, COMMON, type Examples, type Flags, flagsOf, type ListedVerb } from './verb.ts';

const ABOUT =
  'Scores autoregressive language models and the masked-diffusion models adapted from them on the same items.';

/** What `bench --help` prints. */
export async function overview(verbs: readonly ListedVerb[], columns: number): Promise<string> {
  const shell = (await base(columns)).usage(`bench VERB [flags]\n\n${ABOUT}`);
  for (const verb of verbs) shell.command([verb.name, verb.takes ?? ''].join(' ').trim(), verb.about);
  addFlags(shell, { ...COMMON, version: always('show the version') });
  const examples = examplesText(...verbs.map(({ example }) => example));
  return rendered(shell, ['bench VERB --help explains one verb.', examples, exitCodes(verbs)]);
}

/** What `bench VERB --help` prints. */
export async function help(listed: ListedVerb, columns: number): Promise<string> {
  const { verb } = await listed.load();
  const usage = ['bench', listed.name, listed.takes ?? [], '[flags]'].flat().join(' ');
  const shell = (await base(columns)).usage(
    [usage, listed.about, ...(verb.notes === undefined ? [] : [verb.notes])].join('\n\n'),
  );
  addFlags(shell, { ...flagsOf(verb), ...COMMON });
  return rendered(shell, [examplesText(listed.example, verb.examples), exitCodes([listed])]);
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

/** Loaded where help is asked for only. */
async function base(columns: number): Promise<Argv> {
  const { default: yargs } = await import('yargs');
  return yargs()
    .scriptName('bench')
    .locale('en')
    .exitProcess(false)
    .help(false)
    .version(false)
    .wrap(columns === 0 ? null : columns);
}

function addFlags(shell: Argv, flags: Flags): void {
  for (const [name, flag] of Object.entries(flags)) {
    shell.option(name, {
      type: flag.takesValue ? 'string' : 'boolean',
      describe: flag.about,
      ...(flag.standard === undefined ? {} : { defaultDescription: flag.standard }),
      group: flag.group,
    });
  }
}

/** Help without the `[string]` and `[boolean]` marks, which say nothing about the values that a flag takes. */
async function rendered(shell: Argv, closing: readonly string[]): Promise<string> {
  const text = await shell.epilogue(closing.join('\n\n')).getHelp();
  return text
    .replaceAll(/\[(string|boolean)\]/g, (mark) => ' '.repeat(mark.length))
    .replaceAll(/\n +(?=\n)/g, '')
    .replaceAll(/ +$/gm, '');
}
