/** `models/catalog.json`: names for published models, what is known about them, and where their files are looked for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { notSupported } from '../core/errors.ts';
import { sftRowSchema } from '../core/sft-row.ts';
import { parseBySchema, parseJson } from '../files/json-file.ts';
import { packageRoot } from '../files/package-root.ts';

const hubSchema = z.strictObject({
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'expected owner/name'),
  /** Branch, tag or commit; `main` = not pinned. */
  revision: z.string().min(1),
  /** What to fetch; may hold `*`. Empty: what an evaluation needs of all there is. */
  files: z.array(z.string()),
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
  /** Who sees whom; absent where `bench.json` in the folder, or its class, says it. */
  attention: z.enum(['causal', 'full', 'block-causal']).optional(),
  /** Tokens of a block, with `block-causal`. */
  blockLength: z.int().positive().optional(),
  /** Row layout of its published fine-tuning; `bench.json` in the folder is stronger. */
  sft: sftRowSchema.optional(),
  /** Rows the embedding should have; null where that is the folder's affair. */
  vocabularyRows: z.int().positive().nullable(),
  /** Which tokenizer belongs to it, in words. */
  tokenizer: z.string(),
  /** Settings of its published sampler, in words. */
  sampler: z.string().optional(),
  /** What to know before its numbers are read. */
  notes: z.string().optional(),
  /** Where the entry is from. */
  source: z.string().optional(),
  /** Name of the model whose weights this adapter changes; absent for whole models. */
  adapterOf: z.string().optional(),
  /** Tasks that it was made for: what runs when no task is named. Absent: the published likelihood tasks. */
  tasks: z.array(z.string()).min(1).optional(),
};

/** On the hub, part of this project (`path`, relative to its root), or `elsewhere`: a clause that says why no place is known. */
const entrySchema = z.union([
  z.strictObject({ ...shared, hub: hubSchema }),
  z.strictObject({ ...shared, path: z.string() }),
  z.strictObject({ ...shared, elsewhere: z.string() }),
]);
const refusedSchema = z.strictObject({
  description: z.string(),
  /** May end in `*`. */
  repositories: z.array(z.string()),
  /** A clause that completes "… is not read:". */
  reason: z.string(),
});
const catalogSchema = z.strictObject({
  description: z.string(),
  models: z.record(z.string(), entrySchema),
  refused: z.record(z.string(), refusedSchema).default({}),
});

export type CatalogEntry = z.infer<typeof entrySchema>;
export type Catalog = ReadonlyMap<string, CatalogEntry>;

/**
 * The catalog, in the order of the file.
 *
 * @throws HarnessError 'bad-checkpoint' when the file is not of the expected form
 */
export const readCatalog = (file: string = standardFile()): Catalog => new Map(Object.entries(readFile(file).models));

/**
 * Refuses a published model that is not read, by its name here or on the hub.
 *
 * @throws HarnessError 'not-supported' with the reason
 */
export function requireReadable(name: string): void {
  const found = Object.entries(readFile(standardFile()).refused).find(([known, { repositories }]) =>
    isCalled(name.replace(/@.*$/, ''), [known, ...repositories]),
  );
  if (found === undefined) return;
  throw notSupported(`${found[1].description} is not read: ${found[1].reason}`);
}

/** A repository is meant by its whole name; a bare name may be written in any way, with the size and the like behind it. */
function isCalled(name: string, names: readonly string[]): boolean {
  const letters = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (!name.includes('/')) return names.some((each) => letters(name).startsWith(letters(each.replace(/^.*\//, ''))));
  return names.some((each) => each === name || (each.endsWith('*') && name.startsWith(each.slice(0, -1))));
}

const standardFile = (): string => join(packageRoot(), 'models', 'catalog.json');

const readFile = (file: string): z.infer<typeof catalogSchema> =>
  parseBySchema(catalogSchema, parseJson(readFileSync(file), file, 'the file'), file);
