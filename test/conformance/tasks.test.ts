/** What every task promises, checked over the closed list: see `tasks/README.md`. */
import { describe, expect, it } from 'vitest';
import type { AlternativeScore, Ranking, RankingName, ViewResponse } from '../../src/core/response.ts';
import { NORMALISATIONS } from '../../src/core/response.ts';
import { fixturePath, loadTask } from '../../src/datasets/load-task.ts';
import { dataLock } from '../../src/datasets/lock.ts';
import { readJsonl } from '../../src/datasets/read-jsonl.ts';
import { type Family, PROTOCOLS, type Question, type Response, type TaskPlugin } from '../../src/index.ts';
import { metricSpec } from '../../src/metrics/metric-spec.ts';
import { FURTHER_SOURCES } from '../../tasks/further-sources.ts';
import { TASKS, WRITING_TASKS } from '../../tasks/index.ts';

const FAMILIES = ['autoregressive', 'diffusion'] as const satisfies readonly Family[];
const STEPS = [1, 32];

/** What a model would answer that gives `best` 1 nat and every other alternative 5. */
function certain(question: Question, family: Family, best: number): Response {
  const quantities =
    family === 'autoregressive'
      ? (['loglikelihood'] as const)
      : (['nelbo', ...STEPS.flatMap((T) => [`nelbo@${T}`, `official@${T}`] as const)] as const);
  const alternatives = (chosen: number) =>
    question.answers.map((_answer, index): AlternativeScore => {
      const nats = index === chosen ? 1 : 5;
      const value = family === 'autoregressive' ? -nats : nats;
      return {
        tokens: 1,
        crossing: false,
        quantities: Object.fromEntries(quantities.map((name) => [name, { value, stderr: 0 }])),
        exact: true,
        greedy: question.kind === 'fill' ? best === question.gold : null,
      };
    });
  const ranking: Ranking = { best, runnerUp: 1 - Math.min(best, 1), margin: 4, stderr: 0 };
  const names = quantities.flatMap((name) => NORMALISATIONS.map((by): RankingName => `${name}/${by}`));
  const rankings = Object.fromEntries(names.map((name) => [name, ranking]));
  // Without the context all alternatives are alike.
  const view = (name: string): ViewResponse => ({
    alternatives: alternatives(name === 'unconditional' ? -1 : best),
    rankings,
  });
  const views = Object.fromEntries(question.views[family].map(({ name }) => [name, view(name)]));
  return { kind: 'answered', views, nfe: 1 };
}

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

async function fixture(task: TaskPlugin): Promise<readonly unknown[]> {
  return readJsonl(fixturePath(task.fixture), task.rowSchema);
}

for (const task of TASKS) {
  describe(`task ${task.name}`, () => {
    it('has a positive version, a description, four protocols and a pin for each data source', () => {
      expect(task.version).toBeGreaterThanOrEqual(1);
      expect(Number.isInteger(task.version)).toBe(true);
      expect(task.description).not.toBe('');
      expect(Object.keys(task.protocols).sort()).toEqual([...PROTOCOLS].sort());
      const { sources } = dataLock();
      for (const { name } of task.sources) expect(sources[name]?.made ?? sources[name]?.files[0], name).toBeDefined();
      const pinned = Object.keys(sources).filter((name) => name.startsWith(`${task.name}/`));
      expect(task.sources.map(({ name }) => name)).toEqual(pinned);
    });

    it('has eight hand-written rows or more, with an id each', async () => {
      const rows = await fixture(task);
      expect(rows.length).toBeGreaterThanOrEqual(8);
      const ids = rows.map((row, index) => task.id(row, index));
      expect(new Set(ids).size).toBe(rows.length);
    });

    it('has right answers at every place in its fixture', async () => {
      const golds = (await fixture(task)).map((row) => task.protocols.canonical?.question(row).gold);
      const [first] = await fixture(task);
      const places = task.protocols.canonical?.question(first).answers.length ?? 0;
      expect(new Set(golds).size).toBe(places);
    });

    it('refuses a row that lacks a field', () => {
      expect(task.rowSchema.safeParse({}).success).toBe(false);
    });

    it('loads its fixture when no data are present', async () => {
      const options = { dataDir: null, allowFixtures: true, onlyFixtures: true } as const;
      const loaded = await loadTask(task, { ...options, limit: 3 });
      expect(loaded).toMatchObject({ source: 'fixture', usedFixtures: true });
      expect(loaded.rows).toHaveLength(3);
      expect(loaded.digest).toBe((await loadTask(task, options)).digest);
    });

    for (const protocol of PROTOCOLS) {
      it(`words its rows under ${protocol} so that views and answers fit`, async () => {
        for (const row of await fixture(task)) {
          const question = task.protocols[protocol]?.question(row) as Question;
          expect(question.gold).toBeLessThan(question.answers.length);
          for (const family of FAMILIES) {
            const views = question.views[family];
            expect(views[0]?.name).toBe('default');
            expect(new Set(views.map(({ name }) => name)).size).toBe(views.length);
            for (const view of views) {
              expect(view.alternatives).toHaveLength(question.answers.length);
              for (const pieces of view.alternatives) {
                expect(pieces.every(({ text }) => text !== '')).toBe(true);
                expect(pieces.some((piece) => piece.scored)).toBe(true);
                if (view.tokenization === 'joint') expect(pieces.some((piece) => piece.specialTokens)).toBe(false);
              }
            }
          }
        }
        const [first] = await fixture(task);
        const question = task.protocols[protocol]?.question(first) as Question;
        expect([
          `gold ${question.gold} of ${JSON.stringify(question.answers)}`,
          ...spelled(question),
        ]).toMatchSnapshot();
      });

      for (const family of FAMILIES) {
        it(`gives 1 to an oracle and 0 to its opposite (${protocol}, ${family})`, async () => {
          const template = task.protocols[protocol];
          if (template === undefined) throw new RangeError(protocol);
          const context = { family, protocol, headline: template.headline[family] };
          for (const row of await fixture(task)) {
            const question = template.question(row);
            const wrongIndex = question.gold === 0 ? 1 : 0;
            const right = await task.score(question, certain(question, family, question.gold), context);
            const wrong = await task.score(question, certain(question, family, wrongIndex), context);
            if (right.kind !== 'scored' || wrong.kind !== 'scored') throw new RangeError('unscored');
            expect(right.values.acc).toBe(1);
            expect(wrong.values.acc).toBe(0);
            for (const [name, value] of Object.entries(right.values)) {
              const spec = metricSpec(name, family);
              expect(spec?.name, name).toBe(name);
              if (spec?.unit === 'fraction') expect([name, value, wrong.values[name]]).toEqual([name, 1, 0]);
            }
          }
        });
      }
    }
  });
}

it('names tasks, fixtures and sources once each', () => {
  const tasks = [...TASKS, ...WRITING_TASKS];
  expect(new Set(tasks.map(({ name }) => name)).size).toBe(tasks.length);
  expect(new Set(TASKS.map(({ fixture: file }) => file)).size).toBe(TASKS.length);
  // A writing task may share the rows of a likelihood task.
  const ofTasks = new Set(tasks.flatMap((task) => task.sources.map(({ name }) => name)));
  const sources = [...ofTasks, ...FURTHER_SOURCES.map(({ name }) => name)];
  expect(sources.sort()).toEqual(Object.keys(dataLock().sources).sort());
});
