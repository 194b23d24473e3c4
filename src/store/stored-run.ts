/** A run as it is stored. Nothing here needs a model, a data set or the machine that made it. */
import { z } from 'zod';
import type { DeepReadonly } from '../core/deep-readonly.ts';
import { estimateSchema } from '../core/estimate.ts';
import { headlineRanking } from '../core/headline-ranking.ts';
import type { RunManifest } from '../core/manifest.ts';
import type { Normalisation, RankingName } from '../core/names.ts';
import type { ItemRecord } from '../core/record.ts';
import type { ClusterSource } from './cluster-names.ts';
import type { RunEnvironment, RunWarning } from './environment.ts';

export const SUMMARY_FORMAT = 'bench-summary/1';

/** What a run's records add up to. Derived: `summary.json` can be deleted and is rebuilt from the records. */
export const summarySchema = z.strictObject({
  format: z.literal(SUMMARY_FORMAT),
  runId: z.string(),
  /** Every item of the run has a record. */
  complete: z.boolean(),
  items: z.number(),
  expectedItems: z.number(),
  /** Each metric over the items that have it. A metric that no item has is absent. */
  metrics: z.record(z.string(), estimateSchema),
  /** Items without a score, by error code. */
  unscored: z.record(z.string(), z.number()),
  /** Scored items whose answer could change under Monte-Carlo noise. */
  undecided: z.number(),
  /** Sequences that went through the network, over all items. */
  nfe: z.number(),
});

export type RunSummary = DeepReadonly<z.infer<typeof summarySchema>>;

export interface StoredRun {
  readonly folder: string;
  readonly runId: string;
  readonly manifest: RunManifest;
  /** In the order of the data set; their clusters named as far as is known, also where they were stored without. */
  readonly records: readonly ItemRecord[];
  /** Where the names of the records' clusters are from. */
  readonly clusters: ClusterSource;
  /** Recomputed from the records; `summary.json` is not read. */
  readonly summary: RunSummary;
  readonly environment: RunEnvironment;
  /** What the sessions of the run noted, then what this reading found. */
  readonly warnings: readonly RunWarning[];
}

/** What a run's task says of its headline, which the store does not know. */
export interface TaskHeadline {
  /** Normalisation of the ranking that decides `acc`; null where nothing is ranked, or nobody knows the task. */
  readonly ranking: Normalisation | null;
  /** `TaskPlugin.metric`; null where it names none, or nobody knows the task. */
  readonly metric: string | null;
}

/** The ranking that decides `acc` of a run, by its manifest and what its task says; null for a task that ranks nothing, or that nobody knows. */
export function rankingOfRun({ model, settings }: RunManifest, headline: Normalisation | null): RankingName | null {
  if (headline === null) return null;
  return headlineRanking({ family: model.family, protocol: settings.protocol, headline }, settings.steps.at(-1));
}
