import { fileURLToPath } from 'node:url';
import type { ZodType } from 'zod';
import type { DataSource } from '../core/task.ts';
import { readJsonl } from './read-jsonl.ts';

/**
 * Rows that stand in a file beside the code of a task, one JSON object a line. No lock names them: a run's manifest holds
 * their digest, so other rows are another run.
 *
 *     sources: [localRows('capitals/jsonl', new URL('./capitals.jsonl', import.meta.url), rowSchema)]
 */
export function localRows<Row>(name: string, file: URL, rowSchema: ZodType<Row>): DataSource<Row> {
  return { name, variant: null, local: true, read: () => readJsonl(fileURLToPath(file), rowSchema) };
}
