/** `models/catalog.json`: names for published models, what is known about them, and where their files are looked for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { sftRowSchema } from '../core/sft-row.ts';
import { parseBySchema, parseJson } from '../files/json-file.ts';
import { packageRoot } from '../files/package-root.ts';

const hubSchema = z.strictObject({
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'expected owner/name'),
  /** Branch, tag or commit; `main` = not pinned. */
  revision: z.string().min(1),
  /** What to fetch; may hold `*`. */
  files: z.array(z.string()).min(1),
  /** What they take, roughly: parameters by the width of the published numbers. */
  gigabytes: z.number().positive().optional(),
});

const shared = {
  description: z.string(),
  architecture: z.string(),
  family: z.enum(['autoregressive', 'diffusion']),
  /** null for autoregressive models, and where `bench.json` in the folder says it. */
  maskId: z.int().nonnegative().nullable(),
  shift: z.boolean(),
  /** Row layout of its published fine-tuning; `bench.json` in the folder is stronger. */
  sft: sftRowSchema.optional(),
  /** Rows the embedding should have; null where that is the folder's affair. */
  vocabularyRows: z.int().positive().nullable(),
  /** Which tokenizer belongs to it, in words. */
  tokenizer: z.string(),
  /** Tasks that it was made for: what runs when no task is named. Absent: the published likelihood tasks. */
  tasks: z.array(z.string()).min(1).optional(),
};

/** Either on the hub, or (`path`, relative to the project's root) part of this project. */
const entrySchema = z.union([
  z.strictObject({ ...shared, hub: hubSchema }),
  z.strictObject({ ...shared, path: z.string() }),
]);
const catalogSchema = z.strictObject({ description: z.string(), models: z.record(z.string(), entrySchema) });

export type CatalogEntry = z.infer<typeof entrySchema>;
export type Catalog = ReadonlyMap<string, CatalogEntry>;

/**
 * The catalog, in the order of the file.
 *
 * @throws HarnessError 'bad-checkpoint' when the file is not of the expected form
 */
export function readCatalog(file: string = join(packageRoot(), 'models', 'catalog.json')): Catalog {
  const value = parseJson(readFileSync(file), file, 'the file');
  return new Map(Object.entries(parseBySchema(catalogSchema, value, file).models));
}
