/** Masks are named, not drawn in sequence: the same for every alternative of a question and for every model. */
import { describe, expect, it } from 'vitest';
import type { Ask, ScoringSettings } from '../../src/core/model.ts';
import type { Forward, Sequence } from '../../src/lm/forward/sequence.ts';
import { answerByDenoising } from '../../src/lm/likelihood/diffusion.ts';
import type { Denoiser } from '../../src/lm/likelihood/noised-input.ts';
import type { LoweredAsk } from '../../src/lm/lowering/lowered-ask.ts';
import { scriptedForward } from './scripted-forward.ts';

const MASK = 999;
const DENOISER: Denoiser = { maskId: MASK, shift: true, openFraction: 1 };
const SETTINGS: ScoringSettings = {
  protocol: 'canonical',
  estimator: 'scripted/1',
  seed: 1,
  steps: [8],
  passes: 15,
  draws: 1,
  openFraction: 1,
  shift: true,
};
const scripted = scriptedForward(({ ids }, { target }) => 0.01 * target + ids.filter((id) => id === MASK).length);

/** An alternative of `length` tokens after a context of three; its tokens start at `from`, so that it can be told apart. */
const alternative = (from: number, length: number) => ({
  ids: Int32Array.of(1, 2, 3, ...Array.from({ length }, (_, i) => from + i)),
  scored: Array.from({ length }, (_, i) => 3 + i),
  crossing: false,
});

function asked(key: string, alternatives: LoweredAsk['views'][number]['alternatives'], view = 'default'): LoweredAsk {
  const answers = alternatives.map((_, i) => `answer ${i}`);
  const question: Ask['question'] = { kind: 'choose', answers, gold: 0, views: { autoregressive: [], diffusion: [] } };
  return { ask: { key, question }, views: [{ name: view, alternatives }] };
}

/** The masked positions of each pass that asks for tokens of one alternative only, the one that starts at `from`. */
async function masksOf(ask: LoweredAsk, from: number, denoiser = DENOISER, settings = SETTINGS): Promise<string[]> {
  const seen: Sequence[] = [];
  const spy: Forward = async (sequences) => {
    seen.push(...sequences);
    return scripted(sequences);
  };
  await answerByDenoising([ask], denoiser, settings, spy);
  return seen
    .filter(({ reads }) => reads.every(({ target }) => target >= from && target < from + 100))
    .map(({ ids }) => [...ids.keys()].filter((position) => ids[position] === denoiser.maskId).join());
}

const FIRST = alternative(100, 9);
const SECOND = alternative(200, 9);
const LONGER = alternative(300, 12);

describe('masks', () => {
  it('are the same for all alternatives of one length', async () => {
    const ask = asked('item', [FIRST, SECOND, LONGER]);
    const masks = await masksOf(ask, 100);
    expect(masks).toHaveLength(14); // the full mask hides which answer it is: one pass for both
    expect(await masksOf(ask, 200)).toEqual(masks);
  });

  it('do not depend on the other alternatives', async () => {
    const alone = await masksOf(asked('item', [FIRST]), 100);
    expect(await masksOf(asked('item', [FIRST, LONGER]), 100)).toEqual(alone);
    expect(await masksOf(asked('item', [LONGER, FIRST]), 100)).toEqual(alone);
  });

  it('do not depend on the model', async () => {
    const ask = asked('item', [FIRST]);
    expect(await masksOf(ask, 100, { ...DENOISER, maskId: 888 })).toEqual(await masksOf(ask, 100));
  });

  it('do not depend on T, and stay the same under annealed attention', async () => {
    const ask = asked('item', [FIRST]);
    expect(await masksOf(ask, 100, DENOISER, { ...SETTINGS, steps: [1, 2, 64] })).toEqual(await masksOf(ask, 100));
    expect(await masksOf(ask, 100, { ...DENOISER, openFraction: 0.5 })).toEqual(await masksOf(ask, 100));
  });

  it('differ by item, seed and view', async () => {
    const masks = await masksOf(asked('item', [FIRST]), 100);
    expect(await masksOf(asked('other', [FIRST]), 100)).not.toEqual(masks);
    expect(await masksOf(asked('item', [FIRST]), 100, DENOISER, { ...SETTINGS, seed: 2 })).not.toEqual(masks);
    expect(await masksOf(asked('item', [FIRST], 'option-only'), 100)).not.toEqual(masks);
  });

  it('of the official procedure are fresh for every alternative', async () => {
    const paper: ScoringSettings = { ...SETTINGS, protocol: 'paper' };
    const ask = asked('item', [FIRST, SECOND]);
    expect(await masksOf(ask, 200, DENOISER, paper)).not.toEqual(await masksOf(ask, 100, DENOISER, paper));
  });

  it('never touch a visible position, under either procedure', async () => {
    for (const protocol of ['canonical', 'paper'] as const) {
      const masks = await masksOf(asked('item', [FIRST, SECOND, LONGER]), 100, DENOISER, { ...SETTINGS, protocol });
      expect(masks.every((mask) => mask.split(',').every((position) => Number(position) >= 3))).toBe(true);
    }
  });
});

it('answers do not depend on the questions asked with them, nor on their order', async () => {
  const asks = [asked('a', [FIRST, SECOND]), asked('b', [LONGER, FIRST]), asked('c', [SECOND])];
  const together = await answerByDenoising(asks, DENOISER, SETTINGS, scripted);
  for (const [i, ask] of asks.entries()) {
    expect(await answerByDenoising([ask], DENOISER, SETTINGS, scripted)).toEqual([together[i]]);
  }
  const reversed = await answerByDenoising(asks.toReversed(), DENOISER, SETTINGS, scripted);
  expect(reversed.toReversed()).toEqual(together);
});
