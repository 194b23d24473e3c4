import { expect, it } from 'vitest';
import { LIMITS, plainSequence as sequence } from '../../../test/scripted/plain-sequence.ts';
import { batches, cutBatches } from './batches.ts';
import { Pace } from './pace.ts';

/** A machine that computes so many tokens a second, and a clock that shows it. */
function machine(parameters: number) {
  let now = 0;
  const pace = new Pace(parameters, () => now);
  const compute = (tokens: number, tokensPerSecond: number) =>
    pace.timed(tokens, async () => {
      now += tokens / tokensPerSecond;
    });
  return { pace, compute };
}

it('begins with what two cores compute in a second and a half, then takes the rate of the last batch', async () => {
  const { pace, compute } = machine(355e6);
  expect(pace.tokens).toBe(Math.floor((1.5 * 5e10) / (2 * 355e6)));
  await compute(100, 400);
  expect(pace.tokens).toBe(600);
  await compute(600, 80);
  expect(pace.tokens).toBe(120);
});

it('never goes below 64 tokens, however slow the machine', async () => {
  const { pace, compute } = machine(7e9);
  expect(pace.tokens).toBe(64);
  await compute(64, 1);
  expect(pace.tokens).toBe(64);
  await compute(64, 128);
  expect(pace.tokens).toBe(192);
});

it('cuts each batch by what the one before it took, and none of another order', async () => {
  const { pace, compute } = machine(1);
  const sequences = Array.from({ length: 40 }, (_, i) => sequence(20 + (i % 3)));
  const sizes: number[] = [];
  const all: number[] = [];
  for (const batch of cutBatches({ width: 64 }, sequences, LIMITS, pace)) {
    sizes.push(batch.length);
    all.push(...batch);
    const tokens = batch.reduce((sum, i) => sum + (sequences[i]?.ids.length ?? 0), 0);
    await compute(tokens, 100);
  }
  expect(all).toEqual(batches({ width: 64 }, sequences, { ...LIMITS, tokens: 1 }).flat());
  expect(sizes).toEqual([40]); // one batch, as nothing was known of the machine
  const slow = machine(5e8);
  await slow.compute(64, 50);
  const cut = [...cutBatches({ width: 64 }, sequences, LIMITS, slow.pace)];
  expect(cut.every((batch) => batch.length <= 3)).toBe(true);
  expect(cut.flat()).toEqual(all);
});

it('counts for a batch that waited for another only what it added', async () => {
  let now = 0;
  const pace = new Pace(1e9, () => now);
  const ends: (() => void)[] = [];
  const computed = () => pace.timed(100, () => new Promise<void>((resolve) => ends.push(resolve)));
  const both = [computed(), computed()]; // handed over together, computed one after the other
  for (const end of ends) {
    now += 1;
    end();
    await Promise.race(both);
    await Promise.resolve();
  }
  await Promise.all(both);
  expect(pace.tokens).toBe(150);
});
