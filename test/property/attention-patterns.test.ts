/** Attention is data: patterns that say the same give the same numbers, however sequences are laid out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permutation, stream } from '../../src/core/numbers/random.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { referenceEngine } from '../../src/engines/reference.ts';
import { tfjsEngine } from '../../src/engines/tfjs/engine.ts';
import { type OpenNet, openNet } from '../../src/lm/forward/forward.ts';
import { type AttentionPattern, countingPositions, type Sequence } from '../../src/lm/forward/sequence.ts';
import { scoreBranches } from '../../src/lm/language-model.ts';
import { branch } from '../../src/lm/lowering/branch.ts';
import type { Lowered } from '../../src/lm/lowering/lowered.ts';
import { openGolden } from '../golden/golden-checkpoint.ts';

const ENGINES = [
  /** A branch lies in other slots than a sequence of its own, so a kernel may sum in another order. */
  { engine: 'onnx', make: () => onnxEngine({ threads: 1 }), tolerance: 1e-5 },
  { engine: 'tfjs', make: () => tfjsEngine(), tolerance: 1e-5 },
  /** Hidden entries weigh nothing and the others are summed in the same order. */
  { engine: 'reference', make: async () => referenceEngine(), tolerance: 1e-12 },
];

describe.each(ENGINES.flatMap((engine) => ['gpt2-tiny-ar', 'llama-tiny-ar'].map((name) => ({ ...engine, name }))))(
  '$name on $engine',
  ({ make, name, tolerance }) => {
    let net: OpenNet;
    beforeAll(async () => {
      net = await openNet(await openGolden(name), await make());
    });
    afterAll(() => net.dispose());

    it('alternatives that share their prefix score as sequences of their own', async () => {
      for (let seed = 0; seed < 4; seed++) {
        const alternatives = randomAlternatives(seed);
        const together = await score(alternatives);
        for (const [i, alternative] of alternatives.entries()) {
          const [alone] = await score([alternative]);
          alone?.tokenLogprobs?.forEach((logprob, t) => {
            expect(Math.abs(logprob - (together[i]?.tokenLogprobs?.[t] as number))).toBeLessThanOrEqual(tolerance);
          });
          expect(together[i]?.greedy).toBe(alone?.greedy);
        }
      }
    });

    it('the order of alternatives permutes their scores only', async () => {
      const alternatives = randomAlternatives(9);
      const order = [...permutation(stream(3, 'order'), alternatives.length)];
      const scores = await score(alternatives);
      const shuffled = await score(order.map((i) => alternatives[i] as Lowered));
      order.forEach((from, at) => {
        const [a, b] = [scores[from], shuffled[at]].map((each) => each?.quantities.loglikelihood?.value as number);
        expect(Math.abs((a as number) - (b as number))).toBeLessThanOrEqual(5 * tolerance); // a sum of up to five
      });
    });

    it('an open matrix is full attention, a lower triangle causal attention, bit for bit', async () => {
      const length = 11;
      const full = new Uint8Array(length ** 2).fill(1);
      const lower = full.map((_, entry) => (entry % length <= Math.floor(entry / length) ? 1 : 0));
      const patterns: readonly (readonly [AttentionPattern, AttentionPattern])[] = [
        [{ kind: 'matrix', open: full }, { kind: 'full' }],
        [{ kind: 'matrix', open: lower }, { kind: 'causal' }],
        [{ kind: 'branches', prefix: length, branches: [] }, { kind: 'causal' }],
        [{ kind: 'branches', prefix: 0, branches: [length] }, { kind: 'causal' }],
      ];
      for (const [one, other] of patterns) {
        const [first, second] = await net.forward([one, other].map((attention) => sequence(length, attention)));
        expect(first).toEqual(second);
      }
    });

    it('entries that are closed carry nothing: a token that nobody sees can be any token', async () => {
      const length = 8;
      const hidden = 3;
      const open = Uint8Array.from({ length: length ** 2 }, (_, entry) => {
        const [query, key] = [Math.floor(entry / length), entry % length];
        return key !== hidden || query === hidden ? 1 : 0;
      });
      const seen = sequence(length, { kind: 'matrix', open });
      const reads = seen.reads.filter(({ row }) => row !== hidden);
      const other = seen.ids.map((id, position) => (position === hidden ? id + 1 : id));
      const [first, second] = await net.forward([
        { ...seen, reads },
        { ...seen, ids: other, reads },
      ]);
      expect(first).toEqual(second);
    });

    async function score(alternatives: readonly Lowered[]) {
      const branched = branch(alternatives);
      const [readings] = await net.forward([branched.sequence]);
      if (readings === undefined) throw new TypeError('one sequence gives one result');
      return scoreBranches(alternatives, branched, readings);
    }
  },
);

/** Three alternatives of one to five tokens after a common context of six; two of them begin alike. */
function randomAlternatives(seed: number): readonly Lowered[] {
  const random = stream(seed, 'alternatives');
  const token = (counter: number) => Math.floor(random.uniform(counter) * 384);
  const context = Array.from({ length: 6 }, (_, i) => token(i));
  return [0, 1, 2].map((which) => {
    const length = 1 + Math.floor(random.uniform(100 + which) * 5);
    const answer = Array.from({ length }, (_, i) => (i === 0 && which < 2 ? token(50) : token(200 + 10 * which + i)));
    return {
      ids: Int32Array.of(...context, ...answer),
      scored: answer.map((_, i) => context.length + i),
      crossing: false,
    };
  });
}

function sequence(length: number, attention: AttentionPattern): Sequence {
  return {
    ids: Int32Array.from({ length }, (_, i) => 17 * i + 5),
    positions: countingPositions(length),
    attention,
    reads: Array.from({ length }, (_, row) => ({ row, target: 7 * row })),
  };
}
