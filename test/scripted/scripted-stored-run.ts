/** Stored runs with given values, for tests and measurements of reports. */
import type { RunManifest } from '../../src/core/manifest.ts';
import type { ItemRecord } from '../../src/core/record.ts';
import type { Quantity } from '../../src/core/response.ts';
import { runId } from '../../src/store/run-folder.ts';
import type { StoredRun } from '../../src/store/stored-run.ts';
import { summarise } from '../../src/store/summarise.ts';

export interface ScriptedRun {
  readonly model?: Partial<RunManifest['model']>;
  readonly settings?: Partial<RunManifest['settings']>;
  readonly task?: string;
  readonly source?: string;
  readonly limit?: number | null;
  readonly records: readonly ItemRecord[];
}

/** A complete run that holds `records` and took two seconds. */
export function scriptedStoredRun({
  model,
  settings,
  task = 'piqa',
  source = 'piqa/jsonl',
  limit = null,
  records,
}: ScriptedRun): StoredRun {
  const manifest: RunManifest = {
    format: 'bench-run/1',
    task: { name: task, version: 1 },
    dataset: { source, digest: 'd'.repeat(64), rows: records.length, variant: null },
    limit,
    model: { ...MODEL, ...model },
    settings: { ...SETTINGS, ...settings },
  };
  return {
    folder: `results/runs/${manifest.model.name}-${task}`,
    runId: runId(manifest),
    manifest,
    records,
    clusters: 'alone',
    summary: summarise(manifest, records),
    environment: {
      format: 'bench-environment/1',
      sessions: [{ ...SESSION, items: records.length, nfe: 2 * records.length }],
    },
    warnings: [],
  };
}

/** One item with a value for each metric; quantities of the right answer, of so many tokens, where they are given. */
export function scriptedRecord(
  index: number,
  values: Readonly<Record<string, number>>,
  quantities: ItemQuantities = {},
  tokens = 3,
): ItemRecord {
  const alternative = { tokens, crossing: false, quantities, exact: false, greedy: null };
  return {
    id: `item/${index}`,
    index,
    score: { kind: 'scored', values, answer: 0, gold: 0, undecided: false },
    response: { kind: 'answered', views: { default: { alternatives: [alternative], rankings: {} } }, nfe: 2 },
  };
}

type ItemQuantities = Readonly<Partial<Record<Quantity, { readonly value: number; readonly stderr: number }>>>;

const MODEL: RunManifest['model'] = {
  name: 'diffugpt-m',
  family: 'diffusion',
  architecture: 'gpt2',
  parameters: 1000,
  weightsDigest: 'a'.repeat(64),
  tokenizerDigest: 'b'.repeat(64),
  vocabularyRows: 50_258,
  contextLength: 1024,
  maskId: 50_257,
  bosId: null,
  engine: 'onnx-cpu 1.30.0',
  dtype: 'float32',
};

const SETTINGS: RunManifest['settings'] = {
  protocol: 'canonical',
  estimator: 'masked-cross-entropies/1',
  seed: 0,
  steps: [32],
  passes: 32,
  draws: 1,
  openFraction: 1,
  shift: true,
};

const SESSION = {
  started: '2026-01-02T03:04:05.000Z',
  seconds: 2,
  peakMemoryBytes: 2 ** 28,
  state: 'completed',
  machine: {
    node: 'v20',
    bench: '0.1.0',
    gitRevision: null,
    platform: 'linux-x64',
    host: 'host',
    cpu: 'cpu',
    cores: 2,
    memoryBytes: 2 ** 33,
    engines: { onnx: 'onnx-cpu 1.30.0' },
  },
  warnings: [],
} as const;
