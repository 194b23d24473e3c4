/** `bench merge`: shares that several machines computed become the run that one machine would have made. */
import { relative } from 'node:path';
import { badArguments } from '../../core/errors.ts';
import { MERGE_OPTIONS, type MergedShares, mergeRuns } from '../../evaluate/stored/merge.ts';
import type { OptionsOf } from '../../options/option.ts';
import { json } from '../../options/shared.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { type CommandIo, EXIT, print } from '../shell/io.ts';
import { declareVerb } from '../shell/verb.ts';

const OPTIONS = { ...MERGE_OPTIONS, json };

interface MergeOptions extends OptionsOf<typeof OPTIONS> {
  readonly folders: readonly string[];
}

export const verb = declareVerb({
  options: OPTIONS,
  notes:
    'FOLDER is a run, a folder of runs, or a folder with what bench run --shard wrote (shard-1-of-4, …). The merged run has the bytes of one that a single machine computed. Merging again adds what has come since. docs/scale.md has job arrays, CI matrices and copied folders.',
  examples: { 'merge cluster/shard-* --out results/runs': 'shares that were copied here' },
  settle(given, folders): MergeOptions {
    if (folders.length > 0) return { ...given, folders };
    const hint = 'bench merge results/runs, where bench run --shard wrote shard-1-of-4 and the others';
    throw badArguments('expected folders of runs to join, found none', hint);
  },
  run,
});

async function run({ folders, ...options }: MergeOptions, io: CommandIo): Promise<number> {
  const merged = await mergeRuns(folders, options);
  const document = merged.map(({ manifest, summary, missing, ...rest }) => ({
    model: manifest.model.name,
    task: manifest.task.name,
    items: summary.items,
    expectedItems: summary.expectedItems,
    missing: missing.map(({ id }) => id),
    ...rest,
  }));
  print(io, options, { runs: document }, () => text(merged, io.columns));
  return merged.every(({ summary, contradicted }) => summary.complete && contradicted.length === 0)
    ? EXIT.ok
    : EXIT.failure;
}

function text(merged: readonly MergedShares[], width: number): string {
  const rows = merged.map(({ manifest, summary, parts, folder }) => [
    manifest.task.name,
    manifest.model.name,
    `${summary.items} of ${summary.expectedItems}`,
    String(parts),
    relative('.', folder),
  ]);
  const table = textTable(['task', 'model', 'items', 'parts', 'folder'], rows, { right: [2, 3], width });
  return [table, ...merged.flatMap(notes)].join('');
}

function notes({ manifest, summary, of, unfinished, contradicted, damaged }: MergedShares): readonly string[] {
  const name = `${manifest.task.name}, ${manifest.model.name}`;
  const commands = unfinished.map((number) => `--shard ${number}/${of}`).join(', ');
  const holes =
    of === null
      ? 'repeat its bench run command with --out of this folder'
      : `repeat its bench run command with ${commands}`;
  return [
    ...damaged.map((message) => `${name}: ${message}\n`),
    ...(summary.complete
      ? []
      : [`${name}: ${summary.expectedItems - summary.items} items are missing; ${holes}, and merge again\n`]),
    ...(contradicted.length === 0
      ? []
      : [
          `${name}: ${contradicted.length} items have other records in two parts; the first are kept (bench show RUN has the warning)\n`,
        ]),
  ];
}
