/**
 * What `bench run` and `bench score` are told: the types that the commands receive, nothing optional in them, and the
 * defaults. Flags and `--config` files become these through `resolveRunOptions` (run-schema.ts).
 */
import type { ProtocolName } from '../core/protocol-name.ts';
import type { Family } from '../core/question.ts';
import type { Fraction, Tokens } from '../core/units.ts';

export const ENGINES = ['onnx', 'tfjs', 'reference'] as const;
export type EngineName = (typeof ENGINES)[number];

export const DEVICES = ['cpu'] as const;
export type DeviceName = (typeof DEVICES)[number];

export const ORDERS = ['dataset', 'shuffled'] as const;
export type ItemOrder = (typeof ORDERS)[number];

/** What overrides a checkpoint's own word about itself. null = as the catalog, `bench.json` or config.json says. */
export interface ModelOverrides {
  readonly family: Family | null;
  readonly maskId: number | null;
  readonly shift: boolean | null;
  /** Folder with tokenizer files; null = the checkpoint's own. */
  readonly tokenizer: string | null;
}

export interface RunOptions extends ModelOverrides {
  /** Catalog names or paths of checkpoint folders; at least one, no repeats. */
  readonly models: readonly string[];
  /** null = those the models were made for, else the published likelihood tasks. */
  readonly tasks: readonly string[] | null;
  readonly protocol: ProtocolName;
  /** First n rows only; null = all. */
  readonly limit: number | null;
  /** Diffusion steps T; ascending, no repeats. */
  readonly steps: readonly number[];
  /** Forward passes a scored alternative may take (diffusion, not under `paper`); at least 3. */
  readonly passes: number;
  /** Texts that a diffusion model writes for each question and T where tokens are drawn. */
  readonly draws: number;
  readonly seed: number;
  /** Share of future attention entries that is open for diffusion models: 1 = bidirectional, 0 = causal. */
  readonly attention: Fraction;
  readonly engine: EngineName;
  readonly device: DeviceName;
  /** null = `BENCH_DATA_DIR`, then the cache folder. */
  readonly dataDir: string | null;
  /** Folder that holds one folder a run. */
  readonly out: string;
  /** Tokens a forward pass; never changes a result. null = the engine's choice. */
  readonly batchTokens: Tokens | null;
  /** null = the engine's choice. */
  readonly threads: number | null;
  /** Score the built-in rows, whatever data is present. */
  readonly fixtures: boolean;
  /** Run model-written programs with all rights of the user where no sandbox works. */
  readonly unsafeNoSandbox: boolean;
  /** Order in which items are computed; never changes a result. */
  readonly order: ItemOrder;
  /** Keep every denoising step of what diffusion models write; never changes a result. */
  readonly trace: boolean;
  /** `paper` with the defect that the steps of LAMBADA's last word stay set for every choice (leaked-steps.ts). */
  readonly emulateLeak: boolean;
  /** Compare `canonical` and `paper` one difference at a time, in place of a run. */
  readonly explain: boolean;
  /** One JSON document on standard output instead of the table. */
  readonly json: boolean;
}

export interface ScoreOptions extends ModelOverrides {
  /** JSONL requests; `-` = standard input. */
  readonly file: string;
  readonly model: string;
  readonly steps: readonly number[];
  readonly passes: number;
  readonly seed: number;
  /** Answer with every step of what is written. */
  readonly trace: boolean;
  readonly engine: EngineName;
  readonly threads: number | null;
  /** File for the answers; null = standard output. */
  readonly out: string | null;
  /** Without effect: answers are JSON lines in any case. */
  readonly json: boolean;
}

export const RUN_DEFAULTS: Omit<RunOptions, 'models'> = {
  tasks: null,
  protocol: 'canonical',
  limit: null,
  steps: [32],
  passes: 32,
  draws: 1,
  seed: 0,
  attention: 1,
  shift: null,
  engine: 'onnx',
  device: 'cpu',
  dataDir: null,
  out: 'results/runs',
  batchTokens: null,
  threads: null,
  family: null,
  maskId: null,
  tokenizer: null,
  fixtures: false,
  unsafeNoSandbox: false,
  order: 'dataset',
  trace: false,
  emulateLeak: false,
  explain: false,
  json: false,
};

/** What `bench sweep` compares over T. */
export interface SweepOptions extends RunOptions {
  /** Loss of accuracy that counts as none. */
  readonly margin: Fraction;
  /** Chance to call a T non-inferior whose true loss is the margin. */
  readonly alpha: Fraction;
}

/** What `bench ablate` crosses; the reference, attention 1 and the model's own shift, is always among it. */
export interface AblateOptions extends RunOptions {
  /** Shares of open future attention; ascending, no repeats. */
  readonly attentions: readonly Fraction[];
  readonly shifts: readonly boolean[];
}

export interface ReplayOptions {
  /** A run's folder, or its name below `results/runs`. */
  readonly path: string;
  /** Catalog name or path of the model; null = as the manifest names it. */
  readonly model: string | null;
  /** Folder with tokenizer files; null = the checkpoint's own. */
  readonly tokenizer: string | null;
  /** null = `BENCH_DATA_DIR`, then the cache folder. */
  readonly dataDir: string | null;
  /** Items to compute again, drawn from `seed`; null = all. */
  readonly sample: number | null;
  readonly seed: number;
  readonly threads: number | null;
  /** Run model-written programs with all rights where no sandbox works. */
  readonly unsafeNoSandbox: boolean;
  /** Compute even where what the run was made from has changed. */
  readonly anyway: boolean;
  readonly json: boolean;
}

export const SWEEP_DEFAULTS: Omit<SweepOptions, 'models'> = {
  ...RUN_DEFAULTS,
  steps: [1, 2, 4, 8, 16, 32, 64],
  margin: 0.01,
  alpha: 0.05,
};

export const ABLATE_DEFAULTS: Omit<AblateOptions, 'models'> = {
  ...RUN_DEFAULTS,
  attentions: [0, 0.25, 0.5, 0.75, 1],
  shifts: [true, false],
};

export const SCORE_DEFAULTS: Omit<ScoreOptions, 'file' | 'model'> = {
  family: null,
  maskId: null,
  shift: null,
  tokenizer: null,
  steps: [32],
  passes: 32,
  seed: 0,
  trace: false,
  engine: 'onnx',
  threads: null,
  out: null,
  json: false,
};
