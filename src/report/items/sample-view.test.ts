import { expect, it } from 'vitest';
import { scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import type { ItemRecord } from '../../core/record.ts';
import { sha256 } from '../../core/text/digest.ts';
import type { ItemTrace } from '../../core/trace.ts';
import { orderCorrelation } from '../../metrics/planning.ts';
import { reportedPart } from '../../store/records/kept-part.ts';
import type { ReadQuestions } from '../../store/records/question-file.ts';
import type { StoredQuestion } from '../../store/records/stored-question.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import { questionSets } from '../view/group-runs.ts';
import { toRunColumns } from '../view/to-run-columns.ts';
import { decodeChunk } from './decode-chunk.ts';
import { NO_TEXT, sampleAnswer, toItemTexts } from './item-texts.ts';
import type { SampleBrowserView } from './sample-chunk.ts';
import type { SampleAnswer, SampleQuestion, SampleTrace } from './sample-data.ts';
import { sampleBrowserView } from './sample-view.ts';

const FACTS = { chance: null, ranking: null, metric: null } as const;

const writtenBy = (index: number, text: string): ItemRecord => ({
  id: `task/${index}`,
  index,
  score: { kind: 'scored', values: { acc: 1 }, answer: null, gold: 0, undecided: false },
  response: { kind: 'written', views: { default: [{ steps: 2, draw: 0, text, tokens: 2, nfe: 2 }] }, nfe: 2 },
});
const filledBy = (index: number, logprobs: readonly number[]): ItemRecord => ({
  id: `task/${index}`,
  index,
  score: { kind: 'scored', values: { nll: 3 }, answer: null, gold: 0, undecided: false },
  response: {
    kind: 'answered',
    views: {
      default: {
        alternatives: [
          {
            tokens: 2,
            crossing: false,
            quantities: { loglikelihood: { value: -3.45678, stderr: 0 } },
            tokenLogprobs: logprobs,
            exact: true,
            greedy: false,
          },
        ],
        rankings: {},
      },
    },
    nfe: 1,
  },
});
const question = (index: number, kind: StoredQuestion['kind'], answer: string): StoredQuestion => ({
  id: `task/${index}`,
  index,
  kind,
  answers: [answer],
  gold: 0,
  views: [{ name: 'default', context: `once ${index}`, alternatives: [[{ text: ` ${answer}`, scored: true }]] }],
});
const trace: ItemTrace = {
  id: 'task/0',
  index: 0,
  texts: [
    {
      view: 'default',
      steps: 2,
      draw: 0,
      maskable: [5, 6],
      context: { before: 'once', after: '' },
      path: [
        { remaining: 1, positions: [5, 6], tokens: [7, 8], confidences: [Math.log(0.25), 0], revealed: [6] },
        { remaining: 0, positions: [5], tokens: [9], confidences: [Math.log(0.5)], revealed: [5] },
      ],
      pieces: { '7': ' a', '8': ' time', '9': ' upon' },
    },
  ],
};

function samplesOf(run: StoredRun, questions: ReadQuestions, traces: ReadonlyMap<string, ItemTrace> = new Map()) {
  const answers = new Map(run.records.map((record) => [record.id, JSON.stringify(sampleAnswer(record))]));
  return toItemTexts(
    { ...run, records: run.records.map(reportedPart) },
    { answers, questions, traces: { byId: traces, problem: null }, headline: 'acc' },
  );
}

function browser(budget?: number) {
  const diffusion = scriptedStoredRun({
    model: { name: 'd' },
    task: 'write',
    records: [0, 1].map((i) => writtenBy(i, ' upon time')),
  });
  const causal = scriptedStoredRun({
    model: { name: 'a', family: 'autoregressive' },
    task: 'fill',
    records: [0, 1].map((i) => filledBy(i, [-1, -2])),
  });
  const old = scriptedStoredRun({ model: { name: 'd' }, task: 'old', records: [writtenBy(0, 'x')] });
  const stored = (kind: StoredQuestion['kind']) => ({
    kind: 'stored' as const,
    byId: new Map([0, 1].map((i) => [`task/${i}`, question(i, kind, 'upon time')])),
  });
  const samples = new Map([
    [diffusion.runId, samplesOf(diffusion, stored('write'), new Map([['task/0', trace]]))],
    [causal.runId, samplesOf(causal, stored('fill'))],
    [old.runId, samplesOf(old, { kind: 'none' })],
  ]);
  const runs = [diffusion, causal, old].map((run) => toRunColumns(run, FACTS));
  return sampleBrowserView(questionSets(runs), samples, budget);
}

async function entry<Entry>(view: SampleBrowserView, id: string): Promise<readonly Entry[]> {
  const chunk = view.chunks.find((each) => each.id === id);
  return (await decodeChunk(chunk?.data ?? '')) as readonly Entry[];
}

it('has index, questions and answers of every set, and says whose text is not stored', async () => {
  const view = await browser();
  expect(view.index.sets.map(({ task, ids, hasText }) => [task, ids.length, hasText])).toEqual([
    ['fill', 2, true],
    ['old', 1, false],
    ['write', 2, true],
  ]);
  expect(view.notes).toEqual([`old (canonical): ${NO_TEXT}.`]);
  expect((await entry<SampleQuestion>(view, 'samples-q-0-0'))[1]?.asked[0]?.views[0]?.context).toBe('once 1');
  expect(await entry<SampleQuestion>(view, 'samples-q-1-0')).toEqual([null]);
  expect((await entry<SampleAnswer>(view, 'samples-a-0-0-0'))[0]?.views?.[0]?.quantities).toEqual({
    loglikelihood: [[-3.457], null],
  });
  expect(view.index.sets[0]?.models[0]?.outcomes).toBe('NN');
  expect(view.index.sets[2]?.models[0]?.outcomes).toBe('RR');
});

it('has the steps of a text by place, with the left-to-right scores of the same text', async () => {
  const view = await browser();
  expect(view.index.sets[2]?.models[0]?.traced).toEqual([0]);
  const [found] = await entry<SampleTrace>(view, 'samples-t-2-0-0');
  expect(found).toEqual({
    view: 'default',
    steps: 2,
    draw: 0,
    before: 'once',
    after: '',
    positions: [5, 6],
    pieces: [' a', ' time', ' upon'],
    path: [
      { remaining: 1, places: [0, 1], tokens: [0, 1], permille: [250, 1000], revealed: [1] },
      { remaining: 0, places: [0], tokens: [2], permille: [500], revealed: [0] },
    ],
    rankCorrelation: expect.closeTo(-1, 12),
    lane: { model: 'a', logprobs: [-1, -2] },
  });
});

it('has no rank correlation where all places were revealed at once', () => {
  const path = [{ remaining: 0, positions: [1, 2], tokens: [1, 1], confidences: [0, 0], revealed: [1, 2] }];
  expect(orderCorrelation({ path, maskable: [1, 2] })).toBeNull();
});

it('leaves out the least useful first where there is little room, and says so', async () => {
  const view = await browser(1);
  expect(view.notes.join('\n')).toContain('denoising steps of 0 of 1 traced items');
  expect(view.notes.join('\n')).toContain('To keep the page small, scores have three significant digits');
});

it('stays within its room however long texts are, and says of how many items they are left out', async () => {
  const textOf = (item: number, length: number) =>
    Array.from({ length: Math.ceil(length / 64) }, (_, i) => sha256(`${item} ${i}`))
      .join('')
      .slice(0, length);
  const items = Array.from({ length: 2000 }, (_, i) => i);
  const run = scriptedStoredRun({
    model: { name: 'd' },
    task: 'write',
    records: items.map((i) => writtenBy(i, textOf(i, 900))),
  });
  const byId = new Map(
    items.map((i) => [`task/${i}`, { ...question(i, 'write', 'x'), answers: [textOf(i, 3000)] }] as const),
  );
  const samples = new Map([[run.runId, samplesOf(run, { kind: 'stored', byId })]]);
  for (const [budget, missing] of [
    [2_600_000, ['texts of questions are cut to 500 characters']],
    [700_000, ['texts of questions are cut to 120 characters', /the answers of [\d,]+ items are left out/]],
    [120_000, [/the questions of 1,\d+ items are left out/, /the answers of 1,\d+ items are left out/]],
  ] as const) {
    const view = await sampleBrowserView(questionSets([toRunColumns(run, FACTS)]), samples, budget);
    expect(view.chunks.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThanOrEqual(budget);
    for (const what of missing) expect(view.notes.join('\n')).toMatch(what);
    expect(await entry<SampleQuestion>(view, 'samples-q-0-15')).toHaveLength(2000 - 15 * 128);
    expect((await entry<SampleQuestion>(view, 'samples-q-0-0'))[0]).not.toBeNull();
  }
});

it('names what is wrong with stored steps', async () => {
  const run = scriptedStoredRun({ model: { name: 'd' }, task: 'write', records: [writtenBy(0, 'x')] });
  const samples = toItemTexts(run, {
    answers: new Map(),
    questions: { kind: 'stored', byId: new Map() },
    traces: { byId: new Map(), problem: 'traces.jsonl.gz, member 1: it is cut off; what follows is left out' },
    headline: 'acc',
  });
  const view = await sampleBrowserView(questionSets([toRunColumns(run, FACTS)]), new Map([[run.runId, samples]]));
  expect(view.notes).toEqual([
    'write (canonical): traces.jsonl.gz, member 1: it is cut off; what follows is left out.',
  ]);
});

it('names questions that cannot be read where another run of the set has them', async () => {
  const runs = ['a', 'd'].map((name) =>
    scriptedStoredRun({ model: { name }, task: 'write', records: [writtenBy(0, 'x')] }),
  );
  const [whole, damaged] = runs as [StoredRun, StoredRun];
  const byId = new Map([['task/0', question(0, 'write', 'x')]]);
  const view = await sampleBrowserView(
    questionSets(runs.map((run) => toRunColumns(run, FACTS))),
    new Map([
      [whole.runId, samplesOf(whole, { kind: 'stored', byId })],
      [damaged.runId, samplesOf(damaged, { kind: 'unreadable', problem: 'questions.jsonl.gz is cut off or damaged' })],
    ]),
  );
  expect(view.notes).toEqual(['write (canonical): questions.jsonl.gz is cut off or damaged.']);
});

it('leaves out the steps of items of which the record is lost', async () => {
  const stored: ReadQuestions = { kind: 'stored', byId: new Map() };
  const whole = scriptedStoredRun({
    model: { name: 'a' },
    task: 'write',
    records: [0, 1].map((i) => writtenBy(i, 'x')),
  });
  const damaged = scriptedStoredRun({ model: { name: 'd' }, task: 'write', records: [writtenBy(1, 'x')] });
  const runs = [whole, { ...damaged, manifest: { ...damaged.manifest, dataset: whole.manifest.dataset } }];
  const samples = new Map([
    [whole.runId, samplesOf(whole, stored)],
    [damaged.runId, samplesOf(damaged, stored, new Map([['task/0', trace]]))],
  ]);
  const view = await sampleBrowserView(questionSets(runs.map((run) => toRunColumns(run, FACTS))), samples);
  expect(view.index.sets.map(({ ids, models }) => [ids.length, models.length])).toEqual([[2, 2]]);
  expect(view.chunks.filter(({ id }) => id.startsWith('samples-t-'))).toEqual([]);
});
