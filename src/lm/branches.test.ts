import { describe, expect, it } from 'vitest';
import { scoreBranches } from './language-model.ts';
import { branch } from './lowering/branch.ts';

const alternatives = [
  { ids: Int32Array.of(1, 2, 3, 4), scored: [2, 3], crossing: false },
  { ids: Int32Array.of(1, 2, 3, 5, 6), scored: [2, 3, 4], crossing: true },
];

describe('alternatives', () => {
  it('hold their common prefix once, then a branch each, which counts its positions from the prefix', () => {
    const { sequence, firstRead } = branch(alternatives);
    expect([...sequence.ids]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...sequence.positions]).toEqual([0, 1, 2, 3, 3, 4]);
    expect(sequence.attention).toEqual({ kind: 'branches', prefix: 3, branches: [1, 2] });
    // Each scored token is read from the row before it: inside the prefix, at its end, or inside the branch.
    expect(sequence.reads).toEqual([
      { row: 1, target: 3 },
      { row: 2, target: 4 },
      { row: 1, target: 3 },
      { row: 2, target: 5 },
      { row: 4, target: 6 },
    ]);
    expect(firstRead).toEqual([0, 2]);
  });

  it('that are equal are all prefix', () => {
    const { sequence } = branch([alternatives[0], alternatives[0]].flatMap((each) => each ?? []));
    expect(sequence.attention).toEqual({ kind: 'branches', prefix: 4, branches: [0, 0] });
    expect([...sequence.ids]).toEqual([1, 2, 3, 4]);
  });

  it('that share nothing have no prefix', () => {
    const { sequence } = branch([
      { ids: Int32Array.of(1, 2), scored: [1], crossing: false },
      { ids: Int32Array.of(3, 2), scored: [1], crossing: false },
    ]);
    expect([...sequence.positions]).toEqual([0, 1, 0, 1]);
    expect(sequence.attention).toEqual({ kind: 'branches', prefix: 0, branches: [2, 2] });
    expect(sequence.reads.map(({ row }) => row)).toEqual([0, 2]);
  });

  it('score the sum of their tokens, and are greedy when every token is the most likely one', () => {
    const branched = branch(alternatives);
    const readings = {
      logprobs: Float32Array.of(-1, -2, -1, -0.5, -0.25),
      best: Int32Array.of(3, 7, 3, 5, 6),
      bestLogprobs: new Float32Array(5),
    };
    const [first, second] = scoreBranches(alternatives, branched, readings);
    expect(first).toEqual({
      tokens: 2,
      crossing: false,
      quantities: { loglikelihood: { value: -3, stderr: 0 } },
      tokenLogprobs: [-1, -2],
      exact: true,
      greedy: false,
    });
    expect(second).toMatchObject({ tokens: 3, crossing: true, greedy: true, tokenLogprobs: [-1, -0.5, -0.25] });
    expect(second?.quantities.loglikelihood?.value).toBe(-1.75);
  });

  it('that score the first token are a mistake of the caller', () => {
    expect(() => branch([{ ids: Int32Array.of(1, 2), scored: [0, 1], crossing: false }])).toThrow(RangeError);
  });
});
