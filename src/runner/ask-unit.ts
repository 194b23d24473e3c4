/** The items of one unit, put to a model and scored. */
import type { RunManifest } from '../core/manifest.ts';
import type { Ask, LanguageModel } from '../core/model.ts';
import type { ProgramJudge } from '../core/program.ts';
import type { Example } from '../core/question.ts';
import type { Response } from '../core/response.ts';
import type { ScoreContext } from '../core/score.ts';
import type { TaskPlugin } from '../core/task.ts';
import { templateOf, type WorkUnit } from './plan.ts';
import { scoreItem } from './score-item.ts';
import type { AnsweredUnit, UnitWatch } from './unit-watch.ts';

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

export type Asker = (unit: WorkUnit, watch: UnitWatch) => Promise<AnsweredUnit>;

/** Puts the questions of one unit to the model and scores what comes back. */
export function asker(inputs: AskInputs): Asker {
  const { task, model, manifest } = inputs;
  const context = scoreContext(inputs);
  const exampleOf = examplesById(inputs);
  return async (unit, watch) => {
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
  { code, reason }: Pick<Extract<Response, { kind: 'unanswered' }>, 'code' | 'reason'>,
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
