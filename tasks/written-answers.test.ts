/** The tasks of short written answers: what their rows give, and what trivial answers reach there. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadTask } from '../src/datasets/load-task.ts';
import { type Question, rougeScores, type TaskPlugin } from '../src/index.ts';
import { type WrittenQuestion, wrote } from '../test/kit/answers.ts';
import { mawps } from './mawps.ts';
import { rocstories } from './rocstories.ts';
import { satMath } from './sat-math.ts';
import { squad } from './squad.ts';
import { triviaqa } from './triviaqa.ts';

const dataDir = fileURLToPath(new URL('../../shared/data', import.meta.url));
const skipped = existsSync(`${dataDir}/mawps`)
  ? ''
  : ' (skipped: the folder ../shared with the published rows is not here)';

async function rowsOf<Row>(task: TaskPlugin<Row>): Promise<readonly Row[]> {
  return (await loadTask(task, { dataDir, allowFixtures: false })).rows;
}

/** Sum of a metric over all rows, of one text for each. */
async function reached<Row>(task: TaskPlugin<Row>, metric: string, textOf: (row: Row) => string): Promise<number> {
  let sum = 0;
  for (const row of await rowsOf(task)) {
    const question = task.protocols.canonical?.question(row) as WrittenQuestion;
    const context = { family: 'autoregressive', protocol: 'canonical', headline: 'sum' } as const;
    const score = await task.score(
      question,
      wrote(question, 'autoregressive', () => textOf(row)),
      context,
    );
    sum += score.kind === 'scored' ? (score.values[metric] ?? 0) : 0;
  }
  return sum;
}

const floorOf = ({ floors = [] }: Pick<TaskPlugin, 'floors'>, name: string, metric?: string) =>
  floors.find((floor) => floor.name === name && floor.metric === metric)?.hits;

describe.skipIf(skipped !== '')(`published rows${skipped}`, () => {
  it('give what trivial answers reach, as the tasks say', async () => {
    expect(await reached(triviaqa, 'contains', () => 'Australia')).toBe(floorOf(triviaqa, 'always "Australia"'));
    expect(await reached(mawps, 'acc', () => '9')).toBe(floorOf(mawps, 'always 9'));
    expect(await reached(satMath, 'acc', () => '(B)')).toBe(floorOf(satMath, 'always B'));
    expect(await reached(squad, 'contains', ({ paragraph }) => paragraph)).toBe(
      floorOf(squad, 'the whole paragraph', 'contains'),
    );
    const stories = await rowsOf(rocstories);
    for (const metric of ['rouge1', 'rouge2', 'rougeL'] as const) {
      const values = stories.map(({ sentences }) => rougeScores(sentences[1] ?? '', sentences[2] ?? '')[metric]);
      const sum = values.reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(floorOf(rocstories, 'sentence 2 again', metric) as number, 2);
    }
  });

  it('take the right ending of a story', async () => {
    const [first] = await rowsOf(rocstories);
    expect(first?.sentences[4]).toBe('He is happy now.');
  });
});

const SAT = {
  passage: '',
  question: '1 + 1 = ?',
  options: ['(A)1', '(B)2', '(C)3', '(D)4'],
  label: 'B' as const,
};

describe('a written letter', () => {
  const question = satMath.protocols.paper?.question(SAT) as Question & WrittenQuestion;
  const scoreOf = (...texts: string[]) => {
    const written = texts.map((text, draw) => ({ steps: 8, draw, text, tokens: 1, nfe: 8 }));
    const response = { kind: 'written', views: { default: written }, nfe: 8 } as const;
    return satMath.score(question, response, { family: 'diffusion', protocol: 'paper', headline: 'sum' });
  };
  it.each([
    [' B', 1, 0],
    ['(B) 2', 1, 0],
    ['The answer is B.', 1, 0],
    ['Because of A', 0, 0],
    ['BAD', 0, 1],
    ['', 0, 1],
  ])('%j: right %i, none %i', async (text, acc, noAnswer) => {
    expect(await scoreOf(text)).toMatchObject({ values: { acc, noAnswer } });
  });

  it('votes where several are drawn', async () => {
    const values = { acc: 2 / 3, 'majority@3': 1, 'hit@3': 1, 'acc#0': 1, 'acc#1': 0, 'acc#2': 1 };
    expect(await scoreOf('B', '(A)', 'B')).toMatchObject({ values });
    expect(await scoreOf('C', 'nothing', 'B')).toMatchObject({ values: { 'majority@3': 0, 'hit@3': 1 } });
  });
});
