/** The flags of every verb, as help shows them. What a value must be is said by the schemas of run-schema.ts. */
import { ABLATE_DEFAULTS, RUN_DEFAULTS, SWEEP_DEFAULTS } from '../../evaluate/options.ts';

export interface Flag {
  /** `switch` takes no value; `list` may be repeated and holds commas. */
  readonly kind: 'text' | 'list' | 'switch';
  readonly about: string;
  /** Shown in help; absent where there is no default to name. */
  readonly standard?: string;
  readonly group?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

const MODEL = 'What the checkpoint does not say:';
const DIFFUSION = 'Diffusion likelihood:';
const COMPARISON = 'What is compared:';
const COMPUTE = 'Computation (never changes a result beyond rounding):';

const modelFlags: Flags = {
  family: { kind: 'text', about: 'ar or diffusion', standard: 'as the model says', group: MODEL },
  'mask-id': { kind: 'text', about: 'token id of [MASK]', standard: 'as the model says', group: MODEL },
  shift: {
    kind: 'text',
    about: 'on: position i is read from row i-1; off: from row i',
    standard: 'as the model says',
    group: MODEL,
  },
  tokenizer: { kind: 'text', about: 'folder with tokenizer files', standard: "the checkpoint's own", group: MODEL },
};

const diffusionFlags: Flags = {
  steps: {
    kind: 'list',
    about: 'diffusion steps T to report, such as 32 or 1,2,4,8; all come from the same passes',
    standard: RUN_DEFAULTS.steps.join(),
    group: DIFFUSION,
  },
  passes: {
    kind: 'text',
    about: 'forward passes a scored answer may take; fewer when all masks can be enumerated',
    standard: String(RUN_DEFAULTS.passes),
    group: DIFFUSION,
  },
  seed: { kind: 'text', about: 'seed of all masks', standard: String(RUN_DEFAULTS.seed), group: DIFFUSION },
};

const trace: Flag = {
  kind: 'switch',
  about: 'keep every denoising step of what diffusion models write, for bench show RUN ITEM --trace',
  group: DIFFUSION,
};

/** What computes, of every verb that runs a net; `group` heads them in help. */
export const engineFlags = (group: string): Flags => ({
  engine: { kind: 'text', about: 'onnx, tfjs or reference (slow, float64)', standard: RUN_DEFAULTS.engine, group },
  threads: { kind: 'text', about: 'threads of the onnx engine', standard: "the engine's choice", group },
});

const computeFlags = engineFlags(COMPUTE);

export const DATA_DIR: Flag = {
  kind: 'text',
  about: 'folder with the data sets',
  standard: 'BENCH_DATA_DIR, else the cache folder',
};

export const JSON_SWITCH: Flag = { kind: 'switch', about: 'one JSON document on standard output' };

const UNSAFE: Flag = {
  kind: 'switch',
  about: 'run model-written programs with all your rights where no sandbox works',
};

export const RUN_FLAGS: Flags = {
  models: { kind: 'list', about: 'catalog names or checkpoint folders, separated by commas (required)' },
  tasks: {
    kind: 'list',
    about: 'task names, separated by commas',
    standard: 'those the models were made for, else the published likelihood tasks',
  },
  protocol: { kind: 'text', about: 'canonical, paper, paper-text or lm-eval', standard: RUN_DEFAULTS.protocol },
  limit: { kind: 'text', about: 'first N items of each task', standard: 'all' },
  fixtures: { kind: 'switch', about: 'score the built-in rows, whatever data is present' },
  'unsafe-no-sandbox': UNSAFE,
  'data-dir': DATA_DIR,
  out: { kind: 'text', about: 'folder that holds one folder a run', standard: RUN_DEFAULTS.out },
  json: JSON_SWITCH,
  config: { kind: 'text', about: 'JSON file with the same keys as these flags; flags override it' },
  ...diffusionFlags,
  trace,
  draws: {
    kind: 'text',
    about: 'texts for each question and T, where a task draws tokens (written tasks under paper)',
    standard: String(RUN_DEFAULTS.draws),
    group: DIFFUSION,
  },
  attention: {
    kind: 'text',
    about: 'share of future attention that is open, 0 (causal) to 1 (bidirectional)',
    standard: String(RUN_DEFAULTS.attention),
    group: DIFFUSION,
  },
  ...modelFlags,
  ...computeFlags,
  device: { kind: 'text', about: 'cpu', standard: RUN_DEFAULTS.device, group: COMPUTE },
  'batch-tokens': { kind: 'text', about: 'tokens a forward pass', standard: "the engine's choice", group: COMPUTE },
  order: {
    kind: 'text',
    about: 'dataset or shuffled: the order in which items are computed',
    standard: RUN_DEFAULTS.order,
    group: COMPUTE,
  },
};

/** What `run` alone takes. */
export const RUN_VERB_FLAGS: Flags = {
  ...RUN_FLAGS,
  'emulate-leak': {
    kind: 'switch',
    about:
      "with --protocol paper: score choices with the T that LAMBADA's last word left behind, as the released script did",
    group: DIFFUSION,
  },
  explain: {
    kind: 'switch',
    about: 'toggle one difference between canonical and paper at a time and show what each moves; stores nothing',
    group: COMPARISON,
  },
};

export const SWEEP_FLAGS: Flags = {
  ...RUN_FLAGS,
  steps: {
    kind: 'list',
    about: 'diffusion steps T to compare, two or more, such as 1,8,64',
    standard: SWEEP_DEFAULTS.steps.join(),
    group: COMPARISON,
  },
  margin: {
    kind: 'text',
    about: 'loss of accuracy, as a share, that counts as none',
    standard: String(SWEEP_DEFAULTS.margin),
    group: COMPARISON,
  },
  alpha: {
    kind: 'text',
    about: 'chance to call a T non-inferior that loses the margin',
    standard: String(SWEEP_DEFAULTS.alpha),
    group: COMPARISON,
  },
};

export const ABLATE_FLAGS: Flags = {
  ...RUN_FLAGS,
  attention: {
    kind: 'list',
    about: 'shares of future attention that are open; the reference, 1, is always among them',
    standard: ABLATE_DEFAULTS.attentions.join(),
    group: COMPARISON,
  },
  shift: {
    kind: 'list',
    about: "on, off or both; the reference, the model's own, is always among them",
    standard: 'on,off',
    group: COMPARISON,
  },
};

export const SCORE_FLAGS: Flags = {
  model: { kind: 'text', about: 'catalog name or checkpoint folder (required)' },
  out: { kind: 'text', about: 'file for the answers', standard: 'standard output' },
  json: { kind: 'switch', about: 'accepted and without effect: answers are JSON lines in any case' },
  ...diffusionFlags,
  trace: { ...trace, about: 'answer infill and generate with every step' },
  ...modelFlags,
  ...computeFlags,
};

/** Flags of models and computation go with a MODEL. */
export const DOCTOR_FLAGS: Flags = { 'data-dir': DATA_DIR, json: JSON_SWITCH, ...modelFlags, ...computeFlags };

export const REPLAY_FLAGS: Flags = {
  sample: { kind: 'text', about: 'compute so many items again, drawn at random', standard: 'all' },
  seed: { kind: 'text', about: 'seed of the sample', standard: '0' },
  model: { kind: 'text', about: 'catalog name or checkpoint folder', standard: 'as the run names it' },
  tokenizer: { kind: 'text', about: 'folder with tokenizer files', standard: "the checkpoint's own" },
  'data-dir': DATA_DIR,
  'unsafe-no-sandbox': UNSAFE,
  anyway: { kind: 'switch', about: 'compute even where weights, tokenizer, data, engine or versions have changed' },
  threads: { kind: 'text', about: 'threads of the engine', standard: "the engine's choice" },
  json: JSON_SWITCH,
};

export const RESCORE_FLAGS: Flags = {
  'data-dir': DATA_DIR,
  eos: { kind: 'text', about: 'cut every prediction at the first of this text, such as </s>', standard: 'not cut' },
  out: { kind: 'text', about: 'file for the verdict of every line, JSON lines or .csv' },
  'unsafe-no-sandbox': UNSAFE,
  json: JSON_SWITCH,
};

export const REPORT_FLAGS: Flags = {
  runs: { kind: 'text', about: 'folder that holds one folder a run', standard: RUN_DEFAULTS.out },
  models: { kind: 'list', about: 'models to report, as their runs name them', standard: 'all that have a run' },
  tasks: { kind: 'list', about: 'tasks to report', standard: 'all that have a run' },
  out: { kind: 'text', about: 'file to write', standard: 'reports/report.FORMAT' },
  format: { kind: 'text', about: 'html, md, csv or json', standard: 'html' },
};
