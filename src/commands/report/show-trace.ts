/** `bench show RUN ITEM --trace`: how a diffusion model came to write its texts, from what the run keeps. */
import { HarnessError } from '../../core/errors.ts';
import type { ItemTrace } from '../../core/trace.ts';
import { traceGrid } from '../../report/terminal/trace-grid.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import { readTraces, untracedItems } from '../../store/traces/trace-file.ts';

/** @throws HarnessError 'unknown-name' where the item has no trace: says which have, and how to make them */
export async function requireItemTrace({ folder, records }: StoredRun, id: string): Promise<ItemTrace> {
  const { byId, problem } = await readTraces(folder);
  const trace = byId.get(id);
  if (trace !== undefined) return trace;
  const without = new Set(await untracedItems(folder, records));
  const traced = records.find((record) => !without.has(record.id));
  const missing =
    traced === undefined ? 'no item of the run has any' : `${without.size} of ${records.length} have none`;
  const found = problem ?? missing;
  const again = 'repeat the command of the run with --trace to add them: results stay as they are';
  throw new HarnessError('unknown-name', `expected stored steps of item ${id}, found none; ${found}`, {
    hint: traced === undefined ? again : `${again}; item ${traced.id} has its steps`,
  });
}

/** How many items have their steps, and the first of those that have none; null where no item has. */
export async function traceCoverage({ folder, records }: StoredRun): Promise<string | null> {
  const without = await untracedItems(folder, records);
  if (without.length === records.length) return null;
  const named = without.slice(0, MOST_NAMED).join(', ');
  const more = without.length > MOST_NAMED ? ', …' : '';
  const missing = without.length === 0 ? '' : `; not of ${named}${more} (--trace adds them)`;
  return `of ${records.length - without.length} of ${records.length} items${missing}`;
}

/** Items that a line names. */
const MOST_NAMED = 5;

export function traceText({ id, index, texts }: ItemTrace, columns: number): string {
  const grids = traceGrids({ texts }, columns);
  return `${id} (item ${index})\n\n${texts.length === 0 ? 'Nothing was written.\n' : grids}`;
}

/** A grid a text. */
export function traceGrids({ texts }: Pick<ItemTrace, 'texts'>, columns: number): string {
  return texts.map((text) => traceGrid(text, columns)).join('\n');
}
