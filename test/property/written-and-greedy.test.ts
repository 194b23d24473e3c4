/**
 * Two ways of asking the same: the canonical sampler writes an answer exactly when the greedy path over that answer's own
 * states says that it would. Real networks, random ids.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/core/numbers/random.ts';
import { onnxEngine } from '../../src/engines/onnx/engine.ts';
import { forwardWith } from '../../src/lm/forward/forward.ts';
import { PassPool } from '../../src/lm/forward/pass-pool.ts';
import type { Forward } from '../../src/lm/forward/sequence.ts';
import { type BoundPlan, planBound } from '../../src/lm/likelihood/bound.ts';
import { greedyPaths } from '../../src/lm/likelihood/greedy-path.ts';
import type { Denoiser } from '../../src/lm/likelihood/noised-input.ts';
import type { Infiller } from '../../src/lm/writing/infill.ts';
import { openInfiller } from '../../src/lm/writing/proposer.ts';
import { logprobProgram } from '../../src/programs/readout.ts';
import { openGolden, readGolden } from '../golden/golden-checkpoint.ts';

const ITEMS = 12;

describe.each(['diffugpt-tiny', 'diffullama-tiny'])('%s', (name) => {
  const denoiser: Denoiser = { maskId: readGolden(name).mask_token_id as number, shift: true, openFraction: 1 };
  let forward: Forward;
  let infiller: Infiller;

  beforeAll(async () => {
    const checkpoint = await openGolden(name);
    const engine = await onnxEngine();
    const executable = await engine.compile(
      logprobProgram(checkpoint.architecture, denoiser.maskId),
      checkpoint.tensors,
    );
    forward = forwardWith(executable, checkpoint.architecture);
    infiller = openInfiller(checkpoint, engine);
  });

  it('writes what the greedy path calls greedy, and nothing that it does not', async () => {
    const items = Array.from({ length: ITEMS }, (_, item) => {
      const random = stream(21, 'item', item);
      const length = 1 + (item % 4); // both sides of the budget of passes below
      return {
        ids: Int32Array.from({ length: 10 + length }, (_id, i) => Math.floor(random.uniform(i) * 380)),
        scored: Array.from({ length }, (_position, i) => 8 + i),
      };
    });
    const written = await infiller.infill(
      items.map(({ ids, scored }, item) => ({
        canvas: { key: `item ${item}`, draw: 0, ids, maskable: scored },
        sampler: { order: 'confidence', form: 'canonical', steps: 4, tokens: 'argmax' },
      })),
      denoiser,
    );
    const verdicts = async (rows: readonly Int32Array[]) => {
      const answers = rows.map((ids, item) => {
        const pool = new PassPool();
        const lowered = { ids, scored: items[item]?.scored ?? [], crossing: false };
        const bound: BoundPlan = planBound(lowered, `item ${item}`, denoiser, { passes: 7, seed: 0 }, pool);
        return { bound, key: `item ${item}`, pool };
      });
      return greedyPaths(answers, denoiser, 0, forward);
    };
    expect(written.flatMap(({ ids }, item) => items[item]?.scored.map((at) => ids[at]))).not.toContain(denoiser.maskId);
    expect(await verdicts(written.map(({ ids }) => ids))).toEqual(items.map(() => true));
    const changed = written.map(({ ids }, item) => {
      const other = ids.slice();
      const at = items[item]?.scored[0] as number;
      other[at] = ((other[at] as number) + 1) % 380;
      return other;
    });
    expect(await verdicts(changed)).toEqual(items.map(() => false));
  });
});
