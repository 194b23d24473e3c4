import type { RunManifest } from '../../src/core/manifest.ts';
import type { Measured } from '../../src/gate/measured/measured.ts';
import { SUMMARY_FORMAT } from '../../src/store/stored-run.ts';

export interface Scripted {
  readonly model?: string;
  readonly task?: string;
  readonly version?: number;
  readonly data?: string;
  readonly seed?: number;
  readonly weights?: string;
  /** Default: `float64`. */
  readonly dtype?: string;
  readonly family?: 'autoregressive' | 'diffusion';
  readonly nfe?: number;
  readonly seconds?: number;
  readonly complete?: boolean;
  readonly cpu?: string;
  /** Metric -> a value an item; null = the item has no score. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
  readonly firstId?: number;
  /** As its task declares it. */
  readonly headline?: string;
  /** Name of the cluster of each item; absent: the task names none. */
  readonly clusters?: readonly string[];
}

/** A run as gates read it, with values that a test chose. */
export function scriptedMeasured(script: Scripted): Measured {
  const {
    model = 'm',
    task = 'piqa',
    version = 1,
    data = 'd',
    seed = 0,
    weights = model,
    values,
    firstId = 0,
    clusters,
  } = script;
  const n = Object.values(values)[0]?.length ?? 0;
  const manifest: RunManifest = {
    format: 'bench-run/1',
    task: { name: task, version },
    dataset: { source: `${task}/jsonl`, digest: data, rows: n, variant: null },
    limit: null,
    model: {
      name: model,
      family: script.family ?? 'diffusion',
      architecture: 'gpt2',
      parameters: 1,
      weightsDigest: weights,
      tokenizerDigest: 't',
      vocabularyRows: 5,
      contextLength: 8,
      maskId: 4,
      bosId: null,
      engine: 'reference',
      dtype: script.dtype ?? 'float64',
    },
    settings: {
      protocol: 'canonical',
      estimator: 'masked-cross-entropies/2',
      seed,
      steps: [32],
      passes: 32,
      draws: 1,
      openFraction: 1,
      shift: true,
    },
  };
  const items = Array.from({ length: n }, (_, i) => {
    const own = Object.entries(values).flatMap(([name, column]) => {
      const value = column[i] ?? null;
      return value === null ? [] : [[name, value] as const];
    });
    return {
      id: `${task}/${firstId + i}`,
      ...(clusters === undefined ? {} : { cluster: clusters[i] }),
      values: own.length === 0 ? null : Object.fromEntries(own),
      noise: { lead: null, errors: {} },
    };
  });
  return {
    headline: script.headline ?? null,
    source: `runs/${model}`,
    isBaseline: false,
    clusters: clusters === undefined ? 'alone' : 'stored',
    manifest,
    summary: {
      format: SUMMARY_FORMAT,
      runId: 'r',
      complete: script.complete ?? true,
      items: n,
      expectedItems: n,
      metrics: {},
      unscored: {},
      undecided: 0,
      nfe: script.nfe ?? n,
    },
    seconds: script.seconds ?? 1,
    machines: [
      {
        node: 'v20',
        bench: '0.1.0',
        gitRevision: null,
        platform: 'linux-x64',
        cpu: script.cpu ?? 'c',
        cores: 2,
        engines: {},
      },
    ],
    items,
  };
}
