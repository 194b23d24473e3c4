import { describe, expect, it } from 'vitest';
import type { Program, VerdictKind } from '../core/program.ts';
import { scored, type View, visible, type Writing } from '../core/question.ts';
import type { Response, Written } from '../core/response.ts';
import type { ScoreContext } from '../core/score.ts';
import { inPlace, writeProgram } from '../core/wording.ts';
import { scorePrograms } from './score-programs.ts';

const writing: Writing = { length: 'gold', steps: 'as-set', form: 'canonical', temperature: 'argmax', stops: [] };
const hole = [[visible('def f():\n'), scored('    return 1\n')]];
const line: View = { ...inPlace(hole, 'line'), writing: { stops: ['\n'] } };
const marked: View = { ...inPlace(hole, 'fim-psm'), asks: 'fim-psm' };
const frame = { before: 'def f():\n', after: '# end\n', test: 'tests', entryPoint: 'f', reference: '' };
const views = [inPlace(hole), line, marked];
const question = writeProgram(frame, '    return 1\n', { autoregressive: views, diffusion: views }, writing);

const PASSING = 'def f():\n    return 1\n# end\n';
const asked: string[][] = [];
const judge = {
  runPrograms: async (programs: readonly Program[]) => {
    asked.push(programs.map(({ solution }) => solution));
    await new Promise((resolve) => setImmediate(resolve));
    return programs.map(({ solution }) => {
      const kind: VerdictKind = solution === PASSING ? 'passed' : solution.includes('???') ? 'not-run' : 'wrong';
      return { kind, reason: 'for the test' };
    });
  },
};

function context(steps: readonly number[], draws: number): ScoreContext {
  const family = steps.length === 0 ? 'autoregressive' : 'diffusion';
  return { family, protocol: 'canonical', headline: 'sum', texts: { steps, draws }, judge };
}

const text = (written: string, steps: number | null = null, draw = 0): Written => {
  return { steps, draw, text: written, tokens: 1, nfe: 1 };
};
const answered = (of: Record<string, readonly Written[]>): Response => ({ kind: 'written', views: of, nfe: 1 });

describe('scorePrograms', () => {
  it('runs what each view wrote; a view that stops at the end of a line gets its newline back', async () => {
    const response = answered({ default: [text('    return 2\n')], line: [text('    return 1')] });
    expect(await scorePrograms(question, response, context([], 1))).toEqual({
      kind: 'scored',
      values: { 'pass@1': 0, 'pass@1@line': 1 },
      answer: null,
      gold: 0,
      undecided: false,
      verdicts: { default: ['wrong'], line: ['passed'] },
    });
  });

  it('estimates pass@k from the draws of each T, and runs equal programs once (T29)', async () => {
    const drawn = (T: number, right: number) =>
      Array.from({ length: 5 }, (_, i) => text(i < right ? '    return 1\n' : '    return 2\n', T, i));
    asked.length = 0;
    const response = answered({ default: [...drawn(4, 5), ...drawn(8, 2)] });
    const score = await scorePrograms(question, response, context([4, 8], 5));
    expect(asked).toEqual([[PASSING, 'def f():\n    return 2\n# end\n']]);
    if (score.kind !== 'scored') throw new TypeError(score.reason);
    const { values } = score;
    expect(Object.keys(values)).toEqual([
      ...['pass@1', 'pass@2', 'pass@5'],
      ...['pass@1@4', 'pass@2@4', 'pass@5@4', 'pass@1@8', 'pass@2@8', 'pass@5@8'],
    ]);
    expect(values['pass@1']).toBeCloseTo(0.4, 12);
    expect(values['pass@1@8']).toBeCloseTo(0.4, 12);
    expect(values['pass@2']).toBeCloseTo(1 - 3 / 10, 12);
    expect([values['pass@5'], values['pass@1@4']]).toEqual([1, 1]);
  });

  it('counts what was not answered as failed, in every metric that an answer would have (T37)', async () => {
    const unanswered: Response = { kind: 'unanswered', code: 'context-overflow', reason: 'too long' };
    const score = await scorePrograms(question, unanswered, context([4, 8], 2));
    const names = ['', '@line'].flatMap((view) => ['', '@4', '@8'].flatMap((T) => [`1${T}${view}`, `2${T}${view}`]));
    expect(score).toMatchObject({ kind: 'scored', gold: 0 });
    if (score.kind !== 'scored') throw new TypeError(score.reason);
    expect(Object.keys(score.values).sort()).toEqual(names.map((name) => `pass@${name}`).sort());
    expect(new Set(Object.values(score.values))).toEqual(new Set([0]));
  });

  it('fails a view that was refused and leaves out one that the model does not have', async () => {
    const refused = { 'fim-psm': { code: 'context-overflow', reason: 'too long' } } as const;
    const response: Response = { kind: 'written', views: { default: [text('    return 1\n')] }, refused, nfe: 1 };
    expect(await scorePrograms(question, response, context([], 1))).toMatchObject({
      values: { 'pass@1': 1, 'pass@1@fim-psm': 0 },
      verdicts: { default: ['passed'] },
    });
  });

  it('gives no score where the sandbox did not run a program', async () => {
    const response = answered({ default: [text('    return 1\n'), text('???')] });
    expect(await scorePrograms(question, response, context([], 2))).toEqual({
      kind: 'unscored',
      code: 'sandbox',
      reason: 'not run: for the test',
    });
  });

  it('refuses to score without a judge', async () => {
    const { judge: _, ...without } = context([], 1);
    await expect(scorePrograms(question, answered({}), without)).rejects.toThrow('programs need a judge');
  });
});
