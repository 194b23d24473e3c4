/** Parquet files through a row schema. */
import type { ZodType } from 'zod';
import { HarnessError } from '../core/errors.ts';
import { parseRow } from './parse-row.ts';

/**
 * All rows of a Parquet file, in file order. 64-bit integers become numbers.
 *
 * @throws HarnessError 'bad-dataset' naming file, row, field, what was expected and what was found
 */
export async function readParquet<Row>(path: string, schema: ZodType<Row>): Promise<Row[]> {
  let rows: Record<string, unknown>[];
  try {
    rows = await objectsOf(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('bad-dataset', `${path}: expected a Parquet file, found an unreadable one (${reason})`, {
      cause,
    });
  }
  return rows.map((row, index) => parseRow(schema, plain(row), { file: path, unit: 'row', number: index + 1 }));
}

/** The readers are many modules, which most runs do not need. */
async function objectsOf(path: string): Promise<Record<string, unknown>[]> {
  const [{ asyncBufferFromFile, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
}

function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );
}
