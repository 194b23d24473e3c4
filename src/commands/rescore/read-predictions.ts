/** A file of predictions: one JSON object a line, or CSV with a heading. Lines that cannot be read are reported, the rest goes on. */
import { statSync } from 'node:fs';
import { badArguments } from '../../core/errors.ts';
import { csvObjects } from '../../datasets/csv.ts';
import { badRow, type RowPlace } from '../../datasets/parse-row.ts';
import { readLines, readText } from '../../datasets/read-text.ts';
import type { Prediction, Refused } from './rescorers/rescorer.ts';

/**
 * @param file plain or gzip; CSV where the name ends in `.csv`
 * @throws HarnessError 'bad-arguments' where there is no such file, 'bad-dataset' on bytes that are not UTF-8 and on broken CSV
 */
export async function readPredictions(file: string) {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) {
    const what = found === undefined ? `no ${file}` : `the folder ${file}`;
    throw badArguments(`expected a file of predictions, found ${what}`);
  }
  const unread: Refused[] = [];
  if (/\.csv(\.gz)?$/i.test(file)) {
    const rows = csvObjects(await readText(file), file);
    const place = (index: number): RowPlace => ({ file, unit: 'row', number: index + 1 });
    return { predictions: rows.map((value, index): Prediction => ({ place: place(index), value })), unread };
  }
  const predictions: Prediction[] = [];
  for (const [index, text] of (await readLines(file)).entries()) {
    if (text.trim() === '') continue;
    const place: RowPlace = { file, unit: 'line', number: index + 1 };
    const value = objectOf(text);
    if (value !== null) predictions.push({ place, value });
    else unread.push({ line: place.number, error: badRow(place, '', 'a JSON object', text).message });
  }
  return { predictions, unread };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
