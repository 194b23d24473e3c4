import { describe, expect, it } from 'vitest';
import type { ItemRecord } from '../../core/record.ts';
import { recordSchema } from '../../core/record.ts';
import type { AlternativeScore, Response } from '../../core/response.ts';
import type { Score } from '../../core/score.ts';
import { isWholeRecord } from './is-whole-record.ts';

const shared = { tokens: 2, crossing: false, exact: true };
const causal: AlternativeScore = {
  ...shared,
  quantities: { loglikelihood: { value: -3, stderr: 0 } },
  tokenLogprobs: [-1, -2],
  greedy: null,
};
const diffusion: AlternativeScore = {
  ...shared,
  quantities: { nelbo: { value: 3, stderr: 0.1 }, 'nelbo@8': { value: 3, stderr: 0.1 } },
  maskedCrossEntropy: [1.5, null],
  greedy: true,
};
const rankings = {
  'nelbo@8/mean': { best: 0, runnerUp: 1, margin: 0.5, stderr: 0.1 },
  'loglikelihood/sum': { best: 0, runnerUp: null, margin: 0, stderr: 0 },
};
const refusal = { code: 'empty-answer', reason: 'it is long' } as const;
const scored: Score = { kind: 'scored', values: { acc: 1, nll: 2.5 }, answer: 0, gold: 1, undecided: false };
const scores: readonly Score[] = [
  scored,
  { ...scored, answer: null, verdicts: { default: ['passed', 'not-run'] } },
  { kind: 'unscored', ...refusal },
];
const text = { draw: 0, text: 'a', tokens: 1, nfe: 1 };
const responses: readonly Response[] = [
  { kind: 'answered', views: { default: { alternatives: [causal, diffusion], rankings } }, nfe: 3 },
  {
    kind: 'written',
    views: {
      default: [
        { steps: 8, ...text },
        { steps: null, ...text },
      ],
    },
    nfe: 3,
  },
  { kind: 'written', views: {}, refused: { other: refusal }, nfe: 3 },
  { kind: 'unanswered', ...refusal },
];
const records = scores.flatMap((score) =>
  responses.map((response): ItemRecord => ({ id: 'task/0', index: 0, score, response })),
);

/** JSON of stand-ins for any value, and of fields that objects may have too many. */
const VALUES = ['null', 'true', '"x"', '"written"', '-1', '0.5', '9007199254740993', '1e999', '[]', '[null]', '{}'];
const FIELDS = ['extra', 'kind', 'nelbo@8', '__proto__', 'constructor', 'refused', 'verdicts', 'tokenLogprobs'];

/** JSON of everything that is one step away: a value replaced, a field or an entry left out, a field more. */
function* neighbours(value: unknown): Generator<string> {
  yield* VALUES;
  if (Array.isArray(value)) {
    for (const [at, entry] of value.entries()) {
      const whole = (json: readonly string[]) =>
        `[${value.flatMap((each, other) => (other === at ? json : [JSON.stringify(each)])).join()}]`;
      yield whole([]);
      for (const json of neighbours(entry)) yield whole([json]);
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const fields = Object.entries(value);
  const whole = (pairs: readonly (readonly [string, string])[]) =>
    `{${pairs.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join()}}`;
  const others = (key: string | null) =>
    fields.flatMap(([name, each]) => (name === key ? [] : [[name, JSON.stringify(each)] as const]));
  for (const [key, entry] of fields) {
    yield whole(others(key));
    for (const json of neighbours(entry)) yield whole([...others(key), [key, json]]);
  }
  for (const field of FIELDS) for (const json of VALUES) yield whole([...others(field), [field, json]]);
}

describe('isWholeRecord', () => {
  it('knows records of every kind', () => {
    for (const record of records) expect(isWholeRecord(JSON.parse(JSON.stringify(record)))).toBe(true);
  });

  it('takes nothing that the schema refuses or changes', () => {
    let taken = 0;
    let refused = 0;
    const seen = new Set<string>();
    for (const json of records.flatMap((record) => [...neighbours(record)])) {
      if (seen.has(json)) continue;
      seen.add(json);
      const value: unknown = JSON.parse(json);
      if (!isWholeRecord(value)) {
        refused++;
        continue;
      }
      taken++;
      expect(recordSchema.safeParse(value), json).toEqual({ success: true, data: value });
    }
    expect(taken).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(5000);
  });
});
