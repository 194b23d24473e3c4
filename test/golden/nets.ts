/** Golden parity: every logit and log-probability that PyTorch gave, on one engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { Engine, Executable } from '../../src/engines/engine.ts';
import { forwardWith, packSequences } from '../../src/lm/forward/forward.ts';
import {
  type AttentionPattern,
  countingPositions,
  type Forward,
  type Sequence,
} from '../../src/lm/forward/sequence.ts';
import { scoreBranches } from '../../src/lm/language-model.ts';
import { officialScore, officialScored } from '../../src/lm/likelihood/official.ts';
import { branch } from '../../src/lm/lowering/branch.ts';
import { predictingRow } from '../../src/lm/shift.ts';
import { logitsProgram, logprobProgram, type ReadoutInput } from '../../src/programs/readout.ts';
import { GOLDEN_NAMES, type GoldenForward, openGolden, readGolden } from './golden-checkpoint.ts';
import { officialWeightedScore } from './official-weighted-score.ts';

/** float32 against float32 with another order of summation; the golden files' own noise is below 1e-5. */
export const FLOAT32_TOLERANCE = 1e-4;
export interface EngineOfNets {
  readonly name: string;
  make(): Promise<Engine>;
  /** Of a log-probability in nats. */
  readonly tolerance: number;
}

/**
 * @param names         of checkpoints; default: all
 * @param isWithOfficial whether the published evaluation is replayed, step by step
 */
export function goldenParity(
  engine: EngineOfNets,
  names: readonly string[] = GOLDEN_NAMES,
  isWithOfficial = true,
): void {
  describe.each(names)(`%s on ${engine.name}`, (name) => {
    const golden = readGolden(name);
    let checkpoint: Checkpoint;
    let logits: Executable<Exclude<ReadoutInput, 'targets'>, 'logits'>;
    let forward: Forward;

    beforeAll(async () => {
      checkpoint = await openGolden(name);
      const made = await engine.make();
      logits = await made.compile(logitsProgram(checkpoint.architecture), checkpoint.tensors);
      forward = forwardWith(
        await made.compile(logprobProgram(checkpoint.architecture), checkpoint.tensors),
        checkpoint.architecture,
      );
    });
    afterAll(() => logits.dispose());

    it.each(golden.forward)('logits and log-probabilities: $name', async (expected) => {
      for (const [row, ids] of expected.input_ids.entries()) {
        const attention = attentionOf(expected, golden.kind === 'ar');
        const feeds = packSequences(checkpoint.architecture, [
          sequence(
            ids,
            attention,
            expected.positions.map((position) => ({ row: position, target: 0 })),
          ),
        ]);
        const rows = golden.vocab_rows;
        const { logits: found } = await logits.run(feeds);
        expected.positions.forEach((_, p) => {
          const want = expected.logits[row]?.[p] as readonly number[];
          expect(worst(found.data.subarray(p * rows, (p + 1) * rows), want)).toBeLessThan(engine.tolerance);
        });
        const targets = (expected.original_ids ?? expected.input_ids)[row]?.slice(1) ?? [];
        if (targets.length === 0) continue;
        const reads = targets.map((target, i) => ({ row: i, target }));
        const [readings] = await forward([sequence(ids, attention, reads)]);
        const logprobs = (expected.target_logprobs ?? expected.shifted_target_logprobs)?.[row] as readonly number[];
        expect(worst(readings?.logprobs ?? [], logprobs)).toBeLessThan(engine.tolerance);
        expect([...(readings?.best ?? [])]).toEqual(expected.argmax[row]?.slice(0, -1));
      }
    });

    it.for(golden.multiple_choice ?? [])(
      'multiple choice: log-probabilities, sums, means, greedy, winners',
      async (item) => {
        const alternatives = item.choices.map(({ ids }) => ({
          ids: Int32Array.of(...item.context_ids, ...ids),
          scored: ids.map((_, i) => item.context_ids.length + i),
          crossing: false,
        }));
        const branched = branch(alternatives);
        const [readings] = await forward([branched.sequence]);
        const scores = scoreBranches(alternatives, branched, readings as NonNullable<typeof readings>);
        item.choices.forEach((choice, i) => {
          expect(worst(scores[i]?.tokenLogprobs ?? [], choice.token_logprobs)).toBeLessThan(engine.tolerance);
          const sum = scores[i]?.quantities.loglikelihood?.value as number;
          expect(Math.abs(sum - choice.sum)).toBeLessThan(engine.tolerance * choice.ids.length);
          expect(Math.abs(sum / choice.ids.length - choice.mean)).toBeLessThan(engine.tolerance);
          expect(scores[i]?.greedy).toBe(choice.is_greedy);
        });
        const sums = scores.map((score) => score.quantities.loglikelihood?.value as number);
        const means = sums.map((sum, i) => sum / (item.choices[i]?.ids.length as number));
        expect(sums.indexOf(Math.max(...sums))).toBe(item.best_by_sum);
        expect(means.indexOf(Math.max(...means))).toBe(item.best_by_mean);
      },
    );

    it.for(isWithOfficial ? (golden.eval_forward ?? []) : [])('official eval_forward: $name', async (item) => {
      const maskId = golden.mask_token_id as number;
      const steps = [];
      for (const [s, masks] of item.masks_from_t_T_down_to_1.entries()) {
        const step = { sum: 0, count: 0 };
        for (const [row, text] of masks.entries()) {
          const ids = Int32Array.from(item.input_ids[row] as readonly number[]);
          const masked = [...text].flatMap((bit, position) => (bit === '1' ? [position] : []));
          const asked = officialScored(ids, masked, maskId);
          const noised = ids.map((id, position) => (text[position] === '1' ? maskId : id));
          const reads = asked.flatMap((position) => {
            const from = predictingRow(position, true);
            return from === null ? [] : [{ row: from, target: ids[position] as number }];
          });
          if (reads.length === 0) continue;
          const [readings] = await forward([sequence(noised, { kind: 'full' }, reads)]);
          step.sum -= (readings?.logprobs ?? new Float32Array()).reduce((a, b) => a + b, 0);
          step.count += reads.length;
        }
        expect(step.count).toBe(item.per_step[s]?.scored_tokens);
        expect(Math.abs(step.sum - (item.per_step[s]?.loss_sum as number))).toBeLessThan(
          engine.tolerance * Math.max(1, step.count),
        );
        steps.push(step);
      }
      expect(steps.filter((step) => step.count === 0)).toHaveLength(item.steps_without_scored_tokens);
      expect(Math.abs(officialScore(steps) - item.score_unweighted)).toBeLessThan(engine.tolerance);
      expect(Math.abs(officialWeightedScore(steps) - item.score_weighted)).toBeLessThan(engine.tolerance * item.T);
    });
  });
}

function sequence(ids: ArrayLike<number>, attention: AttentionPattern, reads: Sequence['reads']): Sequence {
  return { ids: Int32Array.from(ids), positions: countingPositions(ids.length), attention, reads };
}

function attentionOf(item: GoldenForward, isCausal: boolean): AttentionPattern {
  if (isCausal) return { kind: 'causal' };
  if (item.attention !== 'given') return { kind: 'full' };
  return { kind: 'matrix', open: Uint8Array.from((item.allowed ?? []).join(''), Number) };
}

function worst(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(...Array.from(expected, (want, i) => Math.abs((found[i] as number) - want)));
}
