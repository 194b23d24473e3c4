/** `bench reproduce`: an experiment of the article, from its committed matrix of runs to a page of published values beside ours. */
import { join } from 'node:path';
import { badArguments, HarnessError } from '../../core/errors.ts';
import { EXPERIMENTS } from '../../evaluate/reproduce/index.ts';
import { REPRODUCE_OPTIONS, type ReproduceOptions } from '../../evaluate/reproduce/options.ts';
import type { ReproductionPlan } from '../../report/reproduction/document.ts';
import { reproductionPage } from '../../report/reproduction/page.ts';
import { planText, reproductionText } from '../../report/reproduction/text.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { observe } from '../shell/observe.ts';
import { declareVerb } from '../shell/verb.ts';
import { writeOut } from '../shell/write-out.ts';

export const verb = declareVerb({
  options: REPRODUCE_OPTIONS,
  examples: {
    'reproduce table-1 --models gpt2-s,diffugpt-s --plan': 'what two models would take, and what is missing',
    'reproduce table-1 --models gpt2-s,diffugpt-s --pull': 'fetch what is missing, run, and write the page',
    'reproduce figure-3 --smoke': 'all of it in small, without a download',
  },
  settle(given, names): ReproduceOptions | null {
    if (names.length === 0) return null;
    if (names.length === 1) return { ...given, name: names[0] as string };
    throw badArguments(`expected one experiment, found ${names.join(', ')}`);
  },
  run,
});

/** @param options null: names the experiments */
export async function run(options: ReproduceOptions | null, io: CommandIo): Promise<number> {
  if (options === null) {
    io.stdout(
      textTable(
        ['experiment', 'what it is'],
        EXPERIMENTS.map(({ name, title }) => [name, title]),
      ),
    );
    return EXIT.ok;
  }
  const { reproductionOf, runExperiment } = await import('../../evaluate/reproduce/reproduce.ts');
  const { columnsIn } = await import('../../evaluate/stored/report.ts');
  if (options.pull && !options.smoke) await pullMissing(options, io);
  const tell = options.plan ? io.stdout : io.stderr;
  const shown = (plan: ReproductionPlan) => {
    if (!(options.plan && options.json)) tell(planText(plan, io.columns));
  };
  const made = await runExperiment(options, observe(io), shown);
  if (options.plan) {
    if (options.json) io.stdout(`${JSON.stringify(made.plan, null, 2)}\n`);
    return EXIT.ok;
  }
  if (io.signal.aborted) return EXIT.stopped;
  const document = await reproductionOf(made, await columnsIn(made.out));
  const page = options.page ?? join('reports', `${options.name}${options.smoke ? '-smoke' : ''}.html`);
  await writeOut('--page', page, reproductionPage(document));
  print(io, options, document, () => `${reproductionText(document, io.columns)}${page}\n`);
  return document.notRun.length > 0 ? EXIT.failure : EXIT.ok;
}

/** Fetches the weights and data of what was asked for, one after the other; what cannot be fetched is said, and stays missing. */
async function pullMissing(options: ReproduceOptions, io: CommandIo): Promise<void> {
  const { planOf } = await import('../../evaluate/reproduce/plan.ts');
  const { experimentNamed } = await import('../../evaluate/reproduce/index.ts');
  const { pull } = await import('../models/pull.ts');
  const { dataPull } = await import('../data/data.ts');
  const tried = new Set<string>();
  while (!io.signal.aborted) {
    const { cells } = await planOf(experimentNamed(options.name), options);
    const next = cells.flatMap(({ missing }) => missing ?? []).find((command) => !tried.has(command));
    if (next === undefined) return;
    tried.add(next);
    const [, kind, name = ''] = /^bench (models|data) pull (.+)$/.exec(next) ?? [];
    try {
      if (kind === 'models') await pull({ names: [name], file: null }, io);
      else await dataPull({ names: [name], dataDir: options.dataDir, signal: io.signal });
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code === 'interrupted') throw error;
      io.stderr(`! ${next}: ${error.message}\n`);
    }
  }
}
