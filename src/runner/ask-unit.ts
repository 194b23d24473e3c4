/** The items of one unit, put to a model and scored; meanwhile traces are kept, and what the network computed and the time of each T are noted. */
import { getOrInsert } from '../core/collect.ts';
import type { RunManifest } from '../core/manifest.ts';
import { type AnswerWatch, type Ask, addWork, type LanguageModel, type NetWork, NO_WORK } from '../core/model.ts';
import type { ProgramJudge } from '../core/program.ts';
import type { Example } from '../core/question.ts';
import type { ItemRecord } from '../core/record.ts';
import type { Refusal, Response } from '../core/response.ts';
import type { Score, ScoreContext } from '../core/score.ts';
import type { TaskPlugin } from '../core/task.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import type { TextTrace } from '../core/trace.ts';
import type { Seconds } from '../core/units.ts';
import type { SessionWork, WritingCost } from '../store/environment.ts';
import { type Clock, systemClock } from './environment.ts';
import { type AnsweredUnit, templateOf, type WorkUnit } from './plan.ts';
import { scoreOf } from './task-calls.ts';

/** What a unit needs to be computed. */
export interface AskInputs {
  readonly manifest: RunManifest;
  readonly task: Pick<TaskPlugin, 'name' | 'protocols' | 'score' | 'scoresUnanswered' | 'needsJudge'>;
  /** All items of the run, in data-set order. */
  readonly examples: readonly Example[];
  readonly model: LanguageModel;
  /** For tasks that run what a model wrote. */
  readonly judge?: ProgramJudge;
}

export type Asker = (unit: WorkUnit) => Promise<AnsweredUnit>;

/**
 * Puts the questions of a unit to the model and scores what comes back. Units that are asked at once share the time.
 *
 * @param traced keep the steps of texts that are written by denoising
 */
export function asker(inputs: AskInputs, clock: Clock = systemClock, traced = false): Asker {
  const { task, model, manifest } = inputs;
  const context = scoreContext(inputs);
  const exampleOf = examplesById(inputs);
  const stopwatch = new Stopwatch(clock);
  return async (unit) => {
    const watch = new UnitWatch(stopwatch, traced);
    const asked = unit.items.map(({ id }) => exampleOf(id));
    const asks: Ask[] = asked.map(({ id, question }) => ({ key: `${task.name}/${id}`, question }));
    const responses = await model.answer(asks, manifest.settings, watch);
    if (responses.length !== asks.length) {
      throw new TypeError(`${model.identity.name}: ${asks.length} questions, ${responses.length} responses`);
    }
    const records = await Promise.all(
      responses.map((response, i) => scoreItem(task, context, asked[i] as Example, response)),
    );
    const traces = asked.map(({ id, index }, i) => ({ id, index, texts: watch.texts((asks[i] as Ask).key) }));
    const costs = { writing: watch.costs(responses), work: watch.work(unit.items.length) };
    return { records, traces, costs };
  };
}

/** A unit that could not be computed: every item is stored with the reason, and the run goes on. */
export async function unanswered(
  inputs: AskInputs,
  { items }: WorkUnit,
  { code, reason }: Refusal,
): Promise<AnsweredUnit> {
  const context = scoreContext(inputs);
  const exampleOf = examplesById(inputs);
  const response: Response = { kind: 'unanswered', code, reason };
  const records = await Promise.all(items.map(({ id }) => scoreItem(inputs.task, context, exampleOf(id), response)));
  return { records, traces: items.map(({ id, index }) => ({ id, index, texts: [] })), costs: {} };
}

function scoreContext({ task, model, manifest: { settings }, judge }: AskInputs): ScoreContext {
  const { family } = model.identity;
  const headline = templateOf(task, settings.protocol).headline[family];
  const { protocol, steps, draws } = settings;
  const texts = { steps: family === 'diffusion' ? steps : [], draws };
  return { family, protocol, headline, texts, ...(judge === undefined ? {} : { judge }) };
}

function examplesById({ examples }: AskInputs): (id: string) => Example {
  const byId = new Map(examples.map((example) => [example.id, example]));
  return (id) => byId.get(id) as Example;
}

/**
 * The record of one answered or unanswered question. What cannot be scored stays in the results as a tagged state: an
 * unanswered question (unless the task counts it as failed), and an answer or score with a number that is not finite (code
 * `non-finite`).
 *
 * @throws HarnessError 'task' where the task's `score` throws anything else
 */
export async function scoreItem(
  task: Pick<TaskPlugin, 'name' | 'score' | 'scoresUnanswered'>,
  context: ScoreContext,
  { question, ...item }: Example,
  response: Response,
): Promise<ItemRecord> {
  if (response.kind === 'unanswered' && task.scoresUnanswered !== true)
    return { ...item, score: unscored(response), response };
  const record: ItemRecord = {
    ...item,
    score: await scoreOf(task, { ...item, question }, response, context),
    response,
  };
  const problem = numberProblem(record);
  if (problem === null) return record;
  const empty: Response = { kind: 'unanswered', code: 'non-finite', reason: `the answer or its score: ${problem}` };
  return { ...item, score: unscored(empty), response: empty };
}

const unscored = ({ code, reason }: Refusal): Score => ({ kind: 'unscored', code, reason });

/** null when JSON can carry every number of the record. */
function numberProblem(record: ItemRecord): string | null {
  try {
    canonicalJson(record);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

interface Lap {
  seconds: Seconds;
}

/** Time that is shared by what is under way at once: two laps that run side by side get half of it each. */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #running = new Set<Lap>();
  #settledAt: Seconds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async time<Result>(lap: Lap, work: () => Promise<Result>): Promise<Result> {
    this.#settle();
    this.#running.add(lap);
    try {
      return await work();
    } finally {
      this.#settle();
      this.#running.delete(lap);
    }
  }

  #settle(): void {
    const now = this.#clock.seconds();
    for (const lap of this.#running) lap.seconds += (now - this.#settledAt) / this.#running.size;
    this.#settledAt = now;
  }
}

/** Looks on while the questions of one unit are answered: keeps traces, and takes the time of each T. */
export class UnitWatch implements AnswerWatch {
  readonly timed: NonNullable<AnswerWatch['timed']>;
  readonly onTrace?: NonNullable<AnswerWatch['onTrace']>;
  readonly #laps = new Map<number, Lap>();
  readonly #work = new Map<number | null, NetWork>();
  readonly #traces = new Map<string, TextTrace[]>();

  constructor(stopwatch: Stopwatch, keepsTraces: boolean) {
    this.timed = (steps, work) =>
      stopwatch.time(
        getOrInsert(this.#laps, steps, () => ({ seconds: 0 })),
        work,
      );
    if (keepsTraces) {
      this.onTrace = (key, trace) => {
        this.#traces.set(key, [...this.texts(key), trace]);
      };
    }
  }

  readonly onWork = (work: NetWork, steps: number | null): void => {
    this.#work.set(steps, addWork(this.#work.get(steps) ?? NO_WORK, work));
  };

  /** What the network computed for the questions, `items` of them; null where it was not counted. */
  work(items: number): SessionWork | null {
    return this.#work.size === 0 ? null : { items, ...[...this.#work.values()].reduce(addWork) };
  }

  /** The traced texts of a question; none where it could not be answered. */
  texts(key: string): readonly TextTrace[] {
    return this.#traces.get(key) ?? [];
  }

  /** What was spent on each T that was timed. */
  costs(responses: readonly Response[]): Readonly<Record<string, WritingCost>> {
    const written = responses.flatMap((response) =>
      response.kind === 'written' ? Object.values(response.views).flat() : [],
    );
    const laps = [...this.#laps].map(([T, { seconds }]) => {
      const texts = written.filter(({ steps }) => steps === T);
      const sum = (of: 'nfe' | 'tokens') => texts.reduce((total, text) => total + text[of], 0);
      const flops = this.#work.get(T)?.flops;
      const cost = { seconds, texts: texts.length, nfe: sum('nfe'), tokens: sum('tokens') };
      return [T, { ...cost, ...(flops === undefined ? {} : { flops }) }] as const;
    });
    return Object.fromEntries(laps);
  }
}
