/** What every written task promises, checked over the closed list: see `tasks/README.md`. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/canonical-json.ts';
import type { Program, ProgramJudge } from '../../src/core/program.ts';
import { fixturePath, loadTask } from '../../src/datasets/load-task.ts';
import { dataLock } from '../../src/datasets/lock.ts';
import { readJsonl } from '../../src/datasets/read-jsonl.ts';
import {
  type Family,
  HarnessError,
  PROTOCOLS,
  type Question,
  type Response,
  type TaskPlugin,
  type Template,
} from '../../src/index.ts';
import { cutAtStop } from '../../src/lm/writing/continuation-text.ts';
import { metricSpec } from '../../src/metrics/metric-spec.ts';
import { TASKS, WRITING_TASKS } from '../../tasks/index.ts';

const FAMILIES = ['autoregressive', 'diffusion'] as const satisfies readonly Family[];
const STEPS = [1, 32];
/** Nobody's answer: no word, number, expression or program. */
const GARBAGE = ')(~ ';

const DATA = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const skipped = existsSync(DATA) ? '' : ' (skipped: no data beside the repository)';

type WriteQuestion = Extract<Question, { kind: 'write' }>;
/** Protocols that the task has, with their wording. */
const worded = (task: TaskPlugin) =>
  PROTOCOLS.flatMap((protocol) => {
    const template = task.protocols[protocol];
    return template === undefined ? [] : [{ protocol, template }];
  });

const fixture = (task: TaskPlugin): Promise<readonly unknown[]> => readJsonl(fixturePath(task.fixture), task.rowSchema);

function ask(template: Template<unknown>, row: unknown): WriteQuestion {
  const question = template.question(row);
  if (question.kind !== 'write') throw new TypeError(`a written task asks a ${question.kind} question`);
  return question;
}

/** The reference as a perfect model would write it: the scored pieces of each view, cut at the first stop. */
function reference({ views, writing }: WriteQuestion, family: Family): Record<string, string> {
  const texts = views[family].map(({ name, alternatives: [pieces = []] }) => {
    const text = pieces.flatMap((piece) => (piece.scored ? [piece.text] : [])).join('');
    return [name, cutAtStop(text, writing.stops) ?? text];
  });
  return Object.fromEntries(texts);
}

/** The response of a model that writes these texts by view, for every T where the run sets T. */
function wrote(question: WriteQuestion, family: Family, textOf: (view: string) => string): Response {
  const counts = family === 'autoregressive' ? [null] : question.writing.steps === 'as-set' ? STEPS : [1];
  const views = question.views[family].map(({ name }) => [
    name,
    counts.map((steps) => ({ steps, draw: 0, text: textOf(name), tokens: 1, nfe: 1 })),
  ]);
  return { kind: 'written', views: Object.fromEntries(views), nfe: 1 };
}

for (const task of WRITING_TASKS) {
  describe(`written task ${task.name}`, () => {
    it('has a version, a description, a protocol, and a pin for each data source', () => {
      expect(task.version).toBeGreaterThanOrEqual(1);
      expect(Number.isInteger(task.version)).toBe(true);
      expect(task.description).not.toBe('');
      expect(worded(task).map(({ protocol }) => protocol)).toContain('canonical');
      const { sources } = dataLock();
      for (const { name } of task.sources) expect(sources[name]?.made ?? sources[name]?.files[0], name).toBeDefined();
    });

    it('has rows of its own with unique ids that are the same at every reading', async () => {
      const [rows, again] = [await fixture(task), await fixture(task)];
      expect(rows.length).toBeGreaterThan(0);
      const ids = rows.map((row, index) => task.id(row, index));
      expect(new Set(ids).size).toBe(rows.length);
      expect(again.map((row, index) => task.id(row, index))).toEqual(ids);
      expect(ids.every((id) => id !== '' && id === id.trim())).toBe(true);
    });

    it('refuses a row that lacks a field', () => {
      expect(task.rowSchema.safeParse({}).success).toBe(false);
    });

    it('loads its fixture when no data are present', async () => {
      const loaded = await loadTask(task, { dataDir: null, allowFixtures: true, onlyFixtures: true });
      expect(loaded).toMatchObject({ source: 'fixture', usedFixtures: true });
      expect(loaded.rows).toEqual(await fixture(task));
    });

    it.skipIf(skipped !== '')(`has no row of its data among them${skipped}`, async ({ skip }) => {
      const loaded = await loadTask(task, { dataDir: DATA, allowFixtures: false, onlyFixtures: false }).catch(
        (error: unknown) => {
          if (error instanceof HarnessError) return null;
          throw error;
        },
      );
      if (loaded === null) return skip('its data are not there');
      const published = new Set(loaded.rows.map(canonicalJson));
      expect((await fixture(task)).filter((row) => published.has(canonicalJson(row)))).toEqual([]);
    });

    for (const { protocol, template } of worded(task)) {
      it(`words every row under ${protocol}, the same each time`, async () => {
        for (const row of await fixture(task)) {
          const question = ask(template, row);
          expect(template.question(row)).toEqual(question);
          expect(question.gold).toBeLessThan(question.answers.length);
          expect(question.writing.stops).not.toContain('');
          for (const family of FAMILIES) {
            const views = question.views[family];
            expect(views.length).toBeGreaterThan(0);
            expect(new Set(views.map(({ name }) => name)).size).toBe(views.length);
            for (const { alternatives, tokenization } of views) {
              expect(alternatives).toHaveLength(1);
              const [pieces = []] = alternatives;
              expect(pieces.some(({ scored }) => scored)).toBe(true);
              expect(pieces.every(({ text }) => text !== '')).toBe(true);
              if (tokenization === 'joint') expect(pieces.some((piece) => piece.specialTokens)).toBe(false);
            }
          }
        }
      });

      for (const family of FAMILIES) {
        it(`gives 1 to the reference and 0 to garbage (${protocol}, ${family})`, async () => {
          for (const row of await fixture(task)) {
            const question = ask(template, row);
            const context = { family, protocol, headline: template.headline[family], judge: judgeOf(question) };
            const golds = reference(question, family);
            const right = await task.score(
              question,
              wrote(question, family, (view) => golds[view] ?? ''),
              context,
            );
            const wrong = await task.score(
              question,
              wrote(question, family, () => GARBAGE),
              context,
            );
            if (right.kind !== 'scored' || wrong.kind !== 'scored') throw new RangeError('unscored');
            const [best, worst] = [right.values, wrong.values];
            expect(Object.keys(best).length).toBeGreaterThan(0);
            const headline = 'acc' in best ? 'acc' : (Object.keys(best)[0] as string);
            expect([headline, best[headline], worst[headline]]).toEqual([headline, 1, 0]);
            for (const [name, value] of Object.entries(best)) {
              const spec = metricSpec(name, family);
              expect(spec?.name, name).toBe(name);
              if (spec?.unit !== 'fraction') continue;
              const [better, worse] = spec.higherIsBetter ? [value, worst[name] ?? 0] : [worst[name] ?? 1, value];
              expect([name, better >= worse]).toEqual([name, true]);
            }
          }
        });

        it(`says of what was not answered why, or counts it as failed (${protocol}, ${family})`, async () => {
          const [row] = await fixture(task);
          const question = ask(template, row);
          const context = { family, protocol, headline: template.headline[family], judge: judgeOf(question) };
          const response = { kind: 'unanswered', code: 'context-overflow', reason: 'too long' } as const;
          const score = await task.score(question, response, context);
          if (task.needsJudge === true) expect(score).toMatchObject({ kind: 'scored', values: { 'pass@1': 0 } });
          else expect(score).toEqual({ kind: 'unscored', code: 'context-overflow', reason: 'too long' });
        });
      }
    }
  });
}

/** Passes the programs that hold the reference: what a real sandbox says of them is tested with the sandbox. */
function judgeOf({ answers }: WriteQuestion): ProgramJudge {
  const isRight = ({ solution }: Program) => solution.includes((answers[0] as string).trim());
  return {
    runPrograms: async (programs) =>
      programs.map((program) => ({ kind: isRight(program) ? 'passed' : 'wrong', reason: '' })),
  };
}

it('names every task once, likelihood tasks included', () => {
  const names = [...TASKS, ...WRITING_TASKS].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
