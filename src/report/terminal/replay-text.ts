/** What computing a stored run again showed: one document, and the same as text. */
import type { Difference } from '../../core/differences.ts';
import { textTable, wrapText } from './text-table.ts';

export interface ReplayDocument {
  readonly format: 'bench-replay/1';
  /** The run's folder. */
  readonly run: string;
  readonly runId: string;
  /** `identical-part`: not all items of the run are stored; `changed`: what it was made from has changed, so nothing was computed. */
  readonly verdict: 'identical' | 'identical-part' | 'differs' | 'changed' | 'interrupted';
  /** Members of the manifest that would be others today: digests of weights, tokenizer and rows, versions, engine. */
  readonly changed: readonly Difference[];
  /** Items of the run, stored or not. */
  readonly asked: number;
  /** Items with a stored record. */
  readonly stored: number;
  /** How many of them were to be computed again, and the seed that chose them; null = all. */
  readonly sample: { readonly items: number; readonly seed: number } | null;
  /** Records that were computed again. */
  readonly compared: number;
  readonly differing: readonly string[];
  readonly first: (Difference & { readonly id: string }) | null;
  /** Stored items that the data no longer has. */
  readonly gone: readonly string[];
  /** What reading the stored run found. */
  readonly warnings: readonly string[];
}

/** Ids that a line of text names before it counts the others. */
const NAMED = 5;

export function replayText(document: ReplayDocument, columns = 100): string {
  const { changed, first, warnings } = document;
  const parts = [`${wrapText(headline(document), columns, '  ')}\n`];
  if (changed.length > 0) parts.push(placesTable('what changed', changed, columns));
  if (first !== null) {
    parts.push(placesTable(`first difference: ${first.id}`, [first], columns));
  }
  if (document.verdict === 'changed') {
    const advice = 'Nothing was computed. `--anyway` computes the items all the same.';
    parts.push(`${wrapText(advice, columns, '  ')}\n`);
  }
  parts.push(...warnings.map((warning) => `${wrapText(`! ${warning}`, columns, '  ')}\n`));
  return parts.join('\n');
}

function headline(document: ReplayDocument): string {
  const { run, verdict, compared, asked, stored, sample, differing, gone, changed } = document;
  const all = stored === asked ? `${stored} items` : `${asked} asked items`;
  const of = `${compared} of ${all}${sample === null ? '' : ` (drawn with seed ${sample.seed})`}`;
  const lost = gone.length === 0 ? '' : `; the data no longer has ${gone.length} stored items (${named(gone)})`;
  if (verdict === 'changed') {
    const count = changed.length === 1 ? 'one thing that it was made from has' : `${changed.length} things have`;
    return `${run}: ${count} changed since.`;
  }
  if (verdict === 'identical') return `${run}: identical: ${of} computed again gave the same bytes.`;
  if (verdict === 'identical-part') {
    return `${run}: part of the run is identical: ${of} computed again gave the same bytes; ${asked - stored} are not stored.`;
  }
  if (verdict === 'interrupted') return `${run}: stopped: ${of} computed again, of which ${differing.length} differ.`;
  return `${run}: differs: of ${of} computed again, ${differing.length} differ${differing.length === 0 ? '' : ` (${named(differing)})`}${lost}.`;
}

function named(ids: readonly string[]): string {
  const rest = ids.length - NAMED;
  return ids.slice(0, NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function placesTable(head: string, places: readonly Difference[], columns: number): string {
  const rows = places.map(({ path, stored, found }) => [
    path,
    `stored ${stored ?? 'absent'}\nnow    ${found ?? 'absent'}`,
  ]);
  return textTable([head, 'values'], rows, { width: columns });
}
