/** What the miniature trains and asks: tasks, arms, seeds, and the flags of `bench` for each. */

export type Arm = 'ar' | 'full' | 'noshift' | 'noanneal' | 'neither' | 'scratch';

export const ARMS: readonly Arm[] = ['ar', 'full', 'noshift', 'noanneal', 'neither', 'scratch'];
export const SEEDS = [0, 1, 2] as const;
export const STEPS = [1, 2, 4, 8, 16, 32] as const;
/** `canonical` ranks what is still masked; `paper` ranks revealed positions again, as the published loop does. */
export const RULES = ['canonical', 'paper'] as const;
export type Rule = (typeof RULES)[number];

export interface Task {
  /** Of `bench run --tasks`. */
  readonly name: string;
  /** Of `bench finetune --task`. */
  readonly generator: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly layout: 'rows' | 'packed';
  /** Tokens of a training row. */
  readonly length: number;
  readonly steps: number;
  readonly batch: number;
  readonly arms: readonly Arm[];
  /** Items that are asked; null = all. */
  readonly limit: number | null;
  readonly isWritten: boolean;
}

/** The same steps, rows and order of rows for every arm of a task: equal budget. */
export const TASKS: readonly Task[] = [
  {
    ...{ name: 'pointer-chasing', generator: 'pointer-chasing', layout: 'rows', length: 20 },
    ...{ steps: 2000, batch: 64, arms: ARMS, limit: null, isWritten: true },
  },
  {
    ...{ name: 'pointer-chasing-forward', generator: 'pointer-chasing', layout: 'rows', length: 20 },
    ...{ settings: { order: 'first-hop-first' }, steps: 1000, batch: 64, arms: ['ar', 'full'], limit: null },
    isWritten: true,
  },
  {
    ...{ name: 'countdown-mini', generator: 'countdown-mini', layout: 'rows', length: 24 },
    ...{ steps: 1400, batch: 64, arms: ARMS, limit: null, isWritten: true },
  },
  {
    ...{ name: 'word-problems', generator: 'word-problems', layout: 'rows', length: 48 },
    ...{ steps: 1000, batch: 32, arms: ARMS, limit: 250, isWritten: true },
  },
  {
    ...{ name: 'stories-cloze', generator: 'stories', layout: 'packed', length: 64 },
    ...{ steps: 300, batch: 64, arms: ARMS, limit: null, isWritten: false },
  },
];

/** Share of the steps over which attention opens where it is annealed. */
const ANNEALED = 0.2;

export interface TrainedModel {
  readonly task: Task;
  readonly arm: Arm;
  readonly seed: number;
  readonly name: string;
}

export function trainedModels(tasks: readonly Task[], seeds: readonly number[]): readonly TrainedModel[] {
  return seeds.flatMap((seed) =>
    tasks.flatMap((task) => task.arms.map((arm) => ({ task, arm, seed, name: `${task.name}.${arm}.${seed}` }))),
  );
}

/** The words after `bench` that train a model, without `--config` and `--out`. */
export function trainingWords({ arm, seed }: TrainedModel, base: string, steps: number): readonly string[] {
  const common = ['--seed', String(seed), '--steps', String(steps)];
  const init = ['--init', base];
  const anneal = ['--anneal-steps', String(Math.max(1, Math.round(ANNEALED * steps)))];
  const open = ['--anneal-steps', '1'];
  switch (arm) {
    case 'ar':
      return ['finetune', ...common, ...init];
    case 'full':
      return ['adapt', ...common, ...init, ...anneal];
    case 'noshift':
      return ['adapt', ...common, ...init, ...anneal, '--no-shift'];
    case 'noanneal':
      return ['adapt', ...common, ...init, ...open];
    case 'neither':
      return ['adapt', ...common, ...init, ...open, '--no-shift'];
    case 'scratch':
      return ['train', ...common, '--family', 'diffusion', '--arch', '3,128,4,128', '--tokenizer', base, ...open];
    default:
      return arm satisfies never;
  }
}

/** What all arms of a task share, as a file for `--config`. */
export function trainingConfig({ generator, settings, layout, length, batch, steps, isWritten }: Task): object {
  return {
    data: [{ kind: 'task', task: generator, ...(settings === undefined ? {} : { settings }), layout, length }],
    batch,
    lr: 1e-3,
    warmup: Math.min(50, Math.ceil(steps / 4)),
    // Text is learnt early, and that is where arms differ: more points there.
    'eval-every': Math.max(1, Math.round(steps / (isWritten ? 10 : 20))),
    'eval-rows': 128,
    'accuracy-rows': 0,
    'checkpoint-every': 100,
  };
}
