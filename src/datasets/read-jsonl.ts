/** JSON-lines files through a row schema. */
import { fileURLToPath } from 'node:url';
import type { ZodType } from 'zod';
import type { DataSource } from '../core/data-source.ts';
import { HarnessError } from '../core/errors.ts';
import { unwritable } from '../core/text/unwritable.ts';
import { badRow, parseRow } from './parse-row.ts';
import { readLines } from './read-text.ts';

/**
 * One row a line, plain or gzip.
 *
 * @throws HarnessError 'bad-dataset' naming file, line, field, what was expected and what was found
 */
export async function readJsonl<Row>(path: string, schema: ZodType<Row>): Promise<Row[]> {
  return parseLines(path, await readLines(path), schema, () => ({}));
}

/**
 * Rows that stand in a file beside the code of a task, one JSON object a line. No lock names them: a run's manifest holds
 * their digest, so other rows are another run.
 *
 *     sources: [localRows('capitals/jsonl', new URL('./capitals.jsonl', import.meta.url), rowSchema)]
 */
export function localRows<Row>(name: string, file: URL, rowSchema: ZodType<Row>): DataSource<Row> {
  return { name, variant: null, local: true, read: () => readJsonl(fileURLToPath(file), rowSchema) };
}

/**
 * JSON lines whose labels stand in a second file, one a line. The label joins its row as the field `label`, as text,
 * before the row meets the schema.
 */
export async function readLabelledJsonl<Row>(rows: string, labels: string, schema: ZodType<Row>): Promise<Row[]> {
  const [rowLines, labelLines] = await Promise.all([readLines(rows), readLines(labels)]);
  if (rowLines.length !== labelLines.length) {
    throw new HarnessError(
      'bad-dataset',
      `${labels}: expected ${rowLines.length} labels, one for each line of ${rows}, found ${labelLines.length}`,
    );
  }
  return parseLines(rows, rowLines, schema, (index) => ({ label: labelLines[index]?.trim() }));
}

function parseLines<Row>(
  file: string,
  lines: readonly string[],
  schema: ZodType<Row>,
  extra: (index: number) => Readonly<Record<string, unknown>>,
): Row[] {
  return lines.map((line, index) => {
    const place = { file, unit: 'line', number: index + 1 } as const;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw badRow(place, '', 'a JSON object', line);
    }
    const problem = unwritable(value);
    if (problem !== null) throw new HarnessError('bad-dataset', `${file}, line ${index + 1}: holds ${problem}`);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw badRow(place, '', 'a JSON object', value);
    }
    return parseRow(schema, { ...value, ...extra(index) }, place);
  });
}
