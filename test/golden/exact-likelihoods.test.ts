/** The likelihoods of answers whose masks are all run, on real networks: `all_orders` of the golden DUEL files. */
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoints/open.ts';
import { openNet } from '../../src/lm/forward/forward.ts';
import { answerDirectly } from '../../src/lm/requests/direct-requests.ts';
import { ENGINES2, GOLDEN2, golden2Folder, readGolden2, SKIPPED } from './golden2.ts';

interface Golden {
  readonly checkpoint: string;
  readonly mask_token_id: number;
  readonly shift: boolean;
  readonly items: readonly {
    readonly prompt_ids: readonly number[];
    readonly answer_ids: readonly number[];
    readonly all_orders?: { readonly mean_f64: number; readonly log_mean_exp_f64: number };
  }[];
}

const NAMES = ['duel-diffugpt-tiny', 'duel-diffullama-tiny', 'duel-llada-tiny'];
/** Their numbers are float32's, up to five tokens summed. */
const TOLERANCE = 1e-4;
/** Of the reference engine, which takes seconds for more: answers of up to three tokens. */
const FEW = 3;

describe.skipIf(GOLDEN2 === null).each(NAMES)(`%s${SKIPPED}`, (name) => {
  it.each(ENGINES2)('has the log of the mean over orders as marginal, $engine', async ({ engine, make }) => {
    const golden = readGolden2<Golden>(name);
    const { mask_token_id: maskId, shift } = golden;
    const checkpoint = await openCheckpoint(golden2Folder(`../${golden.checkpoint}`), { family: 'diffusion', maskId });
    const net = await openNet(checkpoint, await make());
    const enumerated = golden.items.flatMap(({ all_orders: orders, ...item }) =>
      orders === undefined ? [] : [{ ...item, orders }],
    );
    expect(enumerated.length).toBeGreaterThan(4);
    const items = engine === 'reference' ? enumerated.slice(0, FEW) : enumerated;
    const requests = items.map(({ prompt_ids, answer_ids }) => {
      const ids = Int32Array.of(...prompt_ids, ...answer_ids);
      const scored = answer_ids.map((_, i) => prompt_ids.length + i);
      return { kind: 'denoising', lowered: { ids, scored, crossing: false }, steps: [1, 4], key: '' } as const;
    });
    const denoiser = { maskId, shift, openFraction: 1 };
    const answers = await answerDirectly(requests, { forward: net.forward, denoiser, passes: 31, seed: 0 });
    await net.dispose();
    answers.forEach((answer, i) => {
      if (!('marginal' in answer) || answer.marginal === null) throw new TypeError('all masks fit into the passes');
      const { mean_f64: bound, log_mean_exp_f64: marginal } = (items[i] as (typeof items)[0]).orders;
      expect(Math.abs(answer.marginal + marginal)).toBeLessThan(TOLERANCE);
      expect(Math.abs(answer.nelbo + bound)).toBeLessThan(TOLERANCE);
      // One step reveals all tokens at once, whatever is random.
      expect(answer.likelihood_T[1]).toBeCloseTo(answer.nelbo_T[1] as number, 9);
      expect(answer.likelihood_T[4]).toBeLessThanOrEqual((answer.nelbo_T[4] as number) + 1e-9);
    });
  });
});
