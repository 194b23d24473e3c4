/** What every task for fine-tuned models promises, over the closed list: rows, wording, metrics. */
import { describe, expect, it } from 'vitest';
import type { Written } from '../../src/core/response.ts';
import { fixtureRows, loadTask } from '../../src/datasets/load-task.ts';
import { dataLock } from '../../src/datasets/lock.ts';
import { type Family, HarnessError, type ProtocolName, type Question, type Response } from '../../src/index.ts';
import { metricSpec } from '../../src/metrics/metric-spec.ts';
import { WRITING_TASKS } from '../../tasks/index.ts';

const FAMILIES = ['autoregressive', 'diffusion'] as const satisfies readonly Family[];
const CANVAS = { gsm8k: 256, 'gsm8k-natural': 512, 'countdown-3': 64, 'countdown-4': 96, 'countdown-5': 128 } as const;
const names = Object.keys(CANVAS) as (keyof typeof CANVAS)[];

function written(...texts: readonly Partial<Written>[]): Response {
  const views = {
    default: texts.map((text) => ({ steps: null, draw: 0, text: '', tokens: 1, nfe: 1, ...text })),
  };
  return { kind: 'written', views, nfe: texts.length };
}

describe.each(names)('task %s', (name) => {
  const task = WRITING_TASKS.find((each) => each.name === name);
  if (task === undefined) throw new RangeError(`no task ${name}`);
  const questionsOf = async (protocol: ProtocolName): Promise<readonly Question[]> => {
    const rows = await fixtureRows(task);
    return rows.map((row) => task.protocols[protocol]?.question(row) as Question);
  };
  const score = async (question: Question, text: string, family: Family = 'autoregressive') => {
    const scored = await task.score(question, written({ text }), { family, protocol: 'canonical', headline: 'sum' });
    if (scored.kind !== 'scored') throw new HarnessError(scored.code, scored.reason);
    return scored.values;
  };

  it('has a pinned source, a version, and eight hand-written rows with an id each', async () => {
    expect(Number.isInteger(task.version) && task.version >= 1).toBe(true);
    const pinned = Object.keys(dataLock().sources).filter((source) => source.startsWith(`${name}/`));
    expect(task.sources.map((source) => source.name)).toEqual(pinned);
    const rows = await fixtureRows(task);
    expect(rows.length).toBeGreaterThanOrEqual(8);
    expect(new Set(rows.map((row, index) => task.id(row, index))).size).toBe(rows.length);
    expect(task.rowSchema.safeParse({}).success).toBe(false);
    const options = { dataDir: null, allowFixtures: true, onlyFixtures: true } as const;
    expect((await loadTask(task, options)).available).toBe(rows.length);
  });

  it.each(['canonical', 'paper', 'paper-text'] as const)(
    'asks both families in one row of its canvas (%s)',
    async (protocol) => {
      for (const question of await questionsOf(protocol)) {
        if (question.kind !== 'write') throw new TypeError(question.kind);
        expect(question.writing).toMatchObject({ length: 'canvas', temperature: 'argmax', steps: 'as-set' });
        expect(question.writing.form).toBe(protocol === 'canonical' ? 'canonical' : 'paper');
        expect(question.views.autoregressive).toEqual(question.views.diffusion);
        const [view] = question.views.diffusion;
        const tooLong = protocol === 'canonical' ? 'unanswered' : 'cut-source';
        expect(view).toMatchObject({ name: 'default', layout: { canvas: CANVAS[name], tooLong } });
        expect(view?.alternatives[0]?.map((piece) => piece.scored)).toEqual([false, true]);
        expect(view?.alternatives[0]?.[1]?.text).toBe(question.answers[0]);
      }
    },
  );

  it('gives 1 to the reference and 0 to anything else, under metrics that are known', async () => {
    for (const question of await questionsOf('canonical')) {
      for (const family of FAMILIES) {
        const right = await score(question, question.answers[0] as string, family);
        const wrong = await score(question, '<<1+1=3>> 1+1=3 #### -1', family);
        expect(Object.keys(right)[0]).toBe('acc');
        for (const [metric, value] of Object.entries(right)) {
          const spec = metricSpec(metric, family);
          expect(spec?.unit, metric).toBe('fraction');
          expect([metric, value]).toEqual([metric, spec?.higherIsBetter === true ? 1 : 0]);
        }
        expect(wrong.acc).toBe(0);
      }
    }
  });

  it('has a value for each T, and for each draw at the largest', async () => {
    const [question] = await questionsOf('canonical');
    if (question === undefined) throw new RangeError('no rows');
    const text = question.answers[0] as string;
    const texts = [
      { steps: 2, draw: 0, text },
      { steps: 2, draw: 1, text },
      { steps: 8, draw: 0, text },
      { steps: 8, draw: 1, text: '' },
    ];
    const scored = await task.score(question, written(...texts), {
      family: 'diffusion',
      protocol: 'paper',
      headline: 'sum',
    });
    expect(scored).toMatchObject({ values: { acc: 0.5, 'acc@2': 1, 'acc@8': 0.5, 'acc#0': 1, 'acc#1': 0 } });
    if (scored.kind !== 'scored') throw new TypeError(scored.kind);
    for (const metric of Object.keys(scored.values)) expect(metricSpec(metric)?.name).toBe(metric);
  });
});

it('scores GSM8K texts by the published rule, as numbers, and by their calculations', async () => {
  const [task] = WRITING_TASKS.filter(({ name }) => name === 'gsm8k');
  const row = { question: 'How many?', steps: '<<5*8=40>>', answer: '40' };
  const question = task?.protocols.canonical?.question(row) as Question;
  const values = (text: string) =>
    task?.score(question, written({ text }), { family: 'diffusion', protocol: 'canonical', headline: 'sum' });
  expect(await values('<<5*8=40>> #### 40.')).toMatchObject({ values: { acc: 0, accNumeric: 1, lastStepIsAnswer: 1 } });
  expect(await values('<<5*8=40>> <<40+1=42>> #### 42')).toMatchObject({
    values: { acc: 0, accNumeric: 0, noAnswer: 0, invalidSteps: 0.5, lastStepIsAnswer: 1 },
  });
  // Without ####, the whole text is the answer; without steps, their metrics do not apply.
  expect(await values(' 40')).toMatchObject({ values: { acc: 1, noAnswer: 1 } });
  expect(await values('#### 40')).not.toMatchObject({ values: { invalidSteps: expect.anything() } });
});

it('scores Countdown texts by the strict and the published rule', async () => {
  const [task] = WRITING_TASKS.filter(({ name }) => name === 'countdown-4');
  const row = { input: '86,28,13,31,96', output: '86+28=114,31-13=18,114-18=96' };
  const question = task?.protocols.canonical?.question(row) as Question;
  const values = (text: string) =>
    task?.score(question, written({ text }), { family: 'diffusion', protocol: 'canonical', headline: 'sum' });
  expect(await values(row.output)).toMatchObject({ values: { acc: 1, accLenient: 1 } });
  expect(await values('95+1=96')).toMatchObject({ values: { acc: 0, accLenient: 1 } });
  expect(await values('86+28=114,114-18=96')).toMatchObject({ values: { acc: 0, accLenient: 1 } });
  expect(await values('95+1=97')).toMatchObject({ values: { acc: 0, accLenient: 0 } });
});
