import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLOSED } from '../../architectures/attention-bias.ts';
import type { Gpt2Architecture } from '../../architectures/gpt2.ts';
import { ownSlots } from '../forward/batches.ts';
import { packSequences } from '../forward/forward.ts';
import { type AttentionPattern, countingPositions } from '../forward/sequence.ts';
import { annealedAttention, noisedInput } from './noised-input.ts';

const net: Gpt2Architecture = {
  kind: 'gpt2',
  layers: 1,
  width: 4,
  heads: 1,
  innerWidth: 16,
  contextLength: 32,
  layerNormEpsilon: 1e-5,
  vocabularyRows: 9,
  tiedHead: true,
};

/** Who may attend to whom, one line a query, as the network is told. */
function openEntries(attention: AttentionPattern, length: number): string[] {
  const ids = new Int32Array(length);
  const slots = ownSlots(net, length);
  const { bias } = packSequences(net, [{ ids, positions: countingPositions(length), attention, reads: [] }]);
  return Array.from({ length }, (_, query) => {
    const row = Array.from(bias.data.subarray(query * slots, (query + 1) * slots));
    expect(row.every((value) => value === 0 || value === CLOSED)).toBe(true);
    expect(row.slice(length).every((value) => value === CLOSED)).toBe(true);
    return row
      .slice(0, length)
      .map((value) => (value === 0 ? '1' : '0'))
      .join('');
  });
}

describe('a noised input', () => {
  const ids = Int32Array.of(5, 6, 7, 8);

  it('masks the chosen positions, keeps every other token, and leaves the original alone', () => {
    const denoiser = { maskId: 2, shift: true, openFraction: 1 };
    const { ids: noised, positions, reads } = noisedInput(ids, [1, 3], [1, 3], denoiser, { kind: 'full' });
    expect([...noised]).toEqual([5, 2, 7, 2]);
    expect([...positions]).toEqual([0, 1, 2, 3]);
    expect(reads).toEqual([
      { row: 0, target: 6 },
      { row: 2, target: 8 },
    ]);
    expect([...ids]).toEqual([5, 6, 7, 8]);
  });

  it('without the shift asks every position of itself, position 0 too', () => {
    const straight = { maskId: 2, shift: false, openFraction: 1 };
    expect(noisedInput(ids, [0, 1], [0, 1], straight, { kind: 'full' }).reads).toEqual([
      { row: 0, target: 5 },
      { row: 1, target: 6 },
    ]);
    expect(noisedInput(ids, [0, 1], [0, 1], { ...straight, shift: true }, { kind: 'full' }).reads).toEqual([
      { row: 0, target: 6 },
    ]);
  });
});

describe('annealed attention', () => {
  const openOf = (length: number, share: number, seed: number, ...keys: (string | number)[]): string =>
    openEntries(annealedAttention(length, share, seed, ...keys), length).join('\n');

  it('is causal at 0 and full at 1', () => {
    expect(openEntries(annealedAttention(3, 0, 0, 'a'), 3)).toEqual(['100', '110', '111']);
    expect(openEntries(annealedAttention(3, 1, 0, 'a'), 3)).toEqual(['111', '111', '111']);
  });

  it('opens the same entries for the same name, and others for another seed or draw', () => {
    expect(openOf(9, 0.5, 1, 'item', 0)).toBe(openOf(9, 0.5, 1, 'item', 0));
    expect(openOf(9, 0.5, 1, 'item', 0)).not.toBe(openOf(9, 0.5, 2, 'item', 0));
    expect(openOf(9, 0.5, 1, 'item', 0)).not.toBe(openOf(9, 0.5, 1, 'item', 1));
  });

  it('opens the share r of the future, 6r of 6 entries at N = 4, and never closes the past', () => {
    const draws = 1000;
    for (const share of [0.05, 0.3, 0.6, 0.95]) {
      let open = 0;
      for (let draw = 0; draw < draws; draw++) {
        const rows = openEntries(annealedAttention(4, share, 0, 'item', draw), 4);
        rows.forEach((row, query) => {
          expect(row.slice(0, query + 1)).toBe('1'.repeat(query + 1));
          open += [...row.slice(query + 1)].filter((entry) => entry === '1').length;
        });
      }
      const fourStandardErrors = 4 * Math.sqrt((6 * share * (1 - share)) / draws);
      expect(Math.abs(open / draws - 6 * share)).toBeLessThan(fourStandardErrors);
    }
  });

  it('of a larger share opens all that a smaller one opens', () => {
    const [few, many] = [openOf(12, 0.2, 3, 'item'), openOf(12, 0.7, 3, 'item')];
    expect([...few].every((entry, i) => entry !== '1' || many[i] === '1')).toBe(true);
  });

  // Made with the published trainer (test/golden/data/README.md, `annealed_mask`).
  it('of a published draw lets attend exactly whom the published trainer lets', () => {
    const file = new URL('../../../test/golden/data/diffugpt-tiny/golden.json', import.meta.url);
    const golden: readonly { ratio: number; drawn: readonly string[]; allowed: readonly string[] }[] = JSON.parse(
      readFileSync(file, 'utf8'),
    ).units.annealed_mask;
    for (const { ratio, drawn, allowed } of golden) {
      const open = Uint8Array.from(drawn.flatMap((row, q) => [...row].map((bit, k) => (k <= q ? 1 : Number(bit)))));
      expect(openEntries({ kind: 'matrix', open }, 6)).toEqual(allowed);
      if (ratio === 0 || ratio === 1) expect(openEntries(annealedAttention(6, ratio, 0), 6)).toEqual(allowed);
    }
  });
});

it('branches see the prefix and themselves, never each other', () => {
  expect(openEntries({ kind: 'branches', prefix: 2, branches: [2, 1] }, 5)).toEqual([
    '10000',
    '11000',
    '11100',
    '11110',
    '11001',
  ]);
  expect(openEntries({ kind: 'branches', prefix: 0, branches: [1, 2] }, 3)).toEqual(['100', '010', '011']);
});
