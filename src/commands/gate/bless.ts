/** `bench bless`: what a gate needs of finished runs, as one file for git. */
import { BLESS_OPTIONS, blessRuns } from '../../evaluate/stored/bless.ts';
import type { OptionsOf } from '../../options/option.ts';
import { json } from '../../options/shared.ts';
import { leftOutText } from '../../report/view/warnings.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';

const OPTIONS = { ...BLESS_OPTIONS, json };

export interface BlessOptions extends OptionsOf<typeof OPTIONS> {
  /** Run folder or folder of runs. */
  readonly path: string;
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'bless results/runs --models gpt2-m --name main': 'every task of a model, as results/baselines/main.json',
  },
  settle: (given, [path = '']): BlessOptions => ({ ...given, path }),
  run,
});

export async function run(options: BlessOptions, io: CommandIo): Promise<number> {
  const document = await blessRuns(options.path, options);
  const lines = document.runs.map(({ task, model, items, clusters, note }) => {
    const count = `${items} items${clusters === items ? '' : ` in ${clusters} clusters`}`;
    return `  ${task}, ${model}: ${count}${note === null ? '' : `; ${note}`}\n`;
  });
  const left = document.leftOut.map((run) => `! ${leftOutText(run)}\n`);
  const text = [`blessed ${document.file}\n`, ...lines, ...left].join('');
  print(io, options, document, () => text);
  return EXIT.ok;
}
