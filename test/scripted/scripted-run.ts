/**
 * A made-up run for trying out storing, killing and resuming: its model answers from a hash of the item, after a delay.
 * Nothing here measures anything.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '../../src/core/errors.ts';
import type { Ask, LanguageModel, ModelIdentity, ScoringSettings } from '../../src/core/model.ts';
import { stream } from '../../src/core/numbers/random.ts';
import { type Question, scored } from '../../src/core/question.ts';
import type { Response } from '../../src/core/response.ts';
import type { TaskPlugin } from '../../src/core/task.ts';
import type { Milliseconds } from '../../src/core/units.ts';
import { describeRun, examplesOf } from '../../src/runner/plan.ts';
import type { RunInputs } from '../../src/runner/run.ts';
import type { Machine } from '../../src/store/environment.ts';

export interface ScriptedRunOptions {
  readonly rows: number;
  readonly limit?: number | null;
  readonly seed?: number;
  /** Time that a call of the model takes at most. */
  readonly delayMs?: Milliseconds;
  /** Items that get an `unanswered` response. */
  readonly unanswered?: (id: string) => boolean;
  /** Called before each answer; may throw or note the call. */
  readonly onAnswer?: (ids: readonly string[]) => void;
}

/** Everything that `executeRun` needs but the folder. */
export function scriptedRun(options: ScriptedRunOptions): Omit<RunInputs, 'out'> {
  const { rows: count, limit = null, seed = 0 } = options;
  const rows = Array.from({ length: count }, (_, row) => row);
  const settings: ScoringSettings = {
    protocol: 'canonical',
    estimator: 'scripted/1',
    seed,
    steps: [8, 32],
    passes: 64,
    draws: 1,
    openFraction: 1,
    shift: true,
  };
  const manifest = describeRun({
    task: scriptedTask,
    source: { name: 'scripted/rows', variant: null },
    rows,
    limit,
    model: identity,
    settings,
  });
  const examples = examplesOf(scriptedTask, 'canonical', rows, manifest.limit);
  return { manifest, task: scriptedTask as TaskPlugin, examples, model: scriptedModel(options), machine };
}

const identity: ModelIdentity = {
  name: 'scripted',
  family: 'diffusion',
  architecture: 'none',
  parameters: 0,
  weightsDigest: '0'.repeat(64),
  tokenizerDigest: '0'.repeat(64),
  vocabularyRows: 1,
  contextLength: 1024,
  maskId: 0,
  bosId: null,
  engine: 'scripted',
  dtype: 'float64',
};

const machine: Machine = {
  node: process.version,
  bench: 'scripted',
  gitRevision: null,
  platform: 'scripted',
  host: 'scripted',
  cpu: 'scripted',
  cores: 1,
  memoryBytes: 0,
  engines: {},
};

const scriptedTask: Pick<TaskPlugin<number>, 'name' | 'version' | 'id' | 'protocols' | 'score'> = {
  name: 'scripted',
  version: 1,
  id: (row) => `row-${row}`,
  protocols: { canonical: { question, headline: { autoregressive: 'char', diffusion: 'sum' } } },
  score(asked, response) {
    if (response.kind !== 'answered') throw new TypeError('expected an answered question');
    const ranking = response.views.default?.rankings['nelbo/sum'];
    if (ranking === undefined) throw new TypeError('expected a ranking by nelbo/sum');
    const values = { acc: ranking.best === asked.gold ? 1 : 0, margin: ranking.margin };
    const undecided = ranking.margin < 2 * ranking.stderr;
    return { kind: 'scored', values, answer: ranking.best, gold: asked.gold, undecided };
  },
};

function question(row: number): Question {
  const answers = [`first of ${row} – ünïcödé`, `second of ${row}`];
  const views = [
    {
      name: 'default',
      tokenization: 'joint',
      bos: 'once',
      alternatives: answers.map((answer) => [scored(answer)]),
    } as const,
  ];
  return { kind: 'choose', answers, gold: row % 2, views: { autoregressive: views, diffusion: views } };
}

function scriptedModel({ delayMs = 0, unanswered = () => false, onAnswer }: ScriptedRunOptions): LanguageModel {
  return {
    identity,
    async answer(asks: readonly Ask[], settings: ScoringSettings): Promise<readonly Response[]> {
      const ids = asks.map(({ key }) => key.slice('scripted/'.length));
      onAnswer?.(ids);
      if (delayMs > 0) await sleep(delayMs * stream(1, 'delay', ids.join()).uniform(0));
      return ids.map((id) => {
        if (!unanswered(id)) return answer(id, settings.seed);
        const { code, message } = new HarnessError('context-overflow', `${id}: 2000 tokens, the model reads 1024`);
        return { kind: 'unanswered', code, reason: message };
      });
    },
    async dispose() {},
  };
}

function answer(id: string, seed: number): Response {
  const random = stream(seed, 'scripted', id);
  const bounds = [10 * random.uniform(0), 10 * random.uniform(1)] as const;
  const best = bounds[0] <= bounds[1] ? 0 : 1;
  const alternatives = bounds.map((value, i) => ({
    tokens: 3,
    crossing: false,
    quantities: { nelbo: { value, stderr: 0.1 * random.uniform(2 + i) }, 'nelbo@8': { value: value * 1.1, stderr: 0 } },
    maskedCrossEntropy: [value / 3, null, value / 4],
    exact: false,
    greedy: null,
  }));
  const ranking = {
    best,
    runnerUp: 1 - best,
    margin: Math.abs(bounds[0] - bounds[1]),
    stderr: 0.2 * random.uniform(4),
  };
  return {
    kind: 'answered',
    views: { default: { alternatives, rankings: { 'nelbo/sum': ranking } } },
    nfe: 1 + Math.floor(8 * random.uniform(5)),
  };
}
