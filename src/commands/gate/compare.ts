/** `bench compare`: two stored runs, folders of runs, or models of one folder, item by item. Reads stored files only. */
import { badArguments } from '../../core/errors.ts';
import { toCsv } from '../../datasets/csv.ts';
import { COMPARE_OPTIONS, compareStored, type Sides, toSides } from '../../evaluate/stored/compare.ts';
import { COMPARISON_COLUMNS, comparisonMarkdown, comparisonRows } from '../../gate/compare/comparison-outputs.ts';
import { comparisonText } from '../../gate/compare/comparison-text.ts';
import { choice, whole } from '../../options/fields.ts';
import { option } from '../../options/option.ts';
import { json } from '../../options/shared.ts';
import { type CommandIo, EXIT } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';

const OPTIONS = {
  ...COMPARE_OPTIONS,
  flips: option(whole(0), 'list the first N items that are right in one run only', 0),
  format: option(choice(['md', 'csv']), 'md or csv instead of the table', null),
  json,
};

export interface CompareOptions extends Sides {
  /** Flipped items to list. */
  readonly flips: number;
  readonly format: 'table' | 'json' | 'md' | 'csv';
}

export const verb = declareVerb({
  options: OPTIONS,
  examples: {
    'compare results/runs/A results/runs/B --flips 20': 'two runs, with the first 20 items that only one has right',
    'compare A B --tasks humaneval-infill --clusters "HumanEval/\\d+" --interval bca':
      'holes of one program share a context',
    'compare old new --models m,m --allow-different seed --format csv': 'other seeds, as CSV',
  },
  settle({ json, format, flips, ...given }, [reference = '', candidate = null]): CompareOptions {
    if (flips > 0 && (json || format !== null)) {
      const found = json ? '--json, which holds every flip' : `--format ${format}, which lists none`;
      const hint = 'leave --flips out, or read the table; --json holds every flip';
      throw badArguments(`--flips: expected the table, found ${found}`, hint);
    }
    return { ...toSides(given, reference, candidate), flips, format: json ? 'json' : (format ?? 'table') };
  },
  run,
});

export async function run(options: CompareOptions, io: CommandIo): Promise<number> {
  const document = await compareStored(options);
  const texts = {
    table: () => comparisonText(document, options.flips, io.columns),
    json: () => `${JSON.stringify(document, null, 2)}\n`,
    md: () => comparisonMarkdown(document),
    csv: () => toCsv([...COMPARISON_COLUMNS], comparisonRows(document)),
  };
  io.stdout(texts[options.format]());
  return EXIT.ok;
}
