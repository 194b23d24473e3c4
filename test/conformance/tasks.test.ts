/** What every task promises, checked over the closed list: see `tasks/README.md`. */
import { describe, expect, it } from 'vitest';
import { fixtureRows } from '../../src/datasets/load-task.ts';
import { dataLock } from '../../src/datasets/lock.ts';
import { type Family, PROTOCOLS, type Question } from '../../src/index.ts';
import { FURTHER_SOURCES } from '../../tasks/further-sources.ts';
import { ALL_TASKS, DEFAULT_TASKS, TASKS } from '../../tasks/index.ts';
import { testTask } from '../kit/tasks.ts';

const FAMILIES = ['autoregressive', 'diffusion'] as const satisfies readonly Family[];

/** A question as lines: `visible⟦scored⟧`, `+` before a piece that is encoded with special tokens. */
function spelled(question: Question): string[] {
  return FAMILIES.flatMap((family) =>
    question.views[family].flatMap(({ name, tokenization, bos, alternatives }) => [
      `${family}, ${name}: ${tokenization}, BOS ${bos}`,
      ...alternatives.map((pieces) =>
        pieces
          .map(({ text, scored, specialTokens }) => (specialTokens ? '+' : '') + (scored ? `⟦${text}⟧` : text))
          .join('|'),
      ),
    ]),
  );
}

for (const task of TASKS) {
  testTask(task, { describe, it });
  describe(`task ${task.name}`, () => {
    it('has every protocol, but `lm-eval` where that harness has the task alone, and a pin for each data source', () => {
      const inHarness = DEFAULT_TASKS.includes(task);
      expect(Object.keys(task.protocols).sort()).toEqual(
        PROTOCOLS.filter((name) => inHarness || name !== 'lm-eval').sort(),
      );
      const pinned = Object.keys(dataLock().sources).filter((name) => name.startsWith(`${task.name}/`));
      expect(task.sources.map(({ name }) => name)).toEqual(pinned);
    });

    it('has eight hand-written rows or more, with right answers at every place', async () => {
      const rows = await fixtureRows(task);
      expect(rows.length).toBeGreaterThanOrEqual(8);
      const questions = rows.map((row) => task.protocols.canonical?.question(row) as Question);
      expect(new Set(questions.map(({ gold }) => gold)).size).toBe(questions[0]?.answers.length);
    });

    for (const protocol of PROTOCOLS.filter((name) => task.protocols[name] !== undefined)) {
      it(`words its rows under ${protocol} so that views and answers fit`, async () => {
        const [first] = await fixtureRows(task);
        const question = task.protocols[protocol]?.question(first) as Question;
        expect([
          `gold ${question.gold} of ${JSON.stringify(question.answers)}`,
          ...spelled(question),
        ]).toMatchSnapshot();
      });
    }
  });
}

it('names tasks, fixtures and sources once each', () => {
  expect(new Set(ALL_TASKS.map(({ name }) => name)).size).toBe(ALL_TASKS.length);
  expect(new Set(TASKS.map(({ fixture: file }) => file)).size).toBe(TASKS.length);
  // A writing task may share the rows of a likelihood task.
  const ofTasks = new Set(ALL_TASKS.flatMap((task) => task.sources.map(({ name }) => name)));
  const sources = [...ofTasks, ...FURTHER_SOURCES.map(({ name }) => name)];
  expect(sources.sort()).toEqual(Object.keys(dataLock().sources).sort());
});
