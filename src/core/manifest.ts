/**
 * Everything that can change a number of a run. Same manifest = same run = resume. No clock, no host. Stored manifests are parsed by
 * the schema: an unknown or missing field is refused.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { PROTOCOLS, type RankingName } from './names.ts';
import { samplerChoiceSchema } from './samplers/choice.ts';
import type { SftRow } from './sft-row.ts';
import { subsetSchema } from './subset.ts';

export const MANIFEST_FORMAT = 'bench-run/1';

const modelIdentity = z.strictObject({
  /** As typed by the user or listed in the catalog. */
  name: z.string(),
  family: z.enum(['autoregressive', 'diffusion']),
  architecture: z.string(),
  parameters: z.number(),
  weightsDigest: z.string(),
  tokenizerDigest: z.string(),
  vocabularyRows: z.number(),
  contextLength: z.number(),
  maskId: z.number().nullable(),
  /** Of a diffusion model that denoises one block after the other; absent: all at once. */
  blockLength: z.number().exactOptional(),
  bosId: z.number().nullable(),
  engine: z.string(),
  dtype: z.string(),
  /** Where the engine computed and by what of onnxruntime, such as `cuda` and `CUDAExecutionProvider`; absent: on the CPU. */
  device: z.string().exactOptional(),
  provider: z.string().exactOptional(),
});

const sftRow: z.ZodType<SftRow> = z.strictObject({
  bosId: z.number().nullable(),
  sepId: z.number().nullable(),
  eosId: z.number(),
  padId: z.number().nullable(),
  splitDigits: z.boolean(),
  hiddenIds: z.array(z.number()),
});

const raceSettings = z.strictObject({
  /** The one ranking that is raced for. */
  ranking: z.custom<RankingName>((name) => typeof name === 'string'),
  /** Chance that another answer wins than the first one. */
  risk: z.number(),
  /** How masks come in rounds, and how far ahead an answer must be; with a version, as estimators have. */
  design: z.string(),
  boundary: z.string(),
});

const precisionSettings = z.strictObject({
  /** In what most passes are computed, such as int8. */
  cheap: z.string(),
  /** How it is decided what is computed again in float32, one of `PRECISION_RULES` or of an older version. */
  rule: z.string(),
  /** Of what is drawn by name, the share that is computed again: strata of an answer, or items. */
  share: z.number(),
  /** Of choices left to right: error of a log-likelihood, in nats a root of its tokens. */
  error: z.number().exactOptional(),
  /** Errors by which an answer must lead every other; else the item is computed again. */
  reach: z.number().exactOptional(),
});

const scoringSettings = z.strictObject({
  protocol: z.enum(PROTOCOLS),
  /** One of `ESTIMATOR`, or of an older version in a stored run. */
  estimator: z.string(),
  seed: z.number(),
  /** Diffusion steps T for which `nelbo@T` and `official@T` are reported; ascending. */
  steps: z.array(z.number()),
  /** Forward passes a scored alternative may take (diffusion, not under `paper`). */
  passes: z.number(),
  /** Texts written for each question and T; 1 where nothing is written. */
  draws: z.number(),
  /** Share of future attention entries that is open for diffusion models: 1 = bidirectional, 0 = causal. */
  openFraction: z.number(),
  /** Diffusion: read position i from row i − 1 (true) or from row i (false). */
  shift: z.boolean(),
  /** The T that leaked from LAMBADA into this task and stands in `steps`; only where that defect is emulated. */
  leakedSteps: z.number().exactOptional(),
  /** The tokens of the row in which fine-tuned models are asked; only where a view has that layout. */
  sft: sftRow.exactOptional(),
  /** Tokens of the checkpoint that end a text, where they are not the tokenizer's EOS alone; of texts that are written. */
  endIds: z.array(z.number()).exactOptional(),
  /** Random orders from which −log p is bounded from below, too; only where a bracket was asked for. */
  bracket: z.number().exactOptional(),
  /** Choices are decided by a race of at most `passes` passes an answer; only where that was asked for. */
  race: raceSettings.exactOptional(),
  /** Most passes in fewer bits, some again in float32; only where that was asked for. */
  precision: precisionSettings.exactOptional(),
  /** Further likelihoods of answers, under deterministic samplers, such as `duel:confidence`; only where they were asked for. */
  duel: z.array(z.string()).exactOptional(),
  /** How texts are written where that is not as the task and the network have it. */
  sampler: samplerChoiceSchema.exactOptional(),
  /** Examples in front of each question; of every run under `lm-eval`, and of tasks that have some under other protocols. */
  shots: z.number().exactOptional(),
  /** The rows that they are drawn from, where there are any: name of the source, SHA-256 as of `dataset`. */
  shotsFrom: z.strictObject({ source: z.string(), digest: z.string() }).exactOptional(),
});

export const manifestSchema = z.strictObject({
  format: z.literal(MANIFEST_FORMAT),
  task: z.strictObject({ name: z.string(), version: z.number() }),
  dataset: z.strictObject({
    /** Name of the data source, such as `hellaswag/jsonl`, or `fixture`. */
    source: z.string(),
    /** SHA-256 over the rows that the task was given, after parsing. */
    digest: z.string(),
    rows: z.number(),
    /** How the source differs from the published file, if it does. */
    variant: z.string().nullable(),
  }),
  /** First n rows only; null = all. */
  limit: z.number().nullable(),
  /** The rows that are asked, of which `limit` takes the first; absent: all. */
  subset: subsetSchema.exactOptional(),
  model: modelIdentity,
  settings: scoringSettings,
});

export type ModelIdentity = DeepReadonly<z.infer<typeof modelIdentity>>;
/** Everything about scoring, apart from the question, that can change a number. */
export type ScoringSettings = DeepReadonly<z.infer<typeof scoringSettings>>;
export type RaceSettings = DeepReadonly<z.infer<typeof raceSettings>>;
export type PrecisionSettings = DeepReadonly<z.infer<typeof precisionSettings>>;
export type RunManifest = DeepReadonly<z.infer<typeof manifestSchema>>;

/**
 * A stored manifest under today's names. Until runs said how many examples stand in front of their questions, `lm-eval` was the name of
 * what is `olmes` now.
 */
export function underTodaysNames(manifest: RunManifest): RunManifest {
  const { settings } = manifest;
  if (settings.protocol !== 'lm-eval' || settings.shots !== undefined) return manifest;
  return { ...manifest, settings: { ...settings, protocol: 'olmes' } };
}

/** As `manifest` was stored before a protocol got its name; null where it always had it. */
export function underFormerNames(manifest: RunManifest): RunManifest | null {
  const { settings } = manifest;
  return settings.protocol === 'olmes' ? { ...manifest, settings: { ...settings, protocol: 'lm-eval' } } : null;
}
