/** What every task promises whose answers are programs: see `tasks/README.md`. Programs run where a sandbox works. */
import { describe, expect, it } from 'vitest';
import type { Program, ProgramJudge, Verdict } from '../../src/core/program.ts';
import { writingOf } from '../../src/core/question.ts';
import { fixtureRows } from '../../src/datasets/load-task.ts';
import { dataLock } from '../../src/datasets/lock.ts';
import type { Family, Question, Response, TaskPlugin } from '../../src/index.ts';
import { metricSpec } from '../../src/metrics/metric-spec.ts';
import { openSandbox } from '../../src/sandbox/open-sandbox.ts';
import { programJudge } from '../../src/sandbox/program-judge.ts';
import { WRITING_TASKS } from '../../tasks/index.ts';

const FAMILIES = ['autoregressive', 'diffusion'] as const satisfies readonly Family[];
const PROGRAM_TASKS = WRITING_TASKS.filter(({ needsJudge }) => needsJudge === true);

const judge = await opened();
const skipped = judge === null ? ' (skipped: no sandbox works here)' : '';

async function opened(): Promise<ProgramJudge | null> {
  try {
    return remembering(programJudge(await openSandbox(), new AbortController().signal));
  } catch {
    return null;
  }
}

/** Runs each different program once: both families and all views complete the same ones. */
function remembering({ runPrograms }: ProgramJudge): ProgramJudge {
  const known = new Map<string, Promise<Verdict>>();
  const verdict = (program: Program): Promise<Verdict> => {
    const found = known.get(program.solution) ?? runPrograms([program]).then(([first]) => first as Verdict);
    known.set(program.solution, found);
    return found;
  };
  return { runPrograms: (programs) => Promise.all(programs.map(verdict)) };
}

const rowsOf = (task: TaskPlugin): Promise<readonly unknown[]> => fixtureRows(task);

/** What a model would answer that writes this in every view; `T` = 2. */
function writing(question: Question, family: Family, text: string): Response {
  const written = { steps: family === 'diffusion' ? 2 : null, draw: 0, text, tokens: 1, nfe: 1 };
  return {
    kind: 'written',
    views: Object.fromEntries(question.views[family].map(({ name }) => [name, [written]])),
    nfe: 1,
  };
}

it('are HumanEval, its four infilling sets, and the one that asks both families side by side', () => {
  expect(PROGRAM_TASKS.map(({ name }) => name)).toEqual([
    'humaneval-infill',
    'humaneval-infill-multi-line',
    'humaneval-infill-random-span',
    'humaneval-infill-random-span-light',
    'humaneval-infill-fair',
    'humaneval',
  ]);
});

for (const task of PROGRAM_TASKS) {
  describe(`task ${task.name}`, () => {
    it('has a pin for its source, floors of the whole of it, and a fixture of eight rows or more', async () => {
      const [source] = task.sources;
      const locked = dataLock().sources[source?.name ?? ''];
      for (const floor of task.floors ?? []) {
        expect([floor.source, floor.of]).toEqual([source?.name, locked?.rows]);
      }
      const rows = await rowsOf(task);
      expect(rows.length).toBeGreaterThanOrEqual(8);
      expect(new Set(rows.map((row, index) => task.id(row, index))).size).toBe(rows.length);
      expect(task.rowSchema.safeParse({}).success).toBe(false);
    });

    it('words its rows so that each view has one hole and no empty piece', async () => {
      for (const template of Object.values(task.protocols)) {
        for (const row of await rowsOf(task)) {
          const question = template.question(row);
          if (question.kind !== 'write') throw new TypeError(question.kind);
          const { before, after, reference } = question.program ?? { before: '', after: '', reference: '' };
          expect(reference).toBe(before + question.answers[0] + after);
          for (const view of FAMILIES.flatMap((family) => question.views[family])) {
            const [pieces = []] = view.alternatives;
            expect(pieces.every(({ text }) => text !== '')).toBe(true);
            expect(pieces.filter(({ scored }) => scored).map(({ text }) => text)).toEqual(question.answers);
            const shown = pieces.map(({ text }) => text).join('');
            expect([reference, before + question.answers[0], `${after}\n\n${before}${question.answers[0]}`]).toContain(
              shown,
            );
            expect(writingOf(question, view).stops).not.toContain('');
          }
          for (const family of FAMILIES) expect(question.views[family][0]?.name).toBe('default');
        }
      }
    });

    it.skipIf(judge === null)(
      `gives 1 to the published text and 0 to a wrong one${skipped}`,
      async () => {
        for (const family of FAMILIES) {
          const texts = { steps: family === 'diffusion' ? [2] : [], draws: 1 };
          const context = {
            family,
            protocol: 'canonical',
            headline: 'sum',
            texts,
            judge: judge as ProgramJudge,
          } as const;
          for (const row of await rowsOf(task)) {
            const question = task.protocols.canonical?.question(row) as Question;
            const gold = await task.score(question, writing(question, family, question.answers[0] ?? ''), context);
            const wrong = await task.score(question, writing(question, family, ' raise ValueError ('), context);
            if (gold.kind !== 'scored' || wrong.kind !== 'scored') throw new TypeError('unscored');
            expect([task.id(row, 0), ...new Set(Object.values(gold.values))]).toEqual([task.id(row, 0), 1]);
            expect([...new Set(Object.values(wrong.values))]).toEqual([0]);
            for (const name of Object.keys(gold.values)) expect(metricSpec(name)?.unit, name).toBe('fraction');
          }
        }
      },
      120_000,
    );
  });
}
