/** Stored manifests as they are parsed at the border. The types are core's; an unknown or missing field is refused. */
import { z } from 'zod';
import { MANIFEST_FORMAT, type RunManifest } from '../core/manifest.ts';
import { PROTOCOLS } from '../core/protocol-name.ts';

const model = z.strictObject({
  name: z.string(),
  family: z.enum(['autoregressive', 'diffusion']),
  architecture: z.string(),
  parameters: z.number(),
  weightsDigest: z.string(),
  tokenizerDigest: z.string(),
  vocabularyRows: z.number(),
  contextLength: z.number(),
  maskId: z.number().nullable(),
  bosId: z.number().nullable(),
  engine: z.string(),
  dtype: z.string(),
});

const id = z.number();
const sft = z.strictObject({
  bosId: id.nullable(),
  sepId: id.nullable(),
  eosId: id,
  padId: id.nullable(),
  splitDigits: z.boolean(),
  hiddenIds: z.array(id),
});

const settings = z.strictObject({
  protocol: z.enum(PROTOCOLS),
  estimator: z.string(),
  seed: z.number(),
  steps: z.array(z.number()),
  passes: z.number(),
  draws: z.number(),
  openFraction: z.number(),
  shift: z.boolean(),
  leakedSteps: z.number().exactOptional(),
  sft: sft.exactOptional(),
});

export const manifestSchema: z.ZodType<RunManifest> = z.strictObject({
  format: z.literal(MANIFEST_FORMAT),
  task: z.strictObject({ name: z.string(), version: z.number() }),
  dataset: z.strictObject({
    source: z.string(),
    digest: z.string(),
    rows: z.number(),
    variant: z.string().nullable(),
  }),
  limit: z.number().nullable(),
  model,
  settings,
});
