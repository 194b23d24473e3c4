/**
 * A baseline file: what gates need of one or more runs, readable without them, small enough for git. Values of 0 and 1 are kept as
 * one text of digits, others as numbers; `-` and null stand for items without the metric. `results/README.md` documents it.
 */
import { z } from 'zod';
import type { DeepReadonly } from '../../core/deep-readonly.ts';
import { HarnessError, notSupported, type Refuse } from '../../core/errors.ts';
import { manifestSchema, type RunManifest, underTodaysNames } from '../../core/manifest.ts';
import { digestOf, isUntouched, sealOf } from '../../core/text/digest.ts';
import { parseBySchema, parseJson } from '../../files/json-file.ts';
import { mean } from '../../stats/sum.ts';
import { CLUSTER_SOURCES, type ClusterSource, knownClusters } from '../../store/cluster-names.ts';
import { machineFactsSchema } from '../../store/environment.ts';
import { summarySchema, type TaskHeadline } from '../../store/stored-run.ts';
import { metricsOf } from '../compare/compared-metric.ts';
import type { Measured, MeasuredItem } from './measured.ts';

export const BASELINE_FORMAT = 'bench-baseline/1';

const provenance = z.strictObject({
  /** ISO 8601, UTC. */
  blessed: z.string(),
  bench: z.string(),
  gitRevision: z.string().nullable(),
});
export type Provenance = DeepReadonly<z.infer<typeof provenance>>;

const column = z.union([z.string().regex(/^[01-]*$/), z.array(z.number().nullable())]);
type Column = DeepReadonly<z.infer<typeof column>>;

const storedRun = z.strictObject({
  runId: z.string(),
  manifest: manifestSchema,
  summary: summarySchema,
  seconds: z.number(),
  machines: z.array(machineFactsSchema),
  ids: z.array(z.string()),
  /** Where the clusters of the items are from, and their names in the order of `ids`; absent where nothing said them. */
  clusters: z
    .strictObject({ from: z.enum(CLUSTER_SOURCES), names: z.array(z.string()).exactOptional() })
    .exactOptional(),
  values: z.record(z.string(), column),
});
type StoredBaselineRun = DeepReadonly<z.infer<typeof storedRun>>;

const baseline = z.strictObject({
  format: z.literal(BASELINE_FORMAT),
  provenance,
  runs: z.array(storedRun).min(1),
  /** Seal of the file, see `seal`; absent in files of earlier versions. */
  sha256: z.string().exactOptional(),
});

/** The text of a baseline file; a line for each run's ids and each metric, so that a changed baseline has a readable diff. */
export function baselineText(runs: readonly Measured[], provenance: Provenance): string {
  const stored = runs.map(toStored);
  const sha256 = sealOf({ format: BASELINE_FORMAT, provenance, runs: stored });
  const head = `{\n"format": ${JSON.stringify(BASELINE_FORMAT)},\n"provenance": ${JSON.stringify(provenance)},\n"sha256": "${sha256}",\n"runs": [\n`;
  return `${head}${stored.map(runText).join(',\n')}\n]\n}\n`;
}

function runText({ values, ...facts }: StoredBaselineRun): string {
  const lines = Object.entries(facts).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const columns = Object.entries(values).map(([name, each]) => `  ${JSON.stringify(name)}: ${JSON.stringify(each)}`);
  return `{\n${lines.join(',\n')},\n"values": {\n${columns.join(',\n')}\n}\n}`;
}

function toStored({ manifest, summary, seconds, machines, clusters, items }: Measured): StoredBaselineRun {
  const names = metricsOf({ items } as Measured);
  return {
    runId: digestOf(manifest),
    manifest,
    summary,
    seconds,
    machines,
    ids: items.map(({ id }) => id),
    ...toStoredClusters(clusters, items),
    values: Object.fromEntries([...names].sort().map((name) => [name, toColumn(items, name)])),
  };
}

/** Every item with a name, or none. */
function toStoredClusters(from: ClusterSource, items: readonly MeasuredItem[]): Pick<StoredBaselineRun, 'clusters'> {
  if (from === 'none') return { clusters: { from } };
  const names = items.flatMap(({ cluster }) => cluster ?? []);
  return names.length === items.length ? { clusters: { from, names } } : {};
}

function toColumn(items: readonly MeasuredItem[], name: string): Column {
  const values = items.map(({ values: own }) => own?.[name] ?? null);
  const isBinary = values.every((value) => value === null || value === 0 || value === 1);
  return isBinary ? values.map((value) => value ?? '-').join('') : values;
}

/**
 * The runs of a baseline file.
 *
 * @param source its path, for messages
 * @param headlineOf what the task of a run says of its headline, which the file does not hold
 * @throws HarnessError 'not-supported' on another format, 'store-corrupt' where the file is damaged
 */
export function parseBaseline(
  text: string,
  source: string,
  headlineOf: (manifest: RunManifest) => TaskHeadline,
): readonly Measured[] {
  const value = parseJson(text, source, 'it', damaged);
  checkFormat(value, source);
  const file = parseBySchema(baseline, value, source, damaged);
  if (!isUntouched(file)) throw damaged(source, 'its content is not what its sha256 says');
  return file.runs.map((run) => ({
    ...agreeing(toMeasuredRun(run, source)),
    headline: headlineOf(run.manifest).metric,
  }));
}

function toMeasuredRun(
  { runId, manifest, summary, seconds, machines, ids, clusters, values }: StoredBaselineRun,
  source: string,
): Omit<Measured, 'headline'> {
  if (digestOf(manifest) !== runId)
    throw damaged(source, `the manifest of ${manifest.task.name} is not that of run ${runId.slice(0, 12)}`);
  const columns = Object.entries(values).map(([name, each]) => {
    if (each.length !== ids.length) throw damaged(source, `${name} has ${each.length} values for ${ids.length} items`);
    return [
      name,
      typeof each === 'string' ? [...each].map((digit) => (digit === '-' ? null : Number(digit))) : each,
    ] as const;
  });
  const names = clusters?.names;
  if (names !== undefined && names.length !== ids.length)
    throw damaged(source, `it has ${names.length} clusters for ${ids.length} items`);
  const items = ids.map((id, i) => {
    const cluster = names === undefined ? {} : { cluster: names[i] };
    const own = columns.flatMap(([name, each]) => (each[i] === null ? [] : [[name, each[i] as number] as const]));
    return { id, ...cluster, values: own.length === 0 ? null : Object.fromEntries(own), noise: null };
  });
  const known = clusters === undefined ? knownClusters(items) : { items, from: clusters.from };
  return {
    source,
    isBaseline: true,
    manifest: underTodaysNames(manifest),
    summary,
    seconds,
    machines,
    clusters: known.from,
    items: known.items,
  };
}

/** Values and summary were written together: a mean that is another one says that a value was changed, also where there is no seal. */
function agreeing<Run extends Pick<Measured, 'source' | 'summary' | 'items' | 'manifest'>>(run: Run): Run {
  const { summary, items, source, manifest } = run;
  for (const [name, { value, n }] of Object.entries(summary.metrics)) {
    const values = items.flatMap(({ values: own }) => own?.[name] ?? []);
    if (values.length === 0) continue;
    const found = mean(values);
    if (values.length === n && Math.abs(found - value) <= 1e-9 * Math.max(1, Math.abs(value))) continue;
    const what = `${name} of ${manifest.task.name} has mean ${found} over ${values.length} items`;
    throw damaged(source, `${what}, its summary says ${value} over ${n}`);
  }
  return run;
}

function checkFormat(value: unknown, source: string): void {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format === BASELINE_FORMAT) return;
  throw notSupported(
    `${source}: expected a baseline of format "${BASELINE_FORMAT}", found ${typeof format === 'string' ? `format "${format}"` : 'none'}`,
    'name a run folder, a results folder, or a file that bench bless wrote; a newer file needs a newer bench',
  );
}

const damaged: Refuse = (source, problem, options) =>
  new HarnessError('store-corrupt', `${source} is damaged: ${problem}`, {
    hint: 'restore it from git, or bless the run again',
    ...options,
  });
