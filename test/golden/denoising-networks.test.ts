/**
 * SEDD, MDLM and BD3-LM: every number that their published code gave, on both engines, and the traps of golden2's README that
 * concern networks: 27 to 30, 33, 34. Those of bounds and samplers are in own-bounds.test.ts and own-samplers.test.ts.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownDiffusion } from '../../src/architectures/index.ts';
import type { AttentionPattern } from '../../src/lm/forward/sequence.ts';
import { ENGINES2, GOLDEN2, logitsOf, type OpenedNet, openNet2, readGolden2, SKIPPED, sequenceOf, worst } from './golden2.ts';

interface GoldenForward {
  readonly name: string;
  readonly sigma?: readonly number[];
  readonly original_ids: readonly (readonly number[])[];
  readonly input_ids: readonly (readonly number[])[];
  readonly positions: readonly number[];
  readonly log_score?: readonly (readonly (readonly number[])[])[];
  readonly log_score_of_original?: readonly (readonly number[])[];
  readonly raw_logits?: readonly (readonly (readonly number[])[])[];
  readonly read_logprobs?: readonly (readonly number[])[];
}
interface Golden {
  readonly mask_token_id: number;
  readonly block_size?: number;
  readonly forward: readonly GoldenForward[];
}

const NAMES = ['sedd-tiny', 'mdlm-tiny', 'bd3lm-tiny'] as const;

describe.skipIf(GOLDEN2 === null)(`golden2, networks made to denoise${SKIPPED}`, () => {
  describe.each(ENGINES2.flatMap((on) => NAMES.map((name) => ({ name, ...on }))))(
    '$name on $engine',
    ({ name, make, tolerance }) => {
      let golden: Golden;
      let net: OpenedNet;
      beforeAll(async () => {
        golden = readGolden2<Golden>(name);
        net = await openNet2(name, make);
      });
      afterAll(() => net.logits.dispose());

      it('knows its mask, and that it predicts tokens where they stand', () => {
        const { mask_token_id: maskId } = golden;
        expect(net.checkpoint.options).toEqual({ family: 'diffusion', maskId, shift: false });
      });

      it('gives the published outputs and log-probabilities', async () => {
        for (const expected of golden.forward) {
          for (const [row, ids] of expected.input_ids.entries()) {
            const original = expected.original_ids[row] as readonly number[];
            const { outputs, logprobs } = await readRow(net, golden, expected, row);
            const wanted = expected.log_score?.[row] ?? expected.raw_logits?.[row] ?? [];
            expect(outputs).toHaveLength(wanted.length);
            outputs.forEach((found, p) => {
              expect(worst(found, wanted[p] as readonly number[])).toBeLessThan(tolerance);
            });
            ids.forEach((id, position) => {
              if (id !== golden.mask_token_id) return;
              const want = (expected.read_logprobs ?? expected.log_score_of_original)?.[row]?.[position] as number;
              expect(Math.abs((logprobs[position]?.[original[position] as number] as number) - want)).toBeLessThan(tolerance);
            });
          }
        }
      });
    },
  );
});

/** Outputs at the golden positions as the published code has them; and by position what is read of a masked token. */
async function readRow({ checkpoint, ...net }: OpenedNet, golden: Golden, expected: GoldenForward, row: number) {
  const ids = expected.input_ids[row] as readonly number[];
  const sigma = expected.sigma?.[row];
  const attention: AttentionPattern =
    golden.block_size === undefined ? { kind: 'full' } : { kind: 'blocks', length: golden.block_size };
  const every = ids.map((_, position) => position);
  const noisy = await rowsOf({ checkpoint, ...net }, golden, expected, row, attention, every);
  const offset = sigma === undefined ? 0 : (ownDiffusion(checkpoint.architecture)?.logScoreOffset?.(sigma) ?? 0);
  const scored = noisy.map((outputs, position) => {
    const scores = outputs.map((value) => value + offset);
    if (sigma !== undefined) scores[ids[position] as number] = 0;
    return scores;
  });
  const outputs = expected.positions.map((position) => scored[position] as Float32Array);
  const logprobs = sigma === undefined ? noisy.map((each) => withoutMask(each, golden.mask_token_id)) : scored;
  return { outputs, logprobs };
}

/** Block by block where there are blocks: the past is clean. */
async function rowsOf(net: OpenedNet, golden: Golden, expected: GoldenForward, row: number, attention: AttentionPattern, every: readonly number[]) {
  const ids = expected.input_ids[row] as readonly number[];
  const sigma = expected.sigma?.[row];
  const told = sigma === undefined ? {} : { sigma };
  if (attention.kind !== 'blocks') return logitsOf(net, { ...sequenceOf(ids, attention), ...told }, every);
  const original = expected.original_ids[row] as readonly number[];
  const found: Float32Array[] = [];
  for (let from = 0; from < ids.length; from += attention.length) {
    const to = from + attention.length;
    const input = [...original.slice(0, from), ...ids.slice(from, to)];
    const rows = every.slice(from, to);
    found.push(...((await logitsOf(net, sequenceOf(input, attention), rows)) as Float32Array[]));
  }
  return found;
}

function withoutMask(logits: Float32Array, maskId: number): number[] {
  const kept = [...logits].map((value, token) => (token === maskId ? Number.NEGATIVE_INFINITY : value));
  const top = Math.max(...kept);
  const total = Math.log(kept.reduce((sum, value) => sum + Math.exp(value - top), 0)) + top;
  return kept.map((value) => value - total);
}
