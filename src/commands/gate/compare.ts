/** `bench compare`: two stored runs, folders of runs, or models of one folder, item by item. Reads stored files only. */
import { HarnessError } from '../../core/errors.ts';
import { toCsv } from '../../datasets/csv.ts';
import { type CompareSettings, compareRuns } from '../../gate/compare/compare-runs.ts';
import { comparisonMarkdown } from '../../gate/compare/comparison-markdown.ts';
import { COMPARISON_COLUMNS, comparisonRows } from '../../gate/compare/comparison-rows.ts';
import { comparisonText } from '../../gate/compare/comparison-text.ts';
import { matchRuns } from '../../gate/measured/match-runs.ts';
import type { Measured } from '../../gate/measured/measured.ts';
import { openMeasured } from '../../gate/measured/open-measured.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';

export interface CompareOptions extends CompareSettings {
  /** The reference: run folder, folder of runs, or baseline file. */
  readonly reference: string;
  /** null = another model in the same folder, see `models`. */
  readonly candidate: string | null;
  /** Of one side each, the reference's first; null = whatever is there. */
  readonly models: readonly [string, string] | null;
  readonly tasks: readonly string[] | null;
  /** Flipped items to list. */
  readonly flips: number;
  readonly format: 'table' | 'json' | 'md' | 'csv';
}

export async function run(options: CompareOptions, io: CommandIo): Promise<number> {
  const [references, candidates] = await openSides(options);
  const document = compareRuns(matchRuns(references, candidates), options);
  if (document.rows.length === 0) {
    throw new HarnessError('bad-arguments', 'expected a metric that both runs have, found none', {
      hint: 'bench show RUN lists the metrics of a run',
    });
  }
  const texts = {
    table: () => comparisonText(document, options.flips, io.columns),
    json: () => `${JSON.stringify(document, null, 2)}\n`,
    md: () => comparisonMarkdown(document),
    csv: () => toCsv([...COMPARISON_COLUMNS], comparisonRows(document)),
  };
  io.stdout(texts[options.format]());
  return EXIT.ok;
}

async function openSides(options: CompareOptions): Promise<readonly [readonly Measured[], readonly Measured[]]> {
  const { reference, candidate, models, tasks } = options;
  const wanted = (side: 0 | 1) => ({ models: models === null ? null : [models[side]], tasks });
  if (candidate === null && models === null) {
    throw new HarnessError('bad-arguments', `expected two runs, or two models of ${reference}, found neither`, {
      hint: `bench compare ${reference} OTHER, or bench compare ${reference} --models A,B`,
    });
  }
  const first = await openMeasured(reference, wanted(0));
  return [first, await openMeasured(candidate ?? reference, wanted(1))];
}
