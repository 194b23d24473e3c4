import { expect, it } from 'vitest';
import { scriptedForward } from '../../test/property/scripted-forward.ts';
import { probeShift } from './shift-probe.ts';

const MASK = 99;
const sentences = Array.from({ length: 6 }, (_, s) => Int32Array.from({ length: 20 }, (_, i) => (i * 7 + s) % 90));

/** Knows the token at row + offset (1 for a net that was trained with the shift) and has no idea at other rows. */
const trained = (offset: number) =>
  scriptedForward(({ ids }, { row, target }) => {
    const sentence = sentences.find((each) => each.every((id, i) => ids[i] === id || ids[i] === MASK));
    return sentence?.[row + offset] === target ? 1 + 0.1 * (row % 3) : 6;
  });

const probe = (offset: number, shift: boolean, texts: readonly Int32Array[] = sentences) =>
  probeShift({ forward: trained(offset), maskId: MASK, shift, sentences: texts });

it('passes the setting that a net was trained with', async () => {
  expect((await probe(1, true)).state).toBe('ok');
  expect((await probe(0, false)).state).toBe('ok');
});

it('finds the wrong one, and says which flag mends it', async () => {
  expect(await probe(1, false)).toMatchObject({
    state: 'warning',
    found: expect.stringContaining('shift off reads the wrong row'),
    advice: expect.stringContaining('--shift on'),
  });
  expect(await probe(0, true)).toMatchObject({ state: 'warning', advice: expect.stringContaining('--shift off') });
});

it('says nothing of a net that knows nothing, or of too few texts', async () => {
  const noise = scriptedForward((_sequence, { row, target }) => 6 + 0.02 * Math.sin(row * 31 + target));
  for (const shift of [true, false]) {
    expect((await probeShift({ forward: noise, maskId: MASK, shift, sentences })).state).toBe('ok');
  }
  expect((await probe(1, false, sentences.slice(0, 3))).state).toBe('skipped');
});
